"""What the commands about live sources say: lines of words and rows of tables. No command, no printing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from groundswell.cli.sentences import counted, import_as_json, import_lines

if TYPE_CHECKING:
    from groundswell.fetch import FetchReport, Forecast, ListenReport
    from groundswell.fetch.exports import Letter
    from groundswell.sources.declaring import Source
    from groundswell.sources.doors import Ways
    from groundswell.store import Purged
    from groundswell.store.fetches import Fetch


def fetch_lines(report: FetchReport) -> Iterator[str]:
    """What a run of a fetch did, what came of it, and what was not covered."""
    again = f", {report.repeated:,} of them again after a failure" if report.repeated else ""
    yield f"Fetch {report.fetch} from {report.source}: {counted(report.requests, 'request')}{again}."
    yield from (f"  {sentence}" for sentence in report.coverage.sentences)
    if report.brought:
        yield from import_lines(report.brought)
    else:
        yield "Nothing was brought in."
    if not report.done:
        yield f"It is not done. {report.because}"
        yield f"Go on with: groundswell fetch --resume    (fetch {report.fetch})"


def fetch_as_json(report: FetchReport) -> dict[str, Any]:
    """The same, for machines."""
    said = {name: getattr(report, name) for name in ("fetch", "source", "requests", "repeated", "done", "because")}
    brought = import_as_json(report.brought) if report.brought else None
    return said | {"coverage": asdict(report.coverage), "import": brought}


def listen_lines(report: ListenReport) -> Iterator[str]:
    """What a run of listening heard, what came of it, and what may be missing."""
    again = f", connected {report.lost + 1:,} times" if report.lost else ""
    yield f"Listened to {counted(report.people, 'person', 'people')} of {report.source}: {counted(report.events, 'event')}{again}. {report.because}"
    if report.left_out:
        yield f"  Not listened to: {counted(report.left_out, 'person', 'people')}, more than the network sends at once. Those looked at last came first."
    if report.gap:
        yield f"  {report.gap}"
    for one in report.brought:
        yield from import_lines(one)
    if report.waiting:
        yield f"  {counted(report.waiting, 'piece')} of it could not be brought in, because another process was writing; the next `groundswell listen` does that."
    if report.purged:
        yield from purged_lines(report.purged)


def listen_as_json(report: ListenReport) -> dict[str, Any]:
    """The same, for machines."""
    plain = ("source", "people", "left_out", "events", "lost", "seconds", "behind", "because", "gap", "waiting")
    return {name: getattr(report, name) for name in plain} | {
        "imports": [import_as_json(one) for one in report.brought],
        "purged": vars(report.purged) if report.purged else None,
    }


def forecast_line(found: Forecast) -> str:
    """What a fetch would take."""
    return f"{price_line(found)} Nobody was asked (dry run)."


DUE = ("account or post", "accounts and posts")
"""One and several of what is looked at again."""


def again_line(found: Forecast) -> str:
    """What a second look would take."""
    return f"{price_line(found, DUE)} Nobody was asked (dry run)."


def price_line(found: Forecast, whom: tuple[str, str] = ("person", "people")) -> str:
    """The same, before a fetch that costs money begins."""
    time = f"{found.seconds / 60:,.0f} minutes" if found.seconds >= 120 else f"{found.seconds:,.0f} seconds"
    bound = " (then --requests ends it)" if found.limited else ""
    return (
        f"About {counted(found.requests, 'request')}{bound} for at most {counted(found.people, *whom)}: {time} at the "
        f"pace that is allowed, and it costs {found.money}{f', but {found.quota}' if found.quota else ''}."
    )


def fetches_rows(found: Sequence[Fetch]) -> list[list[str]]:
    """Fetches, a row each."""
    return [
        [str(one.id), one.source, ", ".join(one.asked["who"])[:60], one.state, f"{one.requests:,}", one.started_at[:16], one.because]
        for one in found
    ]  # fmt: skip


def came_rows(found: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Rows as they came; what was not told stays open."""
    return [
        ["" if value is None else f"{value:,}" if type(value) is int else str(value)[:60] for value in one.values()]
        for one in found
    ]


def sources_rows(found: Sequence[Source]) -> list[list[str]]:
    """What each source needs and gives, a row each."""
    return [
        [one.id, _needs(one), ", ".join(give.record for give in one.gives), _pace(one), _kept(one)] for one in found
    ]


def ways_rows(found: Sequence[Ways]) -> list[list[str]]:
    """Networks, a row each: which files of theirs are read, and what stands before the doors that are not used."""
    return [
        [one.platform, ", ".join(title for _, title in one.files), ", ".join(f"{door.title} ({door.kind})" for door in one.doors)]
        for one in found
        if one.files or one.doors
    ]  # fmt: skip


def source_lines(one: Source) -> Iterator[str]:
    """A source in full."""
    yield f"{one.title}: {one.says}"
    yield f"  needs: {_needs(one)}"
    yield f"  pace: {_pace(one)} ({one.limits[0].source})"
    yield f"  terms: {one.terms.says} ({one.terms.address})"
    yield f"  kept: {_kept(one)}"
    for give in one.gives:
        yield f"  gives of {give.record}: {', '.join(give.fields)}{'. ' + give.note if give.note else ''}"
    yield f"  with: {', '.join(one.offers)}"
    yield f"  for example: {', '.join(one.examples)}"
    if one.live:
        yield f"  live: {one.live.says} (groundswell listen)"
    yield from (f"  mind: {caveat}" for caveat in one.caveats)


def _needs(one: Source) -> str:
    from groundswell.sources.declaring import NEEDS

    return NEEDS[one.needs]


def _pace(one: Source) -> str:
    limit = one.limits[0]
    span = {60: "a minute", 3_600: "an hour", 86_400: "a day"}.get(limit.seconds, f"in {limit.seconds / 60:g} minutes")
    return f"{limit.requests:,} requests {span}"


def _kept(one: Source) -> str:
    return f"{one.retention_days} days" if one.retention_days else "until its author deletes it"


def purged_lines(purged: Purged) -> Iterator[str]:
    """What a purge took away, or would."""
    from groundswell.api.live import purged_sentences

    first, *more = purged_sentences(purged, "Go on with `groundswell fetch --resume` or `groundswell listen`")
    yield first
    yield from (f"  {sentence}" for sentence in more)
    if not (purged.done or purged.nothing):
        yield "  Nothing was changed (dry run)."


def letter_lines(written: Letter) -> Iterator[str]:
    """The letter as it can be sent."""
    yield f"To: {written.to}"
    yield f"Subject: {written.subject}\n"
    yield written.text
