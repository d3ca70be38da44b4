"""Meta Business Suite: own posts on Instagram and Facebook with their counts. Insights, Content, Export data, Lifetime, CSV.

The order of columns varies. A row a day instead of one for the whole life (`Date` is a day, not `Lifetime`) is set aside: its
counts are those of the day. Instagram's posts bear the Graph API's numbers there, which nobody else uses: the address says the
real one, and accounts are known by handle. The time of publishing is the account's, without a zone.
"""

from __future__ import annotations

from typing import Any

import pyarrow.compute as _compute

from groundswell.sources.files.layouts.cells import Count, Handle, Id, Moment, Text, Who
from groundswell.sources.files.layouts.layout import Account, Layout, Part, Post, Unfolded, without, words_of
from groundswell.sources.files.tables import Rows

pc: Any = _compute  # its functions are made at run time, no type checker knows them
SAYS = "{} posts from Meta Business Suite: Insights, Content, Export data, Lifetime, CSV."
NOTE = "Meta writes the time of publishing without a zone: it is read as UTC."


def _lifetime(rows: Rows) -> Unfolded:
    """The rows that count a post's whole life."""
    period = words_of(rows, "Date")
    rows, aside = without(rows, pc.not_equal(period, "lifetime"), "counts of one day, not of the post's whole life")
    return Unfolded({"": Part(rows.columns, rows.lines)}, aside)


_OWNER = Who(handle="Account username")
INSTAGRAM_POSTS = Layout(
    id="meta_instagram_posts",
    title="Meta Business Suite: Instagram posts",
    says=SAYS.format("Instagram"),
    platform="instagram",
    required=("Post ID", "Account username", "Permalink", "Post type", "Publish time"),
    kinds=("csv", "xlsx"),
    unfold=_lifetime,
    ignored=("Account ID", "Data comment", "Date"),
    note=NOTE,
    records=(
        Post(
            post=Id("Post ID", url="Permalink"),
            account=_OWNER,
            text=Text("Description"),
            created_at=Moment("Publish time"),
            media=Text("Post type"),
            url=Text("Permalink"),
            likes=Count("Likes"),
            replies=Count("Comments"),
            reposts=Count("Shares"),
            saves=Count("Saves"),
            views=Count("Views", "Plays"),
            reach=Count("Reach"),
        ),
        Account(account=_OWNER, handle=Handle("Account username"), name=Text("Account name")),
    ),
)
_PAGE = Who("Page ID")
FACEBOOK_POSTS = Layout(
    id="meta_facebook_posts",
    title="Meta Business Suite: Facebook posts",
    says=SAYS.format("Facebook"),
    platform="facebook",
    required=("Post ID", "Page ID", "Permalink", "Post type", "Publish time"),
    kinds=("csv", "xlsx"),
    unfold=_lifetime,
    ignored=("Data comment", "Date"),
    note=NOTE,
    records=(
        Post(
            post=Id("Post ID"),
            account=_PAGE,
            text=Text("Description", "Title"),
            created_at=Moment("Publish time"),
            media=Text("Post type"),
            url=Text("Permalink"),
            likes=Count("Reactions", "Likes"),
            replies=Count("Comments"),
            reposts=Count("Shares"),
            views=Count("Views"),
            reach=Count("Reach"),
        ),
        Account(account=_PAGE, name=Text("Page name")),
    ),
)

META = (INSTAGRAM_POSTS, FACEBOOK_POSTS)
