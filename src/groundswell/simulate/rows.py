"""What the files say of it: tables with the headers that people's own files have, and the truth beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.simulate.acts import Acts, Happened, Own
from groundswell.simulate.growth import Growth, crossed_at
from groundswell.simulate.people import People
from groundswell.simulate.plan import Flags, Numbers, Plan
from groundswell.simulate.ties import Circles
from groundswell.simulate.words import Phrases, joined
from groundswell.simulate.world import World

pc: Any = _compute  # its functions are made at run time, no type checker knows them

_FIRST_POST, _POSTS_A_BLOCK = 3_000_000_000_000_000_000, 10_000_000
_SECONDS = pa.timestamp("s", tz="UTC")

_ACCOUNTS = pa.schema(
    {
        "platform": pa.string(), "id": pa.string(), "handle": pa.string(), "name": pa.string(), "bio": pa.string(),
        "location": pa.string(), "country": pa.string(), "language": pa.string(), "followers": pa.int64(),
        "following": pa.int64(), "posts_count": pa.int64(), "created_at": _SECONDS, "account_type": pa.string(),
        "observed_at": _SECONDS, "simulated": pa.bool_(),
    }
)  # fmt: skip
_HISTORY = pa.schema(
    {
        "platform": pa.string(), "id": pa.string(), "handle": pa.string(), "followers": pa.int64(), "observed_at": _SECONDS,
        "simulated": pa.bool_(),
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
class PostIds:
    """Ids of the posts of a block, as text: own posts, replies, answers, reposts."""

    own: pa.Array
    replies: pa.Array
    answers: pa.Array
    reposts: pa.Array

    @classmethod
    def of(cls, happened: Happened) -> PostIds:
        """Number the posts of a block, own posts first."""
        answering = (happened.replies, happened.answers, happened.reposts)
        sizes = [len(happened.own.author), *(len(acts.actor) for acts in answering)]
        first = np.cumsum([0, *sizes[:-1]]) + _FIRST_POST + happened.block * _POSTS_A_BLOCK
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


def _said_by(world: World, who: Numbers) -> dict[str, pa.Array]:
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


def post_rows(world: World, happened: Happened, ids: PostIds) -> pa.Table:
    """Rows of the posts file that a block brings: own posts, replies, answers, reposts."""
    rng = world.plan.chance("texts", happened.block)
    said = [_own_rows(world, rng, happened, ids.own), _reply_rows(world, rng, happened, ids)]
    return pa.concat_tables(
        [*said, _answer_rows(world, rng, happened, ids), _repost_rows(world, happened.reposts, ids)]
    )


def _reply_rows(world: World, rng: np.random.Generator, happened: Happened, ids: PostIds) -> pa.Table:
    replies, size = happened.replies, len(happened.replies.actor)
    post = ids.own.take(pa.array(replies.post))
    return _table(
        _POSTS,
        size,
        **_said_by(world, replies.actor),
        id=ids.replies,
        text=_reply_texts(world, rng, happened.own, replies),
        created_at=replies.at,
        kind="reply",
        likes=rng.poisson(1.2, size),  # choice
        replies=np.bincount(happened.answered, minlength=size),
        reply_to=post,
        reply_to_account=world.account_ids(happened.own.author[replies.post]),
        thread=post,
    )


def _answer_rows(world: World, rng: np.random.Generator, happened: Happened, ids: PostIds) -> pa.Table:
    answers, size = happened.answers, len(happened.answers.actor)
    return _table(
        _POSTS,
        size,
        **_said_by(world, answers.actor),
        id=ids.answers,
        text=_texts_about(world, rng, "thanks", answers.actor, happened.own.topic[answers.post]),
        created_at=answers.at,
        kind="reply",
        likes=rng.poisson(0.8, size),  # choice
        replies=np.zeros(size, dtype=np.int64),
        reply_to=ids.replies.take(pa.array(happened.answered)),
        reply_to_account=world.account_ids(happened.replies.actor[happened.answered]),
        thread=ids.own.take(pa.array(answers.post)),
    )


def _repost_rows(world: World, reposts: Acts, ids: PostIds) -> pa.Table:
    return _table(
        _POSTS,
        len(reposts.actor),
        **_said_by(world, reposts.actor),
        id=ids.reposts,
        created_at=reposts.at,
        kind="repost",
        repost_of=ids.own.take(pa.array(reposts.post)),
    )


def _own_rows(world: World, rng: np.random.Generator, happened: Happened, ids: pa.Array) -> pa.Table:
    own = happened.own
    people, assumed, size = world.people, world.plan.assumed, len(own.author)
    views, video = _views(assumed["views"], people, rng, own)
    text, hashtags, mentions = _own_texts(world, rng, own)
    discussed, shared = (
        np.bincount(post, minlength=size)
        for post in (np.concatenate([happened.replies.post, happened.answers.post]), happened.reposts.post)
    )
    label_known = people.platform[own.author] == 0
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


def _views(assumed: dict[str, Any], people: People, rng: np.random.Generator, own: Own) -> tuple[Numbers, Flags]:
    """Views, and for which posts the platform shows them: followers who saw it, and strangers it was recommended to."""
    followers = people.followers[own.author]
    strangers = assumed["strangers_at_1000"] * (followers / 1_000) ** assumed["strangers_elasticity"]
    seen = own.likes * assumed["per_like"] + strangers * np.exp(rng.normal(0, 1.0, len(followers)))
    return rng.poisson(seen), rng.random(len(followers)) < assumed["video_share"]


def _own_texts(world: World, rng: np.random.Generator, own: Own) -> tuple[pa.Array, pa.Array, pa.Array]:
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
    text = joined(
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


def _texts_about(world: World, rng: np.random.Generator, kind: str, who: Numbers, topic: Numbers) -> pa.Array:
    """A sentence of a kind on a topic in the speaker's language, with something personal around it."""
    spoken, say, chance = world.people.language[who], world.words.by_kind, rng.random((3, len(who)))
    return joined(
        [
            say[kind].pick(chance[0], spoken, topic),
            say["asides"].pick(chance[1], spoken, share=0.9),
            say["closers"].pick(chance[2], spoken, share=0.6),
        ]
    )


