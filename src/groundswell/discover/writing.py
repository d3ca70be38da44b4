"""A brief back as TOML, so that what was asked can be kept, sent on and asked again: `read_brief` reads what stands here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

from groundswell.discover.brief import Brief
from groundswell.discover.spending import Spending
from groundswell.sources.files.money import NO_MINOR


def brief_toml(brief: Brief) -> str:
    """Return a brief as the text of a file."""
    return "\n".join(_lines(brief)) + "\n"


def _lines(brief: Brief) -> Iterator[str]:
    yield from (f"brand = {_text(brief.brand)}", f"definition = {_text(brief.definition)}", f"limit = {brief.limit}")
    yield from _listed("brand_terms", brief.brand_terms)
    if brief.objective:
        yield from ("", "[objective]", *_said(brief.objective))
    if brief.budget:
        amount = _amount(brief.budget["amount_minor"], brief.budget["currency"])
        yield from ("", "[budget]", f"amount = {amount}", f"currency = {_text(brief.budget['currency'])}")
    for one in brief.personas:
        flag = "must = true" if one.must else "never = true" if one.never else f"weight = {one.weight!r}"
        yield from ("", "[[persona]]", f"text = {_text(one.text)}", flag)
    if brief.segments:
        yield from (
            "",
            "[segments]",
            *(line for name, wanted in brief.segments.items() for line in _listed(name, wanted)),
        )
    if brief.exclude:
        yield from ("", "[exclude]", *_listed("accounts", brief.exclude))
    for rule in brief.rules:
        yield from ("", f"[[{rule.kind}]]", f"text = {_text(rule.text)}", f"because = {_text(rule.because)}")
        yield from _listed("terms", rule.terms)
    if brief.spending != Spending():
        yield from ("", "[plan]", *_plan(brief.spending, brief.budget.get("currency", "EUR")))


def _plan(spending: Spending, currency: str) -> Iterator[str]:
    if spending.people:
        yield f"people = [{spending.people[0]}, {spending.people[1]}]"
    if spending.objective:
        yield f"objective = {_text(spending.objective)}"
    yield from (*_listed("lock", spending.lock), *_listed("exclude", spending.exclude))
    if spending.newcomers:
        yield f"newcomers = {spending.newcomers}"
    if spending.sector_credibility is not None:
        yield f"sector_credibility = {spending.sector_credibility!r}"
    if spending.robust:
        yield "robust = true"
    if spending.prices:
        yield from ("[plan.price]", *(f"{_text(who)} = {_amount(minor, currency)}" for who, minor in spending.prices))
    for one in spending.at_most:
        yield from ("[[plan.at_most]]", f"of = {_text(one.of)}", f"people = {one.people}")
        if one.value is not None:
            yield f"is = {_text(one.value)}"
    for offer in spending.offers if spending.offers != Spending().offers else ():
        yield from ("[[plan.offer]]", f"kind = {_text(offer.kind)}")
        if offer.cost_minor is not None:
            yield f"cost = {_amount(offer.cost_minor, currency)}"


def _said(values: dict[str, object]) -> Iterator[str]:
    for name, value in values.items():
        if value is not None:
            yield f"{name} = {value.isoformat() if isinstance(value, date) else _text(value) if isinstance(value, str) else repr(value)}"


def _listed(name: str, words: tuple[str, ...]) -> tuple[str, ...]:
    return (f"{name} = [{', '.join(map(_text, words))}]",) if words else ()


def _amount(minor: int, currency: str) -> str:
    return str(minor) if currency in NO_MINOR else f"{minor // 100}.{minor % 100:02}"


def _text(words: str) -> str:
    # JSON's escapes are TOML's, but for DEL; a lone surrogate is no text
    plain = words.encode("utf-8", "replace").decode()
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007F")
