"""A browser without a browser: requests as one would send them, to a workspace on disk."""

from __future__ import annotations

import time
from typing import cast

from starlette.testclient import TestClient

from groundswell.store import Workspace
from groundswell.web import Launch, make_app
from groundswell.web.importing import Desk

PORT = 8765
PATIENCE = 120
OURS = {"Origin": f"http://127.0.0.1:{PORT}", "Sec-Fetch-Site": "same-origin"}


class Browser(TestClient):
    """A browser that was let in, with the app it talks to."""

    def __init__(self, workspace: Workspace, *, cap: int = 64 << 20, enter: bool = True) -> None:
        self.workspace, self.launch = workspace, Launch(PORT)
        made = make_app(workspace, self.launch, cap=cap)
        self.app_made, self.desk = made, cast("Desk", made.state.desk)
        super().__init__(made, base_url=f"http://127.0.0.1:{PORT}", headers=OURS, raise_server_exceptions=False)
        if enter:
            self.get(self.launch.link)

    def bring(self, *files: tuple[str, bytes], **fields: str) -> str:
        """Send files as the form does; the address of the page that says how they fare, once they are read."""
        parts = [("files", (name, content, "application/octet-stream")) for name, content in files]
        answer = self.post("/imports", files=parts or [("files", ("", b""))], data=fields, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return self.settled(answer.headers["location"])

    def settled(self, address: str) -> str:
        """Wait until nothing is read any more."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.get(address.replace("/arriving", "/arriving.json")).json()["over"]:
                return address
            time.sleep(0.05)
        raise AssertionError("it is still reading")

    def page(self, address: str) -> str:
        """A page, once the numbers behind it are there."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answer = self.get(address)
            if answer.status_code != 202:
                assert answer.status_code == 200, (address, answer.status_code, answer.text[:2000])
                return answer.text
        raise AssertionError("the numbers never came")
