"""Names and addresses in any script: which network they mean, and as what they are sent."""

from __future__ import annotations

import pytest

from groundswell.errors import UsageError
from groundswell.sources.networks import source_for
from groundswell.sources.typed import ascii_host, readable, sendable


@pytest.mark.parametrize(
    ("word", "source"),
    [
        ("#grün@mastodon.example", "mastodon"),
        ("https://mastodon.example/tags/ブログ", "mastodon"),
        ("@ann@bücher.example", "mastodon"),
        ("@bücher.example", "bluesky"),
        ("https://bsky.app/profile/bücher.example", "bluesky"),
        ("#grün", "bluesky"),
        ("@日本語", "youtube"),
        ("https://www.youtube.com/@日本語", "youtube"),
        ("https://bücher.example/blog", "feeds"),
    ],
)
def test_a_name_in_any_script_means_the_network_that_has_it(word: str, source: str) -> None:
    assert source_for([word]).id == source


def test_a_tag_at_what_is_no_server_is_not_searched_for_elsewhere() -> None:
    with pytest.raises(UsageError):
        source_for(["#grün@mastodon"])


def test_hosts_are_written_as_the_network_writes_them() -> None:
    told = {
        "Bücher.example": "xn--bcher-kva.example",
        "straße.example": "xn--strae-oqa.example",
        "例え。jp": "xn--r8jz45g.jp",
    }
    assert {host: ascii_host(host) for host in told} == told
    assert [ascii_host(host) for host in ("a\u200db.example", "ü" * 64 + ".example")] == ["", ""]


def test_what_would_be_another_path_when_decoded_stays() -> None:
    assert readable("https://a.example/x%2Fy/%C3%BC/%FF?z=%41") == "https://a.example/x%2Fy/ü/%FF?z=%41"
    assert sendable("https://a.example/x%2Fy/ü?z=ü") == "https://a.example/x%2Fy/%C3%BC?z=%C3%BC"
    assert sendable("https://a.example/100%?q=[a]") == "https://a.example/100%?q=[a]"
