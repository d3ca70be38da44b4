"""What the layouts make of the files people have: ids, kinds, several records from one row, constants, errors."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from groundswell.errors import MissingFieldError, UnknownLayoutError, UnknownNameError, UsageError
from groundswell.records import FEE_IN_WORDS
from groundswell.sources import Page
from groundswell.sources.files import open_file, recognise

EXAMPLES = Path(__file__).with_name("examples")


def written(folder: Path, text: str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def rows(found: list[Page], kind: str) -> list[dict[str, object]]:
    return [row for page in found for row in page.records.get(kind, pa.table({})).to_pylist()]


def read(path: Path, **options: object) -> list[Page]:
    return list(open_file(path, **options).pages())  # type: ignore[arg-type]


def aside(found: list[Page]) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for page in found for one in page.set_aside]


# --- recognising -------------------------------------------------------------------------------------------------------------


def test_case_spaces_underscores_and_order_do_not_matter() -> None:
    assert recognise(["Owner Username", "LIKES_COUNT", "short code"]).id == "apify_instagram_post"


def test_no_layout_fits_names_the_nearest_and_what_is_missing() -> None:
    with pytest.raises(UnknownLayoutError) as error:
        recognise(["ownerUsername", "likesCount", "displayUrl", "mood"])
    assert "nearest: apify_instagram_post; missing: shortCode" in str(error.value)
    assert "--map" in str(error.value)
    assert "--as" in str(error.value)


def test_a_file_that_resembles_nothing_is_compared_with_nothing() -> None:
    with pytest.raises(UnknownLayoutError) as error:
        recognise(["size", "colour", "displayUrl"])
    assert "nearest" not in str(error.value)


def test_of_layouts_that_are_equally_near_the_general_one_is_named() -> None:
    with pytest.raises(UnknownLayoutError, match="nearest: posts; missing: text"):
        recognise(["likes", "mood"])


def test_a_layout_that_does_not_exist_offers_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="twitter_tweets"):
        open_file(EXAMPLES / "posts.csv", layout="twiter_tweets")


def test_a_layout_that_was_chosen_wrongly_says_what_it_lacks_and_what_fits(tmp_path: Path) -> None:
    path = written(tmp_path, "My posts,,,,\npost_id,author,platform,text,likes\n1,@ann,twitter,Brot,3\n")
    with pytest.raises(UnknownLayoutError) as error:
        open_file(path, layout="modash_report")
    assert error.value.what == "The file does not read as modash_report (Modash report)."
    assert "profile/profile/username" in error.value.means
    assert error.value.next_step == "It reads as posts (A table of posts): use --as posts, or leave --as out."


def test_a_layout_that_was_chosen_wrongly_where_none_fits_says_how_to_go_on(tmp_path: Path) -> None:
    with pytest.raises(UnknownLayoutError) as error:
        open_file(written(tmp_path, "size,colour\n1,red\n"), layout="posts")
    assert error.value.means == "It lacks the columns by which posts is known: text, created_at."
    assert "No layout fits" not in str(error.value)
    assert "--map" in error.value.next_step
    with pytest.raises(UnknownLayoutError, match="does not read as x_archive"):
        open_file(written(tmp_path, '[{"error": false, "size": 3}]', "table.json"), layout="x_archive")


def test_columns_are_told_as_the_file_spells_them(tmp_path: Path) -> None:
    path = written(tmp_path, "Post ID,author,created_at,text,likes\n1,@ann,2026-01-02,Brot,3\n")
    with pytest.raises(UnknownNameError) as error:
        open_file(path, constants={"platform": "instagram"}, mapping={"nope": "text"})
    assert error.value.next_step == "Known: Post ID, author, created_at, likes, text"


def test_a_generic_table_that_names_no_platform_says_which_set_would_do(tmp_path: Path) -> None:
    path = written(tmp_path, "username,followers,bio\nann,12,oats\n")
    with pytest.raises(MissingFieldError, match="--set platform=instagram"):
        open_file(path)
    assert rows(read(path, constants={"platform": "IG"}), "account")[0]["account"] == "instagram:@ann"


def test_addresses_that_agree_say_the_platform(tmp_path: Path) -> None:
    path = written(
        tmp_path, "username,followers,url\nann,12,https://www.tiktok.com/@ann\nbob,3,https://tiktok.com/@bob\n"
    )
    assert [row["account"] for row in rows(read(path), "account")] == ["tiktok:@ann", "tiktok:@bob"]


def test_addresses_that_disagree_say_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "username,followers,url\nann,12,https://www.tiktok.com/@ann\nbob,3,https://x.com/bob\n")
    with pytest.raises(MissingFieldError, match="platform"):
        open_file(path)


def test_two_accounts_may_share_a_handle(tmp_path: Path) -> None:
    path = written(tmp_path, "platform,id,handle,followers\ntwitter,1,ann,5\ntwitter,2,ann,6\n")
    assert [row["account"] for row in rows(read(path), "account")] == ["twitter:1", "twitter:2"]


def test_german_words_for_a_handle_and_a_post_are_understood(tmp_path: Path) -> None:
    path = written(tmp_path, "plattform,benutzername,beitrag,datum\nIG,Ann,Hafer,2026-03-04\n")
    (post,) = rows(read(path), "post")
    assert (post["account"], post["text"]) == ("instagram:@ann", "Hafer")


def test_a_table_without_an_author_names_the_columns_that_may_say_it(tmp_path: Path) -> None:
    path = written(tmp_path, "platform,text,date,Wer,mood\nIG,oats,2026-03-04,ann,warm\n")
    with pytest.raises(MissingFieldError) as error:
        open_file(path)
    assert error.value.next_step.startswith("Add --map COLUMN=author if one of these columns says it: Wer, mood.")
    assert "--set author=@ann" in error.value.next_step


@pytest.mark.parametrize("header", ["follower,followed\nann,bob\n", "actor,verb,account\nann,like,bob\n"])
def test_handles_without_a_platform_ask_for_it(header: str, tmp_path: Path) -> None:
    path = written(tmp_path, header)
    with pytest.raises(MissingFieldError, match="--set platform=instagram"):
        open_file(path)
    assert not aside(read(path, constants={"platform": "instagram"}))


def test_ids_that_say_their_platform_need_no_other_word(tmp_path: Path) -> None:
    path = written(tmp_path, "follower,followed\ndid:plc:ann,did:plc:bob\n")
    assert rows(read(path), "follow")[0]["follower"] == "bluesky:did:plc:ann"


def test_a_platform_that_nobody_knows_is_the_reason(tmp_path: Path) -> None:
    path = written(tmp_path, "platform,id,username,text,date\nMyspace,1,ann,a,2026-03-04\nIG,2,ann,b,2026-03-04\n")
    assert aside(read(path)) == [(2, "unknown platform 'Myspace'")]
    edges = written(tmp_path, "network,follower,followed\nMyspace,ann,bob\nIG,ann,bob\n,ann,cy\n", "edges.csv")
    assert aside(read(edges)) == [(2, "unknown platform 'Myspace'"), (4, "no platform in 'network'")]


# --- what the user says ------------------------------------------------------------------------------------------------------


def test_map_says_what_a_column_is(tmp_path: Path) -> None:
    path = written(tmp_path, "platform,wer,was,wann,herzen\ninstagram,Ann,oats,2026-03-04,12\n")
    found = read(path, mapping={"wer": "post.account", "was": "text", "wann": "created_at", "herzen": "post.likes"})
    (post,) = rows(found, "post")
    assert (post["account"], post["text"], post["likes"]) == ("instagram:@ann", "oats", 12)
    assert post["created_at"] == datetime(2026, 3, 4, tzinfo=UTC)


def test_map_may_say_which_column_is_the_platform_and_the_collection_time(tmp_path: Path) -> None:
    path = written(tmp_path, "netz,username,text,date,gesehen\nIG,ann,oats,2026-03-04,2026-03-10\n")
    (post,) = rows(read(path, mapping={"netz": "platform", "gesehen": "observed_at"}), "post")
    assert (post["account"], post["observed_at"]) == ("instagram:@ann", datetime(2026, 3, 10, tzinfo=UTC))


def test_second_spellings_of_a_column_are_kept(tmp_path: Path) -> None:
    path = written(tmp_path, "platform,id,username,caption,description,likes,Likes_Count\nx,1,ann,oats,longer,5,6\n")
    (post,) = rows(read(path), "post")
    assert (post["text"], post["likes"], post["extra"]) == (
        "oats",
        5,
        [("description", "longer"), ("Likes_Count", "6")],
    )


def test_the_id_of_a_post_is_read_out_of_its_address(tmp_path: Path) -> None:
    path = written(tmp_path, "username,text,url,date\nann,oats,https://x.com/ann/status/1800,2026-03-04\n")
    assert rows(read(path), "post")[0]["post"] == "twitter:1800"


def test_map_of_a_column_or_field_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="column"):
        open_file(EXAMPLES / "posts.csv", mapping={"nowhere": "likes"})
    with pytest.raises(UnknownNameError, match="likes"):
        open_file(EXAMPLES / "posts.csv", mapping={"mood": "likess"})


def test_set_of_a_field_or_platform_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="platform"):
        open_file(EXAMPLES / "posts.csv", constants={"plattform": "x"})
    with pytest.raises(UnknownNameError, match="instagram"):
        open_file(EXAMPLES / "posts.csv", constants={"platform": "instagrom"})
    with pytest.raises(UsageError, match="not a date"):
        open_file(EXAMPLES / "posts.csv", constants={"observed_at": "yesterday"})


def test_set_platform_cannot_contradict_what_the_file_is() -> None:
    with pytest.raises(UsageError, match="always twitter, never instagram"):
        open_file(EXAMPLES / "twitter_tweets.csv", constants={"platform": "instagram"})
    assert read(EXAMPLES / "twitter_tweets.csv", constants={"platform": "X"})


def test_set_fills_the_author_that_a_file_lacks(tmp_path: Path) -> None:
    path = written(tmp_path, "caption,date,likes\noats,2026-03-04,5\n")
    with pytest.raises(MissingFieldError, match="author"):
        open_file(path, constants={"platform": "instagram"})
    found = read(path, constants={"platform": "instagram", "author": "https://instagram.com/Ann/"})
    assert rows(found, "post")[0]["account"] == "instagram:@ann"


def test_set_observed_at_goes_to_every_row(tmp_path: Path) -> None:
    found = read(EXAMPLES / "posts.csv", constants={"observed_at": "2026-04-01"})
    assert {row["observed_at"] for row in rows(found, "post")} == {datetime(2026, 4, 1, tzinfo=UTC)}


def test_likes_of_one_post_need_that_post() -> None:
    with pytest.raises(MissingFieldError, match="--set post=at://"):
        open_file(EXAMPLES / "bluesky_likes.csv")


def test_a_list_of_followers_is_read_as_accounts_until_somebody_says_whose() -> None:
    reading = open_file(EXAMPLES / "bluesky_follow_list.csv")
    found = list(reading.pages())
    assert not rows(found, "follow")
    assert any("--set followed" in note for note in reading.notes)
    both = {
        name: rows(read(EXAMPLES / "bluesky_follow_list.csv", constants={name: "@ann.example"}), "follow")[0]
        for name in ("followed", "follower")
    }
    assert (both["followed"]["follower"], both["followed"]["followed"]) == (
        "bluesky:did:plc:bob",
        "bluesky:@ann.example",
    )
    assert (both["follower"]["follower"], both["follower"]["followed"]) == (
        "bluesky:@ann.example",
        "bluesky:did:plc:bob",
    )


# --- rows --------------------------------------------------------------------------------------------------------------------


def test_a_row_without_what_is_required_is_set_aside_with_its_words(tmp_path: Path) -> None:
    path = written(
        tmp_path, "platform,id,username,text,date\ninstagram,1,ann,oats,2026-03-04\ninstagram,2,,nobody,2026-03-04\n"
    )
    found = read(path)
    assert aside(found) == [(3, "no account in 'username'")]
    assert "nobody" in found[0].set_aside[0].text


def test_dates_that_cannot_be_set_the_row_aside(tmp_path: Path) -> None:
    path = written(
        tmp_path, "platform,id,username,text,date\nx,1,ann,a,2199-01-01\nx,2,ann,b,0001-01-01\nx,3,ann,c,2026-03-04\n"
    )
    found = read(path)
    assert aside(found) == [(2, "date in the future"), (3, "date before 1995")]
    assert len(rows(found, "post")) == 1


def test_what_is_the_future_depends_on_when_the_row_was_seen(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "platform,id,username,text,date,observed_at\nx,1,ann,a,2026-03-04,2026-03-03T12:00Z\nx,2,ann,a,2026-03-06,2026-03-03T12:00Z\n",
    )
    assert aside(read(path)) == [(3, "date later than the day on which it was collected")]
    plain = written(tmp_path, "platform,id,username,text,date\nx,1,ann,a,2026-03-04\n", "plain.csv")
    assert aside(read(plain, observed_at=datetime(2026, 1, 1, tzinfo=UTC))) == [
        (2, "date later than the day on which it was collected")
    ]


def test_posts_without_ids_are_told_apart_by_their_words_and_found_again(tmp_path: Path) -> None:
    text = "platform,username,text,date\ninstagram,ann,oats,2026-03-04\ninstagram,ann,oats!,2026-03-04\n"
    first = [row["post"] for row in rows(read(written(tmp_path, text)), "post")]
    again = [row["post"] for row in rows(read(written(tmp_path, text, "again.csv")), "post")]
    assert first == again
    assert len(set(first)) == 2
    assert all(str(post).startswith("instagram:~") and len(str(post)) == len("instagram:~") + 16 for post in first)


def test_hidden_likes_are_unknown_never_zero() -> None:
    likes = {row["post"]: row["likes"] for row in rows(read(EXAMPLES / "apify_instagram_post.json"), "post")}
    assert likes == {"instagram:3201": 120, "instagram:3202": None}


def test_minus_one_like_in_4cat_means_that_likes_are_hidden(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "id,body,author,num_likes,num_comments,timestamp\n1,oats,ann,-1,3,2026-03-04\n2,rye,ann,5,3,2026-03-04\n",
    )
    told = [(row["likes"], row["likes_hidden"]) for row in rows(read(path), "post")]
    assert told == [(None, True), (5, None)]


def test_columns_that_no_field_claims_are_kept() -> None:
    (first, *_) = rows(read(EXAMPLES / "posts.csv"), "post")
    assert first["extra"] == [("mood", "warm")]


# --- Twitter -----------------------------------------------------------------------------------------------------------------


def test_a_table_of_tweets_gives_posts_authors_replies_and_mentions() -> None:
    found = read(EXAMPLES / "twitter_tweets.csv")
    assert [row["kind"] for row in rows(found, "post")] == ["post", "reply", "reply"]
    accounts = rows(found, "account")
    assert [row["account"] for row in accounts] == ["twitter:771", "twitter:772", "twitter:771"], (
        "of what tweets say alike of one author, the first and the last date go on to the store"
    )
    acts = {(row["actor"], row["verb"], row["account"], row["post"]) for row in rows(found, "interaction")}
    assert ("twitter:772", "reply", None, "twitter:1800") in acts
    assert ("twitter:772", "mention", "twitter:@cy", None) in acts
    assert len(acts) == 5


def test_ids_that_a_spreadsheet_rounded_are_linked_by_handle() -> None:
    reading = open_file(EXAMPLES / "twitter_users.csv")
    accounts = rows(list(reading.pages()), "account")
    assert [row["account"] for row in accounts] == ["twitter:771", "twitter:@bob"]
    assert "1 account id was damaged by a spreadsheet; linked by handle." in reading.notes
    assert ("bot", "1") in accounts[1]["extra"]  # type: ignore[operator]


def test_quotes_that_a_table_holds_as_text_are_no_part_of_ids_handles_and_names(tmp_path: Path) -> None:
    header = "id,id_str,screen_name,name,followers_count,friends_count,statuses_count\n"
    lines = (
        '1.13E+09,"""1125660696""","""TencentCorp""",""" Tencent""",1,2,3\n'
        '8.41E+17,"""8.41E+17""","""BowieK66""","""Bo"" and ""Wie""",1,2,3\n'
        '7,7,ann,"""",1,2,3\n'
    )
    path = tmp_path / "users.csv"
    path.write_text(header + lines, encoding="utf-8")
    who = [(row["account"], row["handle"], row["name"]) for row in rows(read(path), "account")]
    assert who == [
        ("twitter:1125660696", "tencentcorp", "Tencent"),
        ("twitter:@bowiek66", "bowiek66", '"Bo" and "Wie"'),
        ("twitter:7", "ann", '"'),
    ]


