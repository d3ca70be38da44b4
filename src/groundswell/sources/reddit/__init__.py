"""Reddit, as its Data API answers to an app that Reddit has approved.

asking     the streams: people, what they submitted and commented, communities
reading    from a page that was kept to records
__init__   the declaration: what it needs and gives, how fast, on which terms
"""

from __future__ import annotations

from groundswell.sources.declaring import Gives, Limit, Source, Terms
from groundswell.sources.reddit.asking import HOST, LOGIN, login, named, refusal, streams
from groundswell.sources.reddit.reading import FIELDS, read_pages

REDDIT = Source(
    id="reddit",
    title="Reddit",
    says="People's submissions and comments, and who writes in a community, for an app that Reddit has approved.",
    platform="reddit",
    needs="approval",
    hosts=(HOST, LOGIN),
    limits=(Limit(HOST, 100, 60, "Reddit (r/modnews, May 2023): 100 requests a minute for each app; its answers say what is left"),),
    terms=Terms(
        "api",
        "Only for the purpose that Reddit approved; commercial use by contract. What people delete has to go here as well, so nothing is kept longer "
        "than two days: then it is fetched again, or taken out by `groundswell purge`.",
        "https://support.reddithelp.com/hc/en-us/articles/16160319875092-Reddit-Data-API-Wiki",
    ),
    retention_days=2,
    gives=(
        Gives("account", FIELDS["account"], "approval", "How many follow the profile; karma stands in `extra`."),
        Gives("post", FIELDS["post"], "approval", "`likes` is the score: votes for it less votes against it; unknown where it is below zero or hidden."),
        Gives("interaction", FIELDS["interaction"], "approval", "Who answered what."),
    ),
    streams=streams(),
    offers={"posts": "submitted", "comments": "comments"},
    introduce="about",
    alone="about",
    again="info",
    named=named,
    read=read_pages,
    refusal=refusal,
    login=login,
    login_form="client-id:client-secret of an app that Reddit has approved",
    by_handle=True,
    examples=("https://www.reddit.com/user/ann", "https://www.reddit.com/r/gardening"),
    caveats=(
        "Without Reddit's approval of your purpose nothing is asked: an app needs it before it gets a client id.",
        "Lists go back a thousand items at most.",
        "Who follows whom is told to nobody.",
        "Somebody whom Reddit hides looks like somebody who is not there.",
    ),
)  # fmt: skip

__all__ = ["REDDIT"]
