"""The files people already have: one declaration per layout, recognised by the set of headers.

opening   any bytes -> tables of text       (CSV, JSON, XLSX, Parquet, ZIP, feeds)
values    cells as people write them        (12.4K, Sat Feb 18 12:33:11 +0000 2023, €250)
layouts   which column is which field       (one declaration each)
reading   file -> pages of records, every row accounted for
"""

from __future__ import annotations

from groundswell.sources.files.layouts import LAYOUTS, Layout, recognise
from groundswell.sources.files.reading import FileReading, open_file, read_tables

__all__ = ["LAYOUTS", "FileReading", "Layout", "open_file", "read_tables", "recognise"]
