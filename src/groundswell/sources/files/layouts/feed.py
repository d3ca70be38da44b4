"""RSS and Atom: what a blog, newsletter or podcast publishes. No likes and no followers are in it, and only the latest entries."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.sources.files.layouts.cells import Computed, Count, Moment, Sheet, Tags, Text
from groundswell.sources.files.layouts.layout import Account, Layout, Post
from groundswell.sources.files.values import together
from groundswell.sources.html import words_of

pc: Any = _compute  # its functions are made at run time, no type checker knows them


def _blog(sheet: Sheet) -> pa.Array | None:
    """`blog:host/path` of the feed's page; of the entry's host where the feed names no page."""
    for name, pattern in (
        ("feedlink", r"^https?://(?:www\.)?(?P<at>[^?#]+?)/*(?:[?#].*)?$"),
        ("link", r"^https?://(?:www\.)?(?P<at>[^/?#]+)"),
    ):
        column = sheet.text(name)
        if column is not None and column.null_count < len(column):
            return pc.binary_join_element_wise("blog", pc.struct_field(pc.extract_regex(column, pattern), "at"), ":")
    return None


def _entry(sheet: Sheet) -> pa.Array | None:
    """The entry's own id, else its address. What is no address is an id within this feed alone: many feeds have an entry called 1."""
    found = [column for name in ("id", "guid", "link") if (column := sheet.text(name)) is not None]
    if not found:
        return None
    named, blog = pc.coalesce(*found), _blog(sheet)
    everywhere = pc.binary_join_element_wise("blog", named, ":")
    if blog is None:
        return everywhere
    address = pc.match_substring_regex(named, r"^(?:https?://|tag:|urn:)")
    return pc.if_else(address, everywhere, pc.coalesce(pc.binary_join_element_wise(blog, named, "#"), everywhere))


def _words(sheet: Sheet) -> pa.Array | None:
    """Title and text as one, as a reader sees them: feeds carry HTML."""
    bodies = [_seen(column) for name in ("content", "summary") if (column := sheet.text(name)) is not None]
    title = sheet.text("title")
    parts = [part for part in (title, pc.coalesce(*bodies) if bodies else None) if part is not None]
    return together(parts, "\n\n")


def _seen(column: pa.Array) -> pa.Array:
    return pa.array([words_of(said) for said in column.to_pylist()], pa.string())


_BLOG = Computed(_blog, "feed_link", "link")

RSS = Layout(
    id="rss",
    title="RSS or Atom feed",
    says="The latest entries of a blog, newsletter or podcast (RSS or Atom).",
    platform="blog",
    required=("link", ("published", "title", "summary")),
    kinds=("feed",),
    observed=(),
    note="A feed holds only its latest entries, and neither likes nor followers.",
    records=(
        Post(
            post=Computed(_entry, "id", "guid"),
            account=_BLOG,
            text=Computed(_words, "title", "summary", "content"),
            created_at=Moment("published", "updated"),
            url=Text("link"),
            hashtags=Tags("tags"),
            replies=Count("comments_count", "slash_comments", "comments"),
        ),
        Account(account=_BLOG, name=Text("feed_title"), url=Text("feed_link")),
    ),
)

FEED = (RSS,)
