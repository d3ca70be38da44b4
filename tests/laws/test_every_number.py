"""One golden case a signal: rows made by hand, and the number worked out another way. And the statistics behind the intervals."""

from __future__ import annotations

import ast
import itertools
import math
import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from building import SEEN, account, day, made, post, reply
from groundswell.signals import SIGNALS, Value
from groundswell.signals.arrays import Asked
from groundswell.signals.computing import compute, staged_query
from groundswell.signals.declaring import mean, median, share
from groundswell.signals.focus import topic_focus
from groundswell.signals.rhythm import burstiness, posts_per_week
from groundswell.signals.table import prepare
from groundswell.store.engine import MACROS

Node = TypeVar("Node", bound=ast.AST)

LIKES, REPLIES = [10, 20, 30, 40, 50, 60], [1, 0, 3, 2, 5, 4]
REACTIONS = [likes + replies for likes, replies in zip(LIKES, REPLIES, strict=True)]
DAYS = [0.0, 1.5, 2.0, 9.0, 9.5, 20.0, 21.0, 22.25, 30.0, 31.0, 40.0, 41.5]
HOURS: list[tuple[float, float | None]] = [(0, 1.0), (1, 2.5), (2, 4.0), (3, None), (4, 9.0), (5, 30.0), (6, None)]
"""When somebody commented, and after how many hours the author answered."""
COUNTS = {0: 500, 10: 560, 20: 600, 35: 640, 45: 760}
"""Day -> followers of somebody who grows."""
SOLD = [(20 * i, i == 2, 100 + i) for i in range(6)] + [(200 + 10 * i, i % 3 == 0, 60 + 5 * i) for i in range(8)]
"""Day, whether it was paid, likes."""
LIKED = [90, 110, 100, 95, 105, 120, 80, 135, 140, 90, 155, 110]
"""Likes of twelve posts, a week apart, of somebody who doubles her followers meanwhile and answers less."""
TOPICS = {"bread": 9, "garden": 3, "film": 2}
GOOD, BAD = "I love this wonderful kettle", "The handle is awful and it broke."
REVIEWS = (
    [f"I bought it. {GOOD}. {BAD}"] * 6
    + [f"#ad {GOOD}, the best kettle ever."] * 3
    + [f"#ad {GOOD}."]
    + [f"#gifted {GOOD}."] * 2
)
"""Six unpaid reviews with praise and a reservation each, six paid ones that praise; all in English."""
TALKS = [("Where is it from?", "Thanks, the link is fixed now.", True), ("Mine is broken", "Sorry!", True), ("Is it big?", "Thank you", False),
         ("Is it loud?", None, False), ("So nice", "Glad", False)]  # fmt: skip
"""What somebody commented, what the author answered, and whether the commenter came back."""
K = 8
"""Topics that the fit of the golden case knows."""


