"""Cells as people and programs write them, read column by column: `12.4K`, `1.234`, `Sat Feb 18 12:33:11 +0000 2023`. Money: `money`.

Every reader takes an Arrow array (text, or typed where the file is) and gives an array of the same length. What cannot be read
is null, never 0 and never a guess; `Memory` counts it, so that the user is told how much it was. Some spellings mean different
things in different files (`1.234`, `03/04/2025`): they are decided once a column, from the values that can only be read one way.
Where a column of dates holds no such value, those that could be read two ways are unknown until the user says the order.

    counts(pa.array(["12.4K", "1,204", "hidden", "-1"]))     -> 12400, 1204, null, null
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

pc: Any = _compute  # its functions are made at run time, no type checker knows them

MOMENT = pa.timestamp("us", tz="UTC")
TEXTS = pa.list_(pa.string())
LARGEST = 10**15
"""No platform counts more, and sums and multiples of it stay numbers that every engine can hold; what is larger is no count."""
SILENT = frozenset(
    ("", "-", "--", "—", "–", "?", "n/a", "na", "nan", "null", "none", "nil", "hidden", "private", "unknown", "versteckt", "k.a.", "-1", "-1.0", "#n/a")
)  # fmt: skip
"""Spellings of "not known". -1 is how Instagram exports write a hidden like count."""
MOST_SHOWN, LONGEST_SHOWN = 3, 40
"""So many values of a column that could not be read are shown, and so many letters of each (design choice: one line)."""
SURROGATES = re.compile("[\ud800-\udfff]")


DAY, MONTH, MIXED, OPEN = "day", "month", "mixed", "open"
"""Orders of a column: day first, month first, both are there, nothing tells."""
DATE_ORDERS = {"day-first": "day", "month-first": "month"}
"""How a user says the order of 03/04/2025, and how it is kept."""


class Memory:
    """What was decided about a column, and what the user has to be told, over all batches of one source.

    `dates` is the order of day and month that the user gave; `look_ahead` tells of a column's header the order that the whole
    file shows, so that a date in the first batch is read right although only the last batch settles it.
    """

    def __init__(self, *, dates: str | None = None, look_ahead: Callable[[str], str] | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self.decisions: dict[tuple[str, str], str] = {}
        self.open_dates: Counter[str] = Counter()
        """Column -> how many of its dates could be read two ways."""
        self.dates = DATE_ORDERS.get(dates or "")
        self._look_ahead = look_ahead

    def note(self, sentence: str, n: int = 1) -> None:
        """Count `n` more cases of `sentence`, in which {n} stands for the number, {s} for a plural, {are} and {were} for the verb."""
        if n:
            self.counts[sentence] += n

    def date_order(self, column: str, seen: str) -> str:
        """The order of day and month in a column: as the user said, as the whole file shows, else as was `seen` so far."""
        if self.dates:
            return self.dates
        key = (column, "order")
        if self._look_ahead:
            if key not in self.decisions:
                self.decisions[key] = self._look_ahead(column)
        elif self.decisions.get(key, OPEN) in (OPEN, seen):
            self.decisions[key] = seen
        elif seen != OPEN:
            self.decisions[key] = MIXED
        return self.decisions[key]

    def decide(self, column: str, question: str, answer: str | None, otherwise: str) -> str:
        """Return what an earlier batch decided, else keep `answer`; `otherwise` when nothing speaks yet."""
        if answer is not None:
            return self.decisions.setdefault((column, question), answer)
        return self.decisions.get((column, question), otherwise)

    def sentences(self) -> list[str]:
        """Return the remarks with their numbers, in the order in which they first came up."""
        return [_with_number(sentence, n) for sentence, n in self.counts.items()]


def _with_number(sentence: str, n: int) -> str:
    forms = {
        "{n}": f"{n:,}",
        "{s}": "" if n == 1 else "s",
        "{are}": "is" if n == 1 else "are",
        "{were}": "was" if n == 1 else "were",
    }
    for mark, word in forms.items():
        sentence = sentence.replace(mark, word)
    return sentence


def tell_unread(left: pa.Array, what: str, column: str, memory: Memory, *, told: pa.Array | None = None) -> None:
    """Count the values that are left and say something, and show some of them; not those of which the user is `told` otherwise."""
    unread = pc.fill_null(by_distinct(left, lambda one: one.lower() not in SILENT, pa.bool_()), False)
    if told is not None:
        unread = pc.and_not(unread, pc.fill_null(told, False))
    number = pc.sum(unread).as_py() or 0
    if number:
        some_of = memory.decide(column, f"not {what}", _quoted(pc.unique(left.filter(unread)).to_pylist()), "")
        memory.note(
            f"{{n}} value{{s}} in {column!r} could not be read as {what} and {{are}} unknown: {some_of}.", number
        )


def _quoted(words: Sequence[str]) -> str:
    shown = ["".join(letter for letter in word[:LONGEST_SHOWN] if letter.isprintable()) for word in words[:MOST_SHOWN]]
    return ", ".join(f"“{word}”" for word in shown) + (" and others" if len(words) > MOST_SHOWN else "")


def scrubbed(text: str) -> str:
    """Replace lone surrogates, which no UTF-8 file can hold; everything else stays byte for byte."""
    return SURROGATES.sub("\ufffd", text)


def nulls(length: int, type_: pa.DataType) -> pa.Array:
    """Return `length` unknowns."""
    return pa.nulls(length, type_)


def by_distinct(values: pa.Array, read: Callable[[str], Any], type_: pa.DataType) -> pa.Array:
    """Read each distinct value once: for columns with few spellings (languages, platforms, money)."""
    encoded = values.dictionary_encode()
    meanings = pa.array([None if one is None else read(one) for one in encoded.dictionary.to_pylist()], type_)
    return meanings.take(encoded.indices)


def of_distinct(values: pa.Array, read: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """The same where all distinct values are read together."""
    encoded = values.dictionary_encode()
    return read(encoded.dictionary).take(encoded.indices)


def may_hold(values: pa.Array, *parts: bytes) -> bool:
    """Whether any of these bytes can be in the texts: a look at all of them at once, far cheaper than one at each.

    What was sliced away is looked at too, so a yes is a reason to look closer, and only a no is final.
    """
    held = values.buffers()[2] if pa.types.is_string(values.type) else None
    if held is None:
        return values.null_count < len(values)
    whole = held.to_pybytes()
    return any(part in whole for part in parts)


def together(parts: Sequence[pa.Array], between: str) -> pa.Array | None:
    """Texts of several columns as one, without those that are unknown; unknown where all of them are. None for no columns.

    Arrow's own way of passing over what is null leaves out the rows in which all of them are.
    """
    if not parts:
        return None
    said = reduce(pc.or_, map(pc.is_valid, parts))
    first = pc.if_else(said, parts[0], "")
    return pc.if_else(said, pc.binary_join_element_wise(first, *parts[1:], between, null_handling="skip"), None)


def texts(values: pa.Array) -> pa.Array:
    """Any array as text; the empty cell is unknown, everything else stays byte for byte."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_list(values.type) or pa.types.is_large_list(values.type):
        return _joined(values)
    if pa.types.is_floating(values.type):
        return _floats_as_text(values)
    if pa.types.is_struct(values.type) or pa.types.is_map(values.type) or pa.types.is_binary(values.type):
        return pa.array([None if one is None else scrubbed(str(one)) for one in values.to_pylist()], pa.string())
    words = values if pa.types.is_string(values.type) else pc.cast(values, pa.string())
    blank = pc.equal(pc.binary_length(words), 0)
    return pc.if_else(blank, None, words) if pc.any(blank).as_py() else words


