"""From kept feeds to records: a feed is read as the file that it is (`sources.files.layouts.feed`), in a process of its own.

A page gives no rows but what it says of its owner: links that it marks as theirs elsewhere (`rel="me"`, microformats) stand in the
account's `extra`, for whoever asks whether two accounts are one person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import pyarrow as pa

from groundswell.sources import Page
from groundswell.sources.declaring import Kept
from groundswell.sources.feeds.asking import LOOKED_AT, address_in, is_feed
from groundswell.sources.files.answers import joined, read_answers
from groundswell.sources.gathering import Gathering, Taken
from groundswell.sources.html import Tag, tags_in
from groundswell.sources.values import extra_of, text_of

FIELDS: dict[str, tuple[str, ...]] = {
    "account": ("account", "platform", "name", "bio", "url", "extra"),
    "post": ("post", "platform", "account", "text", "created_at", "url", "hashtags", "replies"),
}
"""Record -> the fields of it that this source gives."""
SAME_PERSON = "rel=me"
"""Name in `extra` under which the addresses stand that a page says are its owner's."""


class Reader(Gathering):
    """Reads what pages say of their owners."""

    fields = FIELDS

    def understood(self, kept: Kept) -> str:
        """A page is text; a feed under the address of a page says nothing of its owner here."""
        return "" if is_feed(kept.body) else kept.body[:LOOKED_AT].decode("utf-8", "replace")


def _owner(reader: Reader, site: str, page: str) -> Taken:
    yield page, lambda said: _account(reader, site, said)


def _account(reader: Reader, site: str, page: str) -> None:
    """What a page says that marks its owner's places elsewhere; name and address are those that the feed gives."""
    tags = tags_in(page, "a", "link", "meta")
    mine = [
        address
        for one in tags
        if "me" in one.words("rel") and (address := address_in(one.attributes.get("href", ""), site))
    ]
    if mine:
        told = extra_of((SAME_PERSON, address) for address in mine[:50])
        reader.add("account", account=account_of(site), platform="blog", bio=_described(tags), extra=told)


def account_of(site: str) -> str:
    """`blog:host/path`, as a feed that names this page as its own has it."""
    address = urlsplit(site)
    return "blog:" + re.sub(r"/+$", "", address.netloc.removeprefix("www.") + address.path)


def _described(tags: Sequence[Tag]) -> str | None:
    said = (one.attributes.get("content") for one in tags if one.attributes.get("name", "").lower() == "description")
    return text_of(next(said, None))


Reader.items_of = {"site": _owner}
LAYOUTS = {"feed": "rss"}
"""Stream -> the layout by which its pages are read."""


def read_pages(kept: Sequence[Kept]) -> Page:
    """Read kept pages into records."""
    sites = Reader()
    for one in kept:
        if one.stream == "site":
            sites.page(one)
    feeds = [
        _its_own(read_answers([one], LAYOUTS), one.subject) for one in kept if one.stream != "site" and _is_feed(one)
    ]
    strays = sum(one.stream != "site" and not _is_feed(one) for one in kept)
    return joined(sites.found(), *feeds, Page(rows=strays, empty=strays))


def _its_own(page: Page, subject: str) -> Page:
    """The same, with everything filed under the feed or the site that named it: a feed may call any page its own, and does not speak for it."""
    feed, site, *_ = (*subject.split("\n"), "")
    hosts, whose = {_host(feed), _host(site)}, account_of(site or feed)

    def account(said: str | None) -> str | None:
        return said if said is None or said.removeprefix("blog:").partition("/")[0] in hosts else whose

    def post(said: str | None, by: str | None) -> str | None:
        plain = (said or "").removeprefix("blog:")
        if said is None or "://" not in plain:
            return said if "#" not in plain else f"{by}#{plain.partition('#')[2]}"
        return said if _host(plain) in hosts else f"{by}#{plain}"

    records = dict(page.records)
    for name, rows in page.records.items():
        owners = [account(one) for one in rows.column("account").to_pylist()]
        if name == "post":
            posts = [post(one, by) for one, by in zip(rows.column("post").to_pylist(), owners, strict=True)]
            rows = rows.set_column(rows.schema.get_field_index("post"), "post", pa.array(posts, pa.string()))
        records[name] = rows.set_column(
            rows.schema.get_field_index("account"), "account", pa.array(owners, pa.string())
        )
    return replace(page, records=records)


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.removeprefix("www.").lower()
    except ValueError:
        return ""


def _is_feed(kept: Kept) -> bool:
    """Where a feed was looked for there may be a page that says it is not there, in whatever words and with whatever status."""
    return kept.status == 200 and is_feed(kept.body)
