"""Bluesky, and what else speaks the AT Protocol.

asking     the streams: how a page is asked for, and what it holds
reading    from a page that was kept to records
live       the live stream
values     one value out of a page
__init__   the declaration: what it needs and gives, how fast, on which terms
"""

from __future__ import annotations

from functools import partial

from groundswell.sources.bluesky.asking import Doors, login, named, refusal, streams
from groundswell.sources.bluesky.live import jetstream
from groundswell.sources.bluesky.reading import FIELDS, read_pages
from groundswell.sources.declaring import Gives, Limit, Source, Terms

LIMITS = "docs.bsky.app, advanced guides, rate limits: 3,000 requests in 5 minutes for each address"


def bluesky(doors: Doors | None = None, hosts: tuple[str, ...] = ()) -> Source:
    """Declare the network as it answers behind these doors."""
    doors = doors or Doors()
    return Source(
        id="bluesky",
        title="Bluesky",
        says="Profiles, posts, followers, likes, lists and starter packs of Bluesky, open to everybody.",
        platform="bluesky",
        needs="nothing",
        # The last stands for the servers that hold the accounts: anybody may run one, and an account's DID document names it.
        hosts=hosts or ("public.api.bsky.app", "plc.directory", "bsky.social", "*"),
        limits=(Limit("public.api.bsky.app", 3_000, 300, LIMITS), Limit("*", 3_000, 300, LIMITS)),
        terms=Terms(
            "open",
            "Public posts of an open network. What its authors delete has to go here as well: `groundswell listen` hears of it, `groundswell refresh` looks again, `groundswell purge` takes it out.",
            "https://bsky.social/about/support/tos",
        ),
        retention_days=None,
        gives=(
            Gives("account", FIELDS["account"]),
            Gives("post", FIELDS["post"], note="Views are not counted by the network."),
            Gives("interaction", FIELDS["interaction"], note="When somebody passed a post on is known from feeds, repositories and the live stream only."),
            Gives("follow", FIELDS["follow"], note="When a follow was made is known from repositories and the live stream only."),
        ),
        streams=streams(doors),
        offers={
            "posts": "feed", "followers": "followers", "follows": "follows", "likes": "likes", "reposts": "reposts",
            "quotes": "quotes", "replies": "thread", "repository": "identity",
        },
        introduce="profiles",
        alone="profile",
        again="posts",
        named=named,
        read=read_pages,
        refusal=refusal,
        caveats=(
            "Search answers only with a login (an app password): the network refuses it to strangers on purpose.",
            "A list of followers comes newest first: a part of it leans to those who followed last.",
            "Posts from a repository carry no counts; those from a feed do.",
            "Accounts and posts that are gone are noticed when they are looked at again, or while `groundswell listen` runs.",
            "A single like or follow that is taken back is noticed by `groundswell listen` only, and where it came from a repository or from the live stream.",
            "The live stream sends what people do who were fetched, not what strangers do to them, and no counts.",
        ),
        live=jetstream(doors.live),
        login=partial(login, server=doors.login),
        login_form="handle:app-password",
        examples=("@ann.bsky.social", "https://bsky.app/profile/ann.bsky.social", "did:plc:ewvi7nxzyoun6zhxrhs64oiz"),
    )  # fmt: skip


BLUESKY = bluesky()

__all__ = ["BLUESKY", "Doors", "bluesky"]
