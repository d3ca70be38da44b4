"""From TOML files to judgements: ours first, then the user's own, by the same rules.

A file is refused with its line and the nearest right word when a key is unknown, a signal does not exist, bands overlap, a
curve makes no sense, or a term would weigh the follower count. The name `id@version` may be used once: a changed judgement is
a new version, so that old results stay what they were.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar, get_args

from groundswell.definitions.model import (
    Band,
    Benchmark,
    Bound,
    Curve,
    Declared,
    Definition,
    Gate,
    Grade,
    Level,
    Objection,
    Provenance,
    ScoreTerm,
    Tier,
    TierSet,
)
from groundswell.definitions.sections import Section, read_section
from groundswell.errors import UnknownNameError, nearest
from groundswell.records import PLATFORMS
from groundswell.signals import SIGNALS

DEFAULT_DEFINITION = "field_geek@3"
DEFAULT_TIER_SET = "seed_004@1"
DEFAULT_BENCHMARK = "measured_panel@1"

BRIEF_BOUND = frozenset({"sector_share", "sector_unpaid_posts", "kinship", "persona_match"})
"""Signals that only exist for a brief: a definition may ask for them as well."""

_HEAD = ("id", "version", "title", "says", "provenance", "objection")
_ID = re.compile(r"[a-z][a-z0-9_]*")
Judgement = TypeVar("Judgement", bound=Declared)


def load_definitions(
    workspace_folder: Path | None = None, *, known_signals: Collection[str] | None = None
) -> dict[str, Definition]:
    """All meanings by `id@version`, ours and those in `<workspace_folder>/definitions`.

    `known_signals` are the names a definition may use; by default the signal registry and the brief-bound ones.
    Raises BriefError (file, line, nearest word) for a file that does not hold together.
    """
    signals = frozenset(known_signals) if known_signals is not None else _registered_signals()
    benchmarks = load_benchmarks(workspace_folder, known_signals=signals)

    def read(top: Section) -> Definition:
        return _definition(top, signals, benchmarks)

    return _load("meanings", "definitions", workspace_folder, read)


def load_tier_sets(workspace_folder: Path | None = None) -> dict[str, TierSet]:
    """All tier sets by `id@version`, ours and those in `<workspace_folder>/tiers`. Raises BriefError."""
    return _load("tiers", "tiers", workspace_folder, _tier_set)


def load_benchmarks(
    workspace_folder: Path | None = None, *, known_signals: Collection[str] | None = None
) -> dict[str, Benchmark]:
    """All benchmarks by `id@version`, ours and those in `<workspace_folder>/benchmarks`. Raises BriefError."""
    signals = frozenset(known_signals) if known_signals is not None else _registered_signals()
    return _load("benchmarks", "benchmarks", workspace_folder, lambda top: _benchmark(top, signals))


def definition(name: str, workspace_folder: Path | None = None) -> Definition:
    """The definition called `name`: an `id@version`, or an `id` for its newest version. Raises UnknownNameError."""
    return _named("definition", name, load_definitions(workspace_folder))


def tier_set(name: str, workspace_folder: Path | None = None) -> TierSet:
    """The tier set called `name`: an `id@version`, or an `id` for its newest version. Raises UnknownNameError."""
    return _named("tier set", name, load_tier_sets(workspace_folder))


def benchmark(name: str, workspace_folder: Path | None = None) -> Benchmark:
    """The benchmark called `name`: an `id@version`, or an `id` for its newest version. Raises UnknownNameError."""
    return _named("benchmark", name, load_benchmarks(workspace_folder))


def _named(kind: str, name: str, known: Mapping[str, Judgement]) -> Judgement:
    if name in known:
        return known[name]
    versions = [judgement for judgement in known.values() if judgement.id == name]
    if not versions:
        # "field_gek" lies nearer to "field_geek" than to "field_geek@1", so both are offered.
        raise UnknownNameError(kind, name, {*known, *(judgement.id for judgement in known.values())})
    return max(versions, key=lambda judgement: judgement.version)


def _load(
    ours: str, theirs: str, workspace_folder: Path | None, read: Callable[[Section], Judgement]
) -> dict[str, Judgement]:
    loaded: dict[str, Judgement] = {}
    for file in _toml_files(ours, theirs, workspace_folder):
        top = read_section(file)
        judgement = read(top)
        if judgement.name in loaded:
            before = loaded[judgement.name].file
            raise top.wrong(
                "id",
                f"{judgement.name} is already declared in {before}.",
                "Give yours another id, or the next version.",
            )
        loaded[judgement.name] = judgement
    return loaded


def _toml_files(ours: str, theirs: str, workspace_folder: Path | None) -> Iterator[Traversable]:
    shipped = files("groundswell.definitions") / ours
    yield from sorted((file for file in shipped.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    if workspace_folder is not None:
        yield from sorted((workspace_folder / theirs).glob("*.toml"))


def _registered_signals() -> frozenset[str]:
    return frozenset(SIGNALS) | BRIEF_BOUND


def _head(top: Section) -> dict[str, Any]:
    """The fields that every judgement has."""
    if not _ID.fullmatch(top.text("id")):
        raise top.wrong("id", f"id {top.text('id')!r} may hold a-z, 0-9 and _ only, and begins with a letter.")
    version = top.whole_or_none("version", least=1)
    if version is None:
        raise top.wrong("version", "This file needs 'version', a whole number of at least 1.")
    return {
        "id": top.text("id"),
        "version": version,
        "title": top.text("title"),
        "says": top.text("says"),
        "provenance": _provenance(top.table("provenance")),
        "objections": tuple(Objection(part.only("text").text("text")) for part in top.tables("objection")),
        "file": top.file,
    }


def _provenance(part: Section) -> Provenance:
    part.only("source", "quote", "url", "year", "grade")
    return Provenance(
        source=part.text("source"),
        quote=part.text("quote"),
        url=part.text_or_none("url"),
        year=part.whole_or_none("year", least=1900),
        grade=part.choice("grade", get_args(Grade)),
    )


def _definition(top: Section, signals: Collection[str], benchmarks: Collection[str]) -> Definition:
    top.only(*_HEAD, "band", "gate", "term", "lacks")
    found = Definition(
        **_head(top),
        bands=tuple(_band(part) for part in top.tables("band")),
        gates=tuple(_gate(part, signals) for part in top.tables("gate")),
        terms=tuple(_term(part, signals, benchmarks) for part in top.tables("term")),
        lacks=top.texts("lacks"),
    )
    _refuse_overlap(found.bands, top.tables("band"))
    if not (found.bands or found.gates or found.terms):
        raise top.wrong("id", "A definition needs at least one [[band]], [[gate]] or [[term]].")
    return found


def _band(part: Section) -> Band:
    part.only("followers_from", "followers_below", "note")
    return Band(*_edges(part), note=part.text_or_none("note") or "")


def _edges(part: Section) -> tuple[float, float | None]:
    start, below = part.number("followers_from"), part.number_or_none("followers_below")
    if start < 0 or (below is not None and below <= start):
        raise part.wrong("followers_below", "A band begins at 0 or more and ends above where it begins.")
    return start, below


def _refuse_overlap(bands: Sequence[Band | Tier | Level], parts: Sequence[Section]) -> None:
    last = 0.0
    for band, part in zip(bands, parts, strict=True):
        if band.followers_from < last:
            raise part.wrong("followers_from", "This band begins before the one above it ends.", "Write them in order.")
        last = float("inf") if band.followers_below is None else band.followers_below


def _gate(part: Section, signals: Collection[str]) -> Gate:
    part.only("signal", "bound", "at_least", "at_most", "equals", "because")
    equals = part.values.get("equals")
    if equals is not None and not isinstance(equals, str | int | float | bool):
        raise part.wrong("equals", "'equals' must be a text, a number, true or false.")
    gate = Gate(
        signal=_signal(part, signals),
        bound=part.choice("bound", get_args(Bound), "value"),
        at_least=part.number_or_none("at_least"),
        at_most=part.number_or_none("at_most"),
        equals=equals,
        because=part.text_or_none("because") or "",
    )
    if gate.at_least is None and gate.at_most is None and gate.equals is None:
        raise part.wrong("signal", "A gate needs 'at_least', 'at_most' or 'equals'.")
    if isinstance(gate.equals, str) and not (gate.bound == "value" and gate.at_least is gate.at_most is None):
        raise part.wrong("equals", "A gate on a text has no bound and no limits.")
    return gate


def _signal(part: Section, signals: Collection[str]) -> str:
    name = part.text("signal")
    if name not in signals:
        close = nearest(name, signals)
        hint = f"Did you mean {close}?" if close else f"Known: {', '.join(sorted(signals))}."
        raise part.wrong("signal", f"There is no signal called {name!r}.", hint)
    return name


def _term(part: Section, signals: Collection[str], benchmarks: Collection[str]) -> ScoreTerm:
    part.only(
        "signal", "title", "curve", "from", "to", "weight", "zero_below", "zero_above", "against", "because"
    )  # fmt: skip
    term = ScoreTerm(
        signal=_signal(part, signals),
        title=part.text("title"),
        curve=part.choice("curve", get_args(Curve)),
        start=part.number("from"),
        to=part.number("to"),
        weight=part.number("weight"),
        zero_below=part.number_or_none("zero_below"),
        zero_above=part.number_or_none("zero_above"),
        against=part.text_or_none("against"),
        because=part.text_or_none("because") or "",
    )
    for key, complaint in _complaints(term, benchmarks):
        raise part.wrong(key, complaint)
    return term


def _complaints(term: ScoreTerm, benchmarks: Collection[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with a term: (key, sentence)."""
    if term.signal == "followers":
        yield "signal", "A follower count has no weight of its own; use a [[band]] to say which sizes are meant."
    if term.weight <= 0:
        yield "weight", "A weight must be above 0; for 'less is better' use curve = \"inverse\"."
    if not term.start < term.to:
        yield "to", "'to' must be above 'from'."
    if term.curve == "log" and term.start <= 0:
        yield "from", "A log curve begins above 0."
    if term.curve != "plateau" and not (term.zero_below is term.zero_above is None):
        yield "curve", "'zero_below' and 'zero_above' belong to a plateau."
    if term.zero_below is not None and term.zero_below >= term.start:
        yield "zero_below", "'zero_below' must lie below 'from'."
    if term.zero_above is not None and term.zero_above <= term.to:
        yield "zero_above", "'zero_above' must lie above 'to'."
    if term.against is not None and term.against not in benchmarks:
        yield "against", f"There is no benchmark called {term.against!r}. Known: {', '.join(sorted(benchmarks))}."