def _joined(values: pa.Array) -> pa.Array:
    items = pc.cast(values, TEXTS)
    return texts(pc.binary_join(items, " "))


def _floats_as_text(values: pa.Array) -> pa.Array:
    """Whole numbers without `.0`: a pandas column of ids with a gap is float."""
    whole = pc.and_(pc.equal(values, pc.trunc(values)), pc.less(pc.abs(values), 1e15))
    plain = pc.cast(pc.cast(pc.if_else(whole, values, None), pa.int64()), pa.string())
    shown = pc.coalesce(plain, pc.cast(values, pa.string()))
    return pc.if_else(pc.is_nan(values), None, shown)


def trimmed(values: pa.Array) -> pa.Array:
    """Texts without blanks around them; nothing but blanks is null."""
    words = pc.utf8_trim_whitespace(texts(values))
    return pc.if_else(pc.equal(pc.binary_length(words), 0), None, words)


def matching(values: pa.Array, pattern: str) -> pa.Array:
    """Keep the values that match, null for the others."""
    return pc.if_else(pc.match_substring_regex(values, pattern), values, None)


def some(values: pa.Array) -> bool:
    """Whether any value is known."""
    return values.null_count < len(values)


def remaining(values: pa.Array, known: pa.Array) -> pa.Array:
    """Values that are still to be read."""
    return pc.if_else(pc.is_valid(known), None, values)