def rows() -> dict[str, list[dict[str, Any]]]:
    people = [
        account("rates", followers=1000, following=250, created_at=SEEN - timedelta(days=400), observed_at=SEEN),
        *(account(name, followers=100) for name in ("rhythm", "answers", "paid", "about", "own")),
    ]
    posts = [
        post("rates", i, kind="post", likes=likes, replies=replies, reposts=i, saves=1, views=likes * 20, reach=500,
             created_at=day(i))
        for i, (likes, replies) in enumerate(zip(LIKES, REPLIES, strict=True))
    ]  # fmt: skip
    posts += [
        post("rates", "young", kind="post", likes=9_000, replies=9_000, views=9_001, reach=9_001, created_at=SEEN - timedelta(hours=71)),
        post("rates", "passed on", kind="repost", likes=9_000, replies=9_000, views=9_001, reach=9_001, created_at=day(3)),
    ]  # fmt: skip
    posts += [post("rhythm", i, kind="post", created_at=day(when), observed_at=SEEN) for i, when in enumerate(DAYS)]
    said = [
        "#ad new pan",
        "sponsored by Pan & Co",
        "use my code PAN10",
        "plain",
        "plain again",
        "also plain",
        "and so on",
    ]
    posts += [post("paid", i, kind="post", text=text) for i, text in enumerate(said)]
    posts += [post("paid", "label", kind="post", text="nothing in words", paid_label=True)]
    posts += [
        post("about", f"{topic}{i}", kind="post", text=f"{topic} {i}", language="de" if i < 2 else "en")
        for topic, count in TOPICS.items() for i in range(count)
    ]  # fmt: skip
    people += [account("spike"), account("sparks"), account("sold")]
    posts += [
        post("sold", i, kind="post", text="#ad new" if sold else "plain", likes=likes, created_at=day(when), observed_at=day(400))
        for i, (when, sold, likes) in enumerate(SOLD)
    ]  # fmt: skip
    people.append(account("deals", followers=1000))
    posts += [
        post("deals", i, kind="post", paid_label=i >= 6, likes=10 * i, replies=1, created_at=day(i), observed_at=SEEN)
        for i in range(12)
    ]
    posts += [post("sparks", i, kind="post", created_at=day(10 * i)) for i in range(5)]
    people += [account("grows", followers=count, observed_at=day(when)) for when, count in COUNTS.items()]
    posts += [
        post("spike", i, kind="post", likes=10 + 90 * (i == 4), created_at=day(when), observed_at=SEEN)
        for i, when in enumerate(DAYS)
    ]  # fmt: skip
    strays = [*["bread"] * 8, *["garden"] * 2, "film", *["bread #ad"] * 2, *["film #ad"] * 3]
    people += [
        account("strays"),
        *(account("star", followers=1000 + 10 * when, observed_at=day(when)) for when in range(0, 101, 10)),
    ]
    posts += [post("strays", i, kind="post", text=f"{text} {i}") for i, text in enumerate(strays)]
    posts += [
        post("star", i, kind="post", likes=likes, created_at=day(7 * i + 5), observed_at=SEEN)
        for i, likes in enumerate(LIKED)
    ]
    kinds = ["post"] * 5 + ["quote"] * 2 + ["repost"] * 3 + ["reply"] * 4
    posts += [post("own", i, kind=kind) for i, kind in enumerate(kinds)]
    acts: list[dict[str, Any]] = []
    for i, (asked, after) in enumerate(HOURS):
        acts.append(reply(f"fan{i}", "answers", "answers-0", f"c{i}", day(0) + timedelta(hours=asked)))
        if after is not None:
            acts.append(reply("answers", f"fan{i}", f"c{i}", f"a{i}", day(0) + timedelta(hours=asked + after)))
    for i in range(12):
        acts.append(reply("fan0", "star", f"star-{i}", f"ask{i}", day(7 * i + 5.1)))
        if i < 6 or i in (7, 9):
            acts.append(reply("star", "fan0", f"ask{i}", f"said{i}", day(7 * i + 5.5)))
    posts += [post("reviews", i, kind="post", text=text, language="en") for i, text in enumerate(REVIEWS)]
    people += [account(name) for name in ("reviews", "talks", "talker")]
    people += [account(f"brand{i}", account_type="brand") for i in range(3)]
    acts += [
        {"actor": "x:reviews", "verb": "mention", "account": f"x:brand{i}", "via": f"x:reviews-{number}"}
        for i, number in enumerate((0, 1, 6))
    ]
    for i, (asked, answer, back) in enumerate(TALKS):
        posts.append(post("talker", i, text=asked, kind="reply"))
        acts.append(reply("talker", "talks", "talks-0", f"talker-{i}", day(i)))
        if answer:
            posts.append(post("talks", f"a{i}", text=answer, kind="reply"))
            acts.append(reply("talks", "talker", f"talker-{i}", f"talks-a{i}", day(i)))
        if back:
            acts.append(reply("talker", "talks", f"talks-a{i}", f"talker-b{i}", day(i)))
    acts += [reply("fan0", "sparks", f"sparks-{i}", f"s{i}", day(10 * i) + timedelta(hours=0.5)) for i in range(5)]
    acts.append(reply("answers", "answers", "answers-0", "own", day(2)))  # to itself: no comment by somebody else
    return {"account": people, "post": posts, "interaction": acts}


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Value]]:
    """Account -> signal -> value. Topics are given, not fitted: the first word of a text."""
    workspace = made(tmp_path_factory.mktemp("golden") / "w", rows())
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", None)
        names = list(TOPICS)
        engine.register("topic_names", pa.table({"topic": range(3), "name": names, "topics": [K] * 3}))
        engine.execute("CREATE TABLE texts AS SELECT DISTINCT text_hash, split_part(text, ' ', 1) AS name FROM posts")
        engine.execute(
            "CREATE OR REPLACE VIEW topic_of_text AS SELECT text_hash, topic FROM texts JOIN topic_names USING (name)"
        )
        table = compute(Asked(engine, workspace.fits)).to_pylist()
    return {row["account"]: {name: Value(signal=name, **row[name]) for name in SIGNALS} for row in table}


def wilson(hits: int, n: int) -> tuple[float, float, float, int]:
    found = stats.binomtest(hits, n).proportion_ci(0.90, method="wilson")
    return hits / n, found.low, found.high, n


def typical(values: Sequence[float]) -> tuple[float, float, float, int]:
    ordered = sorted(values)  # 6 values: the ranks of a 90 % interval are the first and the last
    return statistics.median(ordered), ordered[0], ordered[-1], len(ordered)


def average(values: Sequence[float]) -> tuple[float, float, float, int]:
    low, high = stats.t.interval(0.90, len(values) - 1, np.mean(values), stats.sem(values))
    return float(np.mean(values)), max(0.0, low), high, len(values)


def a_count(value: float) -> tuple[float, float, float, int]:
    return value, value, value, 1


def weeks() -> tuple[float, float, float, int]:
    """As many chances as the unevenness of the gaps leaves of the events."""
    events, span = len(DAYS) - 1, (DAYS[-1] - DAYS[0]) / 7
    uneven = float(np.var(GAPS, ddof=1) / np.mean(GAPS) ** 2)
    chances = events / uneven
    low, high = float(stats.chi2.ppf(0.05, 2 * chances)) / 2, float(stats.chi2.ppf(0.95, 2 * chances + 2)) / 2
    return events / span, low * uneven / span, high * uneven / span, len(DAYS)


