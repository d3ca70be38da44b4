"""JSON read strictly and in pieces: what the standard forbids or a table cannot hold is set aside, with its place and reason.

Python's own decoder accepts NaN, numbers of any length and halves of surrogate pairs; each of them breaks something further
on. It also stops at the first mistake, so the end of a broken object is found here by its brackets, and reading goes on after it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

DEPTH_LIMIT = 200
"""Nesting that no report of people and posts needs (house rule); Python itself gives up at about 1,000."""
VALUE_LIMIT = 16 << 20
"""Characters in one object."""
AHEAD = 1 << 16
NESTED = frozenset((dict, list))
SPACE = re.compile(r"[ \t\n\r]*")
TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.DOTALL)
HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")


class RefusedValueError(ValueError):
    """Well-formed JSON that is not taken: the message is the reason."""


def _constant(name: str) -> NoReturn:
    raise RefusedValueError(f"{name} is not a JSON number")


def _integer(digits: str) -> int:
    value = int(digits) if len(digits) < 20 or (len(digits) == 20 and digits[0] == "-") else 1 << 63
    if not -(1 << 63) <= value < 1 << 63:
        raise RefusedValueError("a whole number beyond 64 bits")
    return value


def _decimal(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise RefusedValueError("a number too large to hold")
    return value


DECODER = json.JSONDecoder(parse_constant=_constant, parse_int=_integer, parse_float=_decimal)


def decode(text: str, start: int = 0) -> tuple[Any, int]:
    """Decode the value at `start`: (value, where it ends). ValueError says what is wrong with it."""
    try:
        value, end = DECODER.raw_decode(text, start)
    except RecursionError:
        raise RefusedValueError(f"nested deeper than {DEPTH_LIMIT} levels") from None
    if HALF_PAIR.search(text, start, end) and _is_torn(value):
        raise RefusedValueError("half of a surrogate pair, which is no character")
    if too_deep(value):
        raise RefusedValueError(f"nested deeper than {DEPTH_LIMIT} levels")
    return value, end


def _is_torn(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return True
    return False


def too_deep(value: Any) -> bool:
    """Whether lists and objects are nested beyond the limit (looked at level by level, so that depth itself cannot hurt)."""
    if isinstance(value, dict) and NESTED.isdisjoint(map(type, value.values())):
        return False  # by far the most common object
    level: list[Any] = [value]
    for _ in range(DEPTH_LIMIT):
        level = [
            each
            for holder in level
            if isinstance(holder, dict | list)
            for each in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(each, dict | list)
        ]
        if not level:
            return False
    return True


@dataclass(frozen=True)
class Found:
    """A value of a list or of a file of lines, or why there is none."""

    position: int
    """1-based place in the list, or line in the file."""
    value: Any = None
    reason: str = ""
    text: str = ""
    size: int = 0
    done: int = 0


class Window:
    """A stretch of the text that moves along with the reading."""

    def __init__(self, pieces: Iterator[tuple[str, int]]) -> None:
        self.pieces = pieces
        self.text, self.at, self.done = "", 0, 0
        self.over = False

    def fill(self, wanted: int = AHEAD) -> bool:
        """Hold at least `wanted` characters from here on, if there are as many; whether anything was added."""
        if self.over or len(self.text) - self.at >= wanted:
            return False
        held = [self.text[self.at :]]
        length, before = len(held[0]), len(held[0])
        while length < wanted and not self.over:
            piece = next(self.pieces, None)
            if piece is None:
                self.over = True
            else:
                held.append(piece[0])
                length, self.done = length + len(piece[0]), piece[1]
        self.text, self.at = "".join(held), 0
        return length > before

    def skip_space(self) -> str:
        """Pass over white space and return the character there, "" at the end."""
        while True:
            self.fill()
            self.at = _match_end(SPACE, self.text, self.at)
            if self.at < len(self.text) or self.over:
                return self.text[self.at : self.at + 1]

    def value(self) -> tuple[Any, int]:
        """Decode the value here: (value, its length). Reads on as long as the value may merely be cut by the window."""
        while True:
            try:
                value, end = decode(self.text, self.at)
            except json.JSONDecodeError as error:
                cut = error.pos >= len(self.text) - 16 or error.msg.startswith("Unterminated string")
                if not cut or not self._more():
                    raise
            else:
                if end < len(self.text) or isinstance(value, dict | list) or not self._more():
                    length, self.at = end - self.at, end
                    return value, length

    def _more(self) -> bool:
        held = len(self.text) - self.at
        return held < VALUE_LIMIT and self.fill(2 * max(held, AHEAD))

    def pass_value(self) -> bool:
        """Move behind the broken object or list here by its brackets; False when its end cannot be found."""
        if self.text[self.at : self.at + 1] not in "{[":
            return self._pass_scalar()
        depth, at = 0, 0
        while True:
            for token in TOKEN.finditer(self.text, self.at + at):
                depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
                if depth == 0:
                    self.at = token.end()
                    return True
                at = token.end() - self.at
            if not self._more():
                return False

    def _pass_scalar(self) -> bool:
        end = re.compile(r'"(?:[^"\\\n]|\\.)*"|[^,\]\[{}"\s]+').match(self.text, self.at)
        if end is None:
            return False
        self.at = end.end()
        return True


def _match_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def elements(window: Window) -> Iterator[Found]:
    """Yield the elements of the list that begins here, and at last what stands in the way of its end, if anything does."""
    window.at += 1
    position = 0
    if window.skip_space() == "]":
        window.at += 1
    else:
        while True:
            position += 1
            here = window.skip_space()
            if here in ("", "]", ","):
                yield _stuck(
                    window, position, "the list breaks off" if not here else f"a value is missing before {here!r}"
                )
                return
            start = window.text[window.at : window.at + 500]
            try:
                value, size = window.value()
            except ValueError as error:
                passed = window.pass_value()
                yield Found(position, reason=reason_of(error), text=start, done=window.done)
                if not passed:
                    return
            else:
                yield Found(position, value, size=size, done=window.done)
            here = window.skip_space()
            window.at += 1
            if here == "]":
                break
            if here != ",":
                window.at -= 1
                yield _stuck(
                    window, position + 1, "the list breaks off" if not here else f"a comma is missing before {here!r}"
                )
                return
    if window.skip_space() not in ("", ";"):
        yield _stuck(window, position + 1, "there is something after the end of the list")


def _stuck(window: Window, position: int, reason: str) -> Found:
    return Found(position, reason=reason, text=window.text[window.at : window.at + 500], done=window.done)


def lines(window: Window) -> Iterator[Found | None]:
    """Yield the values of a file with one to a line; None for a blank line."""
    number = 0
    while True:
        window.fill()
        end = window.text.find("\n", window.at)
        while end < 0 and len(window.text) - window.at < VALUE_LIMIT and window.fill(2 * max(len(window.text), AHEAD)):
            end = window.text.find("\n", window.at)
        if end < 0 and not window.over:
            number += 1
            yield _stuck(window, number, f"a line longer than {VALUE_LIMIT >> 20} MiB")
            _next_line(window)
            continue
        if end < 0 and window.at >= len(window.text):
            return
        number += 1
        text = window.text[window.at : end if end >= 0 else len(window.text)]
        window.at = end + 1 if end >= 0 else len(window.text)
        yield _line(text, number, window.done)


def _next_line(window: Window) -> None:
    while True:
        end = window.text.find("\n", window.at)
        if end >= 0:
            window.at = end + 1
            return
        window.at = len(window.text)
        if not window.fill():
            return


def _line(text: str, number: int, done: int) -> Found | None:
    text = text.strip(" \t\r")
    if not text:
        return None
    try:
        value, end = decode(text)
        if end < len(text):
            raise RefusedValueError("there is something after the end of the object")
    except ValueError as error:
        return Found(number, reason=reason_of(error), text=text[:500], done=done)
    return Found(number, value, size=len(text), done=done)


def reason_of(error: ValueError) -> str:
    """Say what is wrong, in one line."""
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg[0].lower()}{error.msg[1:]}"
    return str(error)
