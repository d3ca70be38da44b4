"""What a table of posts says of its authors: the newest row counts, and each post has the followers of its own time."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from building import values_of
from groundswell.ingest import import_file
from groundswell.store import Engine, Workspace

HEADER = "post_id,username,platform,created_at,text,likes,followers"
GROWING = [f"g{month},@ann,x,2026-{month:02}-01,bread {month},{month * 10},{month * 100}" for month in range(1, 9)]
"""An account with 100 followers in January and 800 in August, a tenth of whom like each post."""
ACCOUNT = "account, followers, observed_at, observed_own"


def table(folder: Path, *rows: str, header: str = HEADER, name: str = "posts.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "w")


def asked(workspace: Workspace, sql: str) -> list[tuple[Any, ...]]:
    with workspace.engine() as engine:
        return engine.rows(sql)


def month(number: int) -> datetime:
    return datetime(2026, number, 1, tzinfo=UTC)


@pytest.mark.parametrize("order", ["oldest first", "newest first", "shuffled"])
def test_the_count_beside_the_newest_post_is_the_newest(workspace: Workspace, tmp_path: Path, order: str) -> None:
    rows = {
        "oldest first": GROWING,
        "newest first": GROWING[::-1],
        "shuffled": random.Random(2).sample(GROWING, len(GROWING)),
    }
    report = import_file(workspace, table(tmp_path, *rows[order]))
    assert asked(workspace, f"SELECT {ACCOUNT} FROM accounts") == [("twitter:@ann", 800, month(8), False)]
    assert vars(report.records["account"]) == {"new": 1, "same": 0, "changed": 0}


def test_a_post_is_held_against_the_followers_of_its_own_time(workspace: Workspace, tmp_path: Path) -> None:
    import_file(workspace, table(tmp_path, *GROWING))
    rate = values_of(workspace, "like_rate")["twitter:@ann"]
    assert rate.value == pytest.approx(0.1)
    assert rate.low == rate.high == rate.value


def test_what_is_the_same_beside_every_post_was_seen_when_the_file_was_made(
    workspace: Workspace, tmp_path: Path
) -> None:
    rows = [f"g{number},@ann,x,2026-0{number}-01,bread,1,500" for number in range(1, 9)]
    made = datetime(2026, 10, 5, tzinfo=UTC)
    import_file(workspace, table(tmp_path, *rows), observed_at=made)
    assert asked(workspace, f"SELECT {ACCOUNT} FROM seen_accounts") == [("twitter:@ann", 500, made, True)]


def test_an_author_in_many_pages_is_judged_by_the_whole_file(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groundswell.sources.files.csv_rows.ROWS_AT_ONCE", 3)
    shown = ["g9,@ann,x,2026-09-01,bread 9,1,100"]  # as in January: told apart from it by its date alone
    import_file(
        workspace,
        table(tmp_path, *GROWING[::-1], *shown, "h1,@ben,x,2026-01-01,rye,1,7", "h2,@ben,x,2026-02-01,rye,1,7"),
    )
    assert asked(workspace, "SELECT account, followers FROM accounts ORDER BY 1") == [
        ("twitter:@ann", 100),
        ("twitter:@ben", 7),
    ]
    assert asked(workspace, "SELECT followers, observed_at FROM seen_accounts WHERE account LIKE '%ann' ORDER BY 2") == [
        *((number * 100, month(number)) for number in range(1, 9)), (100, month(9)),
    ]  # fmt: skip


def test_of_rows_that_say_the_same_the_ends_of_each_stretch_are_kept(workspace: Workspace, tmp_path: Path) -> None:
    counts = [5, 5, 5, 6, 6, 6, 6, 5]
    import_file(
        workspace, table(tmp_path, *(f"g{n},@ann,x,2026-0{n}-01,rye,1,{count}" for n, count in enumerate(counts, 1)))
    )
    found = asked(workspace, "SELECT month(observed_at), followers FROM seen_accounts ORDER BY 1")
    assert found == [(1, 5), (3, 5), (4, 6), (7, 6), (8, 5)]


def test_a_row_beside_a_post_without_a_date_stands_back(workspace: Workspace, tmp_path: Path) -> None:
    import_file(workspace, table(tmp_path, *GROWING, "g9,@ann,x,,no date,1,50"))
    assert asked(workspace, "SELECT followers FROM accounts") == [(800,)]


def test_nothing_was_seen_after_the_file_was_made(workspace: Workspace, tmp_path: Path) -> None:
    made = datetime(2026, 7, 31, 12, tzinfo=UTC)
    import_file(
        workspace, table(tmp_path, *GROWING), observed_at=made
    )  # its last post is of the day after: clocks differ
    assert asked(workspace, "SELECT followers, observed_at FROM accounts") == [(800, made)]


def test_without_dates_the_later_line_counts(workspace: Workspace, tmp_path: Path) -> None:
    header = "post_id,username,platform,text,likes,followers"
    rows = [f"g{number},@ann,x,bread {number},1,{count}" for number, count in enumerate((30, 10, 40, 10))]
    import_file(workspace, table(tmp_path, *rows, header=header))
    assert asked(workspace, "SELECT followers FROM accounts") == [(10,)]


def test_a_table_that_says_when_each_row_was_collected_is_believed(workspace: Workspace, tmp_path: Path) -> None:
    rows = [f"{row},2026-10-{9 - number:02}" for number, row in enumerate(GROWING)]
    import_file(workspace, table(tmp_path, *rows, header=f"{HEADER},collected_at"))
    assert asked(workspace, "SELECT followers, observed_at, observed_own FROM accounts") == [
        (100, datetime(2026, 10, 9, tzinfo=UTC), True)
    ]


@pytest.mark.slow
def test_files_in_any_order_twice_or_undone_and_brought_again_show_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Workspace, "settle_from", 1)
    made = datetime(2026, 10, 5, tzinfo=UTC)
    files = [
        table(tmp_path, *GROWING[:5], name="a.csv"),
        table(tmp_path, *(row.replace("00", "11") for row in GROWING[3:]), name="b.csv"),
        table(tmp_path, "@ann,x,300", "@ann,x,200", header="handle,platform,followers", name="c.csv"),
    ]
    views: list[list[tuple[Any, ...]]] = []
    for turn, order in enumerate(([0, 1, 2], [2, 1, 0, 1], [1, 2, 0])):
        workspace = Workspace.create(tmp_path / f"w{turn}")
        for place in order:
            import_file(workspace, files[place], observed_at=made)
        workspace.undo(1)
        import_file(workspace, files[order[0]], observed_at=made)
        workspace.settle()
        views.append(asked(workspace, f"SELECT {ACCOUNT} FROM accounts"))
        with Engine(workspace.facts, workspace.state.live_ids()) as engine:
            views.append(engine.rows(f"SELECT {ACCOUNT} FROM accounts"))
    assert views[0] == [("twitter:@ann", 200, made, True)]
    assert all(view == views[0] for view in views)
