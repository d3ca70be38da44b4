"""Shares of topics say of which posts they are shares."""

from __future__ import annotations

from groundswell.exports.wording import topics_caption
from groundswell.signals.posts import PostsOf


def test_topics_are_shares_of_the_posts_whose_topic_could_be_told_and_say_of_how_many() -> None:
    mine = [{"topic": name} for name in ("world", "world", "sea", None)]
    posts = PostsOf({"x:ann": mine}, {})
    assert posts.topics("x:ann") == (("world", 2 / 3), ("sea", 1 / 3))
    told = topics_caption(*posts.topics_from("x:ann"))
    assert told == "Topics, share of the 3 posts whose topic could be told (of 4)"
