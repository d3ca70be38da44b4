"""A brief as a form: the fields somebody fills in, the same brief as TOML, and how many people each condition would leave.

The form becomes the text of a brief and is read by the one reader of briefs, so that a form and a file mean the same and are
refused for the same reasons. What is counted is what the gates of `discover` say.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.definitions import DEFAULT_DEFINITION, Definition, benchmark, definition, load_definitions
from groundswell.discover import Brief, read_brief
from groundswell.discover.brief import RULES
from groundswell.discover.gates import Passed
from groundswell.discover.ranking import judged, why_empty
from groundswell.discover.sector import Sector, as_phrase, main_topics
from groundswell.discover.segments import country
from groundswell.discover.spending import amount_said
from groundswell.errors import BriefError
from groundswell.exports.wording import printable
from groundswell.plan import Changes, changed, from_to, quoted
from groundswell.records import platform_name
from groundswell.signals import SignalTable
from groundswell.signals.kinship import Texts

pc: Any = _compute  # its functions are made at run time, no type checker knows them

WEIGHTS = {"nice": 1, "matters": 3}
"""How a wish weighs that is nice to have, or that matters (design choice: as in the sample brief)."""
HOW = (*WEIGHTS, "must", "never")
OFFERED = ("channel", "country", "language")
MOST_OFFERED = 12


@dataclass(frozen=True)
class BriefForm:
    """What somebody filled in, as text."""

    brand: str = ""
    wishes: tuple[tuple[str, str], ...] = ()
    """(words, how): how is one of nice, matters, must, never."""
    sector: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    definition: str = DEFAULT_DEFINITION
    amount: str = ""
    currency: str = "EUR"
    exclude: tuple[str, ...] = ()
    brand_terms: tuple[str, ...] = ()
    limit: int = 50
    rules: tuple[tuple[str, str, str], ...] = ()
    """(kind, words, why): what a person should look at before asking somebody; kind is one of never_if, confirm, incident."""


@dataclass(frozen=True)
class PlanForm:
    """A brief, and what somebody filled in of dividing its money, as text."""

    brief: BriefForm
    people: str = ""
    """As in 20-40."""
    objective: str = ""
    lock: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    """Not these."""
    price: tuple[str, ...] = ()
    """As in @ann=300."""
    newcomers: int = 0
    robust: bool = False


@dataclass(frozen=True)
class Option:
    """A condition that could be set, and what it would leave."""

    value: str
    people: int
    """People in the data who have it, whatever else is asked."""
    left: int
    """People who pass every gate when this is the only choice here."""
    unchecked: int
    """People who could then not be checked."""
    chosen: bool
    caution: str = ""
    """Of a meaning: what of it was measured where few or none of the people here are."""


@dataclass(frozen=True)
class Topic:
    """A topic that could be a sector, or a part of one."""

    value: str
    """As a sector names it."""
    name: str
    people: int
    """People who write mostly about it."""
    near: int
    """Of those, how many say a word of the sector now and then, where the topic is offered for that."""
    chosen: bool


@dataclass(frozen=True)
class Options:
    """A brief's form with its counts."""

    population: int
    left: int
    """People who pass every gate of the brief as it stands."""
    unchecked: int
    by: dict[str, tuple[Option, ...]] = field(default_factory=lambda: {})
    """channel, country, language, definition -> what could be chosen."""
    topics: tuple[Topic, ...] = ()
    """What people here write about, in the words of the fit: first what may belong to the sector, then the commonest."""
    because: str = ""
    """Why nobody is left, where nobody is."""


