"""A made-up community with a known truth: demo, test bench and rehearsal room.

    people  ->  ties  ->  posts  ->  what others did  ->  files that look like the ones people really have

Every assumption stands in `simulate.toml`, with its source or the word "choice". The files carry `simulated = true`, handles
are visibly invented, and `truth.parquet` says what no real platform tells: who is what, and how strongly. The program never
imports it; tests and benchmarks compare with it.

Chance is drawn in blocks of a thousand people, each with its own counter-based generator keyed by (seed, draw, block), so that
the files are the same byte for byte however many blocks are worked on at once. Circles of friends lie within a block; who
follows whom across blocks is a hash of (followed, how-manieth follower), so that no more than one row a person is held in
memory for long. Dates end at a declared moment: no clock is read.
"""

from __future__ import annotations

import errno
import os
import tomllib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cached_property
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from groundswell.errors import DiskFullError, UsageError

Form = Literal["csv", "parquet"]
Numbers = NDArray[np.int64]
Shares = NDArray[np.float64]
Flags = NDArray[np.bool_]

_BLOCK = 1_000
"""People per unit of chance; changing it changes every file."""
_ROW_GROUP = 131_072
"""Rows of a Parquet row group, whatever the blocks brought."""
_TOPICS_A_PERSON = 6
_HOUR = 3_600
_DAY = 24 * _HOUR
_DRAWS = {"people": 1, "ties": 2, "posts": 3, "acts": 4, "texts": 5, "profiles": 6}
_FIRST_ACCOUNT, _FIRST_POST, _POSTS_A_BLOCK = 10_000_000_000, 3_000_000_000_000_000_000, 10_000_000
_SECONDS = pa.timestamp("s", tz="UTC")

