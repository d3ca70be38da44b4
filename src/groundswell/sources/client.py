"""The one client that asks other people's servers: slowly, truthfully, and never where it should not.

    polite     a token bucket for each host, kept by whoever gives `pace`, so that the next run goes on where this one stopped;
               `Retry-After` and the host's own counter of what is left are believed; what fails is asked again after a wait that
               doubles and has chance in it (full jitter: Brooker, "Exponential Backoff And Jitter", AWS 2015), a bounded number of times
    truthful   one user agent that names the program and, where the user gave one, a contact
    careful    only the hosts that a source declares; a name is resolved once and its address pinned; addresses that are not public are
               refused, also behind redirects; no proxy from the environment, no cookies; answers are cut off at a size and at a time
    thrifty    what was answered with an ETag or a date is asked for conditionally the next time

Everything it depends on is an argument (transport, clock, sleep, resolver), so tests need neither network nor patience.
"""

from __future__ import annotations

import json
import random
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol
from urllib.parse import quote, urlencode, urljoin, urlsplit, urlunsplit

import httpx2

from groundswell import __version__
from groundswell.errors import SourceLimitError, SourceSilentError, UnsafeAddressError
from groundswell.sources.addresses import Resolve, checked, resolved
from groundswell.sources.bounded import ANSWER_CAP, CONNECT_CAP, UNTIL, Bounded, in_words
from groundswell.sources.declaring import JSON, OWN, Ask, Limit
from groundswell.sources.said_limits import moment_in, number_in, seconds_in
from groundswell.sources.values import json_of

TRIES = 6
"""Times that one question is asked before it counts as not answered (design choice)."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds before the second try, and the most between two tries (design choice)."""
WORTH_SAYING = 2.0
"""Seconds from which on it is said that one waits: about then somebody begins to wonder (design choice)."""
LONGEST_HOLD = 86_400.0
"""Most seconds that a host's wish to be left alone is believed: a small server's mistake must not last for years (design choice)."""
PATIENCE = 900.0
"""Seconds that a host may ask for before the fetch stops instead and says when to come back (design choice)."""
SIZE_CAP = 16 << 20
"""Bytes of one answer, unpacked. A page of a hundred posts has some two hundred thousand."""
TIME_CAP = 60.0
"""Seconds that one answer may take in all, head and body, however slowly it drips."""
REDIRECTS = 3
LEFT = ("ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining")
ANEW = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset")
"""Headers that say how many requests are left, and when the counting begins anew: in seconds, as seconds since 1970, or as a moment."""
TRANSIENT = frozenset((408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524))


@dataclass(frozen=True)
class Answer:
    """What a host answered: a page, or its refusal in its own words."""

    url: str
    status: int
    body: bytes
    fetched_at: float
    said: Any = None
    """The body, understood; None for a refusal that is no JSON. Where something else than JSON was asked for: its bytes."""
    renewed: bool = True
    """False when the host said that what was kept is still so."""
    headers: Mapping[str, str] = field(default_factory=lambda: {})


class Pace(Protocol):
    """Remembers, across runs, how fast each host may be asked."""

    def wait(self, host: str, limit: Limit, now: float) -> float:
        """Take one token, and return how many seconds to wait before asking (0 when there is one)."""
        ...

    def hold(self, host: str, until: float) -> None:
        """Ask nothing of a host before a moment."""
        ...


