"""Write the present down, whole or as what later imports lay over it; `settled` says what lies where.

Settling reconciles everything once. Laying over looks only at what later imports say: a key that they alone speak of is taken as it
is; one that was settled from a single row is reconciled with that row, which says all that was said; only one that several rows
spoke of before is reconciled from the facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from groundswell.records import RECORDS, Record
from groundswell.store.engine import OPEN, Engine, quoted
from groundswell.store.settled import Settled

RECONCILED_TOGETHER = 1_000_000
"""Rows that share their keys with others and are reconciled at a time: what bounds the memory, for the newest of each field is
held for all keys at once (design choice: some hundred megabytes)."""


GROUPS_IN_A_PART = 16
"""Row groups of a part of the posts: a question about one person looks at the bounds of each (measured: 0.07 ms a group)."""


def write_settled(engine: Engine, settled: Settled) -> tuple[str, ...]:
    """Write every table of the present, one row a key, sorted by whose facts they are, and the links.

    Return the account with which each part of the posts begins, after the first.
    """
    firsts: tuple[str, ...] = ()
    for record in sorted(RECORDS.values(), key=lambda one: one.name == "interaction"):  # acts need the posts
        parts = _reconciled_parts(engine, record, settled.folder)
        if record.name == "interaction":
            _settle_acts(engine, settled, parts)
        elif record.name == "post":
            firsts = _settle_posts(engine, settled, parts)
        else:
            # Small row groups, so that one person is a short read.
            file = settled.files(record.table)[0]
            engine.write(f'SELECT * FROM {engine.scan(parts)} ORDER BY "{record.account}"', file)
        _remove(parts)
        written = engine.scan(settled.files(record.table))
        engine.write(f"SELECT key FROM {written} WHERE content IS NULL ORDER BY key", settled.several(record.table))
    engine.write("SELECT account, native FROM links", settled.links)
    return firsts


def _settle_posts(engine: Engine, settled: Settled, parts: Sequence[Path]) -> tuple[str, ...]:
    """Posts by author, cut into parts where an author's posts end."""
    whole = settled.folder / "posts.sorted"
    engine.write(f"SELECT * FROM {engine.scan(parts)} ORDER BY account", whole)
    firsts = _bounds(engine, whole)
    for number in range(len(firsts) + 1):
        after = f"account >= '{quoted(firsts[number - 1])}'" if number else "true"
        before = f"account < '{quoted(firsts[number])}'" if number < len(firsts) else "true"
        which = f"{after} AND {before}" + ("" if number else " OR account IS NULL")
        file = settled.folder / f"posts.{number:04d}.parquet"
        engine.write(f"SELECT * FROM {engine.scan([whole])} WHERE {which} ORDER BY account", file)
    _remove([whole])
    return firsts


def _bounds(engine: Engine, whole: Path) -> tuple[str, ...]:
    """Accounts at which to cut, some row groups apart."""
    found = engine.rows(
        f"SELECT DISTINCT stats_min_value FROM parquet_metadata('{quoted(whole)}') WHERE path_in_schema = 'account'"
    )
    return tuple(sorted(bound for (bound,) in found if bound is not None)[GROUPS_IN_A_PART::GROUPS_IN_A_PART])


def _reconciled_parts(engine: Engine, record: Record, folder: Path) -> list[Path]:
    """One row a key, unsorted, as files: rows that stand alone, then the others, so many at a time."""
    alone, shared = engine.parts(record)
    parts = [folder / f"{record.table}.0.unsorted"]
    engine.write(alone, parts[0])
    if not shared:
        return parts
    engine.execute(f"CREATE OR REPLACE TEMP TABLE shared AS {shared}")
    turns = engine.rows("SELECT count(*) FROM shared")[0][0] // RECONCILED_TOGETHER + 1
    for turn in range(turns):
        parts.append(folder / f"{record.table}.{turn + 1}.unsorted")
        engine.write(engine.reconciled(record, f"SELECT * FROM shared WHERE key % {turns} = {turn}"), parts[-1])
    engine.execute("DROP TABLE shared")
    return parts


def _settle_acts(engine: Engine, settled: Settled, parts: Sequence[Path]) -> None:
    """Acts by verb first, since a question is of one verb; those that are open apart."""
    acts, posts = engine.scan(parts), engine.scan(settled.files("posts"))
    _name_open_posts(engine, acts)
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE whose AS SELECT key, account FROM {posts} WHERE key IN (FROM open_posts)"
    )
    known, still_open = settled.files("interactions")
    looked_up = still_open.with_suffix(".unsorted")
    engine.write(_with_whose(f"(FROM {acts} WHERE {OPEN})"), looked_up)
    engine.execute("DROP TABLE whose; DROP TABLE open_posts")  # what sorting needs is all the memory there is
    found = engine.scan([looked_up])
    known_now = f"FROM {acts} WHERE NOT ({OPEN}) UNION ALL BY NAME FROM {found} WHERE NOT ({OPEN})"
    engine.write(f"SELECT * FROM ({known_now}) ORDER BY verb, account", known)
    engine.write(f"SELECT * FROM {found} WHERE {OPEN} ORDER BY verb, account", still_open)
    _remove([looked_up])


def _name_open_posts(engine: Engine, acts: str) -> None:
    """The posts that acts concern of which it is not said whose they are: few, so that a hash table of them is small."""
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE open_posts AS SELECT DISTINCT key_of_post(post) AS key FROM {acts} WHERE {OPEN}"
    )


