"""Where does it stand among its like? Reach, engagement and quality among peers, with size taken out where size is not the question.

Peers are of the same platform and, as far as there are thirty of them, language, kind of account, main topic, occupation, country
and age (see `peers`); never of the same size. A place is a share of peers below, with the interval of a Beta distribution.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.records import platform_name
from groundswell.signals import by_size
from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.comparing import CLOSE, Compared, Places, fit_version, part, peers_for, quality_of, residual
from groundswell.signals.declaring import Columns, Z, signal
from groundswell.signals.peers import Floats, Placed, Whole

pc: Any = _compute  # its functions are made at run time, no type checker knows them

BETA = "Beta(r + 1/2, n - r + 1/2) for r of n peers below (Brown, Cai & DasGupta 2001); refused below 30 peers"
PEERS = (
    "Peers share the platform and as much of language, kind, topic, occupation, country and age as thirty of them do."
)
LIKE = ("language", "topic_focus", "topic_lead", "occupation", "account_age_days")
"""Signals that peers are alike in."""
PLACE = {
    "value": pa.float64(),
    "low": pa.float64(),
    "high": pa.float64(),
    "n": pa.int64(),
    "label": pa.string(),
    "why": pa.string(),
}
PLACES = ("reach", "engagement", "quality_place", "closeness", "tier", "residual", "forecast", "stability", "quality")
FORMATS = {"formats": pa.float64(), "formats_n": pa.int64()}
COLUMNS = {f"{name}_{what}": kind for name in PLACES for what, kind in PLACE.items()} | FORMATS


# -- what is computed ------------------------------------------------------------------------------------------------------


@array_grain("standing", columns={"account": pa.string()} | COLUMNS, late=True, fit_version=fit_version)
def standing(asked: Asked) -> pa.Table:
    """One row an account: its places among peers, and what was needed to find them."""
    compared = Compared.of(asked)
    rows = compared.rows
    fit = peers_for(asked, compared)
    columns: dict[str, Any] = {"account": rows.column("account"), "formats": _null(compared.formats)}
    columns["formats_n"] = pa.array(np.isfinite(compared.formats).astype(np.int64))
    if fit is None:
        curve = np.full(rows.num_rows, np.nan)
        columns |= _forecast(compared, curve, {})
        columns |= _nobody(rows.num_rows, {"engagement": compared.recent[:, 0], "reach": compared.followers})
    else:
        places, curve = Places(fit, compared), fit.usual(compared)
        columns |= _among_peers(places, curve) | _quality(places) | _closeness(places) | _stability(places)
        columns |= _residual(compared, curve) | _forecast(compared, curve, fit.trust)
    return pa.table({name: columns.get(name, pa.nulls(rows.num_rows, kind)) for name, kind in _schema().items()})


def _schema() -> dict[str, pa.DataType]:
    return {"account": pa.string()} | COLUMNS


def _null(numbers: Floats) -> pa.Array:
    return pa.array(numbers, pa.float64(), mask=~np.isfinite(numbers))


def _nobody(accounts: int, known: dict[str, Floats]) -> dict[str, Any]:
    """Reasons where there are no peers at all."""
    return {f"{name}_why": _why(np.isfinite(numbers), np.zeros(accounts, bool)) for name, numbers in known.items()}


def _why(told: Any, placed: Any) -> pa.Array:
    """Too few peers where only they are missing; else the counts say that nothing was observed."""
    return pc.if_else(pa.array(told & ~placed), pa.scalar("too_few"), pa.scalar(None, pa.string()))


def _columns(
    name: str, numbers: Floats, low: Floats, high: Floats, n: Whole, label: pa.Array, told: Any
) -> dict[str, Any]:
    known = np.isfinite(numbers)
    return {
        f"{name}_value": _null(numbers), f"{name}_low": _null(low), f"{name}_high": _null(high),
        f"{name}_n": pa.array(np.where(known, n, 0).astype(np.int64)), f"{name}_label": label,
        f"{name}_why": _why(told, known),
    }  # fmt: skip


def _placed(name: str, placed: Placed, label: pa.Array, told: Any) -> dict[str, Any]:
    return _columns(name, placed.share, placed.limit(0.05), placed.limit(0.95), placed.n, label, told)


def _among_peers(places: Places, curve: Floats) -> dict[str, Any]:
    compared = places.compared
    off, rate = residual(compared, curve), part(compared.rows, "public_rate")
    reach, engagement, tier = places.of("reach"), places.of("engagement", off), places.in_size(rate)
    followed, reacted = np.isfinite(compared.followers), np.isfinite(part(compared.rows, "typical_reactions"))
    return (
        _placed("reach", reach, places.said(reach, "reach"), followed)
        | _placed("engagement", engagement, places.said(engagement, "engagement"), reacted & followed)
        | _placed("tier", tier, places.said(tier, "tier", places.fit.sizes), np.isfinite(rate))
    )


def _quality(places: Places) -> dict[str, Any]:
    """Quality of its named parts, and its place among the quality of peers."""
    value, known = quality_of(places)
    low, high = (quality_of(places, lambda one, end=end: one.limit(end))[0] for end in (0.05, 0.95))
    parts = {"own": "own content", "kept": "kept and passed on", "formats": "variety of formats"}
    peers = np.min([np.where(places.of(name).n > 0, places.of(name).n, 10**9) for name in parts], axis=0)
    label = _listed([(title, places.of(name).share) for name, title in parts.items()])
    place = places.of("quality", value)
    return _columns("quality", value, low, high, peers, label, known >= 1) | _placed(
        "quality_place", place, places.said(place, "quality"), np.isfinite(value)
    )


def _closeness(places: Places) -> dict[str, Any]:
    """The mean of two halves: the mean place of the ties that are known, and the place of answers given; of one where one is known."""
    ties = {name: places.of(name) for name in CLOSE}
    answers = ties["reply_rate"]
    tied = [one for name, one in ties.items() if name != "reply_rate"]

    def end(at: float | None) -> Floats:
        half = _mean_of_known([one.share if at is None else one.limit(at) for one in tied])
        return _mean_of_known([half, answers.share if at is None else answers.limit(at)])

    n = np.min([np.where(one.n > 0, one.n, 10**9) for one in ties.values()], axis=0)
    label = _listed([(CLOSE[name], one.share) for name, one in ties.items()])
    told = np.any([np.isfinite(places.compared.numbers[name]) for name in CLOSE], axis=0)
    return _columns("closeness", end(None), end(0.05), end(0.95), n, label, told)


def _mean_of_known(parts: list[Floats]) -> Floats:
    """The mean of what is known; nan where nothing is."""
    found = np.array(parts)
    many = np.isfinite(found).sum(axis=0)
    return np.where(many > 0, np.nansum(found, axis=0) / np.maximum(many, 1), np.nan)


def _stability(places: Places) -> dict[str, Any]:
    """Expected Jaccard of the peers, had the account drawn its posts again: other topics share no peers, all topics all of them."""
    fit, reach, compared = places.fit, places.of("reach"), places.compared
    keys = np.append(fit.ladders["reach"].keys, 0)[reach.group]
    names = list(fit.peers.words)
    at = names.index("topic")
    by_topic = keys // fit.peers.steps[at] % (len(fit.peers.words["topic"]) + 1) > 0
    value = np.where(reach.n > 0, np.where(by_topic, compared.topic_stays, 1.0), np.nan)
    label = pa.array(np.where(by_topic, "its main topic", "more than its topics"), pa.string())
    nothing = np.full(len(value), np.nan)
    return _columns("stability", value, nothing, nothing, reach.n, label, np.isfinite(compared.followers))


def _on_platform(platforms: Any) -> pa.Array:
    """Platforms as they write themselves; each name is written once and looked up."""
    coded = pc.dictionary_encode(platforms)
    return pa.array([platform_name(one) for one in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)


def _residual(compared: Compared, curve: Floats) -> dict[str, Any]:
    """How many times the reactions that are usual for the size."""
    value, low, high = (np.exp(residual(compared, curve, what)) for what in ("value", "low", "high"))
    label = _on_platform(compared.attributes["platform"])
    n = np.nan_to_num(part(compared.rows, "typical_reactions", "n")).astype(np.int64)
    return _columns("residual", value, low, high, n, label, np.isfinite(part(compared.rows, "typical_reactions")))


def _forecast(compared: Compared, curve: Floats, trust: dict[int, by_size.Trust] | Any) -> dict[str, Any]:
    """What the next posts will get, and in which parts own posts and peers say so."""
    own, n = by_size.recent_mean(compared.recent)
    size = by_size.size_class(compared.followers)
    kappa, low, high = (_of_class(trust, size, what) for what in ("kappa", "low", "high"))
    kappa = np.nan_to_num(kappa)
    said = by_size.foretell(own, n, curve, kappa)
    least, most = (np.maximum(np.exp(said + off) - by_size.HALF, 0.0) for off in (low, high))
    percent = np.round(100 * by_size.weight_of_own(kappa, n, curve)).astype(np.int64)
    shares = [pa.array(one).cast(pa.string()) for one in (percent, 100 - percent)]
    mixed = pc.binary_join_element_wise(shares[0], " % own posts, ", shares[1], " % peers", "")
    label = pc.if_else(pa.array(percent < 100), mixed, pa.scalar("own posts only"))
    return _columns("forecast", np.maximum(np.exp(said) - by_size.HALF, 0.0), least, most, n, label, n > 0)


def _of_class(trust: dict[int, by_size.Trust], size: Whole, what: str) -> Floats:
    """A number of each account's size class; of everybody where the class has none."""
    everybody = getattr(trust[-1], what) if -1 in trust else np.nan
    by_class = [getattr(trust[one], what) if one in trust else everybody for one in range(len(by_size.CLASSES))]
    return np.array([*by_class, everybody], np.float64)[size]


