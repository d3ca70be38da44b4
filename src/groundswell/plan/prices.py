"""What does each person cost? As quoted; else as your own lists say; else estimated from your own deals; else nobody knows.

The estimate is a line through your own known fees: log fee against log followers, and the platform (least squares). Fees for a post
are not mixed with fees of which no list says for what: the line is drawn through the former, where there are enough. How far a new
fee lies from it is read off the deals themselves, each held against the line that the others draw: one odd fee among thirty would make
a normal distribution so wide that nearly nine of ten lie below its upper quartile. Where the deals are too few for an end of the
interval, Student's t says it (Draper & Smith 1998, section 1.4). It asks for eight deals, and a plan counts with the upper quartile
(design choices), so that three of four fees of accounts of that size are expected to be lower.
Where a list writes the fee in words, no estimate takes their place: of a range the upper end counts, barter and gifts cost no fee,
and anything else is a price that nobody knows yet. Nothing about the person but followers and platform enters: no sex, age, origin or look, declared or guessed. Amounts of
different currencies are never added or converted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundswell.discover.spending import Offer, minor_in_main, money
from groundswell.plan.model import Price
from groundswell.records import platform_name
from groundswell.signals.on_lists import OnLists, read_on_lists
from groundswell.store import Engine

DEALS_NEEDED = 8
DEALS_ON_PLATFORM = 3
"""Of a platform with fewer deals nothing is estimated (design choice)."""
FARTHEST = 3.0
"""Nothing is estimated for accounts three times larger or smaller than any of the deals (design choice)."""
FOR_A_POST = ("post", None)
"""What a plan buys: a post; a list that says nothing of it may mean one."""
NEVER = (0, -1)
QUARTILE, TAIL = 0.75, 0.95
KNOWN_FEES = """
    SELECT f.account, f.amount_minor, f.currency, f.kind, f.deliverable, f.observed_at::DATE::VARCHAR AS seen, f.import_id, f.line
    FROM fees AS f
    WHERE f.amount_minor > 0
    ORDER BY f.account, (f.deliverable IS NULL OR f.deliverable = 'post') DESC, f.observed_at DESC, f.kind = 'paid' DESC,
             f.amount_minor DESC, f.deliverable
"""
"""Fees on the user's lists: what is for a post before other things, then the newest, then what was paid before what was asked."""


@dataclass(frozen=True)
class Fees:
    """What the user's lists say of fees in one currency, and what other people may ask by that."""

    of: Mapping[str, dict[str, Any]]
    """Account -> its fee."""
    elsewhere: Mapping[str, tuple[str, ...]]
    """Account -> other currencies in which its fee is listed."""
    line: Line | None
    deals: int
    currency: str
    words: Mapping[str, OnLists] = field(default_factory=lambda: {})
    """Account -> what its lists say, where the last fee they name is written in words."""
    ranges: frozenset[str] = frozenset()
    """Of these, whose words are a range, so that its upper end is an amount as well."""

    what: str | None = None
    """What the deals of the line are for; None where the lists do not say."""

    def in_words(self, account: str) -> OnLists | None:
        """What a list says of a fee, where it gives no amount."""
        return None if account in self.ranges else self.words.get(account)


@dataclass(frozen=True)
class Line:
    """Log fee against log followers, and the platform."""

    platforms: tuple[str, ...]
    """The first one is where the line itself lies; each other one has a step of its own."""
    sloped: bool
    coefficients: NDArray[np.float64]
    inverse: NDArray[np.float64]
    """Of X'X: how unsure the line is at each place."""
    spread: float
    freedom: int
    residuals: NDArray[np.float64]
    """Of each deal from the line through all others, as wide as those of a deal at the line's middle."""
    deals: int
    sizes: tuple[float, float]
    """Followers of the smallest and of the largest of the deals."""

    @property
    def reach(self) -> tuple[float, float]:
        """From how many followers to how many something is estimated."""
        return self.sizes[0] / FARTHEST, self.sizes[1] * FARTHEST

    def around(self, followers: float, platform: str) -> tuple[int, int, int] | None:
        """Low end, upper quartile and high end of what somebody may ask; None where there are no such deals."""
        if platform not in self.platforms or not self.reach[0] <= followers <= self.reach[1]:
            return None
        x = _columns([followers], [platform], self.platforms, self.sloped)[0]
        middle = float(x @ self.coefficients)
        wider = float(np.sqrt(1 + x @ self.inverse @ x))
        ends = [middle + wider * self._step(share) for share in (1 - TAIL, QUARTILE, TAIL)]
        low, usual, high = (round(float(np.exp(min(end, 60.0)))) for end in ends)
        return min(low, usual), usual, max(usual, high)

    def _step(self, share: float) -> float:
        """So far from the line that this share of new fees is expected below it."""
        from scipy.special import stdtrit

        if min(share, 1 - share) * (len(self.residuals) + 1) >= 1:
            return float(np.quantile(self.residuals, share, method="weibull"))
        return self.spread * float(stdtrit(self.freedom, share))

    def tried(self) -> int:
        """Of its own deals, how many lie below what the others let one expect; three of four should."""
        return int((self.residuals <= self._step(QUARTILE)).sum())


