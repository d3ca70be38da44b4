"""A made-up shortlist for the exports: a few people, one of them unknown in half of what is asked."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from groundswell.discover import Brief, Evidence, GateResult, Match, Persona, Shortlist, Term
from groundswell.signals.values import Value

TITLES = {
    "followers": ("Followers", "count"),
    "like_rate": ("Like rate", "share"),
    "posts_per_week": ("Posts per week", "per_week"),
    "longest_silence": ("Longest silence", "days"),
    "reply_latency": ("Time to answer", "hours"),
    "topic_focus": ("Topic focus", "score"),
    "following_ratio": ("Following to followers", "ratio"),
    "language": ("Language", "share"),
    "sponsored_share": ("Sponsored share", "share"),
    "reply_rate": ("Reply rate", "share"),
}
TIERS = (("nano", 1_000.0), ("micro", 10_000.0), ("macro", 100_000.0))
NAMES = ("Ann Oatley", "Benedikt Mühlenbach-Hirschgartner", "Chidi", "Dörte", "Émile Zôla", "Фёдор", "後藤", "Grace")


def make_match(number: int) -> Match:
    """A person whose numbers follow from `number`; every third one is silent about replies and language."""
    share = (number * 37 % 100) / 100
    known = number % 3 != 1
    terms = (
        Term("kinship", "Speaks of the sector", 30 * share, 30.0, "A third of own posts speak of vegan food."),
        Term(
            "like_rate",
            "Engagement for the size",
            20 * (1 - share),
            20.0,
            "A typical post moves more followers than 83% of peers.",
        ),
        Term("rhythm", "Keeps a rhythm", 9.25, 15.0, "Posts 3.4 times a week, never silent for more than 12 days."),
        Term(
            "replies",
            "Answers the community",
            11.5 if known else None,
            20.0,
            "Answers 41% of the comments." if known else "Not known.",
        ),
        Term("honesty", "Speaks unpaid of what they like", 12.0 - 3 * share, 15.0, "1 of 40 posts is sponsored."),
    )
    score = sum(term.points or 0.0 for term in terms)
    values = {
        "followers": Value("followers", float(800 * (number % 40 + 1) ** 1.4 // 1), n=1),
        "like_rate": Value("like_rate", 0.02 + 0.05 * share, 0.015 + 0.045 * share, 0.03 + 0.06 * share, 48),
        "posts_per_week": Value("posts_per_week", 3.4 + share, 2.1, 5.0, 48),
        "longest_silence": Value("longest_silence", 12.0 + number % 7, n=48),
        "reply_latency": Value("reply_latency", 5.25, 3.0, 9.5, 12)
        if known
        else Value("reply_latency", reason="too_few", n=2),
        "topic_focus": Value("topic_focus", 0.4 + share / 2, 0.35, 0.95, 48),
        "following_ratio": Value("following_ratio", 0.31, n=1),
        "language": Value("language", 0.93, n=48, label="German") if known else Value("language", reason="too_few"),
        "sponsored_share": Value("sponsored_share", 0.025, 0.004, 0.11, 40),
        "reply_rate": Value("reply_rate", 0.41, 0.3, 0.53, 60) if known else Value("reply_rate", reason="hidden"),
    }
    evidence = tuple(
        Evidence(
            f"instagram:{number}{post}",
            "Oat milk brioche, third attempt: the crumb is finally soft. Recipe in the comments, ask me anything about proofing! "
            * 2,
            datetime(2026, 5, 3 + post, 8, 30, tzinfo=UTC),
            f"https://www.instagram.com/p/C{number}{post}/",
            "kinship",
            likes=240 + post,
            replies=None if post == 1 else 31,
        )
        for post in range(3)
    )
    months = tuple(
        (date(2024 + month // 12, month % 12 + 1, 1), 4 + (month * 7 + number) % 13)
        for month in range(24)
        if month != 9
    )
    name = NAMES[number % len(NAMES)]
    handle = f"baker_{number}"
    return Match(
        rank=number + 1,
        account=f"instagram:{number}",
        platform="instagram",
        handle=handle,
        name=name,
        bio="Bakes vegan bread in a poorly lit kitchen. Sourdough, oats, opinions.",
        url=f"https://www.instagram.com/{handle}/",
        score=score,
        score_most=score + (0 if known else 20.0),
        terms=terms,
        values=values,
        sentences=(
            "31% of own posts speak of vegan food, and none of those was paid for.",
            "A typical post moves 4.1% of followers (48 posts read), more than 83% of peers of the same size.",
            "Answers 41% of the comments, usually within 5 hours."
            if known
            else "Whether comments are answered is not known: replies are hidden.",
        ),
        evidence=evidence,
        posts_by_month=months,
        topics=(
            ("vegan baking, sourdough", 0.48),
            ("kitchen tools", 0.21),
            ("cycling with children in the city of Graz", 0.12),
            ("politics", 0.05),
        ),
    )


def ranked(people: int) -> tuple[Match, ...]:
    """So many matches, best first, ties by id."""
    best_first = sorted(
        (make_match(number) for number in range(people)), key=lambda match: (-match.score, match.account)
    )
    return tuple(replace(match, rank=rank) for rank, match in enumerate(best_first, 1))


def make_shortlist(people: int = 8, **changes: Any) -> Shortlist:
    """A shortlist of `people` matches; `changes` replace its fields."""
    population = 4812
    unchecked = tuple(
        replace(
            make_match(900 + n),
            unchecked=("sector_share",),
            values={"sector_share": Value("sector_share", reason="too_few", n=3)},
        )
        for n in range(3)
    )
    context = tuple(
        (
            f"instagram:{n}",
            10 ** (2.4 + 3.2 * (n * 0.618 % 1)),
            0.09 * (n * 0.414 % 1) ** 2 * math.exp(-2 * (n * 0.618 % 1)) + 0.002,
        )
        for n in range(2000)
    )
    shortlist = Shortlist(
        brief=Brief(
            brand="Oat & Co",
            definition="field_geek@1",
            objective={"metric": "conversions", "target": 200, "by": date(2027, 3, 1)},
            budget={"amount_minor": 500_000, "currency": "EUR"},
            personas=(
                Persona("bakes vegan bread", 3.0),
                Persona("talks to people, not at them", must=True),
                Persona("sells slimming pills", never=True),
            ),
            segments={"sector": ("vegan food",), "country": ("DE", "AT"), "channel": ("instagram", "blog")},
            exclude=("instagram:@rival",),
        ),
        definition="field_geek@1",
        definition_title="Field geek",
        definition_says="“They are passionate about a specific field.” Micro Influencers: Less is More (2016)",
        matches=ranked(people),
        unchecked=unchecked,
        gates=(
            GateResult("language", "Writes in German or English", population, 1210, 96),
            GateResult("band", "Between 500 and 50,000 followers", 3506, 2204, 12),
            GateResult("sector_share", "At least 15% of own posts are about vegan food (lower bound)", 1290, 1180, 3),
            GateResult("unpaid", "At least three unpaid posts about it", 107, 107 - people if people < 107 else 0, 0),
        ),
        population=population,
        fitting=people,
        notes=("Likes of 212 accounts are hidden.",),
        simulated=True,
        made_at=datetime(2026, 6, 1, 9, 30, tzinfo=UTC) + timedelta(seconds=12),
        facts_version="f-18",
        fits={"topics": "topics-3"},
        context=context,
    )
    made = replace(shortlist, **changes)
    return replace(made, made_up=tuple(one.account for one in made.matches)) if made.simulated else made


@pytest.fixture
def shortlist_of() -> Callable[..., Shortlist]:
    """Make a shortlist of so many people, with fields replaced."""
    return make_shortlist


@pytest.fixture
def titles() -> dict[str, tuple[str, str]]:
    """Titles and units of the made-up signals."""
    return dict(TITLES)
