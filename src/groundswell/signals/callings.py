"""What somebody says to be: the table of occupations and ways of life, and how a bio is looked up in it.

A bio becomes words with bars where its punctuation was; runs of words that are in the table are found by a join. Of terms that
overlap the longest counts; one that its neighbours take back ("not a doctor", "my dad is a chef", "dog mom") does not, nor does
the degree or the university of somebody who still studies ("PhD student").
A file occupations.toml in the folder of a workspace adds to the table that comes with the program, in the same form.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from groundswell.errors import BriefError, nearest
from groundswell.signals.hearing import LANGUAGES, quoted
from groundswell.store import Engine

FILE = "occupations.toml"
MOST_OF_A_BIO = 1_000
"""Letters of a bio that are read (design choice: no platform of note allows more; a file may hold anything)."""
KINDS = ("work", "role")
CALLINGS, ACADEMICS = "calling_terms", "academic_terms"
"""Names under which an engine holds the terms of occupations, and those of academic standing."""
Table = dict[str, Any]


@cache
def own_table() -> Table:
    """The table that comes with the program."""
    return tomllib.loads((files("groundswell.signals") / FILE).read_text(encoding="utf-8"))


def callings_version(workspace: Path) -> str:
    """Names the tables in use: the program's and the user's."""
    added = workspace / FILE
    text = repr(own_table()) + (added.read_text("utf-8", "replace") if added.is_file() else "")
    return blake2b(text.encode(), digest_size=5).hexdigest()


def users_table(workspace: Path) -> Table:
    """What the user added; BriefError names the line of what cannot be read."""
    path = workspace / FILE
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BriefError(
            f"{path}: not valid TOML: {error}.", next_step="Save it as UTF-8 and mend the line."
        ) from error
    for what, wrong, known in _mistakes(table):
        close = nearest(wrong, known)
        hint = f"Did you mean {close}?" if close else f"Known here: {', '.join(known)}."
        raise BriefError(f"{path}, line {_line(path, wrong)}: {what}", next_step=hint)
    return table


def _mistakes(table: Table) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What does not hold: (what is wrong, the word it is about, the words that are known there)."""
    forms = {"occupation": ("name", "kind", *LANGUAGES), "academic": ("name", "terms")}
    for key, entries in table.items():
        if key == "unsaid":
            continue
        if key not in forms or not isinstance(entries, list):
            yield f"{key!r} is not a table of this file.", key, (*forms, "unsaid")
            continue
        for entry in cast("list[Table]", entries):
            yield from _entry_mistakes(key, entry, forms[key])


