"""The pages. Each is one call of the library and one template; each says the same numbers as its `.json`."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from groundswell.api import Answers, BriefForm, PeopleAsked, as_toml
from groundswell.api.asking import asked_of, form_of
from groundswell.api.people import SHOWN
from groundswell.api.routes import Json
from groundswell.definitions import Definition, load_definitions, load_tier_sets
from groundswell.discover.gates import LEAST_SECTOR_SHARE, LEAST_UNPAID_POSTS
from groundswell.discover.spending import money
from groundswell.errors import UsageError
from groundswell.exports import SHORTLIST_FORMS, export_shortlist, pictures
from groundswell.exports.page import shortlist_part
from groundswell.exports.tables import plain
from groundswell.exports.wording import (
    finite,
    number_in_words,
    printable,
    range_beside,
    range_in_words,
    safe_link,
    signal_titles,
    title_of,
    topics_caption,
    unit_of,
    unknown_because,
    value_in_words,
)
from groundswell.fetch.exports import platforms
from groundswell.records import language_name, platform_name
from groundswell.signals import SIGNALS
from groundswell.signals.questions import asks, by_question
from groundswell.simulate import sample_brief
from groundswell.sources.files.layouts import LAYOUTS
from groundswell.sources.networks import SOURCES
from groundswell.web.forms import MEANINGS, address_to_fetch, answers_to, pasted
from groundswell.web.importing import Batch, Desk, wait_until_over
from groundswell.web.uploads import Upload, receive

Answer = TypeVar("Answer")
PATIENCE = 1.5
FEW = 3
"""Account rows up to which it is looked whether they are of one person (design choice: an archive names its owner once or twice)."""
"""Seconds a page waits for numbers before it says that they are being worked out (design choice)."""
MEDIA = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8", ".json": "application/json", ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf", ".toml": "application/toml",
}  # fmt: skip


WAYS = {
    "/brief": "/marketer", "/shortlist": "/marketer", "/plan": "/marketer", "/sheet": "/marketer", "/audit": "/marketer", "/staff": "/company",
    "/census": "/company", "/person": "/people", "/compare": "/people", "/like": "/people", "/contests": "/people",
    "/import": "/imports", "/arriving": "/imports", "/fetch": "/imports", "/fetches": "/imports", "/ask": "/imports",
}  # fmt: skip
"""Page -> the entry of the main navigation under which it stands."""


class NotReadyError(Exception):
    """The numbers are being worked out; the page says so and comes back."""


class Pages:
    """Every page of the web app, over one workspace."""

    def __init__(self, answers: Answers, desk: Desk, *, cap: int) -> None:
        self.answers, self.desk, self.cap = answers, desk, cap
        self._asking: dict[Hashable, Future[Any]] = {}
        self._asking_lock = Lock()
        self.templates = _environment(answers.folder)
        self.router = APIRouter(default_response_class=HTMLResponse)
        _add_front(self)
        _add_imports(self)
        _add_people(self)
        _add_marketer(self)

    def show(self, request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """Render a page."""
        shared: dict[str, Any] = {
            "here": WAYS.get(request.url.path, request.url.path),
            "twin": _twin(request),
            "query": request.url.query,
            "defs": Markup(pictures.DEFS),  # noqa: S704  (our own picture)
            "simulated": self.answers.simulated(),
            "beside_real": self.answers.real_beside_made_up(),
            "refresh": 0,
            "folder": "/".join(self.answers.folder.resolve().parts[-2:]),
            "has_people": self.answers.has_people(),
            "askable": platforms(),
            "fetchable": {one.platform: one.id for one in SOURCES.values()},
        }
        given = {name: value for name, value in context.items() if not (name == "twin" and value is None)}
        page = self.templates.get_template(template).render(shared | given)
        return HTMLResponse(page.encode("utf-8", "replace").decode(), status)

    def numbers(self) -> Answers:
        """The answers, once the numbers for the present facts are there."""
        if not self.desk.ready(PATIENCE):
            raise NotReadyError
        return self.answers

    def soon(self, key: Hashable, ask: Callable[[], Answer]) -> Answer:
        """An answer that may take a while: the page waits a moment, then says so and comes back for it."""
        whole = (*self.numbers().stand(), key)
        with self._asking_lock:
            future = self._asking.get(whole)
            if future is None:
                future = self._asking[whole] = Future()
                Thread(target=_settle, args=(future, ask), daemon=True).start()
        try:
            return future.result(PATIENCE)
        except TimeoutError as error:
            if future.done():  # just now, or it is the answer itself that ran out of time
                return future.result()
            raise NotReadyError from error
        finally:
            if future.done():
                self._asking.pop(whole, None)

    def waiting(self, request: Request) -> HTMLResponse:
        """The page that is shown while numbers are worked out."""
        return self.show(request, "waiting.html", status=202, refresh=1, doing=self.desk.doing)

    async def upload(self, request: Request) -> Upload:
        """Take the form that streams in."""
        kind = request.headers.get("content-type", "")
        return await receive(kind, request.stream(), self.desk.folder, cap=self.cap)


def _settle(future: Future[Any], ask: Callable[[], Any]) -> None:
    try:
        future.set_result(ask())
    except BaseException as error:  # handed to whoever asks for the result
        future.set_exception(error)


def redirect(path: str) -> RedirectResponse:
    """Send the browser to a page after something was done, so that going back does it not again."""
    return RedirectResponse(path, 303)


def number_of_import(said: str) -> int:
    """Read the number of an import out of a form."""
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise UsageError(f"There is no import {said[:40]!r}.", next_step="Look at the files that were brought in.")
    return int(said)


def download(path: Path, name: str) -> Response:
    """Answer with a file that is kept under a name of ours."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(path.read_bytes(), media_type=MEDIA[path.suffix], headers=headers)


