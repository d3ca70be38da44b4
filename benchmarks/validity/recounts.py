"""Do plain counts say what anybody finds who counts the rows by hand? A second, independent reading of the same definition.

The program counts in SQL and in arrays, many accounts at once. Here the same sentences of the reference page are read again as plain
Python, one account after the other, from nothing but the raw rows; what must agree does, or the figure says how often it does not.
Beside it stands what a hasty reader would count: every act instead of every person, replies among the posts, a mean for a median.
Whether a count is worth anything is another question, and asked elsewhere or of nobody.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from math import isclose, log, nan
from statistics import mean, median
from typing import Any, NamedTuple

import numpy as np

from benchmarks.validity import worlds
from benchmarks.validity.basics import known
from benchmarks.validity.figures import Array, Numbers, Row, accuracy, compared, met, spearman
from benchmarks.validity.worlds import Simulated
from groundswell.signals import SIGNALS
from groundswell.signals.company import HIGHER
from groundswell.signals.grains import YOUNG_HOURS
from groundswell.signals.ties import FANS_ASKED, REGULAR_FROM

DAY = 86_400
OWN = (None, "post", "quote")
SPEAKING = ("reply", "quote", "repost", "mention")
AGAINST_ITSELF = "the program against its own declaration"


class Post(NamedTuple):
    """A row of posts."""

    kind: str | None
    text: str | None
    at: float | None
    seen: float
    counts: dict[str, int | None]


class Act(NamedTuple):
    """A row of interactions."""

    actor: str
    verb: str
    account: str
    post: str | None
    via: str | None
    at: datetime


@dataclass(frozen=True)
class Rows:
    """The raw rows of a world, account by account."""

    posts: dict[str, list[Post]]
    acts: dict[str, list[Act]]
    """Acts of others on an account."""
    done: dict[str, list[Act]]
    """Acts of an account on others."""
    followers: dict[str, set[str]]
    profiles: dict[str, dict[str, Any]]
    history: dict[str, list[tuple[float, int]]]
    texts: dict[str, Post]
    topic: dict[str, str]
    """What an account was made to write of most."""

    @cached_property
    def answers(self) -> set[Act]:
        """The author's side of exchanges under comments, and whom it names in them."""
        comments = {act.via: act for acts in self.acts.values() for act in acts if act.verb == "reply" and act.via}

        def turns(act: Act) -> int:
            before = comments.get(act.post or "")
            to_me = before is not None and (before.actor, before.account) == (act.account, act.actor)
            return 1 + turns(before) if before is not None and to_me else 0

        found = {act for act in comments.values() if turns(act) % 2}
        posts = {act.via for act in found}
        return found | {
            one for acts in self.acts.values() for one in acts if one.verb == "mention" and one.via in posts
        }

    @cached_property
    def replied(self) -> set[str]:
        """Posts that are a reply to somebody."""
        return {act.via for acts in self.acts.values() for act in acts if act.verb == "reply" and act.via}

    def spoke(self, who: str) -> list[Act]:
        """What others said to it of their own accord."""
        return [act for act in self.acts.get(who, ()) if act.verb in SPEAKING and act not in self.answers]

    def tied(self, one: str, other: str) -> bool:
        """Whether two follow one another, or have each spoken to the other of their own accord."""
        both = other in self.followers.get(one, ()) and one in self.followers.get(other, ())
        return both or (other in self.speakers[one] and one in self.speakers[other])

    @cached_property
    def speakers(self) -> dict[str, set[str]]:
        """Who spoke to each of their own accord."""
        return defaultdict(set, {who: {act.actor for act in self.spoke(who)} for who in self.acts})

    def own(self, who: str) -> list[Post]:
        """Its own posts."""
        return [post for post in self.posts.get(who, ()) if post.kind in OWN]

    def settled(self, who: str) -> list[Post]:
        """Its own posts whose counts no longer grow."""
        return [post for post in self.own(who) if post.at is None or post.seen - post.at >= YOUNG_HOURS * 3600]

    def listeners(self, who: str, at: float | None) -> float:
        """Followers when a post was made, as far as somebody had counted; else as they are now."""
        steps = self.history.get(who, [])
        place = bisect_right(steps, (at, 1 << 60)) if at is not None else 0
        return (steps[place - 1][1] if place else self.profiles[who]["followers"]) or nan


