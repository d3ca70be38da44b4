"""What they do: posts in a rhythm, likes, replies and answers, reposts that one post caused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundswell.simulate.growth import Growth
from groundswell.simulate.people import TOPICS_A_PERSON, People, choose_each
from groundswell.simulate.plan import HOUR, Flags, Numbers, Plan, Shares
from groundswell.simulate.ties import Circles
from groundswell.simulate.world import World


@dataclass(frozen=True)
class Own:
    """The own posts of a block, one element a post."""

    author: Numbers
    at: Numbers
    topic: Numbers
    likes: Numbers
    paid: Flags
    disclosed: Flags
    labelled: Flags
    """Carries the platform's own label, which only the main platform has."""
    brand: Numbers
    """-1 where no brand is named."""
    reserved: Flags
    """Praise with a "but"."""


@dataclass(frozen=True)
class Acts:
    """What people did to posts: one element an act; `post` is the number of the own post within the block."""

    actor: Numbers
    post: Numbers
    at: Numbers

    def kept(self, keep: Flags) -> Acts:
        """The acts that the flags keep."""
        return Acts(self.actor[keep], self.post[keep], self.at[keep])


@dataclass(frozen=True)
class Happened:
    """Everything that happened around the people of one block."""

    block: int
    own: Own
    replies: Acts
    answered: Numbers
    """Which replies the author answered: numbers within `replies`, one for each of `answers`."""
    answers: Acts
    reposts: Acts
    likes: Acts

    @classmethod
    def drawn(cls, world: World, circles: Circles, block: int) -> Happened:
        """Let a block live: posts first, then what they caused."""
        growth = Growth.drawn(world.plan, world.people, block)
        rng, own = world.plan.chance("acts", block), _draw_own_posts(world.plan, world.people, growth, block)
        replies = _draw_replies(world, rng, own, circles)
        answered, answers = _draw_answers(world, growth, rng, own, replies)
        reposts, likes = _draw_reposts(world, rng, own), _draw_likes(world, rng, own, circles)
        return cls(block, own, replies, answered, answers, reposts, likes)


def _draw_own_posts(plan: Plan, people: People, growth: Growth, block: int) -> Own:
    """Posts of the people of a block, in order of person and time."""
    rng, ids = plan.chance("posts", block), plan.ids(block)
    count = rng.poisson(people.posts[ids])
    author, at = np.repeat(ids, count), _moments(rng, people, ids, count)
    size = len(author)
    column = np.minimum((rng.random(size)[:, None] >= people.upto[author]).sum(axis=1), TOPICS_A_PERSON - 1)
    topic = people.topics[author, column]
    says, mentions = rng.random(size), plan.assumed["mentions"]
    paid = says < people.sponsored[author]
    unpaid = ~paid & (rng.random(size) < mentions["unpaid_share"]) & (people.kind[author] != plan.kind("brand account"))
    disclosed = paid & (rng.random(size) < people.disclosed[author])
    return Own(
        author=author,
        at=at,
        topic=topic,
        likes=_at_the_time(plan, growth, block, author, at, _likes_of(plan, people, rng, author, at)),
        paid=paid,
        disclosed=disclosed,
        labelled=disclosed & (rng.random(size) < mentions["paid_label_share"]) & (people.platform[author] == 0),
        brand=np.where(paid | unpaid, choose_each(plan.brand_of[topic], rng.random(size)), -1),
        reserved=unpaid & (rng.random(size) < mentions["reservation_share"]),
    )


def _moments(rng: np.random.Generator, people: People, ids: Numbers, count: Numbers) -> Numbers:
    """When each post was made: gamma gaps in the person's rhythm, stretched over the time the person was active."""
    gaps = count + 1
    owner = np.repeat(np.arange(len(ids)), gaps)
    waited = np.cumsum(rng.standard_gamma(people.gap_shape[ids][owner]) + 1e-9)
    last = np.cumsum(gaps) - 1
    before = np.concatenate([[0.0], waited[last[:-1]]])
    place = (waited - before[owner]) / (waited[last] - before)[owner]
    at = people.begins[ids][owner] + place * (people.ends - people.begins)[ids][owner]
    return np.delete(at, last).astype(np.int64)


def _likes_of(plan: Plan, people: People, rng: np.random.Generator, author: Numbers, at: Numbers) -> Numbers:
    """Likes by the declared end: log-normal around the person's own rate, fewer while the post is young."""
    assumed = plan.assumed["likes"]
    ripe = 1 - np.exp(-(plan.end - at) / (HOUR * assumed["young_hours"]))
    luck = np.exp(rng.normal(0, assumed["between_posts"], len(author)))
    return rng.poisson(people.like_rate[author] * people.followers[author] * luck * ripe)


