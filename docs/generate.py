"""Writes docs/reference from the declarations, so that no page says what the program does not.

    python docs/generate.py            write docs/reference/*.md
    python docs/generate.py --check    write nothing; exit 1 when a page has drifted

One page for each kind of declaration: records, signals, definitions (with tiers and benchmarks), layouts, live sources, commands.
The pages depend on nothing but the declarations: no dates, no versions, no machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
from typer.main import get_command

from groundswell.cli import app
from groundswell.cli.declared import followers_of, usual_of
from groundswell.definitions import load_benchmarks, load_definitions, load_tier_sets
from groundswell.definitions.model import GRADES, Benchmark, Declared, Definition, ScoreTerm, TierSet
from groundswell.records import RECORDS, Record
from groundswell.signals import REASONS, SIGNALS, Signal
from groundswell.signals.declaring import Z
from groundswell.sources.declaring import NEEDS, Source
from groundswell.sources.doors import DOORS, KINDS, all_ways
from groundswell.sources.files import LAYOUTS
from groundswell.sources.networks import SOURCES

REFERENCE = Path(__file__).resolve().parent / "reference"
COMMAND = "make docs"
HEAD = f"<!-- Written by `{COMMAND}` from the declarations. Edit those, not this page. -->\n"


def main() -> int:
    """Write the pages, or with `--check` name those that have drifted."""
    pages = {f"{name}.md": HEAD + "\n" + write() for name, write in PAGES.items()}
    if "--check" in sys.argv[1:]:
        return check(pages)
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for gone in {path.name for path in REFERENCE.glob("*.md")} - set(pages):
        (REFERENCE / gone).unlink()
    for name, text in pages.items():
        (REFERENCE / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"Wrote docs/reference/{name}")
    return 0


def check(pages: dict[str, str]) -> int:
    """Return 1 and say which pages differ from what the declarations say now."""
    found = {path.name: path.read_text("utf-8") for path in REFERENCE.glob("*.md")}
    drifted = sorted(name for name in set(pages) | set(found) if pages.get(name) != found.get(name))
    if drifted:
        print(
            f"Not what the declarations say: {', '.join(f'docs/reference/{name}' for name in drifted)}. Run: {COMMAND}"
        )
    return int(bool(drifted))


# -- pages ---------------------------------------------------------------------------------------------------------------


def records() -> str:
    """What is known: every record and field."""
    parts = [
        "# Records\n",
        "What can be known, as facts that somebody reported. Files are read into these. Every row also carries when it was "
        "observed and which import brought it. A field that nobody reported is unknown, never 0.\n",
        "Ids are `platform:native_id`; `platform:@handle` while only a handle is known.\n",
    ]
    return "\n".join(parts + [part for record in RECORDS.values() for part in _record(record)])


def _record(record: Record) -> Iterator[str]:
    yield f"## {record.name}\n\n{record.says}\n"
    rows = (
        (
            f"`{one.name}`",
            _type(one.type),
            one.unit,
            _marks(key=one.key, required=one.required, personal=one.personal),
            one.says,
        )
        for one in record.fields
    )
    yield table(("field", "type", "unit", "", "what it is"), rows)


def _type(type_: pa.DataType) -> str:
    named = {pa.string(): "text", pa.int64(): "whole number", pa.bool_(): "yes or no"}
    if type_ in named:
        return named[type_]
    if pa.types.is_timestamp(type_):
        return "moment (UTC)"
    return "list of text" if pa.types.is_list(type_) else "columns by name"


def _marks(**marks: bool) -> str:
    return ", ".join(name for name, holds in marks.items() if holds)


def signals() -> str:
    """What is claimed about an account: every signal with its formula, sentence and source."""
    parts = [
        "# Signals\n",
        "What is claimed to be known of an account, each computed from the records it names. Every value comes with a 90 % "
        "interval and the number of rows behind it, or it is unknown for one of these reasons:\n",
        *(f"- `{reason}`: {says}" for reason, says in REASONS.items()),
        "\n`groundswell signals NAME` prints the query behind a signal.\n",
    ]
    ordered = sorted(SIGNALS.values(), key=lambda one: one.question)
    for question, some in groupby(ordered, key=lambda one: one.question):
        parts.append(f"## {_asked(question)}\n")
        parts += [_signal(one) for one in some]
    return "\n".join(parts)


def _asked(question: str) -> str:
    """The first line of the file in which the signals of a question are declared."""
    said = import_module(f"groundswell.signals.{question}").__doc__ or question
    return said.strip().splitlines()[0].rstrip(".")


def _signal(one: Signal) -> str:
    lines = [
        f"### `{one.name}`: {one.title}\n",
        one.explains + "\n",
        f"- says: {code(one.says)}",
        f"- unknown when: {one.unknown}",
        f"- unit: {one.unit}, better: {one.better}",
        f"- interval: {_interval(one)}",
        f"- known from: {_plural(one.columns.at_least, 'row')} on ({one.grain})",
        f"- needs: {', '.join(f'`{need}`' for need in one.needs)}",
        f"- source: {one.source}",
    ]
    return "\n".join([*lines, *([] if one.lifecycle == "stable" else [f"- lifecycle: {one.lifecycle}"])]) + "\n"


def _interval(one: Signal) -> str:
    """Name the kind of interval by what its formula is made of."""
    low = one.columns.low
    if low in ("NULL", one.columns.value):
        return "none" if low == "NULL" else "the number itself; somebody counted it"
    said = {"Wilson": "Wilson", "delta-method": "delta method", "Poisson": "Poisson", "Greenwood": "Greenwood"}
    named = [kind for word, kind in said.items() if word in one.explains]
    shapes = {"list_sort": "order statistics (Conover 1980)", "stddev_samp": "Student", f"({Z} * {Z})": "Wilson"}
    return next(iter(named + [kind for shape, kind in shapes.items() if shape in low]), "closed form, see its query")


def definitions() -> str:
    """What people mean: every meaning, tier set and benchmark in its author's words."""
    parts = [
        "# Definitions\n",
        "What people mean by a micro-influencer, how they cut sizes into tiers, and what rates they call usual. They "
        "contradict one another, are never averaged, and are data: a file of your own has the same rights "
        "([how](../how-to/write-your-own-definition.md)). Every source has a grade:\n",
        *(f"- {grade}: {says}" for grade, says in GRADES.items()),
        "\n## Meanings\n",
        *(_declared(one, _meaning(one)) for one in load_definitions().values()),
        "## Tiers\n",
        *(_declared(one, _tiers(one)) for one in load_tier_sets().values()),
        "## Benchmarks\n",
        *(_declared(one, _benchmark(one)) for one in load_benchmarks().values()),
    ]
    return "\n".join(parts)


