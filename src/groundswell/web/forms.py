"""What people type and choose: pasted text as a file, and the one question that a file may need answered.

A file that no layout fits is shown with its first five rows, and each column may be given a meaning; a file that lacks one fact
("whose followers are these?") is asked for it in words. Everything else is read without a question.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from groundswell.errors import MissingFieldError, UsageError
from groundswell.exports.wording import printable
from groundswell.records import PLATFORMS, VERBS, platform_name
from groundswell.sources.files.layouts.identities import platform_of
from groundswell.sources.files.opening import open_tables
from groundswell.sources.networks import source_for

ROWS_SHOWN = 5
COLUMNS_SHOWN = 60
CELL_SHOWN = 80

MEANINGS: dict[str, dict[str, str]] = {
    "Who": {
        "account": "who: handle, profile address or id",
        "platform": "platform",
        "name": "name",
        "bio": "bio, what they say of themselves",
        "country": "country",
        "language": "language",
        "url": "address",
    },
    "Working together": {
        "amount_minor": "fee",
        "status": "where the talks stand",
        "code": "discount code",
        "address": "e-mail",
        "notes": "notes",
    },
    "How big": {"followers": "followers", "following": "how many they follow", "posts_count": "how many posts"},
    "Posts": {
        "text": "text of the post",
        "created_at": "date",
        "post": "id of the post",
        "likes": "likes",
        "replies": "comments",
        "reposts": "shares",
        "views": "views",
        "saves": "saves",
        "reach": "people reached",
        "kind": "kind: post, reply, repost",
        "reply_to": "the post it answers",
        "hashtags": "hashtags",
    },
    "Who follows whom, who does what": {
        "follower": "who follows",
        "followed": "whom",
        "actor": "who acted",
        "verb": "what they did: like, reply ...",
    },
    "The row itself": {"observed_at": "when the row was collected"},
}
"""Fields that a column may be said to hold, in words."""

FIELDS: dict[str, tuple[str, str]] = {
    "platform": ("Which platform is this from?", ""),
    "account": ("Whose posts are these?", "@ann"),
    "author": ("Whose posts are these?", "@ann"),
    "followed": ("Whose followers are these?", "@ann"),
    "follower": ("Who follows the accounts in this file?", "@ann"),
    "actor": ("Who did this?", "@ann"),
    "verb": ("What did these people do?", ""),
    "post": ("Which post is this about? Its address or id.", ""),
}


@dataclass(frozen=True)
class Asked:
    """One fact that a file lacks, asked for in words."""

    field: str
    words: str
    example: str
    choices: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    """Columns of the file that nothing reads, one of which may say it."""


@dataclass(frozen=True)
class Question:
    """What must be known before a file can be read: what its columns are, or a fact or two that it does not say."""

    says: str
    headers: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    columns: int = 0
    """How many columns the table has; at most 60 are asked about."""
    asked: tuple[Asked, ...] = ()


def asked_about(field: str, columns: Sequence[str] = ()) -> Asked:
    """Put the question for a field into words."""
    words, example = FIELDS.get(field, (f"What is {field.replace('_', ' ')}?", ""))
    choices = {
        "platform": tuple((one, platform_name(one)) for one in PLATFORMS),
        "verb": tuple((one, one) for one in VERBS),
    }
    return Asked(field, words, example, choices.get(field, ()), tuple(columns))


def question_of_columns(path: Path, says: str) -> Question | None:
    """Ask what the columns of a file's first table are; None when there is nothing to ask about."""
    table = next(iter(open_tables(path)), None)
    rows = [[str(cell) for cell in row] for row in table.preview()[: ROWS_SHOWN + 1]] if table else []
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows or len(rows[0]) < 1:
        return None
    shown = [tuple(cell[:CELL_SHOWN] for cell in row[:COLUMNS_SHOWN]) for row in rows[1:]]
    return Question(says, tuple(rows[0][:COLUMNS_SHOWN]), tuple(shown), len(rows[0]), (asked_about("platform"),))


