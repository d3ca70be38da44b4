"""Who they are: archetypes, sizes, topics, rhythms and propensities, one element a person."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundswell.simulate.plan import DAY, Flags, Numbers, Plan, Shares, choose

TOPICS_A_PERSON = 6


@dataclass(frozen=True)
class People:
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
    def drawn(cls, plan: Plan) -> People:
        """Draw everybody, block by block; the mean number of posts is then set to what was asked for."""
        blocks = [_draw_people(plan, block) for block in range(plan.blocks)]
        columns = {column.name: np.concatenate([block[column.name] for block in blocks]) for column in fields(cls)}
        columns["posts"] *= plan.own_posts / max(float(columns["posts"].mean()), 1e-12)
        return cls(**columns)


def _draw_people(plan: Plan, block: int) -> dict[str, NDArray[Any]]:
    rng, ids = plan.chance("people", block), plan.ids(block)
    size, assumed = len(ids), plan.assumed
    circle = _draw_circles(assumed["circles"], rng, size)
    kind = choose(plan.trait("share"), rng.random(size))
    # Friends share a platform and a language: the circle draws, not the person.
    platform = choose(np.array(list(assumed["platforms"].values())), rng.random(size)[circle])
    language = choose(
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
    rhythm = choose_each(of("rhythm"), rng.random(size))
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
        "created": begins - (rng.random(size) ** 2 * 2_500 * DAY).astype(int) * (kind != plan.kind("new")) - DAY,
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


def _draw_active(plan: Plan, rng: np.random.Generator, kind: Numbers) -> tuple[Numbers, Numbers]:
    """From when to when each person posts, seconds since 1970."""
    active, window = plan.assumed["active"], plan.assumed["window_days"]
    chance = rng.random(len(kind))
    before_end = {name: low + (high - low) * chance for name, (low, high) in active.items()}
    begins = np.where(kind == plan.kind("new"), before_end["new_begins"], window)
    ends = np.where(kind == plan.kind("stalled"), before_end["stalled_stops"], 0)
    return plan.end - (begins * DAY).astype(np.int64), plan.end - (ends * DAY).astype(np.int64)


def choose_each(shares: Shares, chance: Shares) -> Numbers:
    """Index drawn with a row of shares for each chance."""
    upto = np.cumsum(shares, axis=1)
    return np.minimum((chance[:, None] * upto[:, -1:] >= upto).sum(axis=1), shares.shape[1] - 1)


def _draw_topics(plan: Plan, rng: np.random.Generator, kind: Numbers, own_brand: Numbers) -> tuple[Numbers, Shares]:
    """Topics of each person, the main one first, and the cumulative shares of its posts."""
    size, weights = len(kind), np.array([topic["weight"] for topic in plan.assumed["topic"]])
    # The largest of log weight + Gumbel noise is a draw by weight without replacement (Yellott 1977).
    drawn = np.log(weights) + rng.gumbel(size=(size, len(weights)))
    for brand in own_brand:
        drawn[brand, plan.topics.index(plan.assumed["brand"][brand]["topics"][0])] = np.inf
    order = np.argsort(-drawn, axis=1)[:, :TOPICS_A_PERSON]
    fewest, most = plan.trait("topics")[kind].astype(np.int64).T
    low, high = plan.trait("main")[kind].T
    count, main = rng.integers(fewest, most + 1), low + (high - low) * rng.random(size)
    rest = rng.exponential(size=(size, TOPICS_A_PERSON - 1)) * (np.arange(1, TOPICS_A_PERSON) < count[:, None])
    upto = np.cumsum(np.column_stack([main, rest / rest.sum(axis=1, keepdims=True) * (1 - main)[:, None]]), axis=1)
    return order, upto / upto[:, -1:]


def _draw_countries(plan: Plan, rng: np.random.Generator, language: Numbers) -> Numbers:
    chance, country = rng.random(len(language)), np.zeros(len(language), dtype=np.int64)
    for number, spoken in enumerate(plan.assumed["language"].values()):
        index = np.array([plan.countries.index(name) for name in spoken["countries"]])
        chosen = index[choose(np.array(list(spoken["countries"].values())), chance)]
        country = np.where(language == number, chosen, country)
    return country


def _draw_like_rate(
    likes: dict[str, Any], rng: np.random.Generator, followers: Numbers, bought: Shares, engagement: Shares
) -> Shares:
    """Median likes per follower of an own post: falls with the genuine followers, and bought ones never like."""
    by_size = likes["rate_at_1000"] * (followers * (1 - bought) / 1_000) ** likes["elasticity"]
    own = engagement * np.exp(rng.normal(0, likes["between_accounts"], len(followers)))
    return np.minimum(by_size * own, likes["most"]) * (1 - bought)
