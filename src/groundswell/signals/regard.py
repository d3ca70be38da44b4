"""Who names a brand, and how: mentioned, used, praised, criticised; unpaid or not; when, and in which posts.

A post names a brand by its words, word for word, or by a tag: a mention that a file lists beside the text, or an act in which the post
mentions the brand's account. Own use is what is heard in the text (`hearing`), the tone that of its sentences which name the brand
(`warmth`), in English alone; grim news of it is no criticism. Where neither can be told, a post names the brand and no more is said of it.

Set-based: one question finds the posts and what was found in their texts before; only the distinct texts that name the brand and are
English are read, the newest of each account.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.signals.hearing import marks, quoted
from groundswell.signals.tone import READ_AT_MOST
from groundswell.signals.warmth import Tone, tone_of
from groundswell.store import Engine
from groundswell.store.text_index import words_of

pc: Any = _compute  # its functions are made at run time, no type checker knows them

Counts = NDArray[np.int64]
READ_OF_ONE = 20
"""Newest posts of an account that name the brand, whose tone is read (design choice: bounded work)."""
READ_OF_ALL = 20_000
"""Texts whose tone is read for one brand, everybody's newest first: two seconds (design choice; of the others no more is said than that
they name it)."""
SHORT_TEXT = 100
"""Below so many letters a text whose language cannot be told is taken to be in its author's (design choice: "Never again, Oat & Co!")."""
SHORT_NAME = 3
"""A handle of fewer letters is no spelling of a brand in a text (design choice, as in the census)."""
ENDINGS = ("", "com", "bskysocial")
"""What may follow a brand's name in its handle, beside nothing at all."""
EPOCH = date(1970, 1, 1)
PLAIN, PRAISE, BOTH, CRITICAL = range(4)
"""How a post speaks of the brand; PLAIN is also where nothing can be told."""
HOW = {"warm": PRAISE, "balanced": BOTH, "critical": CRITICAL}


@dataclass(frozen=True)
class Names:
    """What names a brand."""

    phrases: tuple[str, ...]
    """Looked for in texts: what the brief says, and the handles of its accounts."""
    handles: tuple[str, ...]
    """Handles and ids as files list who is mentioned, in small letters."""
    accounts: tuple[str, ...]
    """Ids under which acts may know it."""


@dataclass(frozen=True)
class Regard:
    """Per account, how it speaks of a brand. Arrays are parallel to the table's rows."""

    texts: Counts
    """Own posts with text."""
    named: Counts
    """Own posts that name it, in words or by a tag."""
    wordless: Counts
    """Of `named`, those without text."""
    acts: Counts
    """Mentions of it whose post is not in the data."""
    unpaid: Counts
    """Of `named`, those with no sign of payment; the next four are of these."""
    used: Counts
    praised: Counts
    both: Counts
    """Praise and reservations in one post."""
    criticised: Counts
    critic: NDArray[np.bool_]
    """Whether it speaks critically, all in all."""
    last_day: Counts
    """Days since 1970 of the newest; -1 when there is none."""
    rows: Counts
    """Row of the account of each post that names it, ascending; the newest of an account first."""
    posts: tuple[str, ...]
    """Those posts' ids."""
    how: Counts
    """How each of them speaks: PLAIN, PRAISE, BOTH or CRITICAL."""

    @property
    def known(self) -> NDArray[np.bool_]:
        """Of whom anything can be said."""
        return (self.texts + self.named + self.acts) > 0

    @property
    def friendly(self) -> Counts:
        """Unpaid mentions that do not speak critically; of a critic none."""
        return np.where(self.critic, 0, self.unpaid - self.criticised + self.acts)

    def last(self, row: int) -> date | None:
        """When the account last named it."""
        day = int(self.last_day[row])
        return None if day < 0 else EPOCH + timedelta(days=day)

    def posts_of(self, row: int, how: int | None = None) -> tuple[str, ...]:
        """Posts of an account that name it (or those that do it so), critical ones first, then the newest."""
        start, end = (int(place) for place in np.searchsorted(self.rows, [row, row + 1]))
        mine = sorted(range(start, end), key=lambda place: self.how[place] != CRITICAL)
        return tuple(self.posts[place] for place in mine if how is None or self.how[place] == how)

    def ways(self, row: int) -> str:
        """What unpaid posts say of it, in words: "2 praise it"; empty where that is no more than its name."""
        said = (
            (self.used, "speaks", "speak", "of own use"),
            (self.praised, "praises", "praise", "it"),
            (self.both, "praises", "praise", "it with a reservation"),
            (self.criticised, "criticises", "criticise", "it"),
        )
        found = [(int(counts[row]), one, several, what) for counts, one, several, what in said if counts[row]]
        if self.unpaid[row] == 1:
            return " and ".join(f"{one} {what}" for _, one, _, what in found)
        return ", ".join(f"{number:,} {one if number == 1 else several} {what}" for number, one, several, what in found)


