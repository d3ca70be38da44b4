"""What becomes of a table of 10,000 posts when one quote never closes: four readers on the same file.

python docs/why/one_quote.py
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.csv as pacsv

from groundswell.sources.files.opening import open_tables

ROWS = 10_000


def main() -> None:
    """Write the file and count the rows that each reader finds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "posts.csv"
        lines = ["id,author,text", *(f"{number},ann,a post about bread" for number in range(ROWS))]
        lines[100] = '99,ann,"a quote that never closes'
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        said(
            "Python csv", lambda: f"{sum(1 for _ in csv.reader(path.open(encoding='utf-8'))) - 1:,} rows, no complaint"
        )
        said("pyarrow", lambda: f"{pacsv.read_csv(path).num_rows:,} rows")
        options = {"strict_mode=false": "strict_mode=false", "ignore_errors": "ignore_errors=true"}
        for name, option in options.items():
            query = f"SELECT count(*) FROM read_csv('{path}', header=true, {option})"
            said(f"DuckDB, {name}", lambda query=query: f"{duckdb.sql(query).fetchall()[0][0]:,} rows")
        said("Groundswell", lambda: ours(path))


def ours(path: Path) -> str:
    """Rows read, and what was set aside."""
    pieces = [rows for table in open_tables(path) for rows in table.rows()]
    aside = [f"line {one.line}: {one.reason}" for rows in pieces for one in rows.set_aside]
    return f"{sum(rows.columns.num_rows for rows in pieces):,} rows, set aside: {'; '.join(aside)}"


def said(who: str, read: Callable[[], str]) -> None:
    """Print what a reader says, or the first line of how it fails."""
    try:
        found = read()
    except Exception as error:  # whatever a reader raises is the answer
        found = f"{type(error).__name__}: {str(error).splitlines()[0][:90]}"
    print(f"{who:<28}{found}")


if __name__ == "__main__":
    main()
