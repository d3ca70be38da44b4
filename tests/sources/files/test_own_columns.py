"""A file whose columns the user had to name reads like the same file under headers that everybody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundswell.sources.files import open_file

POSTS = [
    "Z1,@Ann,2026-03-04,oats,12,3,,@cy,4210,post",
    "Z2,@Bob,2026-03-05,RT @ann: oats,0,0,,,12,repost",
    "Z3,@Cy,2026-03-06,thanks,1,0,Z1,@ann,88,reply",
]
POST_FIELDS = ["post", "author", "created_at", "text", "likes", "replies", "reply_to", "mentions", "followers", "kind"]
ACTS = ["@ann,like,@bob,Z1,2026-03-04,2", "@bob,reply,@ann,Z2,2026-03-05,1"]
ACT_FIELDS = ["actor", "verb", "account", "post", "acted_at", "times"]
EDGES = ["@ann,@bob,2026-03-04", "@bob,@cy,2026-03-05"]
PEOPLE = ["@ann,Ann,oats,12", "@bob,Bob,rye,13"]
TABLES = {
    "posts": (POST_FIELDS, POSTS),
    "interactions": (ACT_FIELDS, ACTS),
    "follows": (["follower", "followed", "since"], EDGES),
    "accounts": (["account", "name", "bio", "followers"], PEOPLE),
}


def everything(path: Path, **options: object) -> dict[str, list[dict[str, object]]]:
    pages = open_file(path, constants={"platform": "instagram"}, **options).pages()  # type: ignore[arg-type]
    found: dict[str, list[dict[str, object]]] = {}
    for page in pages:
        for name, table in page.records.items():
            rows: list[dict[str, object]] = table.to_pylist()
            found.setdefault(name, []).extend({k: v for k, v in row.items() if v is not None} for row in rows)
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def written(path: Path, headers: list[str], lines: list[str]) -> Path:
    path.write_text("\n".join([",".join(headers), *lines]) + "\n", "utf-8")
    return path


@pytest.mark.parametrize("layout", TABLES)
def test_foreign_headers_that_are_named_give_what_known_headers_give(layout: str, tmp_path: Path) -> None:
    fields, lines = TABLES[layout]
    foreign = [f"Spalte {number}" for number in range(len(fields))]
    mapping = dict(zip(foreign, fields, strict=True))
    named = everything(written(tmp_path / "foreign.csv", foreign, lines), mapping=mapping, layout=layout)
    known = everything(written(tmp_path / "known.csv", fields, lines), layout=layout)
    assert named == known
    assert len(known[{"posts": "post", "accounts": "account"}.get(layout, layout[:-1])]) == len(lines)


@pytest.mark.parametrize("field", ["author", "account", "handle", "post.account"])
def test_whoever_names_the_author_gets_posts_accounts_and_acts(field: str, tmp_path: Path) -> None:
    headers = ["post", "Wer", "created_at", "text", "likes", "replies", "reply_to", "mentions"]
    path = written(tmp_path / "wer.csv", headers, [line.rsplit(",", 2)[0] for line in POSTS])
    found = everything(path, mapping={"Wer": field})
    assert {row["account"] for row in found["post"]} == {"instagram:@ann", "instagram:@bob", "instagram:@cy"}
    assert {row["handle"] for row in found["account"]} == {"ann", "bob", "cy"}
    assert {(row["actor"], row["verb"]) for row in found["interaction"]} == {
        ("instagram:@ann", "mention"), ("instagram:@bob", "repost"), ("instagram:@cy", "mention"), ("instagram:@cy", "reply"),
    }  # fmt: skip


def test_a_named_column_goes_before_one_that_happens_to_be_called_so(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", ["author", "date", "text", "likes", "daumen"], ["@ann,2026-03-04,oats,1,7"])
    (post,) = everything(path, mapping={"daumen": "likes"})["post"]
    assert (post["likes"], post["extra"]) == (7, [("likes", "1")])


def test_a_named_column_of_addresses_gives_the_ids_in_them(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", ["wo", "author", "text"], ["https://x.com/ann/status/1800,@ann,oats"])
    (post,) = everything(path, mapping={"wo": "post"})["post"]
    assert post["post"] == "twitter:1800"