# --- counts ------------------------------------------------------------------------------------------------------------------


def counts(values: pa.Array, column: str = "", memory: Memory | None = None) -> pa.Array:
    """Read counts: int64, >= 0. Hidden (-1, blank, "hidden"), negative, fractional and beyond 64 bits are unknown."""
    memory = memory or Memory()
    if pa.types.is_integer(values.type):
        return _at_least_nothing(pc.cast(values, pa.int64(), safe=False), column, memory)
    if pa.types.is_floating(values.type) or pa.types.is_decimal(values.type):
        return _whole(values, column, memory)
    words = texts(values)
    try:
        return _at_least_nothing(pc.cast(pc.ascii_trim_whitespace(words), pa.int64()), column, memory)
    except pa.ArrowInvalid:
        return _spelled(trimmed(words), column, memory)


def _at_least_nothing(numbers: pa.Array, column: str, memory: Memory) -> pa.Array:
    negative = pc.less(numbers, 0)
    if not pc.any(negative).as_py():
        return numbers
    below = pc.sum(pc.less(numbers, -1)).as_py() or 0
    memory.note(f"{{n}} negative number{{s}} in {column!r} {{are}} unknown.", below)
    return pc.if_else(negative, None, numbers)


def _whole(values: pa.Array, column: str, memory: Memory) -> pa.Array:
    numbers = pc.cast(values, pa.float64())
    fits = pc.and_(pc.equal(numbers, pc.trunc(numbers)), pc.less(pc.abs(numbers), 2.0**63))
    whole = pc.cast(pc.if_else(fits, numbers, None), pa.int64())
    lost = pc.sum(pc.and_(pc.is_finite(numbers), pc.invert(fits))).as_py() or 0
    memory.note(f"{{n}} number{{s}} in {column!r} {{are}} not whole and so {{are}} unknown.", lost)
    return _at_least_nothing(whole, column, memory)


def _spelled(words: pa.Array, column: str, memory: Memory) -> pa.Array:
    """Counts as people write them. Thousands written with dots are told from decimals by the whole column."""
    known = pc.cast(matching(words, r"^\d{1,15}$"), pa.int64())
    for separators, pattern in (
        (",", r"^\d{1,3}(,\d{3})+$"),
        (" \u00a0\u202f'’", r"^\d{1,3}([ \x{a0}\x{202f}'’]\d{3})+$"),
    ):
        grouped = matching(remaining(words, known), pattern)
        known = pc.coalesce(known, _without(grouped, separators))
    dotted = matching(remaining(words, known), r"^\d{1,15}(\.\d+)+$")
    if some(dotted):
        thousands = pc.all(pc.match_substring_regex(dotted, r"^\d{1,3}(\.\d{3})+$")).as_py()
        if memory.decide(column, "dots", "thousands" if thousands else "decimals", "decimals") == "thousands":
            known = pc.coalesce(known, _without(matching(dotted, r"^\d{1,3}(\.\d{3})+$"), "."))
    rest = remaining(words, known)
    if not some(rest):
        return known
    spoken = by_distinct(rest, count_of, pa.int64())
    tell_unread(remaining(rest, spoken), "a count", column, memory)
    return pc.coalesce(known, spoken)


