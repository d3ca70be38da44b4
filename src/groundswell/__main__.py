"""`python -m groundswell` is the command line."""

from __future__ import annotations

from groundswell.cli import main

main()
