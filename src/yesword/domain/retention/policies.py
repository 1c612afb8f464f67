"""How long proof is kept, place by place: what stands in `retention.toml`, read and joined with the rule packs.

A period that a pack names is read from the pack, so that it stands in one place. What a policy means for one person is in
`deciding`.
"""

import enum
import functools
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Final

from yesword.domain.places.regions import state_of
from yesword.domain.rules import RuleBook
from yesword.domain.rules.book import UnknownRuleError
from yesword.domain.rules.model.envelope import Confidence, Rule
from yesword.domain.rules.model.records import Retention as RetentionRule
from yesword.domain.rules.tables import Source, Table, toml_error
from yesword.domain.toml_lines import TomlLines

FILE: Final = "retention.toml"
_DAYS_A_YEAR: Final = 365.25


class Moment(enum.StrEnum):
    """From when a period runs."""

    GRANT = "grant"  # the newest
    LAST_USE = "last_use"  # the newest text that rested on the consent
    WITHDRAWAL = "withdrawal"


class Ground(enum.StrEnum):
    """Why proof may be kept although the person would rather have it gone."""

    LEGAL_CLAIMS = "legal_claims"
    RECORD_DUTY = "record_duty"
    OPERATOR = "operator"


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """Whole years where the law counts in years, so that a leap year takes no day off; else days."""

    years: int = 0
    days: int = 0

    @classmethod
    def of_days(cls, days: int) -> "Period":
        """Packs count in days: 1826 of them are five years."""
        years = round(days / _DAYS_A_YEAR)
        is_whole = years > 0 and abs(days - years * _DAYS_A_YEAR) < 1
        return cls(years=years) if is_whole else cls(days=days)


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    id: str
    period: Period
    counts_from: tuple[Moment, ...]
    ground: Ground
    citation: str
    confidence: Confidence
    exception: str = ""
    rule: Rule | None = None  # of a pack, that names the period
    countries: frozenset[str] = frozenset()
    is_general: bool = False  # gives way to the policies of a country
    is_everywhere: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Policies:
    all: tuple[Policy, ...]

    def of(self, jurisdiction: str) -> tuple[Policy, ...]:
        """Those of a country or region: its own, else those of a pack that it belongs to, else the house's. Never none."""
        country, _ = state_of(jurisdiction.strip().upper()[:2])
        own = [each for each in self.all if country in each.countries and not each.is_general]
        general = [each for each in self.all if country in each.countries and each.is_general]
        return tuple(own or general or self.house)

    @property
    def house(self) -> tuple[Policy, ...]:
        return tuple(each for each in self.all if each.is_everywhere)


# --- reading -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class _Written:
    """A policy as it stands in the file."""

    id: str
    counts_from: tuple[Moment, ...]
    ground: Ground
    countries: tuple[str, ...] = ()
    everywhere: bool = False
    pack: str = ""
    rule: str = ""
    years: int = 0
    citation: str = ""
    confidence: Confidence | None = None
    exception: str = ""
    note: str = ""


@functools.cache
def shipped_policies() -> Policies:
    text = resources.files("yesword.domain.retention").joinpath(FILE).read_text("utf-8")
    return read_policies(text, FILE, RuleBook.load())


def read_policies(text: str, file: str, book: RuleBook) -> Policies:
    """Raises `PackError` with file, line and what was expected."""
    source = Source(file=file, text=text)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise toml_error(source, error) from error
    root = Table(source, values, name="the file")
    entries = root.take("policy", list)
    root.done("only policies")
    blocks = TomlLines(text).tables("policy")
    tables = [
        Table(source, values, name="a policy", block=block)
        for values, block in zip(entries, blocks, strict=True)
    ]
    found = Policies(all=tuple(_policy(table, book) for table in tables))
    ids = [each.id for each in found.all]
    for policy_id, table in zip(ids, tables, strict=True):
        if ids.count(policy_id) > 1:
            raise table.wrong(f"policy {policy_id} stands twice", "each id once", key="id")
    if len(found.house) != 1:
        raise source.refuse(f"{len(found.house)} policies are for everywhere", "exactly one")
    return found


def _policy(table: Table, book: RuleBook) -> Policy:
    written = table.read(_Written)
    if sum(map(bool, (written.countries, written.pack, written.everywhere))) != 1:
        raise table.wrong(
            f"{written.id} says not where it holds", "countries, a pack or everywhere", key="id"
        )
    if not written.counts_from:
        raise table.wrong(f"{written.id} counts from nothing", "one moment or more", key="counts_from")
    if bool(written.rule) == bool(written.years):
        raise table.wrong(f"{written.id} has no period, or two", "a rule, or years", key="rule")
    if written.years and not (written.citation and written.confidence):
        expected = "years with a citation and a confidence"
        raise table.wrong(f"{written.id} does not say whose years these are", expected, key="years")
    if written.rule and (written.citation or written.confidence):
        raise table.wrong(f"{written.id} cites beside its rule", "the rule alone", key="citation")
    rule = _rule(table, written.rule, book) if written.rule else None
    return Policy(
        id=written.id,
        period=Period(years=written.years) if rule is None else _period(rule),
        counts_from=written.counts_from,
        ground=written.ground,
        citation=written.citation if rule is None else rule.citation,
        confidence=(written.confidence or Confidence.UNVERIFIED) if rule is None else rule.confidence,
        exception=written.exception,
        rule=rule,
        countries=_countries(table, written, book),
        is_general=bool(written.pack),
        is_everywhere=written.everywhere,
        note=written.note,
    )


def _rule(table: Table, rule_id: str, book: RuleBook) -> Rule:
    expected = "a rule of a pack that names a least time"
    try:
        rule = book.rule(rule_id)
    except UnknownRuleError as error:
        raise table.wrong(f"there is no rule {rule_id}", expected, key="rule") from error
    if not isinstance(rule.parameter, RetentionRule) or not rule.parameter.least_days:
        raise table.wrong(f"{rule_id} names no least time", expected, key="rule")
    return rule


def _period(rule: Rule) -> Period:
    assert isinstance(rule.parameter, RetentionRule), "seen to when it was looked up"
    return Period.of_days(rule.parameter.least_days)


def _countries(table: Table, written: _Written, book: RuleBook) -> frozenset[str]:
    if not written.pack:
        return _stated(table, written.countries)
    try:
        return frozenset(book.pack(written.pack).reach.countries)
    except UnknownRuleError as error:
        raise table.wrong(f"there is no pack {written.pack}", "the id of a pack", key="pack") from error


def _stated(table: Table, countries: Iterable[str]) -> frozenset[str]:
    for country in countries:
        if not (len(country) == 2 and country.isascii() and country.isupper()):
            raise table.wrong(f"countries has {country!r}", "ISO codes such as DE", key="countries")
    return frozenset(countries)