def nobody(texts: Counts) -> Regard:
    """What is found where nobody is asked for: nothing."""
    zero = np.zeros(len(texts), np.int64)
    none = np.zeros(0, np.int64)
    return Regard(texts, zero, zero, zero, zero, zero, zero, zero, zero, zero > 0, zero - 1, none, (), none)


def read_regard(engine: Engine, accounts: pa.Table, texts: Counts, terms: Sequence[str]) -> Regard:
    """Ask how everybody speaks of a brand. `accounts`: the columns account, platform, handle, name, account_type, language of the table."""
    names = names_of(accounts, terms)
    engine.register("speakers", accounts.select(["account", "language"]))
    found = engine.table(_posts_naming(names))
    acts = engine.table(_acts_naming(names))
    place = {"value_set": in_one(accounts.column("account"))}
    tones = _tones(found, names.phrases)
    rows, acting = (pc.index_in(in_one(table.column("account")), **place) for table in (found, acts))
    there = pc.is_valid(rows).to_numpy(zero_copy_only=False)
    kept = found.filter(pa.array(there))
    return _regard(
        kept, _whole(rows.filter(pa.array(there))), [tone for tone, in_it in zip(tones, there, strict=True) if in_it],
        acts.append_column("row", acting).filter(pc.is_valid(acting)), texts,
    )  # fmt: skip


def names_of(accounts: pa.Table, terms: Sequence[str]) -> Names:
    """The spellings of a brand, and the accounts in the data that are its own: by their handle, or by their name where they say they are a brand."""
    words = [words_of(term) for term in terms if words_of(term)]
    glued = sorted({"".join(some) for some in words})
    handles = [name + ending for name in glued for ending in (ENDINGS if len(name) >= SHORT_NAME else ("",))]
    kind = pc.utf8_lower(accounts.column("account_type"))
    own = pc.or_(
        pc.is_in(_letters(accounts.column("handle")), pa.array(handles)),
        pc.and_(
            pc.is_in(kind, pa.array(["brand", "business"])),
            pc.is_in(_letters(accounts.column("name")), pa.array(glued)),
        ),
    )
    its = accounts.filter(own).select(["account", "handle"]).to_pylist()
    called = [row["handle"].lower() for row in its if row["handle"]]
    typed = [join.join(some) for some in words for join in ("", "_", ".")]
    typed += [term.strip().lstrip("@").lower() for term in terms if " " not in term.strip()]
    platforms = sorted(pc.unique(accounts.column("platform")).drop_null().to_pylist())
    spelled = [f"@{one}" for one in called if len(one) >= SHORT_NAME and words_of(one) not in words]
    natives = [row["account"].partition(":")[2].lstrip("@").lower() for row in its]
    return Names(
        tuple(dict.fromkeys([*(term for term in terms if words_of(term)), *spelled])),
        tuple(dict.fromkeys([*typed, *called, *natives])),
        tuple(
            dict.fromkeys([*(row["account"] for row in its), *(f"{on}:@{one}" for on in platforms for one in typed)])
        ),
    )


def _letters(column: pa.ChunkedArray) -> Any:
    return pc.replace_substring_regex(pc.utf8_lower(column), r"[^\pL\pN]", "")


# -- the questions ---------------------------------------------------------------------------------------------------------


def _acts(names: Names) -> str:
    return f"""SELECT actor, via, acted_at, coalesce(times, 1) AS times FROM interactions
               WHERE verb = 'mention' AND account IN ({_listed(names.accounts)}) AND actor <> account"""


def _posts_naming(names: Names) -> str:
    """SQL for own posts that name the brand: whose, when, paid, own use, and the text where its tone can be read."""
    return f"""
        WITH told AS ({_acts(names)}),
        own AS (
            SELECT p.account, p.post, p.text, p.text_hash, p.created_at, p.paid_label, p.language, {_says(names.phrases)} AS said
            FROM posts AS p
            WHERE (p.kind IS NULL OR p.kind IN ('post', 'quote'))
                  AND (said OR coalesce(list_has_any(list_transform(p.mentions, lambda m: lower(m)), [{_listed(names.handles)}]), false)
                       OR p.post IN (SELECT via FROM told WHERE via IS NOT NULL))
        )
        SELECT o.account, o.post, coalesce(epoch(o.created_at) // 86400, -1)::BIGINT AS day,
               coalesce(o.paid_label, false) OR w.clear IS NOT NULL OR w.unclear IS NOT NULL AS paid,
               o.text IS NULL AS wordless, o.said AND coalesce(v.marks & {marks()["use"]}, 0) <> 0 AS used,
               CASE WHEN o.said AND {_english("o")} THEN left(o.text, {READ_AT_MOST}) END AS text
        FROM own AS o
        LEFT JOIN wording AS w ON w.text_hash = o.text_hash LEFT JOIN voice AS v ON v.text_hash = o.text_hash
        LEFT JOIN speakers AS s ON s.account = o.account
        ORDER BY o.account, o.created_at DESC NULLS LAST, o.post"""