def test_a_native_repost_does_not_show_the_likes_of_the_original() -> None:
    reposts = [row for row in rows(read(EXAMPLES / "fourcat_x.csv"), "post") if row["kind"] == "repost"]
    assert [row["likes"] for row in reposts] == [None]


def test_a_passed_on_tweet_is_a_repost_even_where_nothing_answers_anybody(tmp_path: Path) -> None:
    tweets = [
        {"tweet": {"id_str": str(n), "full_text": text, "created_at": "Wed Mar 04 09:00:00 +0000 2026", "favorite_count": "9", "retweet_count": "7"}}
        for n, text in ((1, "RT @bob: rye"), (2, "oats"))
    ]  # fmt: skip
    path = written(tmp_path, "window.YTD.tweets.part0 = " + json.dumps(tweets), "tweets.js")
    found = read(path, constants={"author": "@ann"})
    told = [(row["kind"], row["likes"], row["reposts"]) for row in rows(found, "post")]
    assert told == [("repost", None, None), ("post", 9, 7)]
    assert [(row["verb"], row["account"]) for row in rows(found, "interaction")] == [("repost", "twitter:@bob")]


def test_a_passed_on_tweet_in_a_table_does_not_lend_the_likes_of_the_original(tmp_path: Path) -> None:
    text = "tweet_id,screen_name,text,created_at,retweet_count,favorite_count\n1,ann,RT @bob: rye,2026-03-04,7,9\n2,ann,oats,2026-03-04,1,2\n"
    told = [(row["kind"], row["likes"], row["reposts"]) for row in rows(read(written(tmp_path, text)), "post")]
    assert told == [("repost", None, None), (None, 2, 1)]