# -- the first page ------------------------------------------------------------------------------------------------------


def _add_front(pages: Pages) -> None:
    @pages.router.get("/", summary="The first page", tags=["web"])
    def front(request: Request) -> Response:
        if not pages.answers.has_people():
            return pages.show(request, "empty.html", batches=pages.desk.open_batches(), twin="")
        answers = pages.numbers()
        return pages.show(
            request, "front.html", o=answers.overview(), batches=pages.desk.open_batches(), twin="/index.json"
        )

    @pages.router.get("/about", summary="What can be known, and what it cannot do", tags=["web"])
    def about(request: Request) -> Response:
        meanings = list(load_definitions(pages.answers.folder).values())
        return pages.show(
            request, "about.html", signals=list(SIGNALS.values()), meanings=meanings, twin="/signals.json"
        )


# -- bringing files in ---------------------------------------------------------------------------------------------------


def _add_imports(pages: Pages) -> None:
    desk = pages.desk

    @pages.router.get("/imports", summary="What was brought in", tags=["imports"])
    def imports(request: Request, undone: int = 0, already: bool = False) -> Response:
        found = list(reversed(pages.answers.imports()))
        said = next((one for one in found if one.id == undone and one.state == "undone"), None)
        return pages.show(
            request, "imports.html", imports=found, batches=desk.open_batches(), undone=said, already=already
        )

    @pages.router.get("/import", summary="One import and the rows it set aside", tags=["imports"])
    def one_import(request: Request, id: int) -> Response:
        if abs(id) >= 2**63:
            raise UsageError(f"There is no import {str(id)[:40]}.", next_step="Look at the files that were brought in.")
        one = pages.answers.import_by_id(id)
        return pages.show(request, "import.html", one=one, rows=pages.answers.set_aside(id))

    @pages.router.post("/undo", summary="Take an import out of every view", tags=["imports"])
    async def undo(request: Request) -> Response:
        form = await pages.upload(request)
        form.drop()
        number = number_of_import(form.text("id"))
        if pages.answers.import_by_id(number).state == "undone":  # in another tab
            return redirect(f"/imports?undone={number}&already=true")
        pages.answers.workspace.undo(number)
        return redirect(f"/imports?undone={number}")

    @pages.router.post("/imports", summary="Bring files in", tags=["imports"])
    async def bring(request: Request) -> Response:
        return _bring(pages, await pages.upload(request))

    @pages.router.post("/demo", summary="Make a community up and bring it in", tags=["imports"])
    def demo() -> Response:
        return redirect(f"/arriving?id={desk.make_demo().id}")

    _add_arriving(pages)


