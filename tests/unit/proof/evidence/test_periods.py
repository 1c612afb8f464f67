"""Until when a file is kept, and whose law asks."""

from datetime import UTC, datetime, timedelta

import pytest

from yesword.domain.evidence.kinds import EvidenceKind
from yesword.proof.evidence.periods import purge_at

COLLECTED = datetime(2026, 3, 2, 12, tzinfo=UTC)
IN_30_DAYS = COLLECTED + timedelta(days=30)


@pytest.mark.parametrize(
    ("kind", "where", "goes_at"),
    [
        pytest.param("presentation_probe", ["NL"], IN_30_DAYS, id="a probe in the EU, after 30 days"),
        pytest.param("presentation_probe", ["GB"], IN_30_DAYS, id="a probe where a claim is no duty, too"),
        pytest.param(
            "presentation_probe", ["US"], None, id="a probe where a record is a duty, with the record"
        ),
        pytest.param("presentation_probe", ["NL", "US-FL"], None, id="a duty of one place is enough"),
        pytest.param(
            "presentation_probe", ["HK"], IN_30_DAYS, id="a duty to keep withdrawals is none for consent"
        ),
        pytest.param("presentation_probe", [], IN_30_DAYS, id="a probe of nobody knows where, after 30 days"),
        pytest.param("replay", ["US"], IN_30_DAYS, id="a replay goes whatever the law"),
        pytest.param("scan", ["NL"], None, id="a scan stays with the record"),
        pytest.param("recording", ["NL"], None, id="and so does a recording"),
        pytest.param("attestation", ["NL"], None, id="and a statement"),
    ],
)
def test_what_tells_how_somebody_behaved_goes_by_itself(kind, where, goes_at):
    assert purge_at(EvidenceKind(kind), where, collected_at=COLLECTED) == goes_at


def test_it_goes_at_the_confirmation_where_that_was_before():
    kind, sooner = EvidenceKind.PRESENTATION_PROBE, COLLECTED + timedelta(minutes=3)
    assert purge_at(kind, ["NL"], collected_at=COLLECTED, confirmed_at=sooner) == sooner
    assert purge_at(kind, ["US"], collected_at=COLLECTED, confirmed_at=sooner) is None
