"""What do they ask, is it much for their size, and what would the same money buy? Only from the fees on your own lists.

Fees are compared within one currency and one deliverable. A list that names no currency is taken to be in one, which stays unnamed
until somebody says it: its fees are compared among themselves and with no other list's. The line: log fee against log followers, a robust line (Theil 1950, Sen 1968: the
median of the slopes of all pairs), and how far the fees lie from it (median absolute deviation). Nothing about the person but
the number of followers enters: no sex, age, origin or look, declared or guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from groundswell.advocacy.people import Fee, Listed, count, money, several
from groundswell.advocacy.same_person import same_people, surely_one
from groundswell.errors import UnknownNameError
from groundswell.signals.values import REASONS

FEES_NEEDED = 10
"""Below so many fees no line is drawn (design choice: with fewer, a single odd fee moves the interval as much as it leaves it)."""
MOST_PAIRED = 1_500
"""More fees than this are thinned out evenly by size before slopes are taken: all pairs of 1,500 are a million."""
MAD_TO_SPREAD = 1.4826
"""Median absolute deviation to standard deviation for a normal distribution (Hampel 1974)."""
LEAST_SPREAD = 0.1
"""A fee within a tenth of the usual one is usual, however closely the others follow a price list: fees are said in round figures
(design choice)."""
BIG = 10
"""So many times as many followers as the middle one of the list make a big name, unless one is named (design choice)."""
Verdict = Literal["high for its size", "low for its size", "usual for its size"]
USUAL_NUMBER, MOST_NUMBER = 20, 40
NAMED = 12
"""So many of those who are left out for one reason are named (design choice: a line or two)."""
SAID_NO = "Your list says that they declined"
ADVICE = "“Perhaps 20 to 40 of these” (2017, the year of the micro-influencers)"
"""The article on 2017: the budget of the big one, distributed over 20 to 40."""


@dataclass(frozen=True)
class FeeCheck:
    """One fee against the others of its currency and deliverable."""

    account: str
    fee: Fee
    followers: float | None
    verdict: Verdict | None
    """None: not compared, and `reason` says why."""
    usual_minor: float | None = None
    low_minor: float | None = None
    high_minor: float | None = None
    """90 % of fees for that size are expected in low..high."""
    n: int = 0
    reason: str | None = None
    sentence: str = ""

    @property
    def times_usual(self) -> float | None:
        """The fee as a multiple of the usual one for the size; None where it was not compared."""
        return self.fee.amount_minor / self.usual_minor if self.usual_minor else None

    @property
    def out_of_line(self) -> float:
        """How many times as much, or as little, as usual; 1 where it was not compared."""
        times = self.times_usual
        return max(times, 1 / times) if times else 1.0

    @property
    def in_short(self) -> str:
        """The fee and what would be usual, for a cell; the whole sentence where it was not compared."""
        if self.low_minor is None or self.high_minor is None or self.verdict is None:
            return self.sentence.removesuffix(".")
        said = "usual" if self.verdict == "usual for its size" else f"{self.verdict}, usual would be"
        return f"{self.fee.says}: {said} ({_bare(self.low_minor, self.fee)} to {_bare(self.high_minor, self.fee)})"


@dataclass(frozen=True)
class Offer:
    """One account with its price, as it enters a comparison."""

    account: str
    called: str
    followers: float
    fee_minor: int
    interactions: float | None
    """Likes and comments of a typical post; None when the data do not say."""


@dataclass(frozen=True)
class AgainstBigName:
    """Many small accounts against the largest one for the same money."""

    big: Offer
    small: tuple[Offer, ...]
    """Most of what was spent on for the money first."""
    currency: str | None
    """None: the one that the list leaves unsaid."""
    deliverable: str | None
    ordered_by: str
    """What was spent on, in words."""
    spent_minor: int
    reach_from: float
    reach_to: float
    """People following at least one of them: from the largest alone (everybody shared) to the sum (nobody shared)."""
    interactions: float | None
    """Likes and comments of one typical post of each, added up; None unless known for all of them."""
    sentences: tuple[str, ...]
    unknown: tuple[str, ...]
    left_out: tuple[str, ...]
    """Who has a fee and is not among them, a sentence for each why."""


# -- is it much? -----------------------------------------------------------------------------------------------------------


def check_fees(people: Sequence[Listed]) -> tuple[FeeCheck, ...]:
    """Every fee on the lists with its verdict, or why there is none; in the order of the people."""
    groups: dict[tuple[tuple[str | None, int | None], str | None], list[tuple[Listed, Fee]]] = defaultdict(list)
    for one in people:
        for fee in one.fees:
            groups[fee.unit, fee.deliverable].append((one, fee))
    found = [check for pairs in groups.values() for check in _check(pairs)]
    order = {one.account: place for place, one in enumerate(people)}
    return tuple(
        sorted(found, key=lambda check: (order[check.account], check.fee.currency or "", check.fee.deliverable or ""))
    )


def _check(pairs: list[tuple[Listed, Fee]]) -> list[FeeCheck]:
    usable = [(one, fee) for one, fee in pairs if fee.amount_minor > 0 and one.followers]
    line = _fit([one.followers or 0 for one, _ in usable], [fee.amount_minor for _, fee in usable])
    return [_judge(one, fee, line, len(usable)) for one, fee in pairs]


@dataclass(frozen=True)
class _Line:
    slope: float
    at_zero: float
    spread: float
    """Half the width of the 90 % interval, in logs."""

    def around(self, followers: float) -> tuple[float, float, float]:
        middle = self.at_zero + self.slope * float(np.log(followers))
        low, usual, high = np.exp([middle - self.spread, middle, middle + self.spread])
        return float(low), float(usual), float(high)


def _fit(followers: Sequence[float], fees: Sequence[float]) -> _Line | None:
    """A robust line through the logs; None when there is too little to draw one."""
    if len(fees) < FEES_NEEDED or len(set(followers)) < FEES_NEEDED // 2:
        return None
    x, y = np.log(np.asarray(followers, np.float64)), np.log(np.asarray(fees, np.float64))
    slope = max(0.0, _median_slope(x, y))  # where larger accounts are the cheaper ones, size explains nothing
    at_zero = float(np.median(y - slope * x))
    deviation = float(np.median(np.abs(y - at_zero - slope * x)))
    # A new fee scatters more than those the line was drawn through: their residuals shrink by (n - 2) / n, the line errs by 1 / n.
    wider = float(np.sqrt((len(fees) + 1) / (len(fees) - 2)))
    spread = _student(len(fees) - 2) * MAD_TO_SPREAD * wider * deviation
    return _Line(slope, at_zero, max(spread, float(np.log1p(LEAST_SPREAD))))


def _median_slope(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    order = np.lexsort((y, x))
    kept = order[np.linspace(0, len(x) - 1, min(len(x), MOST_PAIRED)).astype(np.int64)]
    x, y = x[kept], y[kept]
    above, below = np.triu_indices(len(x), 1)
    across = x[below] - x[above]
    return float(np.median((y[below] - y[above])[across > 0] / across[across > 0]))


def _student(freedom: int) -> float:
    """Student's quantile that leaves 5 % on either side (Abramowitz & Stegun 26.7.5)."""
    z, v = 1.6448536, float(max(freedom, 1))
    return z + (z**3 + z) / (4 * v) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v * v)


