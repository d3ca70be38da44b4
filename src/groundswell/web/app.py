"""All of it put together: the API's routes, the pages, the files of style and script, and the guard before them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from groundswell import __version__
from groundswell.api import Answers, routes
from groundswell.api.routes import Json
from groundswell.errors import GroundswellError
from groundswell.exports import pictures
from groundswell.store import Workspace
from groundswell.web.described import describe
from groundswell.web.fetching import Fetcher, add_fetching
from groundswell.web.importing import OUR_FAULT, Desk, said
from groundswell.web.journeys import add_journeys
from groundswell.web.pages import NotReadyError, Pages
from groundswell.web.persons import add_persons
from groundswell.web.planning import add_planning
from groundswell.web.safety import ENTRANCE, Launch, Safety
from groundswell.web.uploads import CAP

STATIC = {"app.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml"}

REFUSALS = {
    404: ("There is no such page.", "What there is, the first page shows; for programs, /openapi.json lists it."),
    405: ("This address does not do that.", "Which address takes what, /openapi.json lists."),
}
"""Status of the server's own -> what happened, and what to do next."""


def make_app(workspace: Workspace, launch: Launch, *, cap: int = CAP) -> FastAPI:
    """Make the app that serves one workspace."""
    answers = Answers(workspace)
    desk, fetcher = Desk(answers), Fetcher(workspace)

    @asynccontextmanager
    async def living(_app: FastAPI) -> AsyncGenerator[None]:
        yield
        fetcher.close()
        desk.close()
        answers.close()

    app = FastAPI(
        title="Groundswell", version=__version__, lifespan=living, docs_url=None, redoc_url=None, openapi_url="/openapi.json",
        description="The people whose word moves their own community, with every number explained. Unknown is null, with its reason.",
    )  # fmt: skip
    app.state.desk, app.state.fetcher = desk, fetcher
    pages = Pages(answers, desk, cap=cap)
    add_journeys(pages)
    add_persons(pages)
    add_planning(pages)
    add_fetching(pages, fetcher)
    app.include_router(routes(answers))
    app.include_router(pages.router)
    _add_entrance(app, launch)
    _add_static(app)
    _add_errors(app, pages)
    app.add_middleware(Safety, launch=launch)
    describe(app)
    return app


def _add_entrance(app: FastAPI, launch: Launch) -> None:
    @app.get(ENTRANCE, summary="Let a browser in with the launch link", response_class=RedirectResponse, tags=["web"])
    def enter(request: Request, token: str = "") -> Response:
        session = launch.enter(token)
        if session is None and not launch.knows(request.cookies.get(launch.cookie, "")):
            raise HTTPException(401, "This link has been used. Open the newest one that the program printed.")
        answer = RedirectResponse("/", 303)
        if session is not None:
            answer.set_cookie(launch.cookie, session, httponly=True, samesite="strict", path="/")
        return answer


def _add_static(app: FastAPI) -> None:
    here = files("groundswell.web") / "static"
    ours = (here / "style.css").read_text(encoding="utf-8")
    theirs = (files("groundswell.exports") / "templates" / "style.css").read_text(encoding="utf-8")
    style = f"{theirs}\n{pictures.STYLE}\n{ours}"
    held = {name: ((here / name).read_bytes(), kind) for name, kind in STATIC.items()}
    held["style.css"] = (style.encode(), "text/css; charset=utf-8")

    @app.get("/static/{name}", summary="Style, script and icon", tags=["web"], response_class=Response)
    def static(name: str) -> Response:
        if name not in held:
            raise HTTPException(404, "There is no such file.")
        content, kind = held[name]
        return Response(content, media_type=kind)


def _came_from(request: Request) -> str:
    """The page of ours from which somebody came, with what they had filled in; empty where that is not known."""
    before, home = request.headers.get("referer", ""), str(request.base_url)
    return before.removeprefix(home.rstrip("/")) if before.startswith(home) and before != str(request.url) else ""


def _add_errors(app: FastAPI, pages: Pages) -> None:
    def answer(request: Request, status: int, said: dict[str, str]) -> Response:
        if request.url.path.endswith(".json"):
            return Json(said, status)
        return pages.show(request, "error.html", status=status, back=_came_from(request), **said)

    async def ours(request: Request, error: Any) -> Response:
        assert isinstance(error, GroundswellError)
        return answer(request, error.http_status, said(error))

    async def http(request: Request, error: Any) -> Response:
        assert isinstance(error, HTTPException)
        what, next_step = REFUSALS.get(error.status_code, (str(error.detail), ""))
        return answer(request, error.status_code, {"what": what, "means": "", "next_step": next_step})

    async def invalid(request: Request, error: Any) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        name = str(first["loc"][-1])[:80]
        said = {
            "what": f"{name}: {first['msg']}.",
            "means": "The question was not understood.",
            "next_step": f"What {name} may be is said in /openapi.json.",
        }
        return answer(request, 422, said)

    async def waiting(request: Request, _error: Exception) -> Response:
        return pages.waiting(request)

    async def broken(request: Request, _error: Exception) -> Response:
        return answer(request, 500, OUR_FAULT)

    app.add_exception_handler(GroundswellError, ours)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(NotReadyError, waiting)
    app.add_exception_handler(Exception, broken)