def as_toml(form: BriefForm) -> str:
    """Return the brief as a file that `groundswell discover` reads."""
    lines = [f"brand = {_text(form.brand)}", f"definition = {_text(form.definition)}", f"limit = {form.limit}"]
    if form.brand_terms:
        lines.append(f"brand_terms = {_texts(form.brand_terms)}")
    if form.amount.strip():
        lines += [
            "",
            "[budget]",
            f"amount = {_amount(form.amount, form.currency or 'EUR')}",
            f"currency = {_text(form.currency or 'EUR')}",
        ]
    for words, how in ((words, how) for words, how in form.wishes if printable(words).strip()):
        weight = f"weight = {WEIGHTS[how]}" if how in WEIGHTS else f"{how} = true"
        lines += ["", "[[persona]]", f"text = {_text(words)}", weight]
    segments = [(name, getattr(form, name)) for name in ("sector", *OFFERED)]
    if any(wanted for _, wanted in segments):
        lines += ["", "[segments]", *(f"{name} = {_texts(wanted)}" for name, wanted in segments if wanted)]
    if form.exclude:
        lines += ["", "[exclude]", f"accounts = {_texts(form.exclude)}"]
    for kind, words, why in form.rules:
        lines += ["", f"[[{kind}]]", f"text = {_text(words)}", *([f"because = {_text(why)}"] if why.strip() else [])]
    return "\n".join(lines) + "\n"


def brief_of(form: BriefForm) -> Brief:
    """Return the brief, read as a file of it would be; BriefError says what does not hold."""
    if not form.brand.strip():
        raise BriefError("The brief names no brand.", next_step="Say who is looking: the name of the brand.")
    if wrong := [how for _, how in form.wishes if how not in HOW]:
        raise BriefError(f"A wish cannot be {wrong[0]!r}.", next_step=f"Choose one of {', '.join(HOW)}.")
    if wrong := [kind for kind, _, _ in form.rules if kind not in RULES]:
        raise BriefError(f"A rule cannot be {wrong[0]!r}.", next_step=f"Choose one of {', '.join(RULES)}.")
    with tempfile.TemporaryDirectory(prefix="groundswell-brief-") as folder:
        path = Path(folder) / "brief.toml"
        path.write_text(as_toml(form), encoding="utf-8")
        try:
            return replace(read_brief(path), path="")
        except BriefError as error:
            what = error.what.replace(str(path), "The brief")
            step = error.next_step or "Change it in the form, and ask again."
            raise BriefError(what, means=error.means, next_step=step) from error


def planned_brief(form: PlanForm) -> Brief:
    """Return the brief with what was filled in of dividing its money; errors as for `brief_of` and `changed`."""
    said = Changes(
        people=from_to(form.people), objective=form.objective or None, lock=form.lock, exclude=form.skip, prices=quoted(form.price),
        newcomers=form.newcomers, robust=form.robust,
    )  # fmt: skip
    return changed(brief_of(form.brief), said)


def options_for(form: BriefForm, table: SignalTable, texts: Texts, folder: Path) -> Options:
    """Count what the brief leaves, and what it would leave with each other choice."""
    brief = brief_of(form if form.brand.strip() else replace(form, brand="-"))
    meaning = definition(brief.definition, folder)
    whole, _, sector = judged(brief, meaning, table.rows, texts)
    by = {name: _segment(name, brief, meaning, table, texts) for name in OFFERED}
    by["definition"] = _meanings(brief, meaning, table, texts, folder)
    because = "" if whole.inside.any() else why_empty(whole)
    left, unchecked = int(whole.inside.sum()), int(whole.unchecked.sum())
    return Options(table.rows.num_rows, left, unchecked, by, _topics(form, sector, table), because)


def _passed(brief: Brief, meaning: Definition, table: SignalTable, texts: Texts) -> Passed:
    return judged(brief, meaning, table.rows, texts)[0]


def _topics(form: BriefForm, sector: Sector | None, table: SignalTable) -> tuple[Topic, ...]:
    people = {one["values"]: one["counts"] for one in pc.value_counts(main_topics(table.rows)).to_pylist()}
    near, asked = dict(sector.near) if sector else {}, {one.lower() for one in form.sector}
    found = [
        Topic(as_phrase(name), name, people.get(name, 0), near.get(name, 0), as_phrase(name) in asked)
        for name in dict.fromkeys(table.corpus.names if table.corpus else ())
    ]
    return tuple(sorted(found, key=lambda one: (not one.chosen, -one.near, -one.people, one.name)))


