"""A TOML table that knows where it stands, so that an error can name the file, the line and the nearest right word.

`tomllib` hands over plain dictionaries without positions. A `Section` keeps the text beside them and looks the line up again
when something is wrong: slow, and only then.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from math import isfinite
from typing import Any, TypeVar, cast

from groundswell.errors import BriefError, nearest

_HEADER = re.compile(r"^\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
Word = TypeVar("Word", bound=str)


@dataclass(frozen=True)
class Section:
    """One table of a TOML file. `header` is empty for the top; `index` counts `[[header]]` tables from 0."""

    file: str
    lines: tuple[str, ...]
    values: dict[str, Any]
    header: str = ""
    index: int = 0

    def line(self, key: str = "") -> int:
        """The line of `key` in this table, else of the table's header, else 1."""
        mine = [number for number, header, nth in _placed(self.lines) if (header, nth) == (self.header, self.index)]
        pattern = re.compile(rf"""^\s*["']?{re.escape(key)}["']?\s*[.=]""")
        found = (number for number in mine if key and pattern.match(self.lines[number - 1]))
        table = re.compile(rf"^\s*\[\[?\s*{re.escape(self._below(key))}\s*\]")
        headed = (number for number, text in enumerate(self.lines, start=1) if key and table.match(text))
        return next(found, next(headed, mine[0] if mine else 1))

    def wrong(self, key: str, what: str, next_step: str = "") -> BriefError:
        """The error to raise about `key`."""
        return BriefError(f"{self.file}, line {self.line(key)}: {what}", next_step=next_step)

    def only(self, *known: str) -> Section:
        """Refuse keys that are not `known`, offering the nearest; return the section."""
        for key in self.values:
            if key not in known:
                close = nearest(key, known)
                hint = f"Did you mean {close}?" if close else f"Known here: {', '.join(sorted(known))}."
                raise self.wrong(key, f"{key!r} is not a key of {self._title}.", hint)
        return self

    def text(self, key: str) -> str:
        """A text that must be there and not be empty."""
        text = self.text_or_none(key)
        if not text:
            raise self.wrong(key, f"{self._title} needs {key!r}, a text.")
        return text

    def text_or_none(self, key: str) -> str | None:
        """A text, or None when the key is absent."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, str):
            raise self.wrong(key, f"{key!r} must be a text, not {value!r}.")
        return value.strip() if value is not None else None

    def number(self, key: str) -> float:
        """A number that must be there."""
        value = self.number_or_none(key)
        if value is None:
            raise self.wrong(key, f"{self._title} needs {key!r}, a number.")
        return value

    def number_or_none(self, key: str) -> float | None:
        """A finite number, or None when the key is absent."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise self.wrong(key, f"{key!r} must be a number, not {value!r}.")
        return float(value)

    def whole_or_none(self, key: str, least: int = 0) -> int | None:
        """A whole number of at least `least`, or None when the key is absent."""
        value = self.number_or_none(key)
        if value is not None and (value != int(value) or value < least):
            raise self.wrong(key, f"{key!r} must be a whole number of at least {least}, not {value:g}.")
        return None if value is None else int(value)

    def flag(self, key: str) -> bool:
        """True or false; false when the key is absent."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, f"{key!r} must be true or false, not {value!r}.")
        return value

    def choice(self, key: str, options: Collection[Word], default: Word | None = None) -> Word:
        """One of `options`, offering the nearest when it is another word."""
        value = self.text(key) if default is None else self.text_or_none(key) or default
        if value not in options:
            close = nearest(value, options)
            hint = f"Did you mean {close}?" if close else f"Known: {', '.join(sorted(options))}."
            raise self.wrong(key, f"{key!r} cannot be {value!r}.", hint)
        return cast("Word", value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty when the key is absent."""
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.wrong(key, f"{key!r} must be a list of texts.")
        return tuple(cast("list[str]", values))

    def numbers(self, key: str) -> tuple[float, ...]:
        """A list of numbers; empty when the key is absent."""
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(type(value) in (int, float) for value in values):
            raise self.wrong(key, f"{key!r} must be a list of numbers.")
        return tuple(float(value) for value in values)

    def table(self, key: str) -> Section:
        """The table `[key]`, which must be there."""
        values = self.values.get(key)
        if not isinstance(values, dict):
            raise self.wrong(key, f"{self._title} needs a table [{key}].")
        return Section(self.file, self.lines, cast("dict[str, Any]", values), self._below(key))

    def tables(self, key: str) -> list[Section]:
        """The tables `[[key]]`; empty when there are none."""
        tables = self.values.get(key, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self.wrong(key, f"{key!r} must be written as [[{key}]] tables.")
        return [Section(self.file, self.lines, table, self._below(key), nth) for nth, table in enumerate(tables)]

    def _below(self, key: str) -> str:
        return f"{self.header}.{key}" if self.header else key

    @property
    def _title(self) -> str:
        return f"[{self.header}]" if self.header else "this file"


def read_section(file: Traversable) -> Section:
    """Read a TOML file.

    Raises BriefError with the line when it is not valid TOML or not UTF-8.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
        return Section(str(file), tuple(text.splitlines()), tomllib.loads(text))
    except UnicodeDecodeError as error:
        raise BriefError(f"{file}: not UTF-8 text (byte {error.start}).", next_step="Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise BriefError(f"{file}: not valid TOML: {error}.") from error


def _placed(lines: tuple[str, ...]) -> Iterator[tuple[int, str, int]]:
    """Yield (line number, header, how often the header has come before) for every line."""
    header, nth, seen = "", 0, dict[str, int]()
    for number, line in enumerate(lines, start=1):
        if match := _HEADER.match(line):
            header = match.group(1)
            nth = seen.get(header, 0)
            seen[header] = nth + 1
        yield number, header, nth
