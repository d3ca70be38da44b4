"""What does it stand for? Topics of its own posts, and how much of them goes into few topics."""

from __future__ import annotations

from groundswell.signals.declaring import Columns, Z, share, signal

N = "sum(posts)::BIGINT"
K = "ln(greatest(any_value(topics), 2))"
PLAIN = "(ln(sum(posts)) - sum(posts * ln(posts)) / sum(posts))"
# The plug-in entropy is too small for few posts; Miller & Madow add (topics seen - 1) / 2n.
ENTROPY = f"({PLAIN} + (count(*) - 1e0) / (2e0 * sum(posts)))"
SQUARES = (
    "(sum(posts * ln(posts) * ln(posts)) / sum(posts) - 2e0 * ln(sum(posts)) * sum(posts * ln(posts)) / sum(posts)"
    " + ln(sum(posts)) * ln(sum(posts)))"
)
ERROR = f"(sqrt(greatest({SQUARES} - {PLAIN} * {PLAIN}, 0e0) / sum(posts)) / {K})"
FOCUS = f"(1e0 - {ENTROPY} / {K})"


@signal(
    title="Focus", grain="topic", unit="score", better="neither",
    says="Focus {value:.2f} of 1: its {n:post} are mostly about {label}.",
    unknown="Fewer than ten posts whose topic can be told.",
    source="1 - entropy / log(topics), Miller & Madow 1955 correction; that focus helps: Cha et al. 2010, "
    "doi 10.1609/icwsm.v4i1.14033",
    needs=("post.text",), evidence="own AND topic IS NOT NULL ORDER BY created_at DESC, post",
)  # fmt: skip
def topic_focus() -> Columns:
    """One minus the bias-corrected entropy of its topics, divided by the log of the number of topics; delta-method interval."""
    return Columns(
        value=f"least(1e0, greatest(0e0, {FOCUS}))",
        low=f"least(1e0, greatest(0e0, {FOCUS} - {Z} * {ERROR}))",
        high=f"least(1e0, greatest(0e0, {FOCUS} + {Z} * {ERROR}))",
        n=N,
        label="list(topic ORDER BY posts DESC, topic)[1]",
        at_least=10,
    )


@signal(
    title="Language", grain="spoken", unit="share", better="neither",
    says="It writes in {label}: {value:.0%} of {n:post}.",
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
