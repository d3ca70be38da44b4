"""Does it find whose word others pass on, and does it earn nothing to be acted on at times that mean nothing?

What is said at a moment, with what could be learned until then, is held against what came after it. Each account is one case.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.validity import worlds
from benchmarks.validity.basics import in_order, known
from benchmarks.validity.figures import (
    SEED,
    Array,
    Compared,
    Numbers,
    Row,
    bias,
    compared,
    met,
    not_tested,
    rmse,
    spearman,
)
from benchmarks.validity.rise import SPLIT, as_of
from benchmarks.validity.worlds import Simulated
from groundswell.signals.influence import Acts, acts_on_posts, credit, reposts
from groundswell.signals.passing import foretold, learn

FEWEST_LATER = 3
PASSED_ON = """
    SELECT p.account, count(*) FILTER (later) AS posts_after, coalesce(sum(n) FILTER (later), 0) / nullif(count(*) FILTER (later), 0) AS after,
           coalesce(sum(n) FILTER (NOT later), 0) / nullif(count(*) FILTER (NOT later), 0) AS before
    FROM (SELECT account, post, created_at > '{moment}' AS later FROM posts WHERE kind = 'post' AND created_at IS NOT NULL) AS p
    LEFT JOIN (SELECT i.post, count(*) AS n FROM interactions AS i JOIN posts AS q ON q.post = i.post
               WHERE i.verb IN ({verbs}) AND i.actor <> q.account AND (i.acted_at <= '{moment}' OR q.created_at > '{moment}') GROUP BY i.post) USING (post)
    GROUP BY p.account