def _segment(name: str, brief: Brief, meaning: Definition, table: SignalTable, texts: Texts) -> tuple[Option, ...]:
    """The values of one segment, each alone together with everything else that is asked."""
    others = replace(brief, segments={key: value for key, value in brief.segments.items() if key != name})
    rest = _passed(others, meaning, table, texts)
    wanted = brief.segments.get(name, ())
    found = _values(name, table)
    shown = found[:MOST_OFFERED] + [(value, 0) for value in wanted if value not in dict(found[:MOST_OFFERED])]
    nothing = replace(meaning, bands=(), gates=())
    options: list[Option] = []
    for value, people in shown:
        alone = _passed(Brief(brief.brand, brief.definition, segments={name: (value,)}), nothing, table, texts)
        options.append(_option(value, dict(found).get(value, people), rest, alone, value in wanted))
    return tuple(options)


def _option(value: str, people: int, rest: Passed, alone: Passed, chosen: bool) -> Option:
    either = (rest.inside | rest.unchecked) & (alone.inside | alone.unchecked)
    inside: NDArray[np.bool_] = rest.inside & alone.inside
    return Option(value, people, int(inside.sum()), int((either & ~inside).sum()), chosen)


def _values(name: str, table: SignalTable) -> list[tuple[str, int]]:
    column: Any = {
        "channel": lambda: table.rows.column("platform"),
        "country": lambda: pc.utf8_upper(table.rows.column("country")),
        "language": lambda: pc.struct_field(in_one(table.rows.column("language")), "label"),
    }[name]()
    found: Counter[str] = Counter()
    for one in pc.value_counts(column).to_pylist():
        if one["values"]:  # a country that a file spells out is the one that another has as a code
            found[country(one["values"]) if name == "country" else one["values"]] += one["counts"]
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


def _meanings(brief: Brief, chosen: Definition, table: SignalTable, texts: Texts, folder: Path) -> tuple[Option, ...]:
    found: list[Option] = []
    for one in load_definitions(folder).values():
        passed = _passed(brief, one, table, texts)
        inside, unchecked = int(passed.inside.sum()), int(passed.unchecked.sum())
        says = measured_elsewhere(one, dict(_values("channel", table)))
        found.append(Option(one.name, table.rows.num_rows, inside, unchecked, one.name == chosen.name, says))
    return tuple(found)


def measured_elsewhere(meaning: Definition, here: Mapping[str, int]) -> str:
    """Which terms of a meaning hold people against rates measured where not all of them are. `here`: platform -> people in the data."""
    found = ((term.title, benchmark(term.against).platforms) for term in meaning.terms if term.against)
    return " ".join(
        _elsewhere(title, measured, here) for title, measured in found if measured and set(here) - set(measured)
    )


def _elsewhere(title: str, measured: Sequence[str], here: Mapping[str, int]) -> str:
    people, names = sum(here.get(one, 0) for one in measured), " and ".join(map(platform_name, measured))
    if not people:
        return f"Nobody in your data is on {names}, where “{title}” was measured: it is unknown of everybody here."
    return (
        f"“{title}” was measured on {names}: it can be known only of the {people:,} there, of {sum(here.values()):,}."
    )


def _text(words: str) -> str:
    # JSON's escapes are TOML's; only DEL must be left out as well, and `printable` does
    return json.dumps(printable(words.strip()), ensure_ascii=False)


def _texts(words: tuple[str, ...]) -> str:
    return "[" + ", ".join(map(_text, words)) + "]"


def _amount(said: str, currency: str) -> str:
    number = amount_said(said, currency.strip().upper())
    if number is None:
        raise BriefError(f"{said.strip()!r} is not an amount in {currency}.", next_step="Write it as 5000 or 5000.50.")
    return repr(number)


def as_number(said: str, currency: str) -> str:
    """An amount as a form shows it again: `5.000 €` as 5000; what is none stays as it was typed."""
    number = amount_said(said, currency.strip().upper() or "EUR")
    return said if number is None else f"{number:.2f}".removesuffix(".00")