def on_the_plateau() -> tuple[float, float, float, int]:
    """8 of 12: on the rising side; the interval reaches over the plateau."""
    share_, low, high, n = wilson(8, 12)
    curve = lambda x: max(0.0, min(1.0, (x - 0.4) / 0.3, (1 - x) / 0.07))  # noqa: E731
    return curve(share_), min(curve(low), curve(high)), 1.0, n


def paid_minus_unpaid() -> tuple[float, float, float, int]:
    """Newcombe's hybrid score interval: 6 of 6 against 3 of 6."""
    (paid, paid_low, paid_high, _), (free, free_low, free_high, _) = wilson(6, 6), wilson(3, 6)
    gap = paid - free
    return (
        gap,
        gap - math.hypot(paid - paid_low, free_high - free),
        gap + math.hypot(paid_high - paid, free - free_low),
        12,
    )


def corrected_burstiness(gaps: Sequence[float]) -> float:
    def plain(some: Sequence[float]) -> float:
        r = float(np.std(some) / np.mean(some))
        return (r - 1) / (r + 1)

    n, left_out = len(gaps), [plain([*gaps[:place], *gaps[place + 1 :]]) for place in range(len(gaps))]
    return n * plain(gaps) - (n - 1) * float(np.mean(left_out))


def kaplan_meier() -> tuple[float, None, None, int]:
    """Median waiting time; who was not answered waits until the author was last heard (its reply to itself, on day 2)."""
    waits = sorted((after if after is not None else 48.0 - asked, after is not None) for asked, after in HOURS)
    waiting = 1.0
    for place, (hours, answered) in enumerate(waits):
        waiting *= 1 - answered / (len(waits) - place)
        if waiting <= 0.5:
            return hours, None, None, len(waits)
    raise AssertionError("fewer than half were answered")


def entropy_focus() -> tuple[float, float, float, int]:
    """The error is that of the entropy of smoothed shares: one more post, spread over all topics, those not seen among them."""
    n = sum(TOPICS.values())
    plain = -sum(count / n * math.log(count / n) for count in TOPICS.values())
    value = 1 - (plain + (len(TOPICS) - 1) / (2 * n)) / math.log(K)
    shares = (np.array([*TOPICS.values(), *[0] * (K - len(TOPICS))]) + 1 / K) / (n + 1)
    spread = math.sqrt(np.cov(np.log(shares), aweights=shares, ddof=0))
    half = float(stats.norm.ppf(0.95)) * spread / math.sqrt(n + 1) / math.log(K)
    return value, value - half, value + half, n


def lead_of_bread() -> tuple[float, float, float, int]:
    first, second, n = TOPICS["bread"], TOPICS["garden"], sum(TOPICS.values())
    lead = (first - second) / n
    error = math.sqrt(((first + second) / n - lead**2) / n)
    return lead, max(0.0, lead - stats.norm.ppf(0.95) * error), min(1.0, lead + stats.norm.ppf(0.95) * error), n


def still_active() -> tuple[float, None, None, int]:
    """A gamma mixture of exponential waits is a Lomax distribution; the posts were looked at long after the last."""
    gaps = np.array(GAPS)
    shape = float(np.clip((gaps.std() / gaps.mean()) ** -1.086, 0.5, 2.5) ** (len(gaps) / (len(gaps) + 6)))
    waits = stats.lomax(len(gaps) + 1, scale=(gaps**shape).sum() + 7**shape)
    now, later = (0.98 * waits.sf(days**shape) + 0.02 / (1 + days / 20) for days in (SILENCE, SILENCE + 30))
    active = now / (now + 1 / (150 + len(gaps) - 1))
    return float(active * (1 - later / now)), None, None, len(gaps)


def growing(counts: dict[int, int] = COUNTS) -> tuple[float, float, float]:
    """Daily pace of log followers, its error, and the daily spread around it; no increment is far from the others."""
    days, logs = list(counts), [math.log(count) for count in counts.values()]
    steps = [
        (after - before, logs[i + 1] - logs[i], 0.5 ** ((days[-1] - after) / 60))
        for i, (before, after) in enumerate(itertools.pairwise(days))
    ]
    lived = sum(weight * length for length, _, weight in steps)
    pace = sum(weight * gain for _, gain, weight in steps) / lived
    squares = sum(weight * (gain - pace * length) ** 2 / length for length, gain, weight in steps)
    walk = math.sqrt((3 * 0.008**2 + squares) / (2 + sum(weight for *_, weight in steps)))
    return pace, walk * math.sqrt(sum(weight**2 * length for length, _, weight in steps)) / lived, walk