def _judge(one: Listed, fee: Fee, line: _Line | None, n: int) -> FeeCheck:
    reason, why = _why_not(one, fee, line, n)
    if reason or line is None or one.followers is None:
        said = f"{one.called} {_asks(fee)}; whether that is much cannot be said: {why}"
        return FeeCheck(one.account, fee, one.followers, None, n=n, reason=reason, sentence=said)
    low, usual, high = line.around(one.followers)
    verdict: Verdict = (
        "high for its size" if fee.amount_minor > high
        else "low for its size" if fee.amount_minor < low
        else "usual for its size"
    )  # fmt: skip
    said = (
        f"{one.called} {_asks(fee)} with {count(one.followers)} followers: {verdict}. By the {n:,} fees {_of(fee)}"
        f"{'' if line.slope else ', which do not rise with size'}, {_bare(low, fee)} to {_bare(high, fee)} would be usual."
    )
    return FeeCheck(one.account, fee, one.followers, verdict, usual, low, high, n, sentence=said)


def _of(fee: Fee) -> str:
    return "on your lists" if fee.currency else "of its list that name no currency"


def _bare(minor: float, fee: Fee) -> str:
    """An amount in the unit of a fee; that it is unnamed was said already."""
    return money(minor, fee.currency).partition(" (")[0]


