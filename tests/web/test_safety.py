"""Only this computer, only the browser that was let in, only our own pages."""

from __future__ import annotations

import stat
import time
from pathlib import Path
from queue import SimpleQueue

import pytest
from browsing import OURS, PORT, Browser

from groundswell.web import Launch
from groundswell.web.safety import KNOWN_AGAIN

BASE = f"http://127.0.0.1:{PORT}"


@pytest.mark.parametrize("host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"[::1]:{PORT}", f"LOCALHOST:{PORT}"])
def test_our_own_names_are_answered(empty: Browser, host: str) -> None:
    assert empty.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:1", f"127.0.0.1:{PORT}.evil.example", f"127.0.0.2:{PORT}", "",
        f"localhost.:{PORT}", f"0.0.0.0:{PORT}", f"127.0.0.1:{PORT}@evil.example", "[::]",
    ],
)  # fmt: skip
def test_a_rebound_name_is_refused(empty: Browser, host: str) -> None:
    answer = empty.get("/", headers={"Host": host})
    assert answer.status_code == 421
    assert "people" not in answer.text.lower()


@pytest.mark.parametrize("path", ["/", "/people", "/people.json", "/openapi.json", "/static/app.js", "/nothing"])
def test_a_browser_that_was_not_let_in_sees_nothing(empty: Browser, path: str) -> None:
    empty.cookies.clear()
    assert empty.get(path).status_code == 401


def test_the_launch_link_works_once_and_leaves_a_clean_address(empty: Browser) -> None:
    empty.cookies.clear()
    link = empty.launch.link
    answer = empty.get(link, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    said = answer.headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=strict" in said
    assert link.partition("=")[2] not in said
    empty.cookies.clear()
    assert empty.get(link, follow_redirects=False).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "null", "\u00e9", "a" * 5000])
def test_a_wrong_token_lets_nobody_in(empty: Browser, token: str) -> None:
    empty.cookies.clear()
    assert empty.get("/enter", params={"token": token}, follow_redirects=False).status_code == 401


@pytest.mark.parametrize("cookie", ["", "x", "\x7f", '"', "a=b; groundswell_8765=; c", "groundswell_8765=" + "a" * 43])
def test_a_forged_cookie_is_no_cookie(empty: Browser, cookie: str) -> None:
    empty.cookies.clear()
    assert empty.get("/", headers={"Cookie": cookie}).status_code == 401


@pytest.mark.parametrize(
    ("site", "origin", "status"),
    [
        ("same-origin", BASE, 303),
        ("same-origin", None, 303),
        (None, BASE, 303),
        (None, f"http://localhost:{PORT}", 303),
        (None, None, 403),
        ("cross-site", BASE, 403),
        ("same-site", BASE, 403),
        ("none", BASE, 403),
        ("same-origin", "http://evil.example", 403),
        ("same-origin", "null", 403),
        (None, "null", 403),
        (None, "http://127.0.0.1:1", 403),
        (None, f"https://127.0.0.1:{PORT}", 403),
        (None, f"http://127.0.0.1:{PORT}.evil.example", 403),
    ],
)
@pytest.mark.parametrize("path", ["/imports", "/demo", "/undo", "/forget", "/again", "/answer"])
def test_writing_is_only_for_our_own_pages(
    empty: Browser, path: str, site: str | None, origin: str | None, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(empty.desk, "_jobs", SimpleQueue())  # who may write is asked, not what becomes of it
    del empty.headers["Origin"], empty.headers["Sec-Fetch-Site"]
    given = {"Origin": origin, "Sec-Fetch-Site": site}
    answer = empty.post(
        path,
        headers={name: value for name, value in given.items() if value is not None},
        files=[("files", ("a.csv", b"handle,followers\n", "text/csv"))],
        follow_redirects=False,
    )
    assert (answer.status_code == 403) == (status == 403)
    if status == 403:
        assert empty.workspace.state.imports() == []
        assert empty.desk.open_batches() == []


def test_another_site_cannot_read_either(empty: Browser) -> None:
    for site in ("cross-site", "same-site"):
        for mode in ("no-cors", "cors"):
            headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Origin": "http://evil.example"}
            assert empty.get("/people.json", headers=headers).status_code == 403


def test_every_answer_forbids_framing_sniffing_and_outside_scripts(empty: Browser) -> None:
    for path in ("/", "/people.json", "/nothing", "/static/style.css", "/openapi.json"):
        headers = empty.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "http" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert not [name for name in headers if name.startswith("access-control-")]
    refused = empty.get("/", headers={"Host": "evil.example"}).headers
    assert "frame-ancestors 'none'" in refused["content-security-policy"]


def test_preflights_are_not_welcome(empty: Browser) -> None:
    asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST", "Sec-Fetch-Site": "cross-site"}
    assert empty.options("/imports", headers=asked).status_code == 403


def test_no_page_points_outside(empty: Browser) -> None:
    assert OURS["Origin"] == BASE
    for path in ("/", "/imports", "/about", "/static/app.js", "/static/style.css"):
        text = empty.get(path).text
        assert "//cdn" not in text
        assert 'src="http' not in text
        assert 'href="http' not in text
        assert "@import" not in text
    assert empty.get("/docs").status_code == 404
    assert empty.get("/redoc").status_code == 404


def test_a_browser_is_known_again_after_the_program_was_started_anew(tmp_path: Path) -> None:
    kept = tmp_path / "keys" / "browsers.json"
    first = Launch(PORT, kept=kept)
    session = first.enter(first.token)
    assert session
    again = Launch(PORT, kept=kept)
    assert again.knows(session)
    assert not again.knows("somebody else")
    assert session not in kept.read_text(), "the file must open nothing by itself"
    assert not again.knows(next(iter(again.sessions)))


def test_what_knows_browsers_again_is_for_its_owner_only(tmp_path: Path) -> None:
    kept = tmp_path / "keys" / "browsers.json"
    launch = Launch(PORT, kept=kept)
    launch.enter(launch.token)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_a_browser_that_was_away_for_long_needs_a_new_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, now = tmp_path / "browsers.json", time.time()
    launch = Launch(PORT, kept=kept)
    session = launch.enter(launch.token)
    assert session
    monkeypatch.setattr(time, "time", lambda: now + KNOWN_AGAIN - 60)
    assert Launch(PORT, kept=kept).knows(session)
    monkeypatch.setattr(time, "time", lambda: now + 2 * KNOWN_AGAIN - 180)
    assert Launch(PORT, kept=kept).knows(session), "it asked in between"
    monkeypatch.setattr(time, "time", lambda: now + 4 * KNOWN_AGAIN)
    assert not Launch(PORT, kept=kept).knows(session)
    monkeypatch.setattr(time, "time", lambda: now - 3600)
    assert not Launch(PORT, kept=kept).knows(session), "noted in the future: the clock, or somebody, was moved"


@pytest.mark.parametrize(
    "noted", ["", "[]", "{", '{"browsers": {"a": "b"}}', '{"browsers": {"a": NaN}, "port": 1e99}', "null", "\x00"]
)
def test_a_broken_note_shuts_out_but_breaks_nothing(tmp_path: Path, noted: str) -> None:
    (tmp_path / "browsers.json").write_text(noted)
    launch = Launch(PORT, kept=tmp_path / "browsers.json")
    assert launch.sessions == {}
    assert launch.enter(launch.token)
