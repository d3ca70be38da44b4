"""Three pictures of a plan: what money buys, who reaches the same people, and who is reached beside who is wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from groundswell.exports.pictures import WIDTH, bar, num, picture, shortened, text
from groundswell.exports.wording import number_in_words
from groundswell.plan.model import CurvePoint, MixLine, Pair, Pick
from groundswell.records import language_name, platform_name

LEFT, RIGHT, TOP, BOTTOM = 8.0, 332.0, 26.0, 170.0
MOST_DRAWN = 40
"""People in the picture of who overlaps whom (design choice: as many as a plan usually names)."""


def value_for_money(points: Sequence[CurvePoint], chosen_minor: int, money: Callable[[float], str], what: str) -> str:
    """Draw what each budget comes to, with the chosen one marked."""
    if len(points) < 2:
        return ""
    most = max(point.budget_minor for point in points)
    top = max(point.value for point in points) or 1.0

    def place(point: CurvePoint) -> tuple[float, float]:
        x = LEFT + (RIGHT - LEFT) * point.budget_minor / most
        return x, BOTTOM - (BOTTOM - TOP) * point.value / top

    line = "M" + "L".join(f"{num(x)} {num(y)}" for x, y in map(place, points))
    body = f'<path class="ax" d="M{num(LEFT)} {num(BOTTOM)}H{num(RIGHT)}"/><path class="rg" d="{line}"/>'
    for point in points[1:]:
        x, y = place(point)
        if point.budget_minor == chosen_minor:
            body += f'<path class="ti" d="M{num(x)} {num(y)}V{num(BOTTOM)}"/><circle class="me" cx="{num(x)}" cy="{num(y)}" r="6"/>'
            side = "en st" if x > WIDTH / 2 else "st"
            body += text(
                x + (-10 if x > WIDTH / 2 else 10),
                max(y - 8, 12),
                f"{point.people} people: {_short(point.value)}",
                side,
            )
            body += text(x, BOTTOM + 15, money(point.budget_minor), "mu mi")
        else:
            body += f'<circle class="ba" cx="{num(x)}" cy="{num(y)}" r="3"/>'
    body += text(RIGHT, BOTTOM + 30, f"up to {money(most)}", "mu en") + text(
        LEFT, BOTTOM + 30, "money, from nothing", "mu"
    )
    said = "; ".join(f"{money(p.budget_minor)}: {_short(p.value)} with {p.people} people" for p in points[1:])
    return picture(BOTTOM + 34, f"{what} for each budget. {said}", body)


def who_overlaps_whom(picks: Sequence[Pick], pairs: Sequence[Pair]) -> str:
    """Draw a square for each two people of the plan: the darker, the larger the shared part of the smaller audience."""
    shown = list(picks[:MOST_DRAWN])
    drawn = [pair for pair in pairs if pair.share > 0]
    if len(shown) < 2 or not drawn:
        return ""
    seat = {pick.who.account: number for number, pick in enumerate(shown)}
    left, top, high = 116.0, 4.0, 15.0
    wide = (WIDTH - left) / len(shown)
    body = bar("tr", left, top, wide * len(shown), high * len(shown))
    for pair in drawn:
        if pair.one in seat and pair.other in seat:
            one, other = seat[pair.one], seat[pair.other]
            body += _cell(one, other, pair.share, (left, top, wide, high)) + _cell(
                other, one, pair.share, (left, top, wide, high)
            )
    for number, pick in enumerate(shown):
        body += text(left - 6, top + high * number + 12, shortened(pick.who.called, 17), "mu en")
    first = drawn[0]
    names = {pick.who.account: pick.who.called for pick in picks}
    said = (
        f"{names.get(first.one, first.one)} and {names.get(first.other, first.other)} share most: {first.shared} people"
    )
    label = f"Who overlaps whom: {said}, {first.share:.0%} of the smaller audience"
    return picture(top + high * len(shown) + 6, label, body)


def _cell(row: int, column: int, share: float, where: tuple[float, float, float, float]) -> str:
    left, top, wide, high = where
    x, y = num(left + wide * column), num(top + high * row)
    opacity = f"{0.15 + 0.85 * min(share, 1.0):.2f}"
    return f'<rect class="ba" x="{x}" y="{y}" width="{num(wide - 1)}" height="{num(high - 1)}" opacity="{opacity}"/>'


def mix_against_wanted(mix: Sequence[MixLine]) -> str:
    """Draw whom the plan reaches, by country, language and platform; the line marks their share among everybody reachable."""
    body, y, said = "", 0.0, list[str]()
    for by, lines in groupby(mix, key=lambda line: line.by):
        body += text(0, y + 13, f"By {by}, where known", "st")
        y += 20
        for line in lines:
            wanted = " (wanted)" if line.wanted else ""
            body += text(0, y + 13, shortened(_named(line), 24) + wanted) + text(
                WIDTH, y + 13, number_in_words(line.share, "share"), "mu en"
            )
            look = "ba" if line.wanted is not False else "lo"
            body += bar("tr", 0, y + 18, WIDTH, 6) + bar(look, 0, y + 18, WIDTH * min(line.share, 1.0), 6)
            mark = num(WIDTH * min(line.of_all, 1.0))
            body += f'<path class="ha" d="M{mark} {num(y + 15)}V{num(y + 27)}"/>'
            said.append(f"{_named(line)}{wanted} {line.share:.0%}")
            y += 30
        y += 6
    return picture(y, f"Audience of the plan: {', '.join(said)}", body) if said else ""


def _named(line: MixLine) -> str:
    """A code as people say it."""
    named = {"language": language_name, "platform": platform_name}.get(line.by)
    return named(line.value) if named else line.value


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"
