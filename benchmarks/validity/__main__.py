"""`python -m benchmarks.validity`: put every claim to the test and write docs/validity.json and docs/validity.md.

python -m benchmarks.validity                      everything (about ten minutes of one core)
python -m benchmarks.validity --quick              small worlds, to see that it runs; writes nothing into docs
python -m benchmarks.validity --only circle        one module, or module.function; the rest of the record stays
python -m benchmarks.validity --page               measure nothing: the page anew, and lines for signals that are new
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.validity import worlds
from benchmarks.validity.collecting import Answered, answer_all, chosen, completed, merged, read_record
from benchmarks.validity.page import page

DOCS = Path(__file__).resolve().parents[2] / "docs"


def main(words: Sequence[str] | None = None) -> int:
    """Put the questions that were asked for; 1 when the code of one of them failed."""
    given = _given(words)
    settings = worlds.use(folder=given.worlds, data=given.data, quick=given.quick)
    try:
        parts = () if given.page else chosen(given.only)
    except KeyError as error:
        print(error.args[0], file=sys.stderr)
        return 2
    start, answers = time.perf_counter(), list[Answered]()
    if len(parts) > 1:
        _prepare()
    for one in answer_all(parts, given.jobs, settings):
        answers.append(one)
        _say(one)
    _write(given.to or (Path(tempfile.mkdtemp(prefix="validity-")) if given.quick else DOCS), answers)
    print(f"{time.perf_counter() - start:.0f} s in all")
    return int(any(one.failure for one in answers))


def _given(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.validity", description="Put every claim about people to the test."
    )
    parser.add_argument("--quick", action="store_true", help="small worlds, to see that it runs")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="module, function or module.function"
    )
    parser.add_argument("--page", action="store_true", help="measure nothing, write the page anew")
    parser.add_argument("--data", type=Path, help="folder with real data [GROUNDSWELL_DATA]")
    parser.add_argument(
        "--worlds", type=Path, help="folder where made-up worlds are kept [the system's temporary folder]"
    )
    parser.add_argument(
        "--to", type=Path, help="folder for validity.json and validity.md [docs; a temporary one when quick]"
    )
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="questions at once [2]")
    return parser.parse_args(words)


def _prepare() -> None:
    """Make what several questions share before they are put side by side; a failure shows again where it belongs."""
    try:
        for world in worlds.several():
            assert world.signals.num_rows
    except Exception as error:
        print(f"The worlds could not be made ready: {error}", file=sys.stderr)


def _say(one: Answered) -> None:
    print(f"{one.part.name:40} {one.seconds:6.1f} s", flush=True)
    for row in one.rows:
        print(
            f"    {row['verdict']:14} {row['figure']} against {row['baseline_figure']}  {row['question']}", flush=True
        )
    if one.failure:
        print("\n".join(one.failure.splitlines()[-6:]), file=sys.stderr, flush=True)


def _write(folder: Path, answers: Sequence[Answered]) -> None:
    """Write the record and the page that is made of it."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = completed(merged(read_record(folder / "validity.json"), answers))
    text = "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"
    (folder / "validity.json").write_text(text, encoding="utf-8", newline="\n")
    (folder / "validity.md").write_text(page(rows), encoding="utf-8", newline="\n")
    print(f"Wrote {folder / 'validity.json'} and {folder / 'validity.md'}")


if __name__ == "__main__":
    sys.exit(main())
