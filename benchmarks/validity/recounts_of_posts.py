"""Do counts of what posts are and say come out as anybody counts them? The same as `recounts`, on rows that are drawn by lot.

A made-up community has no pictures, no links and no talk that goes back and forth, and hardly a post that says it was paid for and
judges a thing. Here everything is drawn by lot, gaps included: kinds of posts, counts that are hidden, dates that are missing, names
of brands, exchanges of up to four turns. Nobody would take these rows for people; every rule of counting is met in them often.

What is found in a text (whether it says that it is paid, its topic, the lean of its sentences, whether it asks) is taken as found.
Whether that is rightly read is asked elsewhere: here it is asked whether it is rightly counted.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import groupby, pairwise
from math import exp, isnan, log, nan
from pathlib import Path
from statistics import mean, median
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.validity.figures import Row
from benchmarks.validity.recounts import DAY, OWN, Count, agree
from benchmarks.validity.worlds import Simulated, sized
from groundswell.ingest import import_file
from groundswell.signals.grains import YOUNG_HOURS
from groundswell.signals.table import prepare
from groundswell.signals.topics import latest_corpus
from groundswell.store import Workspace

SEEN = datetime(2026, 10, 31, 20, tzinfo=UTC)
SUBJECTS = (
    "the sourdough starter rose overnight and the crust is dark", "the trail run in the hills went past the old quarry",
    "pruning roses and sowing beans in the raised bed", "the new console game has a long campaign and bosses",
    "knitting a jumper of merino wool with cables", "the espresso grinder needs burrs for light roasts",
    "violin practice of scales and a slow sonata", "the telescope showed Saturn and its rings above the roof",
    "chess opening theory and an endgame with rooks", "the kayak crossed the lake before the wind came up",
    "sharpening chisels for the oak dovetail joints", "beehives swarmed and the honey is capped in frames",
    "watercolour paper buckles under heavy washes", "the marathon swimmers greased up before the channel",
)  # fmt: skip
SAYINGS = (
    "It is wonderful and I love it.",
    "Sadly the handle broke and that is terrible.",
    "It arrived on Tuesday.",
    "What a great and lovely thing!",
)
PAYING = ("#ad", "gifted", "", "", "", "", "", "")
MEDIA = (None, "image", "video", "album", "text")
SITES = (
    "https://www.bakehouse.example/oven",
    "https://m.bakehouse.example/oven",
    "https://trails.example",
    "https://bit.ly/abc",
    "",
)
SITES_SHORT = frozenset({"bit.ly"})
RECENT_DAYS, OFF_TOPIC, SPIKE = 90, 0.15, 3


class Post(NamedTuple):
    """A post of somebody, with what was found in its text."""

    post: str
    kind: str | None
    at: float | None
    seen: float
    counts: dict[str, int | None]
    media: str | None
    paid: bool
    readable: bool
    topic: int | None
    judged: tuple[int, int] | None
    """Sentences that praise, and that hold a reservation; where any does, in an English post on a thing."""
    brands: frozenset[str]
    sites: tuple[str, ...]


class Comment(NamedTuple):
    """A reply: who said it to whom, under which post, as which post, and whether it asks."""

    actor: str
    account: str
    post: str
    via: str
    asks: bool


@dataclass(frozen=True)
class Drawn:
    """The rows by account."""

    posts: dict[str, list[Post]]
    comments: list[Comment]
    heard: dict[str, list[Comment]]
    """Comments under somebody's posts by others, and what others said to it."""
    said: dict[str, list[Comment]]
    followers: dict[str, int | None]
    history: dict[str, list[tuple[float, int]]]

    def own(self, who: str) -> list[Post]:
        """Its own posts."""
        return [post for post in self.posts[who] if post.kind in OWN]

    def settled(self, who: str) -> list[Post]:
        """Its own posts whose counts no longer grow."""
        return [post for post in self.own(who) if post.at is None or post.seen - post.at >= YOUNG_HOURS * 3_600]

    def listeners(self, who: str, at: float | None) -> float:
        """Followers when a post was made, as far as somebody had counted."""
        known = [count for moment, count in self.history[who] if at is not None and moment <= at]
        return (known[-1] if known else self.followers[who]) or nan


