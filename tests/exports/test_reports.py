"""Every report of the three journeys in every form: it reopens, says the same, and shows what strangers wrote as text."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from pypdf import PdfReader

from building import simulated_and_computed
from groundswell.advocacy import audit_roster, census, review_sheet, sheet_back, staff
from groundswell.coach import coach, kit
from groundswell.discover import Brief, Shortlist, discover
from groundswell.errors import UnknownNameError
from groundswell.explain import explain
from groundswell.exports.report import (
    SHOWN,
    SIMULATED,
    Column,
    Entries,
    Entry,
    Lines,
    Report,
    Table,
    export_report,
    section,
)
from groundswell.exports.report_paper import on_paper, report_pdf, standing_alone
from groundswell.exports.reports import (
    audit_report,
    census_report,
    coaching_report,
    kit_book,
    person_report,
    review_report,
    shortlist_report,
    staff_report,
)
from groundswell.exports.reports.parts import bars
from groundswell.ingest import import_file
from groundswell.signals import REASONS, Value, signal_table
from groundswell.store import Workspace

HOSTILE = (
    '<script>alert(1)</script> =cmd|calc #import "x": * $x^2$ \\ #panic() @label {{ 7*7 }} \u202e\u2066 \x07 後藤 🥣'
)
WHOSE = ("audit", "review", "census", "staff", "coach", "shortlist", "person")


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small made-up community."""
    return simulated_and_computed(tmp_path_factory.mktemp("reports") / "workspace")


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace in which everything that can hold text is hostile."""
    folder = tmp_path_factory.mktemp("strangers")
    said = json.dumps(HOSTILE.replace('"', "'"), ensure_ascii=False)[1:-1].replace("\\u0007", "\x07")
    rows = "".join(f'{n},1,twitter,"{said} Oatly is good? {n}",2026-01-{n:02},{n}\n' for n in range(1, 25))
    files = {
        "accounts.csv": f'id,platform,handle,name,bio,followers,url\n1,twitter,"ann{said}","{said}","{said}",900,javascript:alert(1)\n',
        "posts.csv": f"id,author_id,platform,text,created_at,likes\n{rows}",
        "sheet.csv": f'handle,platform,name,followers,fee,status,code,notes\nann,twitter,"{said}",800,"EUR 20","{said}","{said}","{said}"\n'
        f'bert,twitter,"{said}",80000,"EUR 900","{said}","{said}","{said}"\n',
    }
    home = Workspace.create(folder / "workspace")
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
        import_file(home, folder / name)
    return home


def busiest(workspace: Workspace) -> str:
    rows = signal_table(workspace).rows.to_pylist()
    return max(rows, key=lambda row: (row["posts_per_week"]["n"] or 0, row["account"]))["account"]


def report_of(whose: str, home: Workspace) -> Report:
    def review() -> Report:
        found = review_sheet(home)
        return review_report(found, sheet_back(home, found))

    make: dict[str, Callable[[], Report]] = {
        "audit": lambda: audit_report(audit_roster(home)),
        "review": review,
        "census": lambda: census_report(census(home, {"company": ["Oat & Co", "Oatly"]})),
        "staff": lambda: staff_report(staff(home, None, ["Oat & Co", "Oatly"])),
        "coach": lambda: coaching_report(coach(home, busiest(home))),
        "person": lambda: person_report(explain(home, busiest(home))),
        "shortlist": lambda: shortlist_report(discover(home, Brief("Oat & Co", "everyday_voice@1"))),
    }
    return make[whose]()


class Seen(HTMLParser):
    """Tags, addresses and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.links, self.text = set[str](), list[str](), ""
        self.attributes = set[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]

    def handle_data(self, data: str) -> None:
        self.text += data


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF says it has, from its packed objects."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
    opened = [pdf]
    for part in packed:
        try:
            opened.append(zlib.decompress(part))
        except zlib.error:
            continue
    return max(int(found) for part in opened for found in re.findall(rb"/Type\s*/Pages[^>]*?/Count (\d+)", part))


def text_of(pdf: Path) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(pdf).pages]


