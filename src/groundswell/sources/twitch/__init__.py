"""Twitch, as its API (Helix) answers to an app that everybody can register.

asking     the streams: channels, their videos and clips, how many follow
reading    from a page that was kept to records
__init__   the declaration: what it needs and gives, how fast, on which terms
"""

from __future__ import annotations

from groundswell.sources.declaring import Gives, Limit, Source, Terms
from groundswell.sources.twitch.asking import HOST, login, named, refusal, streams
from groundswell.sources.twitch.reading import FIELDS, read_pages

TWITCH = Source(
    id="twitch",
    title="Twitch",
    says="Channels, how many follow them, their videos, and the clips that others cut from them, with an app of your own.",
    platform="twitch",
    needs="key",
    hosts=(HOST,),
    limits=(
        Limit(HOST, 800, 60, "dev.twitch.tv/docs/api/guide: 800 points a minute for each app; a request costs one"),
    ),
    terms=Terms(
        "api",
        "Data for your own use. What is deleted there has to go here as well: `groundswell refresh` looks again, `groundswell purge` takes it out.",
        "https://legal.twitch.com/legal/developer-agreement/",
    ),
    retention_days=None,
    gives=(
        Gives("account", FIELDS["account"], "key", "How many follow, never who."),
        Gives(
            "post", FIELDS["post"], "key", "Videos and clips with their views; likes and comments are counted nowhere."
        ),
        Gives("interaction", FIELDS["interaction"], "key", "Who cut a clip from whose channel."),
    ),
    streams=streams(),
    offers={"posts": "videos", "reposts": "clips"},
    introduce="users",
    alone="user",
    again="video",
    named=named,
    read=read_pages,
    refusal=refusal,
    login=login,
    login_form="client-id:token (dev.twitch.tv: register an application; the token is an app access token of it)",
    examples=("https://www.twitch.tv/ann", "https://www.twitch.tv/videos/123456789"),
    caveats=(
        "Who follows a channel is told to its moderators only; the number is asked for each channel by itself.",
        "Videos of past streams are deleted by Twitch after days or weeks: a channel that streams a lot may show none.",
        "Clips come with the most watched first, not by date.",
        "An app's token ends after some weeks; then a new one is needed.",
    ),
)

__all__ = ["TWITCH"]