QUESTIONS = {"/staff": "Who of us could speak?", "/sheet": "Review my sheet", "/audit": "Audit a roster"}
"""Pages that ask for a list where none is in the data; once it is in, the way leads back."""


def _bring(pages: Pages, upload: Upload) -> Response:
    if not upload.files and (address := address_to_fetch(upload.text("pasted"))):
        upload.drop()
        return redirect(f"/fetch?who={quote(address, safe='')}")
    platform = upload.text("platform").strip()
    constants = {"platform": platform} if platform else {}
    paths = list(upload.files)
    try:
        if upload.text("pasted").strip():
            paths.append(pasted(upload.text("pasted"), upload.folder / "pasted"))
        towards = upload.text("towards")
        batch = pages.desk.take(upload.folder, paths, constants, towards if towards in QUESTIONS else "")
    except Exception:
        upload.drop()
        raise
    return redirect(f"/arriving?id={batch.id}")


def _only_person(answers: Answers, batch: Batch) -> str | None:
    """Whose archive, blog or kit it was, where it was one person's; a list of people is none, however short."""
    reports = [one.report for one in batch.arrivals if one.state == "read" and one.report]
    found = [one["records"].get("account", {}) for one in reports]
    if any("creator" in one["records"] for one in reports) or not 0 < sum(sum(one.values()) for one in found) <= FEW:
        return None
    return answers.only_person([one["import_id"] for one in reports])


def _add_arriving(pages: Pages) -> None:
    desk = pages.desk

    @pages.router.get("/arriving", summary="How an upload fares, and what it was recognised as", tags=["imports"])
    def arriving(request: Request, id: str) -> Response:
        batch = desk.batch(id)
        over = wait_until_over(batch, 0.7)
        only = _only_person(pages.answers, batch) if over else None
        shown: dict[str, Any] = {"batch": batch, "meanings": MEANINGS, "only": only, "questions": QUESTIONS}
        return pages.show(request, "arriving.html", refresh=0 if over else 1, **shown)

    @pages.router.get("/arriving.json", summary="The same as JSON", tags=["imports"], response_class=Json)
    def arriving_json(id: str) -> Response:
        return Json(plain(desk.batch(id)))

    @pages.router.post("/answer", summary="Say what the columns of a file are, or what it lacks", tags=["imports"])
    async def answer(request: Request) -> Response:
        form = await pages.upload(request)
        form.drop()
        key, place = form.text("id"), form.text("place")
        batch = desk.batch(key)
        asking = dict(batch.asking)
        number = int(place) if place.isdecimal() and len(place) < 6 else -1
        if form.text("dates"):
            desk.settle_dates(key, number, form.text("dates"))
            return redirect(f"/arriving?id={quote(key)}")
        if number not in asking or asking[number].question is None:
            return redirect(f"/arriving?id={quote(key)}")
        question = asking[number].question
        assert question is not None
        desk.answer(key, number, *answers_to(question, form.fields))
        return redirect(f"/arriving?id={quote(key)}")

    @pages.router.post("/again", summary="Read an interrupted upload again", tags=["imports"])
    async def again(request: Request) -> Response:
        form = await pages.upload(request)
        form.drop()
        return redirect(f"/arriving?id={desk.again(form.text('id')).id}")

    @pages.router.post("/forget", summary="Take an upload off the desk", tags=["imports"])
    async def forget(request: Request) -> Response:
        form = await pages.upload(request)
        form.drop()
        desk.forget(form.text("id"))
        return redirect("/")


# -- people --------------------------------------------------------------------------------------------------------------


