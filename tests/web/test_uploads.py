"""What is brought: named by us, capped, asked about once, read in its turn, and never half there."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from browsing import Browser

from building import SEEN
from groundswell.coach import kit
from groundswell.errors import GroundswellError, UsageError
from groundswell.exports.kit_page import write_kit
from groundswell.ingest import ImportReport, import_file
from groundswell.store import Workspace
from groundswell.web.importing import Arrival
from groundswell.web.uploads import CAP, TooLargeError, receive, safe_name

T = TypeVar("T")
ACCOUNTS = b"handle,followers\n@ann,120\n@ben,3400\n"
ODD = b"Wer,Wieviele,Sonst\n@ann,120,a\n@ben,3400,b\n@cem,77,c\n@dan,88,d\n@eva,99,e\n@fay,11,f\n"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("posts.csv", "posts.csv"), ("../../etc/passwd", "passwd"), ("..\\..\\windows\\win.ini", "win.ini"), ("/etc/cron.d/x", "x"), ("", "file"),
        (".", "file"), ("..", "file"), ("...csv", "csv"), (".hidden", "hidden"), ("a\0b.csv", "a_b.csv"), ("CON", "_CON"), ("nul.txt", "_nul.txt"),
        ("a/b:c*d?.xlsx", "b_c_d_.xlsx"), ("größe 1.csv", "größe 1.csv"), ("x" * 400 + ".csv", "x" * 80 + ".csv"), ("a.c/../s.v", "s.v"),
        ("%2e%2e%2fetc", "2e_2e_2fetc"), ("\ud800.csv", "csv"), ("a.tar.gz", "a.tar.gz"), ("-rf.csv", "-rf.csv"),
    ],
)  # fmt: skip
def test_a_name_from_outside_becomes_a_harmless_one(said: str, kept: str) -> None:
    assert safe_name(said).lstrip("_") == kept.lstrip("_")
    assert "/" not in safe_name(said)
    assert safe_name(said) not in (".", "..")


def form(*parts: tuple[str, str | None, bytes], boundary: str = "b") -> bytes:
    out = b""
    for name, filename, content in parts:
        file = f'; filename="{filename}"' if filename is not None else ""
        out += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + content + b"\r\n"
        )
    return out + f"--{boundary}--\r\n".encode()


async def chunks(body: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(body), size):
        yield body[at : at + size]


def waited(coming: Coroutine[Any, Any, T]) -> T:
    """What comes of it, in a thread of its own: where a browser was tested before, this one has a loop already."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, coming).result()


@pytest.mark.parametrize("size", [1, 2, 7, 100, 10_000])
def test_a_form_is_the_same_however_it_is_cut(tmp_path: Path, size: int) -> None:
    body = form(
        ("files", "a.csv", b"x\r\n--not\r\n"),
        ("platform", None, b"bluesky"),
        ("files", "", b""),
        ("files", "../a.csv", b"y" * 300),
    )
    upload = waited(receive("multipart/form-data; boundary=b", chunks(body, size), tmp_path))
    assert [path.read_bytes() for path in upload.files] == [b"x\r\n--not\r\n", b"y" * 300]
    assert [path.name for path in upload.files] == ["a.csv", "a.csv"]
    assert upload.text("platform") == "bluesky"
    assert all(tmp_path in path.parents for path in upload.files)
    upload.drop()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "body", "error"),
    [
        ("multipart/form-data; boundary=b", form(("files", "a.csv", b"x" * 5000)), TooLargeError),
        ("multipart/form-data; boundary=b", form(("files", "a.csv", b"x"))[:-8], UsageError),
        ("multipart/form-data; boundary=c", form(("files", "a.csv", b"x")), UsageError),
        ("multipart/form-data", form(("files", "a.csv", b"x")), UsageError),
        ("application/json", b"{}", UsageError),
        ("", b"", UsageError),
        ("multipart/form-data; boundary=b", form(*[("files", f"{n}", b"") for n in range(51)]), UsageError),
        ("multipart/form-data; boundary=b", form(*[(f"{n}", None, b"") for n in range(40)])[:20], UsageError),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    tmp_path: Path, kind: str, body: bytes, error: type[GroundswellError]
) -> None:
    with pytest.raises(error):
        waited(receive(kind, chunks(body, 64), tmp_path, cap=4000 if error is TooLargeError else CAP))
    assert list(tmp_path.iterdir()) == []


