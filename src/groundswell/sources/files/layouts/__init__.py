"""Every file layout, by id, and the choice among them by the set of headers."""

from __future__ import annotations

from collections.abc import Iterable

from groundswell.errors import UnknownLayoutError, UnknownNameError
from groundswell.sources.files.layouts.apify import APIFY
from groundswell.sources.files.layouts.bluesky import BLUESKY
from groundswell.sources.files.layouts.cells import normalised
from groundswell.sources.files.layouts.feed import FEED
from groundswell.sources.files.layouts.fourcat import FOURCAT
from groundswell.sources.files.layouts.generic import GENERIC
from groundswell.sources.files.layouts.hypeauditor import HYPEAUDITOR
from groundswell.sources.files.layouts.instagram import INSTAGRAM
from groundswell.sources.files.layouts.kit import KIT
from groundswell.sources.files.layouts.layout import Layout
from groundswell.sources.files.layouts.linkedin import LINKEDIN
from groundswell.sources.files.layouts.marketer import MARKETER
from groundswell.sources.files.layouts.mastodon import MASTODON
from groundswell.sources.files.layouts.meta import META
from groundswell.sources.files.layouts.modash import MODASH
from groundswell.sources.files.layouts.phantombuster import PHANTOMBUSTER
from groundswell.sources.files.layouts.tiktok import TIKTOK_EXPORT
from groundswell.sources.files.layouts.twitter import TWITTER
from groundswell.sources.files.layouts.x_archive import X_ARCHIVE
from groundswell.sources.files.layouts.youtube import YOUTUBE
from groundswell.sources.files.layouts.zeeschuimer import ZEESCHUIMER

__all__ = ["LAYOUTS", "Layout", "called", "fitting", "recognise"]

LAYOUTS: dict[str, Layout] = {
    layout.id: layout
    for layout in (
        *KIT,
        *APIFY,
        *MODASH,
        *HYPEAUDITOR,
        *PHANTOMBUSTER,
        *FOURCAT,
        *ZEESCHUIMER,
        *TWITTER,
        *X_ARCHIVE,
        *INSTAGRAM,
        *TIKTOK_EXPORT,
        *LINKEDIN,
        *MASTODON,
        *YOUTUBE,
        *META,
        *BLUESKY,
        *FEED,
        *MARKETER,
        *GENERIC,
    )
}


def called(name: str) -> tuple[Layout, ...]:
    """Layouts of that id or family; UnknownNameError offers the nearest."""
    found = tuple(layout for layout in LAYOUTS.values() if name in (layout.id, layout.family))
    if not found:
        raise UnknownNameError("layout", name, {layout.name for layout in LAYOUTS.values()} | set(LAYOUTS))
    return found


def fitting(
    headers: Iterable[str], *, kind: str = "", place: str | None = None, among: Iterable[Layout] | None = None
) -> Layout | None:
    """The layout that fits a set of headers best, or None. `place`: name of the file or list (`TableFile.place`).

    A named layout goes before a generic one; then the one that asks for more, then the one that understands more columns.
    """
    names = frozenset(normalised(header) for header in headers)
    fits = [layout for layout in (among or LAYOUTS.values()) if layout.fits(names, kind, place)]
    return max(fits, key=lambda one: (not one.generic, _asked(one), len(names & one.claimed)), default=None)


def _asked(layout: Layout) -> int:
    return 0 if layout.generic else len(layout.required)


def recognise(headers: Iterable[str], *, kind: str = "", among: Iterable[Layout] | None = None) -> Layout:
    """The layout that fits a set of headers best; UnknownLayoutError names the nearest and what it lacks."""
    names = list(headers)
    found = fitting(names, kind=kind, among=among)
    if found is None:
        raise unknown(names, among)
    return found


def unknown(headers: list[str], among: Iterable[Layout] | None = None) -> UnknownLayoutError:
    """The error for headers that no layout fits: the nearest is the one of whose required headers most are there, if any is."""
    names = frozenset(normalised(header) for header in headers)

    def closeness(layout: Layout) -> tuple[float, bool, int]:
        share = 1 - len(layout.lacking(names)) / max(1, len(layout.required))
        return share, layout.generic, len(names & layout.claimed)

    closest = max(among or LAYOUTS.values(), key=closeness)
    lacking = closest.lacking(names)
    missing = f"; missing: {', '.join(lacking)}" if lacking else ""
    if not lacking and closest.place:
        missing = f", whose files have other names: --as {closest.id} if it is one all the same"
    alike = len(lacking) < len(closest.required)
    return UnknownLayoutError(
        f"No layout fits the columns: {_shown(headers)}",
        means=f"nearest: {closest.id}{missing}." if alike else "Nothing we know looks like it.",
        next_step="Use --map column=field to say what a column is, or --as LAYOUT to choose one.",
    )


def not_as_chosen(
    headers: list[str], kind: str, among: Iterable[Layout], better: Layout | None = None
) -> UnknownLayoutError:
    """The error for headers that a layout the user chose does not fit: what it lacks, and the one that fits `better`, if any does."""
    names = frozenset(normalised(header) for header in headers)
    closest = min(among, key=lambda layout: len(layout.lacking(names)) / max(1, len(layout.required)))
    lacking = closest.lacking(names)
    if lacking:
        means = f"It lacks the columns by which {closest.id} is known: {', '.join(lacking)}."
    elif closest.kinds and kind not in closest.kinds:
        means = (
            f"{closest.id} is read from {' or '.join(one.upper() for one in closest.kinds)}, not from {kind.upper()}."
        )
    else:
        means = f"Its columns are not those of {closest.id}: {_shown(headers)}."
    step = (
        f"It reads as {better.name} ({better.title}): use --as {better.name}, or leave --as out."
        if better
        else "Leave --as out to have it recognised, or use --map column=field to say what a column is."
    )
    return UnknownLayoutError(
        f"The file does not read as {closest.name} ({closest.title}).", means=means, next_step=step
    )


def _shown(headers: list[str]) -> str:
    """The first headers of a file, as it spells them."""
    return (", ".join(header for header in headers[:12] if header) + (" ..." if len(headers) > 12 else "")) or "none"