def _add_people(pages: Pages) -> None:
    @pages.router.get("/people", summary="The list of people", tags=["people"])
    def people(request: Request, asked: Annotated[PeopleAsked, Depends(asked_of)]) -> Response:
        found = pages.numbers().people(asked)

        def link(**changed: Any) -> str:
            whole = vars(replace(asked, **changed))
            return "/people?" + urlencode({key: value for key, value in whole.items() if value not in ("", None)})

        return pages.show(request, "people.html", found=found, asked=asked, signals=SIGNALS, link=link, sorts=_sorts())

    @pages.router.get("/person", summary="One person, explained", tags=["people"])
    def person(request: Request, account: str, definition: str = "") -> Response:
        answers = pages.numbers()
        found = pages.soon(("person", account, definition), lambda: answers.person(account, definition or None))
        shown = pictures_of(answers, found.account)
        contests = [one for one in answers.contests() if one.account == found.account]
        return pages.show(request, "person_page.html", e=found, signals=SIGNALS, contests=contests, **shown)


def _sorts() -> dict[str, tuple[str, ...]]:
    """What one may sort by: the few that most ask for, then the others by their question."""
    others = by_question(name for name in SIGNALS if name not in SHOWN)
    return {"Most asked for": SHOWN, **{asks(question): names for question, names in others.items()}}


def pictures_of(answers: Answers, account: str) -> dict[str, Any]:
    """Where a person stands, when they posted and about what, drawn from the table and the posts."""
    values = answers.table().values(account)
    size, rate = (finite(values[name].value) for name in ("followers", "like_rate"))
    posts = answers.posts(account)
    months, topics = posts.by_month(account), posts.topics(account)
    standing, why = "", ""
    if size is not None and rate is not None:
        points = answers.crowd_points()
        standing = pictures.engagement_against_size(points, (size, rate), answers.tiers(), "this account")
    else:
        lacking = [name for name, known in (("followers", size), ("like_rate", rate)) if known is None]
        why = "; ".join(f"{title_of(name, signal_titles())} {unknown_because(values[name])}" for name in lacking)
    return {
        "standing": standing, "no_standing": why, "months": pictures.posts_over_time(months), "topics": pictures.shares(topics),
        "month_rows": months, "topic_rows": topics,
        "topics_says": topics_caption(*posts.topics_from(account)) if topics else "Topics",
    }  # fmt: skip


# -- the marketer --------------------------------------------------------------------------------------------------------


def _add_marketer(pages: Pages) -> None:
    @pages.router.get("/brief", summary="A brief as a form", tags=["marketer"])
    def brief(request: Request, form: Annotated[BriefForm, Depends(form_of)]) -> Response:
        answers = pages.numbers()
        meanings = _newest(load_definitions(answers.folder).values(), form.definition)
        options = pages.soon(("options", form), lambda: answers.options(form))
        wishes = [*form.wishes, *[("", "nice")] * max(1, 3 - len(form.wishes))]
        sample = sample_brief() if answers.simulated() else ""
        return pages.show(
            request,
            "brief.html",
            form=form,
            o=options,
            meanings=meanings,
            wishes=wishes,
            rules=[*form.rules, *[("never_if", "", "")] * max(1, 2 - len(form.rules))],
            sample=bool(sample),
            least_share=LEAST_SECTOR_SHARE,
            least_posts=LEAST_UNPAID_POSTS,
        )

    @pages.router.get("/shortlist", summary="People ranked for a brief", tags=["marketer"])
    def shortlist(request: Request, form: Annotated[BriefForm, Depends(form_of)]) -> Response:
        answers = pages.numbers()
        found = pages.soon(("shortlist", form), lambda: answers.shortlist(form))
        return pages.show(request, "shortlist_page.html", s=found, body=shortlist_part(found, tiers=answers.tiers()))

    for ending in (*SHORTLIST_FORMS, ".toml"):
        if ending != ".json":  # the page's twin, in the API
            _add_shortlist_file(pages, ending)


