"""Warm words, critical ones, both or neither: sentences as people write them, each with what a reader would say."""

from __future__ import annotations

import pytest

from groundswell.signals.warmth import Tone, tone_of

NAMES = ["Lindrad", "Germanwings", "4U9525", "Lufthansa", "CNN"]

WARM = [
    "I love my Kiesel 3 by Lindrad, best bike I ever owned.",
    "Great service at Lindrad today, very friendly and fast.",
    "Lindrad makes wonderful bikes.",
    "Lindrad is the best!",
    "So happy with my new Lindrad 😍",
    "The crew of Lufthansa was amazing and so helpful.",
    "Lufthansa was excellent, I really enjoyed the flight.",
    "Heard your reporting on CNN thought you did a good job.",
    "My Lindrad is beautiful and it never fails to make me smile.",
    "Hats off to Lindrad, fantastic work on that frame!",
    "Not only beautiful but also comfortable, my Lindrad.",
    "Thank you Lindrad, that was awesome!",
    "I would recommend Lindrad to anyone, superb quality.",
    "Lindrad rocks, I am delighted.",
]
CRITICAL = [
    "@mashable makes reference to 911 RE Germanwings NOTHING BUT LIES at the cost of LIVES, BOYCOT website",
    "Disappointed by Lindrad: two months of waiting and a rude hotline.",
    "Lindrad is terrible, never again.",
    "I hate how Lufthansa treats people.",
    "The worst service ever, Lufthansa.",
    "I am not happy with Lindrad at all.",
    "Lufthansa lost my bag and lied about it.",
    "Great, boycott Lufthansa for all I care.",
    "Shame on CNN for that good joke.",
    "My Lindrad broke after a week, what a horrible frame.",
    "I will never use Lindrad.",
    "Honestly, I'd never buy Lindrad again.",
    "We stopped using Lindrad last year.",
]
BOTH = [
    "Love the Lindrad frame, though the wheels are disappointing for that price.",
    "Lindrad builds beautiful bikes but the service is awful.",
    "Although the hotline is rude, the Lindrad is a wonderful bike.",
    "The seats of Lufthansa are great; unfortunately the food was disgusting.",
    "I love my Lindrad. But the paint is terrible.",
    "Excellent flight with Lufthansa, however the delay was annoying.",
]
NEITHER = [
    "“@BBCBreaking: Germanwings Airbus A320 crashes in French Alps near Digne http://t.co/Gc5H6ZWyNb” 💔",
    '@FRANCE24 reporter James André at French Civil Aviation Authority HQ: "Germanwings plane did NOT report distress signal", no mayday.',
    "Have mercy My heart breaks RT @BBCBreaking Germanwings confirm 144 ppl & 6 crew on FLT 4U9525 in French Alps",
    "Heart goes out to 148 passengers and crew of Germanwings Airbus A320 that has crashed in French Alps",
    "@BBCBreaking Germanwings #Airbus I wish we hear the best from this incidence.",
    "Prayers and love to all families of #4U9525",
    "Hugs and thoughts with everyone at Lufthansa today, much love.",
    "CNN: hostage freed and safe after police assault, thank God",
    "Out of respect for his family could CNN please stop showing it?",
    "CNN Good thing all those police were there!",
    "Lindrad opens its showroom in Leipzig next week.",
    "Lindrad wishes you a good morning",
    "Lindrad or a used one? Asking for a friend.",
    "You will never use all the gears of a Lindrad.",
    "Lufthansa reports no victims and no injuries.",
    "There was no problem with Lindrad.",
    "Lindrad profits grow, shares gain.",
    "Sure Germanwings, yeah, okay.",
    "The Lindrad was not great, not amazing and not good, hm, no complaints.",
]


def said_of(text: str) -> Tone:
    return tone_of(text, NAMES, "en")


@pytest.mark.parametrize("text", WARM)
def test_praise_is_warm(text: str) -> None:
    assert said_of(text) == Tone(warm=1)


@pytest.mark.parametrize("text", CRITICAL)
def test_blame_is_critical_whatever_good_words_stand_beside(text: str) -> None:
    assert said_of(text) == Tone(critical=1)


def test_grim_news_is_no_criticism_where_that_is_asked() -> None:
    grim = "Three people died when a Lindrad crashed in the street."
    assert (tone_of(grim, NAMES, "en"), tone_of(grim, NAMES, "en", grim=False)) == (Tone(critical=1), Tone(plain=1))
    assert tone_of("Sadly my Lindrad is terrible.", NAMES, "en", grim=False) == Tone(critical=1)


@pytest.mark.parametrize("text", BOTH)
def test_praise_with_a_reservation_is_both(text: str) -> None:
    assert said_of(text) == Tone(both=1)


@pytest.mark.parametrize("text", NEITHER)
def test_grief_news_wishes_and_denials_are_no_warmth(text: str) -> None:
    tone = said_of(text)
    assert (tone.warm, tone.both) == (0, 0)


def test_most_of_them_are_neither_and_not_critical() -> None:
    assert sum(said_of(text).plain for text in NEITHER) >= 12


def test_a_voice_is_balanced_from_one_in_five_on() -> None:
    assert Tone(both=1).reading == "balanced"
    assert Tone(warm=4, critical=1).reading == "balanced"
    assert Tone(warm=5, critical=1).reading == "warm"
    assert Tone(warm=1, critical=5).reading == "critical"
    assert Tone(critical=1, plain=4).reading == "critical"
    assert Tone(critical=1, plain=17).reading == Tone(warm=1, plain=17).reading == "neither"
    assert (Tone(plain=1, not_read=1).reading, Tone(not_read=1).reading, Tone().reading) == (
        "neither",
        "unread",
        "unread",
    )


def test_the_next_sentence_counts_only_where_it_turns() -> None:
    assert said_of("I love Lindrad. The rain was terrible.") == Tone(warm=1)
    assert said_of("But Lindrad is wonderful. But the rain was terrible.") == Tone(both=1)
