"""Is the account what it seems? A calibrated guess from what its profile shows, with what pulls it which way.

"Authentic" is used of accounts only: one that is run by a program, that follows in bulk, or whose crowd was bought is not what it
seems. A genuine voice is another matter with other words (honesty, hobby, trust).

A logistic model over counts and profile fields, learned on 1,107 labelled accounts of Twitter (`authenticity.toml` says from what,
when and how), in which celebrities count as one in twenty of the genuine. A field that is not known is averaged over what it may
be, given the others: the conditional mean of a joint normal, the logit damped by what stays uncertain (MacKay 1992, doi
10.1162/neco.1992.4.5.720). Age is not used by itself: new is not false. The language is not used at all. Counts outside of what
was learned from are taken at its edge.

Everything is held as the log of a likelihood ratio, so that another mix of false and genuine only changes the prior. Accounts
that the user labels bend it for their platform (`labels`); the fit that they make is read here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.bending import Bend, bends, bent_version
from groundswell.signals.crowds import Places, bin_of
from groundswell.signals.declaring import Columns, signal
from groundswell.store import Engine

pc: Any = _compute  # its functions are made at run time, no type checker knows them
Floats = NDArray[np.float64]
PRIOR_FALSE = 0.12
"""Share of accounts that are false before anything is known of one: the middle of 9-15 % (Varol et al., ICWSM 2017, Twitter)."""
FLAGGED_BELOW = 0.5
"""An account less likely than this to be genuine is flagged: the highest round number at which at most 2 % of ordinary, unverified
people were flagged on the train and dev parts (8 of 410)."""
MOST = 5.0
"""No profile weighs more than e^5 for or against (design choice: what was learned from is small and old)."""
AT_HOME, ELSEWHERE = 0.05, 0.10
"""What the interval allows for on the platform learned from (its calibration error), and on any other (measured shifts of
8-10 points from one set of Instagram accounts to another)."""
LABELS_ENOUGH = 100
FLAGS = ("verified", "url", "named")
"""Fields that are true or false, and are said so."""
KINDS = ("automated", "mass follower", "bought crowd")
NO_KIND = "of no kind that stands out"
SAYS_AUTOMATED = r"(?i)bot([^a-z]|$)|(^|[^a-z])bots([^a-z]|$)|automat"

FIELDS = f"""
    SELECT p.account, p.platform, p.followers::DOUBLE AS followers, p."following"::DOUBLE AS "following",
           p.posts_count::DOUBLE AS posts, p.listed::DOUBLE AS listed,
           p.verified::INTEGER::DOUBLE AS verified,
           CASE WHEN p.bio IS NOT NULL THEN least(length(trim(p.bio)), 160) / 160e0 END AS bio,
           CASE WHEN p.bio IS NOT NULL OR p.url IS NOT NULL
                THEN (length(trim(coalesce(p.url, ''))) > 0)::INTEGER::DOUBLE END AS url,
           CASE WHEN length(p.handle) > 0
                THEN length(regexp_replace(p.handle, '[^0-9]', '', 'g')) / length(p.handle)::DOUBLE END AS digits,
           CASE WHEN p.handle IS NOT NULL
                THEN regexp_matches(p.handle || ' ' || coalesce(p.bio, ''), '{SAYS_AUTOMATED}')::INTEGER::DOUBLE END AS named,
           CASE WHEN p.observed_own AND p.observed_at >= p.created_at
                THEN p.posts_count / greatest((epoch(p.observed_at) - epoch(p.created_at)) / 86400e0, 1e0) END AS pace
    FROM accounts AS p
