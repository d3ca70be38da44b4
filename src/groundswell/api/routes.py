"""The HTTP API: what the pages show, as JSON, with the same numbers; described in `/openapi.json` (OpenAPI 3.1).

Unknown is null with its reason beside it, never 0 and never NaN. Errors answer with what happened, what it means and what to do.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from groundswell.advocacy import Audit, Census, SheetReview, Staff
from groundswell.api.answers import Answers, Overview
from groundswell.api.briefs import BriefForm, Options
from groundswell.api.people import PeopleAsked, PeoplePage
from groundswell.coach import Coaching
from groundswell.definitions import DEFAULT_DEFINITION, load_benchmarks, load_definitions, load_tier_sets
from groundswell.discover import Shortlist
from groundswell.errors import UnknownNameError, UsageError
from groundswell.explain import Explanation, signal_sql
from groundswell.exports import shortlist_as_json
from groundswell.exports.tables import plain
from groundswell.signals import SIGNALS
from groundswell.store import Import

Texts = Annotated[list[str], Query()]
Names = tuple[tuple[str, tuple[str, ...]], ...]


class Json(JSONResponse):
    """JSON that holds no NaN: what is no number is unknown, and `plain` has said so."""

    def render(self, content: Any) -> bytes:
        """Write plain values."""
        return json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def as_json(value: Any) -> Json:
    """Answer with a value of the library as JSON."""
    return Json(plain(value))


def answers_with(model: Any) -> dict[int | str, dict[str, Any]]:
    """Describe an answer for `/openapi.json` without checking it again on the way out."""
    return {200: {"model": model}}


def asked_of(
    q: str = "",
    platform: str = "",
    tier: str = "",
    sort: str = "like_rate",
    order: Literal["best", "high", "low"] = "best",
    known: Literal["", "yes", "no"] = "",
    page: Annotated[int, Query(ge=1, le=10**9)] = 1,
) -> PeopleAsked:
    """Read what is asked of the list of people from a query string."""
    return PeopleAsked(q, platform, tier, sort, order, known, page)


def form_of(
    brand: str = "",
    wish: Texts = [],  # noqa: B006  (FastAPI copies it)
    how: Texts = [],  # noqa: B006
    sector: str = "",
    channel: Texts = [],  # noqa: B006
    country: Texts = [],  # noqa: B006
    language: Texts = [],  # noqa: B006
    definition: str = DEFAULT_DEFINITION,
    amount: str = "",
    currency: str = "EUR",
    exclude: str = "",
    brand_terms: str = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> BriefForm:
    """Read a brief from a query string; a wish without its `how` is nice to have."""
    hows = [*how, *["nice"] * (len(wish) - len(how))]
    wishes = tuple((words.strip(), chosen) for words, chosen in zip(wish, hows, strict=False) if words.strip())
    return BriefForm(
        brand=brand.strip(), wishes=wishes, sector=several(sector), channel=tuple(filter(None, channel)),
        country=tuple(filter(None, country)), language=tuple(filter(None, language)), definition=definition,
        amount=amount, currency=currency, exclude=several(exclude), brand_terms=several(brand_terms), limit=limit,
    )  # fmt: skip


def several(said: str) -> tuple[str, ...]:
    """Split what was typed at commas and line ends."""
    parts = (part.strip() for part in said.replace("\n", ",").split(","))
    return tuple(part for part in parts if part)


def signal_as_json(name: str) -> dict[str, Any]:
    """Everything that a signal's declaration says."""
    if name not in SIGNALS:
        raise UnknownNameError("signal", name, SIGNALS)
    one = SIGNALS[name]
    parts = ("name", "title", "question", "unit", "better", "explains", "says", "unknown", "source", "lifecycle")
    return {part: getattr(one, part) for part in parts} | {"needs": list(one.needs)}


def import_as_json(one: Import) -> dict[str, Any]:
    """An import with the number of rows that became records."""
    return vars(one) | {"rows_read": one.rows_read}


def routes(answers: Answers) -> APIRouter:
    """Return the routes that answer in JSON."""
    router = APIRouter(default_response_class=Json)
    _add_people(router, answers)
    _add_briefs(router, answers)
    _add_lists(router, answers)
    _add_voices(router, answers)
    _add_imports(router, answers)
    _add_declarations(router, answers)
    return router


