"""The three journeys in a real browser, by mouse and by keyboard, wide and narrow; two tabs, the back button, and no script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from windows import NARROW, WIDE, Served, fits, tab_of

pytestmark = pytest.mark.slow


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
    # So many that they are still being read when the page is there.
    rows = "".join(
        f"instagram,p{n},user{n % 500},text number {n} about bread,2026-01-0{1 + n % 9},{n % 90}\n"
        for n in range(1_500_000)
    )
    (tmp_path / "posts.csv").write_text("platform,id,author,text,created_at,likes\n" + rows)
    try:
        tab = tab_of(chromium, served)
        tab.set_input_files("#files", str(tmp_path / "posts.csv"))
        tab.get_by_text("rows so far").wait_for()
        # An answer that breaks off half way, which a kill brings about only now and then.
        tab.evaluate("""() => { const whole = Response.prototype.text; window.torn = 0;
            Response.prototype.text = function () {
                Response.prototype.text = whole; window.torn += 1; return Promise.reject(new TypeError("network error")); }; }""")
        tab.wait_for_function("() => window.torn === 1")
        served.stop()
        tab.wait_for_timeout(2_000)
        served.start()
        tab.get_by_text("The program ended while this was being read.").wait_for(timeout=60_000)
        tab.goto(served.home)
        said = tab.locator("main").inner_text()
        assert "was interrupted; nothing of it is visible yet" in said, "the same browser needs no new link"
        assert "people read" not in said
        tab.get_by_role("link", name="posts.csv").click()
        tab.get_by_role("button", name="Read again").click()
        tab.get_by_text("1,500,000 rows were read").wait_for(timeout=240_000)
    finally:
        served.stop()
