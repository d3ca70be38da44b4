"""docs/validity.md out of the record: what was asked, what came out, how it was measured, and what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from benchmarks.validity.figures import Row

TITLES = {
    "basics": "Counts, rhythm and answers",
    "recounts": "Counted again by hand",
    "reading": "Topics, focus, language, sponsorship",
    "handmade": "Sets labelled by hand",
    "engagement": "Engagement and standing among peers",
    "texts": "Tone",
    "disclosure": "Disclosure",
    "authenticity": "Accounts and audiences that are not what they seem",
    "usual": "What is usual for a size",
    "kin": "Kinship with a sector or a brand",
    "anew": "Authenticity on a split that nobody has seen",
    "circle": "Friends and family",
    "rise": "Rise, rhythm",
    "sparking": "Influence",
    "fairness": "Bots of made-up communities",
}
HEAD = """<!-- Written by `make validate` from validity.json. Run that, do not edit this page. -->

# Is it true?

What the program claims about people, put to the test. Each question is answered beside a **baseline**: something trivial that
anybody could do instead, such as taking the last value or counting followers. A clever measure that does not beat it is not worth
having. The words mean:

- **beats**: better than the baseline on the same people, and the 90 % interval of the difference lies wholly on the good side;
- **no better than**: the interval of the difference contains zero. Either there is no difference, or these data cannot show it;
- **worse than**: the baseline is better, and surely so;
- **not tested**: there is no figure, and the reason is given.

A figure that is good only because nothing is found earns no "beats": whoever never says anything has it as well. A **target** is what
published work asks for, or what was set before the figure was taken; it stands in every row that can answer it, met or missed. Groups
of people are held beside the group that fares best.