def _declared(one: Declared, body: Iterable[str]) -> str:
    said = one.provenance
    year = f", {said.year}" if said.year and str(said.year) not in said.source else ""
    parts = [
        f"### `{one.name}`: {one.title}\n",
        one.says + "\n",
        f"> {said.quote}\n>\n> {said.source}{year}. Grade {said.grade}.\n",
    ]
    parts += [part for part in body if part]
    if one.objections:
        parts.append(
            "What can be said against it:\n\n" + "\n".join(f"- {objection.text}" for objection in one.objections) + "\n"
        )
    return "\n".join(parts)


def _meaning(one: Definition) -> Iterator[str]:
    yield "".join(f"- speaks of {followers_of(band)} followers. {band.note}\n" for band in one.bands)
    yield "".join(f"- gate: {gate.says}. {gate.because}\n" for gate in one.gates)
    if one.terms:
        rows = ((f"`{t.signal}`", t.title, _curve(t), f"{t.weight:g}", t.because) for t in one.terms)
        yield table(("signal", "term", "curve", "weight", "why"), rows)
    if one.lacks:
        yield "Its author also asks for what is not measured yet:\n\n" + "".join(f"- {lack}\n" for lack in one.lacks)


def _curve(term: ScoreTerm) -> str:
    against = f", against `{term.against}`" if term.against else ""
    return f"{term.curve} {term.start:g} to {term.to:g}{against}"


def _tiers(one: TierSet) -> Iterator[str]:
    yield table(("tier", "followers"), ((tier.name, followers_of(tier)) for tier in one.tiers))


def _benchmark(one: Benchmark) -> Iterator[str]:
    yield f"- compared with: {', '.join(f'`{metric}`' for metric in one.metrics)}"
    yield f"- platform: {', '.join(one.platforms) or 'not named by the source'}; posts: {one.posts}\n"
    if one.fitted:
        yield f"Fitted from your own accounts; a band with fewer than {one.least} says nothing.\n"
    else:
        yield table(("followers", "usual"), ((followers_of(level), usual_of(level)) for level in one.levels))


def layouts() -> str:
    """Which files are recognised, by which columns."""
    parts = [
        "# Layouts\n",
        "The files that are recognised, by their set of headers; order, case, spaces and underscores do not matter. Where none "
        "fits, `--map COLUMN=FIELD` and `--as LAYOUT` help ([how](../how-to/what-to-do-when-a-file-is-not-recognised.md)). "
        "Each may come as CSV (comma, semicolon, tab, pipe), JSON, lines of JSON, XLSX or Parquet, also in a ZIP or gzip.\n",
    ]
    for one in LAYOUTS.values():
        platform = one.platform or "as the file says, or `--set platform=...`"
        kinds = ", ".join(dict.fromkeys(kind.record.name for kind in one.records))
        parts.append(
            f"## `{one.id}`: {one.title}\n\n{one.says}\n\n- platform: {platform}\n- gives: {kinds}\n"
            f"- needs: {'; '.join(_needed(asked) for asked in one.required)}\n"
            + (f"- stands in a file or list whose name matches `{one.place}`\n" if one.place else "")
            + (f"- you say: {', '.join(f'`--set {name}=...`' for name in one.needs)}\n" if one.needs else "")
        )
    return "\n".join(parts)