def _asks(fee: Fee) -> str:
    return (
        "was paid " if fee.kind == "paid" else "asks " if fee.kind == "asked" else "is listed at "
    ) + fee.says.removesuffix(f" ({fee.kind})")


def _why_not(one: Listed, fee: Fee, line: _Line | None, n: int) -> tuple[str | None, str]:
    if fee.amount_minor <= 0:
        return "not_applicable", "a fee of nothing is compared with nothing."
    if not one.followers:
        return "not_observed", "how many followers it has is not in the data."
    if line is None:
        what = (f"fees in {fee.currency}" if fee.currency else "fees without a currency") + (
            f" for a {fee.deliverable}" if fee.deliverable else ""
        )
        return (
            "too_few",
            f"{REASONS['too_few']}. {FEES_NEEDED} {what} of accounts of different size are needed, {'your lists hold' if fee.currency else 'the list holds'} {n}.",
        )
    return None, ""


# -- what would the same money buy? ----------------------------------------------------------------------------------------


def against_big_name(people: Sequence[Listed], big: str | None = None) -> AgainstBigName | None:
    """The accounts that the money of the largest one (or of `big`, an id or handle) would pay; None when no two fees compare.

    None as well where nobody is named and the largest is no big name: a list of small accounts has none.

    Chosen one by one, most likes and comments of a typical post for the money first, else most followers for the money, until
    nobody left is affordable or forty are found. Where twenty cost at most a twentieth of it, those come first, so that it comes to
    twenty; the others follow for the money that is left. One account a person: of several that one row names, the first that fits.
    Everybody else with a fee is named with the reason. Who declined, by the list, is bought by no money, as in a plan; a big name
    who declined is one only where nobody else is, or where somebody names it, and then it is said.
    Errors: UnknownNameError when `big` is on no list.
    """
    meant = people if big is None else _called(people, big)
    priced = [one for one in people if one.followers and any(fee.amount_minor > 0 for fee in one.fees)]
    named = [one for one in priced if one in meant]
    if len(priced) < 2 or not named:
        return None
    largest = _largest(named, people, meant=big is not None)
    if largest is None:
        return None
    fee = next(fee for fee in largest.fees if fee.amount_minor > 0)
    own = _offer(largest, fee)
    offers: list[tuple[Listed, Offer]] = []
    aside: list[tuple[str, str]] = []
    for one in people:
        if one is largest or not any(fee.amount_minor > 0 for fee in one.fees):
            continue
        if one.declined:
            aside.append((SAID_NO, f"{one.called} ({_prices(one)})"))
            continue
        offer = _offer(one, fee)
        if offer is None or offer.followers >= (largest.followers or 0):
            aside.append((_why_aside(one, fee, largest.called), f"{one.called} ({_prices(one)})"))
        else:
            offers.append((one, offer))
    return _compared(own, fee, offers, aside, said_no=largest.declined) if own and offers else None