def _add_shortlist_file(pages: Pages, ending: str) -> None:
    @pages.router.get(
        f"/shortlist{ending}", summary=f"The shortlist as a file ({ending})", tags=["marketer"], response_class=Response,
        name=f"shortlist{ending}",
    )  # fmt: skip
    def file(form: Annotated[BriefForm, Depends(form_of)]) -> Response:
        with TemporaryDirectory(prefix="groundswell-") as folder:
            path = Path(folder) / f"shortlist{ending}"
            if ending == ".toml":
                path.write_text(as_toml(form), encoding="utf-8")
                return download(path, "brief.toml")
            export_shortlist(pages.answers.shortlist(form), path, tiers=pages.answers.tiers())
            return download(path, path.name)


# -- templates -----------------------------------------------------------------------------------------------------------


def _environment(folder: Path) -> Environment:
    """Return the template engine: escapes everything that is not our own markup, and fails on a name that does not exist."""
    engine = Environment(
        loader=PackageLoader("groundswell.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=_shown,
    )  # fmt: skip
    titles = signal_titles()
    tier_titles = {name: one.title for name, one in load_tier_sets(folder).items()}

    def words(value: Any) -> str:
        return value_in_words(value, unit_of(value.signal, titles))

    def interval(value: Any) -> str:
        return range_in_words(value, unit_of(value.signal, titles))

    def beside(value: Any) -> str:
        return range_beside(value, unit_of(value.signal, titles))

    filters: dict[str, Any] = {
        "beside": beside, "number_of": number_in_words, "ends": lambda one: range_in_words(one.as_value, one.unit), "link": safe_link, "svg": Markup, "cut": pictures.shortened, "words": words, "interval": interval,
        "platform": platform_name, "language": language_name, "q": lambda text: quote(str(text), safe=""), "number": lambda n: f"{n:,}",
        "money": _amount, "layout": _layout, "uncommanded": _uncommanded, "titled": lambda name: titles[name][0] if name in titles else name,
        "tiers": lambda name: tier_titles.get(name, name), "share": lambda part: number_in_words(part, "share"), "people": _people, "names": _names,
    }  # fmt: skip
    engine.filters.update(filters)
    return engine


def _newest(meanings: Iterable[Definition], chosen: str) -> list[Definition]:
    """Of each meaning its newest version, and the one that is chosen: two versions under one title are a riddle."""
    found = list(meanings)
    newest = {one.id: max(other.version for other in found if other.id == one.id) for one in found}
    return [one for one in found if one.version == newest[one.id] or chosen in (one.name, one.id)]


def _amount(minor: float, currency: str | None) -> str:
    """An amount alone, where its currency stands elsewhere."""
    return money(minor, currency).partition(" ")[2] if currency else money(minor, None).partition(" ")[0]


def _uncommanded(text: str) -> str:
    """A step without the command that takes it: a button stands beside it."""
    return re.sub(r": groundswell [^`]*$", ".", text)


def _layout(name: str) -> str:
    """What a file was recognised as, in words; several in one file, or archives, under the names they have."""
    return ", ".join(LAYOUTS[one].title if one in LAYOUTS else one.replace("_", " ") for one in name.split(", "))


def _names(accounts: Sequence[str]) -> str:
    """What accounts are called on their platform, one a line, as a live source is asked for them."""
    return "\n".join(one.partition(":")[2] for one in accounts)


def _people(count: int) -> str:
    return "one person" if count == 1 else f"{count:,} people"


def _shown(value: Any) -> Any:
    """Return a value as a page may hold it; our own markup passes."""
    return value if isinstance(value, Markup) else printable(value) if isinstance(value, str) else value


def _twin(request: Request) -> str:
    """The address of the same numbers as JSON; nothing for an address that is no page of ours."""
    path = request.url.path.rstrip("/") or "/index"
    if not re.fullmatch("/[a-z]+", path):
        return ""
    return f"{path}.json" + (f"?{request.url.query}" if request.url.query else "")


__all__ = ["NotReadyError", "Pages", "download", "number_of_import", "redirect"]
