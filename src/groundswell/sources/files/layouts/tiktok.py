"""The data that TikTok gives its users, as JSON: Settings, Account, Download your data. `user_data_tiktok.json`, or a ZIP with it.

Read are followers, those followed, likes, own videos, own comments and the profile's public side. Messages, e-mail, telephone,
log-ins, searches and what was watched are never read. Lists stand under "Activity" in older files, under "Your Activity" or
elsewhere in newer ones, with keys in either case: a list is known by its own name. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundswell.sources.files.layouts.cells import Always, Count, Given, Handle, Id, Moment, Text, Who
from groundswell.sources.files.layouts.layout import (
    Account,
    Family,
    Follow,
    Interaction,
    Post,
    Unfolded,
    only,
    reshaped,
)
from groundswell.sources.files.tables import Rows

SAYS = (
    "Your own data from TikTok: Settings, Account, Download your data, JSON. "
    "Messages, contact data, log-ins, searches and what was watched are never read."
)
_OWNER = Given("author")
_WHEN = Moment("Date")
_VIDEO = Id(url=("Link", "VideoLink"))
_PROFILES = tuple(
    f"{one}/{two}/ProfileMap/userName"
    for one in ("Profile", "Profile And Settings")
    for two in ("Profile Information", "Profile Info")
)


def _profile(rows: Rows) -> Unfolded:
    """The public side of the profile only; the document around it holds everything else."""
    return reshaped(rows, lambda one: list(_maps(one))[:1])


def _maps(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key, each in value.items():
        if key == "ProfileMap" and isinstance(each, dict):
            yield {"handle": each.get("userName"), "bio": each.get("bioDescription"), "name": each.get("displayName")}
        elif isinstance(each, dict):
            yield from _maps(each)


_FAMILY = Family("tiktok_export", "TikTok export", SAYS, "tiktok", kinds=("json",))

FOLLOWERS = _FAMILY.piece(
    "followers",
    "followers",
    ("Date", "UserName"),
    Follow(follower=Who(handle="UserName"), followed=_OWNER, since=_WHEN, completeness=Always("full")),
    unfold=only("Date", "UserName"),
    place="#.*FansList$",
)
FOLLOWING = _FAMILY.piece(
    "following",
    "followed accounts",
    ("Date", "UserName"),
    Follow(follower=_OWNER, followed=Who(handle="UserName"), since=_WHEN, completeness=Always("full")),
    unfold=only("Date", "UserName"),
    place="#.*/Following$",
)
LIKES = _FAMILY.piece(
    "likes",
    "likes",
    ("Date", ("Link", "VideoLink")),
    Interaction(actor=_OWNER, verb=Always("like"), post=_VIDEO, acted_at=_WHEN),
    unfold=only("Date", "Link", "VideoLink"),
    place="#.*ItemFavoriteList$",
)
VIDEOS = _FAMILY.piece(
    "videos",
    "own videos",
    ("Date", ("Link", "VideoLink"), "Likes"),
    Post(
        post=_VIDEO, account=_OWNER, text=Text("Title"), created_at=_WHEN, media=Always("video"), likes=Count("Likes")
    ),
    unfold=only("Date", "Link", "VideoLink", "Likes", "Title"),
    place="#(.*/)?(Videos?|Posts?)/VideoList$",
    note="TikTok's own export holds the likes of your videos, but neither views nor comments: those are unknown.",
)
COMMENTS = _FAMILY.piece(
    "comments",
    "own comments",
    ("Date", "Comment"),
    Post(account=_OWNER, text=Text("Comment"), created_at=_WHEN, kind=Always("reply")),
    unfold=only("Date", "Comment"),
    place="#.*CommentsList$",
    note="TikTok's own export does not say under which video a comment stands.",
)
ACCOUNT = _FAMILY.piece(
    "account",
    "profile",
    (_PROFILES,),
    Account(account=Who(handle="handle"), handle=Handle("handle"), name=Text("name"), bio=Text("bio")),
    unfold=_profile,
    owned=False,
)

TIKTOK_EXPORT = (FOLLOWERS, FOLLOWING, LIKES, VIDEOS, COMMENTS, ACCOUNT)