def _without(words: pa.Array, separators: str) -> pa.Array:
    if not some(words):
        return nulls(len(words), pa.int64())
    digits = pc.replace_substring_regex(words, f"[{re.escape(separators)}]" if len(separators) == 1 else r"\D", "")
    return pc.cast(matching(digits, r"^\d{1,15}$"), pa.int64())


SCALE = {
    "": 1, "k": 1e3, "tsd": 1e3, "tsd.": 1e3, "mil": 1e3, "m": 1e6, "mio": 1e6, "mio.": 1e6, "mn": 1e6, "million": 1e6,
    "b": 1e9, "bn": 1e9, "mrd": 1e9, "mrd.": 1e9,
}  # fmt: skip
"""Short scales as Instagram, TikTok and YouTube print them: English K M B; German Tsd. Mio. Mrd.; Spanish mil."""
SHORT = re.compile(r"^(\d{1,15}(?:[.,]\d{1,6})?|\d{1,3}(?:,\d{3})+(?:\.\d+)?)\s*([^\W\d_]{0,7}\.?)\+?$")


ABOUT = re.compile(r"^(?:[~≈]|(?:ca|circa|approx|about|around|etwa|rund|ungefähr)\b\.?)\s*", re.IGNORECASE)
"""What people write before a count that they rounded, as `12.4K` is rounded."""
OF_PEOPLE = re.compile(r"\s*\b(?:followers?|subs|subscribers?|abos?|abonnent(?:en|innen)|fans)\.?$", re.IGNORECASE)
"""What they write behind it."""


def count_of(word: str) -> int | None:
    """Read one spelled-out count: `1.2K`, `3,4 Mio`, `5.0`, `+12`, `~2k`, `≈3.000`, `22k subs`; None when it is not one."""
    marked = word.strip()
    word = OF_PEOPLE.sub("", ABOUT.sub("", marked))
    if word != marked and re.fullmatch(r"\d{1,3}(\.\d{3})+", word):  # nobody counts people to a thousandth
        return _whole_number(float(word.replace(".", "")))
    if re.fullmatch(r"\d+(\.\d+)?[eE]\+?\d{1,2}", word):
        return _whole_number(float(word))
    found = SHORT.fullmatch(word.strip().lstrip("+").lower())
    if not found or found[2] not in SCALE:
        return None
    digits = (
        found[1].replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", found[1]) and not found[2] else found[1]
    )
    return (
        _whole_number(float(digits.replace(",", ".")) * SCALE[found[2]])
        if digits.count(",") + digits.count(".") < 2
        else None
    )


def rounded_to(word: str) -> int | None:
    """How finely a spelled-out count was counted: `2.1K` to 100, `~2k` to 1,000, `ca. 1500` to 100; None where it is no rounded one."""
    count = count_of(word)
    if not count:
        return None
    found, step = SHORT.fullmatch(OF_PEOPLE.sub("", ABOUT.sub("", word.strip())).lstrip("+").lower()), 1
    if found and found[2]:
        step = round(SCALE[found[2]] / 10 ** len(re.sub(r"^\d+[.,]?", "", found[1])))
    elif ABOUT.match(word.strip()):
        step = 10 ** (len(str(count)) - len(str(count).rstrip("0")))
    return step if step > 1 else None


def _whole_number(number: float) -> int | None:
    rounded = round(number)
    return rounded if abs(number - rounded) < 1e-3 and rounded <= LARGEST else None


def shares(values: pa.Array, column: str = "", memory: Memory | None = None) -> pa.Array:
    """Read shares as 0..1: `3.4 %` and `3,4%` by their sign, bare numbers as percent when any of the column is above 1."""
    memory = memory or Memory()
    words = trimmed(values)
    signed = pc.match_substring(words, "%")
    digits = pc.replace_substring(pc.replace_substring_regex(words, r"[%\s\x{a0}]", ""), ",", ".")
    numbers = pc.cast(matching(digits, r"^\d{1,12}(\.\d+)?$"), pa.float64())
    bare = pc.if_else(signed, None, numbers)
    percent = True if (pc.max(bare).as_py() or 0) > 1 else None
    as_percent = memory.decide(column, "percent", "percent" if percent else None, "share") == "percent"
    return pc.if_else(pc.or_(signed, pa.scalar(as_percent)), pc.divide(numbers, 100.0), numbers)


