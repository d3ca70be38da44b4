"""A creator's signed kit: one JSON document in which a creator hands over their own profile, posts and counts.

    {"groundswell_kit": 1, "content": "{...canonical JSON...}", "public_key": "...", "signature": "..."}

`content` is text, and the signature (Ed25519, RFC 8032) is over exactly that text: no reader has to write JSON the way we do in
order to check it. Nothing beside these four keys is taken, since nothing else was signed. A kit whose signature does not fit is
refused. Who holds a key is not known: the fingerprint is shown, to be compared with the creator once (trust on first use).

A kit speaks of one account only, its own: whatever its posts say, they are that account's.

The numbers of a kit are its maker's word and no measurement: they stay beside the account's row as they came (`SIGNED`), for whoever
explains it, and leave with that row.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from typing import Any

import pyarrow as pa

from groundswell.errors import UnreadableFileError
from groundswell.sources.files.layouts.cells import (
    Computed,
    Count,
    Country,
    Flag,
    Handle,
    Id,
    Language,
    Links,
    Moment,
    Sheet,
    Tags,
    Text,
    Who,
)
from groundswell.sources.files.layouts.layout import Account, Layout, Part, Post, Unfolded
from groundswell.sources.files.tables import Rows
from groundswell.sources.files.values import table_of

VERSION = 1
"""Of the schema of kits. A later one is refused, never guessed at."""
KEYS = frozenset(("groundswell_kit", "content", "public_key", "signature"))
TRUST = (
    "It shows that nothing was changed since it was signed, not who signed it: compare the key with the creator once."
)


SIGNED = "signed_says"
"""Name in the account's `extra` under which stands what the kit says: who made it, when, and its numbers."""
NUMBERS_KEPT, LONGEST_SAID = 40, 300
"""Numbers kept of a kit, and the characters of each of its texts: whoever signs may sign anything (design choice)."""
UNITS = ("share", "count", "per_week", "days", "hours", "ratio", "score")


def canonical(content: dict[str, Any]) -> str:
    """Write plain values as JSON in one way only: keys sorted, no blanks, no NaN."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def fingerprint(public_key: str) -> str:
    """Return what two people compare over the telephone: the first 16 hex digits of the key's SHA-256, in fours."""
    digits = hashlib.sha256(b64decode(public_key)).hexdigest()[:16]
    return " ".join(digits[at : at + 4] for at in range(0, 16, 4))


