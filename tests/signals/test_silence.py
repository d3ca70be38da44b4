"""What is not said must not pass for a nought: comments left unanswered, languages that nobody reads here, texts without a subject."""

from __future__ import annotations

from pathlib import Path

import pytest

from building import account, day, made, post, reply, value_of
from groundswell.signals import signal_table
from groundswell.signals.findings import tell_language

ADS = {
    "ar": "إعلان مدفوع: أحببت هذا المنتج الجديد كثيرا وأستخدمه كل يوم #إعلان",
    "ru": "На правах рекламы: мне очень понравился этот новый продукт #реклама",
    "ko": "광고 이 제품을 협찬받아 매일 사용하고 있어요 정말 좋아요",
    "ja": "新しいカメラを提供していただきました #タイアップ",
}


def test_comments_after_the_last_answer_have_waited_and_are_no_quick_ones(tmp_path: Path) -> None:
    """Three of a hundred are answered, each after an hour: fewer than half, however long ago the last answer was."""
    acts = [reply(f"fan{n}", "ann", "ann-1", f"c{n}", day(n)) for n in range(100)]
    acts += [reply("ann", f"fan{n}", f"c{n}", f"a{n}", day(n + 1 / 24)) for n in range(3)]
    workspace = made(tmp_path, {"account": [account("ann")], "post": [post("ann", 1)], "interaction": acts})
    assert value_of(workspace, "ann", "reply_rate").value == pytest.approx(0.03)
    latency = value_of(workspace, "ann", "reply_latency_hours")
    assert (latency.value, latency.reason) == (None, "not_applicable")


@pytest.mark.parametrize("language", ADS)
def test_adverts_in_a_language_that_nobody_reads_here_are_not_called_unpaid(tmp_path: Path, language: str) -> None:
    assert tell_language(ADS[language]) == language
    posts = [
        post("ann", n, text=f"{ADS[language]} {n}", created_at=day(n), observed_at=day(90), likes=9, replies=1)
        for n in range(10)
    ]
    workspace = made(tmp_path, {"account": [account("ann", followers=900)], "post": posts})
    assert value_of(workspace, "ann", "sponsored_share").value is None
    assert value_of(workspace, "ann", "organic_rate").value is None


def test_what_the_platform_or_the_words_say_counts_in_any_language(tmp_path: Path) -> None:
    labelled = [post("ann", n, text=f"{ADS['ru']} {n}", paid_label=n < 2) for n in range(4)]
    tagged = [post("bob", n, text=f"{ADS['ru']} {n} #ad") for n in range(3)]
    workspace = made(tmp_path, {"account": [account("ann"), account("bob")], "post": labelled + tagged})
    assert value_of(workspace, "ann", "sponsored_share").value == 0.5
    assert value_of(workspace, "bob", "sponsored_share").value == 1


def test_short_texts_are_told_by_their_script_and_never_guessed_in_latin_letters() -> None:
    assert [
        tell_language(text) for text in ("今日のパン、とても美味しい", "서울에서 커피 한잔", "Oh my dear friends")
    ] == ["ja", "ko", None]


@pytest.mark.slow
def test_texts_that_share_one_word_have_no_subject_and_the_rest_is_still_known(tmp_path: Path) -> None:
    posts = [
        post(f"cook{who}", n, text="Rain again" if n % 20 == 0 else f"Good morning from kitchen {who}. Day {n}.", created_at=day(n))
        for who in range(6)
        for n in range(50)
    ]  # fmt: skip
    table = signal_table(made(tmp_path, {"account": [account(f"cook{who}") for who in range(6)], "post": posts}))
    assert table.values("x:cook1")["topic_focus"].value is None
    assert table.values("x:cook1")["posts_per_week"].value is not None