def _listed(parts: list[tuple[str, Floats]]) -> pa.Array:
    """The places of named parts in words: "own content above 62 %, variety of formats above 40 %"."""
    said: list[Any] = []
    for title, share in parts:
        percent = pa.array(np.round(100 * np.nan_to_num(share)).astype(np.int64), mask=~np.isfinite(share))
        words = pc.binary_join_element_wise(f", {title} above ", percent.cast(pa.string()), " %", "")
        said.append(pc.fill_null(words, ""))
    return pc.utf8_ltrim(pc.binary_join_element_wise(*said, ""), ", ")


# -- what is claimed -------------------------------------------------------------------------------------------------------


def _told(name: str) -> Columns:
    """The columns of the grain that hold one signal."""
    return Columns(
        value=f"{name}_value", low=f"{name}_low", high=f"{name}_high", n=f"{name}_n", label=f"{name}_label",
        reason=f"{name}_why",
    )  # fmt: skip


@signal(
    title="Lead of the main topic", grain="topic", unit="share", better="neither",
    says="Its main topic, {label}, has {value:.0%} of its {n:post} more than the next.",
    unknown="Fewer than ten posts whose topic can be told.",
    source="difference of two shares of a multinomial, with its delta-method interval (Goodman 1965)",
    needs=("post.text",), evidence="own AND topic IS NOT NULL ORDER BY created_at DESC, post",
)  # fmt: skip
def topic_lead() -> Columns:
    """Share of its commonest topic minus the share of the next one, among own posts whose topic can be told."""
    counts = "list_sort(list(posts))"
    first, second, n = f"{counts}[count(*)]", f"coalesce({counts}[count(*) - 1], 0)", "sum(posts)"
    lead = f"(({first} - {second})::DOUBLE / {n})"
    error = f"sqrt(greatest((({first} + {second})::DOUBLE / {n} - {lead} * {lead}) / {n}, 0e0))"
    return Columns(
        value=lead,
        low=f"greatest(0e0, {lead} - {Z} * {error})",
        high=f"least(1e0, {lead} + {Z} * {error})",
        n="sum(posts)::BIGINT",
        label="arg_min(topic, (-posts, topic))",
        at_least=10,
    )


