"""Who is its circle? Whether its audience looks like friends and family, or like an audience from the wide internet.

What is meant by a tie, and by an embedded one, is told in `ties`. Closeness is not goodness: Valsesia, Proserpio & Nunes (2020,
doi 10.1177/0022243720915467) find that those who follow *fewer* others are thought the more influential, and liked and passed on
more. So nothing here enters a general score; a definition that asks for closeness (the everyday voice, the alpha consumer) says so.
"""

from __future__ import annotations

from groundswell.signals.declaring import Columns, Z, signal, wilson
from groundswell.signals.ties import WEDGES

COUNTER = "contradicted as a virtue by Valsesia, Proserpio & Nunes 2020, doi 10.1177/0022243720915467"
FOLLOWS = ("follow.follower", "follow.followed")
NO_LIST = "Whom it follows is not in the data, so nobody can say who is followed back."
# Without its own follows and without a word of its own to others, a tie could not be seen if there were one.
SEEN = "(list_known OR heard)"


@signal(
    title="Follows back", grain="circle", unit="share", better="neither",
    says="It follows {value:.0%} of the {n:follower} seen back.", unknown=NO_LIST,
    source=f"Gilbert & Karahalios 2009 on what tells a strong tie; Wilson 1927; {COUNTER}",
    needs=FOLLOWS,
)  # fmt: skip
def reciprocity() -> Columns:
    """Followers seen whom it follows too, divided by followers seen; where its own follows are in the data."""
    return wilson("mutual", "CASE WHEN list_known THEN followers_seen ELSE 0 END", 5)


@signal(
    title="Friends in common", grain="circle", unit="share", better="neither",
    says="It has {value:.0%} of its contacts in common with each of the {n:,.0f} people it is in touch with, on average: "
    "100% is a circle in which everybody knows everybody.",
    unknown="Fewer than three people are tied to it in the data.",
    source=f"Onnela et al. 2007 (PNAS 104, 7332): overlap of neighbours as a mark of strong ties; {COUNTER}",
    needs=FOLLOWS,
)  # fmt: skip
def embeddedness() -> Columns:
    """Mean over its ties of common ties divided by the ties of either; Student's interval (two terms of Cornish & Fisher)."""
    z = float(Z)
    half = f"({Z} + {(z**3 + z) / 4:.9e} / greatest(ties - 1, 1)) * overlap_spread / sqrt(greatest(ties, 1))"
    return Columns(
        value="overlap",
        low=f"greatest(0e0, overlap - {half})",
        high=f"least(1e0, overlap + {half})",
        n="ties",
        at_least=3,
        interval_from=5,
    )


@signal(
    title="Circle closes", grain="circle", unit="share", better="neither",
    says="Of {n:pair} of people tied to it, {value:.0%} are tied to one another.",
    unknown="Fewer than five people are tied to it in the data.",
    source=f"Watts & Strogatz 1998: local clustering, from at most {WEDGES} wedges (Seshadhri, Pinar & Kolda 2013); Wilson 1927",
    needs=FOLLOWS,
)  # fmt: skip
def clustering() -> Columns:
    """Pairs of people tied to it who are tied to one another, divided by pairs looked at."""
    return wilson("closed", "wedges", 10)


@signal(
    title="Friends and family", grain="circle", unit="share", better="neither",
    says="{value:.0%} of the {n:,.0f} people seen in its audience look like friends and family.",
    unknown="Its own follows and its own words to others are not in the data, or fewer than ten people of its audience are.",
    source=f"the essay on wrong definitions (\"friends and family\"); Gilbert & Karahalios 2009; Granovetter 1985 on embedded ties; {COUNTER}",
    needs=FOLLOWS,
)  # fmt: skip
def friends_family_share() -> Columns:
    """People who follow or speak to it, are tied to it and share a further tie with it, divided by all who follow or speak."""
    return wilson("friends", f"CASE WHEN {SEEN} THEN audience ELSE 0 END", 10)


@signal(
    title="Strangers", grain="circle", unit="share", better="neither",
    says="{value:.0%} of the {n:,.0f} people who speak to it are strangers to it.",
    unknown="Its own follows and its own words to others are not in the data, or fewer than five people spoke to it.",
    source="the essay on wrong definitions: an audience \"from the big wide internet\"; Wilson 1927",
    needs=("interaction.actor", "interaction.account"),
)  # fmt: skip
def stranger_share() -> Columns:
    """People who comment, quote, pass on or name it without a tie to it, divided by all who do."""
    return wilson("strangers", f"CASE WHEN {SEEN} THEN speakers ELSE 0 END", 5)


@signal(
    title="Regular commenters", grain="circle", unit="share", better="higher",
    says="{value:.0%} of the {n:,.0f} people who commented did so at least three times, on three days.",
    unknown="Fewer than five people commented, as far as the data show.",
    source="the essay on wrong definitions: an audience that \"knows you personally\"; three times on three days is our choice; Wilson 1927",
    needs=("interaction.actor", "interaction.acted_at"),
)  # fmt: skip
def repeat_correspondents() -> Columns:
    """People who commented at least three times on at least three days, divided by people who commented."""
    return wilson("regulars", "commenters", 5)
