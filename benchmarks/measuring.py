"""Measure one piece of work in a process of its own: seconds, processor seconds, and the most memory it held."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import threading
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("duckdb", "pyarrow", "deltalake", "numpy", "scikit-learn", "tantivy", "py3langid")


def piece(name: str, **arguments: Any) -> dict[str, Any]:
    """Run one of `benchmarks.pieces` in a fresh process and return what it measured."""
    command = [sys.executable, "-m", "benchmarks.pieces", name, json.dumps(arguments, default=str)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def best(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The fastest of several runs: what disturbs a machine only ever slows it down. Memory is the largest seen."""
    fastest = min(runs, key=lambda run: run["seconds"])
    return fastest | {"peak_mb": max(run["peak_mb"] for run in runs), "runs": [run["seconds"] for run in runs]}


def peak_mb() -> float:
    """The most memory this process has held, in MiB."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return round(int(status.partition("VmHWM:")[2].split()[0]) / 1024, 1)
    except (OSError, IndexError, ValueError):
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return round(most / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)


class Private:
    """The most memory that is this process's own while the `with` lasts, in MiB: without the pages of libraries and files that
    the system shares and can drop. `most` is None where the system does not tell it (all but Linux)."""

    STATUS = Path("/proc/self/status")
    EVERY = 0.005
    """Seconds between two looks; what came and went between them is not seen."""

    def __enter__(self) -> Private:
        """Begin to look."""
        self.most: float | None = None
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop looking."""
        self._over.set()
        self._watch.join()

    def _look(self) -> None:
        while self.STATUS.is_file():
            own = self.STATUS.read_text(encoding="utf-8").partition("RssAnon:")[2].split()
            if own:
                self.most = max(self.most or 0.0, round(int(own[0]) / 1024, 1))
            if self._over.wait(self.EVERY):
                return


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": _memory_gb(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "load_before": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        **_commit(),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (ValueError, OSError, AttributeError):
        return None


def _commit() -> dict[str, Any]:
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    return {"commit": git("rev-parse", "HEAD"), "changed_since": bool(git("status", "--porcelain", "--", "src"))}