def crosses(days: float) -> tuple[float, None, None, int]:
    """Passing 1,000: the reflected walk, averaged over what the trend may be."""
    pace, error, walk = growing()
    known, far = 0.002**2 / (0.002**2 + error**2), math.log(1000 / 760)
    lasts, spread, normal = (
        180 / math.log(2) * (1 - 0.5 ** (days / 180)),
        walk * math.sqrt(days),
        statistics.NormalDist(),
    )
    total = 0.0
    for node, weight in zip(*np.polynomial.hermite.hermgauss(9), strict=True):
        moved = (known * pace + node * math.sqrt(2 * known) * error) * lasts
        back = math.exp(2 * moved * far / spread**2) * normal.cdf((-far - moved) / spread)
        total += weight / math.sqrt(math.pi) * (normal.cdf((moved - far) / spread) + back)
    return total, None, None, len(COUNTS)


def a_month() -> tuple[float, float, float, int]:
    pace, error, _ = growing()
    low, high = (math.expm1(30 * (pace + sign * stats.norm.ppf(0.95) * error)) for sign in (-1, 1))
    return math.expm1(30 * pace), low, high, len(COUNTS)


def more_sold() -> tuple[float, float, float, int]:
    """Three of the last eight posts against one of six before (Newcombe's tenth method)."""
    (now, now_low, now_high, _), (then, then_low, then_high, _) = wilson(3, 8), wilson(1, 6)
    low, high = math.hypot(now - now_low, then_high - then), math.hypot(now_high - now, then - then_low)
    return now - then, now - then - low, now - then + high, len(SOLD)


def sold_for_less() -> tuple[float, float, float, int]:
    paid, other = ([math.log(likes + 1) for _, sold, likes in SOLD if sold is is_paid] for is_paid in (True, False))
    gap, error = statistics.mean(paid) - statistics.mean(other), math.hypot(stats.sem(paid), stats.sem(other))
    reach = stats.t.ppf(0.95, len(paid) - 1) * error
    return math.expm1(gap), math.expm1(gap - reach), math.expm1(gap + reach), len(paid)


def sparking() -> tuple[float, None, None, int]:
    """Half an hour after each of five posts, ten days apart, somebody acts: full credit, less a fifth for chance."""
    return 1 - 1 / 5, None, None, 5