def _at_the_time(plan: Plan, growth: Growth, block: int, author: Numbers, at: Numbers, likes: Numbers) -> Numbers:
    """Likes of those who followed at the time: some of the end's were not there yet, some have left since."""
    rng, moved = plan.chance("then", block), growth.likes(author, at)
    return rng.binomial(likes, np.minimum(moved, 1)) + rng.poisson(likes * np.maximum(moved - 1, 0))


def _after(rng: np.random.Generator, at: Numbers, hours: float | Shares, spread: float) -> Numbers:
    """A log-normal time later."""
    return at + (HOUR * hours * np.exp(rng.normal(0, spread, len(at)))).astype(np.int64) + 1


def _someone(world: World, rng: np.random.Generator, circles: Circles, who: Numbers, from_friends: float) -> Numbers:
    """A friend of each person with the given share, else a fan."""
    friend, fan = circles.any(rng, who), world.fans.any(rng, who)
    return np.where((rng.random(len(who)) < from_friends) & (friend >= 0), friend, fan)


def _draw_replies(world: World, rng: np.random.Generator, own: Own, circles: Circles) -> Acts:
    """Replies to own posts, mostly from friends and from some friends again and again."""
    assumed, people = world.plan.assumed["replies"], world.people
    post = np.repeat(np.arange(len(own.author)), rng.poisson(assumed["per_post"] * people.talk[own.author]))
    actor = _someone(world, rng, circles, own.author[post], assumed["from_friends"])
    replies = Acts(actor, post, _after(rng, own.at[post], assumed["delay_hours"], assumed["delay_spread"]))
    return replies.kept((actor != own.author[post]) & (replies.at <= world.plan.end))


def _draw_answers(
    world: World, growth: Growth, rng: np.random.Generator, own: Own, replies: Acts
) -> tuple[Numbers, Acts]:
    """Which replies the author answered by the end, and the answers."""
    plan, people = world.plan, world.people
    author = own.author[replies.post]
    at = _after(rng, replies.at, people.latency[author], plan.assumed["replies"]["answer_spread"])
    answers = Acts(author, replies.post, at)
    did = (rng.random(len(author)) < people.answers[author] * growth.answers(author, replies.at)) & (at <= plan.end)
    return np.flatnonzero(did), answers.kept(did)


def _draw_reposts(world: World, rng: np.random.Generator, own: Own) -> Acts:
    """Fans pass a post on, then some of their fans in turn: each act is caused by the one it followed."""
    assumed, people, fans = world.plan.assumed["reposts"], world.people, world.fans
    source, post, at = own.author, np.arange(len(own.author)), own.at
    waves: list[Acts] = []
    for exposed in (assumed["exposed_per_post"], assumed["again"]):
        asked = np.repeat(np.arange(len(source)), rng.poisson(exposed * people.spark[own.author[post]]))
        actor = fans.any(rng, source[asked])
        wave = Acts(actor, post[asked], _after(rng, at[asked], assumed["delay_hours"], assumed["delay_spread"]))
        did = rng.random(len(actor)) < people.passes_on[actor]
        waves.append(wave.kept(did & (actor != own.author[wave.post]) & (wave.at <= world.plan.end)))
        source, post, at = waves[-1].actor, waves[-1].post, waves[-1].at
    return _once(waves, world.plan.people)


def _once(acts: Sequence[Acts], people: int) -> Acts:
    """Everybody does it once to a post: the first wave's act stays."""
    actor, post, at = (np.concatenate([getattr(act, name) for act in acts]) for name in ("actor", "post", "at"))
    _, index = np.unique(post * people + actor, return_index=True)
    return Acts(actor[index], post[index], at[index])


def _draw_likes(world: World, rng: np.random.Generator, own: Own, circles: Circles) -> Acts:
    """The likers that the files name, never more than the post has likes."""
    assumed = world.plan.assumed["listed"]
    named = np.minimum(rng.poisson(assumed["likes_per_post"], len(own.author)), own.likes)
    post = np.repeat(np.arange(len(own.author)), named)
    actor = _someone(world, rng, circles, own.author[post], assumed["likes_from_friends"])
    likes = _once([Acts(actor, post, _after(rng, own.at[post], 4.0, 1.0))], world.plan.people)
    return likes.kept((likes.actor != own.author[likes.post]) & (likes.at <= world.plan.end))