def _with_whose(acts: str) -> str:
    return f"""SELECT a.* REPLACE (coalesce(a.account, w.account) AS account,
                      CASE WHEN a.account IS NOT NULL OR w.account IS NULL THEN a.content END AS content)
               FROM {acts} AS a LEFT JOIN whose AS w ON w.key = CASE WHEN a.account IS NULL THEN key_of_post(a.post) END"""


def _remove(files: Sequence[Path]) -> None:
    for file in files:
        file.unlink()


def write_over(engine: Engine, settled: Settled, later: Sequence[int], folder: Path) -> dict[str, int]:
    """Write what later imports lay over a settled state; return how many of its rows are replaced, by table."""
    over = Settled(settled.folder, settled.live, folder)
    replaced: dict[str, int] = {}
    for record in sorted(RECORDS.values(), key=lambda one: one.name == "interaction"):  # acts need the posts
        _name_told_again(engine, record, settled, later)
        rows = _laid_over(engine, record, later)
        if record.name == "interaction":
            _lay_acts_over(engine, settled, over, rows)
        else:
            engine.write(f'SELECT * FROM ({rows}) ORDER BY "{record.account}"', over.rows_over(record.table))
        engine.write("SELECT key FROM lain ORDER BY key", over.keys_over(record.table))
        replaced[record.table] = engine.rows("SELECT count(*) FROM lain")[0][0]
    engine.write("SELECT account, native FROM links", over.links)
    return replaced


def _name_told_again(engine: Engine, record: Record, settled: Settled, later: Sequence[int]) -> None:
    """Name the keys that later imports tell again, the settled rows of them, and which of them several rows told before."""
    ids = ", ".join(map(str, later))
    keys = f"SELECT key FROM repeats WHERE record = '{record.name}' AND import_id IN ({ids})"
    if engine.linked and record.name != "post":  # a row whose id was linked may meet others under its native id
        keys += f" UNION SELECT key FROM seen_{record.table} WHERE moved AND import_id IN ({ids})"
    engine.execute(f"CREATE OR REPLACE TEMP TABLE again AS SELECT DISTINCT key FROM ({keys})")
    base, columns = engine.scan(settled.files(record.table)), _columns(engine, record)
    several = engine.scan([settled.several(record.table)])
    # Keys are looked for in their own column first: mostly none is there, and then no other column is read.
    engine.execute(f"CREATE OR REPLACE TEMP TABLE there AS SELECT key FROM {base} WHERE {_any(engine, 'again')}")
    engine.execute(f"CREATE OR REPLACE TEMP TABLE several AS SELECT key FROM {several} WHERE {_any(engine, 'there')}")
    engine.execute(f"CREATE OR REPLACE TEMP TABLE lain AS SELECT {columns} FROM {base} WHERE {_any(engine, 'there')}")


def _any(engine: Engine, keys: str) -> str:
    """SQL that asks for the keys in a table; for nothing at all, without reading, when it is empty."""
    return f"key IN (FROM {keys})" if engine.rows(f"SELECT count(*) FROM {keys}")[0][0] else "false"


def _laid_over(engine: Engine, record: Record, later: Sequence[int]) -> str:
    """SQL of what is new, and of what is told again, reconciled."""
    columns, seen = _columns(engine, record), f"seen_{record.table}"
    news = f"SELECT {columns} FROM {seen} WHERE import_id IN ({', '.join(map(str, later))})"
    if not engine.rows("SELECT count(*) FROM again")[0][0]:
        return news
    told = f"{news} AND key IN (FROM again) AND key NOT IN (FROM several)"
    told += f" UNION ALL BY NAME SELECT {columns} FROM lain WHERE key NOT IN (FROM several)"
    if engine.rows("SELECT count(*) FROM several")[0][0]:
        told += f" UNION ALL BY NAME SELECT {columns} FROM {seen} WHERE key IN (FROM several)"
    return f"{news} AND key NOT IN (FROM again) UNION ALL BY NAME {engine.reconciled(record, told)}"


def _lay_acts_over(engine: Engine, settled: Settled, over: Settled, rows: str) -> None:
    """Acts that are new, and settled ones that were open and whose post has come since, each with whose post it concerns."""
    target, columns = over.rows_over("interactions"), _columns(engine, RECORDS["interaction"])
    unsorted = target.with_suffix(".unsorted")
    engine.write(rows, unsorted)
    posts, open_before = engine.scan([over.rows_over("posts")]), engine.scan(settled.files("interactions")[1:])
    engine.execute(
        f"""INSERT INTO lain SELECT {columns} FROM {open_before}
            WHERE key_of_post(post) IN (SELECT key FROM {posts}) AND key NOT IN (FROM again)"""
    )
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE acts_over AS
            FROM {engine.scan([unsorted])} UNION ALL BY NAME SELECT {columns} FROM lain WHERE key NOT IN (FROM again)"""
    )
    _name_open_posts(engine, "acts_over")
    # The posts that are asked for are few: the hash table is made of their keys, and all posts pass by it.
    if engine.rows("SELECT count(*) FROM open_posts")[0][0]:
        before, gone = engine.scan(settled.files("posts")), engine.scan([over.keys_over("posts")])
        found = f"""SELECT key, account FROM {posts} WHERE key IN (FROM open_posts) UNION ALL
            SELECT key, account FROM {before} WHERE key IN (FROM open_posts) AND key NOT IN (SELECT key FROM {gone})"""
    else:
        found = f"SELECT key, account FROM {posts} WHERE false"
    engine.execute(f"CREATE OR REPLACE TEMP TABLE whose AS {found}")
    engine.write(f"{_with_whose('acts_over')} ORDER BY verb, account", target)
    _remove([unsorted])


def _columns(engine: Engine, record: Record) -> str:
    return ", ".join(f'"{name}"' for name in engine.columns(record))
