"""What is compared when somebody is set among peers: the numbers of each account, and the fit that holds the others' numbers.

The fit is learned from everybody and kept as `peers-NNNN.json` and `.npz` until `learning` says that it is due anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.signals import by_size
from groundswell.signals.arrays import Asked
from groundswell.signals.by_size import Curve, Trust
from groundswell.signals.peers import Floats, Ladder, Likeness, Placed, Whole, learn_ladders, plain_words
from groundswell.store.crash_points import crash_point

pc: Any = _compute  # its functions are made at run time, no type checker knows them

AGE_DAYS = (180.0, 730.0, 1825.0)
AGES = ("under half a year old", "half a year to two years old", "two to five years old", "over five years old")
"""Bands of the account's age; somebody who began last month is not held against ten years (design choice)."""
TOPIC_STAYS = 0.6
"""Chance that the main topic is the main topic, below which peers of all topics are taken (SCIENCE: Jaccard of the peers >= 0.6)."""
MEDIA_NEEDED = 5
"""Posts whose format is known, below which variety is not told (design choice)."""
CLOSE = {
    "friends_family_share": "friends and family",
    "reciprocity": "mutual follows",
    "repeat_correspondents": "people who return",
    "reply_rate": "answers given",
}
"""Signals of closeness, and what they are called; the last, what somebody gives back, counts as much as the others together."""
DIGITS = 9
"""Decimals of a logarithm that are compared: the last bits differ from machine to machine, and would break ties."""

POSTS = """
    SELECT account, count(DISTINCT media) AS formats, count(media) AS pictured,
           arg_max(likes::DOUBLE + replies, (epoch_us(created_at), key), {most})
               FILTER (created_at IS NOT NULL AND likes + replies IS NOT NULL
                       AND epoch_us(observed_at) - epoch_us(created_at) >= {young} * 3600000000) AS recent
    FROM posts WHERE (kind IS NULL OR kind IN ('post', 'quote')) AND {wanted}
    GROUP BY account
"""


def part(rows: pa.Table, name: str, what: str = "value") -> Floats:
    """One part of a signal as numbers, nan where unknown or where nobody computes it."""
    if name not in rows.schema.names:
        return np.full(rows.num_rows, np.nan)
    column = pc.struct_field(in_one(rows.column(name)), what)
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def label(rows: pa.Table, name: str) -> pa.Array:
    """The label of a signal as words that form groups."""
    if name not in rows.schema.names:
        return pa.nulls(rows.num_rows, pa.string())
    return plain_words(pc.struct_field(in_one(rows.column(name)), "label"))


@dataclass(frozen=True)
class Compared:
    """The numbers of accounts that are compared, one element an account."""

    rows: pa.Table
    """The signals found before."""
    recent: Floats
    """Likes and comments of the newest own posts, newest first, one row an account; nan where there are fewer."""
    formats: Floats

    @classmethod
    def of(cls, asked: Asked) -> Compared:
        """Read what the signals do not hold."""
        from groundswell.signals.grains import YOUNG_HOURS

        most, rows = by_size.RECENT + by_size.AHEAD, asked.found()
        posts = asked.engine.table(POSTS.format(most=most, young=YOUNG_HOURS, wanted=asked.where("account")))
        place = pc.index_in(in_one(posts.column("account")), value_set=in_one(rows.column("account")))
        posts = posts.filter(pc.is_valid(place))
        at = place.drop_null().to_numpy(zero_copy_only=False).astype(np.int64)
        formats = np.full(rows.num_rows, np.nan)
        pictured, counts = (posts.column(name).to_numpy() for name in ("pictured", "formats"))
        formats[at] = np.where(pictured >= MEDIA_NEEDED, counts, np.nan)
        return cls(rows, _spread(in_one(posts.column("recent")), at, rows.num_rows, most), formats)

    @cached_property
    def followers(self) -> Floats:
        """Followers."""
        return part(self.rows, "followers")

    @cached_property
    def topic_stays(self) -> Floats:
        """Chance that the main topic would still be it, had the account drawn its posts again (normal approximation)."""
        from scipy.special import ndtr

        lead, n = part(self.rows, "topic_lead"), part(self.rows, "topic_lead", "n")
        return np.asarray(ndtr(lead * np.sqrt(n) / np.sqrt(np.maximum(1.0 - lead * lead, 1e-12))), np.float64)

    @cached_property
    def attributes(self) -> dict[str, pa.Array]:
        """By what peers are like, the one that is kept longest first; never the followers."""
        rows = self.rows
        spoken = pc.coalesce(label(rows, "language"), plain_words(rows.column("language_declared")))
        sure = pa.array(self.topic_stays >= TOPIC_STAYS)
        return {
            "platform": plain_words(rows.column("platform")),
            "language": spoken,
            "kind": plain_words(rows.column("account_type")),
            "topic": pc.if_else(sure, label(rows, "topic_focus"), pa.scalar(None, pa.string())),
            "occupation": label(rows, "occupation"),
            "country": plain_words(rows.column("country")),
            "age": _banded(part(rows, "account_age_days"), AGE_DAYS, AGES),
        }

    @cached_property
    def sizes(self) -> dict[str, pa.Array]:
        """Platform and size class."""
        found = by_size.size_class(self.followers)
        names = pa.array(by_size.CLASSES).take(pa.array(found, mask=found < 0))
        return {"platform": self.attributes["platform"], "size": names}

    @cached_property
    def numbers(self) -> dict[str, Floats]:
        """What is set among peers, apart from what needs a fit first."""
        rows = self.rows
        plain = {"reach": self.followers, "own": part(rows, "own_share"), "kept": part(rows, "kept_ratio")}
        return plain | {"formats": self.formats} | {name: part(rows, name) for name in CLOSE}


