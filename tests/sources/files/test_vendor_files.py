"""What analytics, programs' answers and vendors' tools export: hidden numbers stay unknown, sums and daily counts are no posts."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from groundswell.errors import MissingFieldError, UnknownLayoutError
from groundswell.sources import Page
from groundswell.sources.files import LAYOUTS, open_file, recognise

EXAMPLES = Path(__file__).with_name("examples")
CHANNEL = "youtube:UCaaaaaaaaaaaaaaaaaaaaaa"


def example(name: str) -> Path:
    return next(EXAMPLES.glob(f"{name}.*"))


def rows(found: list[Page], kind: str) -> list[dict[str, object]]:
    return [row for page in found for row in page.records.get(kind, pa.table({})).to_pylist()]


def read(path: Path, **constants: str) -> list[Page]:
    return list(open_file(path, constants=constants).pages())


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


# --- YouTube -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("total_first", [True, False])
def test_the_total_of_studio_is_no_video(total_first: bool, tmp_path: Path) -> None:
    lines = example("youtube_studio").read_text("utf-8").splitlines()
    total = "Total,,,,1514,59.6,12,3.31,11000,4.0,100,15,3,1000"
    lines = [lines[0], total, *lines[1:]] if total_first else [*lines, total]
    path = written(tmp_path / "Table data.csv", "\n".join(lines) + "\n")
    found = read(path, author="@annbakes")
    assert len(rows(found, "post")) == 2
    assert [one.reason for page in found for one in page.set_aside] == ["the sum of the other rows"]
    assert all(page.rows == page.read + page.empty + len(page.set_aside) for page in found)


def test_studio_says_views_of_the_period_and_never_what_was_earned() -> None:
    reading = open_file(example("youtube_studio"), constants={"author": "@annbakes"})
    post = rows(list(reading.pages()), "post")[0]
    assert (post["post"], post["views"], post["likes"]) == ("youtube:dQw4w9WgXc1", 1204, 88)
    assert str(post["created_at"]) == "2024-01-06 00:00:00+00:00"
    assert "3.21" not in repr(post)
    assert any("Lifetime" in note for note in reading.notes)


def test_the_chart_beside_the_table_is_not_taken_for_videos() -> None:
    headers = ["Date", "Content", "Video title", "Video publish time", "Duration", "Views"]
    try:
        assert recognise(headers, kind="csv").id != "youtube_studio"
    except UnknownLayoutError as error:
        assert "--map" in str(error)  # noqa: PT017


def test_hidden_subscribers_are_unknown_and_never_0() -> None:
    shown, hidden = rows(read(example("youtube_api_channels")), "account")
    assert (shown["account"], shown["handle"], shown["followers"], shown["country"]) == (
        CHANNEL,
        "annbakes",
        12300,
        "DE",
    )
    assert hidden["followers"] is None


def test_a_count_that_youtube_leaves_out_is_unknown() -> None:
    first, second = rows(read(example("youtube_api_videos")), "post")
    assert (first["likes"], first["replies"], first["account"]) == (88, 14, CHANNEL)
    assert (second["likes"], second["replies"], second["views"]) == (None, None, 310)


def test_comments_and_their_answers_say_whom_they_answer() -> None:
    acts = rows(read(example("youtube_api_comment_threads")), "interaction")
    ben = "youtube:UCbbbbbbbbbbbbbbbbbbbbbb"
    assert [(act["actor"], act["account"], act["post"]) for act in acts] == [
        (ben, CHANNEL, "youtube:dQw4w9WgXc1"),
        (CHANNEL, ben, "youtube:Ugx1"),
    ]


@pytest.mark.parametrize("kept", ["items", "lines"])
def test_items_of_an_answer_are_read_however_they_were_saved(kept: str, tmp_path: Path) -> None:
    items = json.loads(example("youtube_api_videos").read_text("utf-8"))["items"]
    text = json.dumps(items) if kept == "items" else "".join(json.dumps(item) + "\n" for item in items)
    assert len(rows(read(written(tmp_path / "videos.json", text)), "post")) == 2


# --- Meta --------------------------------------------------------------------------------------------------------------------


def test_instagram_posts_of_meta_bear_the_number_that_everybody_else_uses() -> None:
    first, second = rows(read(example("meta_instagram_posts")), "post")
    assert first["post"] == "instagram:2278584739065882267"
    assert first["account"] == "instagram:@ann"
    assert str(first["created_at"]) == "2026-05-31 09:59:00+00:00"
    assert second["likes"] is None, "a blank is unknown, never 0"


def test_counts_of_one_day_are_set_aside(tmp_path: Path) -> None:
    text = example("meta_instagram_posts").read_text("utf-8").replace("Lifetime,5200", "05/20/2026,5200")
    found = read(written(tmp_path / "may.csv", text))
    assert [one.reason for page in found for one in page.set_aside] == [
        "counts of one day, not of the post's whole life"
    ]
    assert len(rows(found, "post")) == 1


# --- vendors -----------------------------------------------------------------------------------------------------------------


def test_hypeauditor_asks_for_the_network_and_keeps_estimates_apart() -> None:
    with pytest.raises(MissingFieldError, match="--set platform="):
        open_file(example("hypeauditor_search"))
    account = rows(read(example("hypeauditor_search"), platform="instagram"), "account")[0]
    assert (account["account"], account["followers"]) == ("instagram:@ann", 12300)
    assert ("metrics/er/value", "3.2") in account["extra"]  # type: ignore[operator]


def test_phantombuster_gives_native_ids_where_it_has_them_and_no_telephone() -> None:
    assert rows(read(example("phantombuster_twitter_profile")), "account")[0]["account"] == "twitter:2708897486"
    post = rows(read(example("phantombuster_twitter_post")), "post")[0]
    assert (post["post"], post["account"]) == ("twitter:1841417491268145152", "twitter:@ann")
    assert "0000000" not in repr(rows(read(example("phantombuster_linkedin_profile")), "account"))
    hidden = rows(read(example("phantombuster_instagram_post")), "post")[1]
    assert (hidden["likes"], hidden["likes_hidden"]) == (None, True)
    linked = rows(read(example("phantombuster_linkedin_post")), "post")[0]
    assert (linked["post"], linked["account"]) == ("linkedin:urn:li:activity:7190000000000000001", "linkedin:@ann")


def test_a_row_that_only_reports_an_error_is_set_aside(tmp_path: Path) -> None:
    text = (
        example("phantombuster_instagram_profile").read_text("utf-8")
        + ",,,,,,,,,,dora,2026-05-31T09:59:20.000Z,Not found\n"
    )
    found = read(written(tmp_path / "result.csv", text))
    assert [one.line for page in found for one in page.set_aside] == [4]


def test_zeeschuimer_reads_three_platforms_from_one_file() -> None:
    posts = {row["platform"]: row for row in rows(read(example("zeeschuimer")), "post")}
    assert set(posts) == {"tiktok", "instagram", "twitter"}
    assert posts["tiktok"]["paid_label"] is True
    assert (posts["instagram"]["likes"], posts["instagram"]["likes_hidden"]) == (None, True)
    assert (posts["twitter"]["views"], posts["twitter"]["account"]) == (900, "twitter:2708897486")
    assert str(posts["tiktok"]["observed_at"]) == "2026-05-31 09:59:00+00:00"


def test_items_that_zeeschuimer_collected_elsewhere_or_that_changed_are_set_aside(tmp_path: Path) -> None:
    first = json.loads(example("zeeschuimer").read_text("utf-8").splitlines()[0])
    strange = [first, first | {"source_platform": "9gag.com"}, first | {"data": {"itemInfo": {}}}, first | {"data": 3}]
    found = read(written(tmp_path / "z.ndjson", "".join(json.dumps(one) + "\n" for one in strange)))
    reasons = [one.reason for page in found for one in page.set_aside]
    assert len(rows(found, "post")) == 1
    assert [("4CAT" in reason, "no id or no author" in reason, "no data" in reason) for reason in reasons] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]


def test_a_repost_that_zeeschuimer_saw_has_no_counts_of_its_own(tmp_path: Path) -> None:
    item = json.loads(example("zeeschuimer").read_text("utf-8").splitlines()[2])
    item["data"]["legacy"]["retweeted_status_result"] = {"result": {}}
    post = rows(read(written(tmp_path / "z.ndjson", (json.dumps(item) + "\n") * 2)), "post")[0]
    assert post["kind"] == "repost"
    assert post.get("likes") is None


# --- all together ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_no_layout_takes_the_example_of_another_for_its_own(name: str) -> None:
    """Of all layouts, and without being told, the one whose example it is reads it, in each of its tables."""
    needs = {"author": "@ann"} if "author" in LAYOUTS[name].needs else {}
    if name in ("bluesky_likes", "bluesky_follow_list", "hypeauditor_search"):
        pytest.skip("needs more than an author to be said")
    assert set(open_file(example(name), constants=needs).layout.split("+")) == {LAYOUTS[name].name}


# --- Modash ------------------------------------------------------------------------------------------------------------------


def test_a_report_says_which_posts_were_paid_and_whom_posts_mention(tmp_path: Path) -> None:
    report = json.loads(example("modash_report").read_text("utf-8"))
    recent, popular = report["profile"]["recentPosts"], report["profile"]["popularPosts"]
    report["profile"]["sponsoredPosts"] = [{**popular[0], "sponsors": [{"name": "Oat"}]}, {**popular[0], "id": "3099"}]
    found = read(written(tmp_path / "report.json", json.dumps(report)))
    paid = {row["post"]: row["paid_label"] for row in rows(found, "post")}
    assert paid == {f"instagram:{recent[0]['id']}": None, "instagram:3100": True, "instagram:3099": True}
    (act,) = rows(found, "interaction")
    told = {"actor": "instagram:771", "verb": "mention", "account": "instagram:@oatandco", "via": "instagram:3201"}
    assert told.items() <= act.items()
