"""People from Mastodon servers: whom one may name, who is asked, what comes of it, whose wishes are kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from fake_mastodon import CLOSED, ELSEWHERE, HOME, Fake
from faking import answered, body_of, rows
from typer.testing import CliRunner

from groundswell.cli import app
from groundswell.errors import UsageError
from groundswell.fetch import Asked, FetchReport, fetch, fetching, refresh
from groundswell.fetch.bringing import bring
from groundswell.fetch.fetching import open_client
from groundswell.sources.client import Client
from groundswell.sources.declaring import Source
from groundswell.sources.mastodon import MASTODON, mastodon
from groundswell.sources.mastodon.wishes import LEFT_OUT, may_keep
from groundswell.store import Workspace, purge
from groundswell.store.fetches import pages_of, pages_purged

ANN = f"@person0@{HOME}"


def fetched(workspace: Workspace, fake: Fake, *who: str, **more: Any) -> FetchReport:
    return fetch(workspace, Asked(source="mastodon", who=who, **more), client=fake.client())


def kept(workspace: Workspace) -> bytes:
    return b"\n".join(workspace.raw.read(one.hash) for one in pages_of(workspace.state, 1) if one.hash)


@pytest.mark.parametrize(
    ("word", "stream", "subject"),
    [
        ("@Ann@Mastodon.example", "account", "mastodon.example/ann"),
        ("ann@mastodon.example", "account", "mastodon.example/ann"),
        ("https://mastodon.example/@ann", "account", "mastodon.example/ann"),
        ("https://mastodon.example/@bob@other.example", "account", "mastodon.example/bob@other.example"),
        ("https://mastodon.example/users/ann", "account", "mastodon.example/ann"),
        ("https://mastodon.example/@ann/1093", "post", "mastodon.example\n1093"),
        ("https://mastodon.example/users/ann/statuses/1093", "post", "mastodon.example\n1093"),
        ("#gardening@mastodon.example", "hashtag", "mastodon.example\ngardening"),
        ("https://mastodon.example/tags/gardening", "hashtag", "mastodon.example\ngardening"),
        ("https://mastodon.example/explore", "trends", "mastodon.example"),
        ("#grün@mastodon.example", "hashtag", "mastodon.example\ngrün"),
        ("#gru\u0308n@mastodon.example", "hashtag", "mastodon.example\ngrün"),
        ("https://mastodon.example/tags/ブログ", "hashtag", "mastodon.example\nブログ"),
        ("https://mastodon.example/tags/%E3%83%96%E3%83%AD%E3%82%B0?lang=ja", "hashtag", "mastodon.example\nブログ"),
        ("https://mastodon.example/tags/हिन्दी", "hashtag", "mastodon.example\nहिन्दी"),
        ("@ann@Bücher.example", "account", "xn--bcher-kva.example/ann"),
        ("https://bücher.example/@ann", "account", "xn--bcher-kva.example/ann"),
        ("https://mastodon.example/@bob@straße.example", "account", "mastodon.example/bob@xn--strae-oqa.example"),
    ],
)
def test_whom_one_may_name(word: str, stream: str, subject: str) -> None:
    found = MASTODON.named(word)
    assert (found.stream, found.subject) == (stream, subject)


@pytest.mark.parametrize(
    "word",
    [
        "@ann",
        "ann",
        "#gardening",
        "@ann@localhost",
        "@ann@x@y.example",
        "https://mastodon.example/about",
        "#a!b@mastodon.example",
        "#\ufffd@mastodon.example",
        "https://mastodon.example/tags/a%2Fb",
        "https://mastodon.example/tags/%FF",
        "@ann@mastodon.example／x",
        "@ann@ſ\u200dx.example",
    ],
)
def test_what_names_nobody_is_refused_in_words(word: str) -> None:
    with pytest.raises(UsageError, match="names nobody on Mastodon"):
        MASTODON.named(word)


def test_people_are_people_of_the_workspace_under_their_address_in_the_network(workspace: Workspace) -> None:
    fake = Fake()
    report = fetched(workspace, fake, ANN, lists=("posts", "followers", "likes", "replies"), posts=3)
    assert report.done
    assert report.brought
    assert report.brought.set_aside == 0
    assert not any("nothing here reads" in note for note in report.brought.notes)
    ann = f"mastodon:{fake.uri(0)}"
    assert rows(
        workspace, f"SELECT handle, name, bio, followers, posts_count FROM accounts WHERE account = '{ann}'"
    ) == [(f"person0@{HOME}", "Person 0", "I grow beans, number 0\nand write", 29, 12)]
    posts = dict(rows(workspace, f"SELECT post, likes FROM posts WHERE account = '{ann}'"))
    assert posts == {f"mastodon:{fake.post_uri(post)}": len(fake.favoured_by(post)) for post in fake.posts(0)}
    likes = set(rows(workspace, "SELECT actor, post, account FROM interactions WHERE verb = 'like'"))
    assert likes == {
        (f"mastodon:{fake.uri(k)}", f"mastodon:{fake.post_uri(post)}", ann)
        for post in fake.posts(0)[:3]
        for k in fake.favoured_by(post)
    }
    follows = rows(workspace, "SELECT count(*), any_value(followed), min(completeness), max(completeness) FROM follows")
    assert follows == [(29, ann, "full", "full")]


def test_words_tags_links_and_answers_are_read_out_of_html(workspace: Workspace) -> None:
    fake = Fake()
    fetched(workspace, fake, ANN, f"https://{HOME}/@person0/10002", lists=("posts",), people=2)
    said = rows(workspace, f"SELECT text, hashtags, links FROM posts WHERE post = 'mastodon:{fake.post_uri(1)}'")
    assert said == [
        ("beans 1 of person 0 #gardening\n\nsee https://beans.example/1", ["gardening"], ["https://beans.example/1"])
    ]
    answers = rows(
        workspace, "SELECT kind, reply_to, reply_to_account, count(*) FROM posts WHERE kind = 'reply' GROUP BY ALL"
    )
    assert answers == [("reply", f"mastodon:{fake.post_uri(2)}", f"mastodon:{fake.uri(0)}", 29)]
    acts = rows(workspace, "SELECT verb, account, post, count(*) FROM interactions WHERE verb = 'reply' GROUP BY ALL")
    assert acts == [("reply", f"mastodon:{fake.uri(0)}", f"mastodon:{fake.post_uri(2)}", 29)]


@pytest.mark.slow
def test_a_boost_is_an_act_and_no_post_of_its_own(workspace: Workspace) -> None:
    fake = Fake()
    fetched(workspace, fake, f"@person5@{HOME}")
    boosts = rows(
        workspace, "SELECT actor, account, post, acted_at IS NOT NULL FROM interactions WHERE verb = 'repost'"
    )
    assert boosts == [(f"mastodon:{fake.uri(5)}", f"mastodon:{fake.uri(0)}", f"mastodon:{fake.post_uri(2)}", True)]
    assert rows(workspace, f"SELECT count(*) FROM posts WHERE account = 'mastodon:{fake.uri(5)}'") == [(11,)]


@pytest.mark.slow
def test_people_of_other_servers_are_asked_about_at_home(workspace: Workspace) -> None:
    fake = Fake()
    report = fetched(workspace, fake, ANN, lists=("followers",), hops=1, people=30)
    assert report.coverage.people == 30
    assert {one.split("/")[2] for one in fake.requests} == {HOME, ELSEWHERE}
    assert set(rows(workspace, "SELECT DISTINCT completeness FROM follows")) == {("full",)}


@pytest.mark.slow
def test_what_another_server_knows_of_somebody_is_a_part_and_is_said_to_be(workspace: Workspace) -> None:
    fetched(workspace, Fake(), f"https://{ELSEWHERE}/@person0@{HOME}", lists=("followers",))
    assert rows(workspace, "SELECT DISTINCT completeness FROM follows") == [("local",)]


def test_a_closed_server_is_said_and_the_others_go_on(workspace: Workspace) -> None:
    report = fetched(workspace, Fake(), f"@bob@{CLOSED}", ANN)
    assert report.done
    assert report.coverage.people == 1
    said = " ".join(report.coverage.sentences)
    assert f"{CLOSED}/bob" in said
    assert "only people who are logged in" in said
    assert "closed to strangers" in said


def test_who_asked_not_to_be_listed_is_counted_and_nothing_else(workspace: Workspace) -> None:
    fake = Fake(unlisted={2, 5, 28})
    report = fetched(workspace, fake, ANN, lists=("posts", "followers", "likes"), hops=1, people=4, posts=2)
    assert report.coverage.unlisted
    assert any("asked not to be listed" in sentence for sentence in report.coverage.sentences)
    for number in fake.unlisted:
        name = f'person{number}"'
        assert name.encode() not in kept(workspace)
        everywhere = "SELECT account FROM accounts UNION ALL SELECT actor FROM interactions UNION ALL SELECT follower FROM follows"
        assert rows(
            workspace, f"SELECT count(*) FROM ({everywhere}) WHERE account = 'mastodon:{fake.uri(number)}'"
        ) == [(0,)]
        assert not any(one.endswith((f"acct=person{number}", f"acct={fake.handle(number)}")) for one in fake.requests)


def test_somebody_who_is_named_and_asked_not_to_be_listed_is_left_out_as_well(workspace: Workspace) -> None:
    report = fetched(workspace, Fake(unlisted={0}), ANN, lists=("posts", "followers"))
    assert (report.coverage.people, report.coverage.unlisted) == (0, 1)
    assert b"person0" not in kept(workspace)


def test_posts_of_those_who_do_not_let_them_be_searched_have_no_words(workspace: Workspace) -> None:
    fetched(workspace, Fake(quiet={0}), ANN)
    assert rows(
        workspace, "SELECT count(*), count(text), count(hashtags), count(likes), count(created_at) FROM posts"
    ) == [(12, 0, 0, 12, 12)]
    assert b"beans 1 of" not in kept(workspace)


def quiet_post(**more: Any) -> dict[str, Any]:
    ann = {
        "id": "1",
        "acct": "ann",
        "username": "ann",
        "url": f"https://{HOME}/@ann",
        "uri": f"https://{HOME}/users/ann",
        "indexable": False,
    }
    return {
        "id": "1",
        "uri": f"https://{HOME}/users/ann/statuses/1",
        "visibility": "public",
        "account": ann,
        "favourites_count": 3,
        "content": "SECRET",
    } | more


def test_words_that_are_not_to_be_searched_are_kept_nowhere_in_a_page() -> None:
    told = {"content": {"text/plain": "SECRET"}}
    post = quiet_post(
        pleroma=told, akkoma=told, text="SECRET", filtered=[{"keyword_matches": ["SECRET"]}], quote=quiet_post(),
        media_attachments=[{"type": "image", "description": "SECRET", "url": "https://a.example/SECRET.png"}],
    )  # fmt: skip
    loud = quiet_post(account=post["account"] | {"indexable": True}, content="said aloud")
    passing_on = [
        loud | {"reblog": post},
        loud | {"quote": post},
        loud | {"quote": {"quoted_status": post}},
        loud | {"pleroma": {"quote": post}},
    ]
    for stream, said in (
        ("hashtag", [post, *passing_on]),
        ("post", post),
        ("context", {"ancestors": [post], "descendants": passing_on}),
    ):
        assert "SECRET" not in json.dumps(may_keep(stream, said))
    gone = {"uri": "https://a.example/1", "account": post["account"] | {"discoverable": False}}
    assert may_keep("post", loud | {"quote": {"quoted_status": gone}})["quote"] == {"quoted_status": {LEFT_OUT: True}}
    (kept_of_it, first, *_) = may_keep("hashtag", [post, *passing_on])
    assert kept_of_it["media_attachments"] == [{"type": "image"}]
    assert (kept_of_it["favourites_count"], first["content"], first["reblog"]["id"]) == (3, "said aloud", "1")


@pytest.mark.slow
def test_lists_that_their_owner_hides_are_said_to_be_hidden(workspace: Workspace) -> None:
    report = fetched(workspace, Fake(hides={0}), ANN, lists=("followers",))
    assert any("their owners hide them" in sentence for sentence in report.coverage.sentences)


@pytest.mark.slow
def test_a_tag_and_the_trends_of_a_server_name_people(workspace: Workspace) -> None:
    report = fetched(workspace, Fake(), f"#gardening@{HOME}", f"https://{HOME}/explore", people=4)
    assert report.coverage.people == 4
    assert rows(workspace, "SELECT count(DISTINCT account) FROM posts WHERE list_contains(hashtags, 'gardening')") == [
        (30,)
    ]


@pytest.mark.slow
def test_what_is_deleted_at_home_is_gone_here_after_a_look_and_a_purge(workspace: Workspace) -> None:
    fake = Fake()
    fetched(workspace, fake, ANN, f"@person1@{HOME}")
    with workspace.state.transaction() as connection:  # as if the posts had been young then
        connection.exec_driver_sql("UPDATE fetch_pages SET fetched_at = '2026-03-13T00:00:00+00:00'")
    bring(workspace, MASTODON, 1)
    fake.deleted_people.add(1)
    fake.deleted_posts.add(11)
    refresh(workspace, requests=60, now=datetime(2026, 3, 15, tzinfo=UTC), client=fake.client())
    gone = purge(workspace).gone
    assert gone["account"] == 1
    assert gone["post"] >= 1
    assert rows(workspace, f"SELECT count(*) FROM accounts WHERE account = 'mastodon:{fake.uri(1)}'") == [(0,)]
    assert rows(workspace, f"SELECT count(*) FROM posts WHERE post = 'mastodon:{fake.post_uri(11)}'") == [(0,)]


@pytest.mark.slow
def test_who_asks_later_not_to_be_listed_goes_with_the_next_look_and_a_purge(workspace: Workspace) -> None:
    fake = Fake()
    fetched(workspace, fake, ANN, f"@person1@{HOME}", each=10)
    fake.unlisted.add(1)
    assert purge(workspace).gone.get("account", 0) == 0
    refresh(workspace, now=datetime(2026, 7, 1, tzinfo=UTC), client=fake.client())
    assert purge(workspace).gone["account"] == 1
    everywhere = "SELECT account FROM accounts UNION ALL SELECT account FROM posts"
    assert rows(workspace, f"SELECT DISTINCT account FROM ({everywhere})") == [(f"mastodon:{fake.uri(0)}",)]
    assert b'person1"' not in kept(workspace)


@pytest.mark.slow
def test_nobody_goes_with_somebody_whose_name_begins_alike(workspace: Workspace) -> None:
    fake = Fake()
    fetched(workspace, fake, f"https://{HOME}/users/person1", each=10)
    fetched(workspace, fake, f"https://{HOME}/users/person10", each=10)
    fake.deleted_people.add(1)
    refresh(workspace, now=datetime(2026, 7, 1, tzinfo=UTC), client=fake.client())
    assert purge(workspace).gone["account"] == 1
    assert (pages_purged(workspace.state, 1), pages_purged(workspace.state, 2)) == (2, 0)


@pytest.mark.slow
@pytest.mark.usefixtures("unread")
def test_a_server_that_is_down_is_left_alone_and_the_others_go_on(workspace: Workspace) -> None:
    fake, down = Fake(), list[str]()

    def answer(request: Any) -> Any:
        if request.headers["host"] == ELSEWHERE:
            down.append(str(request.url))
            return answered(b"", 503)
        return fake.answer(request)

    asked = Asked(source="mastodon", who=(ANN,), lists=("followers",), hops=1, people=30)
    report = fetch(workspace, asked, client=fake.client(answer))
    assert report.done
    assert report.coverage.people == 30
    assert len(down) == 6, "asked as often as one question is, and not once more for each of its people"
    assert any("did not answer before" in sentence for sentence in report.coverage.sentences)


def test_a_server_of_another_kind_never_means_deleted(workspace: Workspace) -> None:
    fake = Fake()
    strange = fake.client(lambda _: answered(b'{"error": {"message": "Unknown API endpoint."}}', 404))
    fetch(workspace, Asked(source="mastodon", who=(f"https://{HOME}/users/person0",)), client=strange)
    assert not any(purge(workspace, dry_run=True).gone.values())


def test_it_works_over_the_wire_and_keeps_to_the_pace_that_the_server_says(workspace: Workspace) -> None:
    fake = Fake()
    with fake.served() as port:
        waited: list[float] = []

        def opened(at: Workspace, source: Source) -> Client:
            client = open_client(at, source)
            client.resolve, client.loopback, client.sleep = (lambda *_: ["127.0.0.1"]), True, waited.append
            return client

        wire = {"mastodon": mastodon("http")}
        asked = Asked(source="mastodon", who=(f"@person0@{HOME}:{port}",), lists=("posts", "followers"))
        report = fetch(workspace, asked, sources=wire, client=opened)
    assert report.done
    assert report.requests == 1 + 2 + 3
    assert rows(workspace, "SELECT count(*) FROM follows") == [(29,)]
    assert waited == []


@pytest.mark.slow
def test_nothing_is_asked_before_the_server_counts_anew(workspace: Workspace) -> None:
    fake, slept = Fake(left=0), list[float]()
    opened = fake.client()

    def listening(at: Workspace, source: Source) -> Client:
        client = opened(at, source)
        sleep = client.sleep
        client.sleep = lambda seconds: (slept.append(seconds), sleep(seconds))[1]
        return client

    fetch(workspace, Asked(source="mastodon", who=(ANN,)), client=listening)
    assert slept[0] == 30.0


def test_the_command_knows_the_network_by_the_name(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(fetching.fetch.__kwdefaults__ or {}, "client", Fake(unlisted={3}).client())
    words = ["fetch", ANN, "--with", "followers", "-w", str(workspace.folder)]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0
    assert "Fetch 1 from mastodon" in done.output
    assert "asked not to be listed" in done.output


def test_two_lines_of_a_profile_under_one_name_are_both_kept(workspace: Workspace) -> None:
    fake = Fake()

    def twice(request: Any) -> Any:
        said = json.loads(body_of(fake.answer(request)))
        said["fields"] *= 2
        said["fields"][1] = said["fields"][1] | {"value": "peas"}
        return answered(json.dumps(said).encode())

    fetch(workspace, Asked(source="mastodon", who=(ANN,), requests=1), client=fake.client(twice))
    assert rows(workspace, "SELECT extra['profile: Garden'] FROM accounts") == [("beans | peas",)]


def test_a_handle_whose_name_is_no_server_is_found_at_the_server_that_the_name_says(workspace: Workspace) -> None:
    fake = Fake()

    def answer(request: Any) -> Any:
        if request.headers["host"] != "brand.example":
            return fake.answer(request)
        fake.requests.append(str(request.url))
        if request.url.path != "/.well-known/webfinger":
            return answered(b"<html>no such page</html>", 404, {"content-type": "text/html"})
        links = [
            {"rel": "http://webfinger.net/rel/profile-page", "href": "https://brand.example/ann"},
            {"rel": "self", "href": fake.uri(0)},
        ]
        said = {"subject": f"acct:person0@{HOME}", "links": links}
        return answered(json.dumps(said).encode(), 200, {"content-type": "application/jrd+json"})

    report = fetch(workspace, Asked(source="mastodon", who=("@ann@brand.example",)), client=fake.client(answer))
    assert report.done
    assert (report.coverage.people, report.coverage.troubles) == (1, ())
    assert rows(workspace, "SELECT account FROM accounts WHERE followers IS NOT NULL") == [(f"mastodon:{fake.uri(0)}",)]
    assert count_of_posts(workspace, fake) > 0


def count_of_posts(workspace: Workspace, fake: Fake) -> int:
    return int(rows(workspace, f"SELECT count(*) FROM posts WHERE account = 'mastodon:{fake.uri(0)}'")[0][0])


@pytest.mark.parametrize(
    "links", [[], [{"rel": "self", "href": "javascript:x"}], [{"rel": "self", "href": "https://127.0.0.1/users/ann"}]]
)
def test_a_name_that_leads_nowhere_ends_there(links: Any, workspace: Workspace) -> None:
    fake = Fake()

    def answer(request: Any) -> Any:
        fake.requests.append(f"https://{request.headers['host']}{request.url.path}")
        if request.url.path != "/.well-known/webfinger":
            return answered(b"<html>no such page</html>", 404, {"content-type": "text/html"})
        return answered(json.dumps({"subject": "acct:ann@brand.example", "links": links}).encode())

    def opened(workspace: Workspace, source: Any) -> Any:
        client = fake.client(answer)(workspace, source)
        client.resolve = lambda host, _port: [host] if host[0].isdigit() else ["93.184.216.34"]
        return client

    report = fetch(workspace, Asked(source="mastodon", who=("@ann@brand.example",)), client=opened)
    assert report.coverage.people == 0
    assert {one.split("/")[2] for one in fake.requests} == {"brand.example"}


def test_a_token_opens_the_server_that_gave_it_and_goes_to_no_other(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, shown = Fake(), dict[str, str | None]()
    monkeypatch.setenv("GROUNDSWELL_MASTODON_LOGIN", f"{CLOSED}:token-of-closed, other.example:another")

    def answer(request: Any) -> Any:
        host = request.headers["host"]
        shown[host] = request.headers.get("authorization")
        if host == CLOSED and shown[host] == "Bearer token-of-closed":
            request.headers["host"] = HOME
        return fake.answer(request)

    stranger = next(one for one in map(fake.handle, range(30)) if ELSEWHERE in one)
    who = (f"@person0@{CLOSED}", f"@{stranger}")
    report = fetch(workspace, Asked(source="mastodon", who=who), client=fake.client(answer))
    assert report.coverage.troubles == ()
    assert shown == {CLOSED: "Bearer token-of-closed", ELSEWHERE: None}
    assert b"token-of-closed" not in kept(workspace)
    assert MASTODON.keys
    with pytest.raises(UsageError, match="server:token"):
        MASTODON.keys("just-a-token")