def test_an_archive_says_itself_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("tweets", "account", "profile", "likes", "followers", "following"):
            archive.write(EXAMPLES / f"x_archive_{name}.js", f"data/{name}.js")
    reading = open_file(path)
    found = list(reading.pages())
    assert reading.layout == "x_archive"
    assert {row["account"] for row in rows(found, "post")} == {"twitter:771"}
    assert {row["followed"] for row in rows(found, "follow") if row["follower"] == "twitter:772"} == {"twitter:771"}
    assert {row["verb"] for row in rows(found, "interaction")} == {"reply", "repost", "mention", "like"}
    assert "oat person" in {row["bio"] for row in rows(found, "account") if "bio" in row}


def test_one_file_of_an_archive_needs_its_author() -> None:
    with pytest.raises(MissingFieldError, match="--set author=@ann"):
        open_file(EXAMPLES / "x_archive_followers.js")


# --- other platforms ---------------------------------------------------------------------------------------------------------


def test_latest_posts_within_a_profile_are_posts_of_that_profile(tmp_path: Path) -> None:
    (post,) = rows(read(EXAMPLES / "apify_instagram_profile.json"), "post")
    assert (post["post"], post["account"], post["likes"]) == ("instagram:3201", "instagram:771", 120)
    flat = "id,username,fullName,followersCount,postsCount,latestPosts/0/id,latestPosts/0/caption,latestPosts/0/hashtags/0,latestPosts/0/likesCount,latestPosts/1/id\n771,ann,Ann,4210,2,3201,oat,vegan,120,3202\n"
    posts = rows(read(written(tmp_path, flat)), "post")
    assert [(row["post"], row["account"]) for row in posts] == [
        ("instagram:3201", "instagram:771"),
        ("instagram:3202", "instagram:771"),
    ]
    assert posts[0]["hashtags"] == ["vegan"]


