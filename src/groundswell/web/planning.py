"""The page of the plan: a budget that can be moved, people to lock in or leave out, and what each change comes to."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response

from groundswell.api import PlanForm
from groundswell.api.asking import plan_of
from groundswell.discover.spending import OBJECTIVES, money
from groundswell.errors import InputError, UsageError
from groundswell.exports.plans import PLAN_FORMS, export_plan
from groundswell.exports.reports.plan import curve_of, mix_of, overlap_of
from groundswell.web.pages import Pages, download

PLANNED = [name for name in OBJECTIVES if name != "conversions"]
OWN = ("amount", "people", "objective", "lock", "skip", "newcomers", "robust")
"""Parameters that the form of the page asks for itself; the rest of the brief goes along unseen."""


def add_planning(pages: Pages) -> None:
    """Add the page and its files."""

    @pages.router.get("/plan", summary="A budget divided among twenty to forty people", tags=["marketer"])
    def plan(request: Request, form: Annotated[PlanForm, Depends(plan_of)]) -> Response:
        answers = pages.numbers()
        kept = [(name, value) for name, value in request.query_params.multi_items() if name not in OWN]
        shown: dict[str, Any] = {"form": form, "kept": kept, "objectives": PLANNED, "money": money}
        if not form.brief.amount.strip():
            return pages.show(request, "plan_page.html", m=None, refused=None, pictures=(), twin="", **shown)
        try:
            found = pages.soon(("plan", form), lambda: answers.plan(form))
        except (InputError, UsageError) as error:  # the form stays, so that it can be asked otherwise
            status = error.http_status
            return pages.show(
                request, "plan_page.html", status=status, m=None, pictures=(), twin="", refused=error, **shown
            )
        drawn = [one for one in (curve_of(found), overlap_of(found), mix_of(found)) if one.svg]
        return pages.show(request, "plan_page.html", m=found, refused=None, pictures=drawn, **shown)

    for ending in PLAN_FORMS:
        if ending != ".json":  # the page's twin, in the API
            _add_file(pages, ending)


def _add_file(pages: Pages, ending: str) -> None:
    @pages.router.get(
        f"/plan{ending}", summary=f"The plan as a file ({ending})", tags=["marketer"], response_class=Response,
        name=f"plan{ending}",
    )  # fmt: skip
    def file(form: Annotated[PlanForm, Depends(plan_of)]) -> Response:
        with TemporaryDirectory(prefix="groundswell-") as folder:
            return download(export_plan(pages.answers.plan(form), Path(folder) / f"plan{ending}"), f"plan{ending}")


__all__ = ["add_planning"]