def test_a_file_beyond_the_cap_is_refused_in_words(tmp_path: Path) -> None:
    with Browser(Workspace.create(tmp_path / "w"), cap=1000) as browser:
        answer = browser.post("/imports", files=[("files", ("a.csv", b"x" * 5000))])
        assert answer.status_code == 413
        assert "command line" in answer.text
        assert list(browser.desk.folder.iterdir()) == []


@pytest.mark.slow
def test_a_known_file_is_read_without_a_question(empty: Browser) -> None:
    page = empty.page(
        empty.bring(("a.csv", b"platform," + ACCOUNTS.replace(b"@", b"instagram,@").replace(b"handle", b"handle", 1)))
    )
    assert "2</b> of 2 rows were read" in page
    assert empty.get("/index.json").json()["people"] == 2
    assert not list(empty.desk.folder.glob("*/*/a.csv")), "the upload is not kept once it is read"


@pytest.mark.slow
def test_a_missing_fact_is_asked_for_in_words(empty: Browser) -> None:
    address = empty.bring(("a.csv", ACCOUNTS))
    page = empty.page(address)
    assert "Which platform is this from?" in page
    assert "--set" not in page
    answer = empty.post(
        "/answer",
        files=[("x", ("", b""))],
        data={"id": address.partition("=")[2], "place": "0", "platform": "tiktok"},
        follow_redirects=False,
    )
    empty.settled(answer.headers["location"])
    assert {row["platform"] for row in empty.get("/people.json").json()["rows"]} == {"tiktok"}


@pytest.mark.slow
def test_whose_posts_they_are_may_be_said_or_stand_in_a_column(empty: Browser) -> None:
    posts = b"id,text,created_at,likes,by whom\n1,oat bread,2026-01-02,4,ann\n2,rye bread,2026-01-03,5,ben\n"
    address = empty.bring(("posts.csv", posts))
    page = empty.page(address)
    assert "Whose posts are these?" in page
    assert '<option value="by whom">by whom</option>' in page
    said = {"id": address.partition("=")[2], "place": "0", "platform": "instagram", "in_author": "by whom"}
    answer = empty.post("/answer", files=[("x", ("", b""))], data=said, follow_redirects=False)
    empty.settled(answer.headers["location"])
    assert {row["handle"] for row in empty.get("/people.json").json()["rows"]} == {"ann", "ben"}


def test_what_is_left_open_is_said_and_the_question_stays(empty: Browser) -> None:
    address = empty.bring(("posts.csv", b"id,text,created_at,by whom\n1,oat bread,2026-01-02,ann\n"))
    said = {"id": address.partition("=")[2], "place": "0", "platform": "instagram", "in_author": "no such column"}
    answer = empty.post("/answer", files=[("x", ("", b""))], data=said)
    assert answer.status_code == 400
    assert "Whose posts are these?" in answer.text
    assert "Whose posts are these?" in empty.page(address)


