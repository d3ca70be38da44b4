"""Every error a user can meet, as one tree.

    GroundswellError                     exit 5  HTTP 500   our fault unless a branch below says otherwise
    ├── UsageError                       exit 2  HTTP 400   the question was wrong
    │   └── UnknownNameError                                 no such signal, definition, layout, account ... (offers the nearest)
    ├── InputError                       exit 3  HTTP 422   what was brought in cannot be used
    │   ├── UnreadableFileError                              the bytes are not what they claim, or are dangerous
    │   ├── UnknownLayoutError                               no layout fits (names the nearest and what is missing)
    │   ├── MissingFieldError                                a layout fits but needs a constant (--set author=@ann)
    │   ├── InfeasibleError                                  no choice meets all conditions (which one bites, by how much)
    │   └── BriefError                                       a brief or a definition that does not hold together (line, nearest key)
    ├── WorkspaceError                   exit 3  HTTP 409   the workspace is absent, busy, newer than this program, or full
    │   ├── WorkspaceMissingError
    │   ├── WorkspaceBusyError
    │   └── DiskFullError
    └── SourceRefusedError               exit 4  HTTP 502   a platform said no
        ├── LoginNeededError                                 it says no to strangers (which ways are open)
        ├── SourceSilentError                                it did not answer, however often it was asked
        ├── SourceLimitError                                 it asks to wait longer than anybody would (until when)
        └── UnsafeAddressError                               the address is not one that may be asked

An error says what happened (`what`), what it means (`means`) and what to do next (`next_step`). A door prints all three and
exits with `exit_code`; nobody catches an error in order to print something else.

    try:
        workspace.ingest("tweets.csv")
    except InputError as error:
        print(error)                 # what, where, and what to do
        sys.exit(error.exit_code)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class GroundswellError(Exception):
    """The root: what happened, what it means, what to do next."""

    exit_code = 5
    http_status = 500

    def __init__(self, what: str, *, means: str = "", next_step: str = "") -> None:
        self.what, self.means, self.next_step = what, means, next_step
        super().__init__("\n".join(part for part in (what, means, next_step) if part))


class UsageError(GroundswellError):
    """The question was wrong: an option, a name or a combination that does not exist."""

    exit_code = 2
    http_status = 400


MOST_NAMED = 30
"""Names that an error lists; of more only those that are near (design choice)."""
MANY_NAMES = 10_000


class UnknownNameError(UsageError):
    """A name that nothing answers to; offers the nearest one."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(set(known))
        spelled = {one.lower(): one for one in names}
        close = get_close_matches(name.lower(), _worth_comparing(name.lower(), [*spelled]), n=6, cutoff=0.6)
        near = [spelled[one] for one in close]
        self.nearest = near[0] if near else None
        hint = f"Did you mean {self.nearest}?" if self.nearest else ""
        if len(names) <= MOST_NAMED:
            step = f"Known: {', '.join(names)}" if names else ""
        else:  # twenty out of thousands would be twenty by chance
            others = f"Others spelled much like it: {', '.join(near[1:])}." if near[1:] else ""
            step = others if near else f"{len(names):,} are known, none spelled like it."
        super().__init__(f"There is no {kind} called {name!r}.", means=hint, next_step=step)


class InputError(GroundswellError):
    """What was brought in cannot be used as it is."""

    exit_code = 3
    http_status = 422


class UnreadableFileError(InputError):
    """The bytes are not what they claim to be, or reading them would be dangerous."""


class UnknownLayoutError(InputError):
    """No layout fits the headers of a file."""


class MissingFieldError(InputError):
    """The layout fits, but a field that the file does not hold must be given as a constant.

    `fields` names them; `columns` are those of the file's columns that nothing reads, one of which may hold them after all.
    """

    def __init__(
        self, what: str, *, fields: Sequence[str], columns: Sequence[str] = (), means: str = "", next_step: str = ""
    ) -> None:
        self.fields, self.columns = tuple(fields), tuple(columns)
        super().__init__(what, means=means, next_step=next_step)


class InfeasibleError(InputError):
    """No choice meets all conditions; `short` says which one bites, and by how much."""

    def __init__(self, what: str, short: dict[str, float], *, next_step: str) -> None:
        self.short = short
        super().__init__(what, next_step=next_step)


class BriefError(InputError):
    """A brief, definition or tier file that does not hold together."""


class WorkspaceError(GroundswellError):
    """The workspace itself stands in the way."""

    exit_code = 3
    http_status = 409


class WorkspaceMissingError(WorkspaceError):
    """The folder holds no workspace."""


class WorkspaceBusyError(WorkspaceError):
    """Another process is importing into this workspace."""


class DiskFullError(WorkspaceError):
    """There is no space left; nothing was made visible."""


class SourceRefusedError(GroundswellError):
    """A platform answered no; it is never dodged."""

    exit_code = 4
    http_status = 502


class LoginNeededError(SourceRefusedError):
    """A platform answers this only to people who are logged in."""

    http_status = 403


class SpendNeededError(LoginNeededError):
    """A platform asks money for what is read, and nobody said yet how much it may be."""


class SourceSilentError(SourceRefusedError):
    """A platform did not answer, or not sensibly, however often it was asked."""


class SourceLimitError(SourceRefusedError):
    """A platform asks to be left alone until `until` (seconds since 1970)."""

    def __init__(self, what: str, *, until: float, means: str = "", next_step: str = "") -> None:
        self.until = until
        super().__init__(what, means=means, next_step=next_step)


class UnsafeAddressError(SourceRefusedError):
    """An address that is not on the public network, or not among those that a source declares."""


def _worth_comparing(word: str, known: list[str]) -> list[str]:
    """Of very many names those that begin or end alike: comparing letter by letter takes a second for 100,000."""
    if len(known) <= MANY_NAMES:
        return known
    begin, end = word[:4], word[-4:]
    return [name for name in known if name[:4].lower() == begin or name[-4:].lower() == end]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word closest to `word`, or None when nothing is close."""
    matches = get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None
