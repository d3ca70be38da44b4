"""Accounts that may be one person: proposed by what they say themselves, confirmed by a person, undone at any time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from groundswell.cli import app
from groundswell.errors import UnknownNameError, UsageError
from groundswell.fetch.persons import judge, proposals, proposed
from groundswell.ingest import import_file
from groundswell.store import Workspace
from groundswell.store.unions import all_unions, persons, unsay

PROFILES = [
    {"account_id": "blog:ann.example", "platform": "blog", "handle": None, "bio": "beans", "rel=me": "https://mastodon.example/@ann | https://www.instagram.com/ann.beans/"},
    {"account_id": "mastodon:https://mastodon.example/users/ann", "platform": "mastodon", "handle": "ann@mastodon.example", "bio": "me: https://www.ann.example/."},
    {"account_id": "instagram:77", "platform": "instagram", "handle": "ann.beans", "bio": "no links"},
    {"account_id": "twitter:9", "platform": "twitter", "handle": "fan", "bio": "I like https://ann.example and https://x.com/fan"},
    {"account_id": "youtube:UCaaaaaaaaaaaaaaaaaaaaaa", "platform": "youtube", "handle": "ann", "bio": "https://bsky.app/profile/nobody.example"},
]  # fmt: skip
BLOG, MASTODON, INSTAGRAM, FAN = (str(one["account_id"]) for one in PROFILES[:4])


@pytest.fixture
def known(workspace: Workspace, tmp_path: Path) -> Workspace:
    path = tmp_path / "profiles.json"
    path.write_text(json.dumps(PROFILES))
    import_file(workspace, path)
    return workspace


def test_what_accounts_say_of_each_other_is_proposed_both_ways_first(known: Workspace) -> None:
    found = proposals(known)
    assert [(one.one, one.other, one.mutual) for one in found] == [
        (BLOG, MASTODON, True), (BLOG, INSTAGRAM, False), (BLOG, FAN, False),
    ]  # fmt: skip
    assert any("marks as its owner" in said for said in found[0].evidence)
    assert any("https://www.ann.example/" in said for said in found[0].evidence)


def brought(workspace: Workspace, folder: Path, profiles: list[dict[str, str]]) -> None:
    path = folder / "more.json"
    path.write_text(json.dumps(profiles))
    import_file(workspace, path)


def test_two_that_name_one_site_are_asked_about_unless_many_name_it(workspace: Workspace, tmp_path: Path) -> None:
    mine = [
        ("bluesky:did:plc:a", "bluesky", "https://ann.example"),
        ("tiktok:5", "tiktok", "www.ann.example/"),
        ("tiktok:6", "tiktok", "https://ann.example"),
    ]
    shop = [
        (f"{platform}:{n}", platform, "https://shop.example") for platform in ("instagram", "twitter") for n in range(3)
    ]
    profiles = [
        {"account_id": account, "platform": platform, "handle": account[-5:].strip(":"), "bio": f"me: {site}"}
        for account, platform, site in mine + shop
    ]
    brought(workspace, tmp_path, profiles)
    found = proposals(workspace)
    assert [(one.one, one.other, one.mutual) for one in found] == [
        ("bluesky:did:plc:a", "tiktok:5", False), ("bluesky:did:plc:a", "tiktok:6", False),
    ]  # fmt: skip
    assert {one.how for one in found} == {"one site"}
    assert found[0].evidence == (
        "bluesky:did:plc:a: its profile links to https://ann.example", "tiktok:5: its profile links to www.ann.example/",
    )  # fmt: skip


def test_a_verdict_keeps_its_evidence_and_can_be_taken_back(known: Workspace) -> None:
    number = judge(known, MASTODON, BLOG)
    assert judge(known, BLOG, FAN, different=True) == number + 1
    assert [(one.one, one.other) for one in proposals(known)] == [(BLOG, INSTAGRAM)]
    judge(known, BLOG, INSTAGRAM)
    assert persons(known.state) == ((BLOG, INSTAGRAM, MASTODON),)
    assert len(all_unions(known.state)[0].evidence) == 2
    unsay(known.state, number)
    assert persons(known.state) == ((BLOG, INSTAGRAM),)
    assert (BLOG, MASTODON) in [(one.one, one.other) for one in proposals(known)]
    assert len(all_unions(known.state, undone=True)) == 3


def test_nothing_in_the_tables_changes(known: Workspace) -> None:
    before = known.version()
    judge(known, MASTODON, BLOG)
    assert known.version() == before


def test_what_cannot_be_said_is_refused_in_words(known: Workspace) -> None:
    with pytest.raises(UsageError, match="itself"):
        judge(known, BLOG, BLOG)
    with pytest.raises(UnknownNameError):
        judge(known, BLOG, "blog:nobody.example")
    with pytest.raises(UnknownNameError):
        unsay(known.state, 12)


@pytest.mark.slow
def test_the_command_lists_says_and_takes_back(known: Workspace) -> None:
    def said(*words: str) -> str:
        done = CliRunner().invoke(app, ["same", *words, "-w", str(known.folder)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    assert "both ways" in said()
    assert "one person" in said(BLOG, MASTODON)
    assert json.loads(said("--json"))["judged"][0]["verdict"] == "same"
    assert "Taken back" in said("--undo", "1")


def test_asked_of_one_account_it_is_what_is_proposed_of_everybody(known: Workspace, tmp_path: Path) -> None:
    mine = [
        ("bluesky:did:plc:a", "https://site.example/me/"),
        ("tiktok:5", "www.site.example/me"),
        ("twitter:8", "https://WWW.Instagram.com/Ann.Beans and https://mastodon.example/@ann"),
    ]
    brought(known, tmp_path, [{"account_id": who, "platform": who.partition(":")[0], "bio": bio} for who, bio in mine])
    whole = proposals(known)
    assert len(whole) > 5
    with known.engine() as engine:
        for (account,) in engine.rows("SELECT account FROM accounts"):
            assert proposed(engine, account) == tuple(one for one in whole if account in (one.one, one.other))