@pytest.mark.slow
def test_dates_that_can_be_read_two_ways_are_asked_about_and_read_anew(empty: Browser) -> None:
    posts = b"platform,author,id,text,created_at\ninstagram,ann,1,oat,03/04/2025\ninstagram,ann,2,rye,05/04/2025\n"
    address = empty.bring(("posts.csv", posts))
    page = empty.page(address)
    assert "these 2 dates, the day or the month?" in page
    assert empty.get("/index.json").json()["people"] == 1, "what is certain is in already"
    said = {"id": address.partition("=")[2], "place": "0"}
    send = {"url": "/answer", "files": [("x", ("", b""))]}
    assert empty.post(**send, data=said | {"dates": "year-first"}).status_code == 400
    assert empty.post(**send, data=said | {"dates": "day-first", "place": "7"}).status_code == 400
    answer = empty.post(**send, data=said | {"dates": "day-first"}, follow_redirects=False)
    assert "the day or the month?" not in empty.page(empty.settled(answer.headers["location"]))
    assert [one["state"] for one in empty.get("/imports.json").json()] == ["undone", "live"]
    newest = empty.get("/person.json?account=@ann").json()["evidence"]
    assert {post["created_at"][:7] for posts in newest.values() for post in posts} <= {"2025-04"}
    assert "2025-04" in empty.page("/person?account=@ann")
    assert not list(empty.desk.folder.glob("*/*/posts.csv")), "the upload is not kept once it is read"
    assert empty.post(**send, data=said | {"dates": "day-first"}).status_code == 400, "the question is closed"


@pytest.mark.slow
def test_a_kit_signed_by_somebody_else_is_warned_of(empty: Browser, tmp_path: Path) -> None:
    for n, name in enumerate(("ann", "stranger")):
        home = Workspace.create(tmp_path / name)
        (tmp_path / "posts.csv").write_text(
            f"platform,author,id,text,created_at\nbluesky,ann,{n},oat,2025-04-0{1 + n}\n"
        )
        import_file(home, tmp_path / "posts.csv")
        kit_file = write_kit(kit(home, "@ann"), tmp_path / name / "kit.json")
        page = empty.page(empty.bring(("kit.json", kit_file.read_bytes())))
        assert "The kit is signed with the key" in page
        assert ("Another key than before" in page) == (name == "stranger")


@pytest.mark.slow
def test_a_strange_table_is_shown_and_asked_about_once(empty: Browser) -> None:
    address = empty.bring(("odd.csv", ODD))
    page = empty.page(address)
    assert "Which column is what?" in page
    assert "@eva" in page, "five rows are shown"
    assert "@fay" not in page
    assert empty.get("/imports.json").json() == [], "nothing is visible before the answer"
    said = {
        "id": address.partition("=")[2],
        "place": "0",
        "column0": "account",
        "column1": "followers",
        "platform": "instagram",
    }
    answer = empty.post("/answer", files=[("x", ("", b""))], data=said, follow_redirects=False)
    assert "6</b> of 6 rows were read" in empty.page(empty.settled(answer.headers["location"]))
    sizes = {row["handle"]: row["values"]["followers"]["value"] for row in empty.get("/people.json").json()["rows"]}
    assert sizes == {"ann": 120, "ben": 3400, "cem": 77, "dan": 88, "eva": 99, "fay": 11}
    again = empty.page(empty.bring(("odd2.csv", ODD.replace(b"99", b"98")), platform="instagram"))
    assert "6</b> of 6 rows were read" in again, "the columns are remembered for the next file with these headers"


def test_an_answer_that_does_not_fit_is_asked_again(empty: Browser) -> None:
    address = empty.bring(("odd.csv", ODD))
    said = {"id": address.partition("=")[2], "place": "0", "column2": "likes", "platform": "instagram"}
    answer = empty.post("/answer", files=[("x", ("", b""))], data=said, follow_redirects=False)
    assert "That did not fit yet." in empty.page(empty.settled(answer.headers["location"]))
    none = empty.post("/answer", files=[("x", ("", b""))], data={"id": said["id"], "place": "0"})
    assert none.status_code == 400
    assert "No column was given a meaning" in none.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("@ann\n@ben", 2), ("ann, ben ,cem", 3), ("https://www.instagram.com/ann\nhttps://www.tiktok.com/@ben", 2), ("handle,followers\nann,5\nben,6", 2),
        ("\n\n  @ann \r\n\r\n", 1),
    ],
)  # fmt: skip
def test_pasted_handles_are_a_list(empty: Browser, text: str, people: int) -> None:
    empty.bring(pasted=text, platform="instagram")
    assert empty.get("/index.json").json()["people"] == people


