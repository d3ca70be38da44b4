"""Phantombuster's results (CSV or JSON): profiles and posts from Instagram, LinkedIn and Twitter. Open the Phantom, Results, Download.

Columns are called as the vendor's tools call them; they differ a little between tools, hence the second names. `timestamp` is when
a row was collected. A row that only reports an error has no account and is set aside. Telephone numbers are not kept.
"""

from __future__ import annotations

from groundswell.sources.files.layouts.cells import Always, Count, Flag, Handle, Id, Moment, Text, Who
from groundswell.sources.files.layouts.generic import filled, hidden_likes
from groundswell.sources.files.layouts.layout import Account, Contact, Layout, Post, RecordMap

_PHONES = ("phoneNumber", "phone", "phoneNumberFromBio", "contactPhoneNumber", "publicPhoneNumber")


def _results(
    name: str, what: str, platform: str, required: tuple[str | tuple[str, ...], ...], *records: RecordMap
) -> Layout:
    return Layout(
        id=f"phantombuster_{name}",
        title=f"Phantombuster: {what}",
        says=f"{what} from Phantombuster: open the Phantom, Results, Download, CSV or JSON.",
        platform=platform,
        required=required,
        accepts=lambda headers: not headers & {"platform", "network"},
        observed=("timestamp",),
        ignored=("query", "error", "imgUrl", "profilePictureUrl", "profileImageUrl", "category", *_PHONES),
        records=records,
    )


_IG = Who("instagramID", "id", handle=("profileName", "username"))
_IG_MAIL = Text("mailFromBio", "publicEmail", "businessEmail")
INSTAGRAM_PROFILES = _results(
    "instagram_profile",
    "Instagram profiles",
    "instagram",
    ("profileUrl", "profileName", "followersCount", ("postsCount", "followingCount")),
    Account(
        account=_IG,
        handle=Handle("profileName", "username"),
        name=Text("fullName"),
        bio=Text("bio"),
        url=Text("website", "profileUrl"),
        category=Text("businessCategory"),
        verified=Flag("isVerified"),
        private=Flag("isPrivate"),
        followers=Count("followersCount"),
        following=Count("followingCount"),
        posts_count=Count("postsCount"),
    ),
    Contact(account=_IG, channel=Always("email"), address=_IG_MAIL, when=filled(_IG_MAIL)),
)
_IG_AUTHOR = Who("ownerId", handle=("username", "ownerUsername"), anyone="profileUrl")
INSTAGRAM_POSTS = _results(
    "instagram_post",
    "Instagram posts",
    "instagram",
    ("postUrl", "description", "likeCount", "commentCount", ("pubDate", "postDate")),
    Post(
        post=Id("postId", url="postUrl"),
        account=_IG_AUTHOR,
        text=Text("description"),
        created_at=Moment("pubDate", "postDate"),
        media=Text("type"),
        url=Text("postUrl"),
        likes_hidden=hidden_likes(("likeCount",)),
        likes=Count("likeCount"),
        replies=Count("commentCount"),
        views=Count("viewCount", "playCount"),
    ),
    Account(account=_IG_AUTHOR, handle=Handle("username", "ownerUsername"), name=Text("fullName")),
)
_LI = Who(anyone=("linkedinProfileUrl", "linkedinProfile", "profileUrl"))
LINKEDIN_PROFILES = _results(
    "linkedin_profile",
    "LinkedIn profiles",
    "linkedin",
    (("linkedinProfileUrl", "linkedinProfile", "profileUrl"), ("linkedinHeadline", "headline"), ("fullName", "firstName")),
    Account(
        account=_LI,
        handle=Handle("linkedinProfileUrl", "linkedinProfile", "profileUrl"),
        name=Text("fullName"),
        bio=Text("linkedinHeadline", "headline"),
        location=Text("location"),
        followers=Count("linkedinFollowersCount", "followersCount", "followers"),
    ),
)  # fmt: skip
_LI_AUTHOR = Who(anyone=("authorUrl", "profileUrl"))
LINKEDIN_POSTS = _results(
    "linkedin_post",
    "LinkedIn posts",
    "linkedin",
    ("postUrl", "postContent", "likeCount", "commentCount"),
    Post(
        post=Id(url="postUrl"),
        account=_LI_AUTHOR,
        text=Text("postContent"),
        created_at=Moment("postTimestamp"),  # postDate is relative: 3w
        media=Text("type"),
        url=Text("postUrl"),
        likes=Count("likeCount"),
        replies=Count("commentCount"),
        reposts=Count("repostCount"),
        views=Count("viewCount"),
    ),
    Account(account=_LI_AUTHOR, handle=Handle("authorUrl", "profileUrl"), name=Text("author")),
)
_X = Who("userId", "twitterId", handle=("screenName", "handle"))
X_PROFILES = _results(
    "twitter_profile",
    "Twitter profiles",
    "twitter",
    (("screenName", "handle"), "followersCount", ("friendsCount", "tweetsCount"), ("profileUrl", "twitterUrl")),
    Account(
        account=_X,
        handle=Handle("screenName", "handle"),
        name=Text("name"),
        bio=Text("bio"),
        url=Text("website", "url"),
        location=Text("location"),
        verified=Flag("certified", "isVerified"),
        private=Flag("protected"),
        created_at=Moment("createdAt"),
        followers=Count("followersCount"),
        following=Count("friendsCount", "followingCount"),
        posts_count=Count("tweetsCount"),
    ),
)
_X_AUTHOR = Who("userId", handle=("handle", "screenName"), anyone=("profileUrl", "twitterProfileUrl"))
X_POSTS = _results(
    "twitter_post",
    "Tweets",
    "twitter",
    (("tweetUrl", "tweetLink"), ("text", "content"), "retweetCount", "likeCount"),
    Post(
        post=Id("tweetId", url=("tweetUrl", "tweetLink")),
        account=_X_AUTHOR,
        text=Text("text", "content"),
        created_at=Moment("tweetDate", "createdAt"),
        url=Text("tweetUrl", "tweetLink"),
        likes=Count("likeCount"),
        replies=Count("replyCount", "commentCount"),
        reposts=Count("retweetCount"),
        quotes=Count("quoteCount"),
        views=Count("viewCount"),
    ),
    Account(account=_X_AUTHOR, handle=Handle("handle", "screenName"), name=Text("name")),
)

PHANTOMBUSTER = (INSTAGRAM_PROFILES, INSTAGRAM_POSTS, LINKEDIN_PROFILES, LINKEDIN_POSTS, X_PROFILES, X_POSTS)
