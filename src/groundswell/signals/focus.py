"""What does it stand for? Topics of its own posts, and how much of them goes into few topics."""

from __future__ import annotations

from groundswell.signals.company import MAIN_FROM
from groundswell.signals.declaring import Columns, Z, share, signal
from groundswell.signals.drifting import BEFORE_FROM, LATE_FROM

N = "sum(posts)::BIGINT"
# The error comes from shares smoothed with one post spread over all K topics (Perks 1947). Shares as they stand know nothing of topics
# that few posts have not reached: over 4,000 mixes of 20 topics their interval held the truth in 48 % at 10 posts, 78 % at 50; this one
# in 85 % and 89 %.
K = "greatest(topics, 2)"
SMOOTH = f"(posts + 1e0 / {K})"
MIXED = {
    "k": f"any_value({K})",
    "seen": "count(*)",
    "inner": "sum(posts * ln(posts))",
    "smooth": f"sum({SMOOTH} * ln({SMOOTH}))",
    "square": f"sum({SMOOTH} * ln({SMOOTH}) * ln({SMOOTH}))",
}
# Each topic not seen has the smoothed count 1/K.
WHOLE = {
    "all": "(@n + 1e0)",
    "log": "ln(@k)",
    "first": "(@smooth - (@k - @seen) / @k * ln(@k)) / (@n + 1e0)",
    "second": "(@square + (@k - @seen) / @k * ln(@k) * ln(@k)) / (@n + 1e0)",
}
# The plug-in entropy is too small for few posts; Miller & Madow add (topics seen - 1) / 2n.
ENTROPY = "(ln(@n) - @inner / @n + (@seen - 1e0) / (2e0 * @n))"
# Spread of ln p around its mean, by the smoothed shares: the mean of squares less the square of the mean.
SPREAD = "greatest(@second - @first * @first, 0e0)"
FOUND = {"focus": f"(1e0 - {ENTROPY} / @log)", "error": f"(sqrt({SPREAD} / @all) / @log)"}


@signal(
    title="Focus", grain="topic", unit="score", better="neither",
    says="Focus {value:.2f} of 1: its {n:post} are mostly about {label}.",
    unknown="Fewer than ten posts whose topic can be told.",
    source="1 - entropy / log(topics), Miller & Madow 1955 correction; error of shares smoothed as by Perks 1947; that focus helps: "
    "Cha et al. 2010, doi 10.1609/icwsm.v4i1.14033",
    needs=("post.text",), evidence="own AND topic IS NOT NULL ORDER BY created_at DESC, post",
)  # fmt: skip
def topic_focus() -> Columns:
    """One minus the bias-corrected entropy of its topics, divided by the log of the number of topics; delta-method interval of smoothed shares."""
    return Columns(
        value="least(1e0, greatest(0e0, @focus))",
        low=f"least(1e0, greatest(0e0, @focus - {Z} * @error))",
        high=f"least(1e0, greatest(0e0, @focus + {Z} * @error))",
        n=N,
        label="arg_min(topic, (-posts, topic))",
        at_least=10,
        once=(MIXED, WHOLE, FOUND),
    )


@signal(
    title="Language", grain="spoken", unit="share", better="neither",
    says="It writes in {label:language}: {value:.0%} of {n:post}.",
    unknown="No post has a language that was declared or could be told.",
    source="declared by the platform, else py3langid (Lui & Baldwin 2012) on texts of 20 letters or more",
    needs=("post.text",), evidence="own AND language IS NOT NULL ORDER BY created_at DESC, post",
)  # fmt: skip
def language() -> Columns:
    """Share of own posts in the commonest language; the label is its ISO 639-1 code. Wilson interval."""
    from groundswell.signals.declaring import wilson

    return wilson("max(posts)", N, 1, label="arg_max(language, (posts, language))")


@signal(
    title="Own posts", grain="post", unit="share", better="higher",
    says="{value:.0%} of its {n:post} are its own, the rest passes on other people's.",
    unknown="The data do not tell own posts from reposts.",
    source="Pal & Counts 2011: original-post share as a mark of authority", needs=("post.kind",),
    evidence="kind = 'repost' AND text IS NOT NULL ORDER BY created_at DESC, post",
)  # fmt: skip
def own_share() -> Columns:
    """Posts and quotes, divided by posts, quotes and reposts; replies do not count."""
    return share("kind <> 'repost'", of="kind IN ('post', 'quote', 'repost')")


MOST_EVEN = "ln(greatest(topics, 2))"
LIKENESS, LIKENESS_ERROR = f"(1e0 - entropy / {MOST_EVEN})", f"(entropy_error / {MOST_EVEN})"