@pytest.mark.slow
def test_a_pasted_feed_is_read_and_an_address_alone_leads_to_fetching(empty: Browser) -> None:
    feed = (
        "<?xml version='1.0'?><rss version='2.0'><channel><title>Ann bakes</title><link>https://ann.example/</link>"
        + "".join(
            f"<item><title>Loaf {n}</title><link>https://ann.example/{n}</link><pubDate>Mon, 0{n} Jun 2026 10:00:00 GMT</pubDate><description>Rye {n}</description></item>"
            for n in range(1, 5)
        )
        + "</channel></rss>"
    )
    page = empty.page(empty.bring(pasted=feed))
    assert "4</b> of 4 rows were read" in page
    answer = empty.post("/imports", files=[("files", ("", b""))], data={"pasted": "https://ann.example/"})
    assert answer.status_code == 200
    # It says first what fetching that address takes; nothing is asked of anybody yet.
    assert answer.url.path == "/fetch"
    assert 'value="https://ann.example/"' in answer.text or ">https://ann.example/<" in answer.text
    assert empty.get("/fetches.json").json() == []


@pytest.mark.parametrize("text", ["not an address", "  who speaks of bread?  ", "Ann Example"])
def test_a_line_of_words_is_no_handle(empty: Browser, text: str) -> None:
    answer = empty.post("/imports", files=[("files", ("", b""))], data={"pasted": text, "platform": "instagram"})
    assert answer.status_code == 400
    assert "Paste handles (@ann) or addresses of profiles" in answer.text
    assert empty.get("/imports.json").json() == []


@pytest.mark.slow
def test_where_no_row_could_be_used_nothing_was_brought_in_and_why_is_said(empty: Browser) -> None:
    page = empty.page(empty.bring(("a.csv", b"handle,platform,followers\n,instagram,12\n")))
    assert "<h1>Nothing was brought in</h1>" in page
    assert "None of its rows could be used, for the reasons below." in page
    assert "0</b> of 1 row was read" in page
    assert "Line 2: " in page
    assert "That is in" not in page


@pytest.mark.slow
def test_after_the_blog_of_one_person_they_are_offered_how_they_do(empty: Browser) -> None:
    feed = (
        b"<?xml version='1.0'?><rss version='2.0'><channel><title>Ann bakes</title><link>https://ann.example/</link>"
        b"<item><title>Rye</title><link>https://ann.example/1</link><pubDate>Mon, 01 Jun 2026 10:00:00 GMT</pubDate></item></channel></rss>"
    )
    page = empty.page(empty.bring(("feed.xml", feed)))
    assert "<h1>That is in</h1>" in page
    assert 'href="/coach?account=blog%3Aann.example">How am I doing?</a>' in page
    again = empty.page(empty.bring(("feed.xml", feed)))
    assert "The same file was brought in before" in again
    front = empty.page("/")
    assert "1 row was read from 1 file." in front
    assert "Look at this one person" in front


def test_what_is_no_data_is_refused_in_words(empty: Browser) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.zip", b"PK\x03\x04" + b"0" * 100)
    for name, content in (
        ("a.csv", b""),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 50),
        ("a.zip", bomb.getvalue()),
        ("p.html", b"<!doctype html><html><body>log in</body></html>"),
    ):
        page = empty.page(empty.bring((name, content)))
        assert "Not read" in page, name
        assert "our fault" not in page, name
    assert empty.get("/imports.json").json() == []


