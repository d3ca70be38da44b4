"""A plan in, a file out: the whole of it as JSON, a report for people in every other form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from groundswell.exports.report import REPORT_FORMS, export_report
from groundswell.exports.tables import plain, write_document
from groundswell.exports.whole import whole_file
from groundswell.plan import Plan

PLAN_FORMS = REPORT_FORMS


def plan_as_json(made: Plan) -> dict[str, Any]:
    """Return the plan as plain values."""
    return plain(made)


def export_plan(made: Plan, path: Path) -> Path:
    """Write a plan in the form its ending asks for, and return the path; errors as in `export_report`."""
    if path.suffix.lower() != ".json":
        from groundswell.exports.reports.plan import plan_report

        return export_report(plan_report(made), path)
    with whole_file(path) as file:
        write_document(plan_as_json(made), file)
    return path