# --- words -------------------------------------------------------------------------------------------------------------------

YES = frozenset(("true", "t", "1", "1.0", "yes", "y", "ja", "j", "wahr", "x", "✓", "verified", "si", "sí", "oui"))
NO = frozenset(("false", "f", "0", "0.0", "no", "n", "nein", "falsch", "none", "non"))


def flags(values: pa.Array) -> pa.Array:
    """Read booleans in their many spellings; anything else is unknown."""
    if pa.types.is_boolean(values.type):
        return values
    return by_distinct(texts(values), lambda one: _flag(one.strip().lower()), pa.bool_())


def _flag(word: str) -> bool | None:
    return True if word in YES else False if word in NO else None


LANGUAGES = {
    "english": "en", "eng": "en", "german": "de", "deutsch": "de", "deu": "de", "ger": "de", "spanish": "es", "español": "es", "spa": "es",
    "french": "fr", "français": "fr", "fra": "fr", "fre": "fr", "italian": "it", "italiano": "it", "ita": "it", "portuguese": "pt",
    "português": "pt", "por": "pt", "dutch": "nl", "nederlands": "nl", "nld": "nl", "dut": "nl", "polish": "pl", "polski": "pl", "pol": "pl",
    "russian": "ru", "rus": "ru", "turkish": "tr", "türkçe": "tr", "tur": "tr", "japanese": "ja", "jpn": "ja", "chinese": "zh", "zho": "zh",
    "chi": "zh", "korean": "ko", "kor": "ko", "arabic": "ar", "ara": "ar", "hindi": "hi", "hin": "hi", "indonesian": "id", "ind": "id",
    "swedish": "sv", "swe": "sv", "danish": "da", "dan": "da", "norwegian": "no", "nor": "no", "finnish": "fi", "fin": "fi", "czech": "cs",
    "ces": "cs", "greek": "el", "ell": "el", "hungarian": "hu", "hun": "hu", "romanian": "ro", "ron": "ro", "ukrainian": "uk", "ukr": "uk",
    "in": "id", "iw": "he",
}  # fmt: skip
"""Names and ISO 639-2/3 codes of the languages that files most often spell out; `in` and `iw` are Twitter's old codes."""
NO_LANGUAGE = frozenset(("un", "xx", "qm", "qh", "qs", "ql", "qt", "zx", "mu", "no language", "na"))


def language_of(word: str) -> str | None:
    """Read one language as ISO 639-1: `en-US`, `English`, `['en']` -> en; `und` and unknown words -> None."""
    first = re.sub(r"[\[\]'\"\s]", "", re.split(r"[,;|]", word)[0]).lower()
    if first in LANGUAGES:
        return LANGUAGES[first]
    code = re.match(r"^([a-z]{2})(?:[-_][a-z0-9]+)*$", first)
    return code[1] if code and code[1] not in NO_LANGUAGE else None


def languages(values: pa.Array) -> pa.Array:
    """Read languages as ISO 639-1; of several the first."""
    return by_distinct(texts(values), language_of, pa.string())


COUNTRIES = {
    "germany": "DE", "deutschland": "DE", "austria": "AT", "österreich": "AT", "switzerland": "CH", "schweiz": "CH", "united kingdom": "GB",
    "uk": "GB", "great britain": "GB", "england": "GB", "united states": "US", "united states of america": "US", "usa": "US", "canada": "CA",
    "france": "FR", "frankreich": "FR", "spain": "ES", "españa": "ES", "spanien": "ES", "italy": "IT", "italia": "IT", "italien": "IT",
    "portugal": "PT", "netherlands": "NL", "niederlande": "NL", "belgium": "BE", "poland": "PL", "polen": "PL", "sweden": "SE", "norway": "NO",
    "denmark": "DK", "finland": "FI", "ireland": "IE", "australia": "AU", "new zealand": "NZ", "india": "IN", "brazil": "BR", "brasil": "BR",
    "mexico": "MX", "méxico": "MX", "japan": "JP", "turkey": "TR", "türkiye": "TR", "indonesia": "ID", "south africa": "ZA", "argentina": "AR",
}  # fmt: skip