def _reply_texts(world: World, rng: np.random.Generator, own: Own, replies: Acts) -> pa.Array:
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


def interaction_rows(world: World, happened: Happened, ids: PostIds) -> pa.Table:
    """Rows of the interactions file: likes and saves that are listed, and the replies of the posts file under the same key.

    Reposts are in the posts file alone: a row there does not say whose post it was, so the same act would be told twice.
    """
    rng, own, likes = world.plan.chance("listed", happened.block), happened.own, happened.likes
    saves = likes.kept(rng.random(len(likes.actor)) < world.plan.assumed["listed"]["saves_share"])
    replies, answers = happened.replies, happened.answers

    def on(verb: str, acts: Acts, whose: Numbers, post: pa.Array, via: pa.Array | None = None) -> pa.Table:
        return _table(
            _INTERACTIONS,
            len(acts.actor),
            platform=world.platform(acts.actor),
            actor_id=world.account_ids(acts.actor),
            verb=verb,
            target_account=world.account_ids(whose),
            target_post=post,
            via_post=via,
            acted_at=acts.at,
        )

    def on_own(verb: str, acts: Acts, via: pa.Array | None = None) -> pa.Table:
        return on(verb, acts, own.author[acts.post], ids.own.take(pa.array(acts.post)), via)

    answered = happened.answered
    return pa.concat_tables(
        [
            on_own("like", likes),
            on_own("save", saves),
            on_own("reply", replies, ids.replies),
            on("reply", answers, replies.actor[answered], ids.replies.take(pa.array(answered)), ids.answers),
        ]
    )


def follow_rows(world: World, circles: Circles, block: int) -> tuple[pa.Table, dict[str, Numbers]]:
    """Who follows the people of a block, friends in both directions and fans in one, each edge once."""
    ids, rng = world.plan.ids(block), world.plan.chance("follows", block)
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


