"""What `/openapi.json` says is what there is."""

from __future__ import annotations

from collections.abc import Sequence

from browsing import Browser
from starlette.routing import BaseRoute, Route


def test_the_description_holds_every_route_and_no_other(empty: Browser) -> None:
    document = empty.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    described = {(verb.upper(), path) for path, verbs in document["paths"].items() for verb in verbs}
    app = empty.app_made
    routed = {
        (verb, route.path)
        for route in flat(app.routes)
        for verb in route.methods - {"HEAD"}
        if route.path != "/openapi.json"
    }
    assert described == routed


def flat(routes: Sequence[BaseRoute]) -> list[Route]:
    """Routes, those of included routers among them."""
    found: list[Route] = []
    for route in routes:
        found += [route] if isinstance(route, Route) else flat(vars(route)["original_router"].routes)
    return found


def test_every_operation_says_what_it_is_for(empty: Browser) -> None:
    for path, verbs in empty.get("/openapi.json").json()["paths"].items():
        for verb, operation in verbs.items():
            assert operation["summary"], (verb, path)
            assert operation["tags"], (verb, path)


def test_no_reference_in_the_description_hangs_in_the_air(empty: Browser) -> None:
    document = empty.get("/openapi.json").json()

    def references(part: object) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
            return own + [one for value in part.values() for one in references(value)]
        return [one for value in part for one in references(value)] if isinstance(part, list) else []

    found = references(document)
    assert found
    for reference in found:
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