# -- drawing ---------------------------------------------------------------------------------------------------------------


def _people(lot: random.Random, size: int) -> list[dict[str, Any]]:
    return [
        {
            "platform": lot.choice(("instagram", "twitter")), "id": str(1_000 + number), "handle": f"somebody{number}", "bio": "",
            "followers": lot.choice((None, 0, lot.randrange(1, 900), lot.randrange(900, 90_000))), "following": lot.randrange(2_000),
            "account_type": lot.choice(("brand", "business", "personal", None)), "observed_at": SEEN,
        }
        for number in range(size)
    ]  # fmt: skip


def _text(lot: random.Random, own: int, named: str) -> str:
    subject = lot.choice(SUBJECTS) if lot.random() < 0.3 else SUBJECTS[(own + lot.randrange(2)) % len(SUBJECTS)]
    parts = [
        f"{subject} part {lot.randrange(10_000)}.",
        *lot.sample(SAYINGS, lot.randrange(3)),
        lot.choice(PAYING),
    ]
    if lot.random() < 0.3:
        parts.append(lot.choice(SITES))
    if named:
        parts.append(f"@{named}")
    return " ".join(part for part in parts if part)


def _posts(lot: random.Random, people: list[dict[str, Any]], each: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for who in people:
        for _ in range(lot.randrange(each)):
            named = lot.choice(people)["handle"] if lot.random() < 0.2 else None
            at = SEEN - timedelta(hours=lot.choice((lot.randrange(60), lot.randrange(9_000))))
            counts = {
                name: lot.choice((None, 0, lot.randrange(40), lot.randrange(900)))
                for name in ("likes", "replies", "reposts", "saves", "reach")
            }
            found.append({
                "platform": who["platform"], "id": f"p{len(found)}", "author_id": who["id"], "text": _text(lot, int(who["id"]), named or ""), "language": "en",
                "mentions": [named] if named else None,
                "created_at": None if lot.random() < 0.05 else at, "kind": lot.choice((None, "post", "post", "quote")), "media_type": lot.choice(MEDIA),
                "paid_label": lot.choice((None, None, None, True, False)), "observed_at": SEEN, **counts, "reply_to": None, "reply_to_account": None,
            })  # fmt: skip
    return found


def _exchanges(lot: random.Random, people: list[dict[str, Any]], posts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Talk under posts: somebody comments, the author may answer, and so on for up to four turns."""
    found: list[dict[str, Any]] = []
    by_id = {(who["platform"], who["id"]): who for who in people}
    for post in lot.sample(posts, len(posts) // 2):
        author = by_id[(post["platform"], post["author_id"])]
        guest = lot.choice([who for who in people if who["platform"] == author["platform"] and who is not author])
        to, turns = post, [guest, author, guest, author]
        for number, speaker in enumerate(turns[: lot.randrange(1, 5)]):
            other = author if speaker is guest else guest
            row = dict(post) | {
                "id": f"r{len(found)}", "author_id": speaker["id"], "kind": "reply", "reply_to": to["id"], "reply_to_account": other["handle"],
                "text": lot.choice(("Where is it from?", "So nice to see.", "Mine does not work any more.", "Quite.")) + f" {len(found)}",
                "created_at": SEEN - timedelta(days=60) + timedelta(hours=number), "paid_label": None, "media_type": None, "mentions": None,
            }  # fmt: skip
            found.append(row)
            to = row
        if lot.random() < 0.2:  # somebody else joins in, under whatever was said last
            other = lot.choice(
                [who for who in people if who["platform"] == author["platform"] and who not in (author, guest)]
            )
            whom = by_id[(to["platform"], to["author_id"])]
            found.append(dict(to) | {
                "id": f"r{len(found)}", "author_id": other["id"], "kind": "reply", "reply_to": to["id"], "reply_to_account": whom["handle"],
                "text": f"Is that so? {len(found)}",
            })  # fmt: skip
    return found


@cache
def drawn(people: int) -> Simulated:
    """A workspace of rows drawn by lot; in place of a truth, the accounts of these rows."""
    lot, folder = random.Random(5), Path(tempfile.mkdtemp(prefix="validity-drawn-"))
    accounts = _people(lot, people)
    posts = _posts(lot, accounts, 50)
    earlier = [
        dict(one, followers=lot.randrange(1, 50_000), observed_at=SEEN - timedelta(days=lot.randrange(1, 300)))
        for one in accounts[::2]
    ]
    workspace = Workspace.create(folder / "workspace")
    rows = {"accounts": accounts, "earlier": earlier, "posts": posts + _exchanges(lot, accounts, posts)}
    for name, some in rows.items():
        pq.write_table(pa.Table.from_pylist(some), folder / f"{name}.parquet")
        import_file(workspace, folder / f"{name}.parquet")
    names = [f"{one['platform']}:{one['id']}" for one in accounts]
    pq.write_table(pa.table({"account": names}), folder / "truth.parquet")
    return Simulated("drawn", 5, "drawn", folder)


def read(world: Simulated) -> Drawn:
    """The rows, one by one, with what was found in their texts."""
    assert world.signals.num_rows
    with world.workspace.engine() as engine:
        prepare(engine, world.workspace.cache / "findings", latest_corpus(world.workspace.fits))
        counts = ("likes", "replies", "reposts", "saves", "reach")
        posts = engine.table(
            f"""SELECT p.post, account, kind, epoch(created_at) AS at, epoch(p.observed_at) AS seen, {", ".join(counts)}, media,
                       coalesce(paid_label, false) OR w.clear IS NOT NULL OR w.unclear IS NOT NULL AS paid,
                       text IS NOT NULL OR paid_label IS NOT NULL AS readable, t.topic, n.praise, n.reservation, n.speaks, p.text
                FROM posts AS p LEFT JOIN wording AS w USING (text_hash) LEFT JOIN topic_of_text AS t USING (text_hash)
                LEFT JOIN tone AS n USING (text_hash)"""
        ).to_pylist()
        types = dict(engine.rows("SELECT account, account_type FROM accounts"))
        followers = dict(engine.rows("SELECT account, followers FROM accounts"))
        named = engine.rows(
            "SELECT via, account FROM interactions WHERE verb = 'mention' AND actor <> account AND via IS NOT NULL"
        )
        comments = engine.rows(
            """SELECT i.actor, i.account, i.post, i.via, coalesce(r.asks, false) FROM interactions AS i
               JOIN posts AS p ON p.post = i.via LEFT JOIN remarks AS r ON r.text_hash = p.text_hash
               WHERE verb = 'reply' AND i.actor <> i.account AND i.via IS NOT NULL"""
        )
        history = engine.rows(
            "SELECT account, epoch(observed_at), followers FROM account_history WHERE followers IS NOT NULL AND observed_own"
        )
    brands = defaultdict[str, set[str]](set)
    for post, brand in named:
        if types.get(brand) in ("brand", "business"):
            brands[post].add(brand)
    found = Drawn(
        defaultdict(list),
        [Comment(*row) for row in comments],
        defaultdict(list),
        defaultdict(list),
        followers,
        defaultdict(list),
    )
    for row in posts:
        thing = row["paid"] or row["speaks"] or brands[row["post"]]
        leaning = (row["praise"] or 0) + (row["reservation"] or 0)
        found.posts[row["account"]].append(Post(
            row["post"], row["kind"], row["at"], row["seen"], {name: row[name] for name in counts}, row["media"], row["paid"], row["readable"], row["topic"],
            (row["praise"], row["reservation"]) if thing and leaning else None, frozenset(brands[row["post"]]), _links(row["text"] or ""),
        ))  # fmt: skip
    for one in found.comments:
        found.heard[one.account].append(one)
        found.said[one.actor].append(one)
    for who, at, count in sorted(history):
        found.history[who].append((at, count))
    return found


def _links(text: str) -> tuple[str, ...]:
    """Sites that a text links to, as one reads them: without what stands before the name and after it."""
    found = [
        word.removeprefix("https://").partition("/")[0].removeprefix("www.").removeprefix("m.")
        for word in text.split()
        if word.startswith("https://")
    ]
    return tuple(site for site in found if site not in SITES_SHORT)


# -- one account at a time -------------------------------------------------------------------------------------------------


def _rates(rows: Drawn, who: str, paid: bool | None, now: bool = False) -> list[float]:
    return [
        ((post.counts["likes"] or 0) + (post.counts["replies"] or 0)) / rows.listeners(who, None if now else post.at)
        for post in rows.settled(who)
        if post.counts["likes"] is not None
        and post.counts["replies"] is not None
        and post.readable
        and paid in (None, post.paid)
    ]


def _rate(rows: Drawn, who: str, paid: bool | None, least: int = 3) -> float:
    known = [rate for rate in _rates(rows, who, paid) if not isnan(rate)]
    return median(known) if len(known) >= least else nan


def _gap(rows: Drawn, who: str, *, logs: bool) -> float:
    def typical(paid: bool) -> tuple[int, float]:
        sums = [
            p.counts["likes"] + (p.counts["replies"] or 0)
            for p in rows.settled(who)
            if p.counts["likes"] is not None and p.paid == paid
        ]
        return len(sums), (mean(log(n + 1) for n in sums) if logs else log(mean(sums) + 1)) if sums else nan

    (few, paid), (others, free) = typical(True), typical(False)
    return exp(paid - free) - 1 if few >= 3 and others >= 5 else nan


def _dated(rows: Drawn, who: str) -> list[Post]:
    return sorted(
        (post for post in rows.own(who) if post.readable and post.at is not None), key=lambda post: post.at or 0
    )


def _late(rows: Drawn, who: str) -> tuple[list[bool], list[bool]]:
    """Of its dated posts, whether they are paid: before the last 90 days, and in them."""
    posts = _dated(rows, who)
    newest = max(post.at or 0 for post in posts)
    sides = [
        [post.paid for post in posts if ((post.at or 0) > newest - RECENT_DAYS * DAY) == late] for late in (False, True)
    ]
    return sides[0], sides[1]


def _of_late(rows: Drawn, who: str, *, whole: bool = False) -> float:
    before, late = _late(rows, who)
    return mean(before + late if whole else late) if len(late) >= 5 else nan


def _trend(rows: Drawn, who: str, *, whole: bool = False) -> float:
    before, late = _late(rows, who)
    return mean(late) - mean(before + late if whole else before) if len(late) >= 5 and len(before) >= 5 else nan


def _after_best(rows: Drawn, who: str, posts: list[Post]) -> float:
    dated, counted = (
        [p for p in posts if p.at is not None],
        [p for p in rows.settled(who) if p.at is not None and p.counts["likes"] is not None],
    )
    likes = [post.counts["likes"] or 0 for post in counted]
    if len(counted) < 8 or max(likes) < SPIKE * median(likes):
        return nan
    best = max(counted, key=lambda post: (post.counts["likes"] or 0, post.post))
    moments = sorted(post.at or 0 for post in dated)
    gaps = sorted(later - before for before, later in pairwise(moments))
    following = [moment for moment in moments if moment > (best.at or 0)]
    end = following[0] if following else max(post.seen for post in dated)
    usual = gaps[(len(gaps) + 1) // 2 - 1]
    return (end - (best.at or 0)) / usual if usual else nan


def _topics(posts: Iterable[Post]) -> Counter[int]:
    return Counter(post.topic for post in posts if post.topic is not None)


def _lead(rows: Drawn, who: str, *, lead: bool) -> float:
    counts = _topics(rows.own(who))
    first, second = [*sorted(counts.values(), reverse=True), 0, 0][:2]
    return (first - (second if lead else 0)) / counts.total() if counts.total() >= 5 else nan


def _off(rows: Drawn, who: str, *, others: bool) -> float:
    posts = [post for post in rows.own(who) if post.topic is not None]
    paid, free = [p for p in posts if p.paid], [p for p in posts if not p.paid]
    shares = _topics(free if others else posts)
    of = shares.total()
    if len(paid) < 3 or len(free) < 5:
        return nan
    return mean(shares[post.topic or 0] < OFF_TOPIC * of for post in paid)


def _drift(rows: Drawn, who: str, *, corrected: bool) -> float:
    posts = [post for post in rows.own(who) if post.topic is not None and post.at is not None]
    times = [post.at or 0 for post in posts]
    since = max(times) - (max(times) - min(times)) / 3
    late, before = _topics(p for p in posts if (p.at or 0) > since), _topics(p for p in posts if (p.at or 0) <= since)
    n, m = late.total(), before.total()
    if n < 3 or m < 5:
        return nan
    both, shared = late + before, 0.0
    for side, size in ((late, n), (before, m)):
        shared += sum(count / (n + m) * log(count * (n + m) / (both[topic] * size)) for topic, count in side.items())
    most = -sum(size / (n + m) * log(size / (n + m)) for size in (n, m))
    bias = (len(both) - 1) / (2 * (n + m)) if corrected else 0
    return min(1.0, max(0.0, (shared - bias) / most))


def _begun(rows: Drawn, who: str) -> list[Comment]:
    """What others began: said to it, and no answer to what it had said to them."""
    to = {(one.via, one.account) for one in rows.said[who]}
    return [one for one in rows.heard[who] if (one.post, one.actor) not in to]


def _threads(rows: Drawn, who: str, turns: int) -> float:
    """Share of threads that others began under its posts in which so many turns follow."""
    begun, replies = _begun(rows, who), {(one.post, one.actor): one for one in rows.comments}
    if not rows.said[who] or len(begun) < 3:
        return nan

    def on(one: Comment, left: int) -> bool:
        back = replies.get((one.via, one.account))
        return left == 0 or (back is not None and on(back, left - 1))

    return mean(on(one, turns) for one in begun)


def _asked(rows: Drawn, who: str, *, all_of_them: bool) -> float:
    """Share of comments that ask (or of all) to which it replied."""
    asked = [(one.via, one.actor) for one in _begun(rows, who) if one.asks or all_of_them]
    answered = {(one.post, one.account) for one in rows.said[who]}
    return mean(one in answered for one in asked) if len(asked) >= 3 and rows.said[who] else nan


def _of_reach(rows: Drawn, who: str, *, views: bool = False) -> list[float]:
    names = ("likes", "replies", "reposts", "saves")
    return [
        sum(post.counts[name] or 0 for name in names) / (post.counts["reach"] or 1)
        for post in (rows.own(who) if views else rows.settled(who))
        if post.counts["reach"] and all(post.counts[name] is not None for name in names)
    ]


def _judged(rows: Drawn, who: str) -> list[Post]:
    return [post for post in rows.own(who) if post.judged]


def _praise(posts: list[Post]) -> float:
    judged = [post.judged or (0, 0) for post in posts]
    return sum(praise for praise, _ in judged) / sum(map(sum, judged)) if judged else nan


def _tone_gap(rows: Drawn, who: str, *, pooled: bool) -> float:
    paid, free = ([post for post in _judged(rows, who) if post.paid == kind] for kind in (True, False))
    if len(paid) < 3 or len(free) < 3:
        return nan
    if pooled:
        return _praise(paid) - _praise(free)
    return mean(_praise([post]) for post in paid) - mean(_praise([post]) for post in free)


def _run(rows: Drawn, who: str, *, reset: bool) -> float:
    posts = sorted((p for p in _judged(rows, who) if p.at is not None), key=lambda post: (post.at, post.post))
    alone = [not (post.judged or (0, 0))[1] for post in posts]
    if len(posts) < 5:
        return nan
    return max((sum(1 for _ in run) for praised, run in groupby(alone) if praised), default=0) if reset else sum(alone)


def _brands(rows: Drawn, who: str, *, unpaid: bool) -> float:
    naming = [post for post in rows.own(who) if post.brands]
    return (
        len({brand for post in naming if not (unpaid and post.paid) for brand in post.brands})
        if len(naming) >= 1
        else nan
    )


def _enough(values: list[float], least: int = 3) -> list[float]:
    return values if len(values) >= least else []


COUNTS: dict[str, tuple[Count, Count, str]] = {
    "organic_rate": (lambda r, w: _rate(r, w, False), lambda r, w: _rate(r, w, None), "paid posts counted as well"),
    "sponsored_rate": (lambda r, w: _rate(r, w, True), lambda r, w: mean(_rates(r, w, True)), "the mean"),
    "sponsored_engagement_gap": (lambda r, w: _gap(r, w, logs=True), lambda r, w: _gap(r, w, logs=False), "means in place of geometric means"),
    "sponsored_share_90": (lambda r, w: _of_late(r, w), lambda r, w: _of_late(r, w, whole=True), "all its posts"),
    "sponsorship_trend": (lambda r, w: _trend(r, w), lambda r, w: _trend(r, w, whole=True), "late posts against all posts"),
    "post_spike_silence": (lambda r, w: _after_best(r, w, r.own(w)), lambda r, w: _after_best(r, w, r.posts[w]), "replies counted as posts"),
    "topic_lead": (lambda r, w: _lead(r, w, lead=True), lambda r, w: _lead(r, w, lead=False), "the share of the main topic alone"),
    "off_topic_sponsored_share": (lambda r, w: _off(r, w, others=True), lambda r, w: _off(r, w, others=False), "shares of all posts, paid ones among them"),
    "focus_drift": (lambda r, w: _drift(r, w, corrected=True), lambda r, w: _drift(r, w, corrected=False), "without the correction of few posts"),
    "conversation_depth": (lambda r, w: _threads(r, w, 2), lambda r, w: _threads(r, w, 1), "one answer taken for a conversation"),
    "question_reply_rate": (lambda r, w: _asked(r, w, all_of_them=False), lambda r, w: _asked(r, w, all_of_them=True), "all comments"),
    "reach_rate": (lambda r, w: median(_enough(_of_reach(r, w))), lambda r, w: mean(_of_reach(r, w)), "the mean"),
    "reach_rate_mean": (lambda r, w: mean(_enough(_of_reach(r, w))), lambda r, w: mean(_of_reach(r, w, views=True)), "young posts counted as well"),
    "format_variety": (
        lambda r, w: len({p.media for p in r.own(w) if p.media}), lambda r, w: len({p.media for p in r.own(w)}), "unknown counted as a format",
    ),
    "linked_domains": (
        lambda r, w: len({s for p in r.own(w) for s in p.sites}) or nan, lambda r, w: sum(len(p.sites) for p in r.own(w)) or nan, "links instead of sites",
    ),
    "paid_tone_gap": (lambda r, w: _tone_gap(r, w, pooled=True), lambda r, w: _tone_gap(r, w, pooled=False), "the mean of shares, a review at a time"),
    "praise_run": (lambda r, w: _run(r, w, reset=True), lambda r, w: _run(r, w, reset=False), "all reviews of praise alone, in a row or not"),
    "unpaid_brand_variety": (lambda r, w: _brands(r, w, unpaid=True), lambda r, w: _brands(r, w, unpaid=False), "paid posts counted as well"),
}  # fmt: skip
"""Signal -> the count by hand, the hasty one, and what that does."""


def post_figures() -> list[Row]:
    """Counts by hand beside the program's, on rows drawn by lot."""
    world = drawn(sized(600, 150))
    rows = read(world)
    return [agree(name, counts, [world], [rows], "rows drawn by lot") for name, counts in COUNTS.items()]
