"""Does it answer? Comments by other people on its posts, and what came back.

A comment is what somebody begins. Who is answered under somebody else's post has got an answer, and no comment: it owes none back,
and an exchange that goes on is one thread, however many turns it has.

A comment can be answered best when it asks or tells of a problem; what an answer does (thanks, apologises, puts right) is told by
its words in seven languages (`said`), without a guess at its warmth. Texts told to be in another language are not counted.
"""

from __future__ import annotations

import pyarrow as pa

from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.declaring import Columns, Z, share, signal, wilson
from groundswell.signals.grains import WORDLESS
from groundswell.signals.tone import LANGUAGES

# A product of fractions that is exactly one half may come out a hair above it.
HALF = "0.500000001e0"
DATED = "count(hours) FILTER (replies_known)"
UNHEARD = "CASE WHEN count(*) FILTER (replies_known) = 0 THEN 'not_observed' END"


@signal(
    title="Replies to comments", grain="received", unit="share", better="higher",
    says="It answered {value:.0%} of the {n:comment} on its posts.",
    unknown="No comments on its posts, or its own replies are not in the data.",
    source="Proserpio & Zervas 2017 (ssrn 2521190) on why answering matters; Wilson 1927 for the interval",
    needs=("interaction.via",),
)  # fmt: skip
def reply_rate() -> Columns:
    """Share of the comments that other people began under its posts to which the author replied. Wilson interval."""
    return share("answered", of="replies_known", at_least=3, reason=UNHEARD)


@signal(
    title="Time to reply", grain="received", unit="hours", better="lower",
    says="Half of the comments are answered within {value:.1f} hours ({n:comment}).",
    unknown="Fewer than half of the comments were answered, or its replies are not in the data.",
    source="Kaplan & Meier 1958; unanswered comments count as still waiting, so that silence does not look fast",
    needs=("interaction.via", "interaction.acted_at"),
)  # fmt: skip
def reply_latency_hours() -> Columns:
    """Median hours to the author's reply by Kaplan-Meier, with unanswered comments as censored; Greenwood interval."""
    spread = f"{Z} * unanswered * sqrt(greenwood)"
    return Columns(
        value=f"min(hours) FILTER (replies_known AND answered AND unanswered <= {HALF})",
        low=f"min(hours) FILTER (replies_known AND answered AND unanswered - {spread} <= {HALF})",
        high=f"min(hours) FILTER (replies_known AND answered AND unanswered + {spread} <= {HALF})",
        n=DATED,
        at_least=5,
        reason=f"CASE WHEN {DATED} >= 5 THEN 'not_applicable' WHEN {DATED} = 0 THEN 'not_observed' END",
    )


# Of texts only those in a language that nobody reads here are looked up: few, where all would be as many as there are posts.
READ = f"""p.text_hash <> {WORDLESS} AND (p.language IS NULL OR p.language IN {LANGUAGES})
    AND p.text_hash NOT IN (SELECT text_hash FROM wording WHERE language NOT IN {LANGUAGES})"""
NO_ANSWERS = "Fewer than three of its answers to comments can be read."
FINDINGS = "told by the weights of words in seven languages (docs/validity.md)"


