"""Evidence is graded from the record as it would be from the thing itself."""

import json
from hashlib import sha256

import pytest

from factories.browsers import probe
from yesword.domain.evidence import Evidence, EvidenceKind
from yesword.domain.evidence.presentation import check_probe
from yesword.domain.evidence.probe import read_probe
from yesword.ledger.entry import canonical
from yesword.proof.evidence.grades import evidence_in, evidence_of, told

WORDING = "Yes, text me the club's offers. STOP to stop."
DIGEST = sha256(WORDING.encode()).hexdigest()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(probe(WORDING), id="nothing was found"),
        pytest.param(probe(WORDING, was_ticked=True), id="a contradiction"),
        pytest.param(
            probe(WORDING, rendering={"font_tenths_px": 112, "visible_ms": 12, "colour": "#999999"}),
            id="weaknesses with figures",
        ),
        pytest.param(probe(WORDING, rendering={"contrast_hundredths": 300}), id="a remark"),
    ],
)
def test_findings_come_back_from_the_record_as_they_were_found(data):
    found = check_probe(read_probe(data), DIGEST)
    item = json.loads(canonical({"kind": "presentation_probe", "sha256": "b" * 64, "findings": told(found)}))
    (evidence,) = evidence_of([item])
    assert evidence == Evidence(kind=EvidenceKind.PRESENTATION_PROBE, sha256="b" * 64, findings=found)


def test_what_a_row_lacks_is_said_of_the_row_alone():
    sections = {
        "evidence": [{"kind": "import_row"}, {"kind": "scan"}, {"kind": "horoscope"}, "a word"],
        "context": {"lacks": ["source", "date"]},
    }
    assert evidence_in(sections) == (
        Evidence(kind=EvidenceKind.IMPORT_ROW, lacks=("source", "date")),
        Evidence(kind=EvidenceKind.SCAN),
    )


@pytest.mark.parametrize(
    "sections",
    [{}, {"evidence": []}, {"evidence": "none"}, {"evidence": [{"sha256": "b" * 64}], "context": []}],
    ids=["no section", "no evidence", "no list", "of no kind"],
)
def test_where_there_is_no_evidence_none_is_found(sections):
    assert evidence_in(sections) == ()
