"""Who may ask: only the browser that was opened with the launch link, on this computer, from our own pages.

Any web page in the world can send requests to 127.0.0.1, and a name of its own can be made to point there. So:

    Host               one of 127.0.0.1, localhost, [::1], with our port; else somebody rebinds a name       421
    cookie             handed out once for the token in the launch link; HttpOnly, SameSite=Strict           401
    Sec-Fetch-Site     a browser says whose page asks: writing only from our own, reading never from others' 403
    Origin             the same for browsers that do not say it; writing without either is refused           403

Every answer forbids framing, sniffing, outside scripts and caching. No CORS header is ever sent.

A browser that was let in is known again after the program was started anew, on the same port, for half a day after it last asked:
`keys/browsers.json` of the workspace (mode 0600) holds digests of the cookies, which open nothing themselves. Delete it to shut
everybody out. Without a bound, another program on this computer that takes our port while we are away could keep a cookie that a
waiting page sends it, and use it whenever we come back.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

READS = frozenset({"GET", "HEAD"})
ENTRANCE = "/enter"
KNOWN_AGAIN = 12 * 3600
"""Seconds after its last question during which a browser is known again by a program started anew (design choice: a working day)."""
NOTED_EVERY = 300
"""Seconds between two notes of when a browser last asked (design choice)."""
MOST_KNOWN = 20
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # tells other sites nothing; with no-referrer, browsers send our own forms with "Origin: null"
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


@dataclass
class Launch:
    """The launch link, good for one browser; a new one is made each time it is used, and `renewed` is told."""

    port: int
    renewed: Callable[[str], None] = lambda _link: None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    kept: Path | None = None
    """Where browsers that were let in are noted, to be known again; None to forget them with the program."""
    sessions: dict[str, float] = field(default_factory=lambda: {})
    """Digests of the cookies that were handed out, with the time of the last question."""

    def __post_init__(self) -> None:
        """Recall the browsers that were let in before."""
        since = time.time() - KNOWN_AGAIN
        _, known = recalled(self.kept)
        self.sessions |= {digest: at for digest, at in known.items() if since < at <= time.time()}

    @property
    def link(self) -> str:
        """The address that lets a browser in."""
        return f"http://127.0.0.1:{self.port}{ENTRANCE}?token={self.token}"

    @property
    def cookie(self) -> str:
        """The cookie's name; cookies do not tell ports apart, so it does."""
        return f"groundswell_{self.port}"

    def enter(self, token: str) -> str | None:
        """Take a token and return a session for it; None when it is not the present one."""
        if not hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode()):
            return None
        session = secrets.token_urlsafe(32)
        self._note(_digest(session))
        self.token = secrets.token_urlsafe(24)
        self.renewed(self.link)
        return session

    def knows(self, session: str) -> bool:
        """Whether a cookie was handed out by this launch, or by an earlier one not long ago."""
        digest = _digest(session)
        if digest not in self.sessions:
            return False
        if time.time() - self.sessions[digest] > NOTED_EVERY:
            self._note(digest)
        return True

    def _note(self, digest: str) -> None:
        """Note that a browser asks now, here and where the next launch looks."""
        self.sessions[digest] = time.time()
        if self.kept:
            newest = sorted(self.sessions.items(), key=lambda one: one[1])[-MOST_KNOWN:]
            with suppress(OSError):  # on a disk that is full or read only, a new launch needs its new link
                _write_privately(self.kept, json.dumps({"port": self.port, "browsers": dict(newest)}))

    @property
    def hosts(self) -> frozenset[str]:
        """What `Host` may be."""
        names = ("127.0.0.1", "localhost", "[::1]")
        plain = frozenset(names) if self.port == 80 else frozenset[str]()
        return plain | {f"{name}:{self.port}" for name in names}

    @property
    def origins(self) -> frozenset[str]:
        """What `Origin` may be."""
        return frozenset(f"http://{host}" for host in self.hosts)


class Safety:
    """The guard before every route."""

    def __init__(self, app: ASGIApp, launch: Launch) -> None:
        self.app, self.launch = app, launch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or let through; both with the headers that protect."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # no websockets here
            return
        guarded = _with_headers(send)
        refusal = self.refusal(scope["method"], scope["path"], Headers(scope=scope))
        if refusal:
            status, what, means = refusal
            said = _as_json if scope["path"].endswith(".json") else _as_page
            await said(status, what, means)(scope, receive, guarded)
        else:
            await self.app(scope, receive, guarded)

    def refusal(self, method: str, path: str, headers: Headers) -> tuple[int, str, str] | None:
        """Why a request is refused: status, what, and what to do; None when it may pass."""
        hosts = [host.lower() for host in headers.getlist("host")]
        if len(hosts) != 1 or hosts[0] not in self.launch.hosts:
            return 421, "This address is not ours.", "Open the link that the program printed when it started."
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if method not in READS and not self._own(site, origin):
            return (
                403,
                "This did not come from our own pages.",
                "Nothing was done. Use the page that the program opened.",
            )
        foreign = site is not None and site not in ("same-origin", "none")
        if method in READS and foreign and headers.get("sec-fetch-mode") != "navigate":
            return 403, "Another site asked for this.", "Nothing was told."
        if method in READS and path == ENTRANCE:
            return None
        if not self.launch.knows(self._session(headers)):
            return (
                401,
                "This browser has not been let in.",
                "Open the link that the program printed when it started; it is good for one browser, and a new one is printed each time.",
            )
        return None

    def _own(self, site: str | None, origin: str | None) -> bool:
        if site is not None and site != "same-origin":
            return False
        if origin is not None:
            return origin.lower() in self.launch.origins
        return site == "same-origin"

    def _session(self, headers: Headers) -> str:
        try:
            jar = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return ""
        return jar[self.launch.cookie].value if self.launch.cookie in jar else ""


def _with_headers(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
        await send(message)

    return guarded


def _as_json(status: int, what: str, next_step: str) -> JSONResponse:
    return JSONResponse({"what": what, "means": "", "next_step": next_step}, status)


def _as_page(status: int, what: str, means: str) -> HTMLResponse:
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{what}</title><body><main><h1>{what}</h1><p>{means}</p></main></body></html>"
    )
    return HTMLResponse(page, status)


def recalled(path: Path | None) -> tuple[int | None, dict[str, float]]:
    """What an earlier launch noted, its port and its browsers; nothing where that cannot be read."""
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8")) if path else {}
        browsers = {str(digest): float(at) for digest, at in found.get("browsers", {}).items()}
        port = int(found["port"]) if "port" in found else None
    except (OSError, ValueError, TypeError, AttributeError):
        return None, {}
    return port if port and 0 < port < 65536 else None, browsers


def _write_privately(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)


def _digest(session: str) -> str:
    return sha256(session.encode("utf-8", "replace")).hexdigest()
