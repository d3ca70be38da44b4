"""Where the user's own logins are: in an environment variable, the system's keyring, or a file that only its owner can read.

Never in the workspace, never in a log, never in a backup of either.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from groundswell.errors import InputError

SERVICE = "groundswell"


def login_of(source: str, environment: Mapping[str, str] | None = None) -> str | None:
    """The user's login for a source, or None.

    Looked for in GROUNDSWELL_BLUESKY_LOGIN (for `bluesky`), in the keyring, where the package `keyring` is installed, under
    service `groundswell`, and in the file `logins.toml` of the user's configuration (`bluesky = "..."`).
    Errors: InputError when that file can be read by others, or not at all, and for what can be no login.
    """
    environment = os.environ if environment is None else environment
    found = (
        environment.get(f"GROUNDSWELL_{source.upper()}_LOGIN") or _in_keyring(source) or _in_file(source, environment)
    )
    secret = (found or "").strip()
    if not (secret.isascii() and secret.isprintable()):
        raise InputError(
            f"The login for {source} holds a line break or another letter that no key has; it is not shown here.",
            next_step="Copy it once more, from its first letter to its last.",
        )
    return secret or None


def login_file(environment: Mapping[str, str]) -> Path:
    """The file of logins: outside every workspace."""
    return Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "groundswell" / "logins.toml"


def _in_keyring(source: str) -> str | None:
    if find_spec("keyring") is None:
        return None
    errors = import_module("keyring.errors")
    try:
        found = import_module("keyring").get_password(SERVICE, source)
    except errors.NoKeyringError:  # installed, on a machine without one, such as a server: as good as not installed
        return None
    except errors.KeyringError as error:
        raise InputError(
            f"The keyring of this system did not open, so it is not known whether a login for {source} is in it.",
            next_step=f"Unlock it, or put the login into GROUNDSWELL_{source.upper()}_LOGIN.",
        ) from error
    return str(found) if found else None


def _in_file(source: str, environment: Mapping[str, str]) -> str | None:
    path = login_file(environment)
    if not path.is_file():
        return None
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise InputError(
            f"{path} can be read by others, so the logins in it are not used.", next_step=f"Say: chmod 600 {path}"
        )
    try:
        found = tomllib.loads(path.read_text("utf-8")).get(source)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} is no TOML file.", next_step='Write one line for each source: bluesky = "handle:app-password"'
        ) from error
    return found if isinstance(found, str) and found else None