@array_grain(
    "dialogue",
    columns={
        "account": pa.string(),
        "heard": pa.bool_(),
        "asked": pa.int64(),
        "asked_answered": pa.int64(),
        "threads": pa.int64(),
        "deep": pa.int64(),
        "answers": pa.int64(),
        "thanks": pa.int64(),
        "apologies": pa.int64(),
        "fixes": pa.int64(),
    },
    touches="SELECT account FROM interactions WHERE verb = 'reply' AND via IN (SELECT post FROM changed_replies)",
)
def dialogue(asked: Asked) -> pa.Table:
    """Comments on own posts that ask, threads that go on, and what answers do, counted by account."""
    engine = asked.engine
    # A pair of people is compared as two numbers, what they said by its whole id.
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE said AS
            SELECT account, post, via, hash(account) AS whose, hash(actor) AS who FROM interactions
            WHERE verb = 'reply' AND account IS NOT NULL AND via IS NOT NULL AND actor <> account
                  AND ({asked.where("account")} OR {asked.where("actor")})"""
    )
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE begun AS  -- comments that answer nothing the author said to their writer
            SELECT DISTINCT c.account, c.whose, c.who, c.via, c.post
            FROM said AS c LEFT JOIN said AS own ON own.via = c.post AND own.who = c.whose AND own.whose = c.who
            WHERE own.via IS NULL AND {asked.where("c.account")}"""
    )
    engine.execute(
        """CREATE OR REPLACE TEMP TABLE turns AS  -- those that were answered, how first, and whether their writer came back to that
            SELECT c.account, c.whose, c.via, c.post, min(a.via) AS answer, bool_or(b.via IS NOT NULL) AS back
            FROM said AS a
            JOIN begun AS c ON c.via = a.post AND c.whose = a.who AND c.who = a.whose
            LEFT JOIN said AS b ON b.post = a.via AND b.whose = c.whose AND b.who = c.who
            GROUP BY ALL"""
    )
    engine.execute("CREATE OR REPLACE TEMP TABLE answers AS SELECT DISTINCT account, answer FROM turns")
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE told AS  -- what is read out of comments and answers alike
            SELECT p.post, coalesce(r.asks, false) AS asks, r.thanks, r.apology, r.fix
            FROM posts AS p LEFT JOIN remarks AS r ON r.text_hash = p.text_hash
            WHERE p.kind = 'reply' AND {READ} {"AND p.post IN (SELECT via FROM said)" if asked.only else ""}"""
    )
    found = engine.table(
        """
        WITH asks AS (SELECT post FROM told WHERE asks),
        counted AS (
            SELECT c.account, any_value(c.whose) AS whose,
                   count(q.post) AS asked,
                   count(q.post) FILTER (t.via IS NOT NULL) AS asked_answered,
                   count(*) AS threads,
                   count(*) FILTER (t.back) AS deep
            FROM begun AS c
            LEFT JOIN turns AS t ON t.via = c.via AND t.post = c.post AND t.whose = c.whose
            LEFT JOIN asks AS q ON q.post = c.via
            GROUP BY c.account
        ),
        kinds AS (
            SELECT a.account, count(*) AS answers, count(*) FILTER (t.thanks) AS thanks,
                   count(*) FILTER (t.apology) AS apologies, count(*) FILTER (t.fix) AS fixes
            FROM answers AS a JOIN told AS t ON t.post = a.answer
            GROUP BY a.account
        )
        SELECT counted.*, whose IN (SELECT who FROM said) AS heard, coalesce(answers, 0) AS answers, thanks, apologies, fixes
        FROM counted LEFT JOIN kinds USING (account)"""
    )
    engine.execute("DROP TABLE said; DROP TABLE begun; DROP TABLE turns; DROP TABLE answers; DROP TABLE told")
    return found


@signal(
    title="Replies to questions", grain="dialogue", unit="share", better="higher",
    says="It answered {value:.0%} of the {n:comment} that ask something or tell of a problem.",
    unknown="Fewer than three comments ask anything, or its own replies are not in the data.",
    source="the guide to becoming one: not going to engage with you; told by the weights of words in seven languages (docs/validity.md); Wilson 1927",
    needs=("interaction.via", "post.text"),
)  # fmt: skip
def question_reply_rate() -> Columns:
    """Share of comments begun under its posts that ask something or tell of a problem to which the author replied. Wilson interval."""
    return wilson("asked_answered", "CASE WHEN heard THEN asked ELSE 0 END")


@signal(
    title="Conversations that go on", grain="dialogue", unit="share", better="higher",
    says="In {value:.0%} of {n:thread} the author answered and the commenter came back.",
    unknown="Fewer than three threads under its posts, or its own replies are not in the data.",
    source="the guide to becoming one: don't necessarily drive a lot of conversations; two alternations are a design choice; Wilson 1927",
    needs=("interaction.via",),
)  # fmt: skip
def conversation_depth() -> Columns:
    """Share of threads that other people began under its posts with at least two turns: comment, answer, comment. Wilson interval."""
    return wilson("deep", "CASE WHEN heard THEN threads ELSE 0 END")


@signal(
    title="Answers that say thanks", grain="dialogue", unit="share", better="neither",
    says="{value:.0%} of its {n:answer} to comments say thank you.", unknown=NO_ANSWERS,
    source=f"the guide to becoming one: whether it addressed any issues, included an apology or a 'Thank you'; {FINDINGS}",
    needs=("interaction.via", "post.text"),
)  # fmt: skip
def thanks_share() -> Columns:
    """Share of its answers to comments on its posts that say thank you. Wilson interval."""
    return wilson("thanks", "coalesce(answers, 0)")


@signal(
    title="Answers that apologise", grain="dialogue", unit="share", better="neither",
    says="{value:.0%} of its {n:answer} to comments hold an apology.", unknown=NO_ANSWERS,
    source=f"the guide to becoming one: whether it addressed any issues, included an apology or a 'Thank you'; {FINDINGS}",
    needs=("interaction.via", "post.text"),
)  # fmt: skip
def apology_share() -> Columns:
    """Share of its answers to comments on its posts that apologise. Wilson interval."""
    return wilson("apologies", "coalesce(answers, 0)")


@signal(
    title="Answers that put right", grain="dialogue", unit="share", better="higher",
    says="{value:.0%} of its {n:answer} to comments put something right or say how.", unknown=NO_ANSWERS,
    source=f"the guide to becoming one: whether it addressed any issues, included an apology or a 'Thank you'; {FINDINGS}",
    needs=("interaction.via", "post.text"),
)  # fmt: skip
def fix_share() -> Columns:
    """Share of its answers to comments on its posts that offer a remedy or say how. Wilson interval."""
    return wilson("fixes", "coalesce(answers, 0)")