def _largest(named: Sequence[Listed], people: Sequence[Listed], *, meant: bool) -> Listed | None:
    """Whom the others are held against: the largest, and before it one who did not decline; None where neither is a big name."""
    some = ([one for one in named if one.declined is no] for no in (False, True))
    largest = (max(group, key=lambda one: (one.followers or 0, one.account)) for group in some if group)
    return next((one for one in largest if meant or _is_big(one, people)), None)


def _why_aside(one: Listed, like: Fee, big: str) -> str:
    """Why an account with a fee cannot be compared, as a sentence begins."""
    if not one.followers:
        return "How many followers they have is not known"
    if all(fee.unit != like.unit for fee in one.fees if fee.amount_minor > 0):
        return (
            f"Their fee is not said to be in {like.currency}"
            if like.currency
            else "Their fee is in a currency, or on another list"
        )
    if _offer(one, like) is None:
        return (
            f"Their fee is not for a {like.deliverable}"
            if like.deliverable
            else "Their fee is for something that is named"
        )
    return f"As many followers as {big}, or more"


def _prices(one: Listed) -> str:
    said = [
        money(fee.amount_minor, fee.currency).replace(" (no currency said)", "")
        for fee in one.fees
        if fee.amount_minor > 0
    ]
    return ", ".join(said)


def _is_big(largest: Listed, people: Sequence[Listed]) -> bool:
    others = [one.followers for one in people if one.followers and one is not largest]
    return bool(others) and (largest.followers or 0) >= BIG * float(np.median(others))


def _called(people: Sequence[Listed], name: str) -> list[Listed]:
    handle = name.removeprefix("@").lower()
    found = [one for one in people if one.account == name or (one.handle or "").lower() == handle]
    if not found:
        raise UnknownNameError("account on your lists", name, [one.called for one in people])
    return found


def _offer(one: Listed, like: Fee) -> Offer | None:
    """The account at its price for the same thing in the same currency; None when it has none, or no known followers."""
    fits = [fee for fee in one.fees if fee.unit == like.unit and fee.amount_minor > 0]
    same = [fee for fee in fits if fee.deliverable == like.deliverable]
    if not same or not one.followers:
        return None
    rate = one.values["public_rate"].value if "public_rate" in one.values else None
    moved = None if rate is None else rate * one.followers
    return Offer(one.account, one.called, one.followers, min(fee.amount_minor for fee in same), moved)


def _compared(
    big: Offer, fee: Fee, offers: list[tuple[Listed, Offer]], aside: list[tuple[str, str]], *, said_no: bool
) -> AgainstBigName:
    by_engagement = big.interactions is not None and all(offer.interactions is not None for _, offer in offers)
    small, left = _afford(offers, big.fee_minor, by_engagement)
    spent = sum(offer.fee_minor for offer in small)
    reach_from, reach_to = max((o.followers for o in small), default=0.0), sum(o.followers for o in small)
    moved = (
        sum(o.interactions or 0.0 for o in small) if small and all(o.interactions is not None for o in small) else None
    )
    ordered_by = "likes and comments of a typical post for the money" if by_engagement else "followers for the money"
    made = AgainstBigName(
        big, small, fee.currency, fee.deliverable, ordered_by, spent, reach_from, reach_to, moved, (), (), ()
    )  # fmt: skip
    told = [
        (why, f"{offer.called} ({money(offer.fee_minor, fee.currency)}, {count(offer.followers)} followers)")
        for why, offer in left
    ]
    return replace(
        made,
        sentences=(*_sentences(made), *_declined(made, aside, said_no=said_no)),
        unknown=_unknown(made, by_engagement),
        left_out=_named([*told, *aside]),
    )


def _declined(made: AgainstBigName, aside: Sequence[tuple[str, str]], *, said_no: bool) -> Iterator[str]:
    if said_no:
        yield f"Your list says that {made.big.called} declined: it stands here for its price alone."
    if many := sum(why == SAID_NO for why, _ in aside):
        yield f"{several(many, 'account')} left out, since your list says that they declined."