def _tier_set(top: Section) -> TierSet:
    top.only(*_HEAD, "tier")
    parts = [part.only("name", "followers_from", "followers_below") for part in top.tables("tier")]
    found = TierSet(**_head(top), tiers=tuple(Tier(part.text("name"), *_edges(part)) for part in parts))
    if not parts:
        raise top.wrong("id", "A tier set needs at least one [[tier]].")
    _refuse_overlap(found.tiers, parts)
    _refuse_doubles((tier.name for tier in found.tiers), parts)
    return found


def _refuse_doubles(names: Iterable[str], parts: Sequence[Section]) -> None:
    seen: set[str] = set()
    for name, part in zip(names, parts, strict=True):
        if name in seen:
            raise part.wrong("name", f"There are two tiers called {name!r}.")
        seen.add(name)


def _benchmark(top: Section, signals: Collection[str]) -> Benchmark:
    top.only(*_HEAD, "metrics", "platforms", "posts", "level", "fitted", "edges", "least")
    parts = top.tables("level")
    found = Benchmark(
        **_head(top),
        metrics=_words(top, "metrics", "signal", signals),
        platforms=_words(top, "platforms", "platform", PLATFORMS),
        posts=top.choice("posts", ("all", "unpaid", "sponsored"), "all"),
        levels=tuple(_level(part) for part in parts),
        fitted=top.flag("fitted"),
        edges=top.numbers("edges"),
        least=top.whole_or_none("least", least=1) or 0,
    )
    _refuse_overlap(found.levels, parts)
    for key, complaint in _benchmark_complaints(found):
        raise top.wrong(key, complaint)
    return found


