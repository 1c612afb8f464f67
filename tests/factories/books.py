"""Small rule books for tests: packs about Exland, a country of their own, so that no test hangs on a real law.

A rule is its tables and its envelope by name: `rule(cap={...}, severity="hold")`. What is not said is usual: found in
a statute, in force, and blocking. Its id is the pack's id and the name of its table, unless `id` says otherwise.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from factories.questions import NOON, place, question
from yesword.domain.decisions import Decision
from yesword.domain.facts import BrandFacts
from yesword.domain.gate import decide
from yesword.domain.rules import RuleBook
from yesword.domain.rules.model import PARAMETERS

EXLAND = place("XX", "Etc/UTC")
NOBODYS_BRAND = BrandFacts(country="ZZ")  # of a country without a pack
PROMOTIONAL = ["promotional"]

Fields = Mapping[str, Any]


def rule(**fields: Any) -> dict[str, Any]:
    usual = {
        "layer": "statute",
        "confidence": "found",
        "verified_on": date(2026, 11, 22),
        "source": "facts",
        "citation": "Act 1",
        "severity": "block",
    }
    return usual | fields


def law(*rules: Fields, pack: str = "xx", name: str = "Exland", **head: Any) -> str:
    """A pack as TOML. It reaches everybody in Exland, unless `head` says whom it reaches."""
    reach = head if head.keys() & REACHES else {"countries": ["XX"], **head}
    lines = ["[pack]", *_lines({"id": pack, "name": name, **reach})]
    for each in rules:
        table = next((key for key in each if key in PARAMETERS), "nothing")
        lines += ["[[rule]]", *_lines({"id": f"{pack}.{table}", **each})]
    return "\n".join(lines) + "\n"


REACHES = {"countries", "region", "number_countries", "providers", "everywhere"}


def _lines(fields: Fields) -> list[str]:
    return [f"{key} = {_toml(value)}" for key, value in fields.items()]


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(_lines(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


# What every text is held to where nothing else is said: consent to promotion is express, a stop may be confirmed.
HOUSE = law(
    rule(consent={"class": "promotional", "standard": "express"}, layer="house"),
    rule(conversation={"reply_within_s": 86400}, layer="house"),
    rule(stop_confirmation={"is_allowed": True}, layer="house"),
    pack="house",
    name="House",
    everywhere=True,
)


def book(*packs: str) -> RuleBook:
    return RuleBook.read({f"{number}.toml": text for number, text in enumerate(packs)})


def exland(*rules: Fields) -> RuleBook:
    """The house, and one law of Exland if there are rules for one."""
    return book(HOUSE, law(*rules)) if rules else book(HOUSE)


def ask(rules: RuleBook, at: datetime = NOON, **changes: Any) -> Decision:
    """The gate's answer for a person in Exland: a granted campaign at noon, but for what `changes` say."""
    return decide(question(**{"places": (EXLAND,), "brand": NOBODYS_BRAND, **changes}), rules, at)


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.reasons]


def noted(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.notes]
