"""The page is one file that fetches nothing, runs nothing, and says what is unknown."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from groundswell.discover import Evidence, GateResult, Persona, Shortlist
from groundswell.exports import export_shortlist
from groundswell.exports.page import ASKED_WITH_BRIEF, IN_FULL, shortlist_page
from groundswell.exports.wording import signal_titles, title_of
from groundswell.signals import SIGNALS
from groundswell.signals.questions import asks, by_question
from groundswell.signals.values import Value

Make = Callable[..., Shortlist]
EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'{{7*7}}</style></svg>"
VOID = {"meta", "br", "img", "hr", "link", "input"}


class Page(HTMLParser):
    """Collects tags, attributes and text, and notes every tag that is closed out of turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words += data + "\n"


def evil(shortlist: Shortlist) -> Shortlist:
    """The shortlist with hostile text in every place that a stranger or a file can fill."""
    first = shortlist.matches[0]
    match = replace(
        first, handle=EVIL, name=EVIL, bio=EVIL, platform=EVIL, url="javascript:alert(1)", sentences=(EVIL,), topics=((EVIL, 0.5),),
        terms=tuple(replace(term, title=EVIL, sentence=EVIL) for term in first.terms),
        values={**first.values, EVIL: Value(EVIL, 1.0, label=EVIL), "x": Value("x", reason=EVIL)},
        evidence=(Evidence(EVIL, EVIL, None, "data:text/html,<script>alert(1)</script>", EVIL),), unchecked=(EVIL,),
    )  # fmt: skip
    brief = replace(
        shortlist.brief, brand=EVIL, objective={EVIL: EVIL}, budget={"amount_minor": 1, "currency": EVIL}, personas=(Persona(EVIL),), segments={EVIL: (EVIL,)}, exclude=(EVIL,)
    )  # fmt: skip
    return replace(
        shortlist, brief=brief, definition=EVIL, definition_title=EVIL, definition_says=EVIL, matches=(match,), unchecked=(match,),
        gates=(GateResult(EVIL, EVIL, 4, 2, 1),), notes=(EVIL,), facts_version=EVIL, fits={EVIL: EVIL},
    )  # fmt: skip


