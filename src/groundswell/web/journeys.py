"""The three ways: a marketer with a sheet, somebody who posts or teaches, a company with a roster. A page each, files beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any
from urllib.parse import quote, unquote, urlencode

from fastapi import Depends, Request
from fastapi.responses import Response

from groundswell.advocacy.voices import ORDER_WORDS, ORDERS, PAY_WORDS, PAYS, READING_WORDS, READINGS
from groundswell.api import PeopleAsked
from groundswell.api.asking import (
    CensusAsked,
    SheetAsked,
    StaffAsked,
    account_of,
    census_of,
    of_list,
    sheet_of,
    staff_of,
)
from groundswell.coach import PARTS, looked_for
from groundswell.errors import UnknownNameError, UsageError
from groundswell.exports import export_table
from groundswell.exports.kit_page import KIT_FORMS, write_kit
from groundswell.exports.report import BOUND_FORMS, REPORT_FORMS, Report, export_report
from groundswell.exports.reports import audit_report, census_report, coaching_report, reply_form, staff_report
from groundswell.exports.sheet_back import give_sheet_back
from groundswell.exports.wording import printable
from groundswell.signals import SIGNALS
from groundswell.sources.files.money import CODES
from groundswell.store.unions import DIFFERENT, SAME
from groundswell.web.pages import Pages, download, number_of_import, redirect

PART_WORDS = {
    "posts": "my posts with their counts", "texts": "the texts of my posts", "sparked": "what my posts sparked",
    "balance": "praise and reservation", "paid": "how much is paid", "followers": "how many follow me",
}  # fmt: skip
ME = "groundswell_me"
"""The cookie that says who was coached last in this browser; it opens nothing."""
A_YEAR = 365 * 86_400
KINDS = ("company", "product", "service", "person")
WANTED = (
    ("reading", "Who speaks", "all voices", tuple((one, READING_WORDS[one]) for one in READINGS)),
    ("pay", "Payment", "paid or not", tuple((one, PAY_WORDS[one]) for one in PAYS)),
    ("order", "Order", "", tuple((one, ORDER_WORDS[one]) for one in ORDERS)),
)
"""What a reader of a census may ask for: (name, words, words for all, choices)."""
NARROWS = {name for name, *_ in WANTED}
VOICES_AT_FIRST = 12
"""Voices that a page shows unfolded (design choice: six screens of a telephone)."""
ListId = Annotated[int | None, Depends(of_list)]


def add_journeys(pages: Pages) -> None:
    """Add the pages of the three ways."""
    _add_marketer(pages)
    _add_creator(pages)
    _add_same(pages)
    _add_company(pages)


def _add_marketer(pages: Pages) -> None:
    answers = pages.answers

    @pages.router.get("/marketer", summary="Three things a marketer may want", tags=["marketer"])
    def marketer(request: Request) -> Response:
        return pages.show(request, "marketer.html", lists=answers.lists(), twin="")

    @pages.router.get("/sheet", summary="A list reviewed", tags=["marketer"])
    def sheet(request: Request, asked: Annotated[SheetAsked, Depends(sheet_of)]) -> Response:
        if not answers.lists():
            return pages.show(request, "no_list.html", title="Review my sheet", towards="/sheet", twin="")
        found = pages.soon(("sheet", asked), lambda: answers.sheet(asked.list, asked.big))
        shown: dict[str, Any] = {"r": found, "id": asked.list, "big": asked.big or "", "currencies": sorted(CODES)}
        return pages.show(request, "sheet.html", lists=answers.lists(), **shown)

    @pages.router.post("/currency", summary="Say in which currency a list's fees are", tags=["marketer"])
    async def currency(request: Request) -> Response:
        form = await pages.upload(request)
        form.drop()
        number = number_of_import(form.text("id"))
        if not form.text("currency"):
            raise UsageError("No currency was chosen.", next_step="Go back and choose one.")
        found = answers.say_currency(number, form.text("currency"))
        return redirect(f"/sheet?id={found}" if form.text("alone") else "/sheet")

    @pages.router.get("/audit", summary="A roster sorted", tags=["marketer"])
    def audit(request: Request, id: ListId) -> Response:
        if id is None and not answers.lists():
            return choose(request, "Audit a roster", "The roster: the people of which file are it?")
        found = pages.soon(("audit", id), lambda: answers.audit(id))
        return pages.show(request, "audit.html", a=found, lists=answers.rosters(), id=id)

    def choose(request: Request, title: str, question: str) -> Response:
        """Which of the files is meant, where none is a list; where there is no file, how to bring one."""
        if found := answers.rosters():
            return pages.show(request, "which_roster.html", title=title, question=question, lists=found, twin="")
        return pages.show(request, "no_list.html", title=title, towards="/audit", twin="")

    def back(asked: SheetAsked, path: Path) -> Path:
        return give_sheet_back(answers.workspace, answers.sheet(asked.list, asked.big), path)

    _add_files(pages, "sheet", "The sheet back, with new columns, and its review", sheet_of, back, "marketer")
    _add_files(
        pages,
        "audit",
        "The roster sorted",
        of_list,
        _as_report(lambda number: audit_report(answers.audit(number))),
        "marketer",
    )


def _add_creator(pages: Pages) -> None:
    @pages.router.get("/coach", summary="An account, spoken to as its owner", tags=["creator"])
    def coach(request: Request, account: str = "", q: str = "") -> Response:
        answers = pages.numbers()
        if not account:
            return choose(request, q)
        try:
            found = pages.soon(("coach", account), lambda: answers.coaching(account))
        except UnknownNameError:
            return choose(request, "", missing=account, status=404)
        answer = pages.show(request, "coach.html", c=found, parts=PART_WORDS, looked_for=looked_for(), signals=SIGNALS)
        answer.set_cookie(ME, quote(found.account, safe=""), httponly=True, samesite="strict", max_age=A_YEAR)
        return answer

    def choose(request: Request, q: str, *, missing: str = "", status: int = 200) -> Response:
        """Who are you? Whoever was coached here last is suggested, whatever files came since."""
        answers = pages.numbers()
        people = answers.people(PeopleAsked(q=q, sort="posts_per_week")) if q else None
        you = None if q else answers.known(unquote(request.cookies.get(ME, ""))) or answers.stands_out()
        return pages.show(
            request, "coach_choose.html", status=status, q=q, found=people, you=you, missing=missing, twin=""
        )

    @pages.router.get(
        "/coach/replies.csv", summary="A form for the replies to an account's newest posts", tags=["creator"]
    )
    def replies(account: Annotated[str, Depends(account_of)]) -> Response:
        pages.numbers()
        with TemporaryDirectory(prefix="groundswell-") as folder:
            form = reply_form(pages.answers.coaching(account))
            return download(export_table(form, Path(folder) / "replies.csv", title="Replies"), "replies.csv")

    @pages.router.post("/kit", summary="Make the kit: one page, or the signed file", tags=["creator"])
    async def kit(request: Request) -> Response:
        form = await pages.upload(request)
        form.drop()
        ending = f".{form.text('form')}"
        if ending not in KIT_FORMS:
            raise UnknownNameError("form of a kit", ending[:20], KIT_FORMS)
        shown = {value for name, value in form.fields if name == "show"}
        left_out = tuple(part for part in PARTS if part not in shown)
        made = pages.answers.kit(
            form.text("account"), made_by=printable(form.text("made_by")).strip(), leave_out=left_out
        )
        with TemporaryDirectory(prefix="groundswell-") as folder:
            return download(write_kit(made, Path(folder) / f"kit{ending}"), f"kit{ending}")

    def coached(name: str) -> Report:
        return coaching_report(pages.answers.coaching(name))

    _add_files(pages, "coach", "What is said to an account", account_of, _as_report(coached), "creator", BOUND_FORMS)


def _add_same(pages: Pages) -> None:
    @pages.router.post("/same", summary="Say whether two accounts are one person", tags=["creator"])
    async def same(request: Request) -> Response:
        form = await pages.upload(request)
        form.drop()
        account, verdict = form.text("account"), form.text("verdict")
        if verdict in (SAME, DIFFERENT):
            pages.answers.say_same(account, form.text("other"), different=verdict == DIFFERENT)
        else:
            pages.answers.unsay_same(number_of_verdict(verdict))
        return redirect(f"/coach?account={quote(account, safe='')}")


def number_of_verdict(said: str) -> int:
    """Read which verdict is taken back; UsageError for anything else."""
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise UsageError("Neither yes nor no was said.", next_step="Go back and choose one.")
    return int(said)


def _add_company(pages: Pages) -> None:
    answers = pages.answers

    @pages.router.get("/company", summary="Two things a company may want", tags=["company"])
    def company(request: Request) -> Response:
        return pages.show(request, "company.html", lists=answers.lists(), twin="")

    @pages.router.get("/staff", summary="Colleagues of a company", tags=["company"])
    def staff(
        request: Request, id: ListId, asked: Annotated[StaffAsked, Depends(staff_of)], company: str = ""
    ) -> Response:
        rosters = answers.rosters()
        if not rosters:
            return pages.show(request, "no_list.html", title="Who of us could speak?", towards="/staff", twin="")
        chosen, its, not_ours = id is not None or bool(answers.lists()), asked.company, asked.not_ours
        found = (
            pages.soon(("staff", id, its, not_ours), lambda: answers.staff(id, its, not_ours))
            if its and chosen
            else None
        )
        shown: dict[str, Any] = {
            "s": found,
            "lists": rosters,
            "id": id,
            "company": company,
            "not_ours": not_ours,
            "all_lists": len(answers.lists()) > 1,
        }
        return pages.show(request, "staff.html", twin=None if found else "", **shown)

    @pages.router.get("/census", summary="Everybody who mentions a company", tags=["company"])
    def census(request: Request, asked: Annotated[CensusAsked, Depends(census_of)]) -> Response:
        names = asked.names
        found = pages.soon(("census", asked), lambda: answers.census(asked)) if names else None
        said = dict.fromkeys(KINDS, "") | {kind: ", ".join(spellings) for kind, spellings in names}
        shown: dict[str, Any] = {
            "c": found,
            "said": said,
            "lists": answers.rosters(),
            "staff": asked.staff,
            "not_ours": asked.not_ours,
            "ours": asked.ours,
            "asked": asked,
            "wanted": WANTED,
            "folded": VOICES_AT_FIRST,
            "unnarrowed": urlencode([(k, v) for k, v in request.query_params.multi_items() if k not in NARROWS]),
        }
        return pages.show(request, "census.html", twin=None if found else "", **shown)

    def colleagues(asked: StaffAsked) -> Report:
        return staff_report(answers.staff(asked.list, asked.company, asked.not_ours))

    _add_files(pages, "staff", "Colleagues of a company", staff_of, _as_report(colleagues), "company")
    _add_files(
        pages, "census", "Everybody who mentions a company", census_of,
        _as_report(lambda asked: census_report(answers.census(asked))), "company",
    )  # fmt: skip


def _as_report(report: Callable[[Any], Report]) -> Callable[[Any, Path], Path]:
    return lambda asked, path: export_report(report(asked), path)


def _add_files(
    pages: Pages, name: str, summary: str, reads: Callable[..., Any], write: Callable[[Any, Path], Path], tag: str,
    forms: tuple[str, ...] = REPORT_FORMS,
) -> None:  # fmt: skip
    """A page's report as files; JSON is the page's twin in the API."""
    for ending in forms:
        if ending != ".json":
            _add_file(pages, name, ending, f"{summary} ({ending})", reads, write, tag)


def _add_file(
    pages: Pages, name: str, ending: str, summary: str, reads: Callable[..., Any], write: Callable[[Any, Path], Path], tag: str
) -> None:  # fmt: skip
    def file(asked: Any = Depends(reads)) -> Response:  # noqa: B008  (how FastAPI is told)
        with TemporaryDirectory(prefix="groundswell-") as folder:
            return download(write(asked, Path(folder) / f"{name}{ending}"), f"{name}{ending}")

    pages.router.add_api_route(
        f"/{name}{ending}", file, summary=summary, tags=[tag], response_class=Response, name=f"{name}{ending}"
    )


__all__ = ["add_journeys"]
