"""The three journeys on files as they really lie about, with a keyboard and no mouse, on a telephone and on a desk."""

from __future__ import annotations

from collections.abc import Iterator
from csv import DictReader
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from browsing import Hands
from openpyxl import load_workbook
from windows import NARROW, WIDE, Served, fits, settled, tab_of

pytestmark = pytest.mark.slow
SIZES = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
OVER = "() => document.querySelector('#progress')?.dataset.over === 'yes'"


def brought(chromium: Any, folder: Path, *files: Path) -> Served:
    """The program at a workspace into which these files were brought, chosen by keyboard."""
    for file in files:
        if not file.is_file():
            pytest.skip(f"no {file.name} in the real data")
    served = Served(folder)
    tab = tab_of(chromium, served)
    tab.on("filechooser", lambda chooser: chooser.set_files([str(file) for file in files]))
    hands = Hands(tab)
    hands.reach("Drop files anywhere")
    hands.keys.press("Enter")
    tab.wait_for_url("**/arriving?**", timeout=120_000)
    tab.wait_for_function(OVER, timeout=240_000)
    said = tab.locator("main").inner_text()
    tab.context.close()
    assert "Not read" not in said
    return served


def accounts(data_folder: Path) -> Path:
    """A table of accounts that somebody downloaded."""
    return data_folder / "jubins_twitter_bots" / "nonbots_data.csv"


@pytest.fixture(scope="module")
def marketer(chromium: Any, data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A marketer's workspace: accounts, no list, no posts."""
    served = brought(chromium, tmp_path_factory.mktemp("marketer") / "w", accounts(data_folder))
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


def sheet_of(workbook: bytes, name: str) -> list[dict[str, Any]]:
    """What stands in one sheet of a workbook."""
    header, *rest = load_workbook(BytesIO(workbook))[name].iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rest]


@SIZES
def test_a_marketer_without_posts_hears_what_is_missing_and_takes_a_shortlist(
    chromium: Any, marketer: Served, size: dict[str, int]
) -> None:
    tab = tab_of(chromium, marketer, size)
    settled(tab, marketer.home)
    hands = Hands(tab)
    assert "until a file of posts comes" in tab.locator("main").inner_text()
    hands.go("Whom should I work with?", "/marketer")
    hands.go("Review my sheet", "/sheet")
    assert "no list of yours" in tab.locator("main").inner_text()
    hands.go("rank everybody for a brief", "/brief")
    hands.write("Your brand", "Oat & Co")
    hands.go("Show the shortlist", "/shortlist")
    said = tab.locator("main").inner_text()
    taken = hands.save("Excel")
    assert "No account fits" in said
    assert sheet_of(taken, "Shortlist") == [], "without posts nobody is known to fit"
    unchecked = sheet_of(taken, "Not checked")
    assert "they are listed apart" in said
    assert unchecked
    assert all(row["Handle"] in said for row in unchecked)
    assert fits(tab)
    assert tab.complaints == []
    tab.context.close()


@SIZES
def test_a_marketer_with_posts_takes_a_shortlist_with_reasons(
    chromium: Any, educator: Served, size: dict[str, int]
) -> None:
    tab = tab_of(chromium, educator, size)
    settled(tab, educator.home)
    hands = Hands(tab)
    hands.go("Whom should I work with?", "/marketer")
    hands.go("Rank people for a brief", "/brief")
    hands.write("Your brand", "Oat & Co")
    hands.reach("Field geek")
    hands.pick("Everyday voice")
    hands.go("Show the shortlist", "/shortlist")
    said = tab.locator("main").inner_text()
    listed = sheet_of(hands.save("Excel"), "Shortlist")
    assert f"{len(listed)} accounts fit" in said
    assert all(row["Handle"] in said for row in listed)
    assert listed[0]["Why"]
    assert fits(tab)
    assert tab.complaints == []
    tab.context.close()


