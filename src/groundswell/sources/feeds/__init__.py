"""A person's own site, and what it publishes: RSS, Atom, podcasts. The place that belongs to nobody but its owner.

asking     from a page to its feed, and from a feed to its entries
reading    a feed as the file it is; who else the page says its owner is
__init__   the declaration: what it needs and gives, how fast, on which terms
"""

from __future__ import annotations

from groundswell.sources.declaring import Gives, Limit, Source, Terms
from groundswell.sources.feeds.asking import COMMON, named, refusal, streams
from groundswell.sources.feeds.reading import FIELDS, read_pages

FEEDS = Source(
    id="feeds",
    title="Sites and feeds",
    says="What a blog, newsletter or podcast publishes, found from the address of its site.",
    platform="blog",
    also=("podcast",),
    needs="nothing",
    hosts=("*",),
    limits=(Limit("*", 30, 60, "our choice: a site of one person is a small server"),),
    terms=Terms(
        "open",
        "What an author publishes for feed readers. Rights stay with the author; an entry that is taken back is not announced, so fetch again "
        "and undo the old import.",
        "https://www.rfc-editor.org/rfc/rfc4287",
    ),
    retention_days=None,
    gives=(
        Gives("account", FIELDS["account"], note="Followers are not counted anywhere."),
        Gives("post", FIELDS["post"], note="The latest entries only; likes are not counted. Comments where the feed counts them (slash:comments)."),
    ),
    streams=streams(),
    offers={"posts": "feed"},
    introduce="site",
    alone="site",
    again="feed",
    named=named,
    read=read_pages,
    refusal=refusal,
    examples=("https://ann.example", "https://ann.example/blog/feed.xml"),
    caveats=(
        "A feed holds its latest entries, often ten or twenty: what was before is not there.",
        f"A page that names no feed is asked for one at the usual places ({', '.join(COMMON)}), one after the other.",
        "What has not changed is not sent again: an ETag or a date is asked with.",
        "Links that a page marks as its owner (rel=me) are kept beside the account.",
    ),
)  # fmt: skip

__all__ = ["FEEDS"]