def test_tags_spread_over_columns_are_one_list(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "id,shortCode,ownerUsername,likesCount,caption,hashtags/0,hashtags/1\n1,Cx,ann,5,oats,Vegan,bread\n2,Cy,ann,5,rye,,\n",
    )
    assert [row["hashtags"] for row in rows(read(path), "post")] == [["vegan", "bread"], None]


def test_a_report_gives_the_account_its_history_posts_and_contacts_and_no_guesses() -> None:
    found = read(EXAMPLES / "modash_report.json")
    accounts = {row["observed_at"]: row["followers"] for row in rows(found, "account")}
    assert accounts[None] == 4210
    assert accounts[datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)] == 4000
    assert {row["post"] for row in rows(found, "post")} == {"instagram:3201", "instagram:3100"}
    assert rows(found, "contact")[0]["address"] == "ann@example.org"
    assert "ethnic" not in repr(found)


def test_the_lists_within_a_report_are_not_called_unread() -> None:
    reading = open_file(EXAMPLES / "modash_report.json")
    assert list(reading.pages())
    assert not [note for note in reading.notes if note.startswith("Not read")]


def test_the_author_of_a_bluesky_post_stands_in_its_address(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "uri,created_at,text,like_count\nat://did:plc:ann/app.bsky.feed.post/3k1,2026-03-04T09:00:00Z,oats,5\n",
    )
    assert rows(read(path), "post")[0]["account"] == "bluesky:did:plc:ann"


