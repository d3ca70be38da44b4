"""What a list of colleagues says beside names and handles: who wants to speak, and in which department they work.

A list keeps both under the heading that somebody gave it; they are looked for by the words of the heading. A cell that says
neither yes nor no says nothing: it is not taken for either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

VOLUNTEERS = re.compile(
    r"volunteer|freiwillig|\bopt(ed)?[\s_\-]*in\b|mitmach|macht mit|nimmt teil|einverst|zustimm|consent|wants? to (speak|post|take part)|b[ée]n[ée]vole|volontaire",
    re.IGNORECASE,
)
"""Headings under which a list says who wants to take part."""
REFUSALS = re.compile(r"\bopt(ed)?[\s_\-]*out\b|widersp(ruch|rochen)", re.IGNORECASE)
"""Headings under which yes means no."""
NO_ANSWER = re.compile(r"hours|stunden|date|datum|since|seit|number|count|anzahl", re.IGNORECASE)
"""Such a heading speaks of something else: volunteer hours."""
DEPARTMENT = re.compile(
    r"\W*(department|dept\.?|abteilung|bereich|team|division|business unit|unit|funktion|function|d[ée]partement|service)\W*",
    re.IGNORECASE,
)
LEFT = re.compile(
    r"\W*(?:(?:people|colleagues|employees|staff|those|who|have|has|already)\W+)*"
    r"(?:left(?:\W+(?:us|the company))?|alumni|alumnae?|leavers|former|ex|ehemalige[rn]?|ausgeschieden(?:e[rn]?)?|anciens?)"
    r"(?:\W+(?:people|colleagues|employees|staff|members|mitarbeiter(?:innen)?|mitarbeitende|kolleg(?:en|innen)|coll[eè]gues))*"
    r"(?:\W+\d{4})?\W*",
    re.IGNORECASE,
)
"""How a worksheet says that its people have left (design choice: a name that says nothing else; "who is left" are those who stay)."""
YES = frozenset(["yes", "y", "ja", "j", "jo", "jep", "yep", "x", "true", "wahr", "1", "ok", "okay", "gern", "gerne", "sure", "klar", "natürlich", "definitely", "absolutely", "oui", "si", "sí", "✓", "✔", "✅", "☑", "in"])  # fmt: skip
NO = frozenset(["no", "n", "nein", "ne", "nope", "not", "nicht", "never", "nie", "kein", "keine", "false", "falsch", "0", "non", "✗", "✘", "❌", "☐", "out", "declined", "abgelehnt"])  # fmt: skip

RATHER_NOT = re.compile(r"\W*(lieber|eher|besser|bitte|rather|better|please|prefers?)\s+(not|nicht)\b", re.IGNORECASE)
"""How people say no politely."""


def asks_who_wants(header: str) -> bool:
    """Whether a column of this name says who wants to take part."""
    return bool((VOLUNTEERS.search(header) or REFUSALS.search(header)) and not NO_ANSWER.search(header))


def wants(header: str, cell: str) -> bool | None:
    """Whether somebody wants to take part, by what stands under this heading; None where it says neither yes nor no."""
    word = next(iter(re.findall(r"[^\W_]+|[✓✔✅☑✗✘❌☐]", cell.lower())), "")
    said = True if word in YES else False if word in NO or RATHER_NOT.match(cell) else None
    return said if said is None or not REFUSALS.search(header) else not said


def names_a_department(header: str) -> bool:
    """Whether a column of this name says in which department somebody works."""
    return DEPARTMENT.fullmatch(header) is not None


def of_people_who_left(sheet: str) -> bool:
    """Whether a worksheet of this name holds people who have left."""
    return LEFT.fullmatch(sheet) is not None


def read_of_colleagues(headers: Iterable[str]) -> set[str]:
    """Columns of a list that what is said of colleagues reads."""
    return {header for header in headers if asks_who_wants(header) or names_a_department(header)}
