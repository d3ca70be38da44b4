"""A shortlist or a table in, a file out: what a user keeps, sends on, or opens in another program.

    export_shortlist(shortlist, Path("shortlist.xlsx"))     .xlsx .csv .parquet .json .html .pdf
    export_table(table, Path("accounts.csv"), title="...")  .xlsx .csv .parquet .json
    report.export_report(report, Path("audit.pdf"))         .pdf .html .xlsx .csv .parquet .json: what the journeys found

The ending of the name chooses the form. A file appears whole or not at all (`whole_file`). Whatever a stranger wrote stays text
in every form: no formula, no script, no address that is fetched by itself. A made-up community is marked so in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from groundswell.discover import Shortlist
from groundswell.errors import UnknownNameError
from groundswell.exports.tables import shortlist_as_json
from groundswell.exports.whole import whole_file
from groundswell.exports.wording import Titles, signal_titles

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SHORTLIST_FORMS", "TABLE_FORMS", "export_shortlist", "export_table", "shortlist_as_json"]

TABLE_FORMS = (".csv", ".json", ".parquet", ".xlsx")
SHORTLIST_FORMS = (".csv", ".html", ".json", ".parquet", ".pdf", ".xlsx")


def export_shortlist(
    shortlist: Shortlist,
    path: Path,
    *,
    titles: Titles | None = None,
    tiers: Sequence[tuple[str, float]] = (),
) -> Path:
    """Write a shortlist in the form its ending asks for, and return the path.

    `titles` says how signals are called and measured (default: the signal registry); `tiers` are (name, followers from) for the
    lines in the picture of engagement against size. Raises UnknownNameError for an ending that nobody writes, DiskFullError and
    WorkspaceError when the system refuses.
    """
    ending = _known_ending(path, SHORTLIST_FORMS)
    names = signal_titles() if titles is None else titles
    with whole_file(path) as file:
        if ending == ".xlsx":
            from groundswell.exports.spreadsheet import write_shortlist

            write_shortlist(shortlist, file, names)
        elif ending == ".html":
            from groundswell.exports.page import shortlist_page

            file.write(shortlist_page(shortlist, titles=names, tiers=tiers).encode("utf-8", "replace"))
        elif ending == ".pdf":
            from groundswell.exports.report_paper import report_pdf
            from groundswell.exports.reports import shortlist_report

            file.write(report_pdf(shortlist_report(shortlist, titles=names, tiers=tiers), shortlist.made_at))
        elif ending == ".json":
            from groundswell.exports.tables import write_document

            write_document(shortlist_as_json(shortlist), file)
        else:
            from groundswell.exports.tables import shortlist_as_table, write_csv, write_parquet

            table = shortlist_as_table(shortlist)
            if ending == ".csv":
                write_csv(table, file)
            else:
                write_parquet(
                    table, file, title=f"Shortlist for {shortlist.brief.brand}", simulated=shortlist.simulated
                )
    return path


def export_table(table: pa.Table, path: Path, *, title: str, simulated: bool = False) -> Path:
    """Write an Arrow table in the form its ending asks for, and return the path; errors as in `export_shortlist`."""
    ending = _known_ending(path, TABLE_FORMS)
    with whole_file(path) as file:
        if ending == ".xlsx":
            from groundswell.exports.spreadsheet import write_table

            write_table(table, file, title=title, simulated=simulated)
        else:
            from groundswell.exports.tables import write_csv, write_parquet, write_rows_as_json

            if ending == ".csv":
                write_csv(table, file)
            elif ending == ".json":
                write_rows_as_json(table, file)
            else:
                write_parquet(table, file, title=title, simulated=simulated)
    return path


def _known_ending(path: Path, known: Sequence[str]) -> str:
    ending = path.suffix.lower()
    if ending not in known:
        raise UnknownNameError("form of export", ending or path.name, known)
    return ending
