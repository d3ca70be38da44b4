"""From what Reddit answered to records: the same page always gives the same rows.

Everything goes by its full name there: `reddit:t2_1ab2c` is a person, `reddit:t3_...` a submission, `reddit:t1_...` a comment. What its
author deleted, or a moderator took away, says so in the place of its words; then it has to go here as well.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from groundswell.sources.declaring import Kept
from groundswell.sources.gathering import Gathering, Taken, reads
from groundswell.sources.reddit.asking import children_in, profile_in
from groundswell.sources.values import OLDEST, count_of, dict_of, extra_of, text_of

Json = Any
FIELDS: dict[str, tuple[str, ...]] = {
    "account": ("account", "platform", "handle", "name", "bio", "url", "created_at", "followers", "extra"),
    "post": (
        "post", "platform", "account", "text", "created_at", "kind", "url", "reply_to", "reply_to_account", "repost_of", "thread", "links",
        "likes", "replies", "reposts", "extra",
    ),
    "interaction": ("actor", "verb", "account", "post", "via", "acted_at"),
}  # fmt: skip
"""Record -> the fields of it that this source gives."""
TAKEN = frozenset(("[deleted]", "[removed]"))
"""What stands in the place of an author or of words that are no more."""


class Reader(Gathering):
    """Gathers rows from kept pages; see the module."""

    fields = FIELDS

    def refused(self, kept: Kept) -> bool:
        """Somebody whose name is not there any more, where the number that had it is known."""
        number = kept.subject.partition(" ")[2]
        if kept.stream != "about" or kept.status != 404 or not number.startswith("t2_"):
            return False
        self.gone.append(("account", f"reddit:{number}", self.at, "it is not there any more"))
        return True

    def profile(self, said: tuple[str, Json]) -> None:
        """A profile; of one that is suspended nothing but its name is told."""
        subject, one = said
        number = subject.partition(" ")[2]
        if one.get("is_suspended") is True:
            if number.startswith("t2_"):
                self.gone.append(("account", f"reddit:{number}", self.at, "suspended"))
            return
        page = dict_of(one, "subreddit")
        karma = [
            (name, str(one[name])) for name in ("link_karma", "comment_karma") if count_of(one.get(name)) is not None
        ]
        self.add(
            "account", account=f"reddit:t2_{one['id']}", platform="reddit", handle=one["name"].lower(), name=text_of(page.get("title")),
            bio=text_of(page.get("public_description")), url=f"https://www.reddit.com/user/{one['name']}", created_at=_moment(one.get("created_utc")),
            followers=count_of(page.get("subscribers")), extra=extra_of(karma),
        )  # fmt: skip

    def thing(self, said: Json) -> None:
        """A submission or a comment."""
        one = said["data"]
        comment = {"t1": True, "t3": False}[said["kind"]]
        words = one.get("body") if comment else one.get("selftext")
        if one["author"] in TAKEN or words in TAKEN:
            self.gone.append(("post", f"reddit:{one['name']}", self.at, "deleted or taken away"))
            return
        self._comment(one) if comment else self._submission(one)

    def _submission(self, one: Json) -> None:
        copied = text_of(one.get("crosspost_parent"))
        words = filter(None, (text_of(one.get("title")), text_of(one.get("selftext"))))
        link = text_of(one.get("url")) if one.get("is_self") is False else None
        self._post(
            one, text="\n\n".join(words) or None, kind="repost" if copied else "post", repost_of=f"reddit:{copied}" if copied else None,
            links=[link] if link else None, replies=count_of(one.get("num_comments")), reposts=count_of(one.get("num_crossposts")),
        )  # fmt: skip

    def _comment(self, one: Json) -> None:
        parent, thread = text_of(one.get("parent_id")), text_of(one.get("link_id"))
        owner = text_of(one.get("link_author"))
        # Whose the submission is stands with each comment; whose comment was answered does not.
        whom = f"reddit:@{owner.lower()}" if owner and owner not in TAKEN and parent == thread else None
        answered = f"reddit:{parent}" if parent else None
        self._post(
            one, text=text_of(one.get("body")), kind="reply", reply_to=answered, reply_to_account=whom,
            thread=f"reddit:{thread}" if thread else None,
        )  # fmt: skip
        self.add(
            "interaction", actor=_author(one), verb="reply", account=whom, post=answered, via=f"reddit:{one['name']}",
            acted_at=_moment(one.get("created_utc")),
        )  # fmt: skip

    def _post(self, one: Json, **more: Any) -> None:
        self.add_once("account", account=_author(one), platform="reddit", handle=one["author"].lower())
        address = text_of(one.get("permalink"))
        self.add(
            "post", post=f"reddit:{one['name']}", platform="reddit", account=_author(one), created_at=_moment(one.get("created_utc")),
            url=f"https://www.reddit.com{address}" if address else None,
            likes=None if one.get("score_hidden") is True or one.get("hide_score") is True else count_of(one.get("score")),
            extra=extra_of([("community", text_of(one.get("subreddit")))]), **more,
        )  # fmt: skip


def _author(one: Json) -> str:
    number = text_of(one.get("author_fullname"))
    return f"reddit:{number}" if number else f"reddit:@{one['author'].lower()}"


def _moment(said: Json) -> datetime | None:
    """A moment in seconds since 1970; what is none is unknown."""
    if isinstance(said, bool) or not isinstance(said, (int, float)) or not OLDEST.timestamp() <= said < 1e11:
        return None
    return datetime.fromtimestamp(said, UTC)


def _profiles(reader: Reader, subject: str, said: Json) -> Taken:
    yield (subject, profile_in(said)), reader.profile


def _things(reader: Reader, _subject: str, said: Json) -> Taken:
    yield from ((one, reader.thing) for one in children_in(said))


Reader.items_of = {
    "about": _profiles, "submitted": _things, "comments": _things, "community": _things, "info": _things,
}  # fmt: skip
"""Stream -> the items of one of its pages, each with what reads it."""
read_pages = reads(Reader)

__all__ = ["FIELDS", "Reader", "read_pages"]