def risen_and_gone() -> tuple[float, None, None, int]:
    """Six posts in each half; followers of the latest count before each post; all comments answered at first, then two of five: the last is too young."""
    normal = statistics.NormalDist()
    rates = [math.log((likes + 1) / (1000 + 10 * ((7 * i + 5) // 10 * 10))) for i, likes in enumerate(LIKED)]
    moved, error = (
        statistics.mean(rates[6:]) - statistics.mean(rates[:6]),
        math.hypot(stats.sem(rates[:6]), stats.sem(rates[6:])),
    )
    before, after = (7 / 8, 8), (3 / 7, 7)
    spread = math.sqrt(sum(p * (1 - p) / n for p, n in (before, after)))
    fewer = normal.cdf((before[0] - after[0] - 0.1) / spread)
    pace, pace_error, _ = growing({when: 1000 + 10 * when for when in range(0, 101, 10)})
    grows = normal.cdf((30 * pace - math.log(1.02)) / (30 * pace_error))
    return grows * math.sqrt(normal.cdf((math.log(0.8) - moved) / error) * fewer), None, None, 12


def after_the_best() -> tuple[float, None, None, int]:
    return (DAYS[5] - DAYS[4]) / statistics.median_low(GAPS), None, None, len(DAYS)


GAPS = np.diff(DAYS).tolist()
SILENCE = (SEEN - day(DAYS[-1])) / timedelta(days=1)
PER_FOLLOWER = [likes / 1000 for likes in LIKES]
PUBLIC = [(likes + replies) / 1000 for likes, replies in zip(LIKES, REPLIES, strict=True)]
PER_REACH = [(likes + replies + i + 1) / 500 for i, (likes, replies) in enumerate(zip(LIKES, REPLIES, strict=True))]
EXPECTED: dict[str, tuple[str, Callable[[], tuple[float, float | None, float | None, int]], float]] = {
    "followers": ("rates", lambda: a_count(1000), 1e-9),
    "following_ratio": ("rates", lambda: a_count(0.25), 1e-9),
    "account_age_days": ("rates", lambda: a_count(400), 1e-9),
    "like_rate": ("rates", lambda: typical(PER_FOLLOWER), 1e-9),
    "like_rate_mean": ("rates", lambda: average(PER_FOLLOWER), 1e-4),
    "public_rate": ("rates", lambda: typical(PUBLIC), 1e-9),
    "public_rate_mean": ("rates", lambda: average(PUBLIC), 1e-4),
    "typical_reactions": ("rates", lambda: typical(REACTIONS), 1e-9),
    "kept_ratio": ("rates", lambda: typical([(i + 1) / likes for i, likes in enumerate(LIKES)]), 1e-9),
    "engagement_forecast": ("rates", lambda: (statistics.mean(REACTIONS), None, None, 6), 1e-9),
    "organic_rate": ("deals", lambda: typical([(10 * i + 1) / 1000 for i in range(6)]), 1e-9),
    "sponsored_rate": ("deals", lambda: typical([(10 * i + 1) / 1000 for i in range(6, 12)]), 1e-9),
    "topic_lead": ("about", lead_of_bread, 1e-6),
    "view_rate": ("rates", lambda: typical([0.05] * 6), 1e-9),
    "view_rate_mean": ("rates", lambda: (0.05, 0.05, 0.05, 6), 1e-9),
    "reach_rate": ("rates", lambda: typical(PER_REACH), 1e-9),
    "reach_rate_mean": ("rates", lambda: average(PER_REACH), 1e-4),
    "posts_per_week": ("rhythm", weeks, 1e-2),
    "burstiness": ("rhythm", lambda: (corrected_burstiness(GAPS), None, None, len(GAPS)), 1e-9),
    "longest_silence_days": ("rhythm", lambda: (10.5, 10.5, 10.5, len(GAPS)), 1e-9),
    "silence_days": ("rhythm", lambda: (SILENCE, SILENCE, SILENCE, len(GAPS)), 1e-9),
    "persistence": ("rhythm", still_active, 1e-9),
    "rise_90": ("grows", lambda: crosses(90), 1e-9),
    "rise_180": ("grows", lambda: crosses(180), 1e-9),
    "growth_per_month": ("grows", a_month, 1e-6),
    "sparked": ("sparks", sparking, 1e-9),
    "reached_people": ("answers", lambda: (7, 7, 7, 1), 1e-9),
    "sponsored_share_90": ("sold", lambda: (*wilson(3, 8)[:3], len(SOLD)), 1e-6),
    "sponsorship_trend": ("sold", more_sold, 1e-6),
    "sponsored_engagement_gap": ("sold", sold_for_less, 1e-2),
    "off_topic_sponsored_share": ("strays", lambda: wilson(3, 5), 1e-6),
    "starification": ("star", risen_and_gone, 1e-6),
    "post_spike_silence": ("spike", after_the_best, 1e-9),
    "reply_rate": ("answers", lambda: wilson(5, 7), 1e-6),
    "reply_latency_hours": ("answers", kaplan_meier, 1e-9),
    "sponsored_share": ("paid", lambda: wilson(4, 8), 1e-6),
    "disclosed_share": ("paid", lambda: wilson(3, 4), 1e-6),
    "topic_focus": ("about", entropy_focus, 1e-7),
    "language": ("about", lambda: wilson(8, 14), 1e-6),
    "praise_share": ("reviews", lambda: wilson(8, 12), 1e-6),
    "honesty_balance": ("reviews", on_the_plateau, 1e-6),
    "two_sided_share": ("reviews", lambda: wilson(6, 12), 1e-6),
    "superlative_share": ("reviews", lambda: wilson(3, 12), 1e-6),
    "gifted_share": ("reviews", lambda: wilson(2, 12), 1e-6),
    "unpaid_brand_variety": ("reviews", lambda: (2, 2, 2, 3), 1e-9),
    "paid_tone_gap": ("reviews", paid_minus_unpaid, 1e-6),
    "question_reply_rate": ("talks", lambda: wilson(3, 4), 1e-6),
    "conversation_depth": ("talks", lambda: wilson(2, 5), 1e-6),
    "thanks_share": ("talks", lambda: wilson(2, 4), 1e-6),
    "apology_share": ("talks", lambda: wilson(1, 4), 1e-6),
    "fix_share": ("talks", lambda: wilson(1, 4), 1e-6),
    "own_share": ("own", lambda: wilson(7, 10), 1e-6),
}
"""Signal -> whose, (value, low, high, n) worked out another way (None: not compared), and how closely the limits must agree."""


WORKED_OUT_IN = {
    "academic": "test_occupation.py",
    "after_sponsorship": "test_selling.py",
    "alpha_consumer": "test_worked_out.py",
    "audience_focus": "test_circle.py",
    "authenticity": "test_authenticity.py",
    "authority": "test_circle.py",
    "basis_experience": "test_worked_out.py",
    "basis_knowledge": "test_worked_out.py",
    "basis_position": "test_worked_out.py",
    "basis_relationship": "test_worked_out.py",
    "bought_growth": "test_audience.py",
    "closeness_percentile": "test_worked_out.py",
    "clustering": "test_worked_out.py",
    "comment_depth": "test_circle.py",
    "comment_length": "test_circle.py",
    "coordinated_sharing": "test_arrangement.py",
    "correction_share": "test_voice.py",
    "embeddedness": "test_worked_out.py",
    "engagement_percentile": "test_worked_out.py",
    "engagement_residual": "test_worked_out.py",
    "entertainer": "test_voice.py",
    "false_audience_share": "test_audience.py",
    "focus_drift": "test_circle.py",
    "format_variety": "test_worked_out.py",
    "friends_family_share": "test_circle.py",
    "linked_domains": "test_voice.py",
    "mentions_received": "test_circle.py",
    "notable_connections": "test_circle.py",
    "occupation": "test_voice.py",
    "opinion_strength": "test_worked_out.py",
    "passed_on": "test_passing.py",
    "peer_stability": "test_worked_out.py",
    "pod_share": "test_arrangement.py",
    "praise_run": "test_selling.py",
    "praise_run_growth": "test_selling.py",
    "professional_marks": "test_voice.py",
    "quality": "test_worked_out.py",
    "quality_percentile": "test_worked_out.py",
    "reach_percentile": "test_worked_out.py",
    "reciprocity": "test_circle.py",
    "repeat_correspondents": "test_circle.py",
    "returning_share": "test_circle.py",
    "second_hop_reach": "test_circle.py",
    "small_kind": "test_worked_out.py",
    "stranger_share": "test_circle.py",
    "superfans": "test_circle.py",
    "tier_percentile": "test_worked_out.py",
    "use_in_context_share": "test_voice.py",
}
"""Signal -> the file under tests/signals whose own little world its number is worked out in."""
SIGNAL_TESTS = Path(__file__).parent.parent / "signals"


def asserted(file: Path) -> set[str]:
    """Words in quotes in the tests of a file that assert something, or in what those tests call."""
    functions = {one.name: one for one in ast.parse(file.read_text("utf-8")).body if isinstance(one, ast.FunctionDef)}
    tests = [one for name, one in functions.items() if name.startswith("test_") and _any(one, ast.Assert)]
    called = {call.func.id for test in tests for call in _any(test, ast.Call) if isinstance(call.func, ast.Name)}
    read = [*tests, *(functions[name] for name in called & set(functions))]
    return {word.value for one in read for word in _any(one, ast.Constant) if isinstance(word.value, str)}


def _any(function: ast.FunctionDef, kind: type[Node]) -> list[Node]:
    """Nodes of a kind in the body of a function; what it is decorated with does not count."""
    return [node for line in function.body for node in ast.walk(line) if isinstance(node, kind)]


def test_every_signal_has_a_golden_case() -> None:
    assert set(EXPECTED) | set(WORKED_OUT_IN) == set(SIGNALS)
    assert not set(EXPECTED) & set(WORKED_OUT_IN)


@pytest.mark.parametrize("file", sorted(set(WORKED_OUT_IN.values())))
def test_a_number_worked_out_elsewhere_is_asserted_there(file: str) -> None:
    assert {name for name, where in WORKED_OUT_IN.items() if where == file} <= asserted(SIGNAL_TESTS / file)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_number_is_the_one_worked_out_by_hand(golden: dict[str, dict[str, Value]], name: str) -> None:
    who, work_out, closely = EXPECTED[name]
    found, (value, low, high, n) = golden[f"x:{who}"][name], work_out()
    assert found.value == pytest.approx(value, rel=1e-9)
    assert found.n == n
    for mine, expected in ((found.low, low), (found.high, high)):
        assert expected is None or mine == pytest.approx(expected, rel=closely, abs=1e-12)


def test_the_label_is_the_commonest(golden: dict[str, dict[str, Value]]) -> None:
    assert golden["x:about"]["topic_focus"].label == "bread"
    assert golden["x:about"]["language"].label == "en"


def test_followers_at_the_time_of_the_post_are_used_where_they_are_known(tmp_path: Path) -> None:
    seen = [account("ann", followers=100, observed_at=day(1)), account("ann", followers=1000, observed_at=day(50))]
    posts = [post("ann", i, kind="post", likes=10, created_at=day(10 + i)) for i in range(3)]
    assert value(made(tmp_path / "w", {"account": seen, "post": posts}), "like_rate").value == pytest.approx(0.1)


def test_hidden_likes_are_hidden_and_two_posts_are_too_few(tmp_path: Path) -> None:
    hidden = [post("ann", i, kind="post", likes_hidden=True, created_at=day(i)) for i in range(9)]
    few = [post("bob", i, kind="post", likes=5, created_at=day(i)) for i in range(2)]
    workspace = made(
        tmp_path / "w", {"account": [account("ann", followers=9), account("bob", followers=9)], "post": hidden + few}
    )
    assert value(workspace, "like_rate").reason == "hidden"
    assert value(workspace, "like_rate", "x:bob").reason == "too_few"


def value(workspace: Any, name: str, who: str = "x:ann") -> Value:
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", None)
        table = compute(Asked(engine, workspace.fits), names=[name]).to_pylist()
    return next(Value(signal=name, **row[name]) for row in table if row["account"] == who)


# -- the statistics behind ---------------------------------------------------------------------------------------------


def ask(columns: Any, table: pa.Table, *, one_row: bool = False) -> list[tuple[Any, ...]]:
    """Values, limits and n of a signal's expressions over a plain table with the column `who`."""
    asked = replace(SIGNALS["like_rate"], name="it", columns=columns)
    with duckdb.connect() as connection:
        connection.execute(MACROS)
        connection.register("given", table.rename_columns([{"who": "account"}.get(n, n) for n in table.column_names]))
        staged = staged_query([asked], "given", one_row=one_row)
        return connection.execute(
            f"SELECT account, it__value, it__low, it__high, it__n FROM ({staged}) ORDER BY account"
        ).fetchall()


def test_the_interval_of_a_median_covers_it_nine_times_in_ten() -> None:
    """Over 1..n the limits are the ranks themselves; a rank interval covers by the binomial, whatever is measured."""
    sizes = range(5, 61)
    who, x = np.repeat(sizes, sizes), np.concatenate([np.arange(1, n + 1) for n in sizes])
    for n, _, low, high, _ in ask(median("x"), pa.table({"who": who, "x": x})):
        covered = stats.binom.cdf(high - 1, n, 0.5) - stats.binom.cdf(low - 1, n, 0.5)
        assert covered >= 0.90, n
        assert covered < 0.99 or n < 9, n


def test_the_interval_of_a_mean_is_students() -> None:
    dice = np.random.default_rng(3)
    for n in (3, 4, 6, 10, 40):
        x = dice.lognormal(size=n) + 5
        found = ask(mean("x"), pa.table({"who": [0] * n, "x": x}))[0]
        expected = stats.t.interval(0.90, n - 1, x.mean(), stats.sem(x))
        half = (expected[1] - expected[0]) / 2
        assert found[2:4] == pytest.approx(expected, abs=0.005 * half)


@pytest.mark.parametrize(("hits", "n"), [(0, 3), (1, 3), (3, 3), (0, 50), (7, 20), (499, 500)])
def test_the_interval_of_a_share_is_wilsons(hits: int, n: int) -> None:
    table = pa.table({"who": [0] * n, "x": [i < hits for i in range(n)]})
    assert ask(share("x"), table)[0][1:] == pytest.approx(wilson(hits, n), abs=1e-7)


def frequency(gaps: Sequence[float], weeks: float) -> tuple[float, float, float]:
    table = pa.table(
        {"who": [0], "posts": [len(gaps) + 1], "first_at": [0.0], "last_at": [604800.0 * weeks], "gaps": [list(gaps)]}
    )
    _, rate, low, high, _ = ask(posts_per_week.columns, table, one_row=True)[0]
    return rate, low, high


@pytest.mark.parametrize("events", [2, 3, 5, 10, 30, 200])
def test_the_interval_of_a_frequency_is_poissons_where_gaps_are_as_uneven_as_chance(events: int) -> None:
    step = 1 / math.sqrt(events)
    gaps = [1 - step] * (events - 1) + [1 + (events - 1) * step]  # mean and sample variance are 1
    rate, low, high = frequency(gaps, 5)
    assert rate == events / 5
    assert low == pytest.approx(stats.chi2.ppf(0.05, 2 * events) / 10, rel=0.03)
    assert high == pytest.approx(stats.chi2.ppf(0.95, 2 * events + 2) / 10, rel=0.01)


def test_the_interval_of_a_frequency_is_narrow_for_a_clock_and_wide_in_bursts() -> None:
    (_, low, high), (_, wide_low, wide_high) = frequency([1.0] * 20, 5), frequency([0.1] * 18 + [9.1] * 2, 5)
    poisson_low, poisson_high = stats.chi2.ppf(0.05, 40) / 10, stats.chi2.ppf(0.95, 42) / 10
    assert wide_low < poisson_low < low < 4 < high < poisson_high < wide_high


@pytest.mark.parametrize("shape", [8.0, 1.0, 0.3])
def test_the_interval_of_a_frequency_holds_the_truth_by_the_clock_by_chance_and_in_bursts(shape: float) -> None:
    """A window looked at for half a year; Poisson's limits alone would hold 100, 91 and 65 %."""
    dice, people, weeks = np.random.default_rng(7), 2000, 26
    rate = np.exp(dice.uniform(np.log(0.3), np.log(5), people))
    at = np.cumsum(dice.standard_gamma(shape, (people, 400)) / shape / rate[:, None], axis=1) - 70 / rate[:, None]
    inside = [one[(one >= 0) & (one <= weeks)] * 7 for one in at]
    told = [n for n, one in enumerate(inside) if len(one) >= 3 and one[-1] - one[0] >= 7]
    table = pa.table({
        "who": told, "posts": [len(inside[n]) for n in told], "first_at": [inside[n][0] * 86400 for n in told],
        "last_at": [inside[n][-1] * 86400 for n in told], "gaps": [np.diff(inside[n]).tolist() for n in told],
    })  # fmt: skip
    limits = np.asarray([row[2:4] for row in ask(posts_per_week.columns, table, one_row=True)], float)
    assert 0.84 <= ((limits[:, 0] <= rate[told]) & (rate[told] <= limits[:, 1])).mean() <= 0.94


def bursts(series: Sequence[Sequence[float]]) -> Any:
    table = pa.table({"who": range(len(series)), "gaps": [list(one) for one in series]})
    return np.asarray([row[1:4] for row in ask(burstiness.columns, table, one_row=True)], float)


@pytest.mark.parametrize("n", [12, 20, 50, 200])
def test_chance_has_no_bursts_and_a_clock_is_a_clock(n: int) -> None:
    dice = np.random.default_rng(n)
    found = bursts(dice.exponential(size=(3000, n)))
    assert abs(found[:, 0].mean()) <= 0.03
    assert abs(bursts(dice.gamma(8, size=(3000, n)))[:, 0].mean() - (1 - 8**0.5) / (1 + 8**0.5)) <= 0.03
    assert abs(bursts(dice.gamma(0.3, size=(3000, n)))[:, 0].mean() - (1 - 0.3**0.5) / (1 + 0.3**0.5)) <= 0.035
    assert ((found[:, 1] <= 0) & (found[:, 2] >= 0)).mean() >= 0.84
    assert bursts([[2.0] * n])[0, 0] == pytest.approx(-1)
    assert bursts(dice.pareto(1.2, size=(200, n)))[:, 0].mean() > 0.15


def test_focus_does_not_depend_on_how_many_posts_were_read() -> None:
    """The plug-in entropy would say 0.15 more focus at 12 posts than at 2,000; corrected it stays near."""
    dice, truth = np.random.default_rng(1), np.array([0.4, 0.3, 0.2, 0.1])
    exact = 1 + (truth * np.log(truth)).sum() / np.log(4)

    def typical_focus(n: int) -> float:
        drawn = dice.multinomial(n, truth, size=400)
        who, topic = np.nonzero(drawn)
        table = pa.table({"who": who, "topic": topic.astype(str), "posts": drawn[who, topic], "topics": [4] * len(who)})
        return float(np.mean([row[1] for row in ask(topic_focus.columns, table)]))

    assert typical_focus(2000) == pytest.approx(exact, abs=0.005)
    assert typical_focus(20) == pytest.approx(exact, abs=0.03)


@pytest.mark.parametrize("posts", [10, 20, 50])
def test_the_interval_of_focus_holds_what_few_posts_have_not_shown(posts: int) -> None:
    """Of people between single-minded and all over the place; an error from the shares as they stand would hold 48, 64 and 78 %."""
    dice, topics, people = np.random.default_rng(posts), 20, 3000
    strength = np.exp(dice.uniform(np.log(0.02), 0, people))
    mix = dice.standard_gamma(strength[:, None], (people, topics)) + 1e-9
    mix /= mix.sum(axis=1, keepdims=True)
    drawn = dice.multinomial(posts, mix)
    who, topic = np.nonzero(drawn)
    table = pa.table(
        {"who": who, "topic": topic.astype(str), "posts": drawn[who, topic], "topics": [topics] * len(who)}
    )
    limits = np.asarray([row[2:4] for row in ask(topic_focus.columns, table)], float)
    truth = 1 + (mix * np.log(mix)).sum(axis=1) / np.log(topics)
    held = ((limits[:, 0] <= truth) & (truth <= limits[:, 1])).mean()
    assert 0.83 <= held <= 0.93


def test_waiting_times_are_kaplan_meiers(tmp_path: Path) -> None:
    """Against a plain implementation, on random comments of thirty people."""
    dice = random.Random(4)
    acts: list[dict[str, Any]] = []
    waits: dict[str, list[tuple[float, bool]]] = {}
    for number in range(30):
        who, until = f"w{number:02}", 500.0
        acts += [
            reply("fan", who, f"{who}-0", f"{who}-own", day(0)),
            reply(who, who, f"{who}-0", f"{who}-last", day(0) + timedelta(hours=until)),
        ]
        waits[f"x:{who}"] = [(until, False)]
        for comment in range(dice.randint(5, 25)):
            asked, after, answered = dice.random() * 100, round(dice.expovariate(0.1), 3), dice.random() < 0.75
            acts.append(reply(f"fan{comment}", who, f"{who}-0", f"{who}-c{comment}", day(0) + timedelta(hours=asked)))
            if answered:
                acts.append(
                    reply(
                        who,
                        f"fan{comment}",
                        f"{who}-c{comment}",
                        f"{who}-a{comment}",
                        day(0) + timedelta(hours=asked + after),
                    )
                )
            waits[f"x:{who}"].append((after, True) if answered else (until - asked, False))
    workspace = made(
        tmp_path / "w", {"account": [account(who.removeprefix("x:")) for who in waits], "interaction": acts}
    )
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", None)
        found = {
            row["account"]: row["reply_latency_hours"]
            for row in compute(Asked(engine, workspace.fits), names=["reply_latency_hours"]).to_pylist()
        }
    for who, times in waits.items():
        expected = _median_wait(times)
        assert found[who]["value"] == (None if expected is None else pytest.approx(expected, abs=1e-3))
        assert found[who]["n"] == len(times)


def _median_wait(times: list[tuple[float, bool]]) -> float | None:
    waiting = 1.0
    for moment in sorted({hours for hours, answered in times if answered}):
        at_risk = sum(hours >= moment for hours, _ in times)
        waiting *= 1 - sum(answered and hours == moment for hours, answered in times) / at_risk
        if waiting <= 0.5:
            return moment
    return None
