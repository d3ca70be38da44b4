"""What the commands say: one function for each kind of answer, lines of words from it. No command, no printing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from groundswell.discover import Shortlist
    from groundswell.explain import Explanation
    from groundswell.ingest import ImportReport


def import_lines(report: ImportReport) -> Iterator[str]:
    """What became of a file, row by row and record by record."""
    yield f"{report.source}: {report.says}"
    yield f"  {report.rows:,} rows = {report.read:,} read + {report.set_aside:,} set aside + {report.empty:,} empty"
    for name, counts in report.records.items():
        yield f"  {name}: {counts.new:,} new, {counts.same:,} same, {counts.changed:,} changed"
    for note in report.notes:
        yield f"  note: {note}"
    for row in report.examples[:5]:
        yield f"  set aside: line {row.line}{f' of {row.member}' if row.member else ''}: {row.reason}"
    if report.set_aside > 5 and report.import_id:
        yield f"  ... all of them: groundswell imports set-aside {report.import_id}"
    yield "  Nothing was changed (dry run)." if report.import_id is None else f"  This is import {report.import_id}."


def shortlist_lines(shortlist: Shortlist, show: int) -> Iterator[str]:
    """Who fits a brief and why, and how many each condition removed."""
    banner = "SIMULATED. " if shortlist.simulated else ""
    yield f"\n{banner}Shortlist for {shortlist.brief.brand} under {shortlist.definition} ({shortlist.definition_title})"
    yield f"{shortlist.population:,} people looked at."
    for gate in shortlist.gates:
        doubtful = f", {gate.unknown:,} could not be checked" if gate.unknown else ""
        yield f"  {gate.name}: {gate.removed:,} of {gate.before:,} removed{doubtful} ({gate.says})"
    yield f"{shortlist.fitting:,} fit, {len(shortlist.matches):,} are listed; {shortlist.not_checked:,} could not be checked and stand apart.\n"
    for match in shortlist.matches[:show]:
        yield f"{match.rank:>3}. @{match.handle or match.account}  {match.score:.1f} of 100 points ({match.platform})"
        for sentence in match.sentences:
            yield f"       {sentence}"
    if shortlist.empty_because:
        yield shortlist.empty_because
    for note in shortlist.notes:
        yield f"  note: {note}"


def explanation_lines(found: Explanation) -> Iterator[str]:
    """All that is known of one person, and from where."""
    from groundswell.exports.wording import range_in_words
    from groundswell.signals import SIGNALS

    who = found.profile
    yield f"{'SIMULATED. ' if found.simulated else ''}@{who['handle'] or found.account} ({who['platform']}) {who['name'] or ''}"
    if who["bio"]:
        yield f"  “{who['bio']}”"
    for name, sentence in found.sentences.items():
        value = found.values[name]
        between = range_in_words(value, SIGNALS[name].unit)
        yield f"  - {sentence}" + (f"  [90 %: {between}]" if between else "")
        if name in found.sql:
            yield f"      {' '.join(found.sql[name].split())}"
    yield "Tiers: " + "; ".join(f"{name}: {tier}" for name, tier in found.tiers)
    for sentence in dict.fromkeys(comparison.sentence for comparison in found.comparisons):
        yield f"  {sentence}"
    for judged in found.judged:
        verdict = {True: "yes, as far as it is measured", False: "no", None: "cannot be checked"}[judged.holds]
        yield f"{judged.definition}: {verdict}. {judged.says}"
        for says, answer in judged.gates:
            yield f"    {'yes' if answer else 'unknown' if answer is None else 'no'}: {says}"
        for lack in judged.lacks:
            yield f"    not measured yet: {lack}"
    shown: set[str] = set()
    for posts in found.evidence.values():
        for post in posts:
            if post.post not in shown and len(shown) < 6:
                shown.add(post.post)
                when = f"{post.created_at:%Y-%m-%d} " if post.created_at else ""
                yield f"  post {when}({post.why}; {post.source}): {' '.join(post.text.split())[:160]}"
    yield "From " + ("; ".join(found.sources) or "no file")


def signal_as_json(one: Any) -> dict[str, Any]:
    """A signal's declaration, for machines."""
    names = ("name", "title", "question", "unit", "better", "explains", "says", "unknown", "source", "lifecycle")
    return {name: getattr(one, name) for name in names} | {"needs": list(one.needs)}


def import_as_json(report: ImportReport) -> dict[str, Any]:
    """A report of an import, for machines."""
    said = vars(report) | {"read": report.read}
    said["records"] = {name: vars(counts) for name, counts in report.records.items()}
    said["examples"] = [vars(row) for row in report.examples]
    return said
