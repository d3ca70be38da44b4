"""Instagram, as Meta's Graph API answers to a professional account of one's own: others by name, and tags.

asking     the streams: profiles and posts of professional accounts, what is posted under a tag
reading    from a page that was kept to records
__init__   the declaration: what it needs and gives, how fast, on which terms
"""

from __future__ import annotations

from groundswell.sources.declaring import Gives, Limit, Ration, Source, Terms
from groundswell.sources.instagram.asking import HOST, headers, may_keep, named, own, refusal, streams
from groundswell.sources.instagram.reading import FIELDS, read_pages

TAGS = "developers.facebook.com, Instagram Platform, Hashtag Search: 30 different tags in 7 days for each account"

INSTAGRAM = Source(
    id="instagram",
    title="Instagram",
    says="Profiles and posts of professional accounts by name, and whom posts under a tag mention, through a professional account of your own.",
    platform="instagram",
    needs="token",
    hosts=(HOST,),
    limits=(Limit(HOST, 200, 3_600, "developers.facebook.com, Graph API, rate limits: 200 calls an hour for each user of an app", at_once=200),),
    ration=Ration("hashtag", 30, 7, TAGS),
    terms=Terms(
        "api",
        "Data for the purpose that Meta reviewed. Nothing tells when a post is deleted, so nothing is kept longer than 30 days (our choice): then it "
        "is fetched again, or taken out by `groundswell purge`.",
        "https://developers.facebook.com/terms/",
    ),
    retention_days=30,
    gives=(
        Gives("account", FIELDS["account"], "token", "Professional accounts only, and none with an age limit."),
        Gives("post", FIELDS["post"], "token", "Likes are unknown where the owner hides them. Posts under a tag come without their author, so they are no rows."),
        Gives("interaction", FIELDS["interaction"], "token", "Whom a caption mentions."),
    ),
    streams=streams(),
    offers={"posts": "media"},
    introduce="profile",
    alone="profile",
    again="media",
    by_handle=True,
    own=own,
    named=named,
    read=read_pages,
    refusal=refusal,
    may_keep=may_keep,
    login=headers,
    login_form="number:token (the number of your own professional account, and a user token of an app that Meta has reviewed)",
    examples=("https://www.instagram.com/ann", "https://www.instagram.com/explore/tags/gardening"),
    caveats=(
        "Who follows whom is told to nobody, and of comments only their number.",
        "Personal accounts are not told from names that do not exist.",
        "A tag: who wrote a post is not told. Whom its captions mention is named, and looked at.",
        "30 different tags in 7 days; asking for the same one again costs nothing. They are counted in this workspace.",
    ),
)  # fmt: skip

__all__ = ["INSTAGRAM"]