@signal(
    title="Reach among peers", grain="standing", unit="share", better="neither",
    says="More people follow it than {value:.0%} of its peers ({low:.0%} to {high:.0%}): {label}.",
    unknown="Its followers are not known, or there are fewer than thirty peers.",
    source=f"the essay on wrong definitions: 'risen above their peers and amassed a much higher following than most of them'; {BETA}",
    needs=("account.followers",),
    made_of=(*LIKE, "followers"),
)  # fmt: skip
def reach_percentile() -> Columns:
    """Share of peers with fewer followers, ties counted half. Peers share the platform and as much as thirty of them do."""
    return _told("reach")


@signal(
    title="Engagement among peers", grain="standing", unit="share", better="higher",
    says="With size taken out, it moves its followers more than {value:.0%} of its peers do ({low:.0%} to {high:.0%}): {label}.",
    unknown="Its engagement or size is not known, or there are fewer than thirty peers.",
    source=f"residual of log reactions on log followers, per platform; {BETA}",
    needs=("post.likes", "post.replies", "account.followers"),
    made_of=(*LIKE, "followers", "typical_reactions"),
)  # fmt: skip
def engagement_percentile() -> Columns:
    """Share of peers whose residual engagement is lower, ties counted half."""
    return _told("engagement")


@signal(
    title="Engagement in its size class", grain="standing", unit="share", better="higher",
    says="A typical post moves more of its followers than with {value:.0%} of accounts of its size ({low:.0%} to {high:.0%}): {label}.",
    unknown="Its engagement or size is not known, or there are fewer than thirty accounts of its size on its platform.",
    source=f"size classes by decades, as in Markerly 2016; {BETA}",
    needs=("post.likes", "post.replies", "account.followers"),
    made_of=("followers", "public_rate"),
)  # fmt: skip
def tier_percentile() -> Columns:
    """Share of accounts of the same platform and size class whose likes and comments per follower are lower."""
    return _told("tier")


