"""What a good engineer would write in DuckDB by hand for the same answer, and nothing more: the yardstick.

The peers know no imports, no undo, no provenance and no past; they are given what they need in the form they like best.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from groundswell.signals.findings import wording_version

MEMORY = "2GB"


def connected(temporary: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory with the same limits as ours."""
    connection = duckdb.connect()
    connection.execute(f"SET TimeZone = 'UTC'; SET memory_limit = '{MEMORY}'; SET preserve_insertion_order = false")
    connection.execute(f"SET temp_directory = '{temporary}'")
    return connection


def import_posts(csv: Path, folder: Path) -> None:
    """Read the CSV of posts and write the tables that it holds, one row a natural key, as Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    with connected(folder / "tmp") as db:
        db.execute(
            f"""CREATE TEMP TABLE csv AS
                SELECT platform || ':' || id AS post, platform || ':' || author_id AS account,
                       platform || ':' || reply_to AS reply_to, platform || ':' || reply_to_account AS reply_to_account,
                       platform || ':' || repost_of AS repost_of, platform || ':' || thread AS thread,
                       string_split(hashtags, ',') AS hashtags, string_split(mentions, ',') AS mentions,
                       * EXCLUDE (reply_to, reply_to_account, repost_of, thread, hashtags, mentions, id, author_id)
                FROM read_csv('{csv}', types = {{'id': 'VARCHAR', 'author_id': 'VARCHAR', 'reply_to': 'VARCHAR',
                     'reply_to_account': 'VARCHAR', 'repost_of': 'VARCHAR', 'thread': 'VARCHAR', 'hashtags': 'VARCHAR',
                     'mentions': 'VARCHAR'}})"""
        )
        db.execute(
            f"""COPY (SELECT * FROM csv QUALIFY row_number() OVER (PARTITION BY post ORDER BY observed_at DESC) = 1)
                TO '{folder / "posts.parquet"}'"""
        )
        db.execute(
            f"""COPY (SELECT account, any_value(platform) AS platform, arg_max(author_handle, observed_at) AS handle,
                             max(observed_at) AS observed_at FROM csv GROUP BY account)
                TO '{folder / "accounts.parquet"}'"""
        )
        db.execute(
            f"""COPY (SELECT DISTINCT * FROM (
                    SELECT account AS actor, 'reply' AS verb, reply_to_account AS account, reply_to AS post, post AS via,
                           created_at AS acted_at FROM csv WHERE reply_to IS NOT NULL
                    UNION ALL SELECT account, 'repost', NULL, repost_of, post, created_at FROM csv WHERE kind = 'repost'
                    UNION ALL SELECT account, 'mention', platform || ':@' || unnest(mentions), NULL, post, created_at
                              FROM csv WHERE mentions IS NOT NULL))
                TO '{folder / "interactions.parquet"}'"""
        )


MACROS = """
CREATE MACRO middle(l) AS (l[((len(l) + 1) // 2)::BIGINT] + l[((len(l) + 2) // 2)::BIGINT]) / 2e0;
CREATE MACRO outward(n) AS greatest(1, floor(n / 2e0 - 1.6448536e0 * sqrt(n) / 2e0))::BIGINT;
CREATE MACRO student(n) AS 1.6448536e0 + 1.523769086e+00 / greatest(n - 1, 1) ** 1
    + 1.420202894e+00 / greatest(n - 1, 1) ** 2
    + 9.830014254e-01 / greatest(n - 1, 1) ** 3
    + 4.338764009e-01 / greatest(n - 1, 1) ** 4;
CREATE MACRO bursty(r) AS (r - 1e0) / (r + 1e0);
CREATE MACRO wilson_middle(k, n) AS k / n + 2.70554336543296e0 / (2e0 * n);
CREATE MACRO wilson_half(k, n) AS
    1.6448536e0 * sqrt(greatest(k / n * (1e0 - k / n) / n + 2.70554336543296e0 / (4e0 * n * n), 0));
CREATE MACRO wilson_low(k, n) AS greatest(0, (wilson_middle(k, n) - wilson_half(k, n)) / (1e0 + 2.70554336543296e0 / n));
CREATE MACRO wilson_high(k, n) AS least(1, (wilson_middle(k, n) + wilson_half(k, n)) / (1e0 + 2.70554336543296e0 / n));
CREATE MACRO byar(k, sign) AS k * greatest(1e0 - 1e0 / (9e0 * k) + sign * 1.6448536e0 / (3e0 * sqrt(k)), 0e0) ** 3;
"""
COMPUTED = (
    "followers", "following_ratio", "account_age_days", "like_rate", "like_rate_mean", "public_rate", "public_rate_mean",
    "view_rate", "view_rate_mean", "reach_rate", "reach_rate_mean", "own_share", "sponsored_share", "disclosed_share",
    "posts_per_week", "burstiness", "longest_silence_days", "topic_focus", "language", "reply_rate", "reply_latency_hours",
)  # fmt: skip
"""The signals that the hand-written query computes, too."""
RATES = {
    "like_rate": "likes / followers",
    "public_rate": "(likes + replies) / followers",
    "view_rate": "likes / nullif(views, 0)",
    "reach_rate": "(likes + replies + reposts + saves) / nullif(reach, 0)",
}


def _rates() -> tuple[str, str]:
    """The four rates of a post, as median and as mean: aggregates, then columns."""
    inner, outer = [], []
    for name, rate in RATES.items():
        where = "FILTER (own AND settled)"
        inner.append(
            f"""list_sort(list({rate}) FILTER (own AND settled AND {rate} IS NOT NULL)) AS {name}_l,
                avg({rate}) {where} AS {name}_a, stddev_samp({rate}) {where} AS {name}_s, count({rate}) {where} AS {name}_n"""
        )
        hidden = f"CASE WHEN {name}_n >= 3 THEN NULL WHEN hidden > 0 THEN 'hidden' WHEN coalesce({name}_n, 0) = 0 THEN 'not_observed' ELSE 'too_few' END"
        half = f"student({name}_n) * coalesce({name}_s, 0) / sqrt({name}_n)"
        outer.append(
            f"""CASE WHEN {name}_n >= 3 THEN middle({name}_l) END AS {name},
                CASE WHEN {name}_n >= 5 THEN {name}_l[outward({name}_n)] END AS {name}_low,
                CASE WHEN {name}_n >= 5 THEN {name}_l[{name}_n - outward({name}_n) + 1] END AS {name}_high,
                coalesce({name}_n, 0) AS {name}_n, {hidden} AS {name}_reason,
                CASE WHEN {name}_n >= 3 THEN {name}_a END AS {name}_mean,
                CASE WHEN {name}_n >= 3 THEN greatest(0, {name}_a - {half}) END AS {name}_mean_low,
                CASE WHEN {name}_n >= 3 THEN {name}_a + {half} END AS {name}_mean_high,
                coalesce({name}_n, 0) AS {name}_mean_n, {hidden} AS {name}_mean_reason"""
        )
    return ", ".join(inner), ", ".join(outer)


def _share(name: str, n: str, *, hits: str | None = None, least: int = 3, reason: str = "") -> str:
    """Columns of a share with Wilson's interval."""
    k = hits or f"{name}_k"
    return f"""CASE WHEN {n} >= {least} THEN {k} / {n} END AS {name},
        CASE WHEN {n} >= {least} THEN wilson_low({k}, {n}) END AS {name}_low,
        CASE WHEN {n} >= {least} THEN wilson_high({k}, {n}) END AS {name}_high, coalesce({n}, 0) AS {name}_n,
        CASE WHEN {n} >= {least} THEN NULL {reason} WHEN coalesce({n}, 0) = 0 THEN 'not_observed' ELSE 'too_few' END AS {name}_reason"""


def signals_sql(tables: Path, findings: Path, corpus: str) -> str:
    """The one query: every grain aggregated by account, joined at the end. Reads Parquet with one row a natural key."""
    rates, rate_columns = _rates()
    posts, interactions = f"'{tables}/posts.parquet'", f"'{tables}/interactions.parquet'"
    wording, topics = f"'{findings}/wording-{wording_version()}/*.parquet'", f"'{findings}/topic-{corpus}/*.parquet'"
    none = "CASE WHEN sponsored_k = 0 AND texts > 0 THEN 'not_applicable' END"
    return f"""
WITH post AS (
    SELECT p.account, kind, likes, replies, reposts, views, saves, reach, p.text_hash IS NOT NULL AND has_text AS has_text,
           kind IS NULL OR kind IN ('post', 'quote') AS own, paid_label, coalesce(likes_hidden, false) AS likes_hidden,
           p.created_at IS NULL OR epoch_us(p.observed_at) - epoch_us(p.created_at) >= 259_200_000_000 AS settled,
           nullif(a.followers, 0) AS followers, coalesce(p.language, w.language) AS language, t.topic,
           coalesce(paid_label, false) OR clear IS NOT NULL OR unclear IS NOT NULL AS paid,
           coalesce(paid_label, false) OR clear IS NOT NULL AS disclosed,
           coalesce(unclear LIKE '“%', false) AND NOT coalesce(paid_label, false) AS own_words,
           paid_label IS NOT NULL OR has_text AND (clear IS NOT NULL OR unclear IS NOT NULL
               OR coalesce(coalesce(p.language, w.language) IN ('en', 'de', 'fr', 'es', 'it', 'nl', 'pt'), true)) AS readable
    FROM {posts} AS p JOIN '{tables}/accounts.parquet' AS a USING (account)
    LEFT JOIN {wording} AS w USING (text_hash) LEFT JOIN {topics} AS t USING (text_hash)
),
of_post AS (
    SELECT account, {rates}, count(*) FILTER (own AND likes_hidden) AS hidden,
           count(*) FILTER (kind IN ('post', 'quote')) AS own_k, count(*) FILTER (kind IN ('post', 'quote', 'repost')) AS own_n,
           count(*) FILTER (own AND paid AND readable) AS sponsored_k,
           count(*) FILTER (own AND readable) AS sponsored_n,
           count(*) FILTER (own AND paid AND NOT own_words) AS disclosed_n,
           count(*) FILTER (own AND paid AND NOT own_words AND disclosed) AS disclosed_k,
           count(*) FILTER (own AND has_text) AS texts
    FROM post GROUP BY account
),
moments AS (
    SELECT account, list_sort(list(epoch(created_at))) AS m FROM {posts}
    WHERE created_at IS NOT NULL AND (kind IS NULL OR kind IN ('post', 'quote')) GROUP BY account
),
gap AS (
    SELECT account, len(m) AS posts, (m[-1] - m[1]) / 604800e0 AS weeks,
           list_transform(range(2, len(m) + 1), lambda i: (m[i] - m[i - 1]) / 86400e0) AS gaps FROM moments
),
spread AS (
    SELECT *, len(gaps) AS n, list_sum(gaps) AS total, list_sum(list_transform(gaps, lambda y: y * y)) AS squares,
           coalesce(greatest((list_stddev_samp(gaps) / nullif(list_avg(gaps), 0)) ** 2, 0.05e0), 1e0) AS uneven
    FROM gap
),
left_out AS (
    SELECT *, bursty(list_stddev_pop(gaps) / nullif(total / n, 0)) AS plain,
           list_transform(gaps, lambda x: bursty(
               sqrt(greatest((squares - x * x) / (n - 1e0) - ((total - x) / (n - 1e0)) ** 2, 0e0)) / nullif((total - x) / (n - 1e0), 0))) AS others
    FROM spread
),
of_gap AS (
    SELECT *, n * plain - (n - 1e0) * list_avg(others) AS bursts,
           (1.6448536e0 + 1.523769086e0 / (n - 1e0)) * sqrt(n - 1e0) * list_stddev_pop(others) AS half
    FROM left_out
),
topic AS (SELECT account, topic, count(*) AS posts FROM post WHERE own AND topic IS NOT NULL GROUP BY account, topic),
entropy AS (
    SELECT account, sum(posts)::BIGINT AS n, count(*) AS seen,
           ln(sum(posts)) - sum(posts * ln(posts)) / sum(posts) AS plain,
           sum((posts + 1e0 / greatest(topics, 2)) * ln(posts + 1e0 / greatest(topics, 2))) AS smooth,
           sum((posts + 1e0 / greatest(topics, 2)) * ln(posts + 1e0 / greatest(topics, 2)) ** 2) AS square,
           list(name ORDER BY posts DESC, name)[1] AS label, greatest(any_value(topics), 2) AS many, ln(greatest(any_value(topics), 2)) AS k
    FROM topic JOIN topic_names USING (topic) GROUP BY account
),
of_topic AS (
    SELECT account, n, label, 1e0 - (plain + (seen - 1e0) / (2e0 * n)) / k AS focus,
           sqrt(greatest((square + (many - seen) / many * k * k) / (n + 1e0)
               - ((smooth - (many - seen) / many * k) / (n + 1e0)) ** 2, 0e0) / (n + 1e0)) / k AS error FROM entropy
),
spoken AS (SELECT account, language, count(*) AS posts FROM post WHERE own AND language IS NOT NULL GROUP BY ALL),
of_spoken AS (
    SELECT account, max(posts) AS language_k, sum(posts)::BIGINT AS language_n, arg_max(language, (posts, language)) AS language_label
    FROM spoken GROUP BY account
),
comments AS (
    SELECT account, via, acted_at FROM {interactions} AS c
    WHERE verb = 'reply' AND account IS NOT NULL AND actor <> account AND via IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM {interactions} AS o WHERE o.verb = 'reply' AND o.via = c.post AND o.actor = c.account AND o.account = c.actor)
),
answers AS (
    SELECT actor AS account, post AS via, min(acted_at) AS answered_at FROM {interactions}
    WHERE verb = 'reply' AND post IS NOT NULL GROUP BY ALL
),
voices AS (SELECT actor AS account, max(acted_at) AS until FROM {interactions} WHERE verb = 'reply' GROUP BY actor),
spoken_to AS (SELECT account, max(acted_at) AS last FROM comments GROUP BY account),
timed AS (
    SELECT c.account, via, v.account IS NOT NULL AS known, a.account IS NOT NULL AS answered,
           greatest(epoch(coalesce(answered_at, greatest(until, last))) - epoch(acted_at), 0e0) / 3600e0 AS hours
    FROM comments AS c LEFT JOIN answers AS a USING (account, via) LEFT JOIN voices AS v USING (account)
    LEFT JOIN spoken_to USING (account)
),
at_risk AS (
    SELECT *, count(*) OVER (PARTITION BY account ORDER BY hours, answered DESC, via
                             ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS waiting FROM timed
),
survival AS (
    SELECT *, exp(sum(CASE WHEN answered THEN ln(greatest(1e0 - 1e0 / waiting, 1e-12)) ELSE 0e0 END) OVER so_far) AS s,
           sum(CASE WHEN answered THEN 1e0 / (waiting * greatest(waiting - 1e0, 0.5e0)) ELSE 0e0 END) OVER so_far AS g
    FROM at_risk WINDOW so_far AS (PARTITION BY account ORDER BY hours, answered DESC, via ROWS UNBOUNDED PRECEDING)
),
of_received AS (
    SELECT account, count(*) FILTER (known) AS reply_n, count(*) FILTER (known AND answered) AS reply_k,
           min(hours) FILTER (known AND answered AND s <= 0.500000001e0) AS latency,
           min(hours) FILTER (known AND answered AND s - 1.6448536e0 * s * sqrt(g) <= 0.500000001e0) AS latency_low,
           min(hours) FILTER (known AND answered AND s + 1.6448536e0 * s * sqrt(g) <= 0.500000001e0) AS latency_high
    FROM survival GROUP BY account
)
SELECT a.account, a.platform, a.handle, a.name, a.bio, a.url, a.country, a.location, a.language AS language_declared, a.account_type,
       followers, following / nullif(followers, 0) AS following_ratio,
       CASE WHEN observed_at >= created_at THEN (epoch(observed_at) - epoch(created_at)) / 86400e0 END AS account_age_days,
       {rate_columns},
       {_share("own_share", "own_n", hits="own_k")},
       {_share("sponsored_share", "sponsored_n", hits="sponsored_k")},
       {_share("disclosed_share", "disclosed_n", hits="disclosed_k", reason=f"WHEN {none} IS NOT NULL THEN {none}")},
       CASE WHEN posts >= 3 AND weeks >= 1 THEN (posts - 1) / weeks END AS posts_per_week,
       CASE WHEN posts >= 3 AND weeks >= 1 THEN byar((posts - 1) / uneven, -1) * uneven / weeks END AS posts_per_week_low,
       CASE WHEN posts >= 3 AND weeks >= 1 THEN byar((posts - 1) / uneven + 1e0, 1) * uneven / weeks END AS posts_per_week_high,
       coalesce(posts, 0) AS posts_per_week_n,
       CASE WHEN of_gap.n >= 10 AND plain IS NOT NULL THEN least(1e0, greatest(-1e0, bursts)) END AS burstiness,
       CASE WHEN of_gap.n >= 10 AND plain IS NOT NULL THEN least(1e0, greatest(-1e0, bursts - half)) END AS burstiness_low,
       CASE WHEN of_gap.n >= 10 AND plain IS NOT NULL THEN least(1e0, greatest(-1e0, bursts + half)) END AS burstiness_high,
       coalesce(of_gap.n, 0) AS burstiness_n, CASE WHEN of_gap.n >= 2 THEN list_max(gaps) END AS longest_silence_days,
       CASE WHEN of_topic.n >= 10 THEN least(1e0, greatest(0e0, focus)) END AS topic_focus,
       CASE WHEN of_topic.n >= 10 THEN least(1e0, greatest(0e0, focus - 1.6448536e0 * error)) END AS topic_focus_low,
       CASE WHEN of_topic.n >= 10 THEN least(1e0, greatest(0e0, focus + 1.6448536e0 * error)) END AS topic_focus_high,
       coalesce(of_topic.n, 0) AS topic_focus_n, CASE WHEN of_topic.n >= 10 THEN label END AS topic_focus_label,
       {_share("language", "language_n", hits="language_k", least=1)}, language_label,
       {_share("reply_rate", "reply_n", hits="reply_k")},
       CASE WHEN reply_n >= 5 THEN latency END AS reply_latency_hours,
       CASE WHEN reply_n >= 5 AND latency IS NOT NULL THEN latency_low END AS reply_latency_hours_low,
       CASE WHEN reply_n >= 5 AND latency IS NOT NULL THEN latency_high END AS reply_latency_hours_high,
       coalesce(reply_n, 0) AS reply_latency_hours_n
FROM '{tables}/accounts.parquet' AS a
LEFT JOIN of_post USING (account) LEFT JOIN of_gap USING (account) LEFT JOIN of_topic USING (account)
LEFT JOIN of_spoken USING (account) LEFT JOIN of_received USING (account)
ORDER BY a.account"""
