"""What the user's own lists say of somebody: the name, where the talks stand, and the fee where it is written in words.

Lists are the user's own word: nothing that is computed is put in its place. Of several rows the last one counts that says anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from groundswell.records import FEE_IN_WORDS
from groundswell.signals.present import Present
from groundswell.store import Engine

DECLINED = re.compile(
    r"\b(declin\w*|reject\w*|refus\w*|turned (us )?down|not interested|no interest|opted out|do not contact|ghosted|"
    r"abgelehnt|lehnt ab|abgesagt|absage|kein interesse|(rather|better|prefers?) not(?! sure)|(lieber|eher|besser) nicht|"
    r"no,? thank(s| you)|nein,? danke)\b",
    re.IGNORECASE,
)
"""How a status says that somebody does not want to (design choice: words that mean nothing else); `ghosted us` is a no as well."""
OF_A_PIECE = re.compile(
    r"\b(content|draft|post|video|reel|story|script|concept|invoice|entwurf|beitrag|rechnung)\b[\s:/–-]*(was |is |wurde |ist )?"
    r"(declin|reject|refus|abgelehnt)\w*|\b(declin|reject|refus)\w*[\s:/–-]+(the )?(content|draft|post|video|reel|story|script|concept|invoice)\b",
    re.IGNORECASE,
)
"""What was turned down was a piece of work ("draft rejected"), not the offer: the talks go on."""
IN_KIND = re.compile(
    r"\b(barter|gift\w*|products?|seeding|samples?|in[ -]kind|trade|exchange|contra|swap|unpaid|free|no fee|tausch\w*|produkte?|"
    r"geschenk\w*|kostenlos|gratis)\b",
    re.IGNORECASE,
)
"""How a fee says that no money is asked (design choice)."""
IN_ENGLISH = {
    "abgelehnt": "declined", "abgesagt": "declined", "absage": "declined", "zugesagt": "agreed", "zusage": "agreed",
    "gepostet": "posted", "in verhandlung": "in talks", "im gespräch": "in talks", "kontaktiert": "contacted",
    "keine antwort": "no reply", "bezahlt": "paid", "neu": "new",
}  # fmt: skip
"""German words for where talks stand, each with the English one it is counted with (design choice: words that mean nothing else)."""
THAT_DAY = re.compile(r"[\s,(]+((on|am|since|seit|vom) )?\d{1,4}[./-]\d{1,2}([./-]\d{0,4})?\)?$")
"""A day behind the word: `contacted 3.11.`, `posted on 2026-10-01`."""
ROWS = "SELECT account, name, status, extra, import_id, line, observed_at::DATE::VARCHAR AS seen FROM seen_creators"


@dataclass(frozen=True)
class OnLists:
    """What the lists say of one account; None where they say nothing."""

    name: str | None = None
    status: str | None = None
    fee: str | None = None
    """The fee as it stands there, where it is no one amount."""
    fee_at: tuple[int, int] = (0, 0)
    """Import and line that say so."""
    fee_seen: str = ""

    @property
    def declined(self) -> bool:
        """Whether somebody said no."""
        return says_no(self.status)

    @property
    def in_kind(self) -> bool:
        """Whether no money is asked: the product, or nothing."""
        return bool(self.fee) and asks_no_money(self.fee)

    def sentences(self) -> Iterator[str]:
        """What is to be known before somebody is asked."""
        if self.status:
            yield f"Your list says “{self.status}”" + (": a plan leaves them out." if self.declined else ".")
        if self.fee:
            yield f"The fee on your list is “{self.fee}”."


NOTHING_LISTED = OnLists()


def says_no(status: str | None) -> bool:
    """Whether a status says that somebody does not want to."""
    return bool(status and DECLINED.search(OF_A_PIECE.sub("", status)))


def asks_no_money(fee: str) -> bool:
    """Whether a fee in words says that no money is asked: `barter`, and not `150 € + product`."""
    return bool(IN_KIND.search(fee)) and not re.search(r"\d", fee)


def counted_as(status: str) -> str:
    """The word under which a status is counted: in lower case, without the day and "!!", and a German one with its English sister."""
    whole = " ".join(status.lower().split())
    word = THAT_DAY.sub("", whole).rstrip("! ") or whole
    return IN_ENGLISH.get(word, word)


def on_lists(present: Present) -> Mapping[str, OnLists]:
    """Account -> what the lists say of it, for everybody on them."""

    def read() -> Mapping[str, OnLists]:
        if not present.workspace.facts.files("creators"):
            return {}  # nobody brought a list: an engine takes longer to open than all the rest
        with present.workspace.engine() as engine:
            return read_on_lists(engine)

    return present.once("on lists", read)


def read_on_lists(engine: Engine, account: str | None = None) -> dict[str, OnLists]:
    """What the lists say of everybody on them, or of one account."""
    only = "" if account is None else " WHERE account = $1"
    order = " ORDER BY seen_creators.observed_at, import_id, member, line, account"
    rows = engine.rows(ROWS + only + order, None if account is None else [account])
    return _last_said(rows)


def _last_said(rows: Iterable[tuple[object, ...]]) -> dict[str, OnLists]:
    found: dict[str, OnLists] = {}
    for account, name, status, extra, import_id, line, seen in rows:
        was = found.get(str(account), NOTHING_LISTED)
        now = replace(was, name=name or was.name, status=status or was.status)
        if fee := dict(extra or {}).get(FEE_IN_WORDS):  # type: ignore[call-overload]
            now = replace(now, fee=fee, fee_at=(import_id, line or 0), fee_seen=seen)
        found[str(account)] = now
    return found


__all__ = ["NOTHING_LISTED", "OnLists", "counted_as", "on_lists", "read_on_lists", "says_no"]
