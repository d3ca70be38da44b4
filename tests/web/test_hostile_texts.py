"""What strangers wrote stays text: through every field that can hold some, on every page, in every download, and the page still fits."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browsing import Browser
from hostile import NASTY, alive, calculated
from openpyxl import load_workbook
from test_pages import ALONE, ASKED, about
from windows import NARROW, Served, fits, settled, tab_of

OURS = frozenset({"style"})
"""What a file that stands alone may hold besides."""
BRIEF = "brand=Oat&definition=field_geek@1"
EACH = [
    pytest.param(nasty, marks=() if place == 10 else pytest.mark.hostile, id=str(place))
    for place, nasty in enumerate(NASTY)
]
"""Everything nasty, one by one; each of them is an import of its own, so that `make test` tries one of them."""


def whole(browser: Browser, address: str, **asked: str) -> Any:
    """An answer, once the numbers behind it are there."""
    answer = browser.get(address, params=asked or None)
    while answer.status_code == 202:
        answer = browser.get(address, params=asked or None)
    return answer


def addresses_of(browser: Browser) -> list[str]:
    """Every page, with what strangers wrote on it."""
    people = browser.get("/people.json").json()["rows"]
    assert len(people) >= len(NASTY)
    found = [*ALONE, *ASKED, *(f"/import?id={one['id']}" for one in browser.get("/imports.json").json())]
    found += [page for row in people for page in about(quote(row["account"], safe=""))]
    found += [f"/coach?account={quote(row['account'], safe='')}" for row in people[:4]] + ["/coach?q=zzq"]
    return [*found, "/census?company=Oat", "/staff?company=Oat", f"/shortlist?{BRIEF}", "/shortlist?brand=Oat"]


@pytest.mark.hostile
def test_on_every_page(hostile: Browser) -> None:
    seen = 0
    for address in addresses_of(hostile):
        answer = whole(hostile, address)
        assert answer.status_code == 200, (address, answer.status_code, answer.text[:500])
        assert not list(alive(answer.text)), address
        assert not calculated(answer.text), address
        seen += "zzq" in answer.text
    assert seen > 30, "the nasty text is not shown at all, so this shows nothing"


@pytest.mark.hostile
def test_in_all_json(hostile: Browser) -> None:
    seen = 0
    for address in addresses_of(hostile):
        path, _, query = address.partition("?")
        twin = f"{'/index' if path == '/' else path}.json" + (f"?{query}" if query else "")
        answer = hostile.get(twin)
        if answer.status_code == 200:
            assert answer.headers["content-type"].startswith("application/json")
            assert answer.headers["x-content-type-options"] == "nosniff"
            seen += "zzq" in json.dumps(answer.json(), allow_nan=False)
    assert seen > 20


@pytest.mark.slow
@pytest.mark.parametrize(
    "address", ["/sheet", "/audit", "/staff?company=Oat", "/census?company=Oat", f"/shortlist?{BRIEF}"]
)
def test_in_every_table_that_is_downloaded(hostile: Browser, address: str) -> None:
    path, _, query = address.partition("?")
    book = load_workbook(io.BytesIO(hostile.get(f"{path}.xlsx?{query}").content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any("zzq" in str(cell.value) for cell in cells)
    for cell in cells:
        assert cell.data_type != "f", cell.value
        if cell.hyperlink and cell.hyperlink.target:
            assert cell.hyperlink.target.startswith(("https://", "http://")), cell.hyperlink.target
    text = hostile.get(f"{path}.csv?{query}").content.decode("utf-8-sig")
    assert "zzq" in text
    for row in csv.reader(io.StringIO(text, newline="")):
        for value in row:
            assert not is_formula(value), value[:80]


def is_formula(value: str) -> bool:
    """Whether a spreadsheet would work the cell out."""
    if not value.lstrip().startswith(("=", "+", "-", "@")):
        return False
    try:
        float(value)
    except ValueError:
        return True
    return False


def test_in_the_page_and_the_brief_that_are_downloaded(hostile: Browser) -> None:
    page = hostile.get(f"/shortlist.html?{BRIEF}").text
    assert "zzq" in page
    assert not list(alive(page, more=OURS))
    for nasty in NASTY:
        asked = {"brand": nasty[:150], "wish": nasty, "sector": nasty, "exclude": nasty, "brand_terms": nasty}
        answer = hostile.get("/shortlist.toml", params=asked)
        assert answer.status_code == 200
        tomllib.loads(answer.text)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["html", "json", "pdf"])
def test_in_a_kit(hostile: Browser, form: str) -> None:
    me = hostile.get("/people.json?sort=followers&order=low").json()["rows"][0]["account"]
    shown = ["posts", "texts", "sparked", "balance", "paid", "followers"]
    for nasty in NASTY[:6] if form != "html" else NASTY:
        told = {"account": me, "made_by": nasty, "form": form, "show": shown}
        answer = hostile.post("/kit", files=[("files", ("", b""))], data=told)
        assert answer.status_code == 200, answer.text[:600]
        assert answer.headers["content-disposition"].startswith("attachment")
        if form == "html":
            assert "zzq" in answer.text
            assert not list(alive(answer.text, more=OURS))
        elif form == "json":
            assert "zzq" in json.loads(answer.json()["content"])["account"]["bio"]
        else:
            assert answer.content.startswith(b"%PDF")
            assert b"/JavaScript" not in answer.content
            assert b"/JS" not in answer.content


# No browser sends an address of more than 64 KB, and the same words are typed into some twenty-five fields at once.
ROOM_IN_AN_ADDRESS = 2_300


@pytest.mark.slow
@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
def test_what_is_typed(hostile: Browser, nasty: str) -> None:
    short = nasty[:300]
    while len(quote(short, safe="")) > ROOM_IN_AN_ADDRESS:
        short = short[: len(short) * 3 // 4]
    told = dict.fromkeys(
        ("about", "staff", "big", "spend", "q", "brand", "wish", "sector", "exclude", "company", "product", "country", "channel", "language", "amount", "account", "id", "brand_terms", "tier", "who", "source", "lists", "people", "platform", "because"),
        short,
    )  # fmt: skip
    pages = [*ALONE, "/coach", "/person", "/import", "/arriving", "/nothing", "/shortlist", f"/{quote(short, safe='')}"]
    for path in pages:
        answer = whole(hostile, path, **told, definition="field_geek@1")
        assert answer.status_code < 500, (path, answer.text[:800])
        assert not list(alive(answer.text)), path
        assert not calculated(answer.text), path


@pytest.mark.slow
@pytest.mark.parametrize("nasty", EACH)
def test_what_is_brought(empty: Browser, nasty: str) -> None:
    quoted = '"{}"'.format(nasty[:3000].replace('"', '""'))
    name = nasty[:120].replace('"', "%22").replace("\r", "").replace("\n", "")
    handles = f"handle,followers,notes,{quoted}\n@ann,many,{quoted},{quoted}\n{quoted},120,{quoted},x\n"
    strange = f"{quoted},{quoted}\n{quoted},{quoted}\n@ben,5\n"
    ways: list[tuple[list[Any], dict[str, str]]] = [
        ([(f"{name}.csv", handles.encode("utf-8", "replace"))], {"platform": "instagram"}),
        ([(f"{name}.csv", strange.encode("utf-8", "replace"))], {}),
        ([(f"{name}.exe", b"MZ")], {}),
        ([], {"pasted": nasty, "platform": "instagram"}),
        ([], {"pasted": f"@ann\n{nasty}\n", "platform": short_platform(nasty)}),
    ]
    for files, fields in ways:
        parts = [("files", (one, content, "text/csv")) for one, content in files] or [("files", ("", b"", ""))]
        answer = empty.post("/imports", files=parts, data=fields, follow_redirects=False)
        assert answer.status_code < 500, answer.text[:600]
        if answer.status_code == 303:
            address = empty.settled(answer.headers["location"])
            for page in (empty.get(address), answered(empty, address), empty.get(address)):
                assert page.status_code < 500
                assert not list(alive(page.text))
                assert not calculated(page.text)
        else:
            assert not list(alive(answer.text))
    imports = [f"/import?id={one['id']}" for one in empty.get("/imports.json").json()]
    for page in ("/", "/people", "/imports", *imports):
        assert not list(alive(empty.page(page))), page


@pytest.mark.slow
@pytest.mark.parametrize("nasty", EACH)
def test_who_is_brought(empty: Browser, nasty: str) -> None:
    quoted = '"{}"'.format(nasty[:3000].replace('"', '""'))
    sheet = (
        f"handle,name,followers,notes,fee\n@ann,{quoted},{quoted},{quoted},{quoted}\n{quoted},{quoted},120,{quoted},5\n"
    )
    said = empty.page(empty.bring(("sheet.csv", sheet.encode("utf-8", "replace")), platform="instagram"))
    people = [quote(row["account"], safe="") for row in empty.get("/people.json").json()["rows"]]
    assert people or "Not read" in said
    for page in ("/", "/people", "/sheet", "/audit", *(f"/person?account={one}" for one in people)):
        assert not list(alive(empty.page(page))), page


@pytest.mark.hostile
def test_an_import_that_says_nothing_new_leaves_every_page_as_it_was(empty: Browser) -> None:
    sheet = b"platform,handle,followers,notes\ninstagram,@ann,10,x\n"
    for _ in range(2):
        empty.bring(("sheet.csv", sheet))
        assert empty.get("/people.json").json()["matching"] == 1
    empty.bring(("wrong.csv", b"platform,handle,followers,notes\ninstagram,,10,x\n"))
    assert [one["rows_read"] for one in empty.get("/imports.json").json()] == [1, 1, 0]
    assert empty.get("/people.json").json()["matching"] == 1


def short_platform(nasty: str) -> str:
    """A platform that somebody sends past the form."""
    return nasty[:40] if "\0" not in nasty else "instagram"


def answered(browser: Browser, address: str) -> Any:
    """The page after a question was answered, with something nasty where one may say anything."""
    key = address.partition("id=")[2]
    said = {"id": key, "place": "0", "column0": "account", "column1": "<script>zzq()</script>", "platform": "zzq<b>"}
    answer = browser.post("/answer", files=[("x", ("", b""))], data=said, follow_redirects=False)
    if answer.status_code == 303:
        browser.settled(answer.headers["location"])
        return browser.get(answer.headers["location"])
    return answer


@pytest.fixture(scope="module")
def served(hostile: Browser) -> Iterator[Served]:
    """The program at the same workspace."""
    program = Served(Path(hostile.workspace.folder))
    yield program
    program.stop()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_runs_nothing_and_every_page_fits_a_telephone(
    chromium: Any, hostile: Browser, served: Served, scheme: str
) -> None:
    tab = tab_of(chromium, served, NARROW, color_scheme=scheme)
    tab.add_init_script("window.zzq = () => { window.ran = true; }")
    wrong: list[str] = []
    for address in addresses_of(hostile):
        assert settled(tab, served.home + address) == 200, address
        tab.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = true; }")
        if not fits(tab):
            wrong.append(f"{address}: wider than the window: {widest(tab)}")
        if tab.evaluate("() => Boolean(window.ran)"):
            wrong.append(f"{address}: ran what a stranger wrote")
    complaints = tab.complaints
    tab.context.close()
    assert not wrong, "\n".join(wrong)
    assert complaints == []


def widest(tab: Any) -> str:
    """What sticks out furthest, to mend it."""
    return str(
        tab.evaluate(
            """() => [...document.querySelectorAll("main *, nav *, footer *")].filter((one) => !one.closest(".scroll"))
            .sort((a, b) => b.getBoundingClientRect().right - a.getBoundingClientRect().right)[0]?.outerHTML.slice(0, 200)"""
        )
    )
