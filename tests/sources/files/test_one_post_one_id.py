"""Tools name a post of Instagram by number, by shortcode or by address: it is one post, whoever brought it."""

from __future__ import annotations

import csv
import json
from base64 import urlsafe_b64encode
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.ingest import import_file
from groundswell.sources.files import open_file
from groundswell.sources.files.layouts.identities import numbers_of, post_of
from groundswell.store import Workspace

PAIRS = {
    "B-fKL9qpeab": "2278584739065882267",
    "BjNLpA1AhXM": "1787135824035452364",
    "B8jnuB2HAbyc0q001y3F9CHRSoqEljK_dgkJjo0": "2243811726252050162",  # of a private account: 28 letters follow the code
}
"""Shortcodes and numbers of real posts, as a library that talks to Instagram documents them."""
CODE, NUMBER = "B-fKL9qpeab", "2278584739065882267"
ADDRESS = f"https://www.instagram.com/p/{CODE}/"


def table(folder: Path, name: str, row: dict[str, str]) -> Path:
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    return path


def apify(folder: Path, **names: str) -> Path:
    row = {
        "ownerUsername": "ann",
        "ownerId": "771",
        "caption": "oats",
        "likesCount": 5,
        "timestamp": "2020-04-02T17:28:09Z",
    }
    path = folder / f"apify-{'-'.join(names)}.json"
    path.write_text(json.dumps([row | names]), encoding="utf-8")
    return path


def fourcat(folder: Path, post: str) -> Path:
    row = {
        "id": post,
        "timestamp": "2020-04-02 17:28:09",
        "thread_id": post,
        "body": "oats",
        "author": "ann",
        "author_id": "771",
    }
    return table(folder, "fourcat.csv", row | {"num_likes": "5", "num_comments": "1"})


def generic(folder: Path, **names: str) -> Path:
    row = {"platform": "instagram", "author": "@ann", "text": "oats", "likes": "5", "date": "2020-04-02"}
    return table(folder, f"posts-{'-'.join(names)}.csv", names | row)


def ids(path: Path) -> list[str]:
    return [one for page in open_file(path).pages() for one in page.records["post"].column("post").to_pylist()]


def files(folder: Path) -> list[Path]:
    return [
        apify(folder, id=NUMBER, shortCode=CODE),
        apify(folder, id=f"{NUMBER}_771", shortCode=CODE),
        apify(folder, shortCode=CODE),
        apify(folder, code=CODE, url=ADDRESS),
        fourcat(folder, CODE),
        generic(folder, id=NUMBER),
        generic(folder, id=CODE),
        generic(folder, shortcode=CODE),
        generic(folder, url=ADDRESS),
        generic(folder, link=f"instagram.com/ann/reel/{CODE}/?igsh=abc"),
        generic(folder, post=f"https://instagr.am/p/{CODE}"),
        generic(folder, post_id="17912345678901234", permalink=ADDRESS),  # Meta Business Suite counts in its own way
    ]


@pytest.mark.slow
def test_the_same_post_through_every_tool_is_one_post(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    for path in files(tmp_path):
        import_file(workspace, path)
    with workspace.engine() as engine:
        assert engine.rows("SELECT post FROM posts") == [(f"instagram:{NUMBER}",)]


@pytest.mark.parametrize("code", PAIRS)
def test_a_shortcode_is_the_number_it_stands_for(code: str) -> None:
    assert numbers_of(pa.array([code])).to_pylist() == [int(PAIRS[code])]
    assert post_of(f"https://www.instagram.com/reel/{code}/", None) == f"instagram:{PAIRS[code]}"


@pytest.mark.parametrize(
    "word", ["CxAnn1", "summer_post", "zzzzzzzzzzz", "Campaign 12", "my-private-campaign-post-of-march", "1234567890"]
)
def test_words_that_only_resemble_a_shortcode_stand_as_they_are(word: str, tmp_path: Path) -> None:
    assert ids(generic(tmp_path, id=word)) == [f"instagram:{word}"]


@pytest.mark.parametrize(
    "address",
    ["https://www.instagram.com/ann/", "https://www.instagram.com/share/p/BAxyzAbCdEfG", "https://x.com/p/B-fKL9qpeab"],
)
def test_an_address_that_holds_no_shortcode_gives_no_post(address: str) -> None:
    assert post_of(address, None) is None


def test_a_number_without_an_address_stands_as_it_is_told(tmp_path: Path) -> None:
    assert ids(generic(tmp_path, id="17912345678901234")) == ["instagram:17912345678901234"]


def test_ids_of_other_platforms_are_left_alone(tmp_path: Path) -> None:
    path = table(
        tmp_path, "videos.csv", {"platform": "youtube", "id": CODE, "author": "@ann", "text": "oats", "likes": "5"}
    )
    assert ids(path) == [f"youtube:{CODE}"]


def test_a_comment_belongs_to_the_post_that_only_has_a_shortcode(tmp_path: Path) -> None:
    path = tmp_path / "comments.json"
    comment = {"id": "9001", "text": "yum", "ownerUsername": "bob", "timestamp": "2020-04-02T18:00:00Z"}
    post = {
        "shortCode": CODE,
        "ownerUsername": "ann",
        "ownerId": "771",
        "caption": "oats",
        "likesCount": 5,
        "latestComments": [comment],
    }
    path.write_text(json.dumps([post]), encoding="utf-8")
    found = [act for page in open_file(path).pages() for act in page.records["interaction"].to_pylist()]
    assert [(one["post"], one["via"]) for one in found] == [(f"instagram:{NUMBER}", "instagram:9001")]


@given(st.lists(st.integers(1, 2**63 - 1), min_size=1))
def test_every_number_is_found_again_in_its_shortcode(numbers: list[int]) -> None:
    codes = [urlsafe_b64encode(number.to_bytes(9, "big")).decode().lstrip("A") for number in numbers]
    assert numbers_of(pa.array([*codes, None, "", "B8jnuB2HAby!", "zzzzzzzzzzz"])).to_pylist() == [
        *numbers,
        *[None] * 4,
    ]