def read(world: Simulated) -> Rows:
    """The rows of a world."""
    with world.workspace.engine() as engine:
        numbers = ("likes", "replies", "reposts", "views", "saves")
        posts = engine.table(
            f"SELECT post, account, kind, text, epoch(created_at) AS at, epoch(observed_at) AS seen, {', '.join(numbers)} FROM posts"
        )
        acts = engine.table(
            "SELECT DISTINCT actor, verb, account, post, via, acted_at AS at FROM interactions WHERE actor <> account"
        )
        follows = engine.rows("SELECT followed, follower FROM follows WHERE follower <> followed")
        people = engine.table(
            """SELECT account, followers, "following", verified, (epoch(observed_at) - epoch(created_at)) / 86400e0 AS age FROM accounts"""
        )
        history = engine.rows(
            "SELECT account, epoch(observed_at), followers FROM account_history WHERE followers IS NOT NULL AND observed_own"
        )
    found = Rows(
        defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(set), {}, defaultdict(list), {}, {}
    )
    for row in posts.to_pylist():
        one = Post(row["kind"], row["text"], row["at"], row["seen"], {name: row[name] for name in numbers})
        found.posts[row["account"]].append(one)
        found.texts[row["post"]] = one
    for row in acts.to_pylist():
        act = Act(*(row[name] for name in Act._fields))
        found.acts[act.account].append(act)
        found.done[act.actor].append(act)
    for followed, follower in follows:
        found.followers[followed].add(follower)
    for who, at, count in sorted(history):
        found.history[who].append((at, count))
    found.profiles.update({row["account"]: row for row in people.to_pylist()})
    topics = world.truth.column("topics").to_pylist()
    found.topic.update(
        {who: some[0] for who, some in zip(world.truth.column("account").to_pylist(), topics, strict=True) if some}
    )
    return found  # fmt: skip


# -- one account at a time -----------------------------------------------------------------------------------------------------


def _gaps(posts: Iterable[Post]) -> list[float]:
    at = sorted(post.at for post in posts if post.at is not None)
    return [(later - before) / DAY for before, later in pairwise(at)]


def _silence(posts: Collection[Post]) -> float:
    return (max(post.seen for post in posts) - max(post.at for post in posts if post.at is not None)) / DAY


def _counted(posts: Iterable[Post], *names: str, least: str = "") -> list[float]:
    """Sums of these counts, of posts that know them all."""
    return [
        sum(post.counts[name] or 0 for name in names)
        for post in posts
        if all(post.counts[name] is not None for name in names) and (not least or post.counts[least])
    ]


def _rates(rows: Rows, who: str, posts: Iterable[Post], *names: str, now: bool = False) -> list[float]:
    """Counts divided by the followers at the time, or by those of now."""
    return [
        sum(post.counts[name] or 0 for name in names) / rows.listeners(who, None if now else post.at)
        for post in posts
        if all(post.counts[name] is not None for name in names)
    ]


def _kept(posts: Iterable[Post]) -> list[float]:
    """Saves and shares per like."""
    return [
        ((post.counts["saves"] or 0) + (post.counts["reposts"] or 0)) / post.counts["likes"]
        for post in posts
        if post.counts["likes"] and not (post.counts["saves"] is None and post.counts["reposts"] is None)
    ]  # fmt: skip


def _viewed(posts: Iterable[Post]) -> list[float]:
    return [
        post.counts["likes"] / post.counts["views"]
        for post in posts
        if post.counts["views"] and post.counts["likes"] is not None
    ]


def _passed(rows: Rows, who: str) -> list[Act]:
    """Acts that pass it on: whoever names it in an answer does not."""
    return [
        act
        for act in rows.acts.get(who, ())
        if act.verb in ("quote", "repost") or (act.verb == "mention" and act.via not in rows.replied)
    ]


def _loyal(rows: Rows, who: str) -> dict[str, int]:
    """Who spoke to it in three months and on three posts, and in how many months."""
    months, posts = defaultdict[str, set[date]](set), defaultdict[str, set[str]](set)
    for act in rows.spoke(who):
        months[act.actor].add(act.at.date().replace(day=1))
        if act.post:
            posts[act.actor].add(act.post)
    return {
        one: len(some) for one, some in months.items() if len(some) >= REGULAR_FROM and len(posts[one]) >= REGULAR_FROM
    }


def _second_hop(rows: Rows, who: str) -> float:
    fans = [one for one in _loyal(rows, who) if rows.followers.get(one)]
    if len(fans) > FANS_ASKED:  # which of them are asked first is settled by a hash: left out here
        return nan
    return len(set[str]().union(*(rows.followers[one] for one in fans)) - rows.followers.get(who, set()) - {who})


def _regulars(rows: Rows, who: str, days: bool) -> float:
    """Share of commenters who came three times (on three days)."""
    came = defaultdict[str, list[date]](list)
    for act in rows.spoke(who):
        if act.verb == "reply":
            came[act.actor].append(act.at.date())
    return mean(len(set(some) if days else some) >= REGULAR_FROM for some in came.values()) if came else nan


