"""A code proves today's holder of the number, not last year's."""

from datetime import UTC, datetime, timedelta

import pytest

from yesword.privacy.access import Proof

DAY = timedelta(days=1)
CODE = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("proof", "moment", "is_owner"),
    [
        pytest.param(Proof(since=CODE), CODE, True, id="what is as old as the code"),
        pytest.param(Proof(since=CODE), CODE - DAY, False, id="what is older than the code"),
        pytest.param(Proof(since=CODE, is_second=True), CODE - 900 * DAY, True, id="with a second proof, all"),
        pytest.param(
            Proof(since=CODE, is_second=True, reassigned_at=CODE - DAY),
            CODE - 2 * DAY,
            False,
            id="what is older than a sign of reassignment, whatever is proven",
        ),
        pytest.param(
            Proof(since=CODE - 9 * DAY, reassigned_at=CODE - DAY),
            CODE - 2 * DAY,
            False,
            id="nor because the number is said to be theirs for longer",
        ),
        pytest.param(
            Proof(since=CODE, is_second=True, reassigned_at=CODE - DAY), CODE, True, id="what is newer than the sign"
        ),
        pytest.param(Proof(since=CODE - DAY, reassigned_at=CODE - DAY), CODE - DAY, False, id="the sign itself"),
    ],
)  # fmt: skip
def test_what_is_proven_to_be_about_whoever_asks(proof, moment, is_owner):
    assert proof.is_owner_of(moment) is is_owner
