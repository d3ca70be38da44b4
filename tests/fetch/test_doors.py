"""The commands about live sources, logins, and the letter that asks for an export."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fake_bluesky import Fake, answered
from typer.testing import CliRunner

from groundswell.cli import app
from groundswell.errors import InputError, UnknownNameError, UsageError
from groundswell.fetch import fetching, logins
from groundswell.fetch.exports import letter, platforms
from groundswell.fetch.logins import login_of
from groundswell.records import PLATFORMS
from groundswell.sources.networks import SOURCES
from groundswell.store import Workspace

BAKER = "@person0.bsky.social"


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    made = Fake()
    for function in (fetching.fetch, fetching.resume, fetching.refresh):
        monkeypatch.setitem(function.__kwdefaults__, "client", made.client())
    return made


def said(workspace: Workspace, *words: str) -> Any:
    done = CliRunner().invoke(app, [*words, "--workspace", str(workspace.folder), "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def test_fetch_resume_list_and_purge_read_as_sentences(fake: Fake, workspace: Workspace) -> None:
    first = said(workspace, "fetch", BAKER, "--with", "posts,followers", "--requests", "2")
    assert (first["done"], first["requests"]) == (False, 2)
    assert said(workspace, "fetch", "--resume", "--requests", "50")["done"]
    (listed,) = said(workspace, "fetches")
    assert (listed["state"], listed["source"], listed["requests"]) == ("done", "bluesky", len(fake.requests))
    assert said(workspace, "purge")["replaced"] == [1]


def test_words_say_what_was_not_covered(fake: Fake, workspace: Workspace) -> None:
    done = CliRunner().invoke(app, ["fetch", BAKER, "--with", "followers", "--each", "10", "-w", str(workspace.folder)])
    assert "not a sample at random" in done.output
    assert "10 of 29" in done.output


def test_a_dry_run_asks_nobody(fake: Fake, workspace: Workspace) -> None:
    found = said(workspace, "fetch", BAKER, "--dry-run")
    assert (found["money"], fake.requests) == ("nothing", [])


def test_a_refusal_has_exit_code_4_and_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch, workspace: Workspace) -> None:
    monkeypatch.setitem(fetching.fetch.__kwdefaults__, "client", Fake().client(lambda _: answered(b"", 503)))
    done = CliRunner().invoke(app, ["fetch", BAKER, "-w", str(workspace.folder)])
    assert done.exit_code == 4
    assert "groundswell fetch --resume" in done.output


def test_a_login_is_taken_from_the_environment_or_from_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    assert login_of("bluesky", {"GROUNDSWELL_BLUESKY_LOGIN": "ann:secret"}) == "ann:secret"
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert login_of("bluesky", environment) is None
    path = tmp_path / "groundswell" / "logins.toml"
    path.parent.mkdir()
    path.write_text('bluesky = "ann:secret"')
    path.chmod(0o644)
    with pytest.raises(InputError, match="can be read by others"):
        login_of("bluesky", environment)
    path.chmod(0o600)
    assert login_of("bluesky", environment) == "ann:secret"


class NoKeyringError(Exception):
    """As the package `keyring` has it."""


class LockedError(Exception):
    """Whatever else goes wrong with a keyring."""


def test_a_machine_without_a_keyring_has_no_login_in_it_and_a_locked_one_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    raised: list[type[Exception]] = [NoKeyringError]

    def get_password(_service: str, _source: str) -> str:
        raise raised[0]

    modules = {
        "keyring": SimpleNamespace(get_password=get_password),
        "keyring.errors": SimpleNamespace(NoKeyringError=NoKeyringError, KeyringError=LockedError),
    }
    monkeypatch.setattr(logins, "find_spec", modules.get)
    monkeypatch.setattr(logins, "import_module", modules.__getitem__)
    away = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert logins.login_of("x", away) is None
    raised[0] = LockedError
    with pytest.raises(InputError, match="did not open"):
        logins.login_of("x", away)
    assert logins.login_of("x", away | {"GROUNDSWELL_X_LOGIN": "token"}) == "token"


def test_a_login_never_enters_the_workspace(monkeypatch: pytest.MonkeyPatch, workspace: Workspace) -> None:
    monkeypatch.setenv("GROUNDSWELL_BLUESKY_LOGIN", "ann.bsky.social:abcd-efgh-ijkl")
    fake = Fake()

    def answer(request: Any) -> Any:
        if "createSession" in str(request.url):
            return answered(b'{"accessJwt": "jwt-of-ann", "did": "did:plc:x"}')
        return answered(b'{"posts": []}') if "searchPosts" in str(request.url) else fake.answer(request)

    monkeypatch.setitem(fetching.fetch.__kwdefaults__, "client", fake.client(answer))
    assert said(workspace, "fetch", "#bread", BAKER)["done"]
    for path in (one for one in workspace.folder.rglob("*") if one.is_file()):
        assert b"abcd-efgh-ijkl" not in path.read_bytes()
        assert b"jwt-of-ann" not in path.read_bytes()


@pytest.mark.parametrize("platform", platforms())
def test_a_letter_has_the_steps_of_its_platform_and_sends_nothing(platform: str) -> None:
    written = letter("@ann", platform, brand="Oat & Co")
    assert all(step in written.text for step in platforms()[platform]["steps"])
    assert written.text.count("Oat & Co") == 2
    assert "no answer is needed" in written.text


@pytest.mark.parametrize(
    "platform", sorted(set(PLATFORMS) - {name for one in SOURCES.values() for name in (one.platform, *one.also)})
)
def test_whoever_is_sent_to_write_a_letter_to_a_closed_network_can(platform: str) -> None:
    assert letter("@ann", platform).text.count("\n  1. ") == 1


def test_a_letter_to_nobody_or_for_an_unknown_platform_is_refused() -> None:
    with pytest.raises(UsageError):
        letter(" ", "tiktok")
    with pytest.raises(UnknownNameError, match="tiktok"):
        letter("@ann", "tiktock")
