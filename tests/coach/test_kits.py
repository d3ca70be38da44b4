"""A kit is numbers with their rows, signed: what was changed is refused, what was not is imported as it was."""

from __future__ import annotations

import contextlib
import json
import stat
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.building import SEEN, account, bring, community, day, made, post, reply

from groundswell.coach import PARTS, Kit, keys_that_changed, kit
from groundswell.coach.signing import KEY, creator_key
from groundswell.errors import GroundswellError, UnknownNameError, UnreadableFileError, WorkspaceError
from groundswell.exports.kit_page import kit_document, write_kit
from groundswell.ingest import import_file
from groundswell.records import RECORDS
from groundswell.signals import SIGNALS, signal_table
from groundswell.sources.files import open_file
from groundswell.sources.files.layouts.kit import fingerprint, verified
from groundswell.store import Workspace

AT = datetime(2026, 7, 1, tzinfo=UTC)


def on_twitter(value: Any) -> Any:
    """The same rows on a platform that files can name."""
    if isinstance(value, dict):
        return {key: "twitter" if key == "platform" else on_twitter(each) for key, each in value.items()}
    if isinstance(value, list):
        return [on_twitter(each) for each in value]
    return value.replace("x:", "twitter:", 1) if isinstance(value, str) and value.startswith("x:") else value


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    rows = community(2, people=12)
    said = [post("p02", "made", text="I made this today, thank you!", kind="reply", created_at=day(70))]
    acts = [
        reply("p02", "p05", "p05-0", "p02-made", day(70)),
        {
            "actor": "x:p03",
            "verb": "repost",
            "account": "x:p05",
            "post": "x:p05-1",
            "via": "x:p03-rt",
            "acted_at": day(71),
        },
    ]
    rows = rows | {"post": [*rows["post"], *said], "interaction": [*rows["interaction"], *acts]}
    return made(tmp_path_factory.mktemp("kits") / "workspace", on_twitter(rows))


@pytest.fixture(scope="module")
def mine(peopled: Workspace) -> Kit:
    return kit(peopled, "@p05", made_by="Ann", made_at=AT)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, 12))
def test_every_number_has_exactly_the_rows_that_it_was_counted_from(peopled: Workspace, number: int) -> None:
    name = f"p{number:02d}"
    values = signal_table(peopled).values(f"twitter:{name}")
    for one in kit(peopled, f"@{name}", made_at=AT).numbers:
        assert one.rows
        assert all(row.line >= 2 and row.import_id == 1 for row in one.rows)
        if one.name in SIGNALS and one.name != "followers":
            assert (one.value, one.n) == (values[one.name].value, values[one.name].n)
            assert len(one.rows) == one.n, one.name


def test_what_was_sparked_comes_first_and_the_number_of_followers_last(mine: Kit) -> None:
    names = [number.name for number in mine.numbers]
    assert names[0] == "sparked_made"
    assert names[1] in ("sparked_repost", "sparked_quote")
    assert names[-1] == "followers"
    assert "that they caused it is not shown" in mine.numbers[0].says


@pytest.mark.slow
def test_paid_posts_come_first_and_are_marked(tmp_path: Path) -> None:
    posts = [post("ann", f"p{n}", text=f"Bread {n}", created_at=day(n), paid_label=n in (2, 5)) for n in range(12)]
    said = kit(made(tmp_path / "w", {"account": [account("ann", followers=100)], "post": posts}), "@ann", made_at=AT)
    numbers = {one.name: one for one in said.numbers}
    marks = [row.mark for row in numbers["sponsored_share"].rows]
    assert marks == ["sponsored"] * 2 + [None] * 10
    assert {row.post for row in numbers["sponsored_share"].rows[:2]} == {"x:ann-p2", "x:ann-p5"}
    assert not any(row.mark for row in numbers["posts_per_week"].rows)