def _spread(lists: Any, at: Whole, accounts: int, most: int) -> Floats:
    """Lists as a matrix with nan where a list ends."""
    found = np.full((accounts, most), np.nan)
    sizes = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    row = np.repeat(at, sizes)
    column = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    found[row, column] = pc.list_flatten(lists).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return found


def _banded(numbers: Floats, edges: tuple[float, ...], names: tuple[str, ...]) -> pa.Array:
    unknown = np.isnan(numbers)
    band = np.searchsorted(edges, np.nan_to_num(numbers), side="right")
    return pa.array(names).take(pa.array(band, mask=unknown))


# -- the fit ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PeerFit:
    """Everything that is known of everybody else."""

    peers: Likeness
    sizes: Likeness
    ladders: Mapping[str, Ladder]
    curves: Mapping[str, Curve]
    trust: Mapping[int, Trust]
    fitted_on: int
    version: str = ""

    def usual(self, compared: Compared) -> Floats:
        """The usual log of reactions for the size; nan where no curve speaks."""
        codes, names = _platforms(compared)
        return by_size.usual(self.curves, codes, compared.followers, names)


@dataclass
class Places:
    """Places of accounts among their peers, as they are asked for."""

    fit: PeerFit
    compared: Compared
    kept: dict[str, Placed] = field(default_factory=lambda: {})

    @cached_property
    def chains(self) -> Whole:
        """Every account's groups, the narrowest first."""
        return self.fit.peers.chains(self.fit.peers.codes(self.compared.attributes))

    def of(self, name: str, numbers: Floats | None = None) -> Placed:
        """Where an account's number stands; without peers where nobody learned of it."""
        if name not in self.kept:
            found = self.compared.numbers[name] if numbers is None else numbers
            self.kept[name] = _ladder(self.fit, name).place(self.chains, found)
        return self.kept[name]

    def in_size(self, numbers: Floats) -> Placed:
        """Where a number stands within the size class."""
        likeness = self.fit.sizes
        return _ladder(self.fit, "tier").place(likeness.chains(likeness.codes(self.compared.sizes)), numbers)

    def said(self, placed: Placed, ladder: str, likeness: Likeness | None = None) -> pa.Array:
        """The peers of each account in words: "Instagram, German, personal; 412 people"."""
        keys = _ladder(self.fit, ladder).keys
        words = pa.array([(likeness or self.fit.peers).said(int(key)) for key in keys], pa.string())
        chosen = words.take(pa.array(placed.group, mask=placed.group < 0))
        return pc.binary_join_element_wise(chosen, "; ", pa.array(placed.n).cast(pa.string()), " people", "")


NOBODY = Ladder(np.empty(0, np.int64), np.zeros(1, np.int64), np.empty(0))


def _ladder(fit: PeerFit, name: str) -> Ladder:
    return fit.ladders.get(name, NOBODY)


def residual(compared: Compared, curve: Floats, what: str = "value") -> Floats:
    """log(typical reactions + 1/2) with the size taken out."""
    return np.round(np.log(part(compared.rows, "typical_reactions", what) + by_size.HALF) - curve, DIGITS)