_ACCOUNTS = pa.schema(
    {
        "platform": pa.string(), "id": pa.string(), "handle": pa.string(), "name": pa.string(), "bio": pa.string(),
        "location": pa.string(), "country": pa.string(), "language": pa.string(), "followers": pa.int64(),
        "following": pa.int64(), "posts_count": pa.int64(), "created_at": _SECONDS, "account_type": pa.string(),
        "observed_at": _SECONDS, "simulated": pa.bool_(),
    }
)  # fmt: skip
_POSTS = pa.schema(
    {
        "platform": pa.string(), "id": pa.string(), "author_id": pa.string(), "author_handle": pa.string(),
        "text": pa.string(), "created_at": _SECONDS, "kind": pa.string(), "language": pa.string(), "likes": pa.int64(),
        "replies": pa.int64(), "reposts": pa.int64(), "views": pa.int64(), "saves": pa.int64(), "reply_to": pa.string(),
        "reply_to_account": pa.string(), "repost_of": pa.string(), "thread": pa.string(), "hashtags": pa.string(),
        "mentions": pa.string(), "paid_label": pa.bool_(), "observed_at": _SECONDS, "simulated": pa.bool_(),
    }
)  # fmt: skip
_INTERACTIONS = pa.schema(
    {
        "platform": pa.string(), "actor_id": pa.string(), "verb": pa.string(), "target_account": pa.string(),
        "target_post": pa.string(), "via_post": pa.string(), "acted_at": _SECONDS,
    }
)  # fmt: skip
_FOLLOWS = pa.schema(
    {
        "platform": pa.string(), "follower_id": pa.string(), "followed_id": pa.string(), "since": _SECONDS,
        "completeness": pa.string(),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """What was written, and where the answers lie."""

    folder: Path
    files: dict[str, Path]
    """accounts, posts, interactions, follows, sheet -> path; what a user would import."""
    truth: Path
    """One row an account: archetype, topics, propensities, and what came of them. Never imported."""
    counts: dict[str, int]
    """Rows of each table."""


def simulate(
    folder: Path,
    *,
    people: int = 2_000,
    seed: int = 7,
    posts_per_person: float | None = None,
    form: Form = "csv",
    progress: Callable[[int, int], None] | None = None,
    people_at_once: int = 2_000,
) -> Truth:
    """Write a made-up community into `folder`, and what is true of it into `truth.parquet`.

    `posts_per_person` is the mean number of rows a person in the posts file, replies and reposts included (default: declared in
    simulate.toml). `people_at_once` bounds memory and never changes the result. `progress` is told (people done, people).

    Raises UsageError for fewer than 100 people or a mean below zero, DiskFullError when there is no space.
    """
    if people < 100:
        raise UsageError(f"A community of {people} people is too small.", next_step="Ask for at least 100 people.")
    if posts_per_person is not None and posts_per_person < 0:
        raise UsageError("A person cannot write fewer than no posts.", next_step="Give a number of posts above zero.")
    folder.mkdir(parents=True, exist_ok=True)
    world = _World.made(people, seed, posts_per_person)
    try:
        return _write(world, folder, form, max(1, people_at_once // _BLOCK), progress or (lambda _done, _people: None))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise DiskFullError(
            f"No space left for the simulated community in {folder}.", next_step="Free space or ask for fewer people."
        ) from error


def sample_brief() -> str:
    """Return the text of a brief (TOML) for the community's first brand, with people who fit it."""
    return """\
# A brief for the simulated community. Oat & Co is invented; copy this file and write your own.
brand = "Oat & Co"
definition = "field_geek@1"

[objective]
metric = "conversions"
target = 200
by = 2027-03-01

[budget]
amount = 5000.00
currency = "EUR"

[[persona]]
text = "bakes vegan bread"
weight = 3

[[persona]]
text = "cooks vegan food at home for friends and family"
weight = 2

[[persona]]
text = "tries oat milk in coffee"
weight = 1

[segments]
sector = ["vegan food"]
country = ["DE", "AT"]
channel = ["instagram", "blog"]

[exclude]
accounts = ["instagram:@muhlos_sim"]
"""


# --- What is assumed ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Plan:
    """The declared assumptions, with the lists and matrices that are read out of them."""

    assumed: dict[str, Any]
    people: int
    seed: int
    own_posts: float
    """Mean number of own posts a person."""

    @classmethod
    def read(cls, people: int, seed: int, posts_per_person: float | None) -> _Plan:
        """Read simulate.toml, which ships beside this file."""
        assumed = tomllib.loads(resources.files("groundswell").joinpath("simulate.toml").read_text("utf-8"))
        rows = float(assumed["posts_per_person"]) if posts_per_person is None else posts_per_person
        return cls(assumed, people, seed, rows * float(assumed["own_rows_share"]))

    def trait(self, name: str) -> Shares:
        """One trait of all archetypes: (archetypes,) or (archetypes, 2 or 3)."""
        return np.array([kind[name] for kind in self.assumed["archetype"]], dtype=np.float64)

    def chance(self, draw: str, block: int) -> np.random.Generator:
        """The generator of one draw in one block, independent of every other."""
        key = np.array([self.seed % 2**64, _DRAWS[draw] << 40 | block], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(key=key))

    @property
    def blocks(self) -> int:
        return -(-self.people // _BLOCK)

    def ids(self, block: int) -> Numbers:
        """Index of the people of a block within the community."""
        return np.arange(block * _BLOCK, min((block + 1) * _BLOCK, self.people))

    @cached_property
    def kinds(self) -> list[str]:
        return [kind["name"] for kind in self.assumed["archetype"]]

    @cached_property
    def topics(self) -> list[str]:
        return [topic["name"] for topic in self.assumed["topic"]]

    @cached_property
    def languages(self) -> list[str]:
        return list(self.assumed["language"])

    @cached_property
    def platforms(self) -> list[str]:
        return list(self.assumed["platforms"])

    @cached_property
    def countries(self) -> list[str]:
        return list(self.assumed["cities"])

    @cached_property
    def brand_names(self) -> list[str]:
        return [brand["name"] for brand in self.assumed["brand"]]

    @cached_property
    def brand_of(self) -> Shares:
        """(topics, brands): chance that a post on the topic which names a brand names this one."""
        sells = np.array([[topic in brand["topics"] for brand in self.assumed["brand"]] for topic in self.topics])
        return sells / sells.sum(axis=1, keepdims=True)

    @cached_property
    def end(self) -> int:
        """The declared end, seconds since 1970."""
        return int(self.assumed["end"].timestamp())

    def kind(self, name: str) -> int:
        """Number of the archetype called `name`."""
        return self.kinds.index(name)


def _choose(shares: Shares, chance: Shares) -> Numbers:
    """Index drawn with the given shares, one for each chance in [0, 1)."""
    upto = np.cumsum(shares) / np.sum(shares)
    return np.minimum(np.searchsorted(upto, chance, side="right"), len(upto) - 1).astype(np.int64)


def _scattered(seed: int, *numbers: Numbers) -> Shares:
    """A uniform number in [0, 1) that only the seed and the numbers decide: the finaliser of SplitMix64 (Steele et al. 2014)."""
    state = np.full(numbers[0].shape, seed % 2**64, dtype=np.uint64)
    for number in numbers:
        state = (state ^ number.astype(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state = state ^ (state >> np.uint64(31))
    return (state >> np.uint64(11)).astype(np.float64) * 2.0**-53


# --- Who they are -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _People:
    """The community, one element a person; `topics` and `upto` have one row a person and a column for each of its topics."""

    kind: Numbers
    circle: Numbers
    platform: Numbers
    language: Numbers
    country: Numbers
    followers: Numbers
    follows: Numbers
    begins: Numbers
    ends: Numbers
    created: Numbers
    posts: Shares
    rhythm: Numbers
    gap_shape: Shares
    topics: Numbers
    upto: Shares
    like_rate: Shares
    hides_likes: Flags
    sponsored: Shares
    disclosed: Shares
    bought: Shares
    answers: Shares
    latency: Shares
    passes_on: Shares
    friendly: Shares
    talk: Shares
    spark: Shares

    @property
    def genuine(self) -> Shares:
        """Followers that are people."""
        return self.followers * (1 - self.bought)

    @classmethod
    def drawn(cls, plan: _Plan) -> _People:
        """Draw everybody, block by block; the mean number of posts is then set to what was asked for."""
        blocks = [_draw_people(plan, block) for block in range(plan.blocks)]
        columns = {column.name: np.concatenate([block[column.name] for block in blocks]) for column in fields(cls)}
        columns["posts"] *= plan.own_posts / max(float(columns["posts"].mean()), 1e-12)
        return cls(**columns)


def _draw_people(plan: _Plan, block: int) -> dict[str, NDArray[Any]]:
    rng, ids = plan.chance("people", block), plan.ids(block)
    size, assumed = len(ids), plan.assumed
    circle = _draw_circles(assumed["circles"], rng, size)
    kind = _choose(plan.trait("share"), rng.random(size))
    # Friends share a platform and a language: the circle draws, not the person.
    platform = _choose(np.array(list(assumed["platforms"].values())), rng.random(size)[circle])
    language = _choose(
        np.array([language["share"] for language in assumed["language"].values()]), rng.random(size)[circle]
    )
    own_brand = ids[ids < len(plan.brand_names)]
    kind[: len(own_brand)], platform[: len(own_brand)], language[: len(own_brand)] = plan.kind("brand account"), 0, 0

    def of(trait: str) -> Shares:
        return plan.trait(trait)[kind]

    def between(trait: str) -> Shares:
        low, high = of(trait).T
        return low + (high - low) * rng.random(size)

    median, spread = of("followers").T
    followers = np.maximum(np.exp(np.log(median) + spread * rng.standard_normal(size)), 10).astype(np.int64)
    bought, activity = between("bought"), of("activity") * np.exp(rng.normal(0, 0.5, size))
    begins, ends = _draw_active(plan, rng, kind)
    rhythm = _choose_each(of("rhythm"), rng.random(size))
    topics, upto = _draw_topics(plan, rng, kind, own_brand)
    reposts = assumed["reposts"]
    return {
        "kind": kind,
        "circle": circle + int(ids[0]),
        "platform": platform,
        "language": language,
        "country": _draw_countries(plan, rng, language),
        "followers": followers,
        "follows": np.exp(np.log(of("following")) + assumed["follows"]["spread"] * rng.standard_normal(size)).astype(
            int
        ),
        "begins": begins,
        "ends": ends,
        "created": begins - (rng.random(size) ** 2 * 2_500 * _DAY).astype(int) * (kind != plan.kind("new")) - _DAY,
        "posts": activity * (ends - begins) * (rng.random(size) >= assumed["silent_share"]),
        "rhythm": rhythm,
        "gap_shape": np.array(list(assumed["rhythm"].values()))[rhythm],
        "topics": topics,
        "upto": upto,
        "like_rate": _draw_like_rate(assumed["likes"], rng, followers, bought, of("engagement")),
        "hides_likes": rng.random(size) < assumed["likes"]["hidden_share"],
        "sponsored": between("sponsored"),
        "disclosed": between("disclosed"),
        "bought": bought,
        "answers": between("answers"),
        "latency": of("latency_hours") * np.exp(rng.normal(0, 0.5, size)),
        "passes_on": of("passes_on") * rng.uniform(0.5, 1.0, size),
        "friendly": of("friends"),
        "talk": of("talk"),
        "spark": np.exp(rng.normal(-(reposts["spread"] ** 2) / 2, reposts["spread"], size)),
    }


def _draw_circles(circles: dict[str, Any], rng: np.random.Generator, size: int) -> Numbers:
    """Number of the circle of each person: the index of its first member within the block."""
    sizes = rng.integers(circles["smallest"], circles["largest"] + 1, size)
    starts = np.cumsum(sizes) - sizes
    return starts[np.searchsorted(starts, np.arange(size), side="right") - 1]


def _draw_active(plan: _Plan, rng: np.random.Generator, kind: Numbers) -> tuple[Numbers, Numbers]:
    """From when to when each person posts, seconds since 1970."""
    active, window = plan.assumed["active"], plan.assumed["window_days"]
    before_end = {name: rng.uniform(*active[name], len(kind)) for name in ("stalled_stops", "new_begins")}
    begins = np.where(kind == plan.kind("new"), before_end["new_begins"], window)
    ends = np.where(kind == plan.kind("stalled"), before_end["stalled_stops"], 0)
    return plan.end - (begins * _DAY).astype(np.int64), plan.end - (ends * _DAY).astype(np.int64)


def _choose_each(shares: Shares, chance: Shares) -> Numbers:
    """Index drawn with a row of shares for each chance."""
    upto = np.cumsum(shares, axis=1)
    return np.minimum((chance[:, None] * upto[:, -1:] >= upto).sum(axis=1), shares.shape[1] - 1)


def _draw_topics(plan: _Plan, rng: np.random.Generator, kind: Numbers, own_brand: Numbers) -> tuple[Numbers, Shares]:
    """Topics of each person, the main one first, and the cumulative shares of its posts."""
    size, weights = len(kind), np.array([topic["weight"] for topic in plan.assumed["topic"]])
    # The largest of log weight + Gumbel noise is a draw by weight without replacement (Yellott 1977).
    drawn = np.log(weights) + rng.gumbel(size=(size, len(weights)))
    for brand in own_brand:
        drawn[brand, plan.topics.index(plan.assumed["brand"][brand]["topics"][0])] = np.inf
    order = np.argsort(-drawn, axis=1)[:, :_TOPICS_A_PERSON]
    fewest, most = plan.trait("topics")[kind].astype(np.int64).T
    low, high = plan.trait("main")[kind].T
    count, main = rng.integers(fewest, most + 1), low + (high - low) * rng.random(size)
    rest = rng.exponential(size=(size, _TOPICS_A_PERSON - 1)) * (np.arange(1, _TOPICS_A_PERSON) < count[:, None])
    upto = np.cumsum(np.column_stack([main, rest / rest.sum(axis=1, keepdims=True) * (1 - main)[:, None]]), axis=1)
    return order, upto / upto[:, -1:]


def _draw_countries(plan: _Plan, rng: np.random.Generator, language: Numbers) -> Numbers:
    chance, country = rng.random(len(language)), np.zeros(len(language), dtype=np.int64)
    for number, spoken in enumerate(plan.assumed["language"].values()):
        index = np.array([plan.countries.index(name) for name in spoken["countries"]])
        chosen = index[_choose(np.array(list(spoken["countries"].values())), chance)]
        country = np.where(language == number, chosen, country)
    return country


def _draw_like_rate(
    likes: dict[str, Any], rng: np.random.Generator, followers: Numbers, bought: Shares, engagement: Shares
) -> Shares:
    """Median likes per follower of an own post: falls with the genuine followers, and bought ones never like."""
    by_size = likes["rate_at_1000"] * (followers * (1 - bought) / 1_000) ** likes["elasticity"]
    own = engagement * np.exp(rng.normal(0, likes["between_accounts"], len(followers)))
    return np.minimum(by_size * own, likes["most"]) * (1 - bought)


# --- What they say ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Phrases:
    """Sentences of one kind, all combinations written out, found by (language, column): a topic, a brand, or 0."""

    sentences: pa.Array
    first: Numbers
    count: Numbers

    @classmethod
    def of(cls, cells: Sequence[Sequence[Sequence[str]]]) -> _Phrases:
        """From a list of sentences for each [language][column]."""
        count = np.array([[len(cell) for cell in row] for row in cells], dtype=np.int64)
        first = (np.cumsum(count.ravel()) - count.ravel()).reshape(count.shape)
        return cls(pa.array([text for row in cells for cell in row for text in cell], pa.string()), first, count)

    def index(self, chance: Shares, language: Numbers, column: Numbers | int = 0) -> Numbers:
        """Which sentence, for each chance in [0, 1)."""
        return self.first[language, column] + (chance * self.count[language, column]).astype(np.int64)

    def pick(
        self, chance: Shares, language: Numbers, column: Numbers | int = 0, share: float | Flags = 1.0
    ) -> pa.Array:
        """A sentence for each chance, null where `share` (a share or flags) leaves it out."""
        kept = share if isinstance(share, np.ndarray) else chance < share
        spread = chance if isinstance(share, np.ndarray) else chance / share
        return self.sentences.take(pa.array(self.index(spread, language, column), mask=~kept))


@dataclass(frozen=True)
class _Words:
    """Everything that can be said."""

    by_kind: dict[str, _Phrases]
    tags: _Phrases
    plain_tags: pa.Array
    """The same tags as a list field: commas between, no #."""
    bot_replies: pa.Array

    @classmethod
    def of(cls, plan: _Plan) -> _Words:
        assumed = plan.assumed
        spoken = {code: assumed["language"][code] for code in plan.languages}
        kinds = {"openers": 1, "places": 1, "asides": 1, "closers": 1, "disclosure": 1}
        by_kind = {kind: _Phrases.of([[own[kind]] for own in spoken.values()]) for kind in kinds}
        for kind in ("clauses", "more", "questions", "praise", "thanks", "bios"):
            rows = [[_on_topic(own, kind, code, topic) for topic in assumed["topic"]] for code, own in spoken.items()]
            by_kind[kind] = _Phrases.of(rows)
        for kind in ("praise_brand", "reserve_brand", "paid_brand"):
            rows = [[_on_brand(own[kind], brand) for brand in assumed["brand"]] for own in spoken.values()]
            by_kind[kind] = _Phrases.of(rows)
        tags = [[*((one,) for one in topic["tags"]), *product(topic["tags"], repeat=2)] for topic in assumed["topic"]]
        hashed = _Phrases.of(
            [[[" ".join(f"#{tag}" for tag in dict.fromkeys(some)) for some in topic] for topic in tags]]
        )
        plain = pa.array([",".join(dict.fromkeys(some)) for topic in tags for some in topic], pa.string())
        return cls(by_kind, hashed, plain, pa.array(assumed["names"]["bot_replies"]))


def _on_topic(spoken: dict[str, Any], kind: str, code: str, topic: dict[str, Any]) -> list[str]:
    """All sentences of a kind in one language on one topic."""
    things, deeds = topic[code]["things"], topic[code]["deeds"]
    if kind == "clauses":
        combined = product(spoken["clauses"], deeds, things, spoken["endings"])
        return [f"{clause.format(deed=deed, thing=thing, ending=ending)}." for clause, deed, thing, ending in combined]
    pairs = zip(things, [*things[1:], things[0]], strict=True)
    return [
        _capital(pattern.format(thing=thing, thing2=other, topic=topic["name"]))
        for (thing, other), pattern in product(pairs, spoken[kind])
    ]


def _on_brand(patterns: list[str], brand: dict[str, Any]) -> list[str]:
    code = "".join(letter for letter in brand["name"].upper() if letter.isalpha())[:4] + "10"
    return [pattern.format(brand=brand["name"], code=code) for pattern in patterns]


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _joined(parts: Sequence[pa.Array]) -> pa.Array:
    """Parts of a text with spaces between; parts left out leave no space. One part at least must be there in every row:
    pyarrow 26 drops rows in which all are null."""
    return pc.binary_join_element_wise(*parts, " ", null_handling="skip")


# --- Who knows whom -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fans:
    """Followers within the community: the j-th fan of a person is a hash, kept nowhere."""

    seed: int
    listed: Numbers
    """How many fans of each person the files list."""
    pool: Numbers
    """People ordered by platform and main topic, then by platform, then the bots by platform."""
    first: Numbers
    """(3, people): where the fans of a person begin in the pool: same topic, same platform, bots."""
    count: Numbers
    bought: Shares
    of_topic: float

    @classmethod
    def of(cls, plan: _Plan, people: _People) -> _Fans:
        key = people.platform * len(plan.topics) + people.topics[:, 0]
        everybody, bots = np.arange(plan.people), np.flatnonzero(people.kind == plan.kind("bot"))
        groups = [(key, everybody), (people.platform, everybody), (people.platform, bots)]
        pool, first, count = [], [], []
        for group, members in groups:
            ordered = members[np.argsort(group[members], kind="stable")]
            begin = np.searchsorted(group[ordered], group, side="left")
            first.append(begin + sum(len(part) for part in pool))
            count.append(np.searchsorted(group[ordered], group, side="right") - begin)
            pool.append(ordered)
        weight = people.genuine**0.6  # choice: the community holds a smaller part of a large account's followers
        wanted = plan.assumed["listed"]["fans_per_person"] * plan.people * weight / weight.sum()
        listed = np.clip(wanted.astype(np.int64), 1, np.minimum(people.followers, np.maximum(count[1] // 3, 1)))
        topical = plan.assumed["listed"]["fans_of_topic"]
        return cls(plan.seed, listed, np.concatenate(pool), np.array(first), np.array(count), people.bought, topical)

    def nth(self, who: Numbers, number: Numbers) -> Numbers:
        """The fan of that number (0-based) of each person."""
        nature, place = _scattered(self.seed, who, number), _scattered(self.seed + 1, who, number)
        group = np.where(nature < self.bought[who], 2, np.where(nature > 1 - self.of_topic, 0, 1))
        group = np.where(self.count[group, who] < 3, 1, group)  # too few of them on this platform
        return self.pool[self.first[group, who] + (place * self.count[group, who]).astype(np.int64)]

    def any(self, rng: np.random.Generator, who: Numbers) -> Numbers:
        """One of the fans of each person, at random."""
        return self.nth(who, (rng.random(len(who)) * self.listed[who]).astype(np.int64))


@dataclass(frozen=True)
class _Circles:
    """Ties between friends within one block: follows in both directions."""

    start: int
    """Index of the block's first person."""
    one: Numbers
    other: Numbers
    """Both directions of each tie, sorted by `one`."""
    first: Numbers
    degree: Numbers

    @classmethod
    def of(cls, plan: _Plan, people: _People, block: int) -> _Circles:
        ids, rng = plan.ids(block), plan.chance("ties", block)
        circle, friendly = people.circle[ids], people.friendly[ids]
        pairs: list[tuple[Numbers, Numbers]] = []
        for apart in range(1, plan.assumed["circles"]["largest"]):
            chance = rng.random(len(ids) - apart)
            tied = (circle[apart:] == circle[:-apart]) & (chance < np.sqrt(friendly[apart:] * friendly[:-apart]))
            pairs.append((np.flatnonzero(tied), np.flatnonzero(tied) + apart))
        lower, upper = (np.concatenate(side) for side in zip(*pairs, strict=True))
        one, other = np.concatenate([lower, upper]), np.concatenate([upper, lower])
        order = np.lexsort((other, one))
        degree = np.bincount(one, minlength=len(ids))
        return cls(int(ids[0]), one[order] + ids[0], other[order] + ids[0], np.cumsum(degree) - degree, degree)

    def any(self, rng: np.random.Generator, who: Numbers) -> Numbers:
        """A friend of each person, some far more often than others; -1 where there is none."""
        local, chance = who - self.start, rng.random(len(who)) ** 2
        place = self.first[local] + (chance * self.degree[local]).astype(np.int64)
        if not len(self.other):
            return np.full(len(who), -1)
        return np.where(self.degree[local] > 0, self.other[np.minimum(place, len(self.other) - 1)], -1)


# --- What they do -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _World:
    """The whole community: what is assumed, who is in it, what can be said. Shared by all blocks, changed by none."""

    plan: _Plan
    people: _People
    fans: _Fans
    words: _Words
    handles: pa.Array

    @classmethod
    def made(cls, people: int, seed: int, posts_per_person: float | None) -> _World:
        """Draw who is there; nothing has happened yet."""
        plan = _Plan.read(people, seed, posts_per_person)
        drawn = _People.drawn(plan)
        return cls(plan, drawn, _Fans.of(plan, drawn), _Words.of(plan), _handles(plan, drawn))

    def account_ids(self, who: Numbers) -> pa.Array:
        """Native ids: an odd multiplier shuffles the index without collisions."""
        return pa.array(who * 2_654_435_761 % 2**32 + _FIRST_ACCOUNT).cast(pa.string())

    def platform(self, who: Numbers) -> pa.Array:
        return pa.array(self.plan.platforms).take(pa.array(self.people.platform[who]))


def _handles(plan: _Plan, people: _People) -> pa.Array:
    names, brands = plan.assumed["names"], plan.assumed["brand"]
    number, chance = np.arange(plan.people), _scattered(plan.seed, np.arange(plan.people))
    index = (chance * len(names["adjectives"]) * len(names["nouns"])).astype(np.int64)
    words = pa.array([f"{adjective}_{noun}" for adjective, noun in product(names["adjectives"], names["nouns"])])
    bot = pc.binary_join_element_wise("user", pa.array((chance * 1e9).astype(np.int64)).cast(pa.string()), "")
    first = pc.if_else(pa.array(people.kind == plan.kind("bot")), bot, words.take(pa.array(index)))
    handles = pc.binary_join_element_wise(first, "_sim", pa.array(number).cast(pa.string()), "")
    return pa.concat_arrays([pa.array([brand["handle"] for brand in brands]), handles[len(brands) :]])


@dataclass(frozen=True)
class _Own:
    """The own posts of a block, one element a post."""

    author: Numbers
    at: Numbers
    topic: Numbers
    likes: Numbers
    paid: Flags
    disclosed: Flags
    labelled: Flags
    brand: Numbers
    """-1 where no brand is named."""
    reserved: Flags
    """Praise with a "but"."""


@dataclass(frozen=True)
class _Acts:
    """What people did to posts: one element an act; `post` is the number of the own post within the block."""

    actor: Numbers
    post: Numbers
    at: Numbers

    def kept(self, keep: Flags) -> _Acts:
        return _Acts(self.actor[keep], self.post[keep], self.at[keep])


@dataclass(frozen=True)
class _Lived:
    """What came of one block: tables, and counts by person for the truth."""

    tables: dict[str, pa.Table]
    counts: dict[str, Numbers]
    """Name -> indices of people, once for each time it happened."""


def _live(world: _World, block: int) -> _Lived:
    """Everything that happened around the people of a block."""
    plan, people = world.plan, world.people
    circles = _Circles.of(plan, people, block)
    own = _own_posts(plan, people, block)
    rng = plan.chance("acts", block)
    replies = _replies(world, rng, own, circles)
    answered, answers = _answers(plan, people, rng, own, replies)
    reposts = _reposts(world, rng, own)
    likes = _likes(world, rng, own, circles)
    numbers = _Numbers.of(block, own, replies, answers, reposts)
    follows, follow_counts = _follows(world, rng, circles, plan.ids(block))
    tables = {
        "posts": _post_rows(world, block, own, replies, answered, answers, reposts, numbers),
        "interactions": _interaction_rows(world, rng, own, replies, answered, answers, reposts, likes, numbers),
        "follows": follows,
    }
    counts = {
        "own_posts": own.author,
        "sponsored_posts": own.author[own.paid],
        "disclosed_posts": own.author[own.disclosed],
        "replies_received": own.author[replies.post],
        "replies_answered": answers.actor,
        "replies_written": replies.actor,
        "reposts_received": own.author[reposts.post],
        "reposts_made": reposts.actor,
        **follow_counts,
    }
    return _Lived(tables, counts)


def _own_posts(plan: _Plan, people: _People, block: int) -> _Own:
    rng, ids = plan.chance("posts", block), plan.ids(block)
    count = rng.poisson(people.posts[ids])
    author, at = np.repeat(ids, count), _moments(rng, people, ids, count)
    size = len(author)
    column = np.minimum((rng.random(size)[:, None] >= people.upto[author]).sum(axis=1), _TOPICS_A_PERSON - 1)
    topic = people.topics[author, column]
    says, mentions = rng.random(size), plan.assumed["mentions"]
    paid = says < people.sponsored[author]
    unpaid = ~paid & (rng.random(size) < mentions["unpaid_share"]) & (people.kind[author] != plan.kind("brand account"))
    disclosed = paid & (rng.random(size) < people.disclosed[author])
    return _Own(
        author=author,
        at=at,
        topic=topic,
        likes=_likes_of(plan, people, rng, author, at),
        paid=paid,
        disclosed=disclosed,
        labelled=disclosed & (rng.random(size) < mentions["paid_label_share"]),
        brand=np.where(paid | unpaid, _choose_each(plan.brand_of[topic], rng.random(size)), -1),
        reserved=unpaid & (rng.random(size) < mentions["reservation_share"]),
    )


def _moments(rng: np.random.Generator, people: _People, ids: Numbers, count: Numbers) -> Numbers:
    """When each post was made: gamma gaps in the person's rhythm, stretched over the time the person was active."""
    gaps = count + 1
    owner = np.repeat(np.arange(len(ids)), gaps)
    waited = np.cumsum(rng.standard_gamma(people.gap_shape[ids][owner]) + 1e-9)
    last = np.cumsum(gaps) - 1
    before = np.concatenate([[0.0], waited[last[:-1]]])
    place = (waited - before[owner]) / (waited[last] - before)[owner]
    at = people.begins[ids][owner] + place * (people.ends - people.begins)[ids][owner]
    return np.delete(at, last).astype(np.int64)


def _likes_of(plan: _Plan, people: _People, rng: np.random.Generator, author: Numbers, at: Numbers) -> Numbers:
    """Likes by the declared end: log-normal around the person's own rate, fewer while the post is young."""
    assumed = plan.assumed["likes"]
    ripe = 1 - np.exp(-(plan.end - at) / (_HOUR * assumed["young_hours"]))
    luck = np.exp(rng.normal(0, assumed["between_posts"], len(author)))
    return rng.poisson(people.like_rate[author] * people.followers[author] * luck * ripe)


def _after(rng: np.random.Generator, at: Numbers, hours: float | Shares, spread: float) -> Numbers:
    """A log-normal time later."""
    return at + (_HOUR * hours * np.exp(rng.normal(0, spread, len(at)))).astype(np.int64) + 1


def _someone(world: _World, rng: np.random.Generator, circles: _Circles, who: Numbers, from_friends: float) -> Numbers:
    """A friend of each person with the given share, else a fan."""
    friend, fan = circles.any(rng, who), world.fans.any(rng, who)
    return np.where((rng.random(len(who)) < from_friends) & (friend >= 0), friend, fan)


def _replies(world: _World, rng: np.random.Generator, own: _Own, circles: _Circles) -> _Acts:
    assumed, people = world.plan.assumed["replies"], world.people
    post = np.repeat(np.arange(len(own.author)), rng.poisson(assumed["per_post"] * people.talk[own.author]))
    actor = _someone(world, rng, circles, own.author[post], assumed["from_friends"])
    replies = _Acts(actor, post, _after(rng, own.at[post], assumed["delay_hours"], assumed["delay_spread"]))
    return replies.kept((actor != own.author[post]) & (replies.at <= world.plan.end))


def _answers(
    plan: _Plan, people: _People, rng: np.random.Generator, own: _Own, replies: _Acts
) -> tuple[Numbers, _Acts]:
    """Which replies the author answered by the end, and the answers."""
    author = own.author[replies.post]
    at = _after(rng, replies.at, people.latency[author], plan.assumed["replies"]["answer_spread"])
    answers = _Acts(author, replies.post, at)
    did = (rng.random(len(author)) < people.answers[author]) & (at <= plan.end)
    return np.flatnonzero(did), answers.kept(did)


def _reposts(world: _World, rng: np.random.Generator, own: _Own) -> _Acts:
    """Fans pass a post on, then some of their fans in turn: each act is caused by the one it followed."""
    assumed, people, fans = world.plan.assumed["reposts"], world.people, world.fans
    source, post, at = own.author, np.arange(len(own.author)), own.at
    waves: list[_Acts] = []
    for exposed in (assumed["exposed_per_post"], assumed["again"]):
        asked = np.repeat(np.arange(len(source)), rng.poisson(exposed * people.spark[own.author[post]]))
        actor = fans.any(rng, source[asked])
        wave = _Acts(actor, post[asked], _after(rng, at[asked], assumed["delay_hours"], assumed["delay_spread"]))
        did = rng.random(len(actor)) < people.passes_on[actor]
        waves.append(wave.kept(did & (actor != own.author[wave.post]) & (wave.at <= world.plan.end)))
        source, post, at = waves[-1].actor, waves[-1].post, waves[-1].at
    return _once(waves, world.plan.people)


def _once(acts: Sequence[_Acts], people: int) -> _Acts:
    """Everybody does it once to a post: the first wave's act stays."""
    actor, post, at = (np.concatenate([getattr(act, name) for act in acts]) for name in ("actor", "post", "at"))
    _, index = np.unique(post * people + actor, return_index=True)
    return _Acts(actor[index], post[index], at[index])


def _likes(world: _World, rng: np.random.Generator, own: _Own, circles: _Circles) -> _Acts:
    """The likers that the files name, never more than the post has likes."""
    assumed = world.plan.assumed["listed"]
    named = np.minimum(rng.poisson(assumed["likes_per_post"], len(own.author)), own.likes)
    post = np.repeat(np.arange(len(own.author)), named)
    actor = _someone(world, rng, circles, own.author[post], assumed["likes_from_friends"])
    likes = _once([_Acts(actor, post, _after(rng, own.at[post], 4.0, 1.0))], world.plan.people)
    return likes.kept((likes.actor != own.author[likes.post]) & (likes.at <= world.plan.end))


# --- What the files say -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Numbers:
    """Ids of the posts of a block, as text: own posts, replies, answers, reposts."""

    own: pa.Array
    replies: pa.Array
    answers: pa.Array
    reposts: pa.Array

    @classmethod
    def of(cls, block: int, own: _Own, replies: _Acts, answers: _Acts, reposts: _Acts) -> _Numbers:
        sizes = [len(own.author), len(replies.actor), len(answers.actor), len(reposts.actor)]
        first = np.cumsum([0, *sizes[:-1]]) + _FIRST_POST + block * _POSTS_A_BLOCK
        ids = [pa.array(np.arange(size) + start).cast(pa.string()) for start, size in zip(first, sizes, strict=True)]
        return cls(*ids)


def _table(schema: pa.Schema, size: int, **columns: Any) -> pa.Table:
    """A table of the schema: arrays and constants as given, every other column null."""

    def column(field: pa.Field) -> pa.Array:
        given = columns.get(field.name)
        if given is None:
            return pa.nulls(size, field.type)
        if isinstance(given, np.ndarray | pa.Array):
            return pa.array(given).cast(field.type)
        return pa.repeat(pa.scalar(given, field.type), size)

    return pa.table([column(field) for field in schema], schema=schema)


def _said_by(world: _World, who: Numbers) -> dict[str, pa.Array]:
    """The columns that every post has: whose it is, where, in which language where the platform tells."""
    platform = world.platform(who)
    language = pa.array(world.plan.languages).take(pa.array(world.people.language[who]))
    told = pc.if_else(pc.equal(platform, "instagram"), pa.scalar(None, pa.string()), language)
    return {
        "platform": platform,
        "author_id": world.account_ids(who),
        "author_handle": world.handles.take(pa.array(who)),
        "language": told,
        "observed_at": world.plan.end,
        "simulated": True,
    }


def _post_rows(
    world: _World,
    block: int,
    own: _Own,
    replies: _Acts,
    answered: Numbers,
    answers: _Acts,
    reposts: _Acts,
    numbers: _Numbers,
) -> pa.Table:
    rng = world.plan.chance("texts", block)
    discussed = np.bincount(replies.post, minlength=len(own.author)) + np.bincount(
        answers.post, minlength=len(own.author)
    )
    shared = np.bincount(reposts.post, minlength=len(own.author))
    of_reply, of_answer = pa.array(replies.post), pa.array(answers.post)
    author_of_reply = world.account_ids(own.author[replies.post])
    return pa.concat_tables(
        [
            _own_rows(world, rng, own, discussed, shared, numbers.own),
            _table(
                _POSTS,
                len(replies.actor),
                **_said_by(world, replies.actor),
                id=numbers.replies,
                text=_reply_texts(world, rng, own, replies),
                created_at=replies.at,
                kind="reply",
                likes=rng.poisson(1.2, len(replies.actor)),  # choice
                replies=np.bincount(answered, minlength=len(replies.actor)),
                reply_to=numbers.own.take(of_reply),
                reply_to_account=author_of_reply,
                thread=numbers.own.take(of_reply),
            ),
            _table(
                _POSTS,
                len(answers.actor),
                **_said_by(world, answers.actor),
                id=numbers.answers,
                text=_texts_about(world, rng, "thanks", answers.actor, own.topic[answers.post]),
                created_at=answers.at,
                kind="reply",
                likes=rng.poisson(0.8, len(answers.actor)),  # choice
                replies=np.zeros(len(answers.actor), dtype=np.int64),
                reply_to=numbers.replies.take(pa.array(answered)),
                reply_to_account=world.account_ids(replies.actor[answered]),
                thread=numbers.own.take(of_answer),
            ),
            _table(
                _POSTS,
                len(reposts.actor),
                **_said_by(world, reposts.actor),
                id=numbers.reposts,
                created_at=reposts.at,
                kind="repost",
                repost_of=numbers.own.take(pa.array(reposts.post)),
            ),
        ]
    )


def _own_rows(
    world: _World, rng: np.random.Generator, own: _Own, discussed: Numbers, shared: Numbers, ids: pa.Array
) -> pa.Table:
    people, assumed, size = world.people, world.plan.assumed, len(own.author)
    views, video = _views(assumed["views"], people, rng, own)
    text, hashtags, mentions = _own_texts(world, rng, own)
    label_known = people.platform[own.author] == 0  # only Instagram says whether a partnership was labelled
    return _table(
        _POSTS,
        size,
        **_said_by(world, own.author),
        id=ids,
        text=text,
        created_at=own.at,
        kind="post",
        likes=pa.array(own.likes, mask=people.hides_likes[own.author]),
        replies=discussed + rng.poisson(own.likes * assumed["replies"]["per_like"]),
        reposts=shared + rng.poisson(own.likes * 0.02),  # choice: two passed on for a hundred likes, unlisted
        views=pa.array(views, mask=~video),
        saves=pa.array(rng.poisson(own.likes * 0.05), mask=~video),  # choice
        hashtags=hashtags,
        mentions=mentions,
        paid_label=pa.array(own.labelled, mask=~label_known),
    )


def _views(assumed: dict[str, Any], people: _People, rng: np.random.Generator, own: _Own) -> tuple[Numbers, Flags]:
    """Views, and for which posts the platform shows them: followers who saw it, and strangers it was recommended to."""
    followers = people.followers[own.author]
    strangers = assumed["strangers_at_1000"] * (followers / 1_000) ** assumed["strangers_elasticity"]
    seen = own.likes * assumed["per_like"] + strangers * np.exp(rng.normal(0, 1.0, len(followers)))
    return rng.poisson(seen), rng.random(len(followers)) < assumed["video_share"]


def _own_texts(world: _World, rng: np.random.Generator, own: _Own) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Texts of own posts, their tags and whom they mention."""
    plan, words, size = world.plan, world.words, len(own.author)
    spoken, say = world.people.language[own.author], words.by_kind
    chance = rng.random((13, size))
    brand, unpaid = np.maximum(own.brand, 0), (own.brand >= 0) & ~own.paid
    tagged = chance[8] < 0.8
    tags = words.tags.index(chance[9], np.zeros(size, dtype=np.int64), own.topic)
    brand_handle = pa.array([brand["handle"] for brand in plan.assumed["brand"]])
    at_brand = brand_handle.take(pa.array(brand, mask=~((own.brand >= 0) & (chance[10] < 0.5))))
    friend = world.fans.any(rng, own.author)
    at_friend = world.handles.take(pa.array(friend, mask=chance[11] >= plan.assumed["mentions"]["friend_share"]))
    worded = own.disclosed & (~own.labelled | (chance[12] < 0.5))
    text = _joined(
        [
            say["disclosure"].pick(chance[7], spoken, share=worded),
            say["openers"].pick(chance[0], spoken, share=0.75),
            say["clauses"].pick(chance[1], spoken, own.topic),
            say["more"].pick(chance[2], spoken, own.topic, share=0.55),
            say["paid_brand"].pick(chance[3], spoken, brand, share=own.paid),
            say["reserve_brand"].pick(chance[4], spoken, brand, share=own.reserved),
            say["praise_brand"].pick(chance[4], spoken, brand, share=unpaid & ~own.reserved),
            say["places"].pick(chance[5], spoken, share=0.3),
            pc.binary_join_element_wise("@", at_brand, ""),
            pc.binary_join_element_wise("@", at_friend, ""),
            say["closers"].pick(chance[6], spoken, share=0.3),
            words.tags.sentences.take(pa.array(tags, mask=~tagged)),
        ]
    )
    mentions = pc.coalesce(pc.binary_join_element_wise(at_brand, at_friend, ","), at_brand, at_friend)
    return text, words.plain_tags.take(pa.array(tags, mask=~tagged)), mentions


def _texts_about(world: _World, rng: np.random.Generator, kind: str, who: Numbers, topic: Numbers) -> pa.Array:
    """A sentence of a kind on a topic in the speaker's language, with something personal around it."""
    spoken, say, chance = world.people.language[who], world.words.by_kind, rng.random((3, len(who)))
    return _joined(
        [
            say[kind].pick(chance[0], spoken, topic),
            say["asides"].pick(chance[1], spoken, share=0.9),
            say["closers"].pick(chance[2], spoken, share=0.6),
        ]
    )


def _reply_texts(world: _World, rng: np.random.Generator, own: _Own, replies: _Acts) -> pa.Array:
    """Questions and praise; bots say what bots say."""
    topic, size = own.topic[replies.post], len(replies.actor)
    asks = pa.array(rng.random(size) < world.plan.assumed["replies"]["question_share"])
    human = pc.if_else(
        asks,
        _texts_about(world, rng, "questions", replies.actor, topic),
        _texts_about(world, rng, "praise", replies.actor, topic),
    )
    canned = world.words.bot_replies.take(pa.array(rng.integers(0, len(world.words.bot_replies), size)))
    return pc.if_else(pa.array(world.people.kind[replies.actor] == world.plan.kind("bot")), canned, human)


def _interaction_rows(
    world: _World,
    rng: np.random.Generator,
    own: _Own,
    replies: _Acts,
    answered: Numbers,
    answers: _Acts,
    reposts: _Acts,
    likes: _Acts,
    numbers: _Numbers,
) -> pa.Table:
    saves = likes.kept(rng.random(len(likes.actor)) < world.plan.assumed["listed"]["saves_share"])

    def on_own(verb: str, acts: _Acts, via: pa.Array | None = None) -> pa.Table:
        return _table(
            _INTERACTIONS,
            len(acts.actor),
            platform=world.platform(acts.actor),
            actor_id=world.account_ids(acts.actor),
            verb=verb,
            target_account=world.account_ids(own.author[acts.post]),
            target_post=numbers.own.take(pa.array(acts.post)),
            via_post=via,
            acted_at=acts.at,
        )

    to_replies = _table(
        _INTERACTIONS,
        len(answers.actor),
        platform=world.platform(answers.actor),
        actor_id=world.account_ids(answers.actor),
        verb="reply",
        target_account=world.account_ids(replies.actor[answered]),
        target_post=numbers.replies.take(pa.array(answered)),
        via_post=numbers.answers,
        acted_at=answers.at,
    )
    reacted = [on_own("like", likes), on_own("save", saves), on_own("reply", replies, numbers.replies)]
    return pa.concat_tables([*reacted, to_replies, on_own("repost", reposts, numbers.reposts)])


def _follows(
    world: _World, rng: np.random.Generator, circles: _Circles, ids: Numbers
) -> tuple[pa.Table, dict[str, Numbers]]:
    """Who follows the people of a block, friends in both directions and fans in one, each edge once."""
    listed = world.fans.listed[ids]
    followed = np.repeat(ids, listed)
    number = np.arange(len(followed)) - np.repeat(np.cumsum(listed) - listed, listed)
    followed = np.concatenate([circles.one, followed])
    follower = np.concatenate([circles.other, world.fans.nth(followed[len(circles.one) :], number)])
    _, index = np.unique(followed * world.plan.people + follower, return_index=True)
    index = index[followed[index] != follower[index]]
    followed, follower = followed[index], follower[index]
    opened = np.maximum(world.people.created[followed], world.people.created[follower])
    since = opened + ((world.plan.end - opened) * rng.random(len(followed))).astype(np.int64)
    known = rng.random(len(followed)) >= world.plan.assumed["unknown"]["since"]
    rows = _table(
        _FOLLOWS,
        len(followed),
        platform=world.platform(followed),
        follower_id=world.account_ids(follower),
        followed_id=world.account_ids(followed),
        since=pa.array(since, mask=~known),
        completeness="local",
    )
    return rows, {"listed_followers": followed, "listed_follows": follower, "friends": circles.one}


def _account_rows(world: _World, block: int, counts: dict[str, Numbers]) -> pa.Table:
    """Profiles, as seen at the end; never fewer followers than the files list."""
    plan, people, ids = world.plan, world.people, world.plan.ids(block)
    rng, size, unknown = plan.chance("profiles", block), len(ids), plan.assumed["unknown"]
    cities = _Phrases.of([[plan.assumed["cities"][country]] for country in plan.countries])
    city = cities.pick(rng.random(size), people.country[ids], share=1 - unknown["location"])
    types = pa.array([kind["type"] for kind in plan.assumed["archetype"]])
    languages, countries = pa.array(plan.languages), pa.array(plan.countries)
    return _table(
        _ACCOUNTS,
        size,
        platform=world.platform(ids),
        id=world.account_ids(ids),
        handle=world.handles.take(pa.array(ids)),
        name=_names(plan, rng, ids),
        bio=_bios(world, rng, ids),
        location=city,
        country=countries.take(pa.array(people.country[ids], mask=rng.random(size) < unknown["country"])),
        language=languages.take(pa.array(people.language[ids], mask=rng.random(size) < unknown["language"])),
        followers=np.maximum(people.followers[ids], counts["listed_followers"][ids]),
        following=people.follows[ids] + counts["listed_follows"][ids],
        posts_count=counts["own_posts"][ids] + rng.poisson(people.posts[ids] * rng.uniform(0.2, 6.0, size)),
        created_at=people.created[ids],
        account_type=types.take(pa.array(people.kind[ids])),
        observed_at=plan.end,
        simulated=True,
    )


def _names(plan: _Plan, rng: np.random.Generator, ids: Numbers) -> pa.Array:
    names, size = plan.assumed["names"], len(ids)
    first = pa.array(names["first"]).take(pa.array(rng.integers(0, len(names["first"]), size)))
    last = pa.array(names["last"]).take(pa.array(rng.integers(0, len(names["last"]), size)))
    person = pc.binary_join_element_wise(first, last, " ")
    brands = plan.brand_names[int(ids[0]) : int(ids[0]) + size]
    return pa.concat_arrays([pa.array(brands, pa.string()), person[len(brands) :]])


def _bios(world: _World, rng: np.random.Generator, ids: Numbers) -> pa.Array:
    """What people say of themselves: their main topic; a shop where one sells; nothing where a bot hides."""
    plan, people = world.plan, world.people
    silent = (rng.random(len(ids)) < plan.assumed["unknown"]["bio"]) | (people.kind[ids] == plan.kind("bot"))
    spoken = people.language[ids]
    says = world.words.by_kind["bios"].pick(rng.random(len(ids)), spoken, people.topics[ids, 0])
    sells = np.isin(people.kind[ids], [plan.kind("aspiring professional"), plan.kind("bought crowd")]) & ~silent
    shop = pa.array(["| collabs by mail | shop: shop.example.org"]).take(pa.array(np.zeros(len(ids), int), mask=~sells))
    official = pa.array(["| official account"]).take(
        pa.array(np.zeros(len(ids), int), mask=silent | (people.kind[ids] != plan.kind("brand account")))
    )
    bio = _joined([says, shop, official])
    return pc.if_else(pa.array(silent), pa.scalar(None, pa.string()), bio)


def _truth_rows(world: _World, block: int, counts: dict[str, Numbers]) -> pa.Table:
    """What no real platform tells, one row a person."""
    plan, people, ids = world.plan, world.people, world.plan.ids(block)
    shares = np.diff(people.upto[ids], axis=1, prepend=0.0)
    kept = shares > 0
    offsets = pa.array(np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int32))
    topics = pa.array(plan.topics).take(pa.array(people.topics[ids][kept]))
    sectors = {topic["name"]: topic["sector"] for topic in plan.assumed["topic"]}
    account = pc.binary_join_element_wise(world.platform(ids), world.account_ids(ids), ":")
    columns: dict[str, Any] = {
        "account": account,
        "handle": world.handles.take(pa.array(ids)),
        "archetype": pa.array(plan.kinds).take(pa.array(people.kind[ids])),
        "circle": people.circle[ids],
        "language": pa.array(plan.languages).take(pa.array(people.language[ids])),
        "country": pa.array(plan.countries).take(pa.array(people.country[ids])),
        "topics": pa.ListArray.from_arrays(offsets, topics),
        "topic_shares": pa.ListArray.from_arrays(offsets, pa.array(shares[kept])),
        "sector": pa.array([sectors[name] for name in plan.topics]).take(pa.array(people.topics[ids, 0])),
        "followers": np.maximum(people.followers[ids], counts["listed_followers"][ids]),
        "like_rate": people.like_rate[ids],
        "sponsored_share": people.sponsored[ids],
        "disclosed_share": people.disclosed[ids],
        "bought_share": people.bought[ids],
        "reply_rate": people.answers[ids],
        "reply_latency_hours": people.latency[ids],
        "passes_on": people.passes_on[ids],
        "spark": people.spark[ids],
        "rhythm": pa.array(list(plan.assumed["rhythm"])).take(pa.array(people.rhythm[ids])),
        "gap_shape": people.gap_shape[ids],
        "posts_until": pa.array(people.ends[ids]).cast(_SECONDS),
        **{name: count[ids] for name, count in counts.items()},
    }
    return pa.table({name: pa.array(column) for name, column in columns.items()})


# --- Writing ------------------------------------------------------------------------------------------------------------------


class _Sheaf:
    """One file while it grows: CSV, or Parquet in row groups of one size whatever the batches. Named only when it is whole."""

    def __init__(self, path: Path, form: Form) -> None:
        self.path, self.form, self.rows = path, form, 0
        self._part = path.with_name(path.name + ".part")
        self._writer: Any = None
        self._waiting: list[pa.Table] = []

    def add(self, table: pa.Table) -> None:
        """Take a batch; Parquet waits until a row group is full."""
        self.rows += table.num_rows
        self._waiting.append(table)
        if self.form == "csv":
            self._flush(0)
        elif sum(part.num_rows for part in self._waiting) >= _ROW_GROUP:
            self._flush(_ROW_GROUP)

    def done(self) -> None:
        """Write what waits and give the file its name."""
        self._flush(0)
        self._writer.close()
        os.replace(self._part, self.path)

    def _flush(self, row_group: int) -> None:
        waiting = pa.concat_tables(self._waiting) if self._waiting else None
        if waiting is None:
            return
        if self._writer is None:
            self._writer = self._opened(waiting.schema)
        whole = waiting.num_rows - waiting.num_rows % row_group if row_group else waiting.num_rows
        if whole:
            self._write(waiting.slice(0, whole))
        self._waiting = [waiting.slice(whole)] if whole < waiting.num_rows else []

    def _write(self, table: pa.Table) -> None:
        if self.form == "csv":
            self._writer.write_table(table)
        else:
            self._writer.write_table(table, row_group_size=_ROW_GROUP)

    def _opened(self, schema: pa.Schema) -> Any:
        if self.form == "csv":
            from pyarrow import csv

            return csv.CSVWriter(str(self._part), schema)
        from pyarrow import parquet

        return parquet.ParquetWriter(str(self._part), schema, compression="zstd")


def _write(world: _World, folder: Path, form: Form, at_once: int, progress: Callable[[int, int], None]) -> Truth:
    plan = world.plan
    names = ("accounts", "posts", "interactions", "follows")
    sheaves = {name: _Sheaf(folder / f"{name}.{form}", form) for name in names}
    truth = _Sheaf(folder / "truth.parquet", "parquet")
    counts: dict[str, Numbers] = {}
    with ThreadPoolExecutor(min(at_once, os.cpu_count() or 1)) as pool:
        for start in range(0, plan.blocks, at_once):
            batch = range(start, min(start + at_once, plan.blocks))
            for lived in pool.map(lambda block: _live(world, block), batch):
                for name, table in lived.tables.items():
                    sheaves[name].add(table)
                for name, who in lived.counts.items():
                    counted = counts.setdefault(name, np.zeros(plan.people, dtype=np.int64))
                    np.add.at(counted, who, 1)
            progress(min(batch.stop * _BLOCK, plan.people), plan.people)
    for block in range(plan.blocks):
        sheaves["accounts"].add(_account_rows(world, block, counts))
        truth.add(_truth_rows(world, block, counts))
    for sheaf in (*sheaves.values(), truth):
        sheaf.done()
    files = {name: sheaf.path for name, sheaf in sheaves.items()} | {
        "sheet": _write_sheet(world, folder / "sheet.xlsx")
    }
    return Truth(folder, files, truth.path, {name: sheaf.rows for name, sheaf in sheaves.items()})


_STATUSES = ("contacted", "replied", "negotiating", "agreed", "shipped", "posted", "paid", "declined")


def _write_sheet(world: _World, path: Path) -> Path:
    """A small marketer's sheet, as untidy as they come: a title above the header, `12.4K`, a total at the end."""
    import xlsxwriter

    rows = _sheet_rows(world)
    part = path.with_name(path.name + ".part")
    book = xlsxwriter.Workbook(str(part), {"in_memory": True})
    book.set_properties({"title": "Simulated creators", "created": datetime.fromtimestamp(world.plan.end, UTC)})
    sheet = book.add_worksheet("Creators")
    sheet.write_string(0, 0, "Oat & Co: people we talked to (simulated)")
    header = ("Name", "Handle", "Platform", "Followers", "Fee", "Code", "Status", "E-mail", "Notes")
    for number, row in enumerate(
        [header, *rows, ("Total", "", "", "", f"€{250 * len(rows)}", "", "", "", "")], start=2
    ):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell)
    book.close()
    os.replace(part, path)
    return path


def _sheet_rows(world: _World) -> list[tuple[str, ...]]:
    """The first dozen of the people a marketer would write to."""
    people, plan = world.people, world.plan
    wanted = [plan.kind(name) for name in ("specialist", "alpha consumer", "aspiring professional")]
    fits = (
        np.isin(people.kind, wanted) & (people.platform == 0) & (people.followers > 500) & (people.followers < 50_000)
    )
    rows: list[tuple[str, ...]] = []
    for number, who in enumerate(np.flatnonzero(fits)[:12]):
        handle, followers = str(world.handles[int(who)]), int(people.followers[who])
        shown = f"{followers / 1000:.1f}K" if number % 2 else f"{followers:,}"
        name = handle.partition("_sim")[0].replace("_", " ").title()
        fee, code = f"€{100 + 25 * number}", f"OATC{number + 10}"
        mail = f"{handle}@mail.example.org"
        note = "simulated" if number == 0 else "likes oat milk" if number % 3 else ""
        rows.append((name, f"@{handle}", "Instagram", shown, fee, code, _STATUSES[number % len(_STATUSES)], mail, note))
    return rows