def question_of_fields(error: MissingFieldError) -> Question:
    """Ask for the fields that a file does not say; a column that nothing reads may hold whose posts they are."""
    columns = error.columns[:COLUMNS_SHOWN]
    return Question(
        error.what, asked=tuple(asked_about(field, columns if field == "author" else ()) for field in error.fields)
    )


def answers_to(question: Question, fields: list[tuple[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """Read (mapping, constants) out of an answered form; UsageError when nothing was said."""
    said = dict(fields)
    mapping = {
        header: said[f"column{n}"]
        for n, header in enumerate(question.headers)
        if said.get(f"column{n}") and header.strip()
    }
    mapping |= {
        said[f"in_{one.field}"]: one.field for one in question.asked if said.get(f"in_{one.field}") in one.columns
    }
    given = {one.field: said.get(one.field, "").strip() for one in question.asked}
    constants = {field: value for field, value in given.items() if value and field not in mapping.values()}
    if question.headers and not mapping:
        raise UsageError("No column was given a meaning.", next_step="Say at least which column names the person.")
    known = {*constants, *mapping.values()}
    if missing := [one.words for one in question.asked if not question.headers and one.field not in known]:
        raise UsageError("That was left open.", next_step=missing[0])
    return mapping, constants


def pasted(text: str, folder: Path) -> Path:
    """Write what somebody pasted as the file it is: a feed, JSON, a table, or else a list of handles."""
    text = printable(text).strip()
    if not text:
        raise UsageError("Nothing was pasted.", next_step="Paste handles, one a line, or drop a file.")
    _refuse_address(text)
    _refuse_words(text)
    folder.mkdir(parents=True, exist_ok=True)
    ending = "xml" if text.startswith("<") else "json" if text[0] in "[{" else "csv"
    path = folder / f"pasted.{ending}"
    path.write_text(text if ending != "csv" or _is_table(text) else _handles(text), encoding="utf-8")
    return path


def address_to_fetch(text: str) -> str | None:
    """The address that somebody pasted alone, where it is one that a live source could begin with. None holds a quote or a bracket."""
    plain = text.strip()
    if not re.fullmatch(r"https?://[^\s\"'<>]+", plain):
        return None
    try:
        source_for([plain])
    except UsageError:
        return None
    return plain


def _refuse_address(text: str) -> None:
    """A blog's address alone holds nothing to read."""
    if re.fullmatch(r"https?://\S+", text) and platform_of(text) in (None, "blog"):
        raise UsageError(
            "That is an address from which nothing can be fetched here.",
            next_step="Open the blog's feed in the browser (often the address with /feed or /rss at its end), save it, and drop the file.",
        )


def _refuse_words(text: str) -> None:
    """A line of words would be read as somebody's handle."""
    if re.search(r"\s", text) and not re.search(r"[\n,;\t|@:<{\[]", text):
        raise UsageError(
            "That is neither a handle nor an address, and no table.",
            means="Nothing was brought in.",
            next_step="Paste handles (@ann) or addresses of profiles, one a line; the address of a blog or a feed; or the text of a table, of JSON, of a feed.",
        )


def _is_table(text: str) -> bool:
    """Whether the first line looks like a header: several cells, none of which is a handle or an address."""
    first = text.splitlines()[0]
    cells = [cell for cell in re.split(r"[,;\t|]", first) if cell.strip()]
    return len(cells) > 1 and "\n" in text and not any("@" in cell or "://" in cell for cell in cells)


def _handles(text: str) -> str:
    """A sheet of handles; its second column only says that it is a sheet."""
    said = [one.strip() for one in re.split(r"[\n,;\t]+", text) if one.strip()]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("handle", "notes"))
    writer.writerows(
        (one if one.startswith(("@", "http")) or ":" in one or " " in one else f"@{one}", "") for one in said
    )
    return out.getvalue()