def test_who_passed_a_bluesky_post_on_is_an_interaction() -> None:
    (repost,) = [row for row in rows(read(EXAMPLES / "bluesky_posts.csv"), "interaction") if row["verb"] == "repost"]
    assert (repost["actor"], repost["account"]) == ("bluesky:@ann.example", "bluesky:did:plc:cy")


def test_daily_counts_belong_to_the_end_of_their_day() -> None:
    first = rows(read(EXAMPLES / "bluesky_daily_counts.csv"), "account")[0]
    assert first["day_posts"] == 3
    assert first["observed_at"] == datetime(2026, 3, 5, 3, 59, 59, tzinfo=UTC), "midnight in New York"


def test_numbered_likers_stay_numbers_of_that_post() -> None:
    likes = rows(
        read(EXAMPLES / "bluesky_likes.csv", constants={"post": "at://did:plc:ann/app.bsky.feed.post/3k1"}),
        "interaction",
    )
    assert [row["actor"] for row in likes] == ["bluesky:~3k1/0", "bluesky:~3k1/1"]


def test_a_feed_is_a_blog_without_likes() -> None:
    posts = rows(read(EXAMPLES / "rss.xml"), "post")
    assert posts[0]["account"] == "blog:ann.example/blog"
    assert posts[0]["replies"] == 4
    assert posts[0].get("likes") is None


