"""What the literature asks for, and no data at hand can answer: one line each, with the figure that would settle it.

Each is a target that published work or the sources set. It stays here, untested, until somebody has the data.
"""

from __future__ import annotations

from benchmarks.validity.figures import Row, not_tested


def absent_figures() -> list[Row]:
    """Experts, topics, alpha consumers, ties and honesty as people judge them."""
    return [
        not_tested(
            "Are experts of a subject ranked before the popular?", "no archive of questions and answers is at hand, in which later answers say who knew",
            signals=("authority", "topic_focus"), baseline="popularity, and likeness of words (TF-IDF)",
            wanted="gain of the first ten (nDCG) above both, by intervals, on a split in time",
        ),
        not_tested(
            "Is the subject of a real influencer told rightly?", "the 33,935 labelled accounts of Kim et al. 2020 are given on request, and not at hand",
            signals=("topic_focus",), published="98 % of accounts (Kim et al. 2020, doi 10.1145/3366423.3380052)", wanted="above 98 % of accounts",
        ),
        not_tested(
            "Do people call those alpha consumers whom it calls so?", "no accounts are at hand that two people judged",
            signals=("alpha_consumer",), baseline="most followers among peers", wanted="200 accounts, two raters: kappa of at least .6, and AUC of at least .85",
        ),
        not_tested(
            "Are close friends told from acquaintances as people tell them?", "no survey is at hand in which people said how close they are",
            signals=("friends_family_share", "embeddedness"), published="over 85 % of ties (Gilbert & Karahalios 2009)", wanted="over 85 % of ties, on a comparable survey",
        ),
        not_tested(
            "Does the balance of reviews follow how credible readers find their author?", "no posts are at hand whose readers said how credible they find the author",
            signals=("honesty_balance", "praise_share", "two_sided_share", "paid_tone_gap"), wanted="300 posts: rank correlation of at least .4 with raters",
        ),
    ]  # fmt: skip
