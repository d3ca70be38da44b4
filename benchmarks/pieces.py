"""The pieces of work that are measured, each run in a process of its own: `python -m benchmarks.pieces NAME '{"...": ...}'`.

The last line printed is JSON. `seconds` is the work alone: modules are imported, and temporary folders made, before the clock runs.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.fetched import keep_pages, replay, replay_plain
from benchmarks.measuring import peak_mb
from benchmarks.planning import (
    plan_again,
    plan_edges,
    plan_growth,
    plan_keep,
    plan_network,
    plan_peers,
    plan_stored,
    plan_threads,
    plan_users,
)

Result = dict[str, Any]


@contextmanager
def _clock(result: Result, name: str = "seconds") -> Iterator[None]:
    start, processor = time.perf_counter(), sum(os.times()[:2])
    yield
    result[name] = round(time.perf_counter() - start, 3)
    result[name.replace("seconds", "cpu_seconds")] = round(sum(os.times()[:2]) - processor, 3)


def make(folder: str, people: int, rows: int, form: str) -> Result:
    """A made-up community of about so many posts."""
    from groundswell.simulate import simulate

    result: Result = {}
    with _clock(result):
        simulate(Path(folder), people=people, posts_per_person=rows / people, form=form)  # type: ignore[arg-type]
    return result


def bring(workspace: str, files: list[str]) -> Result:
    """Import files into a workspace."""
    from groundswell.ingest import import_file
    from groundswell.store import Workspace

    result: Result = {"rows": 0, "layouts": {}, "records": {}}
    opened = Workspace.create(Path(workspace))
    with _clock(result):
        for file in files:
            start = time.perf_counter()
            report = import_file(opened, Path(file))
            result["rows"] += report.rows
            seconds = time.perf_counter() - start
            result["layouts"][Path(file).name] = {
                "layout": report.layout, "rows": report.rows, "rows_per_second": round(report.rows / seconds)
            }  # fmt: skip
            result["records"][Path(file).name] = {name: vars(counts) for name, counts in report.records.items()}
    return result


def bring_peer(csv: str, folder: str) -> Result:
    """DuckDB reading the same CSV and writing the same tables, deduplicated, as Parquet."""
    import pyarrow.parquet as pq

    from benchmarks.peers import import_posts

    result: Result = {}
    with _clock(result):
        import_posts(Path(csv), Path(folder))
    tables = {path.stem: pq.read_metadata(path).num_rows for path in sorted(Path(folder).glob("*.parquet"))}
    return result | {"tables": tables}


def read_findings(workspace: str) -> Result:
    """What is read out of texts, from nothing: language, wording, topics, voice, tone."""
    from groundswell.signals.findings import read_wording
    from groundswell.signals.hearing import read_voice
    from groundswell.signals.tone import read_tone
    from groundswell.signals.topics import fit_corpus, latest_corpus, read_topics
    from groundswell.store import Workspace

    opened, result = Workspace.open(Path(workspace)), Result()
    findings = opened.cache / "findings"
    with opened.engine() as engine:
        result["texts"] = engine.rows("SELECT count(DISTINCT text_hash) FROM posts WHERE text IS NOT NULL")[0][0]
        with _clock(result):
            with _clock(result, "fit_seconds"):
                corpus = latest_corpus(opened.fits) or fit_corpus(engine, opened.fits)
            with _clock(result, "wording_seconds"):
                read_wording(engine, findings)
            with _clock(result, "topics_seconds"):
                read_topics(engine, corpus, findings)
            with _clock(result, "voice_seconds"):
                read_voice(engine, findings)
            with _clock(result, "tone_seconds"):
                read_tone(engine, findings)
    return result


def fill_findings(workspace: str, fit: bool = True) -> Result:
    """Stand-ins for what is read out of texts, drawn by their hash: as many rows and as many topics as reading gives.

    Reading ten million texts takes a processor core the better part of an hour and says nothing about the SQL that follows.
    """
    from groundswell.signals.findings import note_read, wording_version
    from groundswell.signals.hearing import hearing_version
    from groundswell.signals.tone import tone_version
    from groundswell.signals.topics import fit_corpus, latest_corpus
    from groundswell.store import Workspace

    opened, result = Workspace.open(Path(workspace)), Result()
    findings = opened.cache / "findings"
    with opened.engine() as engine, _clock(result):
        corpus = latest_corpus(opened.fits) or (fit_corpus(engine, opened.fits) if fit else None)
        topics = len(corpus.names) if corpus else 1
        texts = "(SELECT DISTINCT text_hash FROM posts WHERE text IS NOT NULL ORDER BY text_hash)"
        wording = f"""SELECT text_hash, CASE WHEN text_hash % 10 < 7 THEN 'en' WHEN text_hash % 10 < 9 THEN 'de' END AS language,
                      CASE WHEN text_hash % 25 = 0 THEN '#ad' END AS clear, CASE WHEN text_hash % 40 = 1 THEN 'gifted' END AS unclear
                      FROM {texts}"""
        engine.write(wording, findings / f"wording-{wording_version()}" / "000000.parquet")
        topic = (
            f"SELECT text_hash, CASE WHEN text_hash % 5 < 4 THEN text_hash // 5 % {topics} END AS topic FROM {texts}"
        )
        engine.write(topic, findings / f"topic-{corpus.version if corpus else 'none'}" / "000000.parquet")
        voice = f"""SELECT text_hash, CASE WHEN text_hash % 10 < 7 THEN 'en' WHEN text_hash % 10 < 9 THEN 'de' END AS language,
                    CASE WHEN text_hash % 4 = 0 THEN 1 << (text_hash % 6)::INTEGER ELSE 0 END AS marks, NULL::VARCHAR AS said_to_be,
                    CASE WHEN text_hash % 7 = 0 THEN ['site' || text_hash % 90 || '.example'] END AS sites,
                    (1 + text_hash % 30)::INTEGER AS words FROM {texts}"""
        engine.write(voice, findings / f"voice-{hearing_version()}" / "000000.parquet")
        tone = f"""SELECT text_hash, text_hash % 3 = 0 AS speaks, text_hash % 13 = 0 AS superlative, NULL::VARCHAR AS gifted,
                   (text_hash % 3)::INTEGER AS praise, (text_hash % 5 // 4)::INTEGER AS reservation,
                   (text_hash % 9 // 8)::INTEGER AS concrete, 1 AS neither FROM {texts} WHERE text_hash % 8 = 0"""
        engine.write(tone, findings / f"tone-{tone_version()}" / "000000.parquet")
        remarks = f"""SELECT text_hash, text_hash % 2 = 0 AS asks, text_hash % 4 = 0 AS thanks,
                      text_hash % 31 = 0 AS apology, text_hash % 17 = 0 AS fix FROM {texts} WHERE text_hash % 3 = 0"""
        engine.write(remarks, findings / f"remarks-{tone_version()}" / "000000.parquet")
        for kind in ("wording", "voice", "tone", "remarks", "topic"):
            for folder in findings.glob(f"{kind}-*"):
                note_read(engine, folder)
    return result | {"topics": topics}


def settle(workspace: str) -> Result:
    """Writing the present down, once after much came in; next to nothing when it was done before."""
    from groundswell.store import Workspace

    opened, result = Workspace.open(Path(workspace)), Result()
    with _clock(result):
        opened.settle()
    return result


def signals(workspace: str, out: str) -> Result:
    """The signals that the hand-written query computes, of all accounts, from kept findings, into a file."""
    import pyarrow as pa

    from benchmarks.peers import COMPUTED
    from groundswell.signals.arrays import Asked
    from groundswell.signals.computing import compute
    from groundswell.signals.table import prepare
    from groundswell.signals.topics import latest_corpus
    from groundswell.store import Workspace

    opened, result = Workspace.open(Path(workspace)), Result()
    with _clock(result):
        with opened.engine(memory="2GB") as engine:
            prepare(engine, opened.cache / "findings", latest_corpus(opened.fits))
            rows = compute(Asked(engine, opened.fits), names=COMPUTED)
        with pa.OSFile(out, "wb") as sink, pa.ipc.new_file(sink, rows.schema) as writer:
            writer.write_table(rows)
    return result | {"accounts": rows.num_rows, "signals": len(COMPUTED)}


def everything(workspace: str) -> Result:
    """All signals of all accounts, those of graphs and fits included: nothing kept of the table itself."""
    from groundswell.signals import SIGNALS
    from groundswell.signals.table import signal_table
    from groundswell.store import Workspace

    opened = Workspace.open(Path(workspace))
    (opened.cache / "signals" / "signals.json").unlink(missing_ok=True)
    result: Result = {}
    with _clock(result):
        table = signal_table(opened)
    return result | {"accounts": table.rows.num_rows, "recomputed": table.recomputed, "signals": len(SIGNALS)}


def signals_update(workspace: str) -> Result:
    """The table of signals after an import: whatever has to be computed."""
    from groundswell.signals.table import prepare, signal_table
    from groundswell.signals.topics import latest_corpus
    from groundswell.store import Workspace

    opened, result = Workspace.open(Path(workspace)), Result()
    with _clock(result, "findings_seconds"), opened.engine() as engine:
        prepare(engine, opened.cache / "findings", latest_corpus(opened.fits))
    with _clock(result):
        table = signal_table(opened)
    return result | {"accounts": table.rows.num_rows, "recomputed": table.recomputed}


def tables_for_peer(workspace: str, folder: str) -> Result:
    """The deduplicated tables as Parquet, in the form the peer likes best: no text, no provenance."""
    from groundswell.store import Workspace

    opened, target, result = Workspace.open(Path(workspace)), Path(folder), Result()
    posts = """SELECT account, post, kind, created_at, observed_at, likes, replies, reposts, views, saves, reach, likes_hidden,
                      paid_label, language, text_hash, text IS NOT NULL AS has_text FROM posts ORDER BY account"""
    with _clock(result), opened.engine(memory="4GB") as engine:
        engine.write("SELECT * EXCLUDE (extra) FROM accounts ORDER BY account", target / "accounts.parquet")
        engine.write(
            "SELECT actor, verb, account, post, via, acted_at FROM interactions", target / "interactions.parquet"
        )
        engine.write(posts, target / "posts.parquet")
        counts = "(SELECT count(*) FROM accounts), (SELECT count(*) FROM posts), (SELECT count(*) FROM interactions)"
        found = engine.rows(f"SELECT {counts}")[0]
    return result | {"counts": dict(zip(("accounts", "posts", "interactions"), found, strict=True))}


def signals_peer(workspace: str, tables: str, out: str) -> Result:
    """One hand-written query for the same columns over the same tables."""
    import pyarrow as pa

    from benchmarks.peers import MACROS, connected, signals_sql
    from groundswell.signals.topics import latest_corpus
    from groundswell.store import Workspace

    opened, result = Workspace.open(Path(workspace)), Result()
    corpus = latest_corpus(opened.fits)
    names = list(corpus.names) if corpus else []
    with connected(Path(out).parent / "tmp") as db:
        db.execute(MACROS)
        columns = {"topic": pa.array(range(len(names)), pa.int64()), "name": pa.array(names, pa.string())}
        db.register("topic_names", pa.table(columns | {"topics": pa.array([len(names)] * len(names), pa.int64())}))
        query = signals_sql(Path(tables), opened.cache / "findings", corpus.version if corpus else "none")
        with _clock(result):
            db.execute(f"COPY ({query}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)")
    return result


def compare(ours: str, peer: str) -> Result:
    """Whether ours and the peer's columns hold the same numbers, within a relative 1e-9; names those that do not."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from groundswell.signals.table import flat_rows

    with pa.memory_map(ours) as source:
        here = flat_rows(pa.ipc.open_file(source).read_all())
    theirs = pq.read_table(peer)
    differing: dict[str, int] = {}
    compared = [name for name in theirs.column_names if name in here.column_names]
    for name in compared:
        mine, its = here.column(name).combine_chunks(), theirs.column(name).combine_chunks()
        if pa.types.is_floating(its.type) or pa.types.is_integer(its.type):
            a, b = (column.cast(pa.float64()).to_numpy(zero_copy_only=False) for column in (mine, its))
            wrong = int((~np.isclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True)).sum())
        else:
            wrong = sum(x != y for x, y in zip(mine.to_pylist(), its.to_pylist(), strict=True))
        if wrong:
            differing[name] = wrong
    return {"seconds": 0.0, "columns": len(compared), "differing": differing}


def ask(workspace: str, brief: str) -> Result:
    """`discover` and `explain` as library calls, everything computed before."""
    result: Result = {}
    with _clock(result, "import_seconds"):
        from groundswell.discover import discover, read_brief
        from groundswell.explain import explain
        from groundswell.store import Workspace
    with _clock(result, "discover_seconds"):
        opened = Workspace.open(Path(workspace))
        found = discover(opened, read_brief(Path(brief)))
    account = [*found.matches, *found.unchecked][0].account
    return (
        result
        | {"listed": len(found.matches), "account": account, "seconds": result["discover_seconds"]}
        | _explained(explain, workspace, account)
    )


def _explained(explain: Callable[..., Any], workspace: str, account: str) -> Result:
    from groundswell.store import Workspace

    result: Result = {}
    with _clock(result, "explain_again_seconds"):
        explain(Workspace.open(Path(workspace)), account)
    return result


def explain_one(workspace: str, account: str) -> Result:
    """`explain` as the first call of a process."""
    result: Result = {}
    with _clock(result, "import_seconds"):
        from groundswell.explain import explain
        from groundswell.store import Workspace
    with _clock(result):
        explain(Workspace.open(Path(workspace)), account)
    return result


def some_posts(source: str, target: str, accounts: int, each: int) -> Result:
    """A file of new posts that speaks of so many accounts, whoever wrote and whoever is named: the newest of each author, with new ids and words."""
    import duckdb

    engine = duckdb.connect()
    engine.execute("SET enable_progress_bar = false")
    engine.execute(
        f"""CREATE TABLE newest AS SELECT * FROM read_parquet('{source}') WHERE kind = 'post'
            QUALIFY row_number() OVER (PARTITION BY author_id ORDER BY created_at DESC, id DESC) <= {each}"""
    )
    engine.execute(
        f"""CREATE TABLE chosen AS
            WITH placed AS (SELECT author_id, row_number() OVER (ORDER BY hash(author_id)) AS place FROM (SELECT DISTINCT author_id FROM newest)),
            named AS (SELECT author_id AS who, place FROM placed UNION ALL
                      SELECT unnest(string_split(mentions, ',')), place FROM newest JOIN placed USING (author_id) WHERE mentions IS NOT NULL),
            first AS (SELECT who, min(place) AS place FROM named GROUP BY who),
            so_far AS (SELECT place, sum(count(*)) OVER (ORDER BY place) AS accounts FROM first GROUP BY place)
            SELECT author_id FROM placed WHERE place <= (SELECT max(place) FROM so_far WHERE accounts <= {accounts})"""
    )
    engine.execute(
        f"""COPY (SELECT * REPLACE ('9' || id AS id, text || ' Once more!' AS text) FROM newest SEMI JOIN chosen USING (author_id)
                  ORDER BY author_id, created_at, id) TO '{target}' (FORMAT parquet)"""
    )
    rows, authors = engine.sql(f"SELECT count(*), count(DISTINCT author_id) FROM read_parquet('{target}')").fetchall()[
        0
    ]
    return {"seconds": 0.0, "rows": rows, "accounts": accounts, "authors": authors}


PIECES: dict[str, Callable[..., Result]] = {
    piece.__name__: piece
    for piece in (
        make, bring, bring_peer, read_findings, fill_findings, settle, signals, everything, signals_update, tables_for_peer, signals_peer, compare, ask,
        explain_one, some_posts, plan_users, plan_network, plan_growth, plan_threads, plan_edges, plan_keep, plan_stored, plan_peers, plan_again, keep_pages, replay, replay_plain,
    )
}  # fmt: skip


if __name__ == "__main__":
    measured = PIECES[sys.argv[1]](**json.loads(sys.argv[2]))
    print(json.dumps(measured | {"peak_mb": peak_mb()}))