# --- the marketer's sheet ----------------------------------------------------------------------------------------------------


def test_a_marketers_sheet_gives_people_with_all_their_accounts() -> None:
    found = read(EXAMPLES / "marketer_sheet.csv")
    people = [(row["name"], row["account"]) for row in rows(found, "creator")]
    assert people == [
        ("Ann B.", "instagram:@ann"),
        ("Ann B.", "tiktok:@ann_b"),
        ("Bob", "tiktok:@bob"),
        ("Cy", "instagram:@cy"),
    ]
    assert {row["account"]: row["followers"] for row in rows(found, "account")}["instagram:@ann"] == 12_400
    fees = [(row["account"], row["amount_minor"], row["currency"], row["kind"]) for row in rows(found, "fee")]
    assert fees == [("instagram:@ann", 25_000, "EUR", None), ("tiktok:@bob", 120_000, "USD", "paid")]
    assert [row["address"] for row in rows(found, "contact")] == ["ann@example.org"]


def test_a_fee_that_is_no_one_amount_is_kept_in_its_own_words(tmp_path: Path) -> None:
    lines = "Handle,Platform,Fee,Payment,Status\n@ann,IG,150-200 €,,\n@bob,IG,barter,pending,declined\n@cy,IG,TBD,yes,\n@dan,IG,90 €,pending,\n"
    found = read(written(tmp_path, lines))
    fees = {row["account"]: (row["amount_minor"], row["currency"]) for row in rows(found, "fee")}
    assert fees == {"instagram:@ann": (20_000, "EUR"), "instagram:@dan": (9_000, "EUR")}
    words = {row["account"]: dict(row["extra"] or ()).get(FEE_IN_WORDS) for row in rows(found, "creator")}  # type: ignore[call-overload]
    assert words == {
        "instagram:@ann": "150-200 €",
        "instagram:@bob": "barter",
        "instagram:@cy": None,
        "instagram:@dan": None,
    }


