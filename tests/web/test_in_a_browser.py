"""The three journeys in a real browser, by mouse and by keyboard, wide and narrow; two tabs, the back button, and no script."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
NARROW, WIDE = {"width": 360, "height": 800}, {"width": 1280, "height": 900}


class Served:
    """The program as a user starts it."""

    def __init__(self, folder: Path) -> None:
        self.cookies: list[Any] = []
        self.command = [sys.executable, "-m", "groundswell", "serve", "--no-open", "--workspace", str(folder)]
        self.start()

    def start(self) -> None:
        """Start it and read the link that it prints."""
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
        )
        assert self.process.stdout
        for line in self.process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+/enter\?token=\S+", line):
                self.link = found[0]
                return
        raise AssertionError("it printed no link")

    def stop(self) -> None:
        """Stop it as a crash would."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, without a window."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.is_file():
        pytest.skip(f"no browser at {CHROMIUM} (set CHROMIUM to one)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, chromium: Any) -> Iterator[Served]:
    """A workspace in which somebody pressed the button for the made-up community."""
    served = Served(tmp_path_factory.mktemp("demo") / "workspace")
    try:
        tab = tab_of(chromium, served)
        tab.get_by_role("button", name="Try it on a made-up community").click()
        tab.get_by_role("link", name="What do you want to do?").click(timeout=180_000)
        tab.wait_for_function("() => /people read/.test(document.querySelector('h1').textContent)", timeout=120_000)
        served.cookies = tab.context.cookies()
        yield served
    finally:
        served.stop()


def tab_of(chromium: Any, served: Served, size: dict[str, int] = WIDE, **options: Any) -> Any:
    """A tab that was let in; what it complains of is noted."""
    context = chromium.new_context(viewport=size, **options)
    context.set_default_timeout(60_000)
    tab = context.new_page()
    tab.complaints = []
    tab.on(
        "console", lambda message: tab.complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
    if served.cookies:
        context.add_cookies(served.cookies)
        tab.goto(served.link.partition("/enter")[0])
    else:
        tab.goto(served.link)
        assert "token" not in tab.url
    return tab


def fits(tab: Any) -> bool:
    """Whether nothing sticks out to the right."""
    return tab.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_a_marketer_gets_a_shortlist_with_reasons(chromium: Any, demo: Served, size: dict[str, int]) -> None:
    tab = tab_of(chromium, demo, size)
    tab.get_by_role("link", name="Whom should I work with?").click()
    tab.get_by_role("link", name="Rank people for a brief").click()
    tab.get_by_label("Your brand").fill("Oat & Co")
    tab.get_by_label("Wish 1").fill("bakes vegan bread")
    before = tab.locator(".tally b").inner_text()
    tab.get_by_label("Sector: what they must be credible in").fill("vegan food")
    tab.get_by_label("Sector: what they must be credible in").press("Tab")
    tab.wait_for_function("before => document.querySelector('.tally b').textContent !== before", arg=before)
    counted = tab.locator(".tally b").inner_text()
    assert fits(tab)
    tab.get_by_role("button", name="Show the shortlist").click()
    tab.get_by_role("heading", name="Shortlist for Oat & Co").wait_for()
    assert f"{counted} accounts fit" in tab.locator("main").inner_text()
    assert fits(tab)
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Excel").click()
    assert Path(download.value.path()).read_bytes().startswith(b"PK")
    tab.go_back()
    assert tab.get_by_label("Your brand").input_value() == "Oat & Co"
    assert tab.complaints == []


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_a_creator_is_coached_and_takes_a_kit(chromium: Any, demo: Served, size: dict[str, int]) -> None:
    tab = tab_of(chromium, demo, size)
    tab.get_by_role("link", name="How am I doing, what next?").click()
    tab.get_by_label("Your handle or name").fill("oven")
    tab.keyboard.press("Enter")
    tab.locator(".choose a").first.click()
    tab.get_by_role("heading", name="One thing a week").wait_for()
    assert fits(tab)
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Signed file for a brand").click()
    assert b"signature" in Path(download.value.path()).read_bytes()
    assert tab.complaints == []


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_a_company_counts_who_speaks_of_it(chromium: Any, demo: Served, size: dict[str, int]) -> None:
    tab = tab_of(chromium, demo, size)
    tab.get_by_role("link", name="Who of us could speak?").click()
    tab.get_by_role("link", name="Everybody who mentions us").click()
    tab.get_by_label("Company", exact=True).fill("Oat & Co")
    tab.get_by_role("button", name="Count").click()
    tab.get_by_role("heading", name="Everybody, unpaid mentions first").wait_for()
    assert fits(tab)
    assert tab.complaints == []


def test_everything_on_the_first_page_is_reached_by_keyboard(chromium: Any, demo: Served) -> None:
    tab = tab_of(chromium, demo)
    tab.keyboard.press("Tab")
    assert tab.evaluate("() => document.activeElement.textContent") == "Skip to the content"
    tab.keyboard.press("Enter")
    reached: list[str] = []
    for _ in range(40):
        tab.keyboard.press("Tab")
        reached.append(tab.evaluate("() => document.activeElement.textContent.trim() || document.activeElement.id"))
        ring = tab.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
        assert ring != "none" or tab.evaluate("() => document.activeElement === document.body"), reached[-1]
    for name in (
        "Whom should I work with?",
        "How am I doing, what next?",
        "Who of us could speak?",
        "files",
    ):
        assert name in reached


def test_pages_work_without_script(chromium: Any, demo: Served, tmp_path: Path) -> None:
    served = Served(tmp_path / "w")
    try:
        tab = tab_of(chromium, served, java_script_enabled=False)
        tab.set_input_files(
            "#files", {"name": "people.csv", "mimeType": "text/csv", "buffer": b"handle,followers\n@ann,10\n@ben,20\n"}
        )
        tab.get_by_role("button", name="Read it").click()
        tab.get_by_label("Which platform is this from?").select_option("instagram")
        tab.get_by_role("button", name="Read it so").click()
        tab.get_by_role("link", name="What do you want to do?").click(timeout=60_000)
        tab.get_by_role("heading", name="2 people read. What do you want to do?").wait_for(timeout=60_000)
    finally:
        served.stop()


def test_a_file_dropped_anywhere_is_read_and_a_second_tab_sees_it(chromium: Any, tmp_path: Path) -> None:
    served = Served(tmp_path / "w")
    try:
        tab = tab_of(chromium, served)
        other = tab.context.new_page()
        other.goto(tab.url)
        drop = """() => { const data = new DataTransfer();
            data.items.add(new File(["platform,handle,followers\\ninstagram,@ann,10\\ninstagram,@ben,20\\n"], "people.csv"));
            for (const kind of ["dragenter", "dragover", "drop"])
                document.querySelector("h1").dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true })); }"""
        tab.evaluate(drop)
        tab.get_by_role("heading", name="That is in").wait_for()
        other.reload()
        other.get_by_role("heading", name="2 people read. What do you want to do?").wait_for()
        assert tab.complaints == []
    finally:
        served.stop()


def test_killed_in_mid_import_nothing_is_half_there_and_the_page_says_so(chromium: Any, tmp_path: Path) -> None:
    served = Served(tmp_path / "w")
    rows = "".join(
        f"instagram,p{n},user{n % 500},text number {n} about bread,2026-01-0{1 + n % 9},{n % 90}\n"
        for n in range(400_000)
    )
    (tmp_path / "posts.csv").write_text("platform,id,author,text,created_at,likes\n" + rows)
    try:
        tab = tab_of(chromium, served)
        tab.set_input_files("#files", str(tmp_path / "posts.csv"))
        tab.get_by_text("rows so far").wait_for()
        served.stop()
        served.start()
        again = tab_of(chromium, served)
        assert "was interrupted; nothing of it is visible yet" in again.locator("main").inner_text()
        again.get_by_role("link", name="posts.csv").click()
        again.get_by_role("button", name="Read again").click()
        again.get_by_text("400,000 rows were read").wait_for(timeout=120_000)
    finally:
        served.stop()
