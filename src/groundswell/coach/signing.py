"""The creator's key: made on first use, kept in the workspace, readable by its owner only. It signs kits (Ed25519, RFC 8032).

    workspace/keys/creator.key      PEM, PKCS 8, mode 0600; leave it out when a workspace is handed to somebody else

Whoever has the file can sign as the creator. A lost key is no disaster: the next kit has another fingerprint, and says so.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundswell.errors import WorkspaceError
from groundswell.sources.files.layouts.kit import canonical, envelope, fingerprint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY = Path("keys") / "creator.key"


def signed(content: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the kit document of some content, signed with the key of the workspace in `folder`."""
    key, text = creator_key(folder), canonical(content)
    return envelope(text, key.public_key().public_bytes_raw(), key.sign(text.encode()))


def key_fingerprint(document: dict[str, Any]) -> str:
    """The fingerprint under which a signed kit will be recognised."""
    return fingerprint(document["public_key"])


def creator_key(folder: Path) -> Ed25519PrivateKey:
    """Return the workspace's key, making it when there is none."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    path = folder / KEY
    if not path.is_file():
        _make(path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, OSError) as error:
        raise _unusable(path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _unusable(path)
    return key


def _make(path: Path) -> None:
    """Write a new key; of two programs that make one at once, the first wins and both use it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    content = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, path)  # fails, and leaves the other's key, where somebody was faster
    except FileExistsError:
        pass
    except OSError:  # a disk without links
        if not path.exists():
            part.replace(path)
    part.unlink(missing_ok=True)


def _unusable(path: Path) -> WorkspaceError:
    return WorkspaceError(
        f"The key in {path} cannot be read.",
        means="Without it no kit can be signed.",
        next_step="Put back a copy of it, or move it away: the next kit then makes a new key with another fingerprint.",
    )
