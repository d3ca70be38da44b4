"""What must hold of every live source; a new one is tested by being named in `networks.SOURCES`."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from groundswell.errors import UsageError
from groundswell.fetch import Asked, forecast
from groundswell.fetch.asking import checked, first_streams
from groundswell.records import RECORDS
from groundswell.sources.declaring import ABOUT, NEEDS, TERMS, Kept, Source
from groundswell.sources.networks import SOURCES

every_source = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
HOSTILE = [
    "",
    "   ",
    "@",
    "../../etc/passwd",
    "javascript:alert(1)",
    "@a b\x00",
    "🥖" * 500,
    "http://127.0.0.1/x",
    "at://",
    "did:plc:'; DROP TABLE",
]
"""What somebody may paste, or a stranger hand over to be pasted."""


@every_source
def test_it_says_what_it_needs_at_which_pace_and_on_which_terms(source: Source) -> None:
    assert source.needs in NEEDS
    assert source.terms.kind in TERMS
    assert source.terms.address.startswith("https://")
    assert source.limits
    assert all(limit.requests > 0 and limit.seconds > 0 and limit.source for limit in source.limits)
    assert source.says.endswith(".")


@every_source
def test_what_it_gives_are_fields_of_records(source: Source) -> None:
    for give in source.gives:
        assert set(give.fields) <= {field.name for field in RECORDS[give.record].fields}
        assert {field.name for field in RECORDS[give.record].fields if field.required} <= set(give.fields)


@every_source
def test_its_streams_fit_together(source: Source) -> None:
    assert {source.introduce, source.alone, source.again, *source.offers.values()} <= set(source.streams)
    assert source.streams[source.introduce].introduces
    assert source.streams[source.alone].introduces
    assert "posts" in source.offers
    for name, stream in source.streams.items():
        assert (stream.name, stream.about in ABOUT, stream.page > 0) == (name, True, True)
        assert stream.needs == "nothing" or stream.instead, "what is refused names a way that is open"


@every_source
def test_it_asks_only_hosts_that_it_declares_and_only_encrypted(source: Source) -> None:
    for name in ("introduce", "alone", "again"):
        ask = source.streams[getattr(source, name)].ask("x", None, 1)
        assert ask.url.startswith("https://")
        assert ask.url.split("/")[2] in source.hosts


@every_source
@pytest.mark.parametrize("word", HOSTILE)
def test_whatever_is_pasted_is_understood_or_refused_in_words(source: Source, word: str) -> None:
    asked = Asked(source=source.id, who=(word,))
    try:
        opened = first_streams(checked(asked, source), source)
    except UsageError:
        opened = []
    assert all(one.name in source.streams for one in opened)


@every_source
@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{}", b"\xff\xfe", b'{"error": "x"}', b"1e999", b'"\\ud800"', b"[" * 5_000]
)
def test_a_page_of_any_bytes_is_accounted_for_and_stops_nothing(source: Source, body: bytes) -> None:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    kept = [Kept(name, "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", 1, at, body) for name in source.streams]
    page = source.read(kept)
    assert page.rows == page.read + page.empty + len(page.set_aside)
    assert page.read >= 0


@every_source
def test_its_live_stream_is_encrypted_bounded_and_reads_whatever_comes(source: Source) -> None:
    live = source.live
    if live is None:
        return
    assert all(live.ask(one, 5).startswith("wss://") for one in live.addresses)
    assert live.people > 0
    assert live.keeps.total_seconds() > 0
    assert json.loads(live.hello(["a", "b"]))
    for odd in (None, [], {}, "x", 5, {"time_us": "soon"}, {"time_us": True}, {"time_us": -1}):
        assert live.moment(odd) is None
    at = datetime(2026, 6, 1, tzinfo=UTC)
    events = [None, "torn", 5, {}, {"time_us": 10**30}, {"did": "did:plc:a", "time_us": 5, "kind": "commit"}]
    page = source.read([Kept("live", "", 1, at, json.dumps({"events": events}).encode())])
    assert (page.rows, page.read) == (len(events), 0)


@every_source
def test_a_forecast_keeps_to_the_budget(source: Source) -> None:
    asked = Asked(source=source.id, who=("ann",), lists=tuple(source.offers), people=10_000, hops=3, requests=50)
    found = forecast(asked, source)
    assert (found.requests, found.limited) == (50, True)
