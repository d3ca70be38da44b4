"""Names and addresses as people type and paste them: in any script, percent-encoded or not (RFC 3986 and 3987, UTS 46)."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, unquote

KEPT_SHARP = frozenset("ßς")
"""Letters that names of hosts keep since IDNA 2008; Python's codec is of 2003 and writes others for them."""
JOINERS = "\u200c\u200d"
ADDRESS = re.compile(r"(https?://)([^/?#]*)([^?#]*)(.*)", re.IGNORECASE | re.DOTALL)
ASCII = "".join(map(chr, range(0x21, 0x7F)))


def is_word(said: str, besides: str = "_-") -> bool:
    """Whether all of it is letters, digits, their marks, or one of a few other signs."""
    others = f"{besides}·{JOINERS}"
    return bool(said) and all(unicodedata.category(one)[0] in "LMN" or one in others for one in said)


def ascii_host(host: str) -> str:
    """A host as the network writes it (`bücher.example` is `xn--bcher-kva.example`); "" where that is none."""
    if host.isascii():
        return host.lower()
    plain = unicodedata.normalize("NFKC", host.lower()).replace("\u3002", ".")
    if any(one in plain for one in JOINERS):
        return ""
    try:
        return ".".join(map(_label, plain.split(".")))
    except UnicodeError:
        return ""


def _label(label: str) -> str:
    if label.isascii():
        return label
    if KEPT_SHARP & set(label):
        return f"xn--{label.encode('punycode').decode()}"
    return label.encode("idna").decode()


def readable(word: str) -> str:
    """What was typed, composed; of an address the host as the network writes it, and the path as it is meant to be read."""
    plain = unicodedata.normalize("NFC", word.strip())
    found = ADDRESS.fullmatch(plain)
    return found[1] + _server(found[2]) + _path(found[3]) + found[4] if found else plain


def sendable(address: str) -> str:
    """An address in the letters in which it is sent; what is ASCII already stays as it is."""
    found = ADDRESS.fullmatch(address)
    return found[1] + _server(found[2]) + quote(found[3] + found[4], safe=ASCII) if found else address


def _server(said: str) -> str:
    host, colon, port = said.partition(":")
    return (ascii_host(host) + colon + port) if not said.isascii() else said


def _path(path: str) -> str:
    """Each part decoded, unless it would be something else then."""
    parts = [(part, unicodedata.normalize("NFC", unquote(part))) for part in path.split("/")]
    return "/".join(part if re.search(r"[/?#\s\ufffd]", decoded) else decoded for part, decoded in parts)


__all__ = ["ascii_host", "is_word", "readable", "sendable"]