def verified(document: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a kit; UnreadableFileError when it was changed, is of a later version, or is no kit."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if document.keys() != KEYS or not all(isinstance(document[key], str) for key in KEYS - {"groundswell_kit"}):
        beside = ", ".join(sorted(document.keys() ^ KEYS)[:5])
        raise _refused(
            "The kit does not have the shape in which kits are signed.", f"Missing or too much: {beside or 'a text'}."
        )
    if document["groundswell_kit"] != VERSION:
        raise UnreadableFileError(
            f"The kit is of version {document['groundswell_kit']}; this program reads version {VERSION}.",
            next_step="Get a newer Groundswell, or ask for a kit of this version.",
        )
    try:
        key = Ed25519PublicKey.from_public_bytes(b64decode(document["public_key"], validate=True))
        key.verify(b64decode(document["signature"], validate=True), document["content"].encode())
        content = json.loads(document["content"])
    except InvalidSignature as error:
        raise _refused(
            "The kit was changed after it was signed: its signature does not fit.",
            "None of its numbers can be relied on.",
        ) from error
    except (ValueError, NoBase64, RecursionError) as error:
        raise _refused("The kit's key, signature or content cannot be read.", "It was damaged on the way.") from error
    if (
        not isinstance(content, dict)
        or not isinstance(content.get("account"), dict)
        or not isinstance(content.get("posts"), list)
    ):
        raise _refused("The kit is signed, but it holds no account.", "Nothing in it can be used.")
    return content


def envelope(content: str, public_key: bytes, signature: bytes) -> dict[str, Any]:
    """Put signed content, key and signature together."""
    return {
        "groundswell_kit": VERSION,
        "content": content,
        "public_key": b64encode(public_key).decode(),
        "signature": b64encode(signature).decode(),
    }


def _refused(what: str, means: str) -> UnreadableFileError:
    return UnreadableFileError(
        what, means=f"{means} Nothing was imported.", next_step="Ask the creator for a fresh kit file."
    )


def _kit(rows: Rows) -> Unfolded:
    """One document -> its account and its posts, once the signature has been checked."""
    accounts, posts = list[dict[str, Any]](), list[dict[str, Any]]()
    lines, of_posts = list[int](), list[int]()
    for document, line in zip(rows.objects or [], rows.lines.to_pylist(), strict=True):
        content = verified(document)
        whose = {"account": content["account"].get("account"), "platform": content["account"].get("platform")}
        made_up = {"simulated": True} if content.get("simulated") is True else {}
        key, said = fingerprint(document["public_key"]), _said(content)
        accounts.append(
            {
                "observed_at": content.get("made_at"),
                **_known(content["account"]),
                **whose,
                **made_up,
                "signed_by": key,
                SIGNED: canonical(said),
                "said_note": _note(key, said),
            }
        )
        lines.append(line)
        for post in (one for one in content["posts"] if isinstance(one, dict)):
            posts.append({"observed_at": content.get("made_at"), **_known(post), **whose, **made_up})
            of_posts.append(line)
    parts = {"account": Part(table_of(accounts), pa.array(lines, pa.int64()))}
    if posts:
        parts["posts"] = Part(table_of(posts), pa.array(of_posts, pa.int64()))
    return Unfolded(parts)


def _known(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value is not None}


def _said(content: dict[str, Any]) -> dict[str, Any]:
    """What a kit says beside profile and posts, as far as it has the shape that we write."""
    listed = content.get("numbers")
    numbers = [kept for one in (listed if isinstance(listed, list) else []) if (kept := _number(one))]
    words = {name: _short(content.get(name)) for name in ("made_at", "made_by", "data_ends")}
    return {**words, "numbers": numbers[:NUMBERS_KEPT]}


def _number(said: Any) -> dict[str, Any] | None:
    """One number with the count of rows that it rests on; None where it lacks a name, a value or a unit of ours."""
    if not isinstance(said, dict):
        return None
    one: dict[str, Any] = said
    title, value, rows = _short(one.get("title")), _finite(one.get("value")), _finite(one.get("n"))
    if title is None or value is None or one.get("unit") not in UNITS:
        return None
    low, high = _finite(one.get("low")), _finite(one.get("high"))
    ends = {"low": low, "high": high} if low is not None and high is not None and low <= high else {}
    counted = {"rows": int(rows)} if rows is not None and rows >= 0 else {}
    return {"title": title, "value": value, "unit": one["unit"], "says": _short(one.get("says")), **ends, **counted}


def _short(text: Any) -> str | None:
    return text.strip()[:LONGEST_SAID] or None if isinstance(text, str) else None


def _finite(number: Any) -> float | None:
    is_number = isinstance(number, int | float) and not isinstance(number, bool) and abs(number) < 1e15
    return float(number) if is_number and math.isfinite(number) else None


def _note(key: str, said: dict[str, Any]) -> str:
    """What the user is told on the way: who says so, that the signature fits, which key vouches for it."""
    maker = f"Its maker gives the name {said['made_by']}" if said["made_by"] else "Its maker gives no name"
    count = len(said["numbers"])
    stand = f"{f'Its {count} numbers stand' if count > 1 else 'Its number stands'} on the person's page as the creator's own word. "
    return f"{maker}; the signature fits. {stand if count else ''}The kit is signed with the key {key}. {TRUST}"


def _refuse_early(table: list[list[str]]) -> list[str]:
    """Check the signature before an import begins, so that a changed kit leaves no trace; a kit lacks no constants."""
    head, *rows = table
    for row in rows:
        document: dict[str, Any] = dict(zip(head, row, strict=False))
        version = str(document.get("groundswell_kit", ""))
        verified(document | {"groundswell_kit": int(version) if re.fullmatch("[0-9]{1,9}", version) else version})
    return []


def _whose(sheet: Sheet) -> pa.Array | None:
    """The account; on the way, the user is told who made it and which key vouches for it."""
    notes = sheet.text("saidnote")
    for note in dict.fromkeys(notes.to_pylist() if notes is not None else ()):
        sheet.memory.note(note)
    return sheet.read(Who("account"))


KIT_FILE = Layout(
    id="kit",
    title="A creator's signed kit",
    says="A signed kit: a creator's own profile, posts and counts, made by them with Groundswell (the page “Your own account”, or `coach`).",
    platform=None,
    required=("groundswell_kit", "content", "public_key", "signature"),
    kinds=("json",),
    lacks=_refuse_early,
    unfold=_kit,
    whole=True,
    observed=("observed_at",),
    note="A kit holds what the creator chose to show; what it leaves out is unknown.",
    records=(
        Account(
            part="account",
            account=Computed(_whose, "account"),
            handle=Handle("handle"),
            name=Text("name"),
            bio=Text("bio"),
            url=Text("url"),
            location=Text("location"),
            country=Country("country"),
            language=Language("language"),
            category=Text("category"),
            account_type=Text("account_type"),
            verified=Flag("verified"),
            created_at=Moment("created_at"),
            followers=Count("followers"),
            following=Count("following"),
            posts_count=Count("posts_count"),
        ),
        Post(
            part="posts",
            post=Id("post"),
            account=Who("account"),
            text=Text("text"),
            created_at=Moment("created_at"),
            kind=Text("kind"),
            media=Text("media"),
            url=Text("url"),
            language=Language("language"),
            hashtags=Tags("hashtags"),
            mentions=Tags("mentions"),
            links=Links("links"),
            paid_label=Flag("paid_label"),
            likes_hidden=Flag("likes_hidden"),
            likes=Count("likes"),
            replies=Count("replies"),
            reposts=Count("reposts"),
            quotes=Count("quotes"),
            views=Count("views"),
            saves=Count("saves"),
            reach=Count("reach"),
        ),
    ),
)

KIT = (KIT_FILE,)
