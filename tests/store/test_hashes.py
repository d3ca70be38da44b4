"""The hashes that lie on disk: those of a workspace made years ago are the ones that are computed today."""

from __future__ import annotations

import hashlib

import duckdb
import pyarrow as pa

from groundswell.records import RECORDS
from groundswell.store.engine import stamp
from groundswell.store.facts import fact_schema


def half_md5(text: str) -> int:
    return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[8:], "little") >> 1


def stamped(name: str, **said: str) -> dict[str, int]:
    rows = pa.Table.from_pylist([said], schema=fact_schema(RECORDS[name]))
    with duckdb.connect() as connection:
        return stamp(connection, RECORDS[name], rows).to_pylist()[0]


def test_key_and_text_hash_are_the_upper_63_bits_of_half_an_md5() -> None:
    row = stamped("post", post="twitter:1", platform="twitter", account="twitter:7", text="Oat 🌾")
    assert row["key"] == half_md5("twitter:1")
    assert row["text_hash"] == half_md5("Oat 🌾")


def test_content_is_the_hash_of_all_fields_in_their_order() -> None:
    row = stamped("follow", follower="twitter:1", followed="twitter:2", completeness="full")
    assert row["key"] == half_md5("twitter:1\x1ftwitter:2")
    assert row["content"] == half_md5("\x1f".join(("twitter:1", "twitter:2", "\x01", "full")))


def test_the_content_of_a_post_holds_the_hash_of_its_text() -> None:
    row = stamped("post", post="twitter:1", platform="twitter", account="twitter:7", text="Oat 🌾")
    other = ["\x01"] * (len(RECORDS["post"].fields) - 4)
    assert row["content"] == half_md5("\x1f".join(("twitter:1", "twitter", "twitter:7", str(row["text_hash"]), *other)))


def test_sql_asks_for_a_post_by_the_key_that_it_was_given() -> None:
    from groundswell.store.engine import MACROS

    with duckdb.connect() as connection:
        found = connection.execute(f"{MACROS}; SELECT key_of_post('twitter:1')").fetchall()
    assert found[0][0] == half_md5("twitter:1")
