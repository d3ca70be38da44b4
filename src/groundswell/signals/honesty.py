"""How does it speak of products and brands? Praise and reservation, superlatives, what was paid and what was a gift.

A post *speaks of a product or brand* when it is labelled as paid, says that it is paid, gifted or affiliated, mentions an account
that is known to be a brand or a business, or uses words of people who judge a thing they used (`tone.toml`, seven languages). It is
a *review* when it is English as well and at least one of its sentences leans. No lie is detected and none is claimed: these numbers
say how posts read.

"People are never 100% satisfied, just like they're rarely 100% disappointed" (the guide to becoming one). Purchase was likeliest at 4.0 to 4.7 of 5
stars and less likely at 5.0 (Maslowska, Malthouse & Bernritter 2017, doi 10.1080/02650487.2016.1195622), and positivity works as
an inverted U (Leung et al. 2022). The plateau of .70 to .93 is those stars as (s - 1) / 4, a little widened: a design choice.
"""

from __future__ import annotations

import pyarrow as pa

from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.declaring import Columns, Z, signal, wilson
from groundswell.signals.praising import NAMES_BRANDS, RUN_FROM, read_of_things

FLOOR, BAND_FROM, BAND_TO, TOP = 0.40, 0.70, 0.93, 1.0
REVIEWS = 5
"""Reviews below which nothing is said of praise and reservation (design choice)."""
NO_REVIEWS = "Fewer than five of its English posts judge a product or brand; other languages have no instrument for it."
NOTHING_SAID = "Fewer than three of its posts speak of a product or brand."
OF_A_THING = "own AND (paid OR speaks)"


@array_grain(
    "opinion",
    columns={
        "account": pa.string(),
        "texts": pa.int64(),
        "opinions": pa.int64(),
        "worded": pa.int64(),
        "superlatives": pa.int64(),
        "gifted": pa.int64(),
        "reviews": pa.int64(),
        "praise": pa.float64(),
        "leaning": pa.float64(),
        "two_sided": pa.int64(),
        "paid_reviews": pa.int64(),
        "paid_praise": pa.float64(),
        "paid_leaning": pa.float64(),
        "naming": pa.int64(),
        "unpaid_brands": pa.int64(),
    },
    touches=NAMES_BRANDS,
)
def opinion(asked: Asked) -> pa.Table:
    """What own posts say of products and brands, counted by account."""
    # That a brand's account became known changes what posts that mention it are about: see `touches`.
    read_of_things(asked)
    return asked.engine.table(
        """
        WITH brands AS (
            SELECT o.account, count(DISTINCT brand) FILTER (NOT paid) AS unpaid_brands
            FROM of_things AS o JOIN brands_named USING (post) GROUP BY o.account
        ),
        counted AS (
            SELECT account, count(*) FILTER (readable) AS opinions,
                   count(*) FILTER (readable AND superlative IS NOT NULL) AS worded,
                   count(*) FILTER (readable AND superlative) AS superlatives,
                   count(*) FILTER (readable AND gifted IS NOT NULL) AS gifted,
                   count(*) FILTER (praise IS NOT NULL) AS reviews,
                   sum(praise) AS praise,
                   sum(leaning) FILTER (praise IS NOT NULL) AS leaning,
                   count(*) FILTER (praise > 0 AND concrete > 0) AS two_sided,
                   count(*) FILTER (paid AND praise IS NOT NULL) AS paid_reviews,
                   sum(praise) FILTER (paid) AS paid_praise,
                   sum(leaning) FILTER (paid AND praise IS NOT NULL) AS paid_leaning,
                   count(*) FILTER (names) AS naming
            FROM of_things GROUP BY account
        )
        SELECT w.account, w.texts, coalesce(opinions, 0) AS opinions, coalesce(worded, 0) AS worded, coalesce(superlatives, 0) AS superlatives,
               coalesce(gifted, 0) AS gifted, coalesce(reviews, 0) AS reviews, praise, leaning, coalesce(two_sided, 0) AS two_sided,
               coalesce(paid_reviews, 0) AS paid_reviews, paid_praise, paid_leaning, coalesce(naming, 0) AS naming,
               coalesce(unpaid_brands, 0) AS unpaid_brands
        FROM with_text AS w LEFT JOIN counted USING (account) LEFT JOIN brands USING (account)"""
    )


def _nothing_of_the_kind(count: str) -> str:
    """Where texts were read and none is of the kind, it does not apply; where none was read, it was not observed."""
    return f"CASE WHEN coalesce({count}, 0) = 0 AND texts > 0 THEN 'not_applicable' END"


def _praise(praise: str, leaning: str, reviews: str, at_least: int) -> Columns:
    """Share of praise among leaning sentences; sentences of one review agree, so the interval counts reviews (Kish 1965)."""
    hits = f"({praise} * {reviews} / nullif({leaning}, 0))"
    return wilson(hits, f"coalesce({reviews}, 0)", at_least, reason=_nothing_of_the_kind(reviews))


