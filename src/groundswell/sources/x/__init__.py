"""X, as its API v2 answers to a token, for money: each post and each person that is read has a price.

asking     the streams: people, their posts, who follows them, conversations, search
reading    from a page that was kept to records
__init__   the declaration: what it needs, gives and costs, how fast, on which terms
"""

from __future__ import annotations

from groundswell.sources.declaring import Gives, Limit, Price, Source, Terms
from groundswell.sources.x.asking import HOST, login, named, refusal, streams
from groundswell.sources.x.reading import FIELDS, read_pages

X = Source(
    id="x",
    title="X",
    says="Profiles, posts, followers, conversations and search of X (Twitter), for money: what is read is paid for piece by piece.",
    platform="twitter",
    needs="paid",
    hosts=(HOST,),
    limits=(Limit(HOST, 300, 900, "docs.x.com: 300 requests in 15 minutes for an app's look-ups; other lists have their own limits, which its answers say"),),
    price=Price("US dollars", "docs.x.com/x-api/getting-started/pricing: 0.005 for each post, 0.010 for each profile or follower"),
    terms=Terms(
        "api",
        "Data for the purpose that you told X. What is deleted, hidden or made private there has to go here as well: `groundswell refresh` looks "
        "again, `groundswell purge` takes it out.",
        "https://docs.x.com/developer-terms/agreement-and-policy",
    ),
    retention_days=None,
    gives=(
        Gives("account", FIELDS["account"], "paid"),
        Gives("post", FIELDS["post"], "paid", "A copy that passes somebody else's post on has no counts of its own."),
        Gives("interaction", FIELDS["interaction"], "paid", "Answers, quotes, mentions and copies, as posts tell of them; who likes a post is not asked."),
        Gives("follow", FIELDS["follow"], "paid"),
    ),
    streams=streams(),
    offers={"posts": "tweets", "followers": "followers", "follows": "following", "reposts": "retweeted_by", "replies": "conversation"},
    introduce="users",
    alone="user",
    again="look",
    named=named,
    read=read_pages,
    refusal=refusal,
    login=login,
    login_form="the bearer token of your app (console.x.com)",
    examples=("https://x.com/ann", "https://x.com/ann/status/1234567890123456789"),
    caveats=(
        "Say how much it may cost (`--spend 5`, US dollars): it stops before the next page may cost more. `--dry-run` says the price at most.",
        "What is read twice on one day (UTC) is paid for once, says X; here it is counted each time.",
        "Conversations and search reach back seven days.",
        "At most the newest 3,200 posts of an account are given.",
    ),
)  # fmt: skip

__all__ = ["X"]
