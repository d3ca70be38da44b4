"""Whom a post names is read out of its words where no column lists it, as the platform writes handles, and never invented."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from groundswell.sources.files import open_file
from groundswell.sources.files.layouts.words import named_in
from groundswell.sources.values import tweet_of

HEADER = "platform,username,post_id,published_at,caption,kind,in_reply_to"


def named(text: str, platform: str) -> list[str] | None:
    return named_in(pa.array([text]), platform)[0].as_py()


def posts_and_mentions(
    folder: Path, *lines: str, header: str = HEADER
) -> tuple[list[object], set[tuple[object, object]]]:
    path = folder / "posts.csv"
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    pages = list(open_file(path).pages())
    posts = [row["mentions"] for page in pages for row in page.records["post"].to_pylist() if "mentions" in row]
    acts = [row for page in pages for row in page.records.get("interaction", pa.table({})).to_pylist()]
    return posts, {(row["via"], row["account"]) for row in acts if row["verb"] == "mention"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("I like @OatAndCo. And @oatandco!", ["oatandco"]),
        ("with @ann.b, (@cy_) and 💛@bo", ["ann.b", "cy_", "bo"]),
        (".@ann is great, @bob's bread too", ["ann", "bob"]),
        ("thanks @ann...you know", ["ann"]),
        ("mail me@oatco.example", None),
        ("https://www.tiktok.com/@zed", None),
        ("#oats @ home, 5 @ 3 €", None),
        ("@müller bakes", None),
        ("@ann@mastodon.example", None),
    ],
)
def test_a_caption_names_whom_its_handles_name(text: str, names: list[str] | None) -> None:
    assert named(text, "instagram") == names


@pytest.mark.parametrize(
    ("platform", "names"),
    [
        ("twitter", ["ann"]),
        ("bluesky", ["x.bsky.social"]),
        ("mastodon", ["cy@mastodon.example"]),
        ("linkedin", None),
        ("blog", None),
    ],
)
def test_every_platform_writes_handles_its_own_way(platform: str, names: list[str] | None) -> None:
    assert named("@ann, @x.bsky.social. And @cy@mastodon.example!", platform) == names


def test_each_row_is_read_by_its_own_platform() -> None:
    texts = pa.array(["by @a.b and @c", None, "by @c.", "nobody"])
    platforms = pa.array(["tiktok", "tiktok", "twitter", None])
    assert named_in(texts, platforms).to_pylist() == [["a.b", "c"], None, ["c"], None]


def test_a_table_without_a_column_of_mentions_has_those_of_its_captions(tmp_path: Path) -> None:
    posts, acts = posts_and_mentions(
        tmp_path,
        "instagram,@ann,p1,2026-09-01T08:00:00Z,I used the @oatandco drink. @kettleco's too,post,",
        "instagram,@ann,p2,2026-09-02T08:00:00Z,Vegan bread,post,",
    )
    assert posts == [["oatandco", "kettleco"], None]
    assert acts == {("instagram:p1", "instagram:@oatandco"), ("instagram:p1", "instagram:@kettleco")}


def test_whom_a_reply_answers_and_whom_a_repost_quotes_is_not_named(tmp_path: Path) -> None:
    posts, _ = posts_and_mentions(
        tmp_path,
        "twitter,@ann,1,2026-09-01T08:00:00Z,@bob @cy I prefer @oatco,reply,",
        "twitter,@ann,2,2026-09-02T08:00:00Z,RT @bob: I love @oatco,,",
        "twitter,@ann,3,2026-09-03T08:00:00Z,I love @oatco,repost,",
        "twitter,@ann,4,2026-09-04T08:00:00Z,@bob and I love @oatco,post,",
    )
    assert posts == [["oatco"], None, None, ["bob", "oatco"]]


def test_a_column_of_mentions_is_believed(tmp_path: Path) -> None:
    lines = ["instagram,@ann,p1,2026-09-01,by @x,oatco", "instagram,@ann,p2,2026-09-02,by @x,"]
    posts, acts = posts_and_mentions(tmp_path, *lines, header="platform,username,post_id,date,caption,mentions")
    assert posts == [["oatco"], None]
    assert acts == {("instagram:p1", "instagram:@oatco")}


TWEET = {"id_str": "17", "created_at": "Tue Mar 03 09:00:00 +0000 2026", "favorite_count": "1"}


def test_tweets_read_as_they_were_written_in_an_archive(tmp_path: Path) -> None:
    texts = ["Oat &amp; Co &lt;3", "a > b & c", "it is written &amp;lt;"]
    tweets = [{"tweet": {**TWEET, "id_str": str(number), "full_text": text}} for number, text in enumerate(texts)]
    path = tmp_path / "tweets.js"
    path.write_text(f"window.YTD.tweets.part0 = {json.dumps(tweets)}", "utf-8")
    pages = list(open_file(path, constants={"author": "@ann"}).pages())
    said = [row["text"] for page in pages for row in page.records["post"].to_pylist()]
    assert said == ["Oat & Co <3", "a > b & c", "it is written &lt;"]


def test_tweets_read_as_they_were_written_in_a_table(tmp_path: Path) -> None:
    path = tmp_path / "tweets.csv"
    path.write_text("tweet_id,screen_name,text,retweet_count\n17,ann,Oat &amp; Co by @oatco,0\n", "utf-8")
    (page,) = open_file(path).pages()
    (post,) = page.records["post"].to_pylist()
    assert (post["text"], post["mentions"]) == ("Oat & Co by @oatco", ["oatco"])


def test_a_tweet_reads_as_it_was_written_from_every_source() -> None:
    assert tweet_of("Oat &amp; Co &lt;3 &amp;lt; R&D &quot;x&quot;") == "Oat & Co <3 &lt; R&D &quot;x&quot;"
    assert tweet_of("") is tweet_of(None) is None
