"""Accounts that the user knows: genuine or false. Each label is kept, can be taken back, and bends what is guessed of the others.

    label(workspace, "@ann", genuine=True, note="met her at the fair")
    take_back(workspace, "@ann")

Labels lie in `labels.json` in the workspace, written whole or not at all, and survive the account's rows going and coming back.
From five of either kind on a platform its fit of authenticity is bent towards them; from a hundred on, intervals narrow.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.errors import UnknownNameError, UsageError, WorkspaceError
from groundswell.explain.explaining import find_account
from groundswell.records import platform_name
from groundswell.signals import SignalTable
from groundswell.signals.authenticity import KINDS, LABELS_ENOUGH, bent_ratios, fields_of
from groundswell.signals.bending import BOTH_KINDS, Bend, fit_bend, keep_bends
from groundswell.store import Workspace

pc: Any = _compute  # its functions are made at run time, no type checker knows them
MOST_LETTERS = 4_000
"""A note may be as long as two pages (design choice)."""


@dataclass(frozen=True)
class Label:
    """What the user knows of one account."""

    account: str
    platform: str
    handle: str | None
    genuine: bool
    kind: str
    """automated, mass follower or bought crowd, where the user said so; empty otherwise."""
    note: str
    labelled_at: str


@dataclass(frozen=True)
class Labelled:
    """A label that was set or taken back, and what became of the fit of its platform."""

    label: Label
    taken_back: bool
    genuine: int
    """Labels of genuine accounts on the platform now."""
    false: int
    bend: Bend
    version: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was done and what it changes, in words."""
        one, who = self.label, f"@{self.label.handle}" if self.label.handle else self.label.account
        done = (
            f"{who} is no longer labelled."
            if self.taken_back
            else f"{who} is labelled {'genuine' if one.genuine else one.kind or 'false'}."
        )
        counts = (
            f"On {platform_name(one.platform)} {self.genuine} genuine and {self.false} false accounts are labelled."
        )
        return done, f"{counts} {self._effect}"

    @property
    def _effect(self) -> str:
        if min(self.genuine, self.false) < BOTH_KINDS:
            return f"From {BOTH_KINDS} of either kind on they bend what is guessed of the others."
        if self.bend.labels < LABELS_ENOUGH:
            return (
                f"What is guessed of the others now goes by them; from {LABELS_ENOUGH} labels on its intervals narrow."
            )
        return "What is guessed of the others goes by them, with narrower intervals."


def labels(workspace: Workspace) -> list[Label]:
    """All labels, oldest first."""
    path = workspace.folder / "labels.json"
    if not path.is_file():
        return []
    try:
        return [Label(**one) for one in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, TypeError) as error:
        raise WorkspaceError(
            f"{path} cannot be read: {error}.", next_step="Restore it from a backup, or delete it to begin anew."
        ) from error


def label(workspace: Workspace, name: str, *, genuine: bool, kind: str = "", note: str = "") -> Labelled:
    """Say that an account is genuine or false; a label that is there already is replaced.

    Errors: UnknownNameError when nobody has the name or no kind is called so; UsageError for a kind of a genuine account.
    """
    if kind and kind not in KINDS:
        raise UnknownNameError("kind", kind, KINDS)
    if kind and genuine:
        raise UsageError("A genuine account has no kind of falseness.", next_step="Leave out --kind.")
    account, platform, handle = _found(workspace, name)
    said = Label(account, platform, handle, genuine, kind, note.strip()[:MOST_LETTERS], datetime.now(UTC).isoformat())
    with workspace.writing():
        kept = [one for one in labels(workspace) if one.account != account]
        return _settle(workspace, [*kept, said], said, taken_back=False)


def _found(workspace: Workspace, name: str) -> tuple[str, str, str | None]:
    """Id, platform and handle of an account; no signal is computed for it, so that many can be labelled one after the other."""
    with workspace.engine() as engine:
        rows = engine.table("SELECT account, platform, handle FROM accounts")
    account = find_account(SignalTable(rows, workspace.version(), None, 0), name)
    mine = rows.filter(pc.equal(rows.column("account"), account)).to_pylist()[0]
    return account, mine["platform"], mine["handle"]


def take_back(workspace: Workspace, name: str) -> Labelled:
    """Take a label back, by the account's id or handle. UnknownNameError when no such account is labelled."""
    wanted = name.strip()
    with workspace.writing():
        kept = labels(workspace)
        mine = [one for one in kept if wanted in _names(one)]
        if not mine:
            raise UnknownNameError("labelled account", wanted, [f"@{one.handle}" for one in kept if one.handle])
        if len(mine) > 1:
            raise UsageError(
                f"{len(mine)} labelled accounts are called {wanted}.",
                next_step=f"Say which: {', '.join(one.account for one in mine)}",
            )
        return _settle(workspace, [one for one in kept if one is not mine[0]], mine[0], taken_back=True)


def _names(one: Label) -> set[str]:
    handle = one.handle or ""
    return {one.account} | ({f"@{handle}", handle, f"{one.platform}:@{handle}"} if handle else set())


def _settle(workspace: Workspace, kept: Sequence[Label], said: Label, *, taken_back: bool) -> Labelled:
    """Keep the labels and make the next version of the fit of all platforms."""
    part = workspace.folder / "labels.json.part"
    part.write_text(json.dumps([asdict(one) for one in kept], ensure_ascii=False, indent=1), encoding="utf-8")
    part.replace(workspace.folder / "labels.json")
    found = _fitted(workspace, kept)
    version = keep_bends(workspace.fits, found)
    mine = [one for one in kept if one.platform == said.platform]
    genuine = sum(one.genuine for one in mine)
    return Labelled(said, taken_back, genuine, len(mine) - genuine, found.get(said.platform, Bend()), version)


def _fitted(workspace: Workspace, kept: Sequence[Label]) -> dict[str, Bend]:
    """A bend for each platform that has labels, from the accounts that can be guessed at."""
    with workspace.engine() as engine:
        engine.register("labelled", pa.table({"account": pa.array([one.account for one in kept], pa.string())}))
        table = fields_of(engine, "p.account IN (SELECT account FROM labelled)")
    ratios = dict(zip(table.column("account").to_pylist(), bent_ratios(table, {}), strict=True))
    found: dict[str, Bend] = {}
    for platform in sorted({one.platform for one in kept}):
        mine = [one for one in kept if one.platform == platform and np.isfinite(ratios.get(one.account, np.nan))]
        false = np.array([not one.genuine for one in mine], bool)
        found[platform] = fit_bend(np.array([ratios[one.account] for one in mine], float), false)
    return found


__all__ = ["Label", "Labelled", "label", "labels", "take_back"]
