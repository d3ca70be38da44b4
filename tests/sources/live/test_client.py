"""Laws of the client that asks: slowly, truthfully, and never where it should not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from groundswell import __version__
from groundswell.errors import SourceLimitError, SourceSilentError, UnsafeAddressError
from groundswell.sources.addresses import is_public
from groundswell.sources.client import Client, PaceInMemory
from groundswell.sources.declaring import Ask, Limit

HOST = "open.example.com"
ASK = Ask(f"https://{HOST}/xrpc/list", (("limit", "5"),))


class Clock:
    def __init__(self) -> None:
        self.at, self.slept = 1_000_000.0, list[float]()

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def answered(body: bytes = b"{}", status: int = 200, **headers: str) -> httpx2.Response:
    return httpx2.Response(
        status, stream=httpx2.ByteStream(body), headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def client_of(answer: Callable[[httpx2.Request], httpx2.Response], **more: Any) -> tuple[Client, Clock]:
    clock = Clock()
    given: dict[str, Any] = {
        "hosts": (HOST,),
        "limits": (Limit(HOST, 100, 10, "made up"),),
        "resolve": lambda *_: ["93.184.216.34"],
    }
    made = Client(
        transport=httpx2.MockTransport(answer), clock=clock.now, sleep=clock.sleep, chance=lambda: 1.0, **(given | more)
    )  # fmt: skip
    return made, clock


def in_turn(*responses: httpx2.Response) -> Callable[[httpx2.Request], httpx2.Response]:
    """These responses after one another; the last one again and again."""
    left = [(one.status_code, b"".join(one.stream), dict(one.headers)) for one in responses]

    def answer(_request: httpx2.Request) -> httpx2.Response:
        status, body, headers = left.pop(0) if len(left) > 1 else left[0]
        return httpx2.Response(status, stream=httpx2.ByteStream(body), headers=headers)

    return answer


def test_it_says_who_asks_and_how_to_reach_them() -> None:
    seen = list[httpx2.Request]()

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return answered()

    client, _ = client_of(answer, contact="mailto:ann@example.com")
    client.ask(ASK)
    assert seen[0].headers["user-agent"] == f"groundswell/{__version__} (mailto:ann@example.com)"
    assert "cookie" not in seen[0].headers
    assert (seen[0].url.host, seen[0].headers["host"]) == ("93.184.216.34", HOST), (
        "the address is pinned, the name stays"
    )


def test_retry_after_is_obeyed() -> None:
    client, clock = client_of(in_turn(answered(status=429, retry_after="30"), answered()))
    assert client.ask(ASK).status == 200
    assert sum(clock.slept) == pytest.approx(30, abs=0.2)


def test_without_a_word_the_wait_doubles_and_ends() -> None:
    client, clock = client_of(in_turn(answered(status=503)))
    with pytest.raises(SourceSilentError, match="asked 6 times"):
        client.ask(ASK)
    assert [round(one) for one in clock.slept] == [1, 2, 4, 8, 16]
    assert (client.sent, client.repeated) == (6, 5)


def test_a_host_that_wants_hours_ends_the_run_and_says_until_when() -> None:
    client, _ = client_of(in_turn(answered(status=429, retry_after="7200")))
    with pytest.raises(SourceLimitError) as refused:
        client.ask(ASK)
    assert refused.value.until == 1_007_200
    assert client.sent == 1


def test_a_window_is_not_overdrawn_also_across_runs() -> None:
    pace = PaceInMemory()
    first, clock = client_of(in_turn(answered()), pace=pace)
    for _ in range(150):
        first.ask(ASK)
    assert clock.at - 1_000_000 >= (150 - 10) / 10 - 1, "a hundred in ten seconds, ten of them at once"
    second, other = client_of(in_turn(answered()), pace=pace)
    other.at = clock.at
    second.ask(ASK)
    assert other.slept, "the next run goes on where this one stopped"


def test_with_nothing_left_in_the_window_it_waits_for_the_next() -> None:
    client, clock = client_of(in_turn(answered(ratelimit_remaining="0", ratelimit_reset="20"), answered()))
    client.ask(ASK)
    client.ask(ASK)
    assert sum(clock.slept) == pytest.approx(20, abs=0.2)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1", "fc00::1",
     "64:ff9b::7f00:1", "2002:7f00:1::", "::ffff:127.0.0.1", "2001:db8::1", "192.0.0.8", "no address"],
)  # fmt: skip
def test_what_is_not_public_is_never_asked(address: str) -> None:
    assert not is_public(address)
    client, _ = client_of(in_turn(answered()), resolve=lambda *_: ["93.184.216.34", address])
    with pytest.raises(UnsafeAddressError):
        client.ask(ASK)
    assert client.sent == 0


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_what_is_public_may_be_asked(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        f"http://{HOST}/x",
        "https://other.example.com/x",
        f"https://user@{HOST}/x",
        f"ftp://{HOST}/x",
        "file:///etc/passwd",
        "https:///x",
    ],
)
def test_only_declared_hosts_are_asked_and_only_encrypted(url: str) -> None:
    client, _ = client_of(in_turn(answered()))
    with pytest.raises(UnsafeAddressError):
        client.ask(Ask(url))
    assert client.sent == 0


@pytest.mark.parametrize(
    "target", ["http://open.example.com/x", "https://127.0.0.1/x", "//evil.example.com/x", "file:///etc/passwd"]
)
def test_a_redirect_is_looked_at_as_any_address(target: str) -> None:
    client, _ = client_of(in_turn(answered(status=302, location=target)))
    with pytest.raises(UnsafeAddressError):
        client.ask(ASK)
    assert client.sent == 1


def test_an_answer_is_cut_off_at_its_size() -> None:
    client, _ = client_of(in_turn(answered(b" " * 2_000)), size_cap=1_000, tries=2)
    with pytest.raises(SourceSilentError, match="MB"):
        client.ask(ASK)


def test_a_refusal_is_an_answer_and_is_not_repeated() -> None:
    client, _ = client_of(in_turn(answered(b'{"error": "InvalidRequest"}', 400)))
    assert client.ask(ASK).said == {"error": "InvalidRequest"}
    assert client.sent == 1


class Memory:
    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, bytes]] = {}

    def validators(self, url: str) -> dict[str, str]:
        return {"if-none-match": self.kept[url][0]} if url in self.kept else {}

    def body(self, url: str) -> bytes | None:
        return self.kept[url][1] if url in self.kept else None

    def keep(self, url: str, headers: Any, body: bytes) -> None:
        if "etag" in headers:
            self.kept[url] = (headers["etag"], body)


def test_what_is_unchanged_is_not_sent_twice() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return (
            answered(status=304) if request.headers.get("if-none-match") == "v1" else answered(b'{"a": 1}', etag="v1")
        )

    client, _ = client_of(answer, remembering=Memory())
    first, second = client.ask(ASK), client.ask(ASK)
    assert (first.renewed, second.renewed) == (True, False)
    assert second.said == first.said == {"a": 1}


@pytest.mark.parametrize(
    ("left", "anew"),
    [
        ("ratelimit", "30"),
        ("x-ratelimit", "2027-01-15T08:00:30Z"),
        ("x-ratelimit", "2027-01-15T08:00:30.000000Z"),
        ("x-rate-limit", "30"),
    ],
)
def test_every_spelling_of_what_is_left_is_believed(left: str, anew: str) -> None:
    def answer(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(
            200,
            stream=httpx2.ByteStream(b"{}"),
            headers={f"{left}-remaining": "0", f"{left}-reset": anew},
        )

    client, clock = client_of(answer)
    clock.at = 1_800_000_000.0  # 2027-01-15, 08:00
    client.ask(ASK)
    client.ask(ASK)
    assert clock.slept == [30.0]


def test_no_other_host_learns_the_users_name() -> None:
    seen: list[tuple[str, str | None]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append((request.headers["host"], request.headers.get("authorization")))
        elsewhere = request.headers["host"] == HOST
        return answered(status=302, location="https://other.example.com/list") if elsewhere else answered()

    client, _ = client_of(answer, hosts=("*",), headers={"authorization": "Bearer mine"})
    client.ask(Ask(f"https://{HOST}/list", login=True))
    assert seen == [(HOST, "Bearer mine"), ("other.example.com", None)]


def test_what_is_no_json_is_handed_on_as_it_came() -> None:
    client, _ = client_of(in_turn(answered(b"<html>", link='<https://x>; rel="next"')))
    found = client.ask(Ask(f"https://{HOST}/", accept="text/html"))
    assert (found.said, found.headers["link"]) == (b"<html>", '<https://x>; rel="next"')


def test_what_is_asked_whole_is_asked_without_conditions() -> None:
    conditions: list[str | None] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        conditions.append(request.headers.get("if-none-match"))
        return answered(etag="v1")

    client, _ = client_of(answer, remembering=Memory())
    for _ in range(2):
        client.ask(Ask(ASK.url, whole=True))
    assert conditions == [None, None]
