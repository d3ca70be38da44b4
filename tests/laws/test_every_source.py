"""What must hold of every live source; a new one is tested by being named in `networks.SOURCES`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groundswell.errors import UsageError
from groundswell.fetch import Asked, forecast
from groundswell.fetch.asking import checked, first_streams
from groundswell.records import RECORDS
from groundswell.sources.declaring import ABOUT, NEEDS, TERMS, Kept, Source
from groundswell.sources.networks import SOURCES, source_for

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
    for word in source.examples:
        found = source.named(word)
        ask = source.streams[found.stream].ask(found.subject, None, 1)
        host = ask.url.split("/")[2]
        assert ask.url.startswith("https://")
        assert host in source.hosts or ("*" in source.hosts and host in word), (
            "it is declared, or was named by who asks"
        )


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
    subjects = ["did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", *(source.named(word).subject for word in source.examples)]
    page = source.read([Kept(name, subject, 1, at, body) for name in source.streams for subject in subjects])
    assert page.rows == page.read + page.empty + len(page.set_aside)
    assert page.read >= 0


@every_source
def test_what_it_shows_as_examples_is_understood_and_means_this_source(source: Source) -> None:
    assert source.examples
    for word in source.examples:
        assert source.named(word).stream in source.streams
        assert source_for([word]) is source


@every_source
def test_it_has_a_fake_and_is_put_through_faults_and_kills(source: Source) -> None:
    trials = (Path(__file__).parents[1] / "fetch" / "trials.py").read_text("utf-8")
    assert f'Trial(\n        "{source.id}"' in trials


@every_source
def test_reading_twice_gives_the_same_and_no_page_knows_of_another(source: Source) -> None:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    kept = [
        Kept(name, source.named(source.examples[0]).subject, 1, at, b'{"items": [], "data": []}')
        for name in source.streams
    ]
    together, alone = source.read(kept), [source.read([one]) for one in kept]
    assert together.rows == sum(one.rows for one in alone)
    assert source.read(kept).set_aside == together.set_aside


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
    asked = Asked(
        source=source.id, who=source.examples[:1], lists=tuple(source.offers), people=10_000, hops=3, requests=50
    )
    found = forecast(asked, source)
    assert (found.requests, found.limited) == (50, True)


@pytest.mark.parametrize(
    "word", ["https://www.tiktok.com/@ann", "https://www.linkedin.com/in/ann", "https://www.threads.net/@ann"]
)
def test_an_address_of_a_network_that_is_closed_is_no_address_of_another(word: str) -> None:
    with pytest.raises(UsageError, match="Nothing is fetched from"):
        source_for([word])