def _add_people(router: APIRouter, answers: Answers) -> None:
    @router.get("/index.json", summary="What the workspace holds", responses=answers_with(Overview), tags=["people"])
    def overview() -> Json:
        return as_json(answers.overview())

    @router.get(
        "/people.json", summary="A page of the list of people", responses=answers_with(PeoplePage), tags=["people"]
    )
    def people(asked: Annotated[PeopleAsked, Depends(asked_of)]) -> Json:
        return as_json(answers.people(asked))

    @router.get("/person.json", summary="One person, explained", responses=answers_with(Explanation), tags=["people"])
    def person(account: str, definition: str | None = None, sql: bool = False) -> Json:
        return as_json(answers.person(account, definition or None, with_sql=sql))


def _add_briefs(router: APIRouter, answers: Answers) -> None:
    @router.get(
        "/brief.json",
        summary="How many people each condition leaves",
        responses=answers_with(Options),
        tags=["marketer"],
    )
    def brief(form: Annotated[BriefForm, Depends(form_of)]) -> Json:
        return as_json(answers.options(form))

    @router.get(
        "/shortlist.json",
        summary="People ranked for a brief, with reasons",
        responses=answers_with(Shortlist),
        tags=["marketer"],
    )
    def shortlist(form: Annotated[BriefForm, Depends(form_of)]) -> Json:
        return Json(shortlist_as_json(answers.shortlist(form)))


def of_list(
    id: Annotated[int | None, Query(ge=0, lt=2**63, description="Number of an import; without it all lists")] = None,
) -> int | None:
    """Read which list is meant from a query string."""
    return id


def names_of(company: str = "", product: str = "", service: str = "", person: str = "") -> Names:
    """Read what a census looks for from a query string: spellings by commas."""
    given = (("company", company), ("product", product), ("service", service), ("person", person))
    return tuple((kind, several(said)) for kind, said in given if several(said))


def _add_lists(router: APIRouter, answers: Answers) -> None:
    @router.get("/sheet.json", summary="A list reviewed", responses=answers_with(SheetReview), tags=["marketer"])
    def sheet(id: Annotated[int | None, Depends(of_list)]) -> Json:
        return as_json(answers.sheet(id))

    @router.get("/audit.json", summary="A roster sorted", responses=answers_with(Audit), tags=["marketer"])
    def audit(id: Annotated[int | None, Depends(of_list)]) -> Json:
        return as_json(answers.audit(id))


def _add_voices(router: APIRouter, answers: Answers) -> None:
    @router.get(
        "/coach.json", summary="An account, spoken to as its owner", responses=answers_with(Coaching), tags=["creator"]
    )
    def coach(account: str) -> Json:
        return as_json(answers.coaching(account))

    @router.get("/staff.json", summary="Colleagues of a company", responses=answers_with(Staff), tags=["company"])
    def staff(id: Annotated[int | None, Depends(of_list)], company: str = "") -> Json:
        return as_json(answers.staff(id, several(company)))

    @router.get(
        "/census.json", summary="Everybody who mentions a company", responses=answers_with(Census), tags=["company"]
    )
    def census(names: Annotated[Names, Depends(names_of)]) -> Json:
        return as_json(answers.census(names))


def _add_imports(router: APIRouter, answers: Answers) -> None:
    @router.get("/imports.json", summary="What was brought in", tags=["imports"])
    def imports() -> Json:
        return as_json([import_as_json(one) for one in answers.imports()])

    @router.get("/import.json", summary="One import and the rows it set aside", tags=["imports"])
    def one_import(id: int) -> Json:
        if abs(id) >= 2**63:
            raise UsageError("That is no number of an import.")
        return as_json(import_as_json(answers.import_by_id(id)) | {"set_aside": answers.set_aside(id)})


def _add_declarations(router: APIRouter, answers: Answers) -> None:
    @router.get("/signals.json", summary="What can be known of an account, and how", tags=["declarations"])
    def signals() -> Json:
        return as_json([signal_as_json(name) for name in SIGNALS])

    @router.get("/signal.json", summary="One signal with its query", tags=["declarations"])
    def signal(name: str) -> Json:
        return as_json(signal_as_json(name) | {"sql": " ".join(signal_sql(name).split())})

    @router.get(
        "/definitions.json",
        summary="What people mean by micro-influencer, tiers and usual rates",
        tags=["declarations"],
    )
    def definitions() -> Json:
        kinds: dict[str, Any] = {
            "meaning": load_definitions(answers.folder),
            "tiers": load_tier_sets(answers.folder),
            "benchmark": load_benchmarks(answers.folder),
        }
        return as_json([{"kind": kind, **asdict(one)} for kind, some in kinds.items() for one in some.values()])