def _needed(asked: str | tuple[str, ...]) -> str:
    names = (asked,) if isinstance(asked, str) else asked
    rest = f" or one of {len(names) - 8} more" if len(names) > 8 else ""
    return " or ".join(f"`{name}`" for name in names[:8]) + rest


def cli() -> str:
    """Every command with its arguments and options."""
    root: Any = get_command(app)
    parts = ["# Commands\n", "Every command answers `--help`. Exit codes: 0 done, 1 a finding you asked about, 2 wrong use, "
             "3 bad input, 4 a source refused, 5 our fault.\n"]  # fmt: skip
    return "\n".join(
        parts + [part for words, command in _commands(root, "groundswell") for part in _command(words, command)]
    )


def _commands(group: Any, words: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        yield f"{words} {name}", command
        if hasattr(command, "commands"):
            yield from _commands(command, f"{words} {name}")


def _command(words: str, command: Any) -> Iterator[str]:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    shown = " ".join(_argument(one) for one in arguments)
    yield f"## `{f'{words} {shown}'.strip()}`\n"
    yield (command.help or "").strip() + "\n"
    options = [one for one in command.params if one.param_type_name == "option" and not one.hidden]
    rows = [(f"`{one.metavar or one.name.upper()}`", one.help or "", _default(one)) for one in arguments]
    rows += [(f"`{', '.join(one.opts)}`", one.help or "", _default(one)) for one in options]
    if rows:
        yield table(("", "what it is", "when not given"), rows)


def _argument(one: Any) -> str:
    name = (one.metavar or one.name.upper()) + ("..." if one.nargs == -1 else "")
    return name if one.required else f"[{name}]"


def _default(parameter: Any) -> str:
    value = parameter.default
    return "" if value is None or callable(value) or value in (False, (), [], "") else f"`{value}`"


def sources() -> str:
    """Live sources: what each needs and gives, at which pace, on which terms."""
    parts = [
        "# Live sources\n",
        "Networks that `groundswell fetch` asks, politely and only where they allow it. Everything else comes as a file "
        "([layouts](layouts.md)), asked for with `groundswell ask @ann`.\n",
        table(
            ("source", "needs", "gives", "kept"),
            (
                (
                    f"[{one.title}](#{one.id})",
                    NEEDS[one.needs],
                    ", ".join(give.record for give in one.gives),
                    _kept(one),
                )
                for one in SOURCES.values()
            ),
        ),
    ]
    return "\n".join(parts + list(_all_ways()) + [part for one in SOURCES.values() for part in _source(one)])


def _all_ways() -> Iterator[str]:
    """Every network: what is fetched, which files are read, and which doors are closed, as they are."""
    yield "## Every network, and the ways into it\n"
    yield "What is not fetched comes as a file, or not at all. Tables of people's own, with any columns, are read for every network.\n"
    rows = (
        (
            one.platform, ", ".join(f"[{SOURCES[name].title}](#{name})" for name in one.fetched),
            ", ".join(f"{title} (`{name}`)" for name, title in one.files), "; ".join(f"{door.title}: {KINDS[door.kind]}" for door in one.doors),
        )
        for one in all_ways()
    )  # fmt: skip
    yield table(("network", "fetched", "read as a file", "not asked by this program"), rows)
    yield "What we know of the doors that this program does not use, and from where:\n"
    yield table(
        ("door", "what it gives, and to whom", "how we know"),
        ((f"[{one.platform}: {one.title}]({one.address})", one.says, one.read) for one in DOORS),
    )


def _source(one: Source) -> Iterator[str]:
    yield f"## {one.id}\n\n{one.says}\n"
    yield f"- needs: {NEEDS[one.needs]}"
    yield f"- for example: {', '.join(f'`{word}`' for word in one.examples)}"
    yield from (
        f"- pace: {limit.requests:,} requests in {limit.seconds:,} seconds to `{limit.host}` ({limit.source})"
        for limit in one.limits
    )
    yield f"- terms: {one.terms.says} ({one.terms.address})"
    yield f"- kept: {_kept(one)}"
    if one.live:
        yield f"- live, with `groundswell listen`: {one.live.says}"
    yield from (f"- mind: {caveat}" for caveat in one.caveats)
    yield "\n" + table(
        ("record", "fields", "note"),
        ((f"`{give.record}`", ", ".join(f"`{name}`" for name in give.fields), give.note) for give in one.gives),
    )
    lists = ((f"`{word}`", one.streams[name].says, str(one.streams[name].page)) for word, name in one.offers.items())
    yield table(("`--with`", "what it is", "items a request"), lists)


def _kept(one: Source) -> str:
    return f"{one.retention_days} days" if one.retention_days else "until its author deletes it"


PAGES: dict[str, Callable[[], str]] = {
    "records": records,
    "signals": signals,
    "definitions": definitions,
    "layouts": layouts,
    "sources": sources,
    "cli": cli,
}


# -- writing Markdown ------------------------------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return (
        "\n".join(
            "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines
        )
        + "\n"
    )


def code(text: str) -> str:
    """Text in backticks, also when it holds some."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


if __name__ == "__main__":
    sys.exit(main())