Ranges are 90 % intervals, drawn anew by whole accounts. “Made-up” data come from simulated communities whose truth is known; they
show that a formula finds what was planted, in several kinds of worlds, and never that the world is like that. Nothing was left out
because it looked bad. `make validate` takes every figure again; the same record for programs is [validity.json](validity.json).
"""


def page(rows: Sequence[Row]) -> str:
    """The page for a record."""
    measured = [row for row in rows if row["verdict"] != "not tested"]
    claims = [row for row in measured if not row["group"]]
    parts = [HEAD, "\n".join(_summary(rows)), *_sections(claims)]
    parts += list(_fairness([row for row in measured if row["group"]]))
    parts.append("\n".join(_not_tested([row for row in rows if row["verdict"] == "not tested"])))
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


VERDICTS = ("beats", "no better than", "worse than", "not tested")
MET, MISSED = "meets the target", "misses the target"


def _summary(rows: Sequence[Row]) -> Iterator[str]:
    """Every row of the record counted once, groups of people beside questions, and all that does not hold up."""
    counted = Counter((row["verdict"], bool(row["group"])) for row in rows)
    yield "## In short\n"
    yield "| verdict | questions | groups of people | in all |\n|---|---:|---:|---:|"
    for word in VERDICTS:
        some, groups = counted[word, False], counted[word, True]
        yield f"| {word} | {some} | {groups} | {some + groups} |"
    yield "\n" + "\n".join(_targets(rows))
    bad = [row for row in rows if row["verdict"] == "worse than" or row["target"] == MISSED]
    if bad:
        yield f"\nWhat does not hold up, first ({len(bad)}):\n"
        yield from map(_bad, bad)


def _targets(rows: Sequence[Row]) -> Iterator[str]:
    """How many are met; those that show less than they seem to are counted by themselves."""
    yield "| targets | set | met | missed |\n|---|---:|---:|---:|"
    kinds = dict.fromkeys(["", *(row["apart"] for row in rows)])
    for kind in kinds:
        found = Counter(row["target"] for row in rows if row["apart"] == kind)
        name = f"apart: {kind}" if kind else "on people, texts and worlds"
        yield f"| {name} | {found[MET] + found[MISSED]} | {found[MET]} | {found[MISSED]} |"


def _bad(row: Row) -> str:
    who = f" {row['group']}:" if row["group"] else ""
    target = f", {row['target']} ({row['wanted']})" if row["target"] == MISSED else ""
    said = f"{_said(row)} against {_number(row['baseline_figure'])}: {row['verdict']} {row['baseline']}"
    return f"- {_cell(row['question'] + who)} {_cell(said + target)}."


def _sections(claims: Sequence[Row]) -> Iterator[str]:
    for module, some in groupby(claims, key=lambda row: row["module"].partition(".")[0]):
        mine = list(some)
        yield f"## {TITLES.get(module, module.title())}"
        yield "\n".join(
            [
                "| question | ours | baseline | verdict | target | published |",
                "|---|---|---|---|---|---|",
                *map(_line, mine),
            ]
        )
        yield "\n".join(["How it was measured:\n", *dict.fromkeys(map(_how, mine))])


def _line(row: Row) -> str:
    baseline = (
        f"{_number(row['baseline_figure'])}: {row['baseline']}"
        if row["baseline_figure"] is not None
        else row["baseline"]
    )
    cells = (
        row["question"],
        _said(row),
        baseline,
        f"**{row['verdict']}**",
        _target(row),
        row["published"] or "none found",
    )
    return f"| {' | '.join(map(_cell, cells))} |"


def _target(row: Row) -> str:
    return f"{row['target']}: {row['wanted']}" if row["target"] else "none set"


def _how(row: Row) -> str:
    measure = f"Figure: {row['measure']}." if row["measure"] else ""
    signals = f"Signals: {', '.join(f'`{name}`' for name in row['signals'])}." if row["signals"] else ""
    said = (f"*{row['question']}*", f"Data: {row['data']}.", row["how"], measure, signals)
    return f"- {' '.join(_cell(part) for part in said if part)}"


def _fairness(rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    yield (
        "## Equal conditions\n\nHow groups of people fare beside the group that fares best. A ratio of 1 is equal; below 0.8 is what the "
        "four-fifths rule of US employment law (29 CFR 1607.4 D) takes as a sign of adverse impact. A difference need not be a fault of the "
        "program (a group may differ in what a brief asks for), but nobody can judge what is not shown."
    )
    for question, some in groupby(rows, key=lambda row: row["question"]):
        mine = list(some)
        lines = [
            "| group | people | figure | beside the best-off | ratio | verdict | target |",
            "|---|---:|---|---|---:|---|---|",
        ]
        yield "\n".join(
            [
                f"### {_cell(question)}\n",
                f"{_cell(mine[0]['how'])} Figure: {_cell(mine[0]['measure'])}.\n",
                *lines,
                *map(_group, mine),
            ]
        )


def _group(row: Row) -> str:
    ours, best = row["figure"], row["baseline_figure"]
    ratio = _number(ours / best) if best else ""
    words = {"worse than": "surely worse off", "no better than": "not surely worse off", "beats": "surely better off"}
    cells = (
        row["group"],
        f"{row['people']:,}",
        _said(row),
        f"{_number(best)} ({row['baseline']})",
        ratio,
        words[row["verdict"]],
        _target(row),
    )
    return f"| {' | '.join(map(_cell, cells))} |"


def _not_tested(rows: Sequence[Row]) -> Iterator[str]:
    yield "## Not tested\n"
    if not rows:
        yield "Nothing: every signal has a figure."
    for because, some in groupby(sorted(rows, key=lambda row: row["because"]), key=lambda row: row["because"]):
        asked = "; ".join(
            _cell(row["question"])
            + (f" ({', '.join(f'`{name}`' for name in row['signals'])})" if row["signals"] else "")
            + (f" (target: {_cell(row['wanted'])})" if row["wanted"] else "")
            for row in some
        )
        yield f"- {asked}: {_cell(because)}."


def _said(row: Row) -> str:
    interval = row["interval"]
    return _number(row["figure"]) + (
        f" ({_number(interval[0])} to {_number(interval[1])})" if interval and None not in interval else ""
    )


def _number(value: float | None) -> str:
    """Three significant digits, without an exponent."""
    if value is None:
        return "none"
    if abs(value) < 1e-6:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 1e-3 else f"{value:.6f}".rstrip("0")


def _cell(text: object) -> str:
    return " ".join(str(text).replace("|", "/").split())
