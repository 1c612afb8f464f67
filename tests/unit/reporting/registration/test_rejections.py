"""Each rejection that a reviewer numbers: a registration that would get it, and the same one mended, which would not."""

import pytest

from factories.registrations import codes, findings
from factories.rejected import CASES, Case
from yesword.reporting.registration import Kind
from yesword.reporting.registration.tables import rejections

PAIRS = [pytest.param(each, kind, id=f"{each.id}, {kind.value}") for each in CASES for kind in each.codes]


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_a_registration_that_is_whole_has_nothing_to_remark(kind: Kind):
    assert [each.problem for each in findings(kind)] == []


@pytest.mark.parametrize(("told", "kind"), PAIRS)
def test_what_would_be_rejected_is_found_with_each_code_of_it(told: Case, kind: Kind):
    assert {code for check, code in codes(kind, *told.bad()) if check == told.check} == set(told.codes[kind])


@pytest.mark.parametrize(("told", "kind"), PAIRS)
def test_nothing_else_is_called_by_these_codes_in_the_registration_that_is_mended(told: Case, kind: Kind):
    assert not codes(kind) & {(told.check, code) for code in told.codes[kind]}


def test_every_rejection_has_a_case():
    told = {(code, kind) for each in CASES for kind, names in each.codes.items() for code in names}
    assert {(row.name, kind) for row in rejections().rejection for kind in row.kinds} == told


@pytest.mark.parametrize("told", CASES, ids=lambda told: told.id)
def test_a_finding_says_what_is_wrong_and_how_to_mend_it(told: Case):
    for kind in told.codes:
        found = [each for each in findings(kind, *told.bad()) if each.check == told.check]
        assert found
        for each in found:
            assert each.problem.strip()
            assert each.remedy.strip()
            assert "{" not in each.problem + each.remedy
            assert each.field
