"""Every page by axe, in light and in dark, on a telephone and on a desk: no violation of WCAG 2.2 A and AA.

axe runs by `page.evaluate`, which the pages' strict Content-Security-Policy does not concern; nothing is switched off for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from test_pages import ALONE, ASKED, about
from windows import Served, fits, settled, tab_of

pytestmark = pytest.mark.slow
SIZES = {"telephone": {"width": 360, "height": 780}, "desk": {"width": 1440, "height": 900}}
WCAG = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
OPENED = """() => {
    for (const one of document.querySelectorAll("details")) one.open = true;
    for (const one of document.querySelectorAll(".person")) one.style.contentVisibility = "visible";
    // asked about at once, a colour that is on its way to another theme would be judged half-way
    for (const one of document.querySelectorAll("*")) one.style.transition = "none";
}"""
"""What is folded away is judged too."""
IN_THE_DARK = ["color-contrast", "link-in-text-block"]
"""The rules that colours can break."""


@pytest.fixture(scope="module")
def axe() -> Any:
    """The judge."""
    return pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()


def complaints(axe: Any, tab: Any, **only: Any) -> Iterator[str]:
    """What axe says, in a line each."""
    options = only or {"runOnly": {"type": "tag", "values": WCAG}}
    for one in axe.run(tab, options={"resultTypes": ["violations"], **options}).response["violations"]:
        for node in one["nodes"][:3]:
            said = [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
            yield f"{one['id']}: {node['html'][:160]} {said[:1]}"


def judged(axe: Any, tab: Any) -> list[str]:
    """What axe says of the page in light and in dark."""
    tab.emulate_media(color_scheme="light")
    tab.evaluate(OPENED)
    found = [f"light {one}" for one in complaints(axe, tab)]
    tab.emulate_media(color_scheme="dark")
    return found + [f"dark {one}" for one in complaints(axe, tab, runOnly={"type": "rule", "values": IN_THE_DARK})]


def addresses_of(tab: Any, served: Served) -> list[str]:
    """Every page, with something on it."""
    settled(tab, f"{served.home}/people?sort=posts_per_week&order=high")
    somebody = str(tab.locator(".people tbody a").first.get_attribute("href")).partition("account=")[2]
    wrong = ["/person?account=nobody", "/nothing", "/shortlist"]
    asked = [f"{one}&limit=8" if one.startswith("/shortlist?") else one for one in ASKED]
    return [*ALONE, *asked, *about(somebody), *wrong]


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_every_page_is_there_for_everybody(chromium: Any, demo: Served, axe: Any, size: dict[str, int]) -> None:
    tab = tab_of(chromium, demo, size)
    found: list[str] = []
    for address in addresses_of(tab, demo):
        settled(tab, demo.home + address)
        found += [f"{address}: {one}" for one in judged(axe, tab)]
        if not fits(tab):
            found.append(f"{address}: wider than the window")
    tab.context.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_an_empty_workspace_and_its_questions_are_there_for_everybody(
    chromium: Any, axe: Any, size: dict[str, int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    served = Served(tmp_path_factory.mktemp("empty") / "w")
    try:
        tab = tab_of(chromium, served, size)
        found: list[str] = []
        for address in ALONE:
            settled(tab, served.home + address)
            found += [f"{address}: {one}" for one in judged(axe, tab)]
        for name, content in (
            ("odd.csv", b"Wer,Wieviele,Was\n@ann,10,Brot\n@ben,20,Hafer\n"),
            ("people.csv", b"handle,followers\n@ann,10\n@ben,many\n"),
            ("broken.xlsx", b"this is no workbook"),
        ):
            tab.goto(served.home)
            tab.set_input_files("#files", {"name": name, "mimeType": "text/csv", "buffer": content})
            tab.wait_for_url("**/arriving?**")
            tab.wait_for_function("() => document.querySelector('#progress')?.dataset.over === 'yes'")
            found += [f"{name}: {one}" for one in judged(axe, tab)]
        assert not found, "\n".join(found)
    finally:
        served.stop()


def test_the_judge_sees_what_is_wrong(chromium: Any, axe: Any, demo: Served) -> None:
    tab = tab_of(chromium, demo)
    tab.evaluate("() => { document.documentElement.removeAttribute('lang'); }")
    tab.evaluate("() => { document.querySelector('h1').style.color = 'var(--line)'; }")
    found = judged(axe, tab)
    tab.context.close()
    assert any("html-has-lang" in one for one in found)
    assert any(one.startswith("dark color-contrast") for one in found)
