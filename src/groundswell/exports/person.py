"""One person explained, as a file: to send (.html), to print (.pdf), to note (.md), to work with (.xlsx), for programs (.json)."""

from __future__ import annotations

from pathlib import Path

from groundswell.errors import UnknownNameError
from groundswell.explain import Explanation
from groundswell.exports.report import BOUND_FORMS, export_report
from groundswell.exports.whole import whole_file

PERSON_FORMS = tuple(sorted((*BOUND_FORMS, ".json", ".md")))


def export_person(found: Explanation, path: Path) -> Path:
    """Write what is known of one person in the form its ending asks for, and return the path; errors as in `export_report`."""
    from groundswell.exports.reports import person_report

    ending = path.suffix.lower()
    if ending not in PERSON_FORMS:
        raise UnknownNameError("form of export", ending or path.name, PERSON_FORMS)
    if ending in BOUND_FORMS:
        return export_report(person_report(found), path)
    with whole_file(path) as file:
        if ending == ".json":
            from groundswell.exports.tables import plain, write_document

            write_document(plain(found), file)
        else:
            from groundswell.exports.report_words import report_words

            file.write(report_words(person_report(found)).encode("utf-8", "replace"))
    return path


__all__ = ["PERSON_FORMS", "export_person"]
