"""Do people act because of it? What followed from its posts beyond what their timing would give by chance.

An act on a post (a reply, a repost, a quote) is credited to its author, the less the later it comes: exp(-delay / a day), the
decay of credit distribution (Goyal, Bonchi & Lakshmanan 2011, arXiv 1109.6886). Who passed the post on to whom is seldom in the
data, so credit is not shared out along the way. Taken off is what the same acts would earn if their times were shuffled among
one another (the shuffle test of Anagnostopoulos, Kumar & Mahdian 2008, in closed form): acts that come whenever they come, and
those of an author with a single post, whose timing cannot tell, earn nothing.

What is left goes together with the post; it is not proved to be caused by it (Aral, Muchnik & Sundararajan 2009 found naive
figures three to seven times too high). So the label says "associated", and never more while nobody has experimented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.declaring import Columns, observed, signal
from groundswell.signals.pairs import Pairs, actors
from groundswell.signals.passing import Reposts, foretold, usual_for, usual_version
from groundswell.store import Engine

pc: Any = _compute  # its functions are made at run time, no type checker knows them

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

DECAY_HOURS = 24.0
"""Credit falls to 1/e in a day (design choice; Goyal et al. learn it from each pair, which needs far more acts)."""
STEPS = 4
# exp(-t / decay) as a stair: an act counts 1/4 for each of these windows that it falls into. Counts are exact in any order.
WINDOWS = [round(-DECAY_HOURS * 3600 * float(np.log(1 - (step + 0.5) / STEPS))) for step in range(STEPS)]
SOON = WINDOWS[-1]
"""Seconds after a post in which a repost may be its doing: two days, the last step of the stair."""
Z = "1.6448536e0"
FEWEST = 5
"""Acts and posts below which nothing is said (design choice)."""


@dataclass(frozen=True)
class Acts:
    """Acts on posts: whose post, when it was made and when somebody acted, in whole seconds; one element an act."""

    account: Places
    post: Places
    posted: Places
    acted: Places

    def only(self, some: NDArray[Any]) -> Acts:
        """Some of them, by a mask or by places."""
        return Acts(self.account[some], self.post[some], self.posted[some], self.acted[some])


def credit(acts: Acts, own_posts: Places) -> tuple[Numbers, Numbers]:
    """Credit a post beyond chance, and its standard error, of each account (0, 1, 2 ...); `own_posts` says how many it made."""
    if not len(acts.post):
        return np.zeros(len(own_posts)), np.zeros(len(own_posts))
    order = np.argsort(acts.post)
    begins = np.flatnonzero(np.diff(acts.post[order], prepend=acts.post[order[0]] - 1))
    author, posted = acts.account[order[begins]], acts.posted[order[begins]]
    delay = (acts.acted - acts.posted)[order]
    # 1 for each step of the stair that an act has not come too late for.
    worth = np.where(delay > 0, STEPS - np.searchsorted(WINDOWS, delay, "left"), 0)
    total = np.bincount(acts.account, minlength=len(own_posts))
    share = np.diff(begins, append=len(order)) / total[author]
    net = (np.add.reduceat(worth, begins) - _near(acts, author, posted) * share) / STEPS
    size = np.maximum(own_posts, np.bincount(author, minlength=len(own_posts)))
    mean = np.bincount(author, net, minlength=len(size)) / np.maximum(size, 1)
    squares = np.bincount(author, net**2, minlength=len(size)) - size * mean**2
    return mean, np.sqrt(np.maximum(squares, 0) / np.maximum(size - 1, 1) / np.maximum(size, 1))


def reposts(acts: Acts, own_posts: Places) -> Reposts:
    """Reposts of each account (0, 1, 2 ...), out of the acts that are reposts."""
    size = len(own_posts)
    if not len(acts.post):
        nothing = np.zeros(size)
        return Reposts(own_posts.astype(np.float64), nothing, nothing, nothing, nothing)
    order = np.argsort(acts.post)
    begins = np.flatnonzero(np.diff(acts.post[order], prepend=acts.post[order[0]] - 1))
    author, posted = acts.account[order[begins]], acts.posted[order[begins]]
    delay = (acts.acted - acts.posted)[order]
    of_post = np.diff(begins, append=len(order)).astype(np.float64)
    count = np.bincount(acts.account, minlength=size).astype(np.float64)
    soon = np.add.reduceat(((delay > 0) & (delay <= SOON)).astype(np.float64), begins)
    by_chance = _near(acts, author, posted, [SOON]) * of_post / count[author]
    posts = np.maximum(own_posts, np.bincount(author, minlength=size)).astype(np.float64)
    sums = (np.bincount(author, one, size).astype(np.float64) for one in (of_post**2, soon, by_chance))
    return Reposts(posts, count, *sums)


def _near(acts: Acts, author: Places, posted: Places, windows: Sequence[int] = WINDOWS) -> Places:
    """Acts on any post of the author in the windows after each post, added up over the windows."""
    first = min(int(acts.posted.min()), int(acts.acted.min()))
    span = max(int(acts.posted.max()), int(acts.acted.max())) - first + windows[-1] + 2
    seconds = np.sort(acts.account * span + acts.acted - first)
    asked = author * span + posted - first
    order = np.argsort(asked)
    asked = asked[order]  # in order of time, what is looked up next lies next to what was looked up last
    within = sum(np.searchsorted(seconds, asked + window, "right") for window in windows)
    found = np.zeros(len(asked), np.int64)
    found[order] = within - len(windows) * np.searchsorted(seconds, asked, "right")
    return found


PASSED = ("passed_on", "passed_low", "passed_high")


# -- the grain -------------------------------------------------------------------------------------------------------------

OWN = "p.created_at IS NOT NULL AND (p.kind IS NULL OR p.kind IN ('post', 'quote'))"
POSTED = f"""
    SELECT *, row_number() OVER () - 1 AS place FROM (
        SELECT p.account, count(*) AS own_posts FROM posts AS p
        WHERE p.account IS NOT NULL AND {OWN} AND {{wanted}} GROUP BY p.account ORDER BY p.account
    )
