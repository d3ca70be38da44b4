"""A workbook out: what a marketer opens first.

Six sheets for a shortlist (Shortlist, Reasons, Signals, Gates, Not checked, Posts) and one that says where it comes from (About).
Text is written as text, never guessed at: no formula, no address that opens by itself. A cell that would turn into a formula when
somebody edits it carries Excel's own text mark besides (OWASP ASVS 5.0, 1.2.10).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Self

import pyarrow as pa
import xlsxwriter

from groundswell.advocacy.settling import QUESTIONS
from groundswell.discover import Match, Shortlist
from groundswell.discover.checks import LISTED, SAME
from groundswell.errors import UsageError
from groundswell.explain.window import RULE
from groundswell.exports.tables import as_texts, known
from groundswell.exports.wording import (
    NUMBER_FORMATS,
    Titles,
    finite,
    looks_like_formula,
    printable,
    safe_link,
    signal_names,
    title_of,
    unit_of,
    unknown_because,
    who,
)
from groundswell.records import platform_name
from groundswell.signals.values import REASONS, Value

# Excel specifications and limits (Microsoft support, "Excel specifications and limits", 2024).
MOST_ROWS, MOST_COLUMNS, MOST_TEXT, MOST_LINKS, LONGEST_LINK = 1_048_576, 16_384, 32_767, 65_530, 2_079
EXACT = 2**53  # beyond it a cell, which is a double, changes an id
_IN_MEMORY = 64 * 2**20
SIMULATED = "SIMULATED: made-up people are in these data. Nothing said of them describes a real person."

_KINDS: dict[str, dict[str, Any]] = {
    "text": {},
    "wrap": {"text_wrap": True},
    "link": {"font_color": "#0B6478", "underline": 1},
    "whole": {"num_format": "#,##0"},
    "points": {"num_format": "0.0"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    "day": {"num_format": "yyyy-mm-dd", "align": "left"},
    "plain": {},
    "unknown": {"font_color": "#6B7680", "italic": True},
    "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#0B6478", "text_wrap": True, "border": 0},
    "banner": {"bold": True, "font_color": "#7A2E00", "bg_color": "#FFE3CC"},
    "label": {"bold": True},
    **{f"unit:{unit}": {"num_format": form} for unit, form in NUMBER_FORMATS.items()},
}


@dataclass(frozen=True)
class Column:
    """A column of a sheet: what stands over it, how its cells are written, and how wide it is in characters."""

    title: str
    kind: str = "text"
    width: float = 14
    folded: bool = False
    """A detail: hidden in an outline, which the + above the sheet opens."""


class Book:
    """A workbook being written into an open file, row by row in bounded memory."""

    def __init__(self, file: BinaryIO, *, title: str, simulated: bool, made_at: datetime | None = None) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._file, self._made = file, SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (closed by `__exit__`)
        self._book: Any = xlsxwriter.Workbook(self._made, options)  # pyright: ignore[reportArgumentType]  (an open file is welcome)
        self.title, self.simulated = title, simulated
        self._formats: dict[tuple[str, bool], Any] = {}
        properties: dict[str, Any] = {"title": f"SIMULATED: {title}" if simulated else title, "author": "Groundswell"}
        self._book.set_properties(properties | ({"created": _naive(made_at)} if made_at else {}))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Finish the workbook and copy it into the open file, so that a full disk stops a plain copy and not the packing.

        After an error it is finished too, because only that removes the parts which lie in the temporary folder.
        """
        with self._made:
            self._book.close()
            if kind is None:
                self._made.seek(0)
                copyfileobj(self._made, self._file)

    def format(self, kind: str, quoted: bool = False) -> Any:
        """Return the cell format of a kind; `quoted` adds the mark that keeps an edited cell text."""
        key = (kind, quoted)
        if key not in self._formats:
            look = {"valign": "top", **_KINDS[kind], **({"quote_prefix": True} if quoted else {})}
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]

    def sheet(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, fixed: int = 0) -> None:
        """Write one sheet: banner where simulated, frozen header with filters, then the rows; `fixed` columns stay in view."""
        sheet: Any = self._book.add_worksheet(name)
        head = self._head(sheet, name, columns)
        links, row = 0, head
        for row, cells in enumerate(rows, head + 1):
            if row >= MOST_ROWS:
                raise UsageError(
                    "A spreadsheet ends at 1,048,576 rows.", next_step="Write to .parquet or .csv instead."
                )
            for number, (column, cell) in enumerate(zip(columns, cells, strict=True)):
                links += self._cell(sheet, row, number, cell, column.kind, may_link=links < MOST_LINKS)
        if columns:
            sheet.autofilter(head, 0, max(row, head), len(columns) - 1)
        sheet.freeze_panes(head + 1, fixed)

    def _head(self, sheet: Any, name: str, columns: Sequence[Column]) -> int:
        """Write what stands above the rows and how the sheet prints; return the header's row."""
        if len(columns) > MOST_COLUMNS:
            raise UsageError("A spreadsheet ends at 16,384 columns.", next_step="Write to .parquet or .csv instead.")
        head = 1 if self.simulated else 0
        for number, column in enumerate(columns):
            after = number > 0 and columns[number - 1].folded and not column.folded
            outline = {"level": 1, "hidden": True} if column.folded else {"collapsed": True} if after else {}
            sheet.set_column(number, number, column.width, None, outline)
        if self.simulated:
            sheet.set_row(0, 20, self.format("banner"))
            sheet.write_string(0, 0, SIMULATED, self.format("banner"))
        if columns:
            sheet.set_row(head, 32)
        for number, column in enumerate(columns):
            text = printable(column.title)[:MOST_TEXT]
            sheet.write_string(head, number, text, self.format("head", looks_like_formula(text)))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        mark = "&R&BSIMULATED" if self.simulated else ""
        sheet.set_header(f"&L{printable(self.title)[:100].replace('&', '&&')}&C{name.replace('&', '&&')}{mark}")
        sheet.set_footer("&R&P / &N")
        return head

    def _cell(self, sheet: Any, row: int, column: int, cell: Any, kind: str, *, may_link: bool) -> int:
        """Write one cell and return how many links it used."""
        match cell:
            case None:
                return 0
            case Value():
                self._value(sheet, row, column, cell, kind)
            case bool():
                sheet.write_boolean(row, column, cell, self.format(kind))
            case int() if abs(cell) > EXACT:
                sheet.write_string(row, column, str(cell), self.format("text"))
            case int() | float():
                number = finite(cell)
                if number is not None:
                    sheet.write_number(row, column, number, self.format(kind))
            case datetime() if cell.year >= 1900:
                sheet.write_datetime(row, column, _naive(cell), self.format("moment"))
            case date() if cell.year >= 1900:
                sheet.write_datetime(row, column, cell, self.format("day"))
            case datetime() | date():
                sheet.write_string(row, column, cell.isoformat(), self.format("text"))
            case _:
                return self._text(sheet, row, column, str(cell), kind, may_link=may_link)
        return 0

    def _value(self, sheet: Any, row: int, column: int, value: Value, kind: str) -> None:
        number = finite(value.value)
        if number is not None:
            sheet.write_number(row, column, number, self.format(kind))
        elif value.label:
            self._text(sheet, row, column, value.label, "text", may_link=False)
        else:
            because = (value.reason or "").replace("_", " ")
            sheet.write_string(row, column, f"unknown: {because}" if because else "unknown", self.format("unknown"))

    def _text(self, sheet: Any, row: int, column: int, raw: str, kind: str, *, may_link: bool) -> int:
        text = printable(raw)
        text = text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"
        link = safe_link(text) if kind == "link" and may_link and len(text) <= LONGEST_LINK else None
        if link:
            sheet.write_url(row, column, link, self.format("link"), string=link)
            return 1
        shown = "text" if kind == "link" else kind
        sheet.write_string(row, column, text, self.format(shown, looks_like_formula(text)))
        return 0


