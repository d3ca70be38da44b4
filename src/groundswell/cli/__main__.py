"""`python -m groundswell.cli` is the command line too."""

from __future__ import annotations

from groundswell.cli import main

main()