def _named(aside: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Who is not among them: a sentence for each why, with everybody in it."""
    by_why: dict[str, list[str]] = defaultdict(list)
    for why, who in aside:
        by_why[why].append(who)
    return tuple(
        f"{why}: {', '.join(who[:NAMED])}" + (f" and {len(who) - NAMED:,} more." if len(who) > NAMED else ".")
        for why, who in by_why.items()
    )


def _afford(
    offers: list[tuple[Listed, Offer]], budget: int, by_engagement: bool
) -> tuple[tuple[Offer, ...], list[tuple[str, Offer]]]:
    """Who is chosen, in order of worth; and who is not, with the reason."""

    def worth(offer: Offer) -> float:
        return ((offer.interactions or 0.0) if by_engagement else offer.followers) / offer.fee_minor

    def is_little(offer: Offer) -> bool:
        return offer.fee_minor * USUAL_NUMBER <= whole

    whole = budget
    few = sum(is_little(offer) for _, offer in offers) < USUAL_NUMBER
    full = "The money would do, but forty are found" + (
        "" if few else ", first from those who cost at most a twentieth of the money"
    )
    order = sorted(offers, key=lambda pair: (not (few or is_little(pair[1])), -worth(pair[1]), pair[1].account))
    chosen: list[Offer] = []
    left: list[tuple[str, Offer]] = []
    people = [one for one, _ in offers]
    whose, persons, called = surely_one(people, same_people(people)), set[str](), set[str]()
    for one, offer in order:
        if whose[one.account] in persons:
            left.append(("The same person as somebody among them, by your list", offer))
        elif called & {*one.creators}:
            left.append(("Perhaps the same person as somebody among them, by the name on your list", offer))
        elif len(chosen) >= MOST_NUMBER:
            left.append((full, offer))
        elif offer.fee_minor > budget:
            left.append(("More than what the others leave of the money", offer))
        else:
            chosen.append(offer)
            persons.add(whose[one.account])
            called.update(one.creators)
            budget -= offer.fee_minor
    left.sort(key=lambda pair: (-worth(pair[1]), pair[1].account))
    return tuple(sorted(chosen, key=lambda offer: (-worth(offer), offer.account))), left


def _sentences(made: AgainstBigName) -> tuple[str, ...]:
    big, small = made.big, made.small
    price = money(big.fee_minor, made.currency)
    if not small:
        return (f"{price}, what {big.called} costs, pays for nobody else on your lists.",)
    lines = [
        f"{several(len(small), 'account')} against {big.called} for the same money: "
        f"{money(made.spent_minor, made.currency)} of {price}, chosen by {made.ordered_by}.",
        f"{big.called} has {count(big.followers)} followers; "
        + (
            f"{small[0].called} has {count(small[0].followers)}."
            if len(small) == 1
            else f"together the {len(small)} are followed by {count(made.reach_from)} to {count(made.reach_to)} people, "
            "depending on how many follow several of them."
        ),
    ]
    if made.interactions is not None and big.interactions is not None:
        lines.append(
            f"A typical post of each brings {count(made.interactions)} likes and comments in all, one of {big.called} {count(big.interactions)}."
        )
    if len(small) < USUAL_NUMBER:
        lines.append(f"{ADVICE}, is the advice; with your list it comes to {len(small):,}.")
    return tuple(lines)


def _unknown(made: AgainstBigName, by_engagement: bool) -> tuple[str, ...]:
    found = ["How many people follow several of them.", "How many followers see a post: followers are not reach."]
    if not by_engagement:
        lacking = sum(o.interactions is None for o in (made.big, *made.small))
        found.append(
            f"Likes and comments of {several(lacking, 'account')} among those compared; with their posts the order may change."
            if lacking
            else "Likes and comments of other accounts on the list; with their posts the order may change."
        )
    return tuple(found)
