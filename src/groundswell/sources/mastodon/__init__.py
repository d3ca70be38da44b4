"""Mastodon, and what else answers its interface: thousands of servers, each with its own people and its own rules.

asking     the streams: which server is asked for what, how a list goes on
reading    from a page that was kept to records
wishes     who asked not to be listed, and what of a page may be kept
__init__   the declaration: what it needs and gives, how fast, on which terms
"""

from __future__ import annotations

from groundswell.sources.declaring import Gives, Limit, Source, Terms
from groundswell.sources.mastodon.asking import keys, named, refusal, streams
from groundswell.sources.mastodon.reading import FIELDS, read_pages
from groundswell.sources.mastodon.wishes import may_keep

LIMITS = (
    "docs.joinmastodon.org, rate limits: 300 requests in 5 minutes for each address, unless a server says otherwise"
)


def mastodon(scheme: str = "https") -> Source:
    """Declare the servers as they answer; anything but https is for tests."""
    return Source(
        id="mastodon",
        title="Mastodon",
        says="Profiles, posts, followers, favourites, boosts, conversations, tags and trends of Mastodon servers that are open to strangers.",
        platform="mastodon",
        needs="nothing",
        hosts=("*",),
        limits=(Limit("*", 300, 300, LIMITS),),
        terms=Terms(
            "open",
            "Public posts of an open network of servers. What its authors delete has to go here as well: `groundswell refresh` looks again, "
            "`groundswell purge` takes it out. Who asked not to be listed is left out.",
            "https://docs.joinmastodon.org/api/",
        ),
        retention_days=None,
        gives=(
            Gives("account", FIELDS["account"]),
            Gives("post", FIELDS["post"], note="Views are not counted by the network. The words are left out where the author does not let them be searched."),
            Gives("interaction", FIELDS["interaction"], note="When somebody favoured or boosted is not told, but for boosts in a list of posts."),
            Gives("follow", FIELDS["follow"], note="`local` where another server than the account's own was asked: it knows a part."),
        ),
        streams=streams(scheme),
        offers={
            "posts": "statuses", "followers": "followers", "follows": "following", "likes": "favourited_by", "reposts": "reblogged_by",
            "replies": "context",
        },
        introduce="account",
        alone="account",
        again="status",
        named=named,
        read=read_pages,
        refusal=refusal,
        may_keep=may_keep,
        keys=keys,
        login_form="server:token (of each server that has closed its doors to strangers, several with commas)",
        examples=(
            "@ann@mastodon.example", "https://mastodon.example/@ann", "https://mastodon.example/@ann/109302436954721982",
            "#gardening@mastodon.example", "https://mastodon.example/explore",
        ),
        caveats=(
            "Everybody is asked about at their own server. A server may close its doors to strangers; then that is said, and the others go on.",
            "Who has an account on a closed server may give a token of it (GROUNDSWELL_MASTODON_LOGIN, server:token): it goes to that server alone.",
            "Who asked not to be listed (`discoverable` no, `noindex` yes) is counted and left out, also of the pages that are kept; who asks "
            "it later goes with the next `groundswell refresh` and `groundswell purge`.",
            "Posts of those who do not let theirs be found by search (`indexable` no) are kept without their words.",
            "Who hides whom they follow and who follows them has lists that come empty.",
            "A tag or the trends of a server show what that server has seen, not the whole network.",
            "Only public and unlisted posts are read.",
        ),
    )  # fmt: skip


MASTODON = mastodon()

__all__ = ["MASTODON", "mastodon"]