@pytest.mark.slow
def test_undo_takes_an_import_out_of_every_number(empty: Browser) -> None:
    empty.bring(("a.csv", ACCOUNTS), platform="instagram")
    assert empty.get("/index.json").json()["people"] == 2
    answer = empty.post("/undo", files=[("x", ("", b""))], data={"id": "1"})
    assert answer.status_code == 200
    assert "undone" in answer.text
    assert empty.get("/index.json").json()["people"] == 0
    assert "Find the people" in empty.page("/")
    assert "<bdi>a.csv</bdi>, is undone: it counts in no number any more" in answer.text
    stale = empty.post("/undo", files=[("x", ("", b""))], data={"id": "1"})  # a second tab that still shows the button
    assert stale.status_code == 200
    assert "was undone already" in stale.text
    assert empty.post("/undo", files=[("x", ("", b""))], data={"id": "7"}).status_code in (400, 404)


@pytest.mark.slow
def test_a_restart_in_the_middle_shows_nothing_half_read_and_says_so(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    batch = workspace.folder / "incoming" / "00ff00ff00ff00ff"
    (batch / "1").mkdir(parents=True)
    (batch / "1" / "a.csv").write_bytes(ACCOUNTS)
    (workspace.folder / "incoming" / "broken" / "1").mkdir(parents=True)
    arrival = {
        "name": "a.csv",
        "path": "1/a.csv",
        "state": "reading",
        "bytes_done": 5,
        "bytes_total": 9,
        "rows": 1,
        "mapping": {},
        "constants": {"platform": "instagram"},
        "question": None,
        "report": None,
        "error": None,
    }
    report = ImportReport("came.csv", "accounts", "A table of accounts.", 1, rows=2)
    (batch / "batch.json").write_text(
        json.dumps(
            {
                "id": batch.name,
                "made_at": "2026-01-01",
                "arrivals": [
                    arrival | {"name": "came.csv", "state": "read", "report": vars(report) | {"read": 2}},
                    arrival,
                ],
                "doing": "",
                "done": 0,
                "total": 0,
                "over": False,
                "error": None,
            }
        )
    )
    workspace.state.begin_import(
        source="a.csv",
        layout="accounts",
        sha256="",
        observed_at=SEEN,
        options={},
    )
    with Browser(workspace) as browser:
        assert not (workspace.folder / "incoming" / "broken").exists()
        front = browser.page("/")
        assert "was interrupted; nothing of it is visible yet. What else came with it is in." in front
        assert "came.csv" not in front
        assert browser.get("/index.json").json()["people"] == 0
        assert "never finished: nothing of it is visible" in browser.page("/imports")
        page = browser.page(f"/arriving?id={batch.name}")
        assert "The program ended while this was being read." in page
        answer = browser.post("/again", files=[("x", ("", b""))], data={"id": batch.name}, follow_redirects=False)
        assert "2</b> of 2 rows were read" in browser.page(browser.settled(answer.headers["location"]))
        assert browser.get("/index.json").json()["people"] == 2


@pytest.mark.slow
def test_a_question_survives_a_restart(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    with Browser(workspace) as browser:
        address = browser.bring(("odd.csv", ODD))
    with Browser(workspace) as browser:
        assert "one question is open" in browser.page("/")
        assert "@eva" in browser.page(address)
        forgotten = browser.post("/forget", files=[("x", ("", b""))], data={"id": address.partition("=")[2]})
        assert "one question is open" not in forgotten.text
        assert list(browser.desk.folder.iterdir()) == []


def test_how_long_reading_goes_on_is_said_once_it_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundswell.web.importing.time.monotonic", lambda: 100.0)
    half = Arrival("a.csv", "1/a.csv", state="reading", bytes_done=25, bytes_total=100, began=90.0)
    assert half.seconds_left == pytest.approx(30.0)
    assert replace(half, began=99.0).seconds_left is None
    assert replace(half, bytes_done=0).seconds_left is None
    assert replace(half, state="read").seconds_left is None