"""


def _beats_both(found: Compared) -> dict[str, str]:
    """What is asked of whatever claims to know who will be passed on."""
    return {"wanted": "better than followers and than the historical mean", "target": met(found.verdict == "beats")}


def influence_figures(data_folder: Path | None = None) -> list[Row]:
    """What posts sparked before, against what is passed on after; and against acts whose times mean nothing."""
    made = worlds.several()
    parts = [_sparked_and_passed_on(world) for world in made]
    after, said, followers, before, planted, acted, acted_before, passed = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    guesses = {"follower count": followers, "reposts a post so far (historical mean)": before}
    scaled = known(after, passed, followers, before)
    return [
        *(_passed_on(name, *known(after, passed, guess)) for name, guess in guesses.items()),
        _how_far("follower count", *scaled[:3], line=True),
        _how_far("reposts a post so far (historical mean)", scaled[0], scaled[1], scaled[3]),
        *(_planted(name, *known(planted, passed, guess), signal="passed_on") for name, guess in guesses.items()),
        _passed_on_shuffled(made),
        *(_foretells(name, *known(after, said, guess)) for name, guess in guesses.items()),
        *(_how_many(name, *known(after, said, guess)) for name, guess in guesses.items()),
        *(_planted(name, *known(planted, said, guess)) for name, guess in guesses.items()),
        _alike("follower count", *known(acted, said, followers)),
        _alike("replies, reposts and quotes a post so far (historical mean)", *known(acted, said, acted_before)),
        _shuffled(made),
        _real_influence(data_folder),
    ]


def _sparked_and_passed_on(world: Simulated) -> tuple[Numbers, ...]:
    moment = world.moment(0.6)
    with world.workspace.engine() as engine:
        rows, alike = (
            engine.table(PASSED_ON.format(moment=moment, verbs=verbs))
            for verbs in ("'repost'", "'reply', 'repost', 'quote'")
        )
    with TemporaryDirectory() as fits:
        rows_then = as_of(world.workspace, moment, ("sparked", "passed_on"), backtest=True, fits=Path(fits))
    said, passed = (world.value(name, signals=rows_then) for name in ("sparked", "passed_on"))
    enough = in_order(world, rows, "posts_after") >= FEWEST_LATER
    after = np.where(enough, in_order(world, rows, "after"), np.nan)
    followers, planted = world.true("followers").astype(np.float64), world.true("spark").astype(np.float64)
    acted = np.where(enough, in_order(world, alike, "after"), np.nan)
    before, acted_before = (in_order(world, table, "before") for table in (rows, alike))
    return after, said, followers, before, planted, acted, acted_before, passed


def _passed_on(baseline: str, after: Numbers, said: Numbers, guess: Numbers) -> Row:
    found = compared(spearman, after, said, guess)
    return found.row(
        "Does the number of reposts that a post is expected to spark order people by what will be passed on?",
        f"{worlds.described()}, {SPLIT}", baseline, measure="rank correlation", signals=("passed_on",), people=len(after), **_beats_both(found),
        published="Bakshy et al. 2011: past influence and followers foretell best, and most of the variance stays unexplained",
        how="What was known, and learned, when 60 % of the posts were written, against reposts a post of at least three later posts.",
    )  # fmt: skip


def _how_far(baseline: str, after: Numbers, said: Numbers, guess: Numbers, *, line: bool = False) -> Row:
    """How many reposts off; a guess on another scale is put on that of reposts by a straight line."""
    half = np.random.default_rng(SEED).permutation(len(after)) % 2 == 0
    asked = ~half if line else np.ones(len(after), bool)
    theirs = _scaled(guess, after, half) if line else guess
    found = compared(rmse, after[asked], said[asked], theirs, higher_is_better=False)
    how = (
        " Followers are put on its scale by a straight line learned from one half of the people; the other half is asked."
        if line
        else ""
    )
    return found.row(
        "How far is the number of reposts that a post is expected to spark from how often posts are passed on later?",
        f"{worlds.described()}, {SPLIT}", baseline, measure="root mean squared error in reposts a post", signals=("passed_on",),
        people=int(asked.sum()), how=f"As it is said.{how}", **_beats_both(found),
    )  # fmt: skip


def _passed_on_shuffled(made: Sequence[Simulated]) -> Row:
    """Reposts whose times are dealt out anew among those of the same author."""
    ours, theirs, real = list[Numbers](), list[Numbers](), list[Numbers]()
    for world in made:
        with world.workspace.engine() as engine:
            _, own, every, passed = acts_on_posts(engine)
        acts = every.only(passed)
        told = (np.bincount(every.account, minlength=len(own)) >= 5) & (own >= 5)
        for kept, moments in ((ours, _dealt(acts)), (real, acts)):
            seen = reposts(moments, own)
            usual = learn(seen.of(own >= 5))
            assert usual is not None
            kept.append(foretold(seen.of(told), usual)[0])
        theirs.append((np.bincount(acts.account, minlength=len(own)) / np.maximum(own, 1))[told])
    found = compared(
        bias, np.zeros(len(np.concatenate(ours))), np.concatenate(ours), np.concatenate(theirs), higher_is_better=False
    )
    return found.row(
        "Are no reposts said to be sparked where their times mean nothing?", f"{worlds.described()}, times of reposts shuffled", "reposts a post",
        measure="mean reposts a post, which should be 0", signals=("passed_on",), people=len(np.concatenate(ours)), wanted="at most 0.02",
        target="meets the target" if found.figure <= 0.02 else "misses the target",
        published="the shuffle test: Anagnostopoulos et al. 2008",
        how="The times of the reposts of each account's posts are dealt out anew among them, and what is usual is learned from that. "
        f"With the true times the mean is {np.concatenate(real).mean():.2f}.",
    )  # fmt: skip


def _dealt(acts: Acts) -> Acts:
    """The same acts, their times dealt out anew among those on the same author; the draw does not depend on how rows arrive."""
    read = acts.only(np.lexsort((acts.acted, acts.posted, acts.post, acts.account)))
    order = np.lexsort((np.random.default_rng(SEED).random(len(read.account)), read.account))
    dealt = np.empty_like(read.acted)
    dealt[np.lexsort((np.arange(len(read.account)), read.account))] = read.acted[order]
    return Acts(read.account, read.post, read.posted, dealt)


def _foretells(baseline: str, after: Numbers, said: Numbers, guess: Numbers) -> Row:
    found = compared(spearman, after, said, guess)
    return found.row(
        "Does what posts sparked so far order people by what will be passed on?", f"{worlds.described()}, {SPLIT}", baseline,
        measure="rank correlation", signals=("sparked",), people=len(after), **_beats_both(found),
        published="Bakshy et al. 2011: past influence and followers foretell best, and most of the variance stays unexplained",
        how="What was known when 60 % of the posts were written, against reposts a post of at least three later posts. Replies count in what "
        "was sparked, and reposts alone in what is foretold.",
    )  # fmt: skip


def _how_many(baseline: str, after: Numbers, said: Numbers, guess: Numbers) -> Row:
    half = np.random.default_rng(SEED).permutation(len(after)) % 2 == 0
    ours, theirs = (_scaled(part, after, half) for part in (said, guess))
    found = compared(rmse, after[~half], ours, theirs, higher_is_better=False)
    return found.row(
        "How far is what was sparked from how often a post will be passed on?", f"{worlds.described()}, {SPLIT}", baseline,
        measure="root mean squared error in reposts a post", signals=("sparked",), **_beats_both(found),
        how="Both are put on the scale of reposts by a straight line learned from one half of the people, and asked of the other.",
    )  # fmt: skip


def _scaled(guess: Numbers, truth: Numbers, learned: Array) -> Numbers:
    slope, level = np.polyfit(guess[learned], truth[learned], 1)
    return np.asarray(level + slope * guess[~learned], np.float64)


def _planted(baseline: str, planted: Numbers, said: Numbers, guess: Numbers, signal: str = "sparked") -> Row:
    replies = " Replies count in what was sparked and do not depend on it." if signal == "sparked" else ""
    which = (
        "Does it find" if signal == "sparked" else "Does the number of reposts that a post is expected to spark find"
    )
    return compared(spearman, planted, said, guess).row(
        f"{which} those whose word was planted to move others?", worlds.described(), baseline, measure="rank correlation",
        signals=(signal,), how=f"Planted: how many more of the followers are asked to pass a post on.{replies}",
    )  # fmt: skip


def _alike(baseline: str, acted: Numbers, said: Numbers, guess: Numbers) -> Row:
    return compared(spearman, acted, said, guess).row(
        "Does what posts sparked so far order people by the acts of the same kinds on later posts?", f"{worlds.described()}, {SPLIT}", baseline,
        measure="rank correlation", signals=("sparked",), people=len(acted),
        how="As above, with replies and quotes among what is foretold. The plain mean keeps what sparked takes off on purpose: acts that "
        "come whenever they come.",
    )  # fmt: skip


def _shuffled(made: Sequence[Simulated]) -> Row:
    """Acts keep their post and their author; only when they came is dealt out anew among the acts on the same author."""
    net, plain, true = [], [], []
    for world in made:
        with world.workspace.engine() as engine:
            _, own, read, _ = acts_on_posts(engine)
        dealt = _dealt(read)
        acts = np.bincount(read.account, minlength=len(own))
        told = (acts >= 5) & (own >= 5)
        net.append(credit(dealt, own)[0][told])
        true.append(credit(read, own)[0][told])
        plain.append((acts / np.maximum(own, 1))[told])
    ours, theirs, real = (np.concatenate(part) for part in (net, plain, true))
    found = compared(bias, np.zeros(len(ours)), ours, theirs, higher_is_better=False)
    return found.row(
        "Does it earn nothing to be acted on at times that mean nothing?", f"{worlds.described()}, times of acts shuffled", "replies and reposts a post",
        measure="mean acts a post, which should be 0", signals=("sparked",), wanted="at most 0.02",
        target="meets the target" if found.figure <= 0.02 else "misses the target", published="the shuffle test: Anagnostopoulos et al. 2008",
        how=f"The times of the acts on each author are dealt out anew among them. With the true times the mean is {real.mean():.2f}. "
        "Before what is below 0 is taken for 0.",
    )  # fmt: skip


def _real_influence(data_folder: Path | None) -> Row:
    question = "Does what posts sparked foretell what will be passed on, among real people?"
    if data_folder is None:
        return not_tested(
            question, "the real data that this needs are not at hand (GROUNDSWELL_DATA)", signals=("sparked",)
        )
    return not_tested(
        question,
        "no real file at hand lists, with dates, who passed on which posts of an author over time",
        signals=("sparked", "passed_on"),
        wanted="better than followers and than the historical mean",
    )


__all__ = ["influence_figures"]