def country_of(word: str) -> str:
    """Read a country as ISO 3166 alpha-2 where it can be; else as it came."""
    plain = word.strip()
    return COUNTRIES.get(plain.lower()) or (plain.upper() if re.fullmatch(r"[A-Za-z]{2}", plain) else plain)


def countries(values: pa.Array) -> pa.Array:
    """Read countries as ISO 3166 alpha-2 where they can be."""
    return by_distinct(trimmed(values), country_of, pa.string())


def tags(values: pa.Array) -> pa.Array:
    """Read tags or mentions, lower case and without # and @: JSON and Python lists, comma, space, pipe or semicolon."""
    return _lists(values, _tags_in_text, lambda item: pc.utf8_lower(pc.utf8_ltrim(pc.utf8_trim_whitespace(item), "#@")))


def links(values: pa.Array) -> pa.Array:
    """Read addresses: lists, or text with whitespace, pipes or commas between them."""
    return _lists(values, _links_in_text, lambda item: item)


def _lists(values: pa.Array, read: Callable[[pa.Array], pa.Array], clean: Callable[[pa.Array], pa.Array]) -> pa.Array:
    if not (pa.types.is_list(values.type) or pa.types.is_large_list(values.type)):
        words = trimmed(values)
        return read(words) if some(words) else nulls(len(values), TEXTS)
    items = pc.cast(values, TEXTS)
    cleaned = clean(items.flatten())
    lengths = pc.fill_null(pc.list_value_length(items), 0).cast(pa.int32())
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths)])
    full = pa.ListArray.from_arrays(offsets, cleaned)
    return pc.if_else(pc.greater(lengths, 0), full, None)


_BESIDE_COMMAS = (b"'", b'"', b"[", b"]", b"#", b"@", b";", b"|", b" ", b"\t", b"\n", b"\r", b"\f", b"\v", b",,")


def _tags_in_text(words: pa.Array) -> pa.Array:
    if not may_hold(words, *_BESIDE_COMMAS):
        bare = pc.utf8_lower(pc.utf8_trim(words, ","))
        return pc.if_else(pc.greater(pc.binary_length(bare), 0), pc.split_pattern(bare, ","), None)
    bare = pc.replace_substring_regex(words, r"(^|[\[,\s])u?['\"]|[\[\]'\"#@]", " ")
    bare = pc.utf8_lower(pc.utf8_trim(bare, " ,;|\t\n\r"))
    split = pc.split_pattern_regex(bare, r"[\s,;|]+")
    return pc.if_else(pc.greater(pc.binary_length(bare), 0), split, None)


def _links_in_text(words: pa.Array) -> pa.Array:
    bare = pc.replace_substring_regex(words, r"[\[\]'\"]|,\s*$", " ")
    bare = pc.utf8_trim_whitespace(pc.replace_substring_regex(bare, r"\s*[,;|]\s*(https?:)", r" \1"))
    split = pc.split_pattern_regex(bare, r"[\s|]+")
    return pc.if_else(pc.greater(pc.binary_length(bare), 0), split, None)


# --- Python values (JSON) ----------------------------------------------------------------------------------------------------


def column_of(cells: Iterable[Any]) -> pa.Array:
    """Build a text (or list of text) column from JSON values; nested ones are kept as JSON text."""
    plain = list(cells)
    if any(isinstance(cell, list) for cell in plain) and all(cell is None or _scalars(cell) for cell in plain):
        return pa.array([None if cell is None else [_word(item) for item in cell] for cell in plain], TEXTS)
    return pa.array([_word(cell) for cell in plain], pa.string())


def _scalars(cell: Any) -> bool:
    return isinstance(cell, list) and not any(isinstance(item, list | dict) for item in cell)


def _word(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return scrubbed(cell if isinstance(cell, str) else str(cell) if isinstance(cell, int | float) else json.dumps(cell))


def table_of(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Build a table from dictionaries: one column a key, in order of first appearance."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: column_of(row.get(name) for row in rows) for name in names})
