"""The three ways: a marketer with a sheet, somebody who posts or teaches, a company with a roster. A page each, files beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import pyarrow as pa
from fastapi import Depends, Request
from fastapi.responses import Response

from groundswell.advocacy import audit_table, census_table, staff_table
from groundswell.api import PeopleAsked
from groundswell.api.asking import Names, names_of, of_list, several
from groundswell.coach import PARTS
from groundswell.errors import UnknownNameError
from groundswell.exports import TABLE_FORMS, export_table
from groundswell.exports.kit_page import KIT_FORMS, write_kit
from groundswell.exports.wording import printable
from groundswell.web.pages import Pages, download

PART_WORDS = {
    "posts": "my posts with their counts", "texts": "the texts of my posts", "sparked": "what my posts sparked",
    "balance": "praise and reservation", "paid": "how much is paid", "followers": "how many follow me",
}  # fmt: skip
KINDS = ("company", "product", "service", "person")
ListId = Annotated[int | None, Depends(of_list)]


def add_journeys(pages: Pages) -> None:
    """Add the pages of the three ways."""
    _add_marketer(pages)
    _add_creator(pages)
    _add_company(pages)


def _add_marketer(pages: Pages) -> None:
    answers = pages.answers

    @pages.router.get("/marketer", summary="Three things a marketer may want", tags=["marketer"])
    def marketer(request: Request) -> Response:
        return pages.show(request, "marketer.html", lists=answers.lists(), twin="")

    @pages.router.get("/sheet", summary="A list reviewed", tags=["marketer"])
    def sheet(request: Request, id: ListId) -> Response:
        if not answers.lists():
            return pages.show(request, "no_list.html", title="Review my sheet", twin="")
        found = pages.soon(("sheet", id), lambda: answers.sheet(id))
        return pages.show(request, "sheet.html", r=found, lists=answers.lists(), id=id)

    @pages.router.get("/audit", summary="A roster sorted", tags=["marketer"])
    def audit(request: Request, id: ListId) -> Response:
        if not answers.lists():
            return pages.show(request, "no_list.html", title="Audit a roster", twin="")
        found = pages.soon(("audit", id), lambda: answers.audit(id))
        return pages.show(request, "audit.html", a=found, lists=answers.lists(), id=id)

    def back(request: Request) -> pa.Table:
        return answers.sheet_back(of_list(_number(request, "id")))

    def sorted_out(request: Request) -> pa.Table:
        return audit_table(answers.audit(of_list(_number(request, "id"))))

    _add_files(pages, "sheet", "The sheet back, with new columns", back, "marketer")
    _add_files(pages, "audit", "The roster sorted, as a table", sorted_out, "marketer")


def _add_creator(pages: Pages) -> None:
    @pages.router.get("/coach", summary="An account, spoken to as its owner", tags=["creator"])
    def coach(request: Request, account: str = "", q: str = "") -> Response:
        answers = pages.numbers()
        if not account:
            people = answers.people(PeopleAsked(q=q, sort="posts_per_week")) if q else None
            return pages.show(request, "coach_choose.html", q=q, found=people, twin="")
        found = pages.soon(("coach", account), lambda: answers.coaching(account))
        return pages.show(request, "coach.html", c=found, parts=PART_WORDS)

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


def _add_company(pages: Pages) -> None:
    answers = pages.answers

    @pages.router.get("/company", summary="Two things a company may want", tags=["company"])
    def company(request: Request) -> Response:
        return pages.show(request, "company.html", lists=answers.lists(), twin="")

    @pages.router.get("/staff", summary="Colleagues of a company", tags=["company"])
    def staff(request: Request, id: ListId, company: str = "") -> Response:
        if not answers.lists():
            return pages.show(request, "no_list.html", title="Who of us could speak?", twin="")
        asked = several(company)
        found = pages.soon(("staff", id, asked), lambda: answers.staff(id, asked)) if asked else None
        return pages.show(
            request, "staff.html", s=found, lists=answers.lists(), id=id, company=company, twin=None if found else ""
        )

    @pages.router.get("/census", summary="Everybody who mentions a company", tags=["company"])
    def census(request: Request, names: Annotated[Names, Depends(names_of)]) -> Response:
        found = pages.soon(("census", names), lambda: answers.census(names)) if names else None
        said = dict.fromkeys(KINDS, "") | {kind: ", ".join(spellings) for kind, spellings in names}
        return pages.show(request, "census.html", c=found, said=said, twin=None if found else "")

    def colleagues(request: Request) -> pa.Table:
        company = several(request.query_params.get("company", ""))
        return staff_table(answers.staff(of_list(_number(request, "id")), company))

    def voices(request: Request) -> pa.Table:
        given = {kind: request.query_params.get(kind, "") for kind in KINDS}
        return census_table(answers.census(names_of(**given)))

    _add_files(pages, "staff", "Colleagues as a table", colleagues, "company")
    _add_files(pages, "census", "The census as a table", voices, "company")


def _number(request: Request, name: str) -> int | None:
    said = request.query_params.get(name, "")
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise UnknownNameError("import", said[:40], [])
    return int(said)


def _add_files(pages: Pages, name: str, summary: str, table: Callable[[Request], pa.Table], tag: str) -> None:
    """A page's table as files; JSON is the page's twin in the API."""
    for ending in TABLE_FORMS:
        if ending != ".json":
            _add_file(pages, name, ending, f"{summary} ({ending})", table, tag)


def _add_file(
    pages: Pages, name: str, ending: str, summary: str, table: Callable[[Request], pa.Table], tag: str
) -> None:
    def file(request: Request) -> Response:
        with TemporaryDirectory(prefix="groundswell-") as folder:
            path = Path(folder) / f"{name}{ending}"
            simulated = pages.answers.workspace.simulated()
            return download(export_table(table(request), path, title=summary, simulated=simulated), path.name)

    pages.router.add_api_route(
        f"/{name}{ending}", file, summary=summary, tags=[tag], response_class=Response, name=f"{name}{ending}"
    )


__all__ = ["add_journeys"]