def test_the_page_fetches_nothing_and_runs_nothing(shortlist_of: Make, titles: Any) -> None:
    page = Page(shortlist_page(shortlist_of(4), titles=titles))
    assert {"script", "link", "img", "iframe", "object", "form", "base"}.isdisjoint(tag for tag, _ in page.tags)
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") or name in ("src", "srcset", "style") for name in attributes), (
            tag,
            attributes,
        )
        address = attributes.get("href") or ""
        if not address.startswith("#"):
            assert tag == "a" or not address
            assert not address or (address.startswith("https://") and attributes["rel"] == "noopener noreferrer")
    policy = next(a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")


def test_no_style_points_outside(shortlist_of: Make, titles: Any) -> None:
    style = re.search(r"<style>(.*?)</style>", shortlist_page(shortlist_of(1), titles=titles), re.DOTALL)
    assert style
    assert re.findall(r"url\([^#]|@import|https?:", style[1]) == []


def test_tags_close_in_turn_and_ids_are_unique(shortlist_of: Make, titles: Any) -> None:
    page = Page(shortlist_page(shortlist_of(6), titles=titles, tiers=[("micro", 10_000.0)]))
    assert (page.wrong, page.open) == ([], [])
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {
        (attributes["href"] or "")[1:] for _, attributes in page.tags if (attributes.get("href") or "").startswith("#")
    }
    assert targets <= set(ids)


def test_hostile_text_stays_text(shortlist_of: Make) -> None:
    text = shortlist_page(evil(shortlist_of(1)), titles={EVIL: (EVIL, "share")}, tiers=[(EVIL, 10_000.0)])
    page = Page(text)
    assert "script" not in {tag for tag, _ in page.tags}
    assert "img" not in {tag for tag, _ in page.tags}
    assert (page.wrong, page.open) == ([], [])
    assert text.count("</style>") == 1
    assert "{{7*7}}" in page.words
    assert not any((a.get("href") or "").startswith(("javascript", "data")) for _, a in page.tags)
    assert "javascript:alert(1)" in page.words


def test_simulated_is_said_in_banner_title_and_at_every_person(shortlist_of: Make, titles: Any) -> None:
    text = shortlist_page(shortlist_of(3), titles=titles)
    assert "<title>SIMULATED: " in text
    assert 'class="banner"' in text
    assert text.count(">simulated</span>") == 3


def test_what_is_real_is_not_called_simulated(shortlist_of: Make, titles: Any) -> None:
    assert "simulated" not in shortlist_page(shortlist_of(3, simulated=False), titles=titles).lower()


def test_unknown_is_said_with_its_reason(shortlist_of: Make, titles: Any) -> None:
    words = Page(shortlist_page(shortlist_of(3), titles=titles)).words
    assert "unknown: the account or platform hides it" in words
    assert "unknown, up to +20.0" in words


def test_a_person_without_size_has_no_picture_but_a_reason(shortlist_of: Make, titles: Any) -> None:
    shortlist = shortlist_of(1)
    hidden = replace(
        shortlist.matches[0],
        account="instagram:hidden",
        values={"followers": Value("followers", reason="hidden")},
        topics=(),
        posts_by_month=(),
    )
    words = Page(shortlist_page(replace(shortlist, matches=(hidden,)), titles=titles)).words
    assert "Not drawn: followers unknown: the account or platform hides it" in words
    assert "Unknown: no dated posts in the data." in words


def test_an_empty_shortlist_says_what_discover_found_to_be_the_reason(shortlist_of: Make, titles: Any) -> None:
    why = "Nobody passed every condition: without “declared country is XX” 12 would fit."
    words = Page(shortlist_page(shortlist_of(0, empty_because=why), titles=titles)).words
    assert "Nobody fits." in words
    assert why in words


def test_those_who_could_not_be_checked_are_listed_with_the_reason(shortlist_of: Make, titles: Any) -> None:
    words = Page(shortlist_page(shortlist_of(2), titles=titles)).words
    assert "Could not be checked" in words
    assert "@baker_901" in words
    assert "unknown: too few rows to say" in words


def test_five_hundred_people_make_a_file_that_a_mail_can_carry(shortlist_of: Make, titles: Any, tmp_path: Path) -> None:
    shortlist = shortlist_of(500)
    more = {f"further_signal_{n}": Value(f"further_signal_{n}", 0.25, 0.2, 0.3, 40) for n in range(11)}
    people = tuple(replace(match, values=match.values | more) for match in shortlist.matches)
    shortlist = replace(shortlist, matches=people)
    path = export_shortlist(shortlist, tmp_path / "list.html", titles=titles, tiers=[("micro", 10_000.0)])
    assert path.stat().st_size < 3_000_000
    text = path.read_text("utf-8")
    assert text.count('class="person"') == 500
    assert f"From number {IN_FULL + 1} on" in text
    assert text.count('class="do"') == 1, "the crowd is drawn once and used 500 times"


def test_titles_and_units_come_from_the_signal_registry(shortlist_of: Make) -> None:
    assert "Likes per follower, typical</th>" in shortlist_page(shortlist_of(1))


@pytest.mark.parametrize("name", ["title", "h1", "h2", "h3", "caption", "main"])
def test_the_page_has_what_a_screen_reader_needs(name: str, shortlist_of: Make, titles: Any) -> None:
    page = Page(shortlist_page(shortlist_of(2), titles=titles))
    assert name in {tag for tag, _ in page.tags}
    assert all("aria-label" in a or a.get("aria-hidden") == "true" for tag, a in page.tags if tag == "svg")


def test_every_number_stands_once_under_the_question_that_it_answers(shortlist_of: Make) -> None:
    shortlist = shortlist_of(people=1)
    words = [line.strip() for line in Page(shortlist_page(shortlist)).words.splitlines()]
    begin = words.index("All numbers and the posts behind them")
    asked = [one.strip() for one in words[begin:] if one.strip().endswith("?")]
    groups = by_question(name for name in shortlist.matches[0].values if name in SIGNALS)
    assert asked[: len(groups) + 1] == [ASKED_WITH_BRIEF, *(asks(question) for question in groups)]
    for name in shortlist.matches[0].values:
        assert words[begin:].count(title_of(name, signal_titles())) == 1, name