"""
"""What a profile shows, as numbers; null where it is not known. A profile that gives a bio and no link has no link."""


@dataclass(frozen=True)
class Feature:
    """One number that the model weighs: made of a field, with its kind of falseness and the words that explain it."""

    name: str
    field: str
    curve: str
    """log, square (of the log), plain, or any (whether there is something at all)."""
    kind: str
    says: str


@dataclass(frozen=True)
class Model:
    """What was learned: standardised features, weights, and how features go together."""

    features: tuple[Feature, ...]
    low: Floats
    high: Floats
    mean: Floats
    scale: Floats
    weights: Floats
    constant: float
    together: Floats
    """Covariance of the standardised features."""
    trained_on: str
    mix: float
    """Share of false accounts among those learned from."""

    def standardised(self, fields: Mapping[str, Floats]) -> Floats:
        """Rows of features, within what was learned from; nan where the field is not known."""
        made = np.column_stack([_curved(fields[one.field], one.curve) for one in self.features])
        return (np.clip(made, self.low, self.high) - self.mean) / self.scale

    def log_ratio(self, fields: Mapping[str, Floats]) -> Floats:
        """Log of the likelihood ratio false : genuine of each row, missing fields averaged over."""
        rows = self.standardised(fields)
        filled, spread = self.completed(rows)
        logit = (filled @ self.weights + self.constant) / np.sqrt(1 + np.pi * spread / 8)
        return np.clip(logit - np.log(self.mix / (1 - self.mix)), -MOST, MOST)

    def completed(self, rows: Floats) -> tuple[Floats, Floats]:
        """Rows with missing features at their conditional mean, and the variance of the logit that this leaves."""
        filled, spread = rows.copy(), np.zeros(len(rows))
        missing = np.isnan(rows)
        patterns, which = np.unique(missing, axis=0, return_inverse=True)
        for number, gone in enumerate(patterns):
            mine = np.flatnonzero(which.ravel() == number)
            if gone.any():
                filled[np.ix_(mine, gone)], spread[mine] = self._given(rows[np.ix_(mine, ~gone)], gone)
        return filled, spread

    def _given(self, known: Floats, gone: NDArray[np.bool_]) -> tuple[Floats, float]:
        across = self.together[np.ix_(gone, ~gone)]
        pull = np.linalg.solve(self.together[np.ix_(~gone, ~gone)], across.T)
        left = self.together[np.ix_(gone, gone)] - across @ pull
        weights = self.weights[gone]
        return known @ pull, float(max(weights @ left @ weights, 0))


@cache
def model() -> Model:
    """The model that is shipped."""
    said = tomllib.loads((files("groundswell.signals") / "authenticity.toml").read_text(encoding="utf-8"))
    rows, learned = said["feature"], said["learned"]
    numbers = {
        name: np.array([row[name] for row in rows], float) for name in ("low", "high", "mean", "scale", "weight")
    }
    return Model(
        tuple(Feature(row["name"], row["field"], row["curve"], row["kind"], row["says"]) for row in rows),
        numbers["low"], numbers["high"], numbers["mean"], numbers["scale"], numbers["weight"], learned["constant"],
        np.array(learned["together"], float), said["provenance"]["platform"], learned["mix"],
    )  # fmt: skip


def _curved(values: Floats, curve: str) -> Floats:
    if curve == "plain":
        return values
    if curve == "any":
        return np.where(np.isnan(values), np.nan, (values > 0).astype(float))
    logs = np.log1p(np.maximum(values, 0))
    return logs * logs / 10 if curve == "square" else logs


def fields_of(engine: Engine, where: str = "true") -> pa.Table:
    """What profiles show (the columns of FIELDS), of accounts that a condition on `p` picks."""
    return engine.table(f"{FIELDS} WHERE {where}")


def fields_of_one(engine: Engine, account: str) -> pa.Table:
    """The same of one account, named: of a large table only the part is read that may hold it."""
    return engine.few(f"{FIELDS} WHERE p.account = $1", [account])


def read_fields(table: pa.Table) -> dict[str, Floats]:
    """The numbers of a table of fields, nan where unknown."""
    names = [name for name in table.column_names if name not in ("account", "platform")]
    return {name: np.asarray(table.column(name).to_numpy(zero_copy_only=False), float) for name in names}


def enough(fields: Mapping[str, Floats]) -> NDArray[np.bool_]:
    """Whether enough is known to guess: followers and following, which carry most."""
    return ~np.isnan(fields["followers"]) & ~np.isnan(fields["following"])


def bent_ratios(table: pa.Table, given: Mapping[str, Bend]) -> Floats:
    """Log likelihood ratios false : genuine, as the user's labels bend them; nan where too little is known."""
    fields = read_fields(table)
    plain = model().log_ratio(fields)
    names = table.column("platform").to_numpy(zero_copy_only=False)
    for platform, bend in given.items():
        plain = np.where(names == platform, np.clip(bend.slope * plain + bend.shift, -MOST, MOST), plain)
    return np.where(enough(fields), plain, np.nan)