@pytest.mark.slow
@pytest.mark.parametrize("whose", WHOSE)
def test_every_report_reopens_in_every_form_and_says_that_it_is_simulated(
    whose: str, community: Workspace, tmp_path: Path
) -> None:
    report = report_of(whose, community)
    assert report.simulated
    for ending in (".pdf", ".html", ".xlsx"):
        export_report(report, tmp_path / f"report{ending}")
    pdf = (tmp_path / "report.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert pages_of(pdf) >= 1
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "default-src 'none'" in page
    assert "SIMULATED" in page
    for part in report.sections:
        assert part.title in Seen(page).text
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    assert all(sheet.cell(1, 1).value == SIMULATED for sheet in book)
    assert "In short" in book.sheetnames


@pytest.mark.slow
@pytest.mark.parametrize("whose", WHOSE)
def test_every_page_of_paper_has_its_number_and_its_mark(whose: str, community: Workspace, tmp_path: Path) -> None:
    report = report_of(whose, community)
    pages = text_of(export_report(report, tmp_path / "report.pdf"))
    for number, text in enumerate(pages, 1):
        assert "SIMULATED" in text
        assert re.search(rf"\b{number} ?/ ?{len(pages)}\b", text)
    whole = " ".join(" ".join(pages).split())
    for part in report.sections:
        assert part.title in whole


@pytest.mark.slow
@pytest.mark.parametrize("whose", WHOSE)
def test_what_strangers_wrote_stays_text_in_every_form(whose: str, strangers: Workspace, tmp_path: Path) -> None:
    report = report_of(whose, strangers)
    for ending in (".pdf", ".html", ".xlsx"):
        export_report(report, tmp_path / f"report{ending}")
    seen = Seen((tmp_path / "report.html").read_text("utf-8"))
    assert not seen.tags & {"script", "iframe", "img", "object", "link", "form", "base", "embed"}
    assert not [name for name in seen.attributes if name.startswith("on")]
    assert all(link.startswith(("#", "https://", "http://")) for link in seen.links)
    assert pages_of((tmp_path / "report.pdf").read_bytes()) >= 1
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row), sheet.title
    with ZipFile(tmp_path / "report.xlsx") as parts:
        assert b"javascript:" not in b"".join(parts.read(name) for name in parts.namelist() if name.endswith(".rels"))


@pytest.mark.slow
def test_nothing_in_a_pdf_turns_the_writing_or_hides(strangers: Workspace, tmp_path: Path) -> None:
    whole = "".join(text_of(export_report(report_of("coach", strangers), tmp_path / "coach.pdf")))
    assert "panic" in whole
    assert not set(whole) & {"\u202e", "\u2066", "\x07"}


def test_long_words_break_and_letters_stay_whole() -> None:
    assert on_paper("short words stay") == "short words stay"
    broken = on_paper("x" * 10_000, 500)
    assert len(broken.replace("\u200b", "")) == 500
    assert max(map(len, broken.split("\u200b"))) <= 8
    assert "\u200b\u0301" not in on_paper("e\u0301" * 40)
    family = "👨\u200d👩\u200d👧"
    assert family in on_paper(family * 20).replace("\u200b\u200b", "")
    assert on_paper("\u202eevil\u2069\x00") == "evil"


def test_a_hostile_report_is_set_on_paper_whatever_it_holds(tmp_path: Path) -> None:
    words = (HOSTILE, "w" * 5000, "\n".join(HOSTILE for _ in range(50)), "", "\ud800", "🥣" * 400, "ا" * 300)
    table = Table("T", HOSTILE, (Column(HOSTILE), Column("N", "whole")), tuple((word, 2**60) for word in words))
    entry = Entry(HOSTILE, HOSTILE, "javascript:alert(1)", words, ((HOSTILE, HOSTILE),), (), (), HOSTILE)
    report = Report(HOSTILE, HOSTILE, (section(HOSTILE, Lines(words), table, Entries(HOSTILE, (entry,))),), False, "f")
    assert pages_of(report_pdf(report)) >= 1
    for ending in (".html", ".xlsx"):
        export_report(report, tmp_path / f"report{ending}")
    assert "script" not in Seen((tmp_path / "report.html").read_text("utf-8")).tags
    openpyxl.load_workbook(tmp_path / "report.xlsx")


