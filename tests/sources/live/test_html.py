"""HTML of strangers: its words and links, in one look however it is written."""

from __future__ import annotations

from time import process_time

import pytest

from groundswell.sources.html import tags_in, words_of

PIECES = [
    "<", "<!--", "<a ", "</", "<!", "<?", "&", "<a b='", "<![CDATA[", "<script>", "</script ", "<a<", "<!-", "<svg><style><", '<a "', "<a \"'", "&#",
    '<a b="c', "<p><b><i>", "&amp", "<!-->", "<a b=c ", "< a", "\0",
]  # fmt: skip


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>a &amp; b<br/>c</p><p>d <b>e</b></p>", "a & b\nc\n\nd e"),
        ("<p>a</p><script>alert(1)</script>b<style>p{}</style>", "ab"),
        ("<SCRIPT>x</ScRiPt >y", "y"),
        ("a<!-- b --> c <!-- never closed", "a c"),
        ('<a title="x > y" href="z">w</a>', "w"),
        ("2 < 3 and 4 > 1", "2 < 3 and 4 > 1"),
        ("no tags\nat all", "no tags\nat all"),
        ("&lt;b&gt; is shown", "<b> is shown"),
        ("<p></p>", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_words_are_those_that_a_reader_sees(html: object, words: str | None) -> None:
    assert words_of(html) == words


def test_attributes_come_in_every_way_of_writing() -> None:
    (found,) = tags_in("<LINK REL='alternate  Feed' type=application/rss+xml href=\"/f?a=1&amp;b=2\" async>", "link")
    assert found.words("rel") == {"alternate", "feed"}
    assert found.attributes == {
        "rel": "alternate  Feed",
        "type": "application/rss+xml",
        "href": "/f?a=1&b=2",
        "async": "",
    }


@pytest.mark.hostile
@pytest.mark.parametrize("piece", PIECES)
def test_twice_as_much_takes_no_more_than_some_times_as_long(piece: str) -> None:
    start = process_time()
    words_of(piece * ((1 << 20) // len(piece)))
    assert process_time() - start < 10