def account_rows(world: World, block: int, counts: dict[str, Numbers]) -> pa.Table:
    """Profiles, as seen at the end; never fewer followers than the files list."""
    plan, people, ids = world.plan, world.people, world.plan.ids(block)
    rng, size, unknown = plan.chance("profiles", block), len(ids), plan.assumed["unknown"]
    cities = Phrases.of([[plan.assumed["cities"][country]] for country in plan.countries])
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


@dataclass(frozen=True)
class Watched:
    """Counts of followers over time of the people of a block."""

    growth: Growth
    counts: Numbers
    """(people, moments); the last column is what the profile says."""
    known: Flags
    """(people, moments): watched, and already there."""

    @classmethod
    def of(cls, world: World, block: int, counts: dict[str, Numbers]) -> Watched:
        """What was seen of a block."""
        ids, growth = world.plan.ids(block), Growth.drawn(world.plan, world.people, block)
        end = np.maximum(world.people.followers[ids], counts["listed_followers"][ids])
        seen = np.maximum(np.rint(end[:, None] * growth.relative), 1).astype(np.int64)
        there = growth.moments >= world.people.created[ids][:, None]
        return cls(growth, seen, there & growth.watched[:, None])


def history_rows(world: World, block: int, counts: dict[str, Numbers]) -> pa.Table:
    """Followers of those whom somebody watched, at every look before the end, which the profiles tell."""
    watched = Watched.of(world, block, counts)
    person, look = np.nonzero(watched.known[:, :-1])
    who = person + watched.growth.first
    return _table(
        _HISTORY,
        len(who),
        platform=world.platform(who),
        id=world.account_ids(who),
        handle=world.handles.take(pa.array(who)),
        followers=watched.counts[person, look],
        observed_at=watched.growth.moments[look],
        simulated=True,
    )


def _growth_truth(world: World, block: int, counts: dict[str, Numbers]) -> dict[str, pa.Array]:
    """How the followers came, for the truth; nothing of those whom nobody watched."""
    watched, assumed = Watched.of(world, block, counts), world.plan.assumed["growth"]
    growth = watched.growth
    crossed = crossed_at(watched.counts, growth.moments, np.array(assumed["tiers"]), watched.known)
    return {
        "growth_shape": pa.array(list(assumed["shape"])).take(pa.array(growth.shape, mask=~growth.watched)),
        "rises_to_next_tier_at": pa.array(crossed, mask=crossed == 0).cast(_SECONDS),
        "bought_jump_at": pa.array(growth.bought_at, mask=growth.bought_at == 0).cast(_SECONDS),
        "bought_jump_share": pa.array(growth.bought, mask=~growth.watched),
        "starified": pa.array(growth.starified, mask=~growth.watched),
    }


def _names(plan: Plan, rng: np.random.Generator, ids: Numbers) -> pa.Array:
    names, size = plan.assumed["names"], len(ids)
    first = pa.array(names["first"]).take(pa.array(rng.integers(0, len(names["first"]), size)))
    last = pa.array(names["last"]).take(pa.array(rng.integers(0, len(names["last"]), size)))
    person = pc.binary_join_element_wise(first, last, " ")
    brands = plan.brand_names[int(ids[0]) : int(ids[0]) + size]
    return pa.concat_arrays([pa.array(brands, pa.string()), person[len(brands) :]])


def _bios(world: World, rng: np.random.Generator, ids: Numbers) -> pa.Array:
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
    bio = joined([says, shop, official])
    return pc.if_else(pa.array(silent), pa.scalar(None, pa.string()), bio)


def truth_rows(world: World, block: int, counts: dict[str, Numbers]) -> pa.Table:
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
        **_growth_truth(world, block, counts),
        **{name: count[ids] for name, count in counts.items()},
    }
    return pa.table({name: pa.array(column) for name, column in columns.items()})
