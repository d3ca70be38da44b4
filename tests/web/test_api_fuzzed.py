"""The API under whatever can be asked: never our fault, errors in our words, only the ends that `/openapi.json` announces.

Two askers: schemathesis, which reads the description and makes up questions that fit it and that do not; and strategies of our own
for what breaks programs: the edges of 64 bits, lone surrogates, NUL, NaN, huge pages, names of signals that are almost right.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from browsing import PORT, Browser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundswell.signals import SIGNALS

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
pytestmark = pytest.mark.slow

EDGES = ["0", "-1", "1", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "1" * 400, "1e9", "0x10", "١٢", "1_000", "NaN", "Infinity", "null", ""]  # fmt: skip
ODD = ["\0", "a\0b", "%ED%A0%80", "%FF%FE", "\u202e", "\ufeff", "'", '"', "\\", "%", "*", "[", "(", "a" * 5000, "é" * 900, "--", "; DROP TABLE x", "{{7*7}}", "@", ":", "@:", "instagram:", "\n", "\t"]  # fmt: skip
NEARLY = [name + end for name in ("followers", "like_rate", "sparked") for end in ("", " ", "_", "S", "\0", "'")]
WORDS = st.one_of(
    st.sampled_from([*EDGES, *ODD, *NEARLY, *SIGNALS]),
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(str),
)


@pytest.fixture(scope="module")
def questions(community: Browser) -> list[tuple[str, list[str], list[str]]]:
    """(path, names that it understands, ends that are announced) of every address that answers in JSON."""
    paths = community.get("/openapi.json").json()["paths"]
    return [
        (path, [one["name"] for one in verbs["get"].get("parameters", [])], list(verbs["get"]["responses"]))
        for path, verbs in sorted(paths.items())
        if path.endswith(".json") and "get" in verbs
    ]


def said_well(answer: Any, path: str, announced: list[str]) -> None:
    """Whether an answer is one of ours."""
    assert answer.status_code < 500, (path, answer.status_code, answer.text[:400])
    assert str(answer.status_code) in announced, (path, answer.status_code)
    told = answer.json()
    if answer.status_code >= 400:
        assert told.keys() == {"what", "means", "next_step"}, told
        assert told["what"][:1].strip(), told
        assert told["means"] or told["next_step"], (path, told)
        assert "Traceback" not in answer.text


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_question_is_our_fault(
    community: Browser, questions: list[tuple[str, list[str], list[str]]], data: st.DataObject
) -> None:
    path, names, announced = data.draw(st.sampled_from([one for one in questions if one[1]]))
    asked = data.draw(st.lists(st.tuples(st.sampled_from([*names, "unheard_of"]), WORDS), max_size=6))
    query = "&".join(f"{name}={quote(value, safe='%')}" for name, value in asked)
    said_well(community.get(f"{path}?{query}"), path, announced)


@pytest.mark.parametrize("number", EDGES)
def test_the_edges_of_numbers_are_answered_in_words(
    community: Browser, questions: list[tuple[str, list[str], list[str]]], number: str
) -> None:
    for path, names, announced in questions:
        for name in {"id", "page", "limit", "amount", "account"} & set(names):
            said_well(community.get(path, params={name: number, "brand": "Oat"}), f"{path}?{name}", announced)


def test_a_wish_of_every_odd_kind_is_refused_or_counted(
    community: Browser, questions: list[tuple[str, list[str], list[str]]]
) -> None:
    [announced] = [ends for path, _, ends in questions if path == "/brief.json"]
    for word in ODD:
        asked = {"brand": "Oat", "wish": word, "how": "must", "sector": word, "exclude": word, "currency": word[:3]}
        answer = community.get("/brief.json", params=asked | {"amount": "5"})
        said_well(answer, f"/brief.json {word!r}", announced)


def test_what_the_description_says_holds(community: Browser) -> None:
    """schemathesis asks every address that answers in JSON, with what fits its description and with what does not."""
    schema = schemathesis.openapi.from_dict(community.get("/openapi.json").json())
    checks = schemathesis.checks
    wanted = [checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance]
    asked = 0
    for found in schema.include(path_regex=r"\.json$", method="GET").get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            asked_for = case.as_transport_kwargs(base_url=f"http://127.0.0.1:{PORT}")
            answer = community.get(asked_for["url"], params=asked_for.get("params"))
            case.validate_response(answer, checks=wanted)

        ask()
    assert asked > 100


def test_answers_have_the_shape_that_the_description_gives_them(community: Browser) -> None:
    """By jsonschema: schemathesis takes a tuple's `prefixItems` for a mistake."""
    document = community.get("/openapi.json").json()
    me, other = (row["account"] for row in community.get("/people.json").json()["rows"][:2])
    asked = {
        "account": me,
        "other": other,
        "brand": "Oat",
        "company": "Oat & Co",
        "id": "1",
        "name": "followers",
        "amount": "5000",
    }
    checked = 0
    for path, verbs in document["paths"].items():
        shape = verbs.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).get("application/json", {})
        if path.endswith(".json") and "$ref" in shape.get("schema", {}):
            names = {one["name"] for one in verbs["get"].get("parameters", [])}
            answer = community.get(path, params={name: asked[name] for name in names & asked.keys()})
            assert answer.status_code == 200, (path, answer.text[:300])
            jsonschema.validate(answer.json(), shape["schema"] | {"components": document["components"]})
            checked += 1
    assert checked > 7


def test_whoever_is_not_let_in_is_told_so_in_json(empty: Browser) -> None:
    empty.cookies.clear()
    answer = empty.get("/people.json")
    assert answer.status_code == 401
    said_well(answer, "/people.json", ["401"])
    for address in ("/nothing.json", "/people.json"):
        refused = empty.post(address, headers={"Origin": "http://evil.example"})
        assert refused.json()["what"]
