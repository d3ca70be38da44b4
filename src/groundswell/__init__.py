"""Groundswell finds the people whose word moves their own community, and explains every number it says about them.

    sources -> store -> signals -> discover -> plan -> outreach -> measure
    Data flows to the right; imports point to the left.

A workspace is one folder. Bring files in, ask for signals, judge them by a named definition, rank people for a brand's brief:

    from groundswell.discover import discover, read_brief
    from groundswell.ingest import import_file
    from groundswell.store import Workspace

    workspace = Workspace.create(Path("groundswell-data"))
    import_file(workspace, Path("posts.csv"))
    shortlist = discover(workspace, read_brief(Path("brief.toml")))
"""

from __future__ import annotations

__version__ = "0.1.0"
