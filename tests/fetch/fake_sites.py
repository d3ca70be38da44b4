"""A fake of some people's sites: pages that name their feed, or do not, and a handmade corpus of feeds as odd as real ones are."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx2
from faking import FakeNetwork, answered

ENTRY = "<item><title>{title}</title><link>https://{host}/{n}</link><guid>https://{host}/?p={n}</guid><pubDate>{day}</pubDate><description>{text}</description></item>"
PODCAST = """<?xml version="1.0"?><rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Beans, spoken</title>
<link>https://pod.example/</link><itunes:owner><itunes:email>ann@pod.example</itunes:email></itunes:owner><item><title>One</title><guid isPermaLink="false">ep-1</guid>
<pubDate>Wed, 04 Mar 2026 09:00:00 +0100</pubDate><enclosure url="https://pod.example/1.mp3" length="1" type="audio/mpeg"/><itunes:duration>12:30</itunes:duration></item></channel></rss>"""
CORPUS: dict[str, tuple[bytes, int]] = {
    "rss with html": (b"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title><link>https://odd.example/</link><item><title>A &amp; B</title><guid>1</guid><description><![CDATA[<p>x<script>bad()</script> <b>y</b></p>]]></description></item></channel></rss>", 1),
    "atom with xhtml": (b"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><link href='https://odd.example/'/><entry><id>urn:1</id><title>t</title><updated>2026-03-01T00:00:00Z</updated><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>hello</p></div></content></entry></feed>", 1),
    "rdf of the old kind": (b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel rdf:about='https://odd.example/'><title>T</title><link>https://odd.example/</link></channel><item rdf:about='https://odd.example/1'><title>t</title><link>https://odd.example/1</link><dc:date>2026-03-01T00:00:00Z</dc:date></item></rdf:RDF>", 1),
    "podcast": (PODCAST.encode(), 1),
    "latin-1": ("<?xml version='1.0' encoding='ISO-8859-1'?><rss version='2.0'><channel><title>Brot</title><link>https://odd.example/</link><item><guid>1</guid><title>B\u00f6rek</title></item></channel></rss>".encode("latin-1"), 1),
    "a mark before it and a comment": (b"\xef\xbb\xbf<!-- made by hand --><rss version='2.0'><channel><title>T</title><link>https://odd.example/</link><item><guid>1</guid><title>t</title></item></channel></rss>", 1),
    "no closing tags inside": (b"<rss version='2.0'><channel><title>T</title><link>https://odd.example/</link><item><guid>1</guid><title>t</title><description>one<br>two</description></item></channel></rss>", 1),
    "a bare ampersand": (b"<rss version='2.0'><channel><title>A & B</title><link>https://odd.example/</link><item><guid>1</guid><title>you & me</title></item></channel></rss>", 1),
    "a place that trips parsers": (b"<rss version='2.0' xmlns:gml='http://www.opengis.net/gml'><channel><title>T</title><link>https://odd.example/</link><item><guid>1</guid><title>t</title><gml:pos></gml:pos></item></channel></rss>", 1),
    "dates that are none": (b"<rss version='2.0'><channel><title>T</title><link>https://odd.example/</link><item><guid>1</guid><title>t</title><pubDate>yesterday</pubDate></item></channel></rss>", 1),
    "an entry with nothing": (b"<rss version='2.0'><channel><title>T</title><link>https://odd.example/</link><item><guid>1</guid><title>t</title></item><item></item></channel></rss>", 1),
    "no entries": (b"<rss version='2.0'><channel><title>T</title><link>https://odd.example/</link></channel></rss>", 0),
    "entities that unfold": (b"<!DOCTYPE b [<!ENTITY a 'x'>]><rss version='2.0'><channel><title>&a;</title></channel></rss>", -1),
}  # fmt: skip
"""What a feed is like -> its bytes, and how many posts come of it; -1 where it is no feed that anybody should read."""


@dataclass
class Fake(FakeNetwork):
    """Sites of some people; `etag` makes what they answer conditional."""

    requests: list[str] = field(default_factory=lambda: [])
    conditional: int = 0

    def page(self, host: str) -> bytes:
        feed = '<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments.xml"><link rel=alternate type=application/rss+xml href="blog/feed.xml">'
        names = "" if host == "silent.example" else feed
        links = '<a rel="me" href="https://mastodon.example/@ann">me there</a> <a rel="nofollow" href="https://shop.example">shop</a>'
        padding = "<p>words</p>" * 50
        return f"<!doctype html><html><head><title>Ann at {host}</title><meta name=description content=beans>{names}{links}</head><body>{padding}</body></html>".encode()

    def feed(self, host: str) -> bytes:
        entries = "".join(
            ENTRY.format(
                host=host,
                n=n,
                title=f"bean {n}",
                day=f"{2 + n:02} Mar 2026 09:00:00 GMT",
                text=f"&lt;p&gt;grown {n}&lt;/p&gt;",
            )
            for n in range(5)
        )
        return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Beans of {host}</title><link>https://{host}/</link>{entries}</channel></rss>".encode()

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request as the sites would."""
        host, path = request.headers["host"], request.url.path
        self.requests.append(f"https://{host}{path}")
        if request.headers.get("if-none-match") == "v1":
            self.conditional += 1
            return httpx2.Response(304, stream=httpx2.ByteStream(b""), headers={"etag": "v1"})
        places = {"/": self.page(host), "/blog/feed.xml": self.feed(host)}
        if host == "silent.example":
            places = {"/": self.page(host), "/rss.xml": b"<html>not here, but 200</html>", "/feed.xml": self.feed(host)}
        if host == "odd.example":
            places = {f"/{number}": body for number, (body, _) in enumerate(CORPUS.values())}
        body = places.get(path)
        return answered(body or b"<html>404</html>", 200 if body else 404, {"content-type": "text/html", "etag": "v1"})
