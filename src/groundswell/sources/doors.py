"""The doors that are closed, or open only a little: what each network would want, in whose words, and which files open it instead.

    door_rows()    one row for each network: what is fetched, what comes as a file, what needs approval, what its members do themselves

A network that is fetched from declares that itself (`networks`), and what comes as a file is read off the layouts. Only what this
program does not ask stands here, each with the page that says so and the day of that page where it has one. Nothing of it is promised.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundswell.records import PLATFORMS
from groundswell.sources.files.layouts import LAYOUTS
from groundswell.sources.networks import SOURCES

KINDS: dict[str, str] = {
    "approval": "needs the network's approval of your app or brand",
    "self-serve": "its members fetch their own data themselves, and hand it on if they like",
    "none": "closed to programs like this one",
}
"""What stands before a door."""


@dataclass(frozen=True)
class Door:
    """One way into a network that this program does not go."""

    platform: str
    title: str
    kind: str
    says: str
    address: str
    read: str
    """How we know: the page itself with its day, or an excerpt of it, or other people's words."""


DOORS = (
    Door("instagram", "Creator Marketplace API", "approval", "Search among creators with Instagram's own numbers: advanced access by app review, and a brand that is eligible.", "https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-facebook-login/creator-marketplace", "an excerpt of the page of 11 June 2026"),
    Door("facebook", "Creator Discovery API", "approval", "Search among Facebook's creators: a business app with advanced access by app review, and a brand that is eligible.", "https://developers.facebook.com/documentation/fb-creator-discovery", "an excerpt of the page of 30 April 2026"),
    Door("linkedin", "Member Data Portability (Member)", "self-serve", "A member makes an app of their own for their own data; members in the EEA and Switzerland.", "https://learn.microsoft.com/en-us/linkedin/dma/member-data-portability/member-data-portability-member/", "an excerpt of the page; where it is open: other people's words"),
    Door("linkedin", "Member Data Portability (3rd Party)", "approval", "An app that members allow to fetch their data: a verified company page, and LinkedIn's approval.", "https://learn.microsoft.com/en-us/linkedin/dma/member-data-portability/member-data-portability-3rd-party/", "an excerpt of the page"),
    Door("tiktok", "Data Portability API", "approval", "Posts and lists of followers of users in the EEA and the United Kingdom who allow it, to apps that pass a review of security and privacy.", "https://developers.tiktok.com/products/data-portability-api/", "an excerpt of the page"),
    Door("tiktok", "Research API", "none", "For researchers of universities and non-profits; creators, advertisers and firms are not eligible.", "https://developers.tiktok.com/products/research-api/", "an excerpt of the page, and of its questions of 1 September 2026"),
    Door("youtube", "Google Data Portability API", "approval", "A channel's own data, which its owner allows an app to fetch that Google has verified.", "https://developers.google.com/data-portability", "an excerpt of the page"),
    Door("threads", "Threads API", "approval", "Profiles and posts by name to an app that Meta has reviewed.", "https://developers.facebook.com/documentation/threads/threads-profiles", "an excerpt of the page of 13 April 2026; the review: from memory"),
    Door("pinterest", "API v5", "approval", "An account's own pins and boards to an app that Pinterest has approved.", "https://developers.pinterest.com/docs/api/v5/introduction/", "from memory"),
    Door("snapchat", "My Data", "self-serve", "Its users download their own data; no layout here reads that file yet, so bring a table (columns can be named).", "https://help.snapchat.com/", "from memory"),
)  # fmt: skip
"""Ways that this program does not go, by network."""


@dataclass(frozen=True)
class Ways:
    """All ways into one network."""

    platform: str
    fetched: tuple[str, ...]
    """Live sources that give it."""
    files: tuple[tuple[str, str], ...]
    """(layout or family, title) that reads what its people or tools export."""
    doors: tuple[Door, ...]


def ways(platform: str) -> Ways:
    """All ways into one network, read off the declarations."""
    families = {one.family or one.id: one for one in reversed(LAYOUTS.values()) if one.platform == platform}
    files = tuple((name, _title(name, one.title)) for name, one in reversed(families.items()))
    fetched = tuple(one.id for one in SOURCES.values() if platform in (one.platform, *one.also))
    return Ways(platform, fetched, files, tuple(one for one in DOORS if one.platform == platform))


def _title(name: str, title: str) -> str:
    """The title of a family is what stands before the colon of its pieces' titles."""
    return title.partition(":")[0] if name not in LAYOUTS else title


def all_ways() -> tuple[Ways, ...]:
    """All ways into every network that records know of."""
    return tuple(ways(platform) for platform in PLATFORMS)


__all__ = ["DOORS", "KINDS", "Door", "Ways", "all_ways", "ways"]