"""
ACTED = f"""
    SELECT p.place, p.key AS post, epoch(p.created_at)::BIGINT AS posted, epoch(i.acted_at)::BIGINT AS acted,
           i.verb = 'repost' AS passed
    FROM interactions AS i
    JOIN (SELECT p.post, p.key, p.created_at, p.account, o.place FROM posts AS p JOIN own_posters AS o ON o.account = p.account
          WHERE {OWN}) AS p ON p.post = i.post
    WHERE i.verb IN ('reply', 'repost', 'quote') AND i.acted_at IS NOT NULL AND i.actor <> p.account
"""


def acts_on_posts(engine: Engine, wanted: str = "true") -> tuple[pa.ChunkedArray, Places, Acts, NDArray[np.bool_]]:
    """Who posts, how many own posts each has, and the acts on them, with the place of the author among those who post; which are reposts."""
    engine.execute(f"CREATE OR REPLACE TEMP TABLE own_posters AS {POSTED.replace('{wanted}', wanted)}")
    posted, acted = engine.table("SELECT account, own_posts FROM own_posters ORDER BY place"), engine.table(ACTED)
    engine.execute("DROP TABLE own_posters")
    acts = Acts(*(acted.column(name).to_numpy().astype(np.int64) for name in ("place", "post", "posted", "acted")))
    passed = acted.column("passed").to_numpy().astype(np.bool_)
    return posted.column("account"), posted.column("own_posts").to_numpy().astype(np.int64), acts, passed


@array_grain(
    "sparks",
    columns={
        "account": pa.string(), "own_posts": pa.int64(), "sparked_acts": pa.int64(), "net": pa.float64(), "net_error": pa.float64(),
        **dict.fromkeys(PASSED, pa.float64()), "shown": pa.bool_(), "people": pa.int64(), "acts": pa.int64(),
    },
    fit_version=usual_version,
)  # fmt: skip
def sparks(asked: Asked) -> pa.Table:
    """One row an account on which somebody acted: credit a post beyond chance, and how many people acted."""
    names, own, acts, passed = acts_on_posts(asked.engine, asked.where("p.account"))
    net, error = credit(acts, own)
    count = np.bincount(acts.account, minlength=len(own))
    columns = {"account": names, "own_posts": own, "sparked_acts": count, "net": net, "net_error": error}
    mine = pa.table(columns | _passed_on(asked, names, reposts(acts.only(passed), own), count))
    return mine.join(_reached(actors(asked)), "account", join_type="full outer")


def _passed_on(asked: Asked, names: pa.ChunkedArray, seen: Reposts, acts: Places) -> dict[str, pa.Array]:
    """Reposts that a further post will bring, of those who post and of whom acts are in the data."""
    coded = pc.dictionary_encode(pc.list_element(pc.split_pattern(in_one(names), ":", max_splits=1), 0))
    place, platforms = coded.indices.to_numpy(), coded.dictionary.to_pylist()
    passed = np.bincount(place, seen.count, len(platforms)) > 0
    told = tuple(sorted(name for name, some in zip(platforms, passed, strict=True) if some))
    posting = seen.posts >= FEWEST
    usual = usual_for(asked, seen.of(posting & passed[place]), told)
    there = np.array([usual is not None and name in usual.platforms for name in platforms], np.bool_)[place]
    columns = {"shown": pa.array(there)}
    if usual is None:
        return columns | {name: pa.nulls(len(place), pa.float64()) for name in PASSED}
    known = posting & there & (acts >= FEWEST)
    return columns | {
        name: pa.array(found, mask=~known) for name, found in zip(PASSED, foretold(seen, usual), strict=True)
    }


def _reached(acted: Pairs) -> pa.Table:
    """One row an account on which somebody acted: how many people, and how often."""
    there = np.flatnonzero(acted.others)
    return pa.table(
        {"account": acted.names.take(pa.array(there)), "people": acted.others[there], "acts": acted.acts[there]}
    )


@signal(
    title="Acts sparked by a post", grain="sparks", unit="count", better="higher",
    says="A post of its own is followed by {value:.2f} replies, reposts and quotes more than chance would bring ({label}; {n:post} read).",
    unknown="Fewer than five own posts or five dated acts on them are in the data.",
    source="Goyal, Bonchi & Lakshmanan 2011 (arXiv 1109.6886), minus the shuffle of Anagnostopoulos et al. 2008 "
    "(doi 10.1145/1401890.1401897)",
    needs=("interaction.acted_at", "post.created_at"), evidence="own AND created_at IS NOT NULL ORDER BY reposts DESC NULLS LAST, post",
)  # fmt: skip
def sparked() -> Columns:
    """Mean over own posts of decaying credit, less what shuffled times of the same acts earn; never below 0. Normal interval."""
    return Columns(
        value=f"CASE WHEN sparked_acts >= {FEWEST} THEN greatest(0e0, net) END",
        low=f"greatest(0e0, net - {Z} * net_error)",
        high=f"greatest(0e0, net + {Z} * net_error)",
        n="coalesce(own_posts, 0)",
        label="'associated'",
        at_least=FEWEST,
        reason="CASE WHEN coalesce(sparked_acts, 0) = 0 THEN 'not_observed' ELSE 'too_few' END",
    )


@signal(
    title="Reposts that a further post will bring", grain="sparks", unit="count", better="higher",
    says="A further post is expected to bring {value:.2f} reposts beyond chance, of those listed in the data ({label}; {n:post} read).",
    unknown="No reposts of its platform are in the data, or fewer than five own posts, five dated acts on them, or thirty accounts to learn from.",
    source="Gamma-Poisson shrinkage (Robbins 1956; Efron & Morris 1973) of reposts a post, times the share beyond the shuffle of "
    "Anagnostopoulos et al. 2008 (doi 10.1145/1401890.1401897)",
    needs=("interaction.acted_at", "post.created_at"), evidence="own AND created_at IS NOT NULL ORDER BY reposts DESC NULLS LAST, post",
)  # fmt: skip
def passed_on() -> Columns:
    """Reposts a post, drawn towards what is usual by a fit, times the share that came in two days beyond chance. Gamma interval of the rate."""
    return Columns(
        value="passed_on", low="passed_low", high="passed_high", n="coalesce(own_posts, 0)", label="'associated'", at_least=FEWEST,
        reason="CASE WHEN coalesce(sparked_acts, 0) = 0 OR NOT coalesce(shown, false) THEN 'not_observed' ELSE 'too_few' END",
    )  # fmt: skip


@signal(
    title="People who acted on its posts", grain="sparks", unit="count", better="higher",
    says="{value:,.0f} different people liked, answered, passed on or named it in the data.",
    unknown="No act on its posts by somebody else is in the data.",
    source="distinct people, as Cha et al. 2010 (doi 10.1609/icwsm.v4i1.14033) count who retweets and mentions",
    needs=("interaction.actor",),
)  # fmt: skip
def reached_people() -> Columns:
    """How many different accounts other than itself acted on its posts or named it, as far as single acts are in the data."""
    return observed("people")


__all__ = ["Acts", "credit", "passed_on", "reached_people", "reposts", "sparked", "sparks"]