@signal(
    title="Praise among judging sentences", grain="opinion", unit="share", better="neither",
    says="Of the sentences that judge, in {n:review}, {value:.0%} praise (90% interval {low:.0%} to {high:.0%}).",
    unknown=NO_REVIEWS,
    source="VADER (Hutto & Gilbert 2014) for English; Wilson 1927, with reviews and not sentences as the sample (Kish 1965)",
    needs=("post.text",), evidence=f"{OF_A_THING} AND praise > 0 ORDER BY praise - reservation DESC, post",
)  # fmt: skip
def praise_share() -> Columns:
    """Sentences that praise among those that praise or hold a reservation, in English posts that speak of a product or brand."""
    return _praise("praise", "leaning", "reviews", REVIEWS)


def score_of(share: float) -> float:
    """1 on the plateau, linear to 0 at .40 and at 1.0."""
    return max(0.0, min(1.0, (share - FLOOR) / (BAND_FROM - FLOOR), (TOP - share) / (TOP - BAND_TO)))


def score_sql(share: str) -> str:
    """The same in SQL."""
    rise = f"({share} - {FLOOR:e}) / ({BAND_FROM:e} - {FLOOR:e})"
    fall = f"({TOP:e} - {share}) / ({TOP:e} - {BAND_TO:e})"
    return f"greatest(0e0, least(1e0, {rise}, {fall}))"


@signal(
    title="Balance of praise and reservation", grain="opinion", unit="score", better="higher",
    says="Its {n:review} read {label} (balance {value:.2f} of 1, 90% interval {low:.2f} to {high:.2f}).",
    unknown=NO_REVIEWS,
    source="the guide to becoming one: pros and cons alike; plateau after Maslowska, Malthouse & Bernritter 2017 (4.0 to 4.7 stars), a design choice",
    needs=("post.text",), evidence=f"{OF_A_THING} AND concrete > 0 ORDER BY concrete DESC, praise DESC, post",
)  # fmt: skip
def honesty_balance() -> Columns:
    """1 where 70 to 93 % of judging sentences praise, falling to 0 at 40 % and at 100 %: low for all praise and for all complaint."""
    share = _praise("praise", "leaning", "reviews", REVIEWS)
    touches = f"@lower <= {BAND_TO:e} AND @upper >= {BAND_FROM:e}"
    now = "(praise / nullif(leaning, 0))"
    return Columns(
        value=score_sql("@share"),
        low=f"least({score_sql('@lower')}, {score_sql('@upper')})",
        high=f"CASE WHEN {touches} THEN 1e0 ELSE greatest({score_sql('@lower')}, {score_sql('@upper')}) END",
        n=share.n,
        label=f"""CASE WHEN {now} = 1e0 THEN 'as praise alone' WHEN {now} > {BAND_TO:e} THEN 'as praise with hardly a reservation'
                       WHEN {now} >= {BAND_FROM:e} THEN 'as praise with reservations' WHEN {now} >= {FLOOR:e} THEN 'as critical'
                       ELSE 'as complaint more than praise' END""",
        at_least=REVIEWS,
        reason=share.reason,
        once=({"share": share.value, "lower": share.low, "upper": share.high},),
    )


@signal(
    title="Says both sides", grain="opinion", unit="share", better="higher",
    says="{value:.0%} of its {n:review} hold praise and a reservation of four words or more.",
    unknown=NO_REVIEWS,
    source="O'Keefe 1999, Eisend 2006: two-sided messages are more credible (not more persuasive); four words are a design choice",
    needs=("post.text",), evidence=f"{OF_A_THING} AND praise > 0 AND concrete > 0 ORDER BY concrete DESC, praise DESC, post",
)  # fmt: skip
def two_sided_share() -> Columns:
    """Share of English posts on products and brands with a praising sentence and a reservation of at least four words. Wilson interval."""
    return wilson("two_sided", "coalesce(reviews, 0)", REVIEWS, reason=_nothing_of_the_kind("reviews"))


@signal(
    title="Superlatives about products", grain="opinion", unit="share", better="neither",
    says="{value:.0%} of its {n:post} about products and brands use a superlative.",
    unknown=NOTHING_SAID,
    source="term table in seven languages (design choice); the guide to becoming one: only positive aspects look paid",
    needs=("post.text",), evidence=f"{OF_A_THING} AND superlative ORDER BY created_at DESC, post",
)  # fmt: skip
def superlative_share() -> Columns:
    """Share of own posts on products and brands with praise that leaves nothing above it ("the best", "perfekt"). Wilson interval."""
    return wilson("superlatives", "coalesce(worded, 0)", reason=_nothing_of_the_kind("worded"))


@signal(
    title="Gifted products", grain="opinion", unit="share", better="neither",
    says="{value:.0%} of its {n:post} about products and brands say that the thing was given.",
    unknown=NOTHING_SAID,
    source="the guide to becoming one: not paid for most shares, some receive products; words of gifts by jurisdiction (disclosure.toml)",
    needs=("post.text",), evidence="own AND gifted IS NOT NULL ORDER BY created_at DESC, post",
)  # fmt: skip
def gifted_share() -> Columns:
    """Share of own posts on products and brands that say it was a gift, a sample or a loan. Wilson interval."""
    return wilson("gifted", "coalesce(opinions, 0)", reason=_nothing_of_the_kind("opinions"))