def quality_of(places: Places, bound: Callable[[Placed], Floats] | None = None) -> tuple[Floats, NDArray[np.int64]]:
    """(mean of the places of its parts, how many are known): own content, kept and passed on, formats; unknown below two."""
    parts = [places.of(name) for name in ("own", "kept", "formats")]
    found = np.array([one.share if bound is None else bound(one) for one in parts])
    known = np.isfinite(found).sum(axis=0)
    return np.where(known >= 2, np.round(np.nansum(found, axis=0) / np.maximum(known, 1), DIGITS), np.nan), known


def _platforms(compared: Compared) -> tuple[Whole, dict[int, str]]:
    """A number a platform, and their names."""
    platforms = compared.attributes["platform"]
    names = sorted(word for word in pc.unique(platforms).to_pylist() if word is not None)
    codes = pc.fill_null(pc.index_in(platforms, value_set=pa.array(names, pa.string())), -1)
    return codes.to_numpy(zero_copy_only=False).astype(np.int64), dict(enumerate(names))


def learn(compared: Compared) -> PeerFit | None:
    """Learn from everybody; None when nobody would have thirty peers."""
    codes, names = _platforms(compared)
    reactions = part(compared.rows, "typical_reactions")
    curves = by_size.learn_curves(codes, compared.followers, reactions, names)
    lot = np.random.default_rng(0).permutation(compared.rows.num_rows)
    curve = by_size.usual(curves, codes, compared.followers, names)
    trust = by_size.learn_trust(compared.recent, compared.followers, curve, lot)
    peers, sizes = Likeness.learned(compared.attributes), Likeness.learned(compared.sizes, at_least=2)
    if not peers.words["platform"]:
        return None
    coded = peers.codes(compared.attributes)
    ladders = learn_ladders(peers, coded, compared.numbers | {"engagement": residual(compared, curve)})
    rates = {"tier": part(compared.rows, "public_rate")}
    ladders |= learn_ladders(sizes, sizes.codes(compared.sizes), rates)
    fit = PeerFit(peers, sizes, ladders, curves, trust, compared.rows.num_rows)
    quality, _ = quality_of(Places(fit, compared))
    return PeerFit(
        peers, sizes, ladders | learn_ladders(peers, coded, {"quality": quality}), curves, trust, fit.fitted_on
    )


def fit_version(folder: Path) -> str | None:
    """The newest version in a folder, or None."""
    found = sorted(folder.glob("peers-*.json"))
    return found[-1].stem.removeprefix("peers-") if found else None


def peers_for(asked: Asked, compared: Compared) -> PeerFit | None:
    """The fit in use, made first where it may be and is missing or wanted anew."""
    version = fit_version(asked.fits)
    if asked.may_fit and (version is None or asked.anew):
        learned = learn(compared)
        if learned is None:
            forget(asked.fits)
            return None
        version = f"{int(version or 0) + 1:04d}"
        save(learned, asked.fits, version)
    return load(asked.fits, version) if version else None


def save(fit: PeerFit, folder: Path, version: str) -> None:
    """Keep a fit as `peers-VERSION.npz` and `.json`; it is there when the second is."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {
        f"{name}.{what}": getattr(ladder, what)
        for name, ladder in fit.ladders.items()
        for what in ("keys", "starts", "values")
    }
    crash_point("peers: before their numbers")
    np.savez_compressed(folder / f"peers-{version}.npz", allow_pickle=False, **arrays)
    crash_point("peers: before their words")
    said = {
        "peers": dict(fit.peers.words), "sizes": dict(fit.sizes.words), "ladders": list(fit.ladders),
        "fitted_on": fit.fitted_on, **by_size.as_plain(fit.curves, fit.trust),
    }  # fmt: skip
    part_file = folder / f"peers-{version}.json.part"
    part_file.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    part_file.replace(folder / f"peers-{version}.json")


def forget(folder: Path) -> None:
    """Take fits away of people who are no longer there."""
    for file in folder.glob("peers-*.*"):
        file.unlink()


def load(folder: Path, version: str) -> PeerFit:
    """Read a fit."""
    said = json.loads((folder / f"peers-{version}.json").read_text(encoding="utf-8"))
    with np.load(folder / f"peers-{version}.npz", allow_pickle=False) as kept:
        ladders = {
            name: Ladder(*(kept[f"{name}.{what}"] for what in ("keys", "starts", "values"))) for name in said["ladders"]
        }
    curves, trust = by_size.from_plain(said)
    return PeerFit(
        Likeness(said["peers"]), Likeness(said["sizes"], 2), ladders, curves, trust, said["fitted_on"], version
    )