def fees_known(engine: Engine, rows: pa.Table, currency: str) -> Fees:
    """Read the user's own fees in one currency, and draw the line through those of known size."""
    mine: dict[str, dict[str, Any]] = {}
    elsewhere: dict[str, list[str]] = {}
    newest: dict[str, tuple[int, int]] = {}
    for fee in engine.table(KNOWN_FEES).to_pylist():
        if fee["deliverable"] in FOR_A_POST:
            newest[fee["account"]] = max(newest.get(fee["account"], NEVER), _place(fee))
        if fee["currency"] == currency:
            mine.setdefault(fee["account"], fee)
        else:
            elsewhere.setdefault(fee["account"], []).append(fee["currency"] or "no currency said")
    sizes = _sizes(rows, list(mine))
    alike = {
        what: [
            (fee["amount_minor"], *sizes[name])
            for name, fee in mine.items()
            if name in sizes and fee["deliverable"] == what
        ]
        for what in FOR_A_POST
    }
    lines = {what: fitted(*zip(*found, strict=True)) for what, found in alike.items() if found}
    best = next((what for what in FOR_A_POST if lines.get(what)), max(FOR_A_POST, key=lambda what: len(alike[what])))
    others = {name: tuple(found) for name, found in elsewhere.items()}
    words = {
        name: said
        for name, said in read_on_lists(engine).items()
        if said.fee and said.fee_at >= newest.get(name, NEVER)
    }
    ranges = frozenset(name for name, said in words.items() if said.fee_at == newest.get(name))
    return Fees(mine, others, lines.get(best), len(alike[best]), currency, words, ranges, best)


def _place(fee: Mapping[str, Any]) -> tuple[int, int]:
    """Where a fee stands on the lists: import and line."""
    return fee["import_id"], fee["line"] or 0


def _sizes(rows: pa.Table, accounts: Sequence[str]) -> dict[str, tuple[float, str]]:
    """Account -> (followers, platform) of those whose size is known."""
    import pyarrow.compute as compute

    pc: Any = compute
    some = rows.select(["account", "platform", "followers"]).filter(
        pc.is_in(rows.column("account"), pa.array(accounts, pa.string()))
    )
    return {
        row["account"]: (row["followers"]["value"], row["platform"])
        for row in some.to_pylist()
        if row["followers"]["value"]
    }


def fitted(fees: Sequence[float], followers: Sequence[float], platforms: Sequence[str]) -> Line | None:
    """The line through these deals; None when there are too few."""
    often = [name for name, deals in Counter(platforms).most_common() if deals >= DEALS_ON_PLATFORM]
    kept = [place for place, name in enumerate(platforms) if name in often]
    if len(kept) < DEALS_NEEDED:
        return None
    sizes, names = [followers[place] for place in kept], [platforms[place] for place in kept]
    y = np.log(np.array([fees[place] for place in kept], np.float64))
    line = _least_squares(y, sizes, names, tuple(often), sloped=len(set(sizes)) > 1)
    # Where larger accounts are the cheaper ones, size explains nothing.
    return (
        line
        if not line.sloped or line.coefficients[1] > 0
        else _least_squares(y, sizes, names, tuple(often), sloped=False)
    )


def _least_squares(
    y: NDArray[np.float64], sizes: Sequence[float], names: Sequence[str], platforms: tuple[str, ...], *, sloped: bool
) -> Line:
    x = _columns(sizes, names, platforms, sloped)
    inverse: NDArray[np.float64] = np.linalg.pinv(x.T @ x).astype(np.float64)
    coefficients = inverse @ x.T @ y
    freedom = max(1, len(y) - x.shape[1])
    off = y - x @ coefficients
    spread = float(np.sqrt(np.sum(off**2) / freedom))
    left = 1 - np.einsum("ij,jk,ik->i", x, inverse, x)  # a deal pulls the line towards itself
    residuals = off / np.sqrt(np.maximum(left, 1e-9))
    ends = (float(min(sizes)), float(max(sizes)))
    return Line(platforms, sloped, coefficients, inverse, spread, freedom, residuals, len(y), ends)


