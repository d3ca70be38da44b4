"""The archive that LinkedIn gives its members: Settings, Data privacy, Get a copy of your data. A ZIP of CSV files.

Read are own posts, connections, comments, reactions and the profile's headline. Messages, invitations, e-mail addresses, telephone
numbers, birthday, address and what advertisers are sold are never read. It holds no counts, and nothing in it says the address of
the member's own profile: `--set author=` does. Times are UTC.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.sources.files.layouts.cells import (
    Always,
    Computed,
    Given,
    Handle,
    Id,
    Links,
    Moment,
    Sheet,
    Text,
    Who,
    unnamed_post,
)
from groundswell.sources.files.layouts.generic import filled
from groundswell.sources.files.layouts.layout import (
    Account,
    Family,
    Follow,
    Interaction,
    Post,
    only,
)
from groundswell.sources.files.values import together

pc: Any = _compute  # its functions are made at run time, no type checker knows them
SAYS = (
    "Your own archive from LinkedIn: Settings, Data privacy, Get a copy of your data. "
    "Messages, invitations, e-mail addresses and telephone numbers are never read."
)
_OWNER = Given("author")
_WHEN = Moment("Date")


def _name(sheet: Sheet) -> pa.Array | None:
    """First and last name as one."""
    parts = [column for name in ("firstname", "lastname") if (column := sheet.text(name)) is not None]
    both = together(parts, " ")
    if both is None:
        return None
    joined = pc.utf8_trim_whitespace(both)
    return pc.if_else(pc.equal(joined, ""), None, joined)


_NAME = Computed(_name, "firstname", "lastname")


_FAMILY = Family("linkedin_archive", "LinkedIn archive", SAYS, "linkedin", kinds=("csv", "xlsx"))

SHARES = _FAMILY.piece(
    "shares",
    "own posts",
    ("Date", "ShareLink", "ShareCommentary"),
    Post(
        post=Id("ShareLink"),
        account=_OWNER,
        text=Text("ShareCommentary"),
        created_at=_WHEN,
        url=Text("ShareLink"),
        links=Links("SharedUrl"),
    ),
    unfold=only("Date", "ShareLink", "ShareCommentary", "SharedUrl"),
    note="LinkedIn's archive holds no counts: likes and comments of these posts are unknown.",
)
_THEY = Who(anyone="URL")
CONNECTIONS = _FAMILY.piece(
    "connections",
    "connections",
    ("First Name", "Last Name", "URL", "Connected On"),
    Follow(follower=_THEY, followed=_OWNER, since=Moment("Connected On"), completeness=Always("full")),
    Follow(follower=_OWNER, followed=_THEY, since=Moment("Connected On"), completeness=Always("full")),
    Account(account=_THEY, handle=Handle("URL"), name=_NAME, url=Text("URL")),
    unfold=only("First Name", "Last Name", "URL", "Connected On"),
    note="A connection counts as each following the other, as LinkedIn sets it at first.",
)
_TEXT = Text("Message")
_UNDER = Id("Link")
COMMENTS = _FAMILY.piece(
    "comments",
    "own comments",
    ("Date", "Link", "Message"),
    Post(account=_OWNER, text=_TEXT, created_at=_WHEN, kind=Always("reply"), reply_to=_UNDER),
    Interaction(
        actor=_OWNER,
        verb=Always("reply"),
        post=_UNDER,
        via=unnamed_post(_OWNER, _WHEN, _TEXT),
        acted_at=_WHEN,
        when=filled(_UNDER),
    ),
    place="comments",
    unfold=only("Date", "Link", "Message"),
)
REACTIONS = _FAMILY.piece(
    "reactions",
    "own reactions",
    ("Date", "Type", "Link"),
    Interaction(actor=_OWNER, verb=Always("like"), post=_UNDER, acted_at=_WHEN),
    place="reactions",
    unfold=only("Date", "Link"),
    note="LinkedIn's reactions of every kind (celebrate, support, ...) count as likes.",
)
PROFILE = _FAMILY.piece(
    "profile",
    "profile",
    ("First Name", "Last Name", "Headline", "Summary"),
    Account(account=_OWNER, name=_NAME, bio=Text("Headline"), category=Text("Industry"), location=Text("Geo Location")),
    unfold=only("First Name", "Last Name", "Headline", "Industry", "Geo Location"),
)

LINKEDIN = (SHARES, CONNECTIONS, COMMENTS, REACTIONS, PROFILE)
