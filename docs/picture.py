"""Draws the README's picture of an explained person: the first of the demo's shortlist, by the program's own pictures.

    python docs/picture.py         writes docs/pictures/explained.svg

Everybody in it is made up by `groundswell.simulate`, and the picture says so.
"""

from __future__ import annotations

import re
import tempfile
from html import escape
from pathlib import Path
from textwrap import wrap

from groundswell.definitions import DEFAULT_TIER_SET, tier_set
from groundswell.discover import Match, Shortlist, discover, read_brief
from groundswell.exports import pictures
from groundswell.ingest import import_file
from groundswell.simulate import sample_brief, simulate
from groundswell.store import Workspace

TO = Path(__file__).resolve().parent / "pictures" / "explained.svg"
WIDTH, MARGIN, GAP = 760, 24, 32
STYLE = pictures.STYLE.replace("display:block;width:100%;height:auto;", "") + (
    ".h{font:650 19px system-ui,sans-serif;fill:#1d2730}.s{font:13px system-ui,sans-serif;fill:#1d2730}"
    ".m{font:12px system-ui,sans-serif;fill:#5a6670}.w{font:650 12px system-ui,sans-serif;fill:#b8500a}"
)


def main() -> None:
    """Run the demo's community through the program and draw the first of its list."""
    with tempfile.TemporaryDirectory() as folder:
        shortlist = demo(Path(folder))
    TO.parent.mkdir(exist_ok=True)
    TO.write_text(drawn(shortlist, shortlist.matches[0]), encoding="utf-8", newline="\n")
    print(f"Wrote {TO.relative_to(TO.parents[2])}")


def demo(folder: Path) -> Shortlist:
    """The shortlist of `groundswell demo`."""
    workspace = Workspace.create(folder / "workspace")
    for path in simulate(folder / "files").files.values():
        import_file(workspace, path)
    brief = folder / "brief.toml"
    brief.write_text(sample_brief(), encoding="utf-8")
    return discover(workspace, read_brief(brief))


def drawn(shortlist: Shortlist, match: Match) -> str:
    """One SVG: who and how many points, how the score comes about, where it stands, its topics, its reasons, a post."""
    tiers = [(tier.name, tier.followers_from) for tier in tier_set(DEFAULT_TIER_SET).tiers]
    followers, rate = match.values["followers"].value, match.values["like_rate"].value
    crowd = pictures.sample(shortlist.context)
    left = [("How the score comes about", pictures.waterfall(match.terms))]
    right = [("What it posts about", pictures.shares(match.topics, 4))]
    if followers is not None and rate is not None:
        figure = pictures.engagement_against_size(crowd, (followers, rate), tiers, f"@{match.handle}")
        right.insert(0, ("Likes per follower among everybody looked at", figure))
    head = words(MARGIN, 40, f"@{match.handle}  {match.score:.1f} of 100 points", "h")
    head += words(MARGIN, 61, "SIMULATED: nobody shown here exists", "w")
    head += words(
        MARGIN,
        80,
        f"for {shortlist.brief.brand}, by the definition {shortlist.definition}: {shortlist.definition_title}",
        "m",
    )
    columns = [column(left, MARGIN, 100), column(right, MARGIN + pictures.WIDTH + GAP, 100)]
    why, height = reasons(match, max(bottom for _, bottom in columns) + 8)
    label = f"Simulated account @{match.handle}: {match.score:.1f} of 100 points, with its reasons"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'aria-label="{escape(label)}"><style>{STYLE}</style><rect width="{WIDTH}" height="{height}" rx="8" fill="#fff"/>'
        f"{pictures.DEFS}{head}{''.join(body for body, _ in columns)}{why}</svg>\n"
    )


def column(figures: list[tuple[str, str]], x: int, y: int) -> tuple[str, int]:
    """Figures with their titles, one below the other; and where the column ends."""
    body = ""
    for title, figure in figures:
        tall = float(re.findall(r'viewBox="0 0 \S+ (\S+)"', figure)[0])
        body += words(x, y + 12, title, "m")
        body += figure.replace("<svg ", f'<svg x="{x}" y="{y + 20}" width="{pictures.WIDTH}" height="{tall}" ', 1)
        y += int(tall) + 44
    return body, y


def reasons(match: Match, y: int) -> tuple[str, int]:
    """The sentences behind the score, and one of the posts that are evidence; and the height of the whole."""
    lines = [("m", "Why, in sentences")] + [("s", sentence) for sentence in match.sentences]
    if match.evidence:
        lines += [("m", "One of the posts behind it"), ("s", f"“{pictures.shortened(match.evidence[-1].text, 230)}”")]
    body = ""
    for kind, line in lines:
        y += 6 if kind == "m" else 0
        for part in wrap(line, 108):
            body += words(MARGIN, y, part, kind)
            y += 19
    return body, y + 6


def words(x: int, y: int, line: str, kind: str) -> str:
    """A line of text."""
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(line)}</text>'


if __name__ == "__main__":
    main()
