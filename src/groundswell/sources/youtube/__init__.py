"""YouTube, as its Data API v3 answers to a key that everybody can make.

asking     the streams: channels, their uploads, videos, comments, search
reading    an answer is read as the file it is when somebody saves it; what is missing from it is gone
__init__   the declaration: what it needs and gives, its quota, its terms
"""

from __future__ import annotations

from groundswell.sources.declaring import Gives, Limit, Quota, Source, Terms
from groundswell.sources.youtube.asking import HOST, key, named, refusal, streams
from groundswell.sources.youtube.reading import FIELDS, read_pages

QUOTA = "developers.google.com/youtube/v3/determine_quota_cost: 10,000 units a day for each project, one for each page of a list; search has 100 calls of its own"

YOUTUBE = Source(
    id="youtube",
    title="YouTube",
    says="Channels, their videos and the comments under them, with a free key of the Data API.",
    platform="youtube",
    needs="key",
    hosts=(HOST,),
    limits=(Limit(HOST, 10_000, 86_400, QUOTA, at_once=10_000),),
    quota=Quota("units", 10_000, "America/Los_Angeles", QUOTA),
    terms=Terms(
        "raw",
        "Numbers may be shown as they came, for 30 days; then they are fetched again or deleted. Measures of one's own, and keeping statistics "
        "longer, need YouTube's amendment on derived metrics: once you accepted it, say `groundswell agree youtube`.",
        "https://developers.google.com/youtube/terms/derived-metrics-policy",
    ),
    retention_days=30,
    gives=(
        Gives("account", FIELDS["account"], "key", "Subscribers are rounded to three digits, and unknown where they are hidden."),
        Gives("post", FIELDS["post"], "key", "Likes and comments are unknown where the owner hides or closes them."),
        Gives("interaction", FIELDS["interaction"], "key", "Comments under videos, and answers to them."),
    ),
    streams=streams(),
    offers={"posts": "uploads", "replies": "comments"},
    introduce="channels",
    alone="channel",
    again="videos",
    named=named,
    read=read_pages,
    refusal=refusal,
    login=key,
    login_form="the key itself (Google Cloud console: a project, YouTube Data API v3, Credentials, API key)",
    examples=("https://www.youtube.com/@ann", "https://www.youtube.com/channel/UCaaaaaaaaaaaaaaaaaaaaaa", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
    caveats=(
        "Who subscribes to a channel is told to nobody.",
        "A day has 10,000 units; `--dry-run` says how many a fetch takes at most. They begin anew at midnight in California.",
        "A search (words, with --from youtube) counts apart: 100 pages a day.",
        "Without the amendment nothing here measures what came from YouTube: `groundswell fetched` shows it as it came.",
        "Of the answers to a comment, the few that come with it are read.",
    ),
)  # fmt: skip

__all__ = ["YOUTUBE"]