def _benchmark_complaints(found: Benchmark) -> Iterator[tuple[str, str]]:
    if not found.metrics:
        yield "metrics", "A benchmark needs 'metrics': the signals it may be compared with."
    if found.fitted and (found.levels or not found.edges or not found.least):
        yield "fitted", "A fitted benchmark has 'edges' and 'least', and no [[level]]."
    if not found.fitted and (not found.levels or found.edges or found.least):
        yield "fitted", "A benchmark has [[level]] tables, or fitted = true with 'edges' and 'least'."
    if list(found.edges) != sorted(set(found.edges)):
        yield "edges", "'edges' must rise."


def _words(top: Section, key: str, kind: str, known: Collection[str]) -> tuple[str, ...]:
    for word in top.texts(key):
        if word not in known:
            close = nearest(word, known)
            raise top.wrong(key, f"There is no {kind} called {word!r}.", f"Did you mean {close}?" if close else "")
    return top.texts(key)


def _level(part: Section) -> Level:
    part.only("followers_from", "followers_below", "typical", "rate_from", "rate_to", "n", "quote")
    start, below = _edges(part)
    level = Level(
        start,
        below,
        typical=_rate(part, "typical"),
        rate_from=_rate(part, "rate_from"),
        rate_to=_rate(part, "rate_to"),
        n=part.whole_or_none("n", least=1),
        quote=part.text_or_none("quote") or "",
    )
    if level.typical is None and (level.rate_from is None or level.rate_to is None):
        raise part.wrong("typical", "A level needs 'typical', or 'rate_from' and 'rate_to'.")
    if level.rate_from is not None and level.rate_to is not None and level.rate_from > level.rate_to:
        raise part.wrong("rate_to", "'rate_to' must not lie below 'rate_from'.")
    return level


def _rate(part: Section, key: str) -> float | None:
    rate = part.number_or_none(key)
    if rate is not None and not 0 <= rate <= 1:
        raise part.wrong(key, f"{key!r} is a fraction: 5 % is 0.05, not {rate:g}.")
    return rate