def _entry_mistakes(table: str, entry: Table, known: tuple[str, ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for key, value in entry.items():
        if key not in known:
            yield f"{key!r} is not a key of [[{table}]].", key, known
        elif key in ("name", "kind") and not (isinstance(value, str) and value.strip()):
            yield f"{key!r} must be a text, not {value!r}.", key, known
        elif key not in ("name", "kind") and not _is_texts(value):
            yield f"{key!r} must be a list of texts, not {value!r}.", key, known
    if "name" not in entry:
        yield f"[[{table}]] needs a name.", table, known
    if entry.get("kind", "work") not in KINDS:
        yield f"'kind' cannot be {entry['kind']!r}.", str(entry["kind"]), KINDS


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in cast("list[Any]", value))


def _line(path: Path, word: str) -> int:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return next((number for number, line in enumerate(lines, start=1) if word in line), 1)


def normal(term: str) -> str:
    """A term as words of a bio are written: small letters, single spaces, no hyphens."""
    return re.sub(r"[\s-]+", " ", term.lower().replace("’", "'")).strip()


def occupation_terms(workspace: Path) -> pa.Table:
    """(term, name, kind, first word, words); name null for phrases that hold a term and mean something else."""
    tables = (own_table(), users_table(workspace))
    found: dict[str, tuple[str | None, str]] = {}
    for table in tables:
        found |= {normal(phrase): (None, "") for phrase in table.get("unsaid", {}).get("phrases", [])}
        for entry in table.get("occupation", []):
            terms = (normal(term) for language in LANGUAGES for term in entry.get(language, []))
            found |= dict.fromkeys(terms, (entry["name"].strip(), entry.get("kind", "work")))
    return _terms([(term, *named) for term, named in found.items() if term])


def academic_terms(workspace: Path) -> pa.Table:
    """The same for what makes an academic's standing."""
    entries = [*own_table()["academic"], *users_table(workspace).get("academic", [])]
    return _terms([(normal(term), entry["name"], "academic") for entry in entries for term in entry["terms"]])


def _terms(rows: list[tuple[str, str | None, str]]) -> pa.Table:
    told = sorted(set(rows), key=lambda row: row[0])
    columns = {
        "term": [term for term, _, _ in told],
        "name": pa.array([name for _, name, _ in told], pa.string()),
        "kind": [kind for _, _, kind in told],
        "first_word": [term.split()[0] for term, _, _ in told],
        "words": pa.array([len(term.split()) for term, _, _ in told], pa.int64()),
    }
    return pa.table(columns)


NOT_WORDS = r"https?://\S+|www\.\S+|\S*@\S+"
BARS = r"[^\p{L}\p{M}\p{N}' ]+"


def words_of_bio(bio: str) -> str:
    """SQL for the words of a bio, a bar where its punctuation was."""
    steps = [
        (r"(?i)\bph\.? ?d\b\.?", " phd "),
        (r"(?i)\b(dr|prof|ing|med|rer|nat)\.", r"\1 "),
        (NOT_WORDS, " | "),
        ("-", " "),
    ]
    text = f"replace(left({bio}, {MOST_OF_A_BIO}), '’', {quoted(chr(39))})"
    for old, new in [*steps, (BARS, " | "), (r"\s+", " ")]:
        text = f"regexp_replace({text}, {quoted(old)}, {quoted(new)}, 'g')"
    return f"string_split(trim(lower({text})), ' ')"


def said_in_bios(engine: Engine, terms: str, restriction: str) -> None:
    """Make the table `said_<terms>`: (account, place, name, kind, term) that bios say of themselves."""
    longest = engine.rows(f"SELECT coalesce(max(words), 1) FROM {terms}")[0][0]
    articles = _listed(own_table()["unsaid"]["articles"])
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE said_{terms} AS
            WITH bios AS (SELECT account, {words_of_bio("bio")} AS words FROM accounts WHERE bio IS NOT NULL AND {restriction}),
            placed AS (SELECT account, words, unnest(words) AS word, generate_subscripts(words, 1) AS place FROM bios),
            begun AS (FROM placed WHERE word IN (SELECT first_word FROM {terms})),
            runs AS (SELECT *, unnest(range(1, {longest + 1})) AS size FROM begun),
            found AS (
                SELECT r.account, r.words, r.place, r.size, t.name, t.kind, t.term
                FROM runs AS r JOIN {terms} AS t ON t.term = array_to_string(r.words[r.place : r.place + r.size - 1], ' ')
                                                AND t.words = r.size
            ),
            longest AS (
                SELECT * FROM found AS f WHERE NOT EXISTS (
                    SELECT 1 FROM found AS o WHERE o.account = f.account
                           AND ((o.size > f.size AND o.place <= f.place AND o.place + o.size >= f.place + f.size)
                                OR (o.name IS NULL AND o.place < f.place + f.size AND f.place < o.place + o.size)))
            ),
            around AS (
                SELECT *, words[greatest(place - 4, 1) : place - 1] AS near,
                       regexp_replace(array_to_string(words[greatest(place - {CLAUSE}, 1) : place - 1], ' '), {_clause_begins()}, '') AS clause,
                       list_filter(words[greatest(place - 3, 1) : place - 1], lambda w: w NOT IN ({articles})) AS ahead,
                       [array_to_string(words[place + size : place + size + more], ' ') FOR more IN [0, 1, 2]] AS behind
                FROM longest WHERE name IS NOT NULL
            )
            SELECT account, place, name, kind, term FROM around WHERE NOT ({" OR ".join(_taken_back(terms))})"""
    )


AND = "'and', 'und', 'et', 'y', 'e', 'en'"
CLAUSE = 6
"""Words before a term in which is looked for of whom it is said (design choice: "my dad is still a really good chef")."""


def _clause_begins() -> str:
    """SQL text of a pattern: all up to the last bar, or the last word by which somebody speaks of themselves again."""
    return quoted(rf"^.*(\||\b({_either('first_person')})\b)")


def _taken_back(terms: str) -> Iterator[str]:
    """Conditions over what stands around a term, each of which takes it back."""
    unsaid = own_table()["unsaid"]
    lists = {name: _listed([normal(word) for word in unsaid[name]]) for name in ("before", "once", "after")}
    yield f"list_has_any(behind, [{lists['after']}])"
    yield f"list_has_any(string_split(list_last(string_split(array_to_string(near, ' '), '|')), ' '), [{lists['once']}])"
    kin, whose = _either("kin"), _either("whose")
    yield _says("clause", rf"(^| )({kin})( \S+)? ({_either('is')}) |(^| )({whose})( \S+)? ({kin}) *$", after="' '")
    # Whoever studies for a degree, or at a university, has neither: also where the subject stands between.
    studies = _says("behind[3]", rf"^([^| ]+ )?([^| ]+ )?({_either('not_yet')})( |$)")
    studies = f"({studies} AND behind[1] NOT IN ({AND}))"
    towards = _says("clause", rf"(^| )({_either('towards')})( \S+)? *$")
    degrees = next(entry["terms"] for entry in own_table()["academic"] if entry["name"] == "degree")
    yield f"(term IN ({_listed([normal(one) for one in degrees])}) AND ({studies} OR {towards}))"
    if terms == CALLINGS:
        # A university may follow "at the" or "of"; an occupation that follows them is somebody else's.
        yield f"coalesce(list_last(ahead), '') IN ({lists['before']})"
    else:
        yield f"(name = 'affiliation' AND ({studies} OR {_says('clause', STUDENT_AT.format(_either('student')))}))"


STUDENT_AT = r"(^| )({})( (at|in|of|from|an|der|à|en|de|aan|na|no|da)( .*)?)? *$"
"""A student, and to the end of the clause nothing but where and of what."""


def _says(column: str, pattern: str, *, after: str = "''") -> str:
    return f"regexp_matches({column} || {after}, {quoted(pattern)})"


def _either(name: str) -> str:
    """The words of a list of the table, as one pattern."""
    return "|".join(re.escape(normal(word)).replace(r"\ ", " ") for word in own_table()["unsaid"][name])


def _listed(words: list[str]) -> str:
    return ", ".join(quoted(word) for word in sorted(set(words)))