@SIZES
def test_a_marketer_types_a_list_and_takes_the_sheet_back(
    chromium: Any, data_folder: Path, tmp_path: Path, size: dict[str, int]
) -> None:
    served = brought(chromium, tmp_path / "w", accounts(data_folder))
    with accounts(data_folder).open(encoding="utf-8", errors="replace", newline="") as file:
        known = {
            row["screen_name"].lower(): int(row["followers_count"])
            for row, _ in zip(DictReader(file), range(4), strict=False)
        }
    try:
        tab = tab_of(chromium, served, size)
        settled(tab, served.home)
        hands = Hands(tab)
        hands.open("Or paste handles")
        hands.write("Handles or profile addresses", "\n".join(f"@{handle}" for handle in known))
        hands.choose("Handles without an address", "X (Twitter)")
        hands.reach("Read it")
        hands.keys.press("Enter")
        tab.wait_for_url("**/arriving?**")
        tab.wait_for_function(OVER)
        hands.go("What do you want to do?", "/")
        hands.go("For a brand", "/marketer")
        hands.go("Review my sheet", "/sheet")
        assert "Your sheet, reviewed" in tab.locator("main").inner_text()
        assert fits(tab)
        back = sheet_of(hands.save("Excel"), "Your sheet, reviewed")
        assert [row["handle"] for row in back] == [f"@{handle}" for handle in known]
        assert {row["handle"][1:]: row["Groundswell: followers"] for row in back} == known
        assert all("how much its audience does" in row["Groundswell: not known yet"] for row in back)
        assert tab.complaints == []
    finally:
        served.stop()


@SIZES
def test_an_educator_is_coached_by_keyboard_alone(chromium: Any, educator: Served, size: dict[str, int]) -> None:
    tab = tab_of(chromium, educator, size)
    settled(tab, educator.home)
    hands = Hands(tab)
    hands.go("How am I doing, what next?", "/coach")
    hands.write("Your handle or name", "nytopinion")
    hands.keys.press("Enter")
    tab.wait_for_url("**q=nytopinion")
    hands.go("@nytopinion", "/coach")
    tab.get_by_role("heading", name="What you stand for").wait_for(timeout=120_000)
    assert fits(tab)
    hands.write("Signed by", "Ann")
    assert b"nytopinion" in hands.save("Kit for a brand (HTML)")
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
        hands = Hands(page)
        hands.write("Company", name)
        hands.keys.press("Enter")
        page.get_by_role("heading", name="Everybody, unpaid mentions first").wait_for(timeout=120_000)
        assert fits(page)
        assert name.encode() in hands.save("CSV")
    for page, name in ((tab, "Germanwings"), (other, "Ferguson")):
        assert f"name {name}" in page.locator("main").inner_text()
        page.go_back()
        assert page.get_by_label("Company", exact=True).input_value() in ("", name)
        page.go_forward()
        assert page.get_by_label("Company", exact=True).input_value() == name
    assert tab.complaints == []
    tab.context.close()


@SIZES
def test_a_marketer_goes_by_mouse_from_a_table_to_a_shortlist(
    chromium: Any, marketer: Served, size: dict[str, int]
) -> None:
    tab = tab_of(chromium, marketer, size)
    settled(tab, marketer.home)
    tab.get_by_role("link", name="Whom should I work with?").click()
    tab.get_by_role("link", name="Review my sheet").click()
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
def test_an_educator_goes_by_mouse_from_a_name_to_a_kit(chromium: Any, educator: Served, size: dict[str, int]) -> None:
    tab = tab_of(chromium, educator, size)
    settled(tab, educator.home)
    tab.get_by_role("link", name="How am I doing, what next?").click()
    tab.get_by_label("Your handle or name").fill("nytopinion")
    tab.get_by_label("Your handle or name").press("Enter")
    tab.wait_for_url("**q=nytopinion")
    tab.get_by_role("link", name="@nytopinion").first.click()
    tab.get_by_role("heading", name="What you stand for").wait_for(timeout=120_000)
    assert fits(tab)
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Report for you (HTML)").click()
    assert b"nytopinion" in Path(download.value.path()).read_bytes()
    assert tab.complaints == []
    tab.context.close()


@SIZES
def test_a_company_goes_by_mouse_from_its_name_to_who_speaks_of_it(
    chromium: Any, company: Served, size: dict[str, int]
) -> None:
    tab = tab_of(chromium, company, size)
    settled(tab, company.home)
    tab.get_by_role("link", name="Who of us could speak?").click()
    tab.get_by_role("link", name="Everybody who mentions us").click()
    tab.get_by_label("Company", exact=True).fill("Germanwings")
    tab.locator("main form button[type=submit], main form button:not([type])").first.click()
    tab.get_by_role("heading", name="Everybody, unpaid mentions first").wait_for(timeout=120_000)
    assert "name Germanwings" in tab.locator("main").inner_text()
    assert fits(tab)
    assert tab.complaints == []
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
