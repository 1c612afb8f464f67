"""`yesword rules`: reading the packs, checking them, and what a change of law would mean.

No command here needs a store but `diff`, which asks one where it is named.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from yesword.cli.misuse import MisuseError
from yesword.cli.rules_diff import diff
from yesword.cli.rules_told import DAY, rule_object, say
from yesword.domain.rules import RuleBook, telling
from yesword.domain.rules.model import Merge, Pack, Rule
from yesword.domain.rules.sources import WORDS, source_of

if TYPE_CHECKING:
    from yesword.domain.golden import Golden

EXIT_WRONG: Final = 1
_SHORT: Final = 12  # characters of a digest, enough to tell two apart at a glance
_LABEL: Final = 14


class NotAPlaceError(MisuseError):
    """{place} is not a place. Write a country such as NL, or a region such as US-FL."""

    code = "not_a_place"


class PackNotTextError(MisuseError):
    """{file} is no text in UTF-8. Packs and golden cases are TOML files."""

    code = "pack_not_text"


@click.group("rules")
def command() -> None:
    """Read the rule packs, check them, and compare two days."""


command.add_command(diff)


# --- list ----------------------------------------------------------------------------------------------------


@command.command("list")
@click.option("--pack", "pack_id", metavar="P", help="List the rules of this pack.")
@click.option("--place", metavar="PLACE", help="Only packs that speak of people there: NL, or US-FL.")
@click.option("--at", "on", help="Only rules that are in force on that day.", **DAY)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_packs(pack_id: str | None, place: str | None, on: date | None, *, as_json: bool) -> None:
    """List the packs as they descend from each other, or the rules of one."""
    book = RuleBook.load()
    if pack_id is not None:
        rules = [rule for rule in book.pack(pack_id).rules if on is None or rule.is_in_force(on)]
        if as_json:
            click.echo(json.dumps([rule_object(rule) for rule in rules], indent=1, ensure_ascii=False))
        else:
            say(_rule_line(rule) for rule in rules)
        return
    packs = book.packs if place is None else _speaking_of(book, place)
    if as_json:
        click.echo(json.dumps([_pack_object(pack, on) for pack in packs], indent=1, ensure_ascii=False))
        return
    say(_pack_tree(packs, on))
    rules_count, deciding = map(sum, zip(*(telling.counts(pack, on) for pack in packs), strict=True))
    click.echo(f"{len(packs)} packs, {rules_count:,} rules, of which {deciding:,} may decide.")
    click.echo(f"Digest of all packs: {book.digest}")


def _speaking_of(book: RuleBook, place: str) -> tuple[Pack, ...]:
    from yesword.domain.places import country_zones

    code = place.strip().upper()
    country, _, region = code.partition("-")
    if not country_zones(country) or (region and not region.isalnum()):
        raise NotAPlaceError(place=place)
    lines = book.lineages(country, code if region else None)
    found = {pack.id for line in lines for pack in line}
    return tuple(
        pack
        for pack in book.packs
        if pack.id in found or pack.reach.is_everywhere or country in pack.reach.number_countries
    )


def _pack_tree(packs: Sequence[Pack], on: date | None) -> Iterator[str]:
    listed = {pack.id for pack in packs}
    for root in (pack for pack in packs if pack.parent not in listed):
        yield _pack_line(root, on)
        yield from _below(root, packs, on, "")


def _below(pack: Pack, packs: Sequence[Pack], on: date | None, margin: str) -> Iterator[str]:
    children = [each for each in packs if each.parent == pack.id]
    for left, child in zip(range(len(children) - 1, -1, -1), children, strict=True):
        yield f"{margin}{'├─' if left else '└─'} {_pack_line(child, on)}"
        yield from _below(child, packs, on, f"{margin}{'│  ' if left else '   '}")


def _pack_line(pack: Pack, on: date | None) -> str:
    rules, deciding = telling.counts(pack, on)
    return f"{pack.id} · {pack.name} · {_rules(rules)}, {deciding} may decide · {pack.digest[:_SHORT]}"


def _rules(count: int) -> str:
    return "1 rule" if count == 1 else f"{count:,} rules"


def _rule_line(rule: Rule) -> str:
    return f"{rule.id} · {telling.asks(rule.parameter)} · {telling.standing(rule)}"


def _pack_object(pack: Pack, on: date | None) -> dict[str, Any]:
    rules, deciding = telling.counts(pack, on)
    return {
        "pack": pack.id,
        "name": pack.name,
        "parent": pack.parent,
        "reach": telling.reaches(pack.reach),
        "rules": rules,
        "deciding": deciding,
        "digest": pack.digest,
    }


# --- show ----------------------------------------------------------------------------------------------------


@command.command("show")
@click.argument("rule_id", metavar="ID")
def show(rule_id: str) -> None:
    """Show everything about the rule or pack ID: where it is written, whether it decides, and what pins it."""
    from yesword.domain.gate.built_in import built_in_rule
    from yesword.domain.golden import shipped_cases

    book, today = RuleBook.load(), datetime.now(UTC).date()
    cases = [case for case in shipped_cases() if rule_id in (case.rule, case.pack)]
    if any(pack.id == rule_id for pack in book.packs):
        say(_pack_page(book, book.pack(rule_id), today))
    elif built_in_rule(rule_id) is not None:
        say(_built_in_page(rule_id))
    else:
        say(_rule_page(book, book.rule(rule_id), today))
    say(_pinned([case for case in cases if rule_id == case.rule] or cases))


def _pack_page(book: RuleBook, pack: Pack, today: date) -> Iterator[str]:
    rules, deciding = telling.counts(pack)
    yield f"{pack.id} · {pack.name}"
    yield _line("speaks to", telling.reaches(pack.reach))
    yield _line("lineage", " ← ".join(each.id for each in reversed(book.lineage(pack))))
    children = [each.id for each in book.packs if each.parent == pack.id]
    if children:
        yield _line("children", ", ".join(children))
    yield _line("file", pack.file)
    yield _line("digest", pack.digest)
    yield _line("rules", f"{rules:,}, of which {deciding:,} may decide")
    for rule in pack.rules:
        is_in_force = "" if rule.is_in_force(today) else f" (not in force on {today})"
        yield f"  {_rule_line(rule)}{is_in_force}"


def _built_in_page(rule_id: str) -> Iterator[str]:
    from yesword.domain.catalogue import CATALOGUE
    from yesword.domain.gate.built_in import built_in_rule

    found = built_in_rule(rule_id)
    assert found is not None
    yield f"{found.id} · no pack has to give it"
    yield _line("says", CATALOGUE[found.code])
    yield _line("rests on", found.rests_on)
    yield _line("remedy", CATALOGUE[f"remedy.{found.code}"])


def _rule_page(book: RuleBook, rule: Rule, today: date) -> Iterator[str]:
    yield f"{rule.id} · {rule.pack_name} ({rule.pack})"
    yield _line("asks", telling.asks(rule.parameter))
    for condition in telling.conditions(rule.when):
        yield _line("only where", condition)
    if rule.where_silent:
        yield _line("only where", "the place's own packs say nothing verified on the matter")
    yield _line("written in", rule.citation)
    yield from _source_lines(rule)
    yield _line("layer", rule.layer.value.replace("_", " "))
    yield _line("status", ", ".join([rule.status.value.replace("_", " "), *telling.dates(rule)]))
    if rule.stayed_part:
        yield _line("stayed part", rule.stayed_part)
    yield _line("confidence", rule.confidence.value)
    yield _line("severity", rule.severity.value)
    yield _line("power", telling.power(rule, today))
    yield _line("may relax", "yes" if rule.may_relax else "no")
    yield _line("merges", f"{rule.merge.value}; {rule.parameter.operator}")
    yield _line("version", str(rule.version))
    if rule.note:
        yield _line("note", rule.note)
    yield from _kin(book, rule)


def _source_lines(rule: Rule) -> Iterator[str]:
    found = source_of(rule)
    if not found.address:
        kind = WORDS.get(found.key, found.key)
    elif found.key == found.address:
        kind = "a pack's own"
    else:
        kind = f"{found.key}, {'a primary source' if found.is_primary else 'a secondary source'}"
    yield _line("source", f"{kind}; verified on {rule.verified_on}")
    if found.address:
        yield _line("address", found.address)


def _kin(book: RuleBook, rule: Rule) -> Iterator[str]:
    """The rules on the same matter above it and below it in its lineages."""
    pack = book.pack(rule.pack)
    for parents in _alike(book.lineage(pack)[:-1], rule):
        yield _line("stands for" if _replaces(rule, parents) else "adds to", _named(parents))
    below = [each for each in book.packs if pack in book.lineage(each)[:-1]]
    for child in _alike(below, rule):
        yield _line("replaced by" if _replaces(child, rule) else "added to by", _named(child))


def _alike(packs: Iterable[Pack], rule: Rule) -> Iterator[Rule]:
    return (each for pack in packs for each in pack.rules if each.parameter.slot == rule.parameter.slot)


def _replaces(child: Rule, parents: Rule) -> bool:
    """What `settle` does within a lineage."""
    is_fixed = parents.is_enforced and not parents.may_relax
    return child.is_enforced and child.is_verified and child.merge is Merge.REPLACE and not is_fixed


def _named(rule: Rule) -> str:
    return f"{rule.id} · {telling.asks(rule.parameter)}"


def _pinned(cases: Sequence["Golden"]) -> Iterator[str]:
    if not cases:
        yield "No golden case pins it."
        return
    moments = Counter((case.pack, case.name, case.verdict, case.is_noted) for case in cases)
    yield f"Golden cases: {len(moments):,}, run at {len(cases):,} moments"
    for (pack, name, verdict, is_noted), count in moments.items():
        noted = ", noted" if is_noted else ""
        at = "1 moment" if count == 1 else f"{count} moments"
        yield f"  {pack}: {name} → {verdict}{noted} ({at})"


def _line(label: str, words: str) -> str:
    return f"  {label:<{_LABEL}}{words}"


# --- check ---------------------------------------------------------------------------------------------------

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@command.command("check")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=_FILE)
@click.option(
    "--cases", "case_files", type=_FILE, multiple=True, help="Run the golden cases of this file instead."
)
def check(files: tuple[Path, ...], case_files: tuple[Path, ...]) -> None:
    """Check the packs, and run their golden cases.

    Each FILE is a pack to check together with those that ship; it stands in the place of a shipped pack of its id.
    Exits 1 when anything is wrong: a pack that breaks the schema, or a case that the gate answers otherwise.
    """
    from yesword.domain import validating
    from yesword.domain.golden import shipped_cases

    given = {str(path): _text(path) for path in files}
    book, complaints = validating.read_book(validating.together(validating.shipped_files(), given))
    if case_files:
        texts = {str(path): _text(path) for path in case_files}
        cases, unread = validating.read_all_cases(texts)
        complaints += unread
    else:
        cases = list(shipped_cases())
    if complaints:
        _complain(complaints, "The golden cases were not run.")
    _complain(list(validating.failing(cases, book)), "")
    rules_count = sum(len(pack.rules) for pack in book.packs)
    click.echo(
        f"{len(book.packs)} packs with {rules_count:,} rules hold to the schema, and the gate answers all golden "
        f"cases as they say, at {len(cases):,} moments."
    )
    click.echo(f"Digest of all packs: {book.digest}")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise PackNotTextError(file=path) from None


def _complain(complaints: Sequence[str], more: str) -> None:
    if not complaints:
        return
    for each in complaints:
        click.echo(each, err=True)
    click.echo(
        f"{'1 thing is' if len(complaints) == 1 else f'{len(complaints):,} things are'} wrong. {more}".strip(),
        err=True,
    )
    sys.exit(EXIT_WRONG)