def _notable(rows: Rows, who: str, times: float) -> float:
    mine = rows.profiles[who]["followers"]
    people = {act.actor for act in rows.acts.get(who, ()) if act.verb in SPEAKING}
    met = [rows.profiles[one] for one in people if one in rows.profiles and rows.profiles[one]["followers"] is not None]
    return sum(one["followers"] >= times * mine or bool(one["verified"]) for one in met) if mine is not None else nan


def _continued(rows: Rows, who: str, own: bool) -> float:
    """Share of its answers (or of all it said) that were answered again."""
    given = [act for act in rows.done.get(who, ()) if act.verb == "reply" and (not own or act in rows.answers)]
    again = {(act.post, act.actor) for act in rows.acts.get(who, ()) if act.verb == "reply"}
    return mean((act.via, act.account) in again for act in given) if given else nan


def _words(rows: Rows, who: str) -> list[int]:
    """Words of comments by others, handles left out."""
    texts = [
        rows.texts[act.via].text or ""
        for act in rows.acts.get(who, ())
        if act.verb == "reply" and act.via in rows.texts
    ]
    counts = [sum(not word.startswith("@") for word in text.split()) for text in texts]
    return [count for count in counts if count]


def _strangers(rows: Rows, who: str) -> float:
    people = rows.speakers[who]
    return mean(not rows.tied(who, one) for one in people) if people else nan


Count = Callable[[Any, str], Any]
RECOUNTS: dict[str, tuple[Count, Count, str]] = {
    "longest_silence_days": (lambda r, w: max(_gaps(r.own(w))), lambda r, w: max(_gaps(r.posts[w])), "the same with replies and reposts"),
    "silence_days": (lambda r, w: _silence(r.own(w)), lambda r, w: _silence(r.posts[w]), "the same with replies and reposts"),
    "following_ratio": (
        lambda r, w: r.profiles[w]["following"] / r.profiles[w]["followers"],
        lambda r, w: sum(w in some for some in r.followers.values()) / len(r.followers[w]), "the follows that the files list",
    ),
    "account_age_days": (
        lambda r, w: r.profiles[w]["age"], lambda r, w: (r.posts[w][0].seen - min(p.at for p in r.posts[w] if p.at)) / DAY, "days since its first post",
    ),
    "typical_reactions": (
        lambda r, w: median(_counted(r.settled(w), "likes", "replies")), lambda r, w: mean(_counted(r.own(w), "likes", "replies")), "the mean of all its posts",
    ),
    "kept_ratio": (lambda r, w: median(_kept(r.settled(w))), lambda r, w: mean(_kept(r.posts[w])), "the mean of all its posts"),
    "view_rate": (lambda r, w: median(_viewed(r.settled(w))), lambda r, w: median(_viewed(r.posts[w])), "young posts counted as well"),
    "view_rate_mean": (lambda r, w: mean(_viewed(r.settled(w))), lambda r, w: mean(_viewed(r.posts[w])), "young posts counted as well"),
    "public_rate": (
        lambda r, w: median(_rates(r, w, r.settled(w), "likes", "replies")),
        lambda r, w: median(_rates(r, w, r.settled(w), "likes", "replies", now=True)), "the followers of now",
    ),
    "public_rate_mean": (
        lambda r, w: mean(_rates(r, w, r.settled(w), "likes", "replies")),
        lambda r, w: mean(_rates(r, w, r.settled(w), "likes", "replies", now=True)), "the followers of now",
    ),
    "like_rate_mean": (
        lambda r, w: mean(_rates(r, w, r.settled(w), "likes")), lambda r, w: mean(_rates(r, w, r.settled(w), "likes", now=True)), "the followers of now",
    ),
    "mentions_received": (lambda r, w: len({a.actor for a in _passed(r, w)}), lambda r, w: len(_passed(r, w)), "acts instead of people"),
    "reached_people": (lambda r, w: len({a.actor for a in r.acts[w]}), lambda r, w: len(r.acts[w]), "acts instead of people"),
    "repeat_correspondents": (lambda r, w: _regulars(r, w, True), lambda r, w: _regulars(r, w, False), "three comments, all on one day or not"),
    "basis_relationship": (lambda r, w: _regulars(r, w, True), lambda r, w: _regulars(r, w, False), "three comments, all on one day or not"),
    "superfans": (
        lambda r, w: len(_loyal(r, w)), lambda r, w: sum(n >= REGULAR_FROM for n in Counter(a.actor for a in r.spoke(w)).values()), "three acts or more",
    ),
    "second_hop_reach": (
        _second_hop, lambda r, w: sum(len(r.followers.get(one, ())) for one in _loyal(r, w)), "their followers added up",
    ),
    "notable_connections": (lambda r, w: _notable(r, w, HIGHER), lambda r, w: _notable(r, w, 1), "whoever has as many followers"),
    "stranger_share": (
        _strangers, lambda r, w: mean(w not in r.followers.get(one, ()) for one in r.speakers[w]), "whoever it does not follow",
    ),
    "comment_depth": (lambda r, w: _continued(r, w, True), lambda r, w: _continued(r, w, False), "answered among all it said to anybody"),
    "comment_length": (lambda r, w: median(_words(r, w)), lambda r, w: mean(_words(r, w)), "the mean"),
}  # fmt: skip
"""Signal -> the count by hand, the hasty one, and what that does."""