def test_headings_of_a_long_table_repeat_and_the_rest_is_counted(tmp_path: Path) -> None:
    rows = tuple((f"row-{number:04}", number) for number in range(SHOWN + 50))
    table = Table("Rows", "Many", (Column("Heading One"), Column("Heading Two", "whole")), rows)
    report = Report("Long", "", (section("All", table),), False, "f")
    pages = text_of(export_report(report, tmp_path / "long.pdf"))
    holding = [page for page in pages if "row-" in page]
    assert len(holding) > 2
    assert all("Heading One" in page for page in holding)
    assert f"first {SHOWN} of {SHOWN + 50}" in " ".join(" ".join(pages).split())
    assert f"row-{SHOWN:04}" not in "".join(pages)
    book = openpyxl.load_workbook(export_report(report, tmp_path / "long.xlsx"))
    assert book["Rows"].max_row == SHOWN + 51


def test_what_is_unknown_in_a_table_says_why_beneath_it(tmp_path: Path) -> None:
    hidden, few = Value("followers", reason="hidden"), Value("followers", reason="too_few")
    rows = (("a", Value("followers", 1200.0, n=1)), ("b", hidden), ("c", hidden), ("d", few))
    report = Report(
        "R", "", (section("All", Table("T", "", (Column("Who"), Column("Followers", "unit:count")), rows)),), False, "f"
    )
    said = f"Unknown because: {REASONS['hidden']} (2), {REASONS['too_few']} (1)."
    assert said in Seen(export_report(report, tmp_path / "r.html").read_text("utf-8")).text
    assert said in " ".join(" ".join(text_of(export_report(report, tmp_path / "r.pdf"))).split())


@pytest.mark.slow
def test_a_report_without_a_table_of_its_own_offers_no_csv(community: Workspace, tmp_path: Path) -> None:
    report = report_of("coach", community)
    with pytest.raises(UnknownNameError):
        export_report(report, tmp_path / "coach.csv")
    assert not list(tmp_path.iterdir())
    with pytest.raises(UnknownNameError):
        export_report(report_of("audit", community), tmp_path / "audit.docx")


@pytest.mark.slow
def test_the_table_of_a_report_is_what_its_journey_writes(community: Workspace, tmp_path: Path) -> None:
    for whose in ("audit", "review", "census", "staff"):
        report = report_of(whose, community)
        assert report.table is not None
        sheet = openpyxl.load_workbook(export_report(report, tmp_path / f"{whose}.xlsx")).worksheets[
            0 if report.gives_back else 1
        ]
        assert [cell.value for cell in sheet[2]] == report.table.column_names
        assert sheet.max_row == report.table.num_rows + 2


def test_sheets_of_a_workbook_have_names_of_their_own(tmp_path: Path) -> None:
    table = Table("In short", "", (Column("A"),), (("a",),))
    same = (table, table, replace(table, name="x" * 60), replace(table, name="x" * 50))
    report = Report("In Short", "", (section("One", *same),), False, "f")
    names = openpyxl.load_workbook(export_report(report, tmp_path / "names.xlsx")).sheetnames
    assert len({name.lower() for name in names}) == len(names) == 5


@pytest.mark.slow
def test_a_kit_comes_as_a_workbook_with_every_row(community: Workspace, tmp_path: Path) -> None:
    made = kit(community, busiest(community))
    book: Any = openpyxl.load_workbook(kit_book(made, tmp_path / "kit.xlsx"))
    assert book["Numbers"].max_row == len(made.numbers) + 2
    assert book["Rows"].max_row == sum(len(one.rows) for one in made.numbers) + 2


def test_a_picture_stands_alone_with_its_colours() -> None:
    alone = standing_alone(bars([(HOSTILE, 3, "3"), ("b", 1, "1")], "Bars").svg)
    assert "var(" not in alone
    assert "<script" not in alone
    assert alone.startswith('<svg xmlns="http://www.w3.org/2000/svg" width="340"')
    assert bars([], "Bars").svg == ""


def test_an_empty_shortlist_still_says_why(shortlist_of: Callable[..., Shortlist], tmp_path: Path) -> None:
    report = shortlist_report(shortlist_of(0, matches=(), empty_because="No account is left by the gate."))
    whole = " ".join(" ".join(text_of(export_report(report, tmp_path / "empty.pdf"))).split())
    assert "No account is left by the gate." in whole
