"""Countries, languages and channels of a brief, as people write them: "Germany", "DE", "German", "de", "Insta".

What is written out is read as the code that data have. A word that is nearly a country, and any that is no language or channel, is
refused with the nearest one. A country that nobody here has heard of may still stand so in the data: it is asked for as it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.columns import in_one
from groundswell.definitions.sections import Section
from groundswell.errors import nearest
from groundswell.records import LANGUAGE_NAMES, PLATFORMS, language_name, platform_name
from groundswell.sources.files.layouts.identities import PLATFORM_NAMES
from groundswell.sources.files.values import COUNTRIES, LANGUAGES, language_of

pc: Any = _compute  # its functions are made at run time, no type checker knows them

NEARLY = 0.8
"""Likeness from which a word is taken for a country that was spelled wrong (design choice: "Germny", not "Bayern" for Bahrain)."""


@cache
def _countries() -> dict[str, str]:
    """Name of a country in small letters -> its code: those that files spell out, and the English names of ISO 3166."""
    import pytz

    every: Any = pytz.country_names
    found = {str(name).lower(): str(code) for code, name in every.items()}
    # "Korea (South)" is written "South Korea"
    turned = {
        " ".join(reversed(name.rstrip(")").split(" ("))): code for name, code in found.items() if name.endswith(")")
    }
    return found | turned | COUNTRIES


@cache
def _languages() -> dict[str, str]:
    return {name.lower(): code for code, name in LANGUAGE_NAMES.items()} | LANGUAGES


def country(word: str) -> str:
    """The code of a country; a word that is none, as it is written."""
    plain = word.strip()
    return _countries().get(plain.lower()) or (plain.upper() if len(plain) == 2 else plain)


def country_spellings(word: str) -> tuple[str, ...]:
    """How data may have a country, in capitals: the code, or its names as they came."""
    code = country(word)
    return (word.upper(), code.upper(), *(name.upper() for name, its in _countries().items() if its == code))


def language(word: str) -> str | None:
    """The code of a language; None where it is none."""
    return _languages().get(word.strip().lower()) or language_of(word)


def channel(word: str) -> str | None:
    """The platform that is meant; None where it is none."""
    return PLATFORM_NAMES.get(word.strip().lower())


def checked(name: str, part: Section) -> tuple[str, ...]:
    """The values of one segment as data have them; BriefError names the nearest word for one that nobody knows."""
    read: dict[str, Callable[[str], str]] = {
        "country": lambda word: _country(word, part),
        "language": lambda word: language(word) or _refuse(word, name, part, _languages(), language_name),
        "channel": lambda word: channel(word) or _refuse(word, name, part, PLATFORM_NAMES, platform_name),
    }
    words = part.texts(name)
    return tuple(dict.fromkeys(read[name](word) for word in words)) if name in read else words


def _country(word: str, part: Section) -> str:
    found, names = country(word), _countries()
    close = get_close_matches(word.strip().lower(), names, n=1, cutoff=NEARLY)
    if found == word.strip() and len(found) > 2 and close:
        hint = f"Did you mean {close[0].title()}? Write it so, or as {names[close[0]]}."
        raise part.wrong("country", f"{word!r} is no country that is known.", hint)
    return found


def _refuse(word: str, name: str, part: Section, known: Mapping[str, str], called: Callable[[str], str]) -> str:
    close = nearest(word.strip(), known)
    hint = (
        f"Did you mean {called(known[close])}? Write {known[close]}."
        if close
        else f"Known: {', '.join(PLATFORMS if name == 'channel' else map(language_name, LANGUAGE_NAMES))}."
    )
    raise part.wrong(name, f"{word!r} is no {name} that is known.", hint)


def of_nobody(segments: Mapping[str, Iterable[str]], rows: pa.Table) -> Iterator[str]:
    """Say of each country, language and channel that a brief asks for and that nobody in the data has that it is so."""
    spoken = pc.struct_field(in_one(rows.column("language")), "label")
    have = {
        "channel": ("is on", pc.unique(rows.column("platform")), lambda word: (word.lower(), channel(word))),
        "country": ("declares the country", pc.unique(pc.utf8_upper(rows.column("country"))), country_spellings),
        "language": ("writes mostly in", pc.unique(spoken), lambda word: (word.lower(), language(word))),
    }
    for name, (does, values, spellings) in have.items():
        there = set(values.to_pylist())
        missing = [word for word in segments.get(name, ()) if not there & set(spellings(word))]
        if missing and rows.num_rows:
            yield f"Nobody in the data {does} {' or '.join(missing)}."
