"""Whom a brief leaves out: an account by its id, by the address of its profile, by `instagram:@ann`, or by `@ann` on every network."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.sources.files.layouts.identities import PLATFORM_NAMES, profile_of

pc: Any = _compute  # its functions are made at run time, no type checker knows them


def is_excluded(names: tuple[str, ...], rows: pa.Table) -> pa.Array:
    """Whether each account is one of those that the names say."""
    wanted = pa.array(sorted({_key(name) for name in names}), pa.string())
    said = [pc.is_in(keys, wanted) for keys in _keys(rows)]
    return pc.or_(pc.or_(said[0], said[1]), said[2])


def of_nobody(names: tuple[str, ...], rows: pa.Table) -> tuple[str, ...]:
    """Those of the names that nobody in the data bears."""
    asked = pa.array([_key(name) for name in names], pa.string())
    found = [pc.is_in(asked, pc.unique(keys)).to_pylist() for keys in _keys(rows)]
    return tuple(name for name, *there in zip(names, *found, strict=True) if not any(there))


def _keys(rows: pa.Table) -> tuple[pa.Array, ...]:
    """By what an account can be named: its id, its handle on its network, its handle alone."""
    handle = pc.utf8_lower(rows.column("handle"))
    marked = pc.binary_join_element_wise("@", handle, "")
    return (
        pc.utf8_lower(rows.column("account")),
        pc.binary_join_element_wise(pc.utf8_lower(rows.column("platform")), marked, ":"),
        marked,
    )


def _key(name: str) -> str:
    """A name as a person typed it, as accounts are named."""
    word = name.strip().lower()
    if "/" in word and (profile := profile_of(name.strip())):
        return f"{profile.platform}:@{profile.handle}".lower() if profile.handle else profile.account.lower()
    platform, colon, handle = word.partition(":")
    if colon:
        return f"{PLATFORM_NAMES.get(platform, platform)}:{handle}"
    return "@" + word.removeprefix("@")