def recount_figures() -> list[Row]:
    """Counts by hand beside the program's; and what people speak of who speak to somebody, beside what they were made to speak of."""
    made = [worlds.world(12), worlds.world(14, kind="loose")]
    rows = [read(world) for world in made]
    data = f"{len(made)} made-up communities"
    return [*(agree(name, RECOUNTS[name], made, rows, data) for name in RECOUNTS), *_company(made, rows)]


def agree(
    name: str, counts: tuple[Count, Count, str], made: Sequence[Simulated], rows: Sequence[Any], data: str
) -> Row:
    """The figure of one signal: how many accounts have the value that one counts by hand, and that one counts hastily."""
    by_hand, hastily, does = counts
    said, right, hasty = (np.concatenate(part) for part in zip(*(
        (world.value(name), _each(by_hand, world, some), _each(hastily, world, some)) for world, some in zip(made, rows, strict=True)
    ), strict=True))  # fmt: skip
    told = np.isfinite(said) & ~np.isnan(right)
    ours, theirs = (_same(one[told], right[told]) for one in (said, hasty))
    found = compared(accuracy, np.ones(int(told.sum()), bool), ours, theirs)
    return found.row(
        f"Is “{SIGNALS[name].title}” what one counts by hand?", f"{data}, {int(told.sum()):,} accounts", f"counted hastily: {does}",
        measure="share of accounts that agree to nine digits", signals=(name,), wanted="all", people=int(told.sum()),
        target=met(bool(ours.all())), apart=AGAINST_ITSELF,
        how="Counted anew in plain Python from the raw rows, account by account, after the sentence in the reference.",
    )  # fmt: skip


def _each(count: Count, world: Simulated, rows: Any) -> Numbers:
    def one(who: str) -> float:
        try:
            return float(count(rows, who))
        except (ValueError, ZeroDivisionError, TypeError, IndexError, KeyError):  # nothing to count
            return nan

    return np.array([one(who) for who in world.truth.column("account").to_pylist()])


def _same(one: Numbers, other: Numbers) -> Array:
    return np.array([isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) for a, b in zip(one, other, strict=True)])


# -- what those speak of who speak to somebody ---------------------------------------------------------------------------------


def _company(made: list[Simulated], rows: list[Rows]) -> list[Row]:
    """Topics are fitted from texts, in three languages; what people were made to write of is known to nobody else."""
    focus, echo = (
        np.concatenate([of(world, some) for world, some in zip(made, rows, strict=True)]) for of in (_focus, _echo)
    )
    crowd, followers = (
        np.concatenate([_each(count, world, some) for world, some in zip(made, rows, strict=True)])
        for count in (lambda r, w: -len(r.speakers[w]), lambda r, w: r.profiles[w]["followers"])
    )
    said = {name: np.concatenate([world.value(name) for world in made]) for name in ("audience_focus", "authority")}
    data = f"{len(made)} made-up communities"
    return [
        compared(spearman, *known(focus, said["audience_focus"], crowd)).row(
            "Is an audience of one mind told from one of many?", data, "fewer people who speak to it", measure="rank correlation",
            signals=("audience_focus",), how="True: the evenness of the main topics that those who spoke to it were made to write of.",
        ),
        compared(spearman, *known(echo, said["authority"], followers)).row(
            "Does authority follow how many of its own subject turn to it?", data, "followers", measure="rank correlation", signals=("authority",),
            how="True: people made to write of the same main topic who spoke to it, divided by its own posts.",
        ),
    ]  # fmt: skip


def _focus(world: Simulated, rows: Rows) -> Numbers:
    kinds = len(set(rows.topic.values()))

    def one(_: Rows, who: str) -> float:
        shares = Counter(rows.topic[other] for other in rows.speakers[who] if other in rows.topic)
        total = sum(shares.values())
        return 1 + sum(n / total * log(n / total) for n in shares.values()) / log(kinds) if total >= 10 else nan

    return _each(one, world, rows)


def _echo(world: Simulated, rows: Rows) -> Numbers:
    def one(_: Rows, who: str) -> float:
        return sum(rows.topic.get(other) == rows.topic[who] for other in rows.speakers[who]) / len(rows.own(who))

    return _each(one, world, rows)