@signal(
    title="Brands it names unpaid", grain="opinion", unit="count", better="higher",
    says="It names {value:brand} in posts that say nothing of payment ({n:post} name one).",
    unknown="Its posts mention no account that is known to be a brand or a business.",
    source="the guide to becoming one: cover various products and brands while remaining unpaid",
    needs=("interaction.via", "account.account_type"),
)  # fmt: skip
def unpaid_brand_variety() -> Columns:
    """Distinct brand or business accounts mentioned in own posts without a label or words of payment, gift or affiliation. Counted whole."""
    return Columns(value="unpaid_brands::DOUBLE", low="unpaid_brands", high="unpaid_brands", n="coalesce(naming, 0)")


@signal(
    title="Praise when paid against unpaid", grain="opinion", unit="change", better="neither",
    says="Paid posts praise {value:more than|less than|as much as} unpaid ones about products: {value:+.0%} "
    "(90% interval {low:+.0%} to {high:+.0%}; {n:review}).",
    unknown="Fewer than three English reviews of one of the two kinds, paid and unpaid.",
    source="difference of two shares with the hybrid score interval (Newcombe 1998), reviews as the sample; Leung et al. 2022",
    needs=("post.text",), evidence="own AND paid AND praise > 0 ORDER BY praise - reservation DESC, post",
)  # fmt: skip
def paid_tone_gap() -> Columns:
    """Share of praise in paid reviews minus that in unpaid ones about products and brands; 0 is no gap. Newcombe's interval."""
    paid = _praise("paid_praise", "paid_leaning", "paid_reviews", 3)
    free = _praise(
        "(praise - coalesce(paid_praise, 0))", "(leaning - coalesce(paid_leaning, 0))", "(reviews - paid_reviews)", 3
    )
    enough = "paid_reviews >= 3 AND reviews - paid_reviews >= 3"
    return Columns(
        value="CASE WHEN @enough THEN @paid - @free END",
        low="@paid - @free - sqrt(pow(@paid - @paid_low, 2) + pow(@free_high - @free, 2))",
        high="@paid - @free + sqrt(pow(@paid_high - @paid, 2) + pow(@free - @free_low, 2))",
        n="coalesce(reviews, 0)",
        reason=_nothing_of_the_kind("paid_reviews"),
        once=(
            {
                "paid": paid.value, "paid_low": paid.low, "paid_high": paid.high,
                "free": free.value, "free_low": free.low, "free_high": free.high, "enough": enough,
            },
        ),
    )  # fmt: skip


NO_PRAISE = "CASE WHEN reviews = 0 THEN 'not_applicable' END"


@signal(
    title="Reviews of praise alone in a row", grain="praising", unit="count", better="lower",
    says="At most {value:review} in a row praise and hold no reservation ({label}; {n} dated ones read).",
    unknown=NO_REVIEWS,
    source="the guide to becoming one: 'focusing only on positive aspects will make it look as if you were [paid]'; lean of sentences as praise_share",
    needs=("post.text", "post.created_at"), evidence=f"{OF_A_THING} AND praise > 0 AND reservation = 0 ORDER BY created_at DESC, post",
)  # fmt: skip
def praise_run() -> Columns:
    """Longest run of successive English posts on products and brands whose judging sentences all praise. Counted whole."""
    return Columns(
        value="run::DOUBLE", low="run", high="run", n="reviews", label="label", at_least=REVIEWS, reason=NO_PRAISE
    )


@signal(
    title="Followers while it only praised", grain="praising", unit="change", better="neither",
    says="While it only praised ({label}) its followers changed by {value:+.1%} a month against what they did otherwise ({n} dated counts): "
    "what happened then, not what came of it.",
    unknown="Fewer than five reviews in a row praise alone, or its followers were not counted for two weeks within them and two weeks besides.",
    source="the guide to becoming one: 'it will likely cost you followers'; difference of two paces of a random walk on log followers (Harvey 1989)",
    needs=("post.text", "post.created_at", "account.followers"),
)  # fmt: skip
def praise_run_growth() -> Columns:
    """exp(30 times the difference of the daily paces of log followers within its longest run of praise and besides) - 1."""
    return Columns(
        value="exp(30e0 * faster) - 1e0",
        low=f"exp(30e0 * (faster - {Z} * error)) - 1e0",
        high=f"exp(30e0 * (faster + {Z} * error)) - 1e0",
        n=f"CASE WHEN run >= {RUN_FROM} THEN coalesce(counts, 0) ELSE 0 END",
        label="label",
        at_least=4,
        reason=f"CASE WHEN reviews > 0 AND reviews < {REVIEWS} THEN 'too_few' WHEN run < {RUN_FROM} THEN 'not_applicable' END",
    )
