"""Real files, as they lie there: brought in, counted, explained, ranked. Skipped, visibly, where the data folder is absent.

The figures below are of the files themselves (rows, authors), counted by other means: they are what must come out.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from groundswell.discover import discover, read_brief
from groundswell.errors import MissingFieldError
from groundswell.explain import explain
from groundswell.exports import export_shortlist
from groundswell.ingest import ImportReport, import_file
from groundswell.signals import signal_table
from groundswell.store import Workspace

pytestmark = pytest.mark.slow
SUBJECT = "at://did:plc:eclio37ymobqex2ncko63h4r/app.bsky.feed.post/3mbu6hyf5262a"
SETS = {
    "case_study_likes.csv": {"post": SUBJECT},
    "nytimes_followers_sample.csv": {"followed": "@nytimes.com"},
    "nytimes_follows.csv": {"follower": "@nytimes.com"},
}


@pytest.fixture(scope="module")
def folder(data_folder: Path) -> Path:
    return data_folder


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Workspace:
    """Every table of three real collections, brought in once."""
    made = Workspace.create(tmp_path_factory.mktemp("real") / "w")
    for path in tables(folder):
        import_file(made, path, constants=SETS.get(path.name))
    return made


def tables(folder: Path) -> list[Path]:
    names = ("rumoureval_threads", "bluesky_keegan", "jubins_twitter_bots")
    return [path for name in names for path in sorted((folder / name).iterdir()) if path.suffix in (".csv", ".parquet")]


def rows_of(path: Path) -> int:
    if path.suffix == ".parquet":
        return pq.read_metadata(path).num_rows
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for row in csv.reader(file) if row) - 1


def test_every_row_of_every_table_is_accounted_for(workspace: Workspace, folder: Path) -> None:
    brought = {one.source: one for one in workspace.state.imports()}
    for path in tables(folder):
        one = brought[path.name]
        assert one.rows == rows_of(path) == one.rows_read + one.rows_empty + one.rows_set_aside, path.name
        assert one.rows_set_aside == 0, path.name
        assert sum(sum(counts.values()) for counts in one.records.values()) > 0, path.name


def test_tweets_give_posts_authors_and_acts(workspace: Workspace, folder: Path) -> None:
    with (folder / "rumoureval_threads" / "tweets.csv").open(encoding="utf-8", newline="") as file:
        tweets = list(csv.DictReader(file))
    posts, authors = {row["tweet_id"] for row in tweets}, {row["user_id"] for row in tweets}
    replies = sum(1 for row in tweets if row["in_reply_to"] and row["in_reply_to"] != "None")
    with workspace.engine() as engine:
        assert engine.rows("SELECT count(*) FROM posts WHERE platform = 'twitter'") == [(len(posts),)]
        assert engine.rows("SELECT count(DISTINCT account) FROM posts WHERE platform = 'twitter'") == [(len(authors),)]
        assert engine.rows("SELECT count(*) FROM posts WHERE platform = 'twitter' AND kind = 'reply'") == [(replies,)]


def test_follow_edges_become_follows_and_handles_meet_their_ids(workspace: Workspace) -> None:
    with workspace.engine() as engine:
        times = "did:plc:eclio37ymobqex2ncko63h4r"
        assert engine.rows(f"SELECT handle FROM accounts WHERE account = 'bluesky:{times}'") == [("nytimes.com",)]
        # known by handle in daily_counts and in --set, by id elsewhere: one account, not two
        assert engine.rows("SELECT count(*) FROM accounts WHERE handle = 'nytimes.com'") == [(1,)]
        followers = engine.rows(f"SELECT count(*) FROM follows WHERE followed = 'bluesky:{times}'")[0][0]
        assert followers >= 1713


def test_ids_that_a_spreadsheet_damaged_are_linked_by_handle(workspace: Workspace, folder: Path) -> None:
    with (folder / "jubins_twitter_bots" / "bots_data.csv").open(encoding="utf-8", newline="") as file:
        damaged = [row["screen_name"] for row in csv.DictReader(file) if "E+" in row["id_str"]]
    assert damaged
    with workspace.engine() as engine:
        waiting = engine.rows("SELECT count(*) FROM accounts WHERE account LIKE 'twitter:@%'")[0][0]
        numbers = engine.rows("SELECT count(*) FROM accounts WHERE account LIKE 'twitter:%E+%'")[0][0]
    assert numbers == 0
    assert waiting > 0


def test_a_file_without_its_subject_says_what_to_add(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(MissingFieldError, match="--set post="):
        import_file(Workspace.create(tmp_path), folder / "bluesky_keegan" / "case_study_likes.csv")


def test_a_dry_run_counts_the_same_and_changes_nothing(tmp_path: Path, folder: Path) -> None:
    workspace, path = Workspace.create(tmp_path), folder / "rumoureval_threads" / "tweets.csv"
    rehearsed = import_file(workspace, path, dry_run=True)
    assert workspace.state.imports() == []
    with workspace.engine() as engine:
        assert engine.rows("SELECT count(*) FROM posts") == [(0,)]
    done = import_file(workspace, path)
    assert counted(rehearsed) == counted(done)


def counted(report: ImportReport) -> tuple[int, int, int, dict[str, dict[str, int]]]:
    return report.rows, report.read, report.set_aside, {name: vars(one) for name, one in report.records.items()}


def test_every_account_has_one_row_of_signals_and_silence_is_unknown(workspace: Workspace) -> None:
    table = signal_table(workspace)
    accounts = table.rows.column("account").to_pylist()
    with workspace.engine() as engine:
        assert engine.rows("SELECT count(*) FROM accounts") == [(len(accounts),)]
    assert len(set(accounts)) == len(accounts)
    bots = [row for row in table.rows.select(["account", "like_rate"]).to_pylist() if row["like_rate"]["n"] == 0]
    assert bots
    assert all(row["like_rate"]["value"] is None and row["like_rate"]["reason"] for row in bots)


def test_explain_rests_on_stored_rows(workspace: Workspace, folder: Path) -> None:
    found = explain(workspace, "@nytimes.com", with_sql=True)
    path = folder / "bluesky_keegan" / "nytimes_posts.parquet"
    assert found.values["like_rate"].n >= pq.read_metadata(path).num_rows - 200  # young posts do not enter
    assert any("nytimes_posts.parquet" in source for source in found.sources)
    texts = set(pq.read_table(path, columns=["text"]).column("text").to_pylist())
    shown = [post for posts in found.evidence.values() for post in posts]
    assert shown
    assert any(post.text in texts for post in shown)
    assert all("SELECT" in sql for sql in found.sql.values())


def test_a_brief_ranks_real_people_and_its_points_add_up(workspace: Workspace, tmp_path: Path) -> None:
    brief = tmp_path / "brief.toml"
    brief.write_text(
        'brand = "Journalism Weekly"\ndefinition = "everyday_voice@1"\n[[persona]]\ntext = "reports from the scene"\n'
        '[segments]\nsector = ["police"]\nchannel = ["twitter"]\n',
        encoding="utf-8",
    )
    shortlist = discover(workspace, read_brief(brief))
    assert shortlist.matches
    assert not shortlist.simulated
    for match in shortlist.matches:
        assert match.platform == "twitter"
        assert sum(term.points or 0 for term in match.terms) == pytest.approx(match.score, abs=1e-6)
        assert match.evidence
    assert [match.score for match in shortlist.matches] == sorted((m.score for m in shortlist.matches), reverse=True)
    for ending in (".html", ".json", ".xlsx", ".csv", ".parquet"):
        export_shortlist(shortlist, tmp_path / f"shortlist{ending}")
    written = json.loads((tmp_path / "shortlist.json").read_text(encoding="utf-8"))
    assert len(written["matches"]) == len(shortlist.matches)


def test_undoing_everything_leaves_nobody(tmp_path: Path, folder: Path) -> None:
    workspace = Workspace.create(tmp_path)
    for name in ("follow_nodes.csv", "follow_edges.csv"):
        import_file(workspace, folder / "bluesky_keegan" / name)
    with workspace.engine() as engine:
        edges = engine.rows("SELECT follower, followed FROM follows")
    assert Counter(edges).most_common(1)[0][1] == 1
    for one in workspace.state.imports():
        workspace.undo(one.id)
    assert signal_table(workspace).rows.num_rows == 0
