"""Source -> store: every row accounted for, every import undoable, one commit point.

    rows in the file = read + empty + set aside          (checked for every page)
    records brought  = new + same + changed              (counted against what was live before)

Nothing of an import is visible until its last row is on disk; a crash on the way leaves the workspace as it was.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from groundswell.errors import InputError, UsageError
from groundswell.records import RECORDS
from groundswell.sources import Page, Reading, SetAside
from groundswell.sources.files import open_file
from groundswell.store import Counts, Facts, Import, Staging, Workspace
from groundswell.store.facts import HELPERS
from groundswell.store.other_names import ANSWERED, other_names

Progress = Callable[[int, int, int], None]
"""Called with (bytes done, bytes in all, rows so far)."""
STRAYS_LOOKED_FOR = 100_000
"""Acts up to which it is said how many replies answer nothing in the data (design choice: nobody writes more by hand)."""
NOTED = frozenset({"creator", "fee"})
"""What a list notes about a person, of which the last word counts. Sheets are read at one moment: each later one is later by a millionth."""
LARGEST_KEPT = 20 << 20
"""A list of people is kept as it came up to this size (design choice: what somebody typed is far smaller)."""


@dataclass
class ImportReport:
    """What became of a file: the account that adds up, and what the records meant."""

    source: str
    layout: str
    says: str
    import_id: int | None
    """None for a dry run."""
    rows: int = 0
    empty: int = 0
    set_aside: int = 0
    examples: list[SetAside] = field(default_factory=lambda: [])
    """The first twenty rows that were set aside."""
    records: dict[str, Counts] = field(default_factory=lambda: {})
    notes: list[str] = field(default_factory=lambda: [])
    open_dates: dict[str, int] = field(default_factory=lambda: {})
    """Column -> how many of its dates could be read two ways; `dates` of `import_file` settles them."""

    @property
    def read(self) -> int:
        """Rows that became records."""
        return self.rows - self.empty - self.set_aside


def import_file(
    workspace: Workspace,
    path: Path,
    *,
    layout: str | None = None,
    mapping: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    observed_at: datetime | None = None,
    encoding: str | None = None,
    dates: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring one file into the workspace (or, with `dry_run`, say what would happen).

    `dates`, day-first or month-first, settles what 03/04/2025 means where no value of its column does.
    Errors: InputError and its kin when the file cannot be used at all; WorkspaceBusyError while another import runs.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.", next_step="Check the name; folders are given file by file.")
    if observed_at and observed_at > datetime.now(UTC) + timedelta(days=1):
        raise UsageError(
            f"A file cannot have been collected in the future ({observed_at:%Y-%m-%d}).",
            means="It would count as newer than everything that is brought in until then.",
            next_step="Give the day on which the file was made, or leave --observed-at away.",
        )
    constants = dict(constants or {})
    reading = open_file(
        path, layout=layout, mapping=dict(mapping or {}), constants=constants, observed_at=observed_at, encoding=encoding,
        dates=dates, remembered=workspace.state.remembered_mapping,
    )  # fmt: skip
    with workspace.writing():
        if dry_run:
            return _rehearse(workspace, path, reading, progress)
        options: dict[str, Any] = {"mapping": dict(mapping or {}), "constants": constants}
        if reading.dates:
            options["dates"] = reading.dates
        if observed_at:
            options["observed_at"] = observed_at.isoformat()
        if encoding:
            options["encoding"] = encoding
        report = _commit(workspace, path, reading, options, progress)
    for headers, named in reading.mappings.items():
        workspace.state.remember_mapping(headers, named, reading.layout)
    return report


def read_again(workspace: Workspace, import_id: int, constants: Mapping[str, str]) -> ImportReport:
    """Read a kept list once more, knowing what it does not say itself; what it brought before is replaced at the same point.

    Errors: UsageError when the list was not kept or is not in use.
    """
    former = workspace.state.import_by_id(import_id)
    if former.state != "live":
        raise UsageError(f"Import {import_id} is {former.state}, not in use.", next_step="Look at the imports.")
    options = former.options
    known = {**options.get("constants", {}), **constants}
    with kept_file(workspace, former) as path:
        moment = datetime.fromisoformat(options["observed_at"]) if options.get("observed_at") else None
        reading = open_file(
            path, mapping=options.get("mapping", {}), constants=dict(known), observed_at=moment, encoding=options.get("encoding"),
            dates=options.get("dates"), remembered=workspace.state.remembered_mapping,
        )  # fmt: skip
        with workspace.writing():
            return _commit(workspace, path, reading, options | {"constants": known}, None, replaces=(import_id,))


def keep_list(workspace: Workspace, path: Path) -> None:
    """Keep a list of people as it came: it comes back with new columns, and may be read again."""
    if path.stat().st_size <= LARGEST_KEPT:
        workspace.raw.keep(path.read_bytes())


@contextmanager
def kept_file(workspace: Workspace, one: Import) -> Generator[Path]:
    """A list as it was brought in, under its name, for as long as it is looked at.

    Errors: UsageError when it was not kept.
    """
    if not workspace.raw.has(one.sha256):
        raise UsageError(
            f"{one.source} was not kept as it came.",
            means="Only lists of people are, since this version, and up to 20 MB.",
            next_step="Bring the file in again.",
        )
    with tempfile.TemporaryDirectory(prefix="groundswell-kept-") as folder:
        path = Path(folder) / one.source
        path.write_bytes(workspace.raw.read(one.sha256))
        seen = datetime.fromisoformat(one.observed_at).timestamp()
        os.utime(path, (seen, seen))  # a file that does not say when it was collected is as old as the file
        yield path


def _commit(
    workspace: Workspace,
    path: Path,
    reading: Reading,
    options: dict[str, Any],
    progress: Progress | None,
    replaces: Sequence[int] = (),
) -> ImportReport:
    import_id = workspace.state.begin_import(
        source=path.name, layout=reading.layout, sha256="", observed_at=reading.assumed_observed_at, options=options
    )
    staging = workspace.staging(import_id)
    with ThreadPoolExecutor(1) as aside:  # what the file is made of is found out while it is read
        hashing = aside.submit(_sha256, path)
        report = _read(reading, staging, ImportReport(path.name, reading.layout, reading.says, import_id), progress)
        digest = hashing.result()
    again = [one for one in workspace.state.imports() if one.sha256 == digest and one.state == "live"]
    if report.records.get("creator"):
        keep_list(workspace, path)
    if stray := _stray_replies(workspace, report):
        report.notes.append(stray)
    if again and not replaces:
        report.notes.append(f"The same file was brought in before, as import {again[-1].id}.")
    _finish(workspace, report, digest, options, replaces)
    return report


def _finish(
    workspace: Workspace, report: ImportReport, digest: str, options: dict[str, Any], replaces: Sequence[int] = ()
) -> None:
    """Make visible what was brought: the one commit point."""
    assert report.import_id is not None
    workspace.state.finish_import(
        report.import_id,
        replaces=replaces,
        layout=report.layout,
        sha256=digest,
        rows=report.rows,
        rows_empty=report.empty,
        rows_set_aside=report.set_aside,
        records={name: vars(counts) for name, counts in report.records.items()},
        notes=report.notes,
        options=options | {"simulated": _says_simulated(workspace, report)},
    )
    workspace.settle(only_over=True)  # now, rather than when somebody waits for an answer


def import_reading(
    workspace: Workspace,
    reading: Reading,
    *,
    source: str,
    sha256: str,
    options: Mapping[str, Any],
    provenance: Mapping[str, str | None],
    replaces: Sequence[int] = (),
    flush_bytes: int | None = None,
) -> ImportReport:
    """Bring what a live source gave, read from the pages that were kept of it, as one import.

    `provenance`: origin, fetched_at, terms and expires_at of it. `replaces`: imports that it takes the place of, at the same point
    at which it becomes visible. `flush_bytes`: rows that are held in memory. Hold the workspace for writing.
    """
    import_id = workspace.state.begin_import(
        source=source, layout=reading.layout, sha256="", observed_at=reading.assumed_observed_at, options=options,
        provenance=provenance,
    )  # fmt: skip
    staging = workspace.staging(import_id, flush_bytes=flush_bytes)
    report = _read(reading, staging, ImportReport(source, reading.layout, reading.says, import_id), None)
    _finish(workspace, report, sha256, dict(options), replaces)
    return report


def _rehearse(workspace: Workspace, path: Path, reading: Reading, progress: Progress | None) -> ImportReport:
    with tempfile.TemporaryDirectory(prefix="groundswell-dry-") as folder:
        staging = workspace.staging(0, facts=Facts(Path(folder)))
        return _read(reading, staging, ImportReport(path.name, reading.layout, reading.says, None), progress)


def _read(reading: Reading, staging: Staging, report: ImportReport, progress: Progress | None) -> ImportReport:
    try:
        for page in reading.pages():
            _take(page, reading, staging, report)
            if progress:
                progress(page.bytes_done, reading.bytes_total, report.rows)
        report.records = staging.count()
    finally:
        staging.close()
    report.layout, report.says = reading.layout, reading.says
    report.notes.extend(reading.notes)
    report.open_dates = reading.open_dates
    return report


def _take(page: Page, reading: Reading, staging: Staging, report: ImportReport) -> None:
    if page.read < 0:
        raise AssertionError(f"{reading.layout}: a page of {page.rows} rows cannot set aside {len(page.set_aside)}")
    report.rows += page.rows
    report.empty += page.empty
    report.set_aside += len(page.set_aside)
    report.examples.extend(page.set_aside[: 20 - len(report.examples)])
    if page.set_aside:
        staging.add_set_aside(_set_aside_table(staging.import_id, page.set_aside))
    for table, rows in (("gone", page.gone), ("addresses", page.addresses)):
        if rows is not None:
            staging.add_helper(table, rows)
    for name, rows in page.records.items():
        moment, given = reading.assumed_observed_at, reading.observed_at_given
        if name in NOTED:
            moment += timedelta(microseconds=page.turn)
        staging.add(RECORDS[name], rows, observed_at=moment, member=page.member, given=given)


def _stray_replies(workspace: Workspace, report: ImportReport) -> str | None:
    """How many replies of a handmade table answer nothing that is in the data, where that can be told in no time."""
    from groundswell.store import Engine

    assert report.import_id is not None
    acts = report.records.get("interaction")
    if "posts" not in report.layout.split("+") or not acts or acts.new + acts.same + acts.changed > STRAYS_LOOKED_FOR:
        return None
    live = [one.id for one in workspace.state.imports() if one.state == "live"]
    with Engine(workspace.facts, [*live, report.import_id]) as engine:
        replies, stray = engine.rows(
            f"""SELECT count(*), count(*) FILTER (i.post NOT IN (SELECT post FROM raw_posts)
                                                  AND {ANSWERED} NOT IN (SELECT name FROM ({other_names("raw_posts")})))
                FROM raw_interactions AS i WHERE import_id = {report.import_id} AND verb = 'reply' AND post IS NOT NULL"""
        )[0]
    if not stray:
        return None
    return f"{stray:,} of {replies:,} replies answer a post that is not in the data: what they name is neither its id nor its address."


def _set_aside_table(import_id: int, rows: list[SetAside]) -> pa.Table:
    size = len(rows)
    return pa.table(
        [
            pa.repeat(pa.scalar(import_id, pa.int64()), size),
            pa.array([row.member for row in rows], pa.string()),
            pa.array([row.line for row in rows], pa.int64()),
            pa.array([row.reason for row in rows], pa.string()),
            pa.array([row.text[:500] for row in rows], pa.string()),
        ],
        schema=HELPERS["set_aside"],
    )


def _says_simulated(workspace: Workspace, report: ImportReport) -> bool:
    """Whether the rows themselves say that they are made up (a column `simulated` that is true)."""
    from groundswell.store import Engine

    assert report.import_id is not None
    with Engine(workspace.facts, [report.import_id]) as engine:
        found = engine.rows(
            """SELECT 1 FROM (SELECT extra FROM raw_accounts UNION ALL SELECT extra FROM raw_posts)
               WHERE lower(extra['simulated']) IN ('true', '1', 'yes') LIMIT 1"""
        )
    return bool(found)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows_set_aside(workspace: Workspace, import_id: int, limit: int = 100) -> list[SetAside]:
    """The rows that an import could not use, in the order of the file."""
    workspace.state.import_by_id(import_id)
    from groundswell.store import Engine

    with Engine(workspace.facts, [import_id]) as engine:  # also of imports that are undone
        found = engine.set_aside(import_id, limit)
    return [SetAside(line, reason, text, member) for member, line, reason, text in found]