@pytest.mark.slow
def test_a_file_that_does_not_say_when_is_not_dated(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    head, row = "id,username,followers", "7,ann,24125"
    for name, text in (("a.csv", f"{head}\n{row}\n"), ("b.csv", f"{head},collected_at\n{row},2026-06-05\n")):
        (tmp_path / name).write_text(text, "utf-8")
    import_file(workspace, tmp_path / "a.csv", constants={"platform": "twitter"})
    today = datetime.now(UTC).date().isoformat()
    assert kit(workspace, "@ann").numbers[-1].says == (
        f"24,125 followers, as of the import on {today}; the file does not say when it was seen."
    )
    workspace.undo(1)
    import_file(workspace, tmp_path / "b.csv", constants={"platform": "twitter"})
    assert kit(workspace, "@ann").numbers[-1].says == "24,125 followers, as seen on 2026-06-05."


@pytest.mark.slow
def test_followers_come_from_the_row_that_says_them_and_not_from_a_later_one(tmp_path: Path) -> None:
    posts = [post("ann", n, text=f"Bread {n}", created_at=day(n)) for n in range(12)]
    workspace = made(
        tmp_path / "w",
        {"account": [account("ann")], "post": posts},
        {"account": [account("bo"), account("ann", followers=1240)]},
    )
    bring(workspace, {"account": [account("ann", bio="I bake")], "post": posts}, seen=day(200))
    said = kit(workspace, "@ann", made_at=AT)
    [row] = said.numbers[-1].rows
    assert (row.import_id, row.line) == (2, 3)
    assert said.profile["observed_at"] == SEEN  # and not when the later row, which does not say them, was seen
    assert said.profile["bio"] == "I bake"


def test_other_peoples_words_and_names_are_not_handed_on(mine: Kit) -> None:
    said = kit_document(mine)["content"]
    assert "I made this today" not in said
    assert '"p02"' not in said
    assert "twitter:p02-made" in said  # the row is named, so that it can be looked up


@pytest.mark.parametrize("part", PARTS)
def test_what_the_creator_leaves_out_is_not_in_it(peopled: Workspace, part: str) -> None:
    made_kit = kit(peopled, "@p05", leave_out=[part], made_at=AT)
    content = json.loads(kit_document(made_kit)["content"])
    names = {number["name"] for number in content["numbers"]}
    assert content["left_out"] == [part]
    assert (content["posts"] == []) == (part == "posts")
    assert any("text" in row for row in content["posts"]) == (part not in ("posts", "texts"))
    assert ("followers" in names) == ("followers" in content["account"]) == (part != "followers")
    assert any(name.startswith("sparked") for name in names) == (part != "sparked")
    assert ("sponsored_share" in names) == (part != "paid")


def test_a_part_that_does_not_exist_offers_the_nearest(peopled: Workspace) -> None:
    with pytest.raises(UnknownNameError, match="followers"):
        kit(peopled, "@p05", leave_out=["follower"])


def test_a_brand_imports_what_the_creator_signed_and_nothing_else(mine: Kit, tmp_path: Path) -> None:
    brand = Workspace.create(tmp_path / "brand")
    report = import_file(brand, write_kit(mine, tmp_path / "kit.json"))
    assert report.layout == "kit"
    assert report.records["post"].new == len(mine.posts)
    mark = fingerprint(kit_document(mine)["public_key"])
    assert any(mark in note and "not who signed it" in note for note in report.notes)
    with brand.engine() as engine:
        [profile] = engine.table("SELECT * FROM accounts").to_pylist()
        posts = {row["post"]: row for row in engine.table("SELECT * FROM posts").to_pylist()}
    assert (profile["account"], profile["followers"]) == (mine.account, mine.profile["followers"])
    assert dict(profile["extra"])["signed_by"] == mark
    assert profile["observed_own"]
    for handed in mine.posts:
        got = posts[handed["post"]]
        wanted = [name for name in RECORDS["post"].schema.names if name in handed and name != "extra"]
        assert {name: got[name] for name in wanted} == {name: handed[name] for name in wanted}
        assert got["account"] == mine.account
        assert got["observed_at"] == handed["observed_at"]


@pytest.mark.slow
def test_a_kit_that_somebody_else_signed_is_noticed(mine: Kit, tmp_path: Path) -> None:
    brand = Workspace.create(tmp_path / "brand")
    first = import_file(brand, write_kit(mine, tmp_path / "kit.json"))
    again = import_file(brand, write_kit(replace(mine, made_at=AT), tmp_path / "again.json"))
    assert keys_that_changed(brand, first.import_id) == keys_that_changed(brand, again.import_id) == []
    stranger = replace(mine, keys=tmp_path / "stranger", made_at=AT.replace(year=2027))
    third = import_file(brand, write_kit(stranger, tmp_path / "third.json"))
    [said] = keys_that_changed(brand, third.import_id)
    marks = [fingerprint(kit_document(one)["public_key"]) for one in (mine, stranger)]
    assert marks[0] != marks[1]
    assert all(mark in said for mark in marks)
    assert f"import {first.import_id}" in said
    brand.undo(int(first.import_id or 0))
    brand.undo(int(again.import_id or 0))
    assert keys_that_changed(brand, third.import_id) == [], "what was undone is no longer trusted"
    assert keys_that_changed(brand, None) == []


@pytest.mark.parametrize("change", ["followers", "text", "signature", "key", "version", "beside"])
def test_a_kit_that_was_changed_is_refused_and_leaves_no_trace(mine: Kit, tmp_path: Path, change: str) -> None:
    document = kit_document(mine)
    changed: dict[str, Any] = {
        "followers": {"content": document["content"].replace('"followers":', '"followers":1')},
        "text": {"content": document["content"].replace("market", "markets", 1)},
        "signature": {"signature": b64encode(b64decode(document["signature"])[::-1]).decode()},
        "key": {"public_key": b64encode(bytes(32)).decode()},
        "version": {"groundswell_kit": 2},
        "beside": {"followers": 1_000_000},
    }[change]
    assert document | changed != document
    path = tmp_path / "kit.json"
    path.write_text(json.dumps(document | changed), "utf-8")
    brand = Workspace.create(tmp_path / "brand")
    with pytest.raises(UnreadableFileError) as told:
        import_file(brand, path)
    assert told.value.what.startswith("The kit")
    assert brand.state.imports() == []


def test_no_single_character_can_be_changed_unnoticed(mine: Kit) -> None:
    document = kit_document(replace(mine, posts=(), numbers=()))
    content = document["content"]
    for at in range(len(content)):
        other = "x" if content[at] != "x" else "y"
        with pytest.raises(UnreadableFileError):
            verified(document | {"content": content[:at] + other + content[at + 1 :]})


def test_a_kit_speaks_of_its_own_account_only(mine: Kit, tmp_path: Path) -> None:
    forged = replace(mine, posts=tuple(row | {"account": "twitter:p01", "platform": "bluesky"} for row in mine.posts))
    path = write_kit(forged, tmp_path / "kit.json")
    owners = {
        owner
        for page in open_file(path).pages()
        for table in page.records.values()
        for owner in table.column("account").to_pylist()
    }
    assert owners == {mine.account}


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first, second = creator_key(tmp_path), creator_key(tmp_path)
    assert first.private_bytes_raw() == second.private_bytes_raw()
    assert stat.S_IMODE((tmp_path / KEY).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / KEY).parent.stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / KEY).parent.iterdir()] == [KEY.name]
    assert creator_key(tmp_path / "other").private_bytes_raw() != first.private_bytes_raw()