def bins_of(ratios: Floats) -> Places:
    """The bin in which crowds count each ratio; -1 where too little is known."""
    unknown = np.isnan(ratios)
    return np.where(unknown, -1, bin_of(np.where(unknown, 0, ratios)))


def genuine(log_ratio: Floats, prior: float = PRIOR_FALSE) -> Floats:
    """Probability of being genuine, from the log likelihood ratio and the share of false accounts."""
    return 1 / (1 + np.exp(log_ratio + np.log(prior / (1 - prior))))


def allowance(labels: int, usual: float) -> float:
    """How far off a probability may be where nobody checked: less from 100 labelled accounts on (design choice)."""
    return usual if labels < LABELS_ENOUGH else usual / 2 * float(np.sqrt(LABELS_ENOUGH / labels))


SEEMING = {
    "account": pa.string(), "genuine": pa.float64(), "lowest": pa.float64(), "highest": pa.float64(), "kind": pa.string(),
    "fields": pa.int64(), "partly": pa.bool_(),
}  # fmt: skip


@array_grain("seeming", columns=SEEMING, fit_version=bent_version, face=("bin",))
def seeming(asked: Asked) -> pa.Table:
    """One row an account: how likely it is what it seems, from its profile and the fit of the user's labels."""
    table, given = fields_of(asked.engine, asked.where("p.account")), bends(asked.fits)
    ratio = bent_ratios(table, given)
    likely = genuine(ratio)
    slack = _slack(table, given)
    fields = read_fields(table)
    known = np.sum([~np.isnan(column) for column in fields.values()], axis=0)
    kinds = np.where(likely < FLAGGED_BELOW, _kinds(fields), "")
    return pa.table(
        {
            "account": table.column("account"),
            "genuine": pa.array(likely, mask=np.isnan(likely)),
            "lowest": pa.array(np.maximum(likely - slack, 0), mask=np.isnan(likely)),
            "highest": pa.array(np.minimum(likely + slack, 1), mask=np.isnan(likely)),
            "kind": pa.array(kinds, pa.string(), mask=kinds == ""),
            "fields": pa.array(known, pa.int64()),
            "partly": pa.array(~np.isnan(fields["followers"]) ^ ~np.isnan(fields["following"])),
            "bin": bins_of(ratio),
        }
    )


def bins_seen(asked: Asked, near: Callable[[], pa.ChunkedArray]) -> pa.Table:
    """account, bin: what crowds see of everybody, or of those asked for and those `near` them; read once where `seeming` was.

    Where few are asked for, the bins of the others are the ones that were kept.
    """
    now, kept = asked.faces.get("seeming"), asked.kept.get("seeming")
    if now is not None and (not asked.only or kept is not None):
        now = now.select(["account", "bin"])
        if kept is None:
            return now
        wanted = in_one(asked.engine.table("FROM wanted_accounts").column(0))
        others = kept.filter(pc.invert(pc.is_in(kept.column("account"), value_set=wanted)))
        return pa.concat_tables([others, now]).combine_chunks()
    if kept is not None:
        return kept
    where = "true"
    if asked.only:
        more = asked.engine.table("FROM wanted_accounts").column(0)
        asked.engine.register("near_crowds", pa.table({"account": pa.chunked_array([*near().chunks, *more.chunks])}))
        where = "p.account IN (SELECT account FROM near_crowds)"
    table = fields_of(asked.engine, where)
    return pa.table({"account": table.column("account"), "bin": bins_of(bent_ratios(table, bends(asked.fits)))})


def _slack(table: pa.Table, given: Mapping[str, Bend]) -> Floats:
    """How far the interval reaches on either side, by platform."""
    names = table.column("platform").to_numpy(zero_copy_only=False)
    slack = np.where(names == model().trained_on, AT_HOME, ELSEWHERE)
    for platform, bend in given.items():
        usual = AT_HOME if platform == model().trained_on else ELSEWHERE
        slack = np.where(names == platform, allowance(bend.labels, usual), slack)
    return slack