class Remembering(Protocol):
    """Remembers what was answered, for conditional requests."""

    def validators(self, url: str) -> Mapping[str, str]:
        """Headers that ask only for what is newer."""
        ...

    def body(self, url: str) -> bytes | None:
        """What was answered the last time."""
        ...

    def keep(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Keep an answer that may be asked for conditionally."""
        ...


@dataclass
class Bucket:
    """A token bucket in memory: full at first, one token back every seconds / requests."""

    tokens: float
    at: float
    until: float = 0.0

    def take(self, limit: Limit, now: float) -> float:
        """Take one token, now or in the future, and say how long to wait for it."""
        most, rate = burst(limit), limit.requests / limit.seconds
        self.tokens = min(most, self.tokens + max(0.0, now - self.at) * rate) - 1
        self.at = max(self.at, now)
        return max(0.0, -self.tokens / rate, self.until - now)


def burst(limit: Limit) -> float:
    """How many requests may go at once: what the limit says, else a tenth of its window, so that it is never overdrawn by much."""
    return float(limit.at_once) or max(1.0, limit.requests / 10)


class PaceInMemory:
    """The pace of one run; what tests and single questions need."""

    def __init__(self) -> None:
        self.buckets: dict[str, Bucket] = {}

    def wait(self, host: str, limit: Limit, now: float) -> float:
        """Take one token of a host's bucket."""
        return self.buckets.setdefault(host, Bucket(burst(limit), now)).take(limit, now)

    def hold(self, host: str, until: float) -> None:
        """Ask nothing of a host before a moment."""
        bucket = self.buckets.setdefault(host, Bucket(1.0, 0.0))
        bucket.until = max(bucket.until, until)


@dataclass
class _Host:
    """One host with its pinned addresses and its connections."""

    name: str
    addresses: list[str]
    client: httpx2.Client
    turn: int = 0

    @property
    def address(self) -> str:
        return self.addresses[self.turn % len(self.addresses)]


class _TransientError(Exception):
    """Worth asking again: why, and how long the host wants to be left alone."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass(kw_only=True)
class Client:
    """See the module. Close it, or use it in a `with`."""

    hosts: Sequence[str]
    """Hosts that may be asked; `*` for any public one."""
    limits: Sequence[Limit] = ()
    contact: str = ""
    pace: Pace = field(default_factory=PaceInMemory)
    remembering: Remembering | None = None
    transport: httpx2.BaseTransport | None = None
    """Carries every request, instead of connections of our own."""
    resolve: Resolve = resolved
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    loopback: bool = False
    """Lets this machine be asked. For tests, and only by this argument."""
    size_cap: int = SIZE_CAP
    time_cap: float = TIME_CAP
    tries: int = TRIES
    headers: Mapping[str, str] = field(default_factory=lambda: {})
    """Headers of requests in the name of the user."""
    keys: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: {})
    """Host -> headers of every request to it, and to no other, not even when it redirects there."""
    own: str = ""
    """The user's own account, where questions are asked of it; it takes the place of `OWN`."""
    told: Callable[[str], object] = lambda _: None
    """Is told why nothing comes for a while."""
    sent: int = 0
    """Requests that went out, repeated ones among them."""
    repeated: int = 0
    """Those of them that were sent because one before failed."""
    left: dict[str, int] = field(default_factory=lambda: {})
    """Host -> requests left in its window, as it says itself."""

    def __post_init__(self) -> None:
        self._known: dict[tuple[str, str, int], _Host] = {}

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all connections."""
        for host in self._known.values():
            host.client.close()
        self._known.clear()

    @property
    def user_agent(self) -> str:
        """Who is asking."""
        contact = quote(self.contact, safe=_PRINTABLE)  # a header is ASCII
        return f"groundswell/{__version__}" + (f" ({contact})" if contact else "")

    def ask(self, ask: Ask) -> Answer:
        """Ask, again and again until the answer is sensible; refusals (4xx) are answers.

        Errors: SourceSilentError, SourceLimitError, UnsafeAddressError.
        """
        return self._again(ask, lambda: self._asked(ask), self.tries)

    def _again(self, ask: Ask, once: Callable[[], Answer], tries: int) -> Answer:
        why = ""
        for attempt in range(tries):
            before = self.sent
            try:
                return once()
            except _TransientError as error:
                why = str(error)
                self._wait_after(ask, attempt, error)
            finally:  # what never went out, for want of an address, was not sent again either
                self.repeated += attempt > 0 and self.sent > before
        host, times = urlsplit(ask.url).hostname, "once" if tries == 1 else f"{tries} times"
        raise SourceSilentError(
            f"{host} did not answer, asked {times}: {why}.",
            means="What was fetched until now is kept.",
            next_step="Go on later with `groundswell fetch --resume`.",
        )

    def post(
        self, url: str, sent: Mapping[str, str], *, headers: Mapping[str, str] | None = None, tries: int = 1
    ) -> Answer:
        """Send a small form, to log in: as JSON, or as a form of the web where `headers` say who asks. It is never kept.

        It is sent once, unless more tries are allowed: a password that is sent again counts as another log-in.
        """
        ask = Ask(url, whole=True)
        form = json.dumps(dict(sent)) if headers is None else urlencode(dict(sent))
        return self._again(ask, lambda: self._answer(ask, self._send(ask, url, form.encode(), headers)), tries)

    # -- waiting -----------------------------------------------------------------------------------------------------------

    def _wait_after(self, ask: Ask, attempt: int, error: _TransientError) -> None:
        """Wait as long as the host says, else a while that doubles, with chance in it."""
        host = _host_of(ask.url)
        if error.wait is not None:
            self._hold(host, error.wait)
        elif attempt + 1 < self.tries:
            wait = self.chance() * min(LONGEST_WAIT, FIRST_WAIT * 2**attempt)
            self.told(f"{host}: {error}; asked again in {max(wait, 1):.0f} s, time {attempt + 2} of {self.tries}")
            self.sleep(wait)

    def _hold(self, host: str, seconds: float) -> None:
        seconds = min(seconds, LONGEST_HOLD)
        until = self.clock() + seconds
        self.pace.hold(host, until)
        if seconds > PATIENCE:
            _too_long(host, until)

    def _take_turn(self, host: str) -> None:
        limit = next((one for one in self.limits if one.host in (host, "*")), Limit(host, 60, 60, "our choice"))
        wait = self.pace.wait(host, limit, self.clock())
        if wait > PATIENCE:
            _too_long(host, self.clock() + wait)
        if wait >= WORTH_SAYING:
            self.told(f"{host} is asked again in {wait:.0f} s: so slowly it wants to be asked")
        if wait > 0:
            self.sleep(wait)

    # -- one request -------------------------------------------------------------------------------------------------------

    def _asked(self, ask: Ask) -> Answer:
        plain = ask.url.replace(OWN, self.own)
        params = [(name, self.own if value == OWN else value) for name, value in ask.params]
        url = _sound(plain)
        url = str(httpx2.URL(url, params=params)) if params else url
        for _ in range(REDIRECTS + 1):
            response = self._send(ask, url)
            if response.status not in (301, 302, 303, 307, 308):
                return self._answer(ask, response)
            url = self._redirected(url, response)
        raise _TransientError(f"more than {REDIRECTS} redirects")

    def _redirected(self, url: str, response: _Response) -> str:
        try:
            target = urljoin(url, response.headers.get("location", ""))
        except ValueError as error:
            raise UnsafeAddressError(f"{_host_of(url)} redirects to what is no address.") from error
        if urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https":
            raise UnsafeAddressError(f"{_host_of(url)} redirects to an address without encryption.")
        return _sound(target)

    def _send(self, ask: Ask, url: str, sent: bytes | None = None, form: Mapping[str, str] | None = None) -> _Response:
        host = self._host(url)
        self._take_turn(host.name)
        headers = {"host": urlsplit(url).netloc, "user-agent": self.user_agent, "accept": ask.accept, "accept-encoding": "gzip"}  # fmt: skip
        if sent is not None:
            headers["content-type"] = "application/json" if form is None else "application/x-www-form-urlencoded"
            headers |= form or {}
        if ask.login:
            # A redirect to another host is followed without the user's name: it is nobody's business there.
            headers |= self.headers if host.name == _host_of(ask.url) else {}
        elif key := self.keys.get(host.name) if host.name == _host_of(ask.url) else None:
            headers |= key
        elif self.remembering and sent is None and not ask.whole:
            headers |= self.remembering.validators(url)
        request = host.client.build_request(
            "GET" if sent is None else "POST", _pinned(url, host.address), headers=headers, content=sent,
            extensions={"sni_hostname": host.name, UNTIL: self.clock() + self.time_cap},
        )  # fmt: skip
        self.sent += 1
        try:
            return self._received(url, host, request)
        except httpx2.LocalProtocolError as error:
            raise _TransientError(type(error).__name__) from error  # it quotes what was to be sent: a key, perhaps
        except httpx2.TransportError as error:
            host.turn += 1
            late = self.clock() > request.extensions[UNTIL]
            raise _TransientError(self._not_there() if late else in_words(error)) from error

    def _received(self, url: str, host: _Host, request: httpx2.Request) -> _Response:
        response = host.client.send(request, stream=True)
        try:
            body = self._body(response, request.extensions[UNTIL])
        finally:
            response.close()
        self._note_left(host.name, response.headers)
        return _Response(url, response.status_code, dict(response.headers), body)

    def _body(self, response: httpx2.Response, until: float) -> bytes:
        """Read the answer up to the caps, unpacking it ourselves: a small packed answer may be a large one."""
        packed = response.headers.get("content-encoding", "").lower()
        if packed not in ("", "identity", "gzip", "x-gzip"):
            raise _TransientError(f"packed as {packed[:40]!r}, which was not asked for")
        unpacker = zlib.decompressobj(wbits=31) if packed.endswith("gzip") else None
        parts, size = list[bytes](), 0
        for chunk in response.iter_raw():  # as they come, so that the clock is looked at however slowly they drip
            part = _unpacked(unpacker, chunk, self.size_cap - size + 1) if unpacker else chunk
            size += len(part)
            if size > self.size_cap:
                raise _TransientError(f"more than {self.size_cap >> 20} MB")
            if self.clock() > until:
                raise _TransientError(self._not_there())
            parts.append(part)
        if unpacker and not unpacker.eof:
            raise _TransientError("the answer broke off")
        return b"".join(parts)

    def _not_there(self) -> str:
        return f"not there after {self.time_cap:.0f} seconds"

    def _answer(self, ask: Ask, response: _Response) -> Answer:
        if response.status in TRANSIENT:
            wait = seconds_in(response.headers.get("retry-after"), self.clock())
            raise _TransientError(f"status {response.status}", wait)
        if response.status == 304:
            return self._still_so(ask, response)
        said = _understood(response) if ask.accept == JSON else response.body
        if response.status == 200 and self.remembering and not (ask.login or ask.whole):
            self.remembering.keep(response.url, response.headers, response.body)
        return Answer(response.url, response.status, response.body, self.clock(), said, headers=response.headers)

    def _still_so(self, ask: Ask, response: _Response) -> Answer:
        body = self.remembering.body(response.url) if self.remembering else None
        if body is None:
            raise _TransientError("said to be unchanged, but nothing was kept")
        said = json_of(body) if ask.accept == JSON else body
        return Answer(response.url, 200, body, self.clock(), said, renewed=False, headers=response.headers)

    def _note_left(self, host: str, headers: Mapping[str, str]) -> None:
        """Believe the host's own counter: with nothing left, nothing is asked until it begins anew."""
        left = next((found for name in LEFT if (found := number_in(headers.get(name))) is not None), None)
        if left is None:
            return
        self.left[host] = int(left)
        until = next((found for name in ANEW if (found := moment_in(headers.get(name), self.clock()))), None)
        if left <= 0 and until:
            self.pace.hold(host, min(until, self.clock() + PATIENCE))

    # -- where -------------------------------------------------------------------------------------------------------------

    def _host(self, url: str) -> _Host:
        """The host of an address, if it may be asked: resolved once, its addresses pinned."""
        parts = urlsplit(url)
        name = (parts.hostname or "").lower()
        port = parts.port or (443 if parts.scheme == "https" else 80)
        key = (parts.scheme, name, port)
        if key not in self._known:
            self._refuse_undeclared(name, parts.scheme, url)
            try:
                addresses = self.resolve(name, port)
            except (OSError, UnicodeError) as error:
                raise _TransientError(
                    f"the name {name} leads nowhere: it is misspelt, or this computer is not connected"
                ) from error
            pinned = checked(name, addresses, loopback=self.loopback)
            self._known[key] = _Host(name, pinned, self._connections())
        return self._known[key]

    def _refuse_undeclared(self, name: str, scheme: str, url: str) -> None:
        allowed = "*" in self.hosts or name in self.hosts
        plain = scheme == "http" and not self.loopback
        if not name or not allowed or plain or scheme not in ("http", "https") or "@" in urlsplit(url).netloc:
            raise UnsafeAddressError(
                f"{url[:200]} is not an address that this source declares.",
                means="Nothing was asked of it.",
            )

    def _connections(self) -> httpx2.Client:
        """Connections to one host: never shared with another that happens to have the same address."""
        return httpx2.Client(
            transport=self.transport or Bounded(self.clock),
            trust_env=False, follow_redirects=False, timeout=httpx2.Timeout(ANSWER_CAP, connect=CONNECT_CAP),
        )  # fmt: skip


@dataclass(frozen=True)
class _Response:
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def _unpacked(unpacker: Any, chunk: bytes, most: int) -> bytes:
    try:
        return bytes(unpacker.decompress(chunk, most))
    except zlib.error as error:
        raise _TransientError(f"the answer cannot be unpacked ({error})") from error


def _host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _sound(url: str) -> str:
    """The same address, if it is one that can be asked: others name servers here, and not all of them well."""
    try:
        if urlsplit(url).port != 0 and url.isprintable() and httpx2.URL(url).host:
            return url
    except (ValueError, httpx2.InvalidURL):
        pass
    raise UnsafeAddressError(f"{url[:200]!r} is no address that can be asked.", means="Nothing was asked of it.")


def _pinned(url: str, address: str) -> str:
    """The same address with the number in place of the name; the name goes into header and certificate."""
    parts = urlsplit(url)
    number = f"[{address}]" if ":" in address else address
    netloc = f"{number}:{parts.port}" if parts.port else number
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))


_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


def _understood(response: _Response) -> Any:
    """The body as JSON. A page that is none is asked for again; a refusal may be in any words."""
    try:
        return json_of(response.body)
    except (ValueError, RecursionError) as error:
        if response.status >= 400:
            return None
        kind = response.headers.get("content-type", "no type")[:60]
        raise _TransientError(f"not JSON but {kind}") from error


def _too_long(host: str, until: float) -> NoReturn:
    when = time.strftime("%H:%M UTC on %d %B", time.gmtime(until))
    raise SourceLimitError(
        f"{host} asks not to be asked before {when}.",
        until=until,
        means="What was fetched until now is kept.",
        next_step="Go on then with `groundswell fetch --resume`.",
    )


__all__ = ["Answer", "Bucket", "Client", "Pace", "PaceInMemory", "Remembering", "burst"]