def test_a_key_that_cannot_be_read_is_said_to_be_so_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / KEY).parent.mkdir()
    (tmp_path / KEY).write_text("not a key")
    with pytest.raises(WorkspaceError, match="cannot be read"):
        creator_key(tmp_path)
    assert (tmp_path / KEY).read_text() == "not a key"


@pytest.mark.hostile
@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "{}",
        '{"account": [], "posts": []}',
        '{"account": {}, "posts": [1, null, []]}',
        "nothing",
        '{"account": {"account": 7}, "posts": []}',
    ],
)
def test_signed_nonsense_is_refused_with_a_message_and_never_crashes(tmp_path: Path, content: str) -> None:
    from groundswell.sources.files.layouts.kit import envelope

    key = creator_key(tmp_path)
    document = envelope(content, key.public_key().public_bytes_raw(), key.sign(content.encode()))
    path = tmp_path / "kit.json"
    path.write_text(json.dumps(document), "utf-8")
    with contextlib.suppress(GroundswellError):
        report = import_file(Workspace.create(tmp_path / "brand"), path)
        assert report.rows == report.read + report.set_aside + report.empty


@pytest.mark.slow
def test_an_account_without_anything_still_gets_an_honest_kit(tmp_path: Path) -> None:
    made_kit = kit(made(tmp_path / "w", {"account": [account("ann")]}), "@ann", made_at=AT)
    assert made_kit.numbers == ()
    for form in ("json", "html", "pdf"):
        assert write_kit(made_kit, tmp_path / f"kit.{form}").stat().st_size > 100