@signal(
    title="Focus of the audience", grain="company", unit="score", better="neither",
    says="Focus {value:.2f} of 1 among the {n:,.0f} people who speak to it: most of them post about {label}.",
    unknown=f"Fewer than ten of those who speak to it have {MAIN_FROM} own posts whose topic can be told.",
    source="the essay Less is More: \"targeted audience with the same interests\"; 1 - entropy / log(topics), Chao, Wang & Jost 2013",
    needs=("post.text", "interaction.actor", "interaction.account"),
)  # fmt: skip
def audience_focus() -> Columns:
    """One minus the entropy, unseen topics estimated, of the main topics of people who speak to it, over the log of the number of topics."""
    return Columns(
        value=f"least(1e0, greatest(0e0, {LIKENESS}))",
        low=f"least(1e0, greatest(0e0, {LIKENESS} - {Z} * {LIKENESS_ERROR}))",
        high=f"least(1e0, greatest(0e0, {LIKENESS} + {Z} * {LIKENESS_ERROR}))",
        n="people",
        label="heard_name",
        at_least=10,
    )


LATE, BEFORE = "(late / posts)", "((posts - late) / posts)"
MOST = f"(0e0 - {LATE} * ln({LATE}) - {BEFORE} * ln({BEFORE}))"
MOVED = f"((shared - (kinds - 1e0) / (2e0 * posts)) / {MOST})"
MOVED_ERROR = (
    f"(sqrt(greatest(shared_square - shared * shared, 0e0) / posts + (kinds - 1e0) / (2e0 * posts * posts)) / {MOST})"
)


@signal(
    title="Drift of topics", grain="mix", unit="score", better="neither",
    says="Of late its topics differ from those before by {value:.2f} of 1 ({n:post}); what grew most: {label}.",
    unknown=f"Fewer than {LATE_FROM} posts of late or {BEFORE_FROM} before, whose topic and time can be told.",
    source="Jensen-Shannon divergence (Lin 1991) less its bias (Miller & Madow 1955); variance of Hutter 2002 (arXiv cs/0112019)",
    needs=("post.text", "post.created_at"), evidence="own AND topic IS NOT NULL ORDER BY created_at DESC, post",
)  # fmt: skip
def focus_drift() -> Columns:
    """Bias-corrected divergence of the topics of the last third of its time from those before, over the most it could be."""
    return Columns(
        value=f"CASE WHEN late >= {LATE_FROM} AND posts - late >= {BEFORE_FROM} THEN least(1e0, greatest(0e0, {MOVED})) END",
        low=f"least(1e0, greatest(0e0, {MOVED} - {Z} * {MOVED_ERROR}))",
        high=f"least(1e0, greatest(0e0, {MOVED} + {Z} * {MOVED_ERROR}))",
        n="posts",
        label="grown",
        at_least=8,
    )


@signal(
    title="Authority in its topic", grain="company", unit="ratio", better="higher",
    says="{value:.2f} people who themselves post about {label} speak to it, for each of its {n:post} on that topic.",
    unknown="Fewer than three own posts on one topic, or of most who speak to it nothing tells what they themselves post about.",
    source="after the topical impact of Pal & Counts 2011 (WSDM): people of the topic, for each own post; interval of Byar (Rothman & "
    "Boice 1979)",
    needs=("post.text", "interaction.actor", "interaction.account"),
    evidence="own AND topic IS NOT NULL ORDER BY created_at DESC, post",
)  # fmt: skip
def authority() -> Columns:
    """People of its main topic who comment, quote, pass on or name it, divided by own posts on that topic."""
    less, more = "greatest(of_topic, 1)", "(of_topic + 1e0)"
    return Columns(
        # Of whom no topic is known may be of this one: a nought would only say whose posts were brought.
        value="CASE WHEN told > 0 AND 2 * people >= told THEN of_topic / own_posts END",
        low=f"CASE WHEN of_topic = 0 THEN 0e0 ELSE greatest(0e0, of_topic * pow(1e0 - 1e0 / (9e0 * {less}) - {Z} / (3e0 * sqrt({less})), 3) / own_posts) END",
        high=f"{more} * pow(1e0 - 1e0 / (9e0 * {more}) + {Z} / (3e0 * sqrt({more})), 3) / own_posts",
        n="own_posts",
        label="own_name",
        at_least=3,
        reason="CASE WHEN 2 * coalesce(people, 0) < told THEN 'not_observed' END",
    )


@signal(
    title="Named and passed on", grain="company", unit="count", better="higher",
    says="{value:,.0f} of the {n:,.0f} people who spoke to it quoted it, passed it on or named it.",
    unknown="Nobody who quotes it, passes it on or names it is in the data.",
    source="mentions and reposts received as marks of influence: Cha et al. 2010, doi 10.1609/icwsm.v4i1.14033",
    needs=("interaction.actor", "interaction.account", "interaction.verb"),
)  # fmt: skip
def mentions_received() -> Columns:
    """Number of people who quoted it, passed it on or named it other than in an answer; none at all is unknown, since files often leave such acts out."""
    number = "nullif(passed, 0)"
    return Columns(value=number, low=number, high=number, n="told")
