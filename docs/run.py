"""Runs every command that the tutorial and the how-to pages show, and writes what it really printed beneath it.

    python docs/run.py              all pages
    python docs/run.py tutorial     pages whose name begins so

Blocks that begin with ```console hold commands after `$ `. Each page runs in an empty folder of its own that holds a copy of
`examples`; what begins with `make` is left as it stands. Figures of fitted topics may differ in the last digit from machine to
machine, so this is run by hand and not checked.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parent
PAGES = [DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md"))]
BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)


def main() -> None:
    """Run the pages that were asked for."""
    for page in PAGES:
        if page.name.startswith(tuple(sys.argv[1:])) or not sys.argv[1:]:
            written = run_page(page.read_text("utf-8"))
            page.write_text(written, encoding="utf-8", newline="\n")
            print(f"Ran {page.relative_to(DOCS.parent)}")


def run_page(text: str) -> str:
    """Return the page with the outputs of its commands renewed."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(DOCS.parent / "examples", Path(folder) / "examples")
        return BLOCK.sub(lambda block: run_block(block.group(), Path(folder)), text)


def run_block(block: str, folder: Path) -> str:
    """Return a block of commands with what each printed."""
    if block.startswith("$ make"):
        return block
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    return "\n".join(f"$ {command}\n{printed(command, folder)}".rstrip() for command in commands) + "\n"


def printed(command: str, folder: Path) -> str:
    """What a command prints, lines cut at 140 characters."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=os.environ | {"PATH": path, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    lines = done.stdout.rstrip().splitlines()
    return "\n".join(line if len(line) <= 140 else f"{line[:138].rstrip()} …" for line in lines)


if __name__ == "__main__":
    main()
