"""Which other accounts may be the same person's? What `groundswell same` proposes, asked of the one whom it is about.

Nothing is taken for granted: whoever is coached says yes or no, and what was said once is not asked again.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundswell.fetch.persons import Proposal, proposed
from groundswell.signals.present import Present
from groundswell.store import Engine
from groundswell.store.unions import Union, all_unions

ASKED = 5
"""So many are asked about (design choice); a site that many fans name would make a list of them."""


@dataclass(frozen=True)
class Also:
    """An account that may be the same person's."""

    account: str
    platform: str
    handle: str | None
    name: str | None
    evidence: tuple[str, ...]
    """What the two say of each other, or of one site."""
    verdict: str | None = None
    """`same` or `different`, where somebody said so."""
    number: int | None = None
    """Of that verdict, by which it is taken back."""


def read_also(engine: Engine, present: Present, account: str) -> tuple[Also, ...]:
    """Whom to ask about, first those where both point to each other, then those whom the account itself points to; then what was said."""
    said = {(one.one, one.other): one for one in all_unions(present.workspace.state) if account in (one.one, one.other)}
    mine = [one for one in proposed(engine, account) if (one.one, one.other) not in said]
    mine.sort(key=lambda one: (not one.mutual, not _said_by(account, one)))
    open_ = (_also(present, account, one) for one in mine[:ASKED])
    return (*open_, *(_also(present, account, one, one.verdict, one.id) for one in said.values()))


def _said_by(account: str, one: Proposal) -> bool:
    return any(said.startswith(f"{account}: ") for said in one.evidence)


def _also(
    present: Present, account: str, one: Proposal | Union, verdict: str | None = None, number: int | None = None
) -> Also:
    other = one.other if one.one == account else one.one
    who = present.table.profile(other)
    platform = who.get("platform", other.partition(":")[0])
    return Also(other, platform, who.get("handle"), who.get("name"), one.evidence, verdict, number)