@signal(
    title="Engagement for its size", grain="standing", unit="ratio", better="higher",
    says="A typical post gets {value:.2g} times the likes and comments that are usual for its size on {label} ({n:post} read).",
    unknown="Its engagement or size is not known, or fewer than thirty accounts of its platform are.",
    source="median curve of log(reactions + 1/2) by log(followers), measured on the user's own accounts; that the rate falls with "
    "size by itself: InstaFake (Akyon & Kalfaoglu 2019), slope -0.27",
    needs=("post.likes", "post.replies", "account.followers"),
    made_of=("followers", "typical_reactions"),
)  # fmt: skip
def engagement_residual() -> Columns:
    """(Typical likes and comments + 1/2) divided by the measured curve at its followers; the interval is that of its own posts."""
    return _told("residual")


@signal(
    title="Likes and comments to expect", grain="standing", unit="count", better="neither",
    says="Its next posts are likely to get {value:,.0f} likes and comments each ({label}; {n:post} read).",
    unknown="No dated posts whose likes and comments are known.",
    source="mean of the last eight posts, drawn towards the curve of its size only where that foretold held-back posts better "
    "(empirical Bayes, Morris 1983; cross-validated, paired)",
    needs=("post.likes", "post.replies", "post.created_at"),
    made_of=("followers", "typical_reactions"),
)  # fmt: skip
def engagement_forecast() -> Columns:
    """Mean of the last eight posts, with the weight n / (n + k) against the curve; k is nought unless cross-validation earned it.

    The interval is how far off forecasts of the mean of four held-back posts were, in its size class.
    """
    return _told("forecast")


@signal(
    title="Variety of formats", grain="standing", unit="count", better="neither",
    says="It uses {value:.0f} kinds of post: text, picture, video and so on.",
    unknown="The format of fewer than five posts is known.",
    source="the essay on wrong definitions: 'really, really good at social media'; a proxy of craft, no more",
    needs=("post.media",),
)  # fmt: skip
def format_variety() -> Columns:
    """Number of different formats among own posts whose format is known."""
    return Columns(value="formats", low="formats", high="formats", n="formats_n")


@signal(
    title="Quality of content", grain="standing", unit="score", better="higher",
    says="Quality {value:.2f} of 1 among its peers: {label}.",
    unknown="Fewer than two of own content, saves and shares, and formats are known, or there are fewer than thirty peers.",
    source="proxies of what the essay on wrong definitions calls 'creative talents and ability to create amazing content'; Pal & Counts 2011 for own content",
    needs=("post.kind",),
    made_of=(*LIKE, "own_share", "kept_ratio", "format_variety"),
)  # fmt: skip
def quality() -> Columns:
    """Mean of its places among peers in own content, in saves and shares per like, and in variety of formats; at least two of them."""
    return _told("quality")


@signal(
    title="Quality among peers", grain="standing", unit="share", better="higher",
    says="Its content is better, as far as counts tell, than that of {value:.0%} of its peers ({low:.0%} to {high:.0%}): {label}.",
    unknown="Its quality is not known, or there are fewer than thirty peers.",
    source=f"place of `quality`; {BETA}",
    needs=("post.kind",),
    made_of=(*LIKE, "own_share", "kept_ratio", "format_variety", "quality"),
)  # fmt: skip
def quality_percentile() -> Columns:
    """Share of peers whose quality is lower, ties counted half."""
    return _told("quality_place")


@signal(
    title="Closeness among peers", grain="standing", unit="share", better="higher",
    says="It is closer to its audience than {value:.0%} of its peers ({low:.0%} to {high:.0%}): {label}.",
    unknown="No ties and no answers are in the data, or there are fewer than thirty peers.",
    source="the essay on wrong definitions: 'their following is a lot more friends and family'; ties after Gilbert & Karahalios 2009; against it: Valsesia, "
    "Proserpio & Nunes 2020, doi 10.1177/0022243720915467",
    needs=("interaction.actor",),
    made_of=(*LIKE, *CLOSE),
)  # fmt: skip
def closeness_percentile() -> Columns:
    """Half its mean place in friends and family, mutual follows and people who return, half in answers given; one where one is known."""
    return _told("closeness")


@signal(
    title="Steadiness of its peers", grain="standing", unit="share", better="neither",
    says="Had it drawn its posts again, {value:.0%} of its {n} peers would stay: they are chosen by {label}.",
    unknown="It has no peers.",
    source="expected Jaccard of the peers under resampling of own posts (normal approximation); below 0.6 the topic is not used",
    needs=("account.followers",),
    made_of=(*LIKE, "followers"),
)  # fmt: skip
def peer_stability() -> Columns:
    """Chance that its main topic stays its main topic when posts are drawn again; 1 where peers are not chosen by topic."""
    return _told("stability")