def _acts_naming(names: Names) -> str:
    """SQL for mentions whose post is not in the data, by account; a mention within a reply or a repost is none of its own."""
    return f"""
        SELECT actor AS account, sum(times)::BIGINT AS times, coalesce(max(epoch(acted_at)) // 86400, -1)::BIGINT AS day
        FROM ({_acts(names)}) AS t WHERE via IS NULL OR NOT EXISTS (SELECT 1 FROM posts AS p WHERE p.post = t.via)
        GROUP BY actor ORDER BY actor"""


def _says(phrases: Iterable[str]) -> str:
    """SQL for whether a text says any of the phrases word for word; the long way only where the longest word is there."""
    plain = r"' ' || regexp_replace(lower(p.text), '[^\p{L}\p{N}]+', ' ', 'g') || ' '"
    said = [
        f"CASE WHEN contains(lower(p.text), {quoted(max(words, key=len))}) THEN contains({plain}, {quoted(whole)}) ELSE false END"
        for words in map(words_of, phrases)
        for whole in [f" {' '.join(words)} "]
    ]
    return f"(p.text IS NOT NULL AND ({' OR '.join(said)}))"


def _english(post: str) -> str:
    short = f"CASE WHEN length({post}.text) < {SHORT_TEXT} THEN s.language END"
    return f"coalesce(left(lower(coalesce(nullif({post}.language, 'und'), w.language, {short})), 2) = 'en', false)"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names)) or "NULL"


# -- the answer ------------------------------------------------------------------------------------------------------------


def _tones(found: pa.Table, phrases: Sequence[str]) -> list[Tone | None]:
    """The tone of each post; None where it is not read. A text that many post is read once."""
    texts = in_one(found.column("text"))
    coded = pc.if_else(pa.array(_to_read(found)), texts, None).dictionary_encode()
    read = [tone_of(text, phrases, "en", grim=False) for text in coded.dictionary.to_pylist()]
    return [None if code is None else read[code] for code in coded.indices.to_pylist()]


def _to_read(found: pa.Table) -> NDArray[np.bool_]:
    """Which posts, in the order of accounts and the newest first, are read: so many of one account, and of all."""
    legible = found.filter(pc.is_valid(found.column("text"))).column("account")
    codes = _whole(in_one(legible).dictionary_encode().indices)
    place = np.arange(len(codes)) - np.searchsorted(codes, codes)
    chosen = np.argsort(place, kind="stable")[:READ_OF_ALL]
    wanted = np.zeros(len(codes), bool)
    wanted[chosen[place[chosen] < READ_OF_ONE]] = True
    all_of = pc.is_valid(in_one(found.column("text"))).to_numpy(zero_copy_only=False)
    all_of[all_of] = wanted
    return all_of


def _regard(found: pa.Table, rows: Counts, tones: Sequence[Tone | None], acts: pa.Table, texts: Counts) -> Regard:
    size = len(texts)
    how = np.array([HOW.get(tone.reading, PLAIN) if tone else PLAIN for tone in tones], np.int64)
    paid, used, wordless = (
        found.column(name).to_numpy(zero_copy_only=False).astype(bool) for name in ("paid", "used", "wordless")
    )

    def count(which: NDArray[np.bool_]) -> Counts:
        return np.bincount(rows[which], minlength=size).astype(np.int64)

    named, times = count(paid | ~paid), np.zeros(size, np.int64)
    acting = _whole(in_one(acts.column("row")))
    times[acting] = acts.column("times").to_numpy()
    last = np.full(size, -1, np.int64)
    np.maximum.at(last, rows, found.column("day").to_numpy())
    np.maximum.at(last, acting, acts.column("day").to_numpy())
    return Regard(
        texts=texts,
        named=named,
        wordless=count(wordless),
        acts=np.maximum(times - named, 0),  # a list of who mentions whom may tell again what posts show
        unpaid=count(~paid),
        used=count(used & ~paid),
        praised=count((how == PRAISE) & ~paid),
        both=count((how == BOTH) & ~paid),
        criticised=count((how == CRITICAL) & ~paid),
        critic=_critics(rows, how, paid, tones, size),
        last_day=last,
        rows=rows,
        posts=tuple(found.column("post").to_pylist()),
        how=how,
    )


def _critics(
    rows: Counts, how: Counts, paid: NDArray[np.bool_], tones: Sequence[Tone | None], size: int
) -> NDArray[np.bool_]:
    """Who speaks critically all in all: by what they say unpaid, else by what they say paid (as the census reads a voice)."""
    critic = np.zeros(size, bool)
    for row in np.unique(rows[how == CRITICAL]):  # few people: who says nothing critical is no critic
        mine = np.arange(*np.searchsorted(rows, [row, row + 1]))
        free = mine[~paid[mine]]
        some = [tone for place in (free if len(free) else mine) if (tone := tones[place])]
        critic[row] = sum(some, Tone()).reading == "critical"
    return critic


def _whole(column: Any) -> Counts:
    return column.to_numpy(zero_copy_only=False).astype(np.int64)


__all__ = ["CRITICAL", "Names", "Regard", "names_of", "nobody", "read_regard"]
