"""Two who use the pages: a browser without a browser, that sends requests as one would, and hands that have only a keyboard."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Self, cast

from starlette.testclient import TestClient

from groundswell.store import Workspace
from groundswell.web import Launch, make_app
from groundswell.web.importing import Desk

PORT = 8765
PATIENCE = 120
OURS = {"Origin": f"http://127.0.0.1:{PORT}", "Sec-Fetch-Site": "same-origin"}
STOPS = 150
"""So often somebody presses Tab before giving up (design choice)."""
NO_MOUSE = "addEventListener('pointerdown', () => console.error('a mouse was used'), true)"
HERE = """() => {
    const one = document.activeElement, place = one.getBoundingClientRect(), nowhere = one === document.body;
    return {
        name: nowhere ? "" : (one.getAttribute("aria-label") || one.labels?.[0]?.innerText || one.innerText || "").trim(),
        nowhere,
        ring: getComputedStyle(one).outlineStyle !== "none",
        seen: place.bottom > 0 && place.top < innerHeight && place.right > 0 && place.left < innerWidth,
        value: one.selectedOptions ? one.selectedOptions[0].innerText : one.value,
        checked: one.checked,
        open: one.parentElement?.open,
    }
}"""


class Browser(TestClient):
    """A browser that was let in, with the app it talks to."""

    def __init__(self, workspace: Workspace, *, cap: int = 64 << 20, enter: bool = True) -> None:
        self.workspace, self.launch = workspace, Launch(PORT)
        made = make_app(workspace, self.launch, cap=cap)
        self.app_made, self.desk = made, cast("Desk", made.state.desk)
        super().__init__(made, base_url=f"http://127.0.0.1:{PORT}", headers=OURS, raise_server_exceptions=False)
        if enter:
            self.get(self.launch.link)

    def is_as_new(self) -> bool:
        """Whether nothing was ever brought to its workspace, nor is anything on the way."""
        return not self.workspace.state.imports() and not any(self.workspace.folder.glob("incoming/*"))

    def anew(self) -> Self:
        """The same, as if just let in: nothing remembered of what it sent before."""
        self.cookies.clear()
        self.headers.update(OURS)
        self.get(self.launch.link)
        return self

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


class Hands:
    """Somebody with a keyboard and no mouse: goes on with Tab, must see where that leads, presses and types."""

    def __init__(self, tab: Any) -> None:
        self.tab, self.keys = tab, tab.keyboard
        tab.context.add_init_script(NO_MOUSE)
        tab.reload()
        self.settled()

    @property
    def here(self) -> dict[str, Any]:
        """What has the focus."""
        return self.tab.evaluate(HERE)

    def settled(self) -> None:
        """Wait until the page is one that no longer waits for numbers."""
        self.tab.wait_for_function("() => document.body && !document.body.dataset.refresh", timeout=PATIENCE * 1000)

    def reach(self, name: str, by: str = "Tab") -> None:
        """Go on with Tab until something of that name has the focus; every stop on the way is seen."""
        for _ in range(STOPS):
            self.keys.press(by)
            here = self.here
            assert here["nowhere"] or (here["ring"] and here["seen"]), (
                f"one does not see that {here['name']!r} has the focus"
            )
            if name in here["name"]:
                return
        raise AssertionError(f"{name!r} is not reached by keyboard")

    def go(self, name: str, path: str, by: str = "Tab") -> None:
        """Press Enter on a link or a button and arrive at a page."""
        self.reach(name, by)
        self.keys.press("Enter")
        self.arrive(path)

    def arrive(self, path: str) -> None:
        """Wait until the page at that path is there, with its numbers."""
        self.tab.wait_for_url(lambda url: url.partition("?")[0].endswith(path))
        self.settled()

    def write(self, name: str, words: str) -> None:
        """Fill in a field, instead of what stood there: Tab into a field selects that."""
        self.reach(name)
        self.keys.type(words)

    def choose(self, name: str, option: str) -> None:
        """Choose in a list by typing how the option begins."""
        self.reach(name)
        self.keys.type(option)
        assert self.here["value"] == option, self.here

    def tick(self, name: str, on: bool = True) -> None:
        """Set or clear a tick with the space bar."""
        self.reach(name)
        self.keys.press("Space")
        assert self.here["checked"] is on

    def pick(self, name: str) -> None:
        """Pick one of several with the arrow keys, from the one that has the focus."""
        for _ in range(STOPS):
            if name in self.here["name"]:
                assert self.here["checked"]
                return
            self.keys.press("ArrowDown")
        raise AssertionError(f"{name!r} cannot be picked")

    def open(self, name: str) -> None:
        """Unfold what is folded away."""
        self.reach(name)
        self.keys.press("Enter")
        assert self.here["open"]

    def save(self, name: str) -> bytes:
        """Press Enter on something that is downloaded; what came."""
        self.reach(name)
        with self.tab.expect_download() as download:
            self.keys.press("Enter")
        return Path(download.value.path()).read_bytes()