def _naive(moment: datetime) -> datetime:
    """Return a moment as a workbook stores it: UTC without saying so."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def write_shortlist(shortlist: Shortlist, file: BinaryIO, titles: Titles) -> None:
    """Write a shortlist as a workbook into an open binary file."""
    title = f"Shortlist for {shortlist.brief.brand}"
    with Book(file, title=title, simulated=shortlist.simulated, made_at=shortlist.made_at) as book:
        _matches(book, shortlist, titles)
        _reasons(book, shortlist)
        _signals(book, shortlist, titles)
        _gates(book, shortlist)
        _unchecked(book, shortlist)
        _posts(book, shortlist, titles)
        _checks(book, shortlist)
        _about(book, shortlist)


_WHO = (Column("Rank", "whole", 6), Column("Handle", "text", 18), Column("Name", "text", 22))


def _who(match: Match) -> list[Any]:
    return [match.rank, match.handle, match.name]


def _matches(book: Book, shortlist: Shortlist, titles: Titles) -> None:
    names = signal_names(shortlist.matches)
    worded = {
        name
        for name in names
        if any((value := m.values.get(name)) and value.label and value.known for m in shortlist.matches)
    }
    columns = [*_WHO, Column("Platform", "text", 12), Column("Profile", "link", 30)]
    columns += [Column("Score (0 to 100)", "points", 9), Column("Score if all unknowns were granted", "points", 12)]
    names.sort(
        key=lambda name: name not in QUESTIONS
    )  # a first look fits on a screen; every other number is there, folded
    for name in names:
        folded = name not in QUESTIONS
        columns.append(Column(title_of(name, titles), _unit_kind(name, titles), 14, folded))
        if name in worded:
            columns.append(Column(f"{title_of(name, titles)}, in words", "text", 22, folded))
    columns.append(Column("Why", "wrap", 70))

    def row(match: Match) -> list[Any]:
        cells = [*_who(match), platform_name(match.platform), match.url, match.score, match.score_most]
        for name in names:
            value = match.values.get(name)
            cells.append(value)
            if name in worded:
                cells.append(value.label if value else None)
        return [*cells, "\n".join(match.sentences[:3])]

    book.sheet("Shortlist", columns, (row(match) for match in shortlist.matches), fixed=3)


def _unit_kind(name: str, titles: Titles) -> str:
    unit = unit_of(name, titles)
    return f"unit:{unit}" if unit in NUMBER_FORMATS else "plain"


def _reasons(book: Book, shortlist: Shortlist) -> None:
    columns = [*_WHO, Column("Reason", "text", 28), Column("Points", "points", 9), Column("Most possible", "points", 9)]
    columns += [Column("Known", "text", 10), Column("Sentence", "wrap", 90)]
    rows = (
        [
            *_who(match),
            term.title,
            term.points,
            term.most,
            "yes" if term.points is not None else "unknown",
            term.sentence,
        ]
        for match in shortlist.matches
        for term in match.terms
    )
    book.sheet("Reasons", columns, rows, fixed=3)


def _signals(book: Book, shortlist: Shortlist, titles: Titles) -> None:
    """Write values as full numbers with their interval: one unit a row, so the number format stays general."""
    columns = [
        *_WHO,
        Column("Signal", "text", 28),
        Column("Value", "plain", 14),
        Column("Low (90 % interval)", "plain", 14),
    ]
    columns += [
        Column("High (90 % interval)", "plain", 14),
        Column("Rows behind it", "whole", 10),
        Column("Unit", "text", 10),
    ]
    columns += [Column("In words", "text", 24), Column("Unknown because", "text", 36)]

    def row(match: Match, name: str, value: Value) -> list[Any]:
        because = "" if value.known or value.label else REASONS.get(value.reason or "", value.reason or "not said")
        numbers = [value.value, value.low, value.high, value.n]
        return [*_who(match), title_of(name, titles), *numbers, unit_of(name, titles), value.label, because or None]

    rows = (row(match, name, value) for match in shortlist.matches for name, value in match.values.items())
    book.sheet("Signals", columns, rows, fixed=3)


def _gates(book: Book, shortlist: Shortlist) -> None:
    columns = [Column("Gate", "text", 24), Column("Condition", "wrap", 70), Column("Accounts before", "whole", 11)]
    columns += [
        Column("Removed", "whole", 11),
        Column("Could not be checked, so far", "whole", 11),
        Column("Left for certain", "whole", 11),
    ]
    rows = ([gate.name, gate.says, gate.before, gate.removed, gate.aside, gate.left] for gate in shortlist.gates)
    book.sheet("Gates", columns, rows)


def _unchecked(book: Book, shortlist: Shortlist) -> None:
    says = {gate.name: gate.says for gate in shortlist.gates}
    columns = [
        Column("Handle", "text", 18),
        Column("Name", "text", 22),
        Column("Platform", "text", 12),
        Column("Profile", "link", 30),
    ]
    columns += [
        Column("Score so far", "points", 9),
        Column("Gates that could not be checked", "wrap", 60),
        Column("Because", "wrap", 44),
    ]

    def row(match: Match) -> list[Any]:
        gates = "\n".join(says.get(gate, gate) for gate in match.unchecked)
        because = "\n".join(unknown_because(match.values[gate]) for gate in match.unchecked if gate in match.values)
        return [
            match.handle,
            match.name or who(match),
            platform_name(match.platform),
            match.url,
            match.score,
            gates,
            because,
        ]

    book.sheet("Not checked", columns, (row(match) for match in shortlist.unchecked), fixed=1)


def _posts(book: Book, shortlist: Shortlist, titles: Titles) -> None:
    columns = [
        *_WHO,
        Column("Evidence for", "text", 24),
        Column("Published (UTC)", "moment", 17),
        Column("Text", "wrap", 80),
    ]
    columns += [
        Column("Link", "link", 34),
        Column("Likes", "whole", 9),
        Column("Replies", "whole", 9),
        Column("Reposts", "whole", 9),
    ]

    def rows() -> Iterable[list[Any]]:
        for match in shortlist.matches:
            terms = {term.name: term.title for term in match.terms}
            for post in match.evidence:
                why = terms.get(post.why) or title_of(post.why, titles)
                counts = [post.likes, post.replies, post.reposts]
                yield [*_who(match), why, post.created_at, post.text, post.url, *counts]

    book.sheet("Posts", columns, rows(), fixed=3)


def _checks(book: Book, shortlist: Shortlist) -> None:
    """What the brief asks a person to judge, with the newest post; no sheet where it asks nothing."""
    if not shortlist.brief.rules and not any(
        check.kind in (SAME, LISTED) for match in shortlist.matches for check in match.checks
    ):
        return
    columns = [
        *_WHO, Column("Look first", "text", 10), Column("What", "wrap", 60), Column("What to do", "wrap", 44), Column("Post", "wrap", 70),
        Column("Published (UTC)", "moment", 17), Column("Link", "link", 34),
    ]  # fmt: skip

    def rows() -> Iterable[list[Any]]:
        for match in shortlist.matches:
            for check in match.checks:
                newest = check.posts[0] if check.posts else None
                shown = [newest.text, newest.created_at, newest.url] if newest else [None, None, None]
                yield [*_who(match), "yes" if check.flagged else "no", check.says, check.asks, *shown]

    book.sheet("For a person", columns, rows(), fixed=3)


def _about(book: Book, shortlist: Shortlist) -> None:
    brief = shortlist.brief
    facts: list[tuple[str, Any]] = [
        ("Brand", brief.brand),
        ("Definition", f"{shortlist.definition_title} ({shortlist.definition})"),
        ("What it says", shortlist.definition_says),
        ("Made at (UTC)", shortlist.made_at),
        ("Accounts looked at", shortlist.population),
        ("Accounts that fit", shortlist.fitting),
        ("On the shortlist", len(shortlist.matches)),
        ("Could not be checked", max(shortlist.not_checked, len(shortlist.unchecked))),
        *(
            [("Could not be checked, listed", f"the first {len(shortlist.unchecked):,}")]
            if shortlist.not_checked > len(shortlist.unchecked)
            else []
        ),
        ("Facts version", shortlist.facts_version),
    ]
    facts += [(f"Fit {name}", version) for name, version in shortlist.fits.items()]
    facts += [("Note", note) for note in shortlist.notes]
    facts += [("Brief", line) for line in brief_in_words(shortlist)]
    facts.append(
        (
            "How to read it",
            "The points on the sheet Reasons sum to the score. Unknown is not zero: it gives no points and takes none.",
        )
    )
    facts.append(("How engagement is counted", RULE))
    book.sheet("About", [Column("What", "label", 24), Column("Says", "wrap", 100)], facts)


def brief_in_words(shortlist: Shortlist) -> list[str]:
    """Return what was asked, a line a wish."""
    brief = shortlist.brief
    lines = [f"{key}: {value}" for part in (brief.objective, brief.budget) for key, value in part.items()]
    for persona in brief.personas:
        kind = "must" if persona.must else "never" if persona.never else f"weight {persona.weight:g}"
        lines.append(f"persona: {persona.text} ({kind})")
    lines += [f"{name}: {', '.join(wanted)}" for name, wanted in brief.segments.items()]
    lines += [f"{rule.kind}: {rule.text}" for rule in brief.rules]
    if brief.exclude:
        lines.append(f"left out: {', '.join(brief.exclude)}")
    return lines


def write_table(table: pa.Table, file: BinaryIO, *, title: str, simulated: bool) -> None:
    """Write an Arrow table as a workbook of one sheet into an open binary file."""
    with Book(file, title=title, simulated=simulated) as book:
        add_table(book, sheet_name(title), table)


def add_table(book: Book, name: str, table: pa.Table) -> None:
    """Add a sheet that holds an Arrow table."""
    book.sheet(name, [_table_column(field) for field in table.schema], _table_rows(table))


def _table_column(field: pa.Field) -> Column:
    name, kind = field.name, field.type
    wide = max(10, min(40, len(name) + 3))
    if (unit := (field.metadata or {}).get(b"unit", b"").decode()) in NUMBER_FORMATS:
        return Column(name, f"unit:{unit}", wide)
    if name.endswith(("_rate", "_share", "_percentile")) and pa.types.is_floating(kind):
        return Column(name, "unit:share", wide)
    if pa.types.is_integer(kind):
        return Column(name, "plain" if name.endswith("id") else "whole", wide)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return Column(name, "link" if name in ("url", "link") else "text", max(wide, 18))
    return Column(name, "plain", max(wide, 17) if pa.types.is_temporal(kind) else wide)


def _table_rows(table: pa.Table) -> Iterable[Sequence[Any]]:
    for batch in table.to_batches(max_chunksize=10_000):
        yield from zip(*(_python_cells(column) for column in batch.columns), strict=True)


def _python_cells(column: pa.Array) -> list[Any]:
    kind = column.type
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us", kind.tz), safe=False).to_pylist()  # a workbook knows no nanoseconds
    if pa.types.is_date(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_floating(kind):
        return known(column).to_pylist()
    return as_texts(column).to_pylist()


def sheet_name(title: str) -> str:
    """Return a title as Excel allows a sheet to be called: 31 characters, no []:*?/ or backslash, no outer apostrophe."""
    name = "".join(" " if letter in "[]:*?/\\" else letter for letter in printable(title)).replace("\n", " ")
    name = name.strip(" '")[:31].strip(" '")
    return "Table" if not name or name.lower() == "history" else name
