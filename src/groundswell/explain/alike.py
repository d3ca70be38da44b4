"""Who is like her: people who talk of the same things in the same language and go about it in the same way. Never by followers.

    words   cosine of bio and newest texts in the space of the corpus, 0..1 (Deerwester et al. 1990; see `topics`)
    ways    how near two people stand in what they do: 1 minus the mean difference of their ranks, over signals known of both, with
            what two strangers would have (a third apart) taken out, 0..1

Only signals that need no count of followers enter, so that nobody is found for being as big. The order is seven parts words, three
parts ways (design choice); where fewer than three signals are known of both, words alone. What they share is shown: topics, words,
ways, and the two posts that are most alike.
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
from groundswell.explain.explaining import find_account
from groundswell.records import platform_name
from groundswell.signals import SIGNALS, SignalTable
from groundswell.signals.arrays import is_late
from groundswell.signals.findings import Progress
from groundswell.signals.kinship import TEXTS_READ
from groundswell.signals.posts import Evidence, PostsOf, as_evidence, posts_of
from groundswell.signals.present import Present, open_present
from groundswell.signals.topics import Corpus
from groundswell.store import Workspace

pc: Any = _compute  # its functions are made at run time, no type checker knows them

WORDS, WAYS = 0.7, 0.3
LEAST_ALIKE = 0.2
"""Less alike in words, nobody is listed (design choice)."""
LEAST_TEXTS = 3
"""Own texts without which nobody is compared: a bio alone is quickly like another (design choice)."""
LEAST_SIGNALS = 3
"""Signals known of both from which on their ways are compared (design choice)."""
NEAR = 0.1
"""Ranks that differ by no more than a tenth of all people are shared (design choice)."""
CHANCE = 1 / 3
"""Mean difference of the ranks of two strangers."""
CONSIDERED = 200
"""Nearest in words among whom ways decide (design choice: bounded work)."""
MOST_WORDS = 6
SAID_IN_WORDS = frozenset({"language", "occupation"})


@dataclass(frozen=True)
class Alike:
    """One person who is like the one asked about, with what they share."""

    account: str
    called: str
    platform: str
    name: str | None
    bio: str | None
    likeness: float
    """0..1, of words and ways."""
    words: float
    ways: float | None
    """None where too little is known of both."""
    shared_topics: tuple[str, ...]
    shared_words: tuple[str, ...]
    shared_ways: tuple[str, ...]
    """Signals in which they stand close to one another."""
    posts: tuple[Evidence, ...]
    """The two posts that are most alike: one of the person asked about, one of this."""


@dataclass(frozen=True)
class Lookalikes:
    """Who is like somebody, nearest first."""

    account: str
    called: str
    people: tuple[Alike, ...]
    looked_at: int
    says: tuple[str, ...]
    """Among whom was looked, and who could not be compared; or why there is nobody."""
    simulated: bool
    facts_version: str


def like(
    workspace: Workspace, name: str, *, limit: int = 10, anywhere: bool = False, progress: Progress | None = None
) -> Lookalikes:
    """Find who is like an account, on its platform or (`anywhere`) on all.

    Errors: UnknownNameError when nobody has the name; UsageError when several have it.
    """
    with open_present(workspace, progress) as present:
        return alike(present, name, limit=limit, anywhere=anywhere, progress=progress)


def alike(
    present: Present, name: str, *, limit: int = 10, anywhere: bool = False, progress: Progress | None = None
) -> Lookalikes:
    """Find who is like an account, from what is open."""
    table, texts = present.table, present.texts(progress)
    account = find_account(table, name)
    me = pc.index(table.rows.column("account"), account).as_py()
    profile = table.profile(account)
    near = np.where(texts.own_texts >= LEAST_TEXTS, _words(texts.places, me, len(table.rows)), np.nan)
    among = _among(table, me, anywhere=anywhere)
    chosen = _nearest(np.where(among, near, np.nan))
    ways, shared = _ways(table, me, chosen)
    score = np.where(np.isnan(ways), near[chosen], WORDS * near[chosen] + WAYS * ways)
    order = np.lexsort([chosen, -score])[:limit]
    rows: list[dict[str, Any]] = table.rows.select(list(profile)).take(pa.array(chosen[order])).to_pylist()
    posts = posts_of(
        present.workspace, present.corpus, [account, *(row["account"] for row in rows)] if rows else [], {}, present=present
    )  # fmt: skip
    people = tuple(
        _alike(row, float(score[at]), float(near[chosen[at]]), float(ways[at]), shared[at])
        | _shares(present.corpus, posts, profile, row)
        for at, row in zip(order, rows, strict=True)
    )
    return Lookalikes(
        account=account,
        called=_called(profile),
        people=tuple(Alike(**one) for one in people),
        looked_at=int(among.sum()),
        says=tuple(_says(profile, near, among, me, people, anywhere=anywhere)),
        simulated=present.workspace.simulated(),
        facts_version=table.facts_version,
    )


def _words(places: NDArray[np.float32] | None, me: int, size: int) -> NDArray[np.float64]:
    """Likeness in words of everybody to one; NaN where nothing was said that is known."""
    if places is None or not places[me].any():
        return np.full(size, np.nan)
    silent = ~places.any(axis=1)
    return np.where(silent, np.nan, np.clip(places @ places[me], 0, 1).astype(np.float64))


def _among(table: SignalTable, me: int, *, anywhere: bool) -> NDArray[np.bool_]:
    """Everybody else, on the same platform unless anywhere, and not in another language."""
    platforms = table.rows.column("platform")
    spoken = pc.struct_field(in_one(table.rows.column("language")), "label")
    mine = spoken[me].as_py()
    same = pc.fill_null(pc.equal(spoken, mine), True) if mine else pa.array([True] * len(spoken))
    found = np.asarray(same, bool)
    if not anywhere:
        found &= np.asarray(pc.equal(platforms, platforms[me].as_py()), bool)
    found[me] = False
    return found


def _nearest(near: NDArray[np.float64]) -> NDArray[np.int64]:
    """The rows of those nearest in words, in order; ties by row, that is by id."""
    enough = np.flatnonzero(np.nan_to_num(near, nan=-1.0) >= LEAST_ALIKE)
    return enough[np.lexsort([enough, -near[enough]])][:CONSIDERED]


def _ways(table: SignalTable, me: int, chosen: NDArray[np.int64]) -> tuple[NDArray[np.float64], list[tuple[str, ...]]]:
    """How near the chosen stand to one person in what they do (NaN where too little is known), and in which signals."""
    names = [name for name in size_free() if name in table.rows.column_names]
    apart = [_apart(table, name, me, chosen) for name in names]
    if not apart:
        return np.full(len(chosen), np.nan), [()] * len(chosen)
    whole = np.array(apart)
    known = np.sum(~np.isnan(whole), axis=0)
    total = np.nansum(whole, axis=0)
    mean = np.divide(total, known, out=np.full(len(chosen), np.nan), where=known >= LEAST_SIGNALS)
    shared = [tuple(np.array(names)[column <= NEAR].tolist()) for column in whole.T]
    return np.clip(1 - mean / CHANCE, 0, 1), shared


def _apart(table: SignalTable, name: str, me: int, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    """Difference of ranks in one signal, as a share of all for whom it is known; equals stand in the middle of one another."""
    values = pc.struct_field(in_one(table.rows.column(name)), "value").to_numpy(zero_copy_only=False)
    known = np.sort(values[~np.isnan(values)])
    asked = values[np.append(chosen, me)]
    rank = (np.searchsorted(known, asked, "left") + np.searchsorted(known, asked, "right")) / max(2 * len(known), 1)
    rank = np.where(np.isnan(asked), np.nan, rank)
    return np.abs(rank[:-1] - rank[-1])


def size_free() -> list[str]:
    """Signals that say how somebody goes about it, and not how big they are.

    No bare count, none that needs followers, none that compares with peers, and none that is a word in the first place.
    """
    size = {"account.followers", "account.following"}
    return [
        name
        for name, one in SIGNALS.items()
        if one.question != "size" and one.unit != "count" and not size & set(one.needs) and not is_late(one.grain)
        and name not in SAID_IN_WORDS
    ]  # fmt: skip


def _alike(row: dict[str, Any], score: float, words: float, ways: float, shared: Sequence[str]) -> dict[str, Any]:
    kept = {name: row[name] for name in ("account", "platform", "name", "bio")}
    ways_known = None if np.isnan(ways) else ways
    return kept | {
        "called": _called(row), "likeness": score, "words": words, "ways": ways_known, "shared_ways": tuple(shared),
    }  # fmt: skip


def _shares(corpus: Corpus | None, posts: PostsOf, mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Topics and words of both, and the two posts that are most alike."""
    assert corpus is not None, "without a corpus nobody is near"
    both = [one["account"] for one in (mine, theirs)]
    topics = [dict(posts.topics(account)) for account in both]
    shared = sorted(set(topics[0]) & set(topics[1]), key=lambda name: (-min(one[name] for one in topics), name))
    texts = [[post for post in posts.posts.get(account, [])[:TEXTS_READ] if post["text"]] for account in both]
    return {
        "shared_topics": tuple(shared),
        "shared_words": _shared_words(
            corpus, [_whole(who, some) for who, some in zip((mine, theirs), texts, strict=True)]
        ),
        "posts": _most_alike(corpus, *texts),
    }