def test_totals_and_people_without_a_handle_are_set_aside(tmp_path: Path) -> None:
    path = written(tmp_path, "Influencer,Handle,Platform,Fee\nAnn,@ann,IG,250\nCy,,IG,\nTotal,,,250\n")
    assert aside(read(path)) == [(3, "no handle or profile address"), (4, "a total, not a person")]


def test_a_person_known_by_an_address_alone_has_its_id_once(tmp_path: Path) -> None:
    path = written(tmp_path, "Handle,Fee\nhttps://instagram.com/bobby,250\n")
    (creator,) = rows(read(path), "creator")
    assert (creator["creator"], creator["account"]) == ("instagram:@bobby", "instagram:@bobby")


def test_a_template_whose_header_stands_in_the_third_row_is_found(tmp_path: Path) -> None:
    lines = "what,who,where,on,when,code,how\n,,,,,,\nCampaign Name,Influencer/Affiliate Name*,Handle,Platform*,Posting Date,Discount Code,Status\nSpring,Ann,@ann,instagram,2026-01-02,ANN10,Active\n"
    (creator,) = rows(read(written(tmp_path, lines)), "creator")
    assert (creator["name"], creator["account"], creator["code"], creator["status"]) == (
        "Ann",
        "instagram:@ann",
        "ANN10",
        "Active",
    )
    assert ("Campaign Name", "Spring") in creator["extra"]  # type: ignore[operator]


def test_a_sheet_that_never_names_a_platform_asks_for_it(tmp_path: Path) -> None:
    path = written(tmp_path, "Influencer,Handle,Fee\nAnn,@ann,250\n")
    with pytest.raises(MissingFieldError, match="platform"):
        open_file(path)
    assert rows(read(path, constants={"platform": "tiktok"}), "creator")[0]["account"] == "tiktok:@ann"


# --- archives of several tables ----------------------------------------------------------------------------------------------


def test_a_table_that_nobody_knows_does_not_stop_the_others(tmp_path: Path) -> None:
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(EXAMPLES / "accounts.csv", "accounts.csv")
        archive.writestr("shoes.csv", "size,colour\n41,red\n")
    reading = open_file(path)
    assert sum(page.read for page in reading.pages()) == 2
    assert any("shoes.csv" in note for note in reading.notes)


# --- real data ---------------------------------------------------------------------------------------------------------------

