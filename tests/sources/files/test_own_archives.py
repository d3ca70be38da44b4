"""What people download about themselves from a platform: read as one archive, its private parts never, whose it is from within."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from groundswell.errors import InputError, MissingFieldError, UnknownLayoutError
from groundswell.sources import Page
from groundswell.sources.files import FileReading, open_file
from groundswell.sources.files.layouts.instagram import broken, mended
from groundswell.sources.files.layouts.mastodon import handle_in, plain
from groundswell.sources.files.layouts.private import PrivateError

EXAMPLES = Path(__file__).with_name("examples")
SECRET = "ann.secret@example.org"


def rows(found: list[Page], kind: str) -> list[dict[str, object]]:
    return [row for page in found for row in page.records.get(kind, pa.table({})).to_pylist()]


def written(path: Path, value: object) -> Path:
    path.write_text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), "utf-8")
    return path


def example(name: str) -> str:
    return next(EXAMPLES.glob(f"{name}.*")).read_text("utf-8")


def zipped(path: Path, members: dict[str, object]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in members.items():
            archive.writestr(name, value if isinstance(value, str) else json.dumps(value))
    return path


def everything(reading: FileReading, found: list[Page]) -> str:
    """All that a reading hands on: records, what was set aside, and what is told."""
    kept = [repr(table.to_pylist()) for page in found for table in page.records.values()]
    aside = [f"{one.reason} {one.text}" for page in found for one in page.set_aside]
    return "\n".join([*kept, *aside, *reading.notes])


# --- Instagram ---------------------------------------------------------------------------------------------------------------


def instagram(path: Path) -> Path:
    place = "connections/followers_and_following"
    return zipped(
        path,
        {
            f"{place}/followers_1.json": example("instagram_download_followers"),
            f"{place}/following.json": example("instagram_download_following"),
            f"{place}/close_friends.json": {"relationships_close_friends": [{"title": "", "string_list_data": [{"href": "h", "value": SECRET, "timestamp": 1}]}]},
            "your_instagram_activity/media/posts_1.json": example("instagram_download_posts"),
            "your_instagram_activity/media/archived_posts.json": {"ig_archived_post_media": [{"media": [{"uri": "u", "creation_timestamp": 1, "title": SECRET}]}]},
            "your_instagram_activity/messages/inbox/ben_1/message_1.json": {"participants": [{"name": "Ben"}], "messages": [{"sender_name": "Ben", "timestamp_ms": 1748772000000, "content": SECRET}]},
            "personal_information/personal_information/personal_information.json": example("instagram_download_account").replace("ann@example.org", SECRET),
            "security/login_activity.json": {"account_history_login_history": [{"title": "t", "string_map_data": {"IP Address": {"value": SECRET}, "User Agent": {"value": "x"}}}]},
            "strange/accounts.json": [{"username": SECRET, "followers": 3, "platform": "instagram"}],
        },
    )  # fmt: skip


def test_an_instagram_download_says_whose_it_is_and_is_read_whole(tmp_path: Path) -> None:
    reading = open_file(instagram(tmp_path / "instagram.zip"))
    found = list(reading.pages())
    assert reading.layout == "instagram_download"
    follows = {(row["follower"], row["followed"]) for row in rows(found, "follow")}
    assert ("instagram:@ben_bakes", "instagram:@ann") in follows
    assert ("instagram:@ann", "instagram:@milly") in follows, "newer files name an account in the title"
    posts = rows(found, "post")
    assert {row["account"] for row in posts} == {"instagram:@ann"}
    assert all(row.get("likes") is None for row in posts), "the download holds no counts"
    assert rows(found, "account")[0]["bio"] == "oat bakes from home"


def test_what_is_private_in_a_download_is_never_read_and_nothing_generic_reads_it(tmp_path: Path) -> None:
    reading = open_file(instagram(tmp_path / "instagram.zip"))
    assert SECRET not in everything(reading, list(reading.pages()))
    told = [note for note in reading.notes if note.startswith("Not read")]
    assert len(told) == 1
    assert told[0].startswith("Not read: 5 other files of the archive"), "told in one sentence, not file by file"


def test_text_that_instagram_wrote_twice_is_mended_and_other_text_left_alone() -> None:
    for word in ("Café 🥣", "plain", "ज़", "naïve"):
        assert mended(broken(word)) == word
    assert mended("Café") == "Café"
    assert mended("🥣") == "🥣"


def test_mended_text_reaches_the_post(tmp_path: Path) -> None:
    entry = {"media": [{"uri": "m/1.jpg", "creation_timestamp": 1748772000, "title": broken("Café 🥣 #grün @ben")}]}
    post = rows(
        list(open_file(written(tmp_path / "posts_1.json", [entry]), constants={"author": "@ann"}).pages()), "post"
    )[0]
    assert post["text"] == "Café 🥣 #grün @ben"
    assert post["hashtags"] == ["grün"]
    assert str(post["created_at"]) == "2025-06-01 10:00:00+00:00"


def test_the_mention_in_a_post_without_an_id_names_that_post() -> None:
    found = list(open_file(EXAMPLES / "instagram_download_posts.json", constants={"author": "@ann"}).pages())
    assert rows(found, "interaction")[0]["via"] in {row["post"] for row in rows(found, "post")}


def test_a_list_of_people_that_is_neither_followers_nor_followed_is_not_taken_for_either(tmp_path: Path) -> None:
    bare = example("instagram_download_followers")
    with pytest.raises(UnknownLayoutError, match="--as instagram_download_follow"):
        open_file(written(tmp_path / "people.json", bare), constants={"author": "@ann"})
    chosen = open_file(tmp_path / "people.json", layout="instagram_download_followers", constants={"author": "@ann"})
    assert len(rows(list(chosen.pages()), "follow")) == 2, "who says what it is, is believed"
    with pytest.raises(PrivateError, match="close friends"):
        open_file(written(tmp_path / "close_friends.json", bare), constants={"author": "@ann"})


def test_one_file_out_of_a_download_asks_whose_it_is(tmp_path: Path) -> None:
    with pytest.raises(MissingFieldError, match="--set author=@ann"):
        open_file(written(tmp_path / "followers_1.json", example("instagram_download_followers")))


def test_a_profile_in_another_language_is_understood(tmp_path: Path) -> None:
    said = {broken("Nome de usuário"): {"value": "ann"}, "Name": {"value": "Ann"}}
    path = written(tmp_path / "personal_information.json", {"profile_user": [{"title": "", "string_map_data": said}]})
    assert rows(list(open_file(path).pages()), "account")[0]["account"] == "instagram:@ann"


def test_an_unknown_time_is_no_time(tmp_path: Path) -> None:
    people = [
        {"title": "", "string_list_data": [{"href": "https://www.instagram.com/ben", "value": "", "timestamp": 0}]}
    ]
    row = rows(
        list(open_file(written(tmp_path / "followers_2.json", people), constants={"author": "@ann"}).pages()), "follow"
    )[0]
    assert row["follower"] == "instagram:@ben"
    assert row.get("since") is None


# --- TikTok ------------------------------------------------------------------------------------------------------------------


def test_a_tiktok_export_is_read_by_its_lists_and_what_is_private_stays_there(tmp_path: Path) -> None:
    document = json.loads(example("tiktok_export_account"))
    document["Profile"]["Profile Information"]["ProfileMap"]["emailAddress"] = SECRET
    for name in ("followers", "following", "likes", "videos", "comments"):
        for section, lists in json.loads(example(f"tiktok_export_{name}")).items():
            document.setdefault(section, {}).update(lists)
    watched = [{"Date": "2026-05-01 09:59:00", "Link": "https://www.tiktokv.com/share/video/7999/"}]
    document["Activity"]["Video Browsing History"] = {"VideoList": watched}
    document["Activity"]["Login History"] = {"LoginHistoryList": [{"Date": "d", "IP": SECRET, "DeviceModel": "x"}]}
    document["Direct Messages"] = {
        "Chat History": {
            "ChatHistory": {
                "Chat History with ben:": [{"Date": "2026-05-01 09:59:00", "From": "ben", "Content": SECRET}]
            }
        }
    }
    reading = open_file(written(tmp_path / "user_data_tiktok.json", document))
    found = list(reading.pages())
    assert reading.layout == "tiktok_export"
    assert SECRET not in everything(reading, found)
    assert "7999" not in everything(reading, found), "what was watched is no act that anybody saw"
    videos = {row["post"]: row for row in rows(found, "post") if row.get("media") == "video"}
    assert videos["tiktok:7360000000000000003"]["likes"] == 12
    unnamed = next(row for key, row in videos.items() if key.startswith("tiktok:~"))
    assert unnamed["likes"] is None, "a blank is unknown, never 0"
    assert {row["post"] for row in rows(found, "interaction")} == {
        "tiktok:7360000000000000001",
        "tiktok:7360000000000000002",
    }
    assert len(rows(found, "follow")) == 4


# --- LinkedIn ----------------------------------------------------------------------------------------------------------------


def linkedin(path: Path) -> Path:
    own = {
        "shares": "Shares_123.csv",
        "connections": "Connections.csv",
        "comments": "Comments.csv",
        "reactions": "Reactions.csv",
        "profile": "Profile.csv",
    }
    members: dict[str, object] = {
        name: example(f"linkedin_archive_{kind}").replace("cleo@example.org", SECRET) for kind, name in own.items()
    }
    members["messages.csv"] = (
        f"CONVERSATION ID,CONVERSATION TITLE,FROM,TO,DATE,SUBJECT,CONTENT\n1,,Ann,Ben,2026-05-01,,{SECRET}\n"
    )
    members["Email Addresses.csv"] = f"Email Address,Confirmed,Primary,Updated On\n{SECRET},Yes,Yes,\n"
    members["Invitations.csv"] = f"From,To,Sent At,Message,Direction\nAnn,Ben,5/1/26,{SECRET},OUTGOING\n"
    return zipped(path, members)


def test_a_linkedin_archive_is_read_without_messages_and_addresses(tmp_path: Path) -> None:
    reading = open_file(linkedin(tmp_path / "linkedin.zip"), constants={"author": "https://www.linkedin.com/in/ann"})
    found = list(reading.pages())
    assert reading.layout == "linkedin_archive"
    said = everything(reading, found)
    assert SECRET not in said
    assert "Oatstreet" not in said
    posts = {row["post"]: row for row in rows(found, "post")}
    share = posts["linkedin:urn:li:share:7190000000000000001"]
    assert share["text"] == 'On oat supply,\nsecond line with "quotes"'
    assert str(share["created_at"]) == "2026-05-01 09:59:00+00:00"
    assert share.get("likes") is None
    follows = {(row["follower"], row["followed"]): row["since"] for row in rows(found, "follow")}
    assert str(follows["linkedin:@benbaker", "linkedin:@ann"]) == "2024-03-12 00:00:00+00:00"
    assert ("linkedin:@ann", "linkedin:@benbaker") in follows
    acts = {(row["verb"], row["post"]) for row in rows(found, "interaction")}
    assert ("like", "linkedin:urn:li:ugcPost:7190000000000000010") in acts
    assert ("reply", "linkedin:urn:li:activity:7190000000000000009") in acts


def test_an_archive_that_does_not_say_whose_it_is_asks(tmp_path: Path) -> None:
    with pytest.raises(MissingFieldError, match="--set author=@ann") as error:
        open_file(linkedin(tmp_path / "linkedin.zip"))
    assert error.value.fields == ("author",)


def test_a_connection_without_an_address_is_set_aside_with_the_reason(tmp_path: Path) -> None:
    text = example("linkedin_archive_connections").replace("https://www.linkedin.com/in/cleokoch", "")
    page = next(open_file(written(tmp_path / "Connections.csv", text), constants={"author": "@ann"}).pages())
    assert (page.rows, page.read, len(page.set_aside)) == (2, 1, 1)
    assert "URL" in page.set_aside[0].reason


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("CONVERSATION ID,FROM,TO,DATE,CONTENT\n1,Ann,Ben,2026-05-01,hi\n", "private messages"),
        ("Email Address,Confirmed,Primary\na@b.c,Yes,Yes\n", "e-mail addresses"),
        ("Login Date,IP Address,User Agent\n2026-05-01,1.1.1.1,x\n", "log-ins"),
    ],
)
def test_a_private_file_is_refused_whatever_is_mapped(text: str, what: str, tmp_path: Path) -> None:
    path = written(tmp_path / "file.csv", text)
    for options in (
        {},
        {"layout": "posts"},
        {"mapping": {text.partition(",")[0]: "author"}, "constants": {"platform": "linkedin"}},
    ):
        with pytest.raises(InputError, match=what):
            open_file(path, **options)  # type: ignore[arg-type]


# --- Mastodon ----------------------------------------------------------------------------------------------------------------


def mastodon(path: Path) -> Path:
    outbox = json.loads(example("mastodon_archive_posts"))
    for number, to in ((8, ["https://social.example/users/ann/followers"]), (9, ["https://other.example/users/ben"])):
        secret = json.loads(json.dumps(outbox["orderedItems"][0])) | {"to": to, "cc": []}
        secret["object"] |= {"id": f"https://social.example/users/ann/statuses/{number}", "content": SECRET}
        outbox["orderedItems"].append(secret)
    names = {"actor.json": "actor", "likes.json": "likes", "bookmarks.json": "bookmarks"}
    members = {name: example(f"mastodon_archive_{kind}") for name, kind in names.items()}
    return zipped(
        path, {"outbox.json": outbox, **members, "following_accounts.csv": example("mastodon_archive_following")}
    )


def test_a_mastodon_archive_is_read_without_what_was_not_said_in_public(tmp_path: Path) -> None:
    reading = open_file(mastodon(tmp_path / "archive.zip"))
    found = list(reading.pages())
    assert reading.layout == "mastodon_archive"
    assert SECRET not in everything(reading, found)
    assert [one.line for page in found for one in page.set_aside] == [4, 5]
    posts = {row["post"]: row for row in rows(found, "post")}
    first = posts["mastodon:https://social.example/users/ann/statuses/111"]
    assert first["account"] == "mastodon:@ann@social.example"
    assert first["text"] == "oat milk & more\n\nsecond"
    assert first["links"] == ["https://ann.example/oats"]
    assert first.get("likes") is None
    acts = {(row["verb"], row["account"], row["post"]) for row in rows(found, "interaction")}
    ben = "mastodon:https://other.example/users/ben/statuses/"
    assert {
        ("like", "mastodon:@ben@other.example", f"{ben}5"),
        ("save", "mastodon:@ben@other.example", f"{ben}5"),
        ("repost", "mastodon:@ben@other.example", f"{ben}6"),
        ("reply", "mastodon:@ben@other.example", f"{ben}5"),
    } <= acts
    assert {row["followed"] for row in rows(found, "follow")} == {
        "mastodon:@ben@other.example",
        "mastodon:@cleo@third.example",
    }
    assert not [note for note in reading.notes if note.startswith("Not read")]


def test_addresses_and_words_of_mastodon_are_read() -> None:
    assert handle_in("https://a.example/@Ann/1") == "ann@a.example"
    assert handle_in("https://a.example/notes/1") is None
    assert handle_in("javascript:alert(1)") is None
    assert plain("<p>a &lt; b<br/>c</p><p>d</p>") == "a < b\nc\n\nd"
    assert plain(None) is None