def _whole(who: dict[str, Any], posts: list[dict[str, Any]]) -> str:
    return " ".join([who["bio"] or "", *(post["text"] for post in posts)])


def _shared_words(corpus: Corpus, texts: list[str]) -> tuple[str, ...]:
    """The words that do most for the likeness of two texts, heaviest first."""
    weights = corpus.weigh(texts).toarray()
    product = weights[0] * weights[1]
    heaviest = np.lexsort([np.arange(len(product)), -product])[:MOST_WORDS]
    return tuple(corpus.words[place] for place in heaviest if product[place] > 0)


def _most_alike(corpus: Corpus, mine: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> tuple[Evidence, ...]:
    if not mine or not theirs:
        return ()
    one, other = (corpus.weigh([post["text"] for post in some]) for some in (mine, theirs))
    alike_by = np.asarray((one @ other.T).toarray())
    at = np.unravel_index(int(np.argmax(alike_by)), alike_by.shape)
    if alike_by[at] <= 0:
        return ()
    return (as_evidence(mine[int(at[0])], "most alike"), as_evidence(theirs[int(at[1])], "most alike"))


def _called(row: dict[str, Any]) -> str:
    return f"@{row['handle']}" if row["handle"] else row["account"]


def _says(
    profile: dict[str, Any],
    near: NDArray[np.float64],
    among: NDArray[np.bool_],
    me: int,
    people: Sequence[Any],
    *,
    anywhere: bool,
) -> list[str]:
    called, looked = _called(profile), int(among.sum())
    if np.isnan(near[me]):
        return [f"Nobody can be compared with {called}: too little of what it says is in the data."]
    silent = int(np.isnan(near[among]).sum())
    where = "on all platforms" if anywhere else f"on {platform_name(profile['platform'])}"
    found = [f"Looked at {looked:,} people {where} who are not known to write in another language; size plays no part."]
    if silent:
        found.append(
            f"{silent:,} of them could not be compared: fewer than {LEAST_TEXTS} texts of theirs are in the data."
        )
    if not people:
        found.append(f"Nobody is like {called}: none says much of the same things.")
    return found
