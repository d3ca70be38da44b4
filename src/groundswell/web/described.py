"""What `/openapi.json` says besides what the routes declare: how a question may end, in which form, and what a form sends.

Every address may refuse: somebody who was not let in (401), another site (403), a name that is not ours (421). Whatever went wrong
is said alike: what happened, what it means, what to do next; as JSON where JSON was asked for, else as a page.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "required": ["what", "means", "next_step"],
    "properties": {
        "what": {"type": "string", "description": "What happened."},
        "means": {"type": "string", "description": "What it means; may be empty."},
        "next_step": {"type": "string", "description": "What to do next; may be empty."},
    },
}
ENDS = {
    "400": "The question was wrong: a name, an option or a combination that does not exist.",
    "401": "This browser has not been let in with the launch link.",
    "403": "Another site asked; or a network gives this only to people who are logged in.",
    "404": "There is no such address.",
    "409": "The workspace stands in the way: absent, busy, full, or newer than this program.",
    "421": "The address under which this was asked is not ours.",
    "422": "What was brought or asked cannot be used as it is.",
}
OF_PAGES = {"202": "The numbers are being worked out; ask again in a second."}
OF_FORMS = {"303": "It was done; here is the page that says so.", "413": "More was sent than is taken at once."}
SAYS_NOTHING = ("/static/{name}", "/enter")
FORM = {"content": {"multipart/form-data": {"schema": {"type": "object", "additionalProperties": True}}}}


def describe(app: FastAPI) -> None:
    """Let the app's description say how every question may end."""
    declared = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(declared())
        return app.openapi_schema

    app.openapi = openapi


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    schemas: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    if "Shortlist" in schemas:
        _written(schemas["Shortlist"])
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            _end(operation, path, is_form=verb == "post")
    return document


def _written(shortlist: dict[str, Any]) -> None:
    """A shortlist as it is written: its definition in one place, and nothing of people who are not on it."""
    for name in ("definition_title", "definition_says", "context"):
        shortlist["properties"].pop(name, None)
    kept = shortlist["properties"].keys()
    shortlist["required"] = [name for name in shortlist.get("required", ()) if name in kept]
    shortlist["properties"]["definition"] = {
        "type": "object",
        "required": ["id", "title", "says"],
        "properties": {name: {"type": "string"} for name in ("id", "title", "says")},
    }


def _end(operation: dict[str, Any], path: str, *, is_form: bool) -> None:
    responses: dict[str, Any] = operation["responses"]
    if path.endswith(".json"):
        content: dict[str, Any] = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    else:
        content = {"text/html": {"schema": {"type": "string"}}}
        if "." not in path and path not in SAYS_NOTHING and not is_form:
            responses |= {code: {"description": says, "content": content} for code, says in OF_PAGES.items()}
    responses |= {code: {"description": says, "content": content} for code, says in ENDS.items()}
    if is_form:
        operation.setdefault("requestBody", FORM)
        responses |= {code: {"description": says} for code, says in OF_FORMS.items()}
    if path == "/enter":
        responses["303"] = {"description": "Come in: the first page."}
        responses.pop("307", None)