BLUESKY = {
    "feed_posts.parquet": ("post", 749), "nytimes_posts.parquet": ("post", 8959), "snowball_posts.parquet": ("post", 1413),
    "corpus_sentiment.parquet": ("post", 498), "engagement_summary.csv": ("post", 241), "media_summary.csv": ("post", 810),
    "follow_nodes.csv": ("account", 101), "follow_edges.csv": ("follow", 1311), "nytimes_followers_sample.csv": ("follow", 1713),
    "nytimes_follows.csv": ("follow", 116), "case_study_likes.csv": ("interaction", 2889), "daily_counts.csv": ("account", 2312),
}  # fmt: skip
SAID = {
    "nytimes_followers_sample.csv": {"followed": "@nytimes.com"},
    "nytimes_follows.csv": {"follower": "@nytimes.com"},
    "case_study_likes.csv": {"post": "at://did:plc:ann/app.bsky.feed.post/3k1"},
}


@pytest.mark.parametrize("name", BLUESKY)
def test_every_bluesky_table_is_read_whole(name: str, data_folder: Path) -> None:
    found = read(data_folder / "bluesky_keegan" / name, constants=SAID.get(name, {}))
    kind, count = BLUESKY[name]
    assert len(rows(found, kind)) == count
    assert not aside(found)


def test_tweets_and_users_are_read_whole(data_folder: Path) -> None:
    tweets = read(data_folder / "rumoureval_threads" / "tweets.csv")
    assert len(rows(tweets, "post")) == 4519
    assert len({row["account"] for row in rows(tweets, "account")}) == 3085
    for name, count, damaged in (("bots", 1056, 313), ("nonbots", 1176, 80)):
        reading = open_file(data_folder / "jubins_twitter_bots" / f"{name}_data.csv")
        users = rows(list(reading.pages()), "account")
        assert len(users) == count
        assert sum(str(row["account"]).startswith("twitter:@") for row in users) == damaged


@pytest.mark.hostile
def test_naughty_strings_in_every_cell_are_accounted_for_and_kept(data_folder: Path, tmp_path: Path) -> None:
    words = [
        word.encode("utf-8", "replace").decode()
        for word in json.loads((data_folder / "hostile" / "blns.json").read_text("utf-8"))
    ]
    headers = [
        "platform",
        "id",
        "username",
        "text",
        "date",
        "likes",
        "hashtags",
        "mentions",
        "language",
        "reply_to",
        "observed_at",
    ]
    path = tmp_path / "naughty.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(headers)
        for number, word in enumerate(words):
            table.writerow(["instagram", f"n{number}", "ann", word, "2026-03-04", word, word, word, word, word, ""])
            table.writerow([word] * len(headers))
    found = read(path)
    for page in found:
        assert page.rows == page.read + page.empty + len(page.set_aside)
    kept = {row["post"]: row["text"] for row in rows(found, "post")}
    lost = [
        number
        for number, word in enumerate(words)
        if word and "\r" not in word and "\x00" not in word and kept.get(f"instagram:n{number}") != word
    ]
    assert not lost


def test_handles_that_end_in_bsky_social_are_blueskys_whatever_is_said_of_the_others(tmp_path: Path) -> None:
    alone = written(tmp_path, "name,handle\nAnn,@ann.bsky.social\nBob,bob.bsky.social\n")
    assert [row["account"] for row in rows(read(alone), "account")] == [
        "bluesky:@ann.bsky.social",
        "bluesky:@bob.bsky.social",
    ]
    mixed = written(tmp_path, "name,handle\nAnn,@ann.bsky.social\nCid,@cid\n", "mixed.csv")
    with pytest.raises(MissingFieldError, match="1 of the first handles end in"):
        read(mixed)
    found = rows(read(mixed, constants={"platform": "instagram"}), "account")
    assert [(row["account"], row["platform"]) for row in found] == [
        ("bluesky:@ann.bsky.social", "bluesky"),
        ("instagram:@cid", "instagram"),
    ]


def test_a_column_of_a_list_of_people_that_nothing_reads_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "name,department,handle\nAnn,Sales,@ann\n")
    reading = open_file(path, constants={"platform": "instagram"})
    assert "Kept as it came, and nothing reads it: department." in reading.notes
