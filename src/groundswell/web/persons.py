"""Pages about people beyond one: two side by side, who is like somebody, what is contested, how far definitions agree on all."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import Response

from groundswell.api.asking import LikeAsked, like_of
from groundswell.definitions import load_definitions
from groundswell.errors import UsageError
from groundswell.exports.wording import printable
from groundswell.signals import SIGNALS
from groundswell.web.pages import Pages, redirect

VERDICTS = {"uphold": True, "reject": False}


def add_persons(pages: Pages) -> None:
    """Add the pages."""
    _add_comparing(pages)
    _add_contesting(pages)
    _add_overlap(pages)


def _add_comparing(pages: Pages) -> None:
    @pages.router.get("/compare", summary="Two people side by side", tags=["people"])
    def compare(request: Request, account: str = "", other: str = "", definition: str = "") -> Response:
        answers = pages.numbers()
        if not account or not other:
            return pages.show(request, "compare_choose.html", account=account, other=other, twin="")
        key = ("compare", account, other, definition)
        found = pages.soon(key, lambda: answers.compared(account, other, definition or None))
        return pages.show(request, "compare.html", c=found, signals=SIGNALS)

    @pages.router.get("/like", summary="Who is like somebody", tags=["people"])
    def like(request: Request, asked: Annotated[LikeAsked, Depends(like_of)]) -> Response:
        answers = pages.numbers()
        found = pages.soon(("like", asked), lambda: answers.like(asked.account, asked.limit, anywhere=asked.anywhere))
        return pages.show(request, "like.html", k=found, asked=asked, signals=SIGNALS)


def _add_contesting(pages: Pages) -> None:
    @pages.router.get("/contests", summary="Numbers that somebody says are wrong", tags=["people"])
    def contests(request: Request) -> Response:
        found = tuple(reversed(pages.answers.contests()))
        return pages.show(request, "contests.html", contests=found, signals=SIGNALS)

    @pages.router.post("/contest", summary="Hide a number until a person has looked", tags=["people"])
    async def contest(request: Request) -> Response:
        form = await pages.upload(request)
        form.drop()
        because, by = (printable(form.text(name)) for name in ("because", "by"))
        made = pages.answers.contest(form.text("account"), form.text("signal"), because=because, by=by)
        return redirect(f"/person?account={quote(made.account, safe='')}")

    @pages.router.post("/contested", summary="Say what somebody found who looked", tags=["people"])
    async def contested(request: Request) -> Response:
        form = await pages.upload(request)
        form.drop()
        number, verdict = form.text("id"), form.text("verdict")
        if not (number.isascii() and number.isdigit() and len(number) < 19) or verdict not in VERDICTS:
            raise UsageError("There is no such contest.", next_step="Look at what is contested.")
        note, by = (printable(form.text(name)) for name in ("note", "by"))
        pages.answers.review_contest(int(number), uphold=VERDICTS[verdict], note=note, by=by)
        return redirect("/contests")


def _add_overlap(pages: Pages) -> None:
    @pages.router.get("/overlap", summary="How far the definitions agree on the people here", tags=["declarations"])
    def overlap(request: Request) -> Response:
        answers = pages.numbers()
        found = pages.soon(("overlaps",), answers.overlaps)
        meanings = {one.name: one for one in load_definitions(answers.folder).values()}
        return pages.show(request, "overlap.html", o=found, meanings=meanings)


__all__ = ["add_persons"]
