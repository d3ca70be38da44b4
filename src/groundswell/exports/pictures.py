"""Numbers in, SVG text out: the pictures of a person and of a list.

Pure functions without state, for a page, a report or a web app. A picture is 340 units wide, which is what a telephone shows: it
is legible there without zooming and sits in a grid on a wide screen. Colours come from the page through CSS variables (`STYLE`);
blue-green for what is known, orange for the one person meant, hatching for what is unknown, so that nothing rests on hue alone
(Okabe & Ito 2008, "Color Universal Design"). Every picture says in `aria-label` what it shows.

Put `DEFS` once into a document that holds a waterfall or a funnel, and `STYLE` into its style sheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from zlib import crc32

from groundswell.discover import GateResult, Term
from groundswell.exports.wording import finite, number_in_words

WIDTH = 340
DOTS = 600
MONTHS = 60

DEFS = (
    '<svg class="pic defs" width="0" height="0" aria-hidden="true"><defs>'
    '<pattern id="unknown" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path class="ha" d="M0 0V6"/></pattern></defs></svg>'
)
STYLE = """
.pic{display:block;width:100%;height:auto;overflow:visible;font:12px/1.2 var(--sans,system-ui,sans-serif);font-variant-numeric:tabular-nums}
.pic.defs{position:absolute;width:0;height:0}
.pic text{fill:var(--ink,#1d2730)}
.pic .mu{fill:var(--muted,#5a6670);font-size:11px}
.pic .en{text-anchor:end}
.pic .mi{text-anchor:middle}
.pic .st{font-weight:650}
.pic .ba{fill:var(--accent,#0b6478)}
.pic .lo{fill:var(--mark,#b8500a)}
.pic .mo{stroke:var(--accent,#0b6478);fill:none}
.pic .tr{fill:var(--track,#e9e6df)}
.pic .un{fill:url(#unknown);stroke:var(--muted,#5a6670);stroke-width:.75}
.pic .ha{stroke:var(--muted,#5a6670);stroke-width:1.5}
.pic .ax{stroke:var(--line,#d9d5cc);fill:none}
.pic .ti{stroke:var(--muted,#5a6670);stroke-dasharray:2 3;stroke-width:.75;fill:none}
.pic .do{stroke:var(--dots,#7f9aa6);stroke-width:3;stroke-linecap:round;stroke-opacity:.55;fill:none}
.pic .me{fill:var(--mark,#b8500a);stroke:var(--paper,#fff);stroke-width:1.5}
.pic .rg{stroke:var(--accent,#0b6478);stroke-width:2;stroke-linecap:round;fill:none}
"""


def picture(height: float, label: str, body: str, kind: str = "pic", width: float = WIDTH) -> str:
    """Return an SVG element of 340 units by `height` that says in words what it shows."""
    return f'<svg class="{kind}" viewBox="0 0 {num(width)} {num(height)}" role="img" aria-label="{escape(label)}">{body}</svg>'


def num(value: float) -> str:
    """Write a coordinate in at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def text(x: float, y: float, words: str, kind: str = "") -> str:
    """Return a text element."""
    look = f' class="{kind}"' if kind else ""
    across = f' x="{num(x)}"' if x else ""
    return f'<text{look}{across} y="{num(y)}">{escape(words)}</text>'


def bar(kind: str, x: float, y: float, width: float, height: float) -> str:
    """Return a rectangle."""
    across = f' x="{num(x)}"' if x else ""
    return f'<rect class="{kind}"{across} y="{num(y)}" width="{num(width)}" height="{num(height)}"/>'


def shortened(words: str, most: int) -> str:
    """Return the words in one line of at most `most` characters."""
    line = " ".join(words.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def waterfall(terms: Sequence[Term]) -> str:
    """Draw how a score comes about: each known term's bar starts where the one before ended, so the bars sum to the score.

    The pale track is what the term could have given. An unknown term is hatched over its possible length and moves nothing.
    """
    known = [finite(term.points) or 0.0 for term in terms]
    ends = [sum(known[: number + 1]) for number in range(len(known))]
    starts = [end - points for end, points in zip(ends, known, strict=True)]
    left = min([0.0, *ends])
    right = max(
        [
            sum(max(term.most, 0.0) for term in terms),
            *(s + max(t.most, 0.0) for s, t in zip(starts, terms, strict=True)),
            1.0,
        ]
    )
    scale = WIDTH / (right - left)
    rows = [
        _step(term, (start - left) * scale, scale, 34 * number)
        for number, (term, start) in enumerate(zip(terms, starts, strict=True))
    ]
    score, base = sum(known), 34 * len(terms)
    total = text(0, base + 13, "Score", "st") + text(WIDTH, base + 13, f"{score:.1f} of {right:.0f}", "en st")
    total += bar("tr", 0, base + 19, WIDTH, 9) + bar("ba", max(0.0, -left * scale), base + 19, abs(score) * scale, 9)
    parts = ", ".join(
        f"{term.title} {'unknown' if finite(term.points) is None else f'{term.points:.1f}'}" for term in terms
    )
    return picture(base + 30, f"Score {score:.1f}: {parts}", "".join(rows) + total)


def _step(term: Term, x: float, scale: float, y: float) -> str:
    """Draw one term of a waterfall at height `y`, starting at `x`."""
    most = max(term.most, 0.0) * scale
    points = finite(term.points)
    if points is None:
        figure, shape = f"unknown, up to +{term.most:.1f}", bar("un", x, y + 19, most, 8)
    else:
        length = points * scale
        figure = f"{points:+.1f} of {term.most:.3g}" if term.most > 0 else f"{points:+.1f}"
        shape = bar("tr", x, y + 19, most, 8) + bar(
            "ba" if length >= 0 else "lo", x + min(length, 0.0), y + 19, abs(length), 8
        )
    title = text(0, y + 13, shortened(term.title, 50 - len(figure)))
    return title + text(WIDTH, y + 13, figure, "mu en") + shape


def posts_over_time(months: Sequence[tuple[date, int]]) -> str:
    """Draw posts a month as bars, at most the latest 60 months; a month without a bar had no posts in the data."""
    if not months:
        return ""
    counts = {day.year * 12 + day.month - 1: 0 for day, _ in months}
    for day, posts in months:
        counts[day.year * 12 + day.month - 1] += posts
    last = max(counts)
    first = max(min(counts), last - MONTHS + 1)
    shown = {month: posts for month, posts in counts.items() if month >= first}
    peak, step = max(1, *shown.values()), WIDTH / max(12, last - first + 1)
    bars = "".join(
        f"M{num((month - first + 0.5) * step)} 84v{num(-62 * posts / peak)}"
        for month, posts in sorted(shown.items())
        if posts
    )
    body = f'<path class="mo" stroke-width="{num(max(1.0, step - 1.5))}" d="{bars}"/><path class="ax" d="M0 84.5H{WIDTH}"/>'
    body += text(0, 12, f"most in a month: {peak:,}", "mu") + text(0, 98, _month(first), "mu")
    if last > first:
        end = (last - first + 1) * step
        body += text(end, 98, _month(last), "mu en") if end > 130 else text(end + 8, 98, f"to {_month(last)}", "mu")
    label = f"Posts a month from {_month(first)} to {_month(last)}, {sum(shown.values()):,} in all, at most {peak:,}"
    return picture(102, label, body)


_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _month(number: int) -> str:
    return f"{_MONTH_NAMES[number % 12]} {number // 12}"


def shares(topics: Sequence[tuple[str, float]], most: int = 5) -> str:
    """Draw topics as bars from the largest share (0..1) down, at most `most`; the full length is all of the posts."""
    rows: list[str] = []
    for number, (name, share) in enumerate(topics[:most]):
        y = 30 * number
        rows.append(
            text(0, y + 13, shortened(name, 44)) + text(WIDTH, y + 13, number_in_words(share, "share"), "mu en")
        )
        rows.append(bar("tr", 0, y + 18, WIDTH, 6) + bar("ba", 0, y + 18, WIDTH * min(max(share, 0.0), 1.0), 6))
    said = ", ".join(f"{name} {number_in_words(share, 'share')}" for name, share in topics[:most])
    return picture(30 * min(len(topics), most), f"Topics: {said}", "".join(rows)) if topics else ""


def funnel(gates: Sequence[GateResult], population: int, listed: int | None = None) -> str:
    """Draw what each gate left of the population: solid stays, hatched could not be checked until then, pale was removed."""
    scale = WIDTH / max(population, 1)
    stages = [("Accounts looked at", population, population, 0, "")]
    for gate in gates:
        said = f"{gate.removed:,} removed" + (f", {gate.aside:,} could not be checked" if gate.aside else "")
        stages.append((gate.says or gate.name, gate.before, gate.left, gate.aside, said))
    if listed is not None:
        stages.append(("On this list", listed, listed, 0, ""))
    rows, y = "", 0.0
    for says, before, left, unknown, under in stages:
        rows += _stage(y, says, before, left, unknown, scale, under)
        y += 54 if under else 40
    parts = "; ".join(
        f"{gate.says or gate.name}: {gate.removed:,} removed, {gate.aside:,} not checked, {gate.left:,} left"
        for gate in gates
    )
    return picture(y - 12, f"Of {population:,} accounts: {parts}", rows)


def _stage(y: float, says: str, before: int, left: int, unknown: int, scale: float, under: str) -> str:
    """Draw one line of a funnel; what remains is never thinner than a hair, so that ten of a million can be seen."""
    solid = max(left * scale, 1.5 if left else 0.0)
    hatched = max(unknown * scale, 1.5 if unknown else 0.0)
    shapes = bar("tr", 0, y + 18, max(before * scale, 1.5), 9) + bar("ba", 0, y + 18, solid, 9)
    shapes += bar("un", solid, y + 18, hatched, 9) if unknown else ""
    figure = f"{left + unknown:,}"
    words = text(0, y + 13, shortened(says, 50 - len(figure))) + text(WIDTH, y + 13, figure, "en st")
    return words + shapes + (text(0, y + 39, under, "mu") if under else "")


def interval(value: float, low: float, high: float, span: tuple[float, float]) -> str:
    """Draw a value as a dot on its 90 % interval, on the common scale `span` (90 by 12 units)."""
    start, stop = span
    scale = 84 / (stop - start) if stop > start else 0.0

    def place(number: float) -> float:
        return 3 + min(max((number - start) * scale, 0.0), 84.0)

    body = f'<path class="rg" d="M{place(low):.0f} 6H{place(high):.0f}"/>'
    body += f'<circle class="me" cx="{place(value):.0f}" cy="6" r="3.5"/>'
    return f'<svg class="pic iv" viewBox="0 0 90 12" aria-hidden="true">{body}</svg>'


# ---- engagement against size ------------------------------------------------------------------------------------------------

_LEFT, _RIGHT, _TOP, _BOTTOM = 38.0, 334.0, 22.0, 182.0


@dataclass(frozen=True)
class Plane:
    """Where followers (log) and rate (linear) lie in the picture; common to all people of a list."""

    least: float
    """Decimal logarithm of followers at the left edge."""
    most: float
    top: float
    """Rate at the upper edge; what lies above is drawn on the edge."""

    def x(self, followers: float) -> float:
        """Place a follower count; 0 and 1 lie together at log 0."""
        return _LEFT + (_RIGHT - _LEFT) * (math.log10(max(followers, 1.0)) - self.least) / (self.most - self.least)

    def y(self, rate: float) -> float:
        """Place a rate."""
        return _BOTTOM - (_BOTTOM - _TOP) * min(max(rate, 0.0), self.top) / self.top


def plane(points: Iterable[tuple[float, float]], people: Iterable[tuple[float, float]] = ()) -> Plane | None:
    """Return the plane that holds all `people` and 98 % of the `points` by rate; None when there is nothing to draw.

    The two per cent above the edge are drawn on it: one tiny account with a rate of 900 % would else flatten everybody.
    """
    crowd, meant = list(points), list(people)
    both = crowd + meant
    if not both:
        return None
    logs = [math.log10(max(followers, 1.0)) for followers, _ in both]
    rates = sorted(rate for _, rate in crowd)
    usual = rates[min(len(rates) - 1, int(0.98 * len(rates)))] if rates else 0.0
    least, most = math.floor(min(logs)), math.ceil(max(logs))
    return Plane(least, max(most, least + 1), max([usual, *(rate for _, rate in meant), 1e-4]) * 1.06)


def sample(context: Sequence[tuple[str, float, float]], most: int = DOTS) -> list[tuple[float, float]]:
    """Return (followers, rate) of at most `most` accounts, chosen by a hash of the id: the same ones whatever the order."""
    known = [row for row in context if math.isfinite(row[1]) and math.isfinite(row[2])]
    kept = sorted(known, key=lambda row: (crc32(row[0].encode("utf-8", "replace")), row[0]))[:most]
    return [(followers, rate) for _, followers, rate in kept]


TIER_ROWS = 2
"""Rows in which names of tiers are written, above the dots."""
LETTER = 6.5
"""How wide a letter of a name is at most, on average."""


def crowd(points: Sequence[tuple[float, float]], tiers: Sequence[tuple[str, float]], where: Plane) -> str:
    """Draw everybody, axes and tier lines: the part of the picture that all people share. `tiers` are (name, followers from)."""
    body = "".join(_rate_line(rate, where) for rate in _ticks(where.top))
    decades = range(int(where.least), int(where.most) + 1)
    body += "".join(text(where.x(10.0**power), 197, _short_count(10**power), "mu mi") for power in decades)
    inside = [
        (name, where.x(start)) for name, start in tiers if where.least <= math.log10(max(start, 1.0)) < where.most
    ]
    body += "".join(f'<path class="ti" d="M{num(x)} 12V{num(_BOTTOM)}"/>' for _, x in inside) + _named(inside)
    dots = "".join(f"M{where.x(followers):.0f} {where.y(rate):.0f}h0" for followers, rate in points)
    return (
        body
        + f'<path class="do" d="{dots}"/>'
        + text(_RIGHT, 212, "followers (each step is ten times as many)", "mu en")
    )


def _named(lines: Sequence[tuple[str, float]]) -> str:
    """Write the names of tiers beside their lines, none over another: one that finds no room is left out, its line stays."""
    ends, said = [0.0] * TIER_ROWS, ""
    for name, x in lines:
        words = shortened(name, 14)
        row = next((row for row, end in enumerate(ends) if end <= x), None)
        if row is not None:
            said += text(x + 3, 12 + 10 * row, words, "mu")
            ends[row] = x + 3 + LETTER * len(words)
    return said


def _rate_line(rate: float, where: Plane) -> str:
    y = where.y(rate)
    words = f"{rate * 100:.2g}%" if rate < 0.1 else f"{rate * 100:.0f}%"
    return f'<path class="ax" d="M{num(_LEFT)} {num(y)}H{num(_RIGHT)}"/>' + text(_LEFT - 5, y + 4, words, "mu en")


def _ticks(top: float) -> list[float]:
    """Return round numbers from 0 up to `top`, at most five."""
    rough = top / 4
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * size for size in (1, 2, 5, 10) if unit * size >= rough)
    return [step * number for number in range(int(top / step) + 1)]


def _short_count(count: int) -> str:
    for size, name in ((10**9, "bn"), (10**6, "m"), (10**3, "k")):
        if count >= size:
            return f"{count // size}{name}"
    return str(count)


def standing(me: tuple[float, float], name: str, where: Plane, crowd_id: str) -> str:
    """Draw one person over the crowd that stands in the document as `<symbol id=crowd_id>`."""
    return _with_me(me, name, where, f'<use href="#{escape(crowd_id)}"/>')


def engagement_against_size(
    points: Sequence[tuple[float, float]],
    me: tuple[float, float],
    tiers: Sequence[tuple[str, float]],
    name: str = "this account",
) -> str:
    """Draw engagement (rate, 0..1) against size (followers, log): the population as dots, tiers as lines, one person marked."""
    where = plane(points, [me]) or Plane(0, 1, 1)
    return _with_me(me, name, where, crowd(points, tiers, where))


def _with_me(me: tuple[float, float], name: str, where: Plane, behind: str) -> str:
    x, y = where.x(me[0]), where.y(me[1])
    side, kind = (x - 9, "en st") if x > WIDTH / 2 else (x + 9, "st")
    label = f"{name}: {me[0]:,.0f} followers, a typical post moves {number_in_words(me[1], 'share')} of them"
    body = f'{behind}<circle class="me" cx="{num(x)}" cy="{num(y)}" r="6"/>' + text(
        side, max(y - 6, 12), shortened(name, 24), kind
    )
    return picture(216, label, body)