def _kinds(fields: Mapping[str, Floats]) -> NDArray[np.object_]:
    """The kind of falseness whose features pull most towards false.

    Who follows fewer than usual is no mass follower, whatever that says of it: programs follow nobody. Nor has it a bought crowd
    who has fewer followers than usual.
    """
    pulls, mine = _pulls(fields), {kind: [one.kind == kind for one in model().features] for kind in KINDS}
    sums = {kind: pulls[:, places].sum(axis=1) for kind, places in mine.items()}
    follows, followed = (np.nan_to_num(np.log1p(fields[name])) > _usual(name) for name in ("following", "followers"))
    sums["automated"] = sums["automated"] + np.where(follows, 0, sums["mass follower"])
    sums["mass follower"] = np.where(follows, sums["mass follower"], 0)
    sums["bought crowd"] = np.where(followed, sums["bought crowd"], 0)
    table = np.column_stack([sums[kind] for kind in KINDS])
    return np.where(table.max(axis=1) > 0, np.array(KINDS, object)[table.argmax(axis=1)], NO_KIND)


def _usual(name: str) -> float:
    """The mean of a feature among the accounts learned from."""
    return float(model().mean[[one.name for one in model().features].index(name)])


def _pulls(fields: Mapping[str, Floats]) -> Floats:
    """How far each feature moves the logit from that of an average account; 0 where it is not known."""
    return np.nan_to_num(model().standardised(fields)) * model().weights


@signal(
    title="Authenticity", grain="seeming", unit="share", better="higher",
    says="Its profile looks genuine with a chance of {value:.0%} ({low:.0%} to {high:.0%}): a hint to look closer, never a verdict.",
    unknown="Its followers and whom it follows must both be known.",
    source="Own logistic model on github.com/jubins/MachineLearning-Detecting-Twitter-Bots (MIT, 2017), see authenticity.toml; features after "
    "Cresci et al. 2015, doi 10.1016/j.dss.2015.09.003; prior: Varol et al. 2017, ICWSM",
    needs=("account.followers", "account.following"), lifecycle="experimental",
)  # fmt: skip
def authenticity() -> Columns:
    """Chance that the account is what it seems, by a logistic model of its profile, were 12 % of all accounts false.

    The label says what kind of false it looks like where false is likelier. The interval allows for 5 points of error on the
    platform learned from and 10 on others, less once a hundred accounts of it are labelled.
    """
    return Columns(
        value="genuine", low="lowest", high="highest", n='"fields"', label="kind",
        reason="CASE WHEN genuine IS NULL AND partly THEN 'too_few' WHEN genuine IS NULL THEN 'not_observed' END",
    )  # fmt: skip


@dataclass(frozen=True)
class Pull:
    """One thing that a profile shows, and how far it pulls: above 0 towards false, in units of the logit."""

    says: str
    kind: str
    pull: float


def authenticity_evidence(fields: Mapping[str, Floats]) -> tuple[Pull, ...]:
    """What one profile shows for or against it (fields of one row, see `read_fields`), strongest first; what is not known is left out."""
    pulls = _pulls(fields)[0]
    by_field: dict[str, list[int]] = {}
    for place, one in enumerate(model().features):
        if not np.isnan(fields[one.field][0]):
            by_field.setdefault(one.field, []).append(place)
    found = [_pull(fields, places, pulls) for places in by_field.values()]
    return tuple(sorted(found, key=lambda one: (-abs(one.pull), one.says)))


def _pull(fields: Mapping[str, Floats], places: Sequence[int], pulls: Floats) -> Pull:
    features = [model().features[place] for place in places]
    main = max(zip(places, features, strict=True), key=lambda one: abs(pulls[one[0]]))[1]
    value = float(fields[main.field][0])
    says = main.says.replace("{value:.0f}", "yes" if value else "no") if main.field in FLAGS else main.says
    return Pull(says.format(value=value), main.kind, float(pulls[list(places)].sum()))


def latest_bend(folder: Path, platform: str) -> Bend | None:
    """How the user's labels bend the model on a platform, if they do."""
    return bends(folder).get(platform)
