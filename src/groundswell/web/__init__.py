"""The front door in the browser: drop a file, hear what it holds, choose what to do.

    safety      who may ask: this computer, one browser, our own pages
    uploads     files streamed to disk under names of our own
    forms       pasted text, and the one question that a file may need answered
    importing   the desk: one file at a time in its own thread, progress for a page to ask for
    pages       the pages; each has its `.json` in `groundswell.api`
    app         all of it put together
    described   what `/openapi.json` says of how questions end
    serving     the port, the launch link, the browser

Server-rendered, works without script, fetches nothing from outside. Pages hold no rule and no formula.
"""

from __future__ import annotations

from groundswell.web.app import make_app
from groundswell.web.safety import Launch
from groundswell.web.serving import serve

__all__ = ["Launch", "make_app", "serve"]
