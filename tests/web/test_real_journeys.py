"""The three journeys on files as they really lie about, by mouse or by keyboard only, on a telephone and on a desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from windows import NARROW, WIDE, Served, fits, settled, tab_of

pytestmark = pytest.mark.slow
SIZES = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
OVER = "() => document.querySelector('#progress')?.dataset.over === 'yes'"


def brought(chromium: Any, folder: Path, *files: Path) -> Served:
    """The program at a workspace into which these files were dropped."""
    for file in files:
        if not file.is_file():
            pytest.skip(f"no {file.name} in the real data")
    served = Served(folder)
    tab = tab_of(chromium, served)
    tab.set_input_files("#files", [str(file) for file in files])
    tab.wait_for_url("**/arriving?**", timeout=120_000)
    tab.wait_for_function(OVER, timeout=240_000)
    said = tab.locator("main").inner_text()
    tab.context.close()
    assert "Not read" not in said
    return served


@pytest.fixture(scope="module")
def marketer(chromium: Any, data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A marketer's workspace: a table of accounts that somebody downloaded."""
    file = data_folder / "jubins_twitter_bots" / "nonbots_data.csv"
    served = brought(chromium, tmp_path_factory.mktemp("marketer") / "w", file)
    yield served
    served.stop()


@pytest.fixture(scope="module")
def educator(chromium: Any, data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An educator's workspace: posts from Bluesky."""
    file = data_folder / "bluesky_keegan" / "snowball_posts.parquet"
    served = brought(chromium, tmp_path_factory.mktemp("educator") / "w", file)
    yield served
    served.stop()


@pytest.fixture(scope="module")
def company(chromium: Any, data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A company's workspace: threads of tweets."""
    file = data_folder / "rumoureval_threads" / "tweets.csv"
    served = brought(chromium, tmp_path_factory.mktemp("company") / "w", file)
    yield served
    served.stop()


def reach(tab: Any, name: str) -> None:
    """Go on with the Tab key until something of that name has the focus."""
    for _ in range(120):
        tab.keyboard.press("Tab")
        here = "() => { const one = document.activeElement; return (one.innerText || one.labels?.[0]?.innerText || '').trim() }"
        if name in tab.evaluate(here):
            return
    raise AssertionError(f"{name} is not reached by keyboard")


@SIZES
def test_a_marketer_without_posts_hears_what_is_missing(chromium: Any, marketer: Served, size: dict[str, int]) -> None:
    tab = tab_of(chromium, marketer, size)
    settled(tab, marketer.home)
    assert "until a file of posts comes" in tab.locator("main").inner_text()
    reach(tab, "Whom should I work with?")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/marketer")
    reach(tab, "Review my sheet")
    tab.keyboard.press("Enter")
    tab.get_by_text("no list of yours").wait_for()
    tab.get_by_role("link", name="rank everybody for a brief").click()
    tab.get_by_label("Your brand").fill("Oat & Co")
    tab.get_by_role("button", name="Show the shortlist").click()
    tab.get_by_role("heading", name="Shortlist for Oat & Co").wait_for()
    assert "could not be checked" in tab.locator("main").inner_text()
    assert fits(tab)
    assert tab.complaints == []
    tab.context.close()


@SIZES
def test_an_educator_is_coached_by_keyboard_alone(chromium: Any, educator: Served, size: dict[str, int]) -> None:
    tab = tab_of(chromium, educator, size)
    settled(tab, educator.home)
    reach(tab, "How am I doing, what next?")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/coach")
    reach(tab, "Your handle or name")
    tab.keyboard.type("nytopinion")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**q=nytopinion")
    reach(tab, "@nytopinion")
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name="What you stand for").wait_for(timeout=120_000)
    assert fits(tab)
    reach(tab, "Signed by")
    tab.keyboard.type("Ann")
    reach(tab, "One page (HTML)")
    with tab.expect_download() as download:
        tab.keyboard.press("Enter")
    assert b"nytopinion" in Path(download.value.path()).read_bytes()
    assert tab.complaints == []
    tab.context.close()


@SIZES
def test_a_company_counts_by_keyboard_and_two_tabs_do_not_mix(
    chromium: Any, company: Served, size: dict[str, int]
) -> None:
    tab = tab_of(chromium, company, size)
    other = tab.context.new_page()
    settled(tab, f"{company.home}/census")
    settled(other, f"{company.home}/census")
    for page, name in ((tab, "Germanwings"), (other, "Ferguson")):
        page.bring_to_front()
        reach(page, "Company")
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Everybody, unpaid mentions first").wait_for(timeout=120_000)
        assert fits(page)
    for page, name in ((tab, "Germanwings"), (other, "Ferguson")):
        assert f"name {name}" in page.locator("main").inner_text()
        page.go_back()
        assert page.get_by_label("Company", exact=True).input_value() in ("", name)
        page.go_forward()
        assert page.get_by_label("Company", exact=True).input_value() == name
    tab.context.close()


def test_an_upload_that_is_broken_off_leaves_nothing(chromium: Any, tmp_path: Path) -> None:
    served = Served(tmp_path / "w")
    try:
        tab = tab_of(chromium, served)
        large = tmp_path / "large.csv"
        large.write_bytes(b"handle,followers\n" + b"@ann,10\n" * 3_000_000)
        slow = tab.context.new_cdp_session(tab)
        slow.send("Network.enable")
        slow.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 2_000_000},
        )
        tab.set_input_files("#files", str(large))
        tab.wait_for_function("() => document.querySelector('.sending').value > 0.02")
        tab.close()
        again = tab_of(chromium, served)
        for _ in range(40):
            if not list((tmp_path / "w" / "incoming").glob("*")):
                break
            again.wait_for_timeout(250)
        assert not list((tmp_path / "w" / "incoming").glob("*"))
        settled(again, served.home)
        assert again.locator(".note").count() == 0
        assert again.get_by_role("button", name="Try it on a made-up community").is_visible()
    finally:
        served.stop()
