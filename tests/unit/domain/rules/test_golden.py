"""The golden cases that ship with the packs: each is a test, and together they pin every rule that decides."""

from collections import defaultdict
from importlib import resources

import pytest

from yesword.domain.gate.reasons import BUILT_IN
from yesword.domain.golden import Golden, count_shipped, shipped_cases
from yesword.domain.rules import RuleBook
from yesword.domain.rules.model import OnRecord, Pack
from yesword.domain.rules.model.times import Hours

FOLDER = resources.files("yesword.domain.rules").joinpath("packs")


def written() -> dict[str, tuple[Golden, ...]]:
    """Each case as it is written, with the moments at which it is run."""
    found: dict[str, list[Golden]] = defaultdict(list)
    for case in shipped_cases():
        found[f"{case.pack}: {case.name}"].append(case)
    return {name: tuple(moments) for name, moments in found.items()}


CASES = written()


def packs() -> tuple[Pack, ...]:
    return RuleBook.load().packs


@pytest.mark.parametrize("moments", CASES.values(), ids=CASES)
def test_golden(moments):
    book = RuleBook.load()
    complaints = {f"{case.at:%Y-%m-%d %H:%M} UTC": case.complaint(book) for case in moments}
    wrong = [f"at {at}: {said}" for at, said in complaints.items() if said is not None]
    assert not wrong, f"{moments[0].rule}\n" + "\n".join(wrong)


def test_at_least_600_cases_are_written_each_under_a_name_of_its_own():
    assert count_shipped() >= 600
    assert len(CASES) == count_shipped()


def test_every_case_pins_a_rule_that_exists():
    ids = {rule.id for pack in packs() for rule in pack.rules}
    ids |= {f"{pack}.{name}" for name, (pack, _) in BUILT_IN.items()}
    assert {case.rule for case in shipped_cases()} - ids == set()


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: pack.id)
def test_every_rule_that_is_held_against_texts_is_pinned_by_a_case(pack):
    pinned = {case.rule for case in shipped_cases()}
    held = [rule.id for rule in pack.rules if not isinstance(rule.parameter, OnRecord)]
    assert [each for each in held if each not in pinned] == []


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: pack.id)
def test_every_pack_against_which_a_text_is_held_has_cases_beside_it(pack):
    is_held = any(not isinstance(rule.parameter, OnRecord) for rule in pack.rules)
    assert FOLDER.joinpath("cases", f"{pack.id}.toml").is_file() or not is_held
    assert pack.file == f"{pack.id}.toml"


def test_every_file_of_cases_has_its_pack():
    files = {each.name for each in FOLDER.joinpath("cases").iterdir() if each.name.endswith(".toml")}
    assert files - {pack.file for pack in packs()} == set()


@pytest.mark.parametrize(
    "pack",
    [
        pack
        for pack in packs()
        if any(isinstance(rule.parameter, Hours) and rule.is_enforced for rule in pack.rules)
    ],
    ids=lambda pack: pack.id,
)
def test_hours_are_run_in_summer_in_winter_and_around_each_change_of_the_clocks(pack):
    own = {rule.id for rule in pack.rules if isinstance(rule.parameter, Hours)}
    by_clock = [
        moments
        for moments in CASES.values()
        if moments[0].rule in own and len({case.at for case in moments}) > 1
    ]
    assert by_clock, "no case says `local`"


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: pack.id)
def test_a_pack_that_decides_shows_a_text_that_goes_and_one_that_does_not(pack):
    deciding = [
        rule
        for rule in pack.rules
        if rule.is_enforced and rule.is_verified and not isinstance(rule.parameter, OnRecord)
    ]
    verdicts = {case.verdict for case in shipped_cases() if case.pack == pack.id}
    if deciding:
        assert "send" in verdicts
        assert verdicts & {"refuse", "wait"}