def _columns(
    followers: Sequence[float], names: Sequence[str], platforms: Sequence[str], sloped: bool
) -> NDArray[np.float64]:
    sizes = [np.log(np.array(followers, np.float64))] if sloped else []
    steps = [np.array([name == one for name in names], np.float64) for one in platforms[1:]]
    return np.stack([np.ones(len(followers)), *sizes, *steps], axis=1)


def price_of(
    account: str, platform: str, followers: float | None, *, quoted: Mapping[str, int], fees: Fees, offers: Sequence[Offer]
) -> Price | None:  # fmt: skip
    """What somebody costs; None where a fee is due and nobody knows it."""
    extra = sum(one.cost_minor or 0 for one in offers)
    given = " and ".join(
        f"{one.kind} for {money(one.cost_minor, fees.currency)}" for one in offers if one.cost_minor is not None
    )
    if account not in quoted and all(one.cost_minor is not None for one in offers):
        return Price(extra, "no fee", given)
    words = fees.in_words(account)
    if words and words.in_kind and account not in quoted:
        says = f"no fee in money: “{words.fee}” on your list, seen {words.fee_seen}"
        return Price(extra, "no fee", f"{says}, and {given}" if given else says)
    fee = _quoted(quoted[account], fees.currency) if account in quoted else _fee(account, platform, followers, fees)
    if fee is None:
        return None
    says = f"{fee.says}, and {given}" if given else fee.says
    return Price(fee.minor + extra, fee.source, says, fee.minor, fee.low_minor, fee.high_minor)


def _quoted(minor: int, currency: str) -> Price:
    return Price(minor, "quoted", f"{money(minor, currency)} as quoted")


def _fee(account: str, platform: str, followers: float | None, fees: Fees) -> Price | None:
    if fees.in_words(account):
        return None  # what they ask stands there, and not as an amount
    if account in fees.of:
        known, known_at = fees.of[account], _place(fees.of[account])
        kind = known["kind"] or "listed"
        what = f" for a {known['deliverable']}" if known["deliverable"] else ""
        upper = (
            f", dearer end of “{fees.words[account].fee}”"
            if account in fees.ranges and known_at == fees.words[account].fee_at
            else ""
        )
        says = f"{money(known['amount_minor'], fees.currency)}{what} {kind}{upper}, seen {known['seen']}"
        return Price(known["amount_minor"], kind, says)
    if account in fees.elsewhere:
        return None  # what they ask is known, and not in this currency
    around = fees.line.around(followers, platform) if fees.line and followers else None
    if around is None or fees.line is None:
        return None
    # A guess to the cent would look like an offer.
    whole = minor_in_main(fees.currency)
    low, usual, high = (max(1, round(fee / whole)) * whole for fee in around)
    says = (
        f"{money(usual, fees.currency)} estimated from {fees.line.deals} deals of your own{f' for a {fees.what}' if fees.what else ''}: by them, "
        f"three of four accounts of this size would ask less, nine of ten between {money(low, fees.currency)} and {money(high, fees.currency)}"
    )
    return Price(usual, "estimated", says, usual, low, high)


def why_no_price(account: str, platform: str, followers: float | None, fees: Fees) -> tuple[str, str]:
    """Why somebody's price is not known, and what to do."""
    do = "Ask them, and bring a list with their fee, or type the price."
    if words := fees.in_words(account):
        return (
            f"the price asked is written in words, “{words.fee}”, which is no amount to count with",
            "Settle an amount with them and correct your list, or type the price.",
        )
    if account in fees.elsewhere:
        named = " and ".join(sorted(set(fees.elsewhere[account])))
        return (
            f"no price known in {fees.currency}: the fee on your lists is in {named}, and currencies are never mixed",
            do,
        )
    if not followers:
        return "no price known, nor their followers, by which it could be estimated", do
    if fees.line is None:
        several = "1 deal" if fees.deals == 1 else f"{fees.deals} deals"
        return (
            f"no price known: {several} of your own in {fees.currency}{f' for a {fees.what}' if fees.what else ''} "
            f"{'is' if fees.deals == 1 else 'are'} too few to estimate from, which takes {DEALS_NEEDED}",
            do,
        )
    if not fees.line.reach[0] <= followers <= fees.line.reach[1]:
        return "no price known: the account is far larger or smaller than those of your own deals", do
    return f"no price known: fewer than {DEALS_ON_PLATFORM} of your deals are on {platform_name(platform)}", do
