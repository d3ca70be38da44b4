"""Whom a brief leaves out: however somebody writes a name, it is that account that is left out, and a name that is nobody's is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from groundswell.discover import Brief, discover
from groundswell.discover.exclusions import is_excluded, of_nobody
from groundswell.ingest import import_file
from groundswell.store import Workspace

ROWS = pa.table(
    {
        "account": ["instagram:1", "tiktok:@ann", "bluesky:did:plc:ann", "blog:https://ann.example/", "twitter:9"],
        "platform": ["instagram", "tiktok", "bluesky", "blog", "twitter"],
        "handle": ["ann", "ann", "ann.bsky.social", None, "bob"],
    }
)


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        ("@ann", {"instagram:1", "tiktok:@ann"}),
        ("Ann ", {"instagram:1", "tiktok:@ann"}),
        ("instagram:@ANN", {"instagram:1"}),
        ("IG:@ann", {"instagram:1"}),
        ("instagram:1", {"instagram:1"}),
        ("https://www.instagram.com/ann/", {"instagram:1"}),
        ("@ann.bsky.social", {"bluesky:did:plc:ann"}),
        ("bluesky:did:plc:ann", {"bluesky:did:plc:ann"}),
        ("blog:https://ann.example/", {"blog:https://ann.example/"}),
        ("instagram:@bob", set()),
        ("@an", set()),
    ],
)
def test_a_name_leaves_out_whom_it_means(name: str, left_out: set[str]) -> None:
    found = ROWS.filter(is_excluded((name,), ROWS)).column("account").to_pylist()
    assert set(found) == left_out
    assert of_nobody((name, "@bob"), ROWS) == (() if left_out else (name,))


def test_a_name_that_nobody_bears_is_told(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("platform,handle,followers\ninstagram,ann,1200\ninstagram,bob,900\n", encoding="utf-8")
    workspace = Workspace.create(tmp_path / "w")
    import_file(workspace, file)
    brief = Brief(brand="Tea & Stone", definition="everyday_voice@2")
    found = discover(workspace, replace(brief, exclude=("@ann", "@nobody")))
    assert next(gate for gate in found.gates if gate.name == "excluded").removed == 1
    assert "Nobody in the data is called @nobody: that exclusion left nobody out." in found.notes
