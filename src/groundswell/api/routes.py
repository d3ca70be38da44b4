"""The HTTP API: what the pages show, as JSON, with the same numbers; described in `/openapi.json` (OpenAPI 3.1).

A route for each question that `questions` declares. Unknown is null with its reason beside it, never 0 and never NaN. Errors
answer with what happened, what it means and what to do.
"""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from groundswell.api.answers import Answers
from groundswell.api.questions import QUESTIONS, Question
from groundswell.exports.tables import plain


class Json(JSONResponse):
    """JSON that holds no NaN: what is no number is unknown, and `plain` has said so."""

    def render(self, content: Any) -> bytes:
        """Write plain values."""
        return json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def as_json(value: Any) -> Json:
    """Answer with a value of the library as JSON."""
    return Json(plain(value))


def routes(answers: Answers) -> APIRouter:
    """Return the routes that answer in JSON."""
    router = APIRouter(default_response_class=Json)
    for question in QUESTIONS:
        _add(router, answers, question)
    return router


def _add(router: APIRouter, answers: Answers, question: Question) -> None:
    def ask(asked: Any = Depends(question.reads)) -> Json:  # noqa: B008  (how FastAPI is told)
        return Json(question.answer(answers, asked))

    # described for `/openapi.json`, not checked again on the way out
    described: dict[int | str, dict[str, Any]] | None = {200: {"model": question.model}} if question.model else None
    router.add_api_route(
        question.path, ask, name=question.name, summary=question.summary, description=question.says,
        responses=described, tags=[question.tag],
    )  # fmt: skip
