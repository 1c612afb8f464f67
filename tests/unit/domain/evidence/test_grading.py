"""A grade says how well an event is backed, why not better, and what it does not prove."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.decisions import Sentence
from yesword.domain.events import FREE_TEXT, OTHER_OWNER, Actor, Basis, ConsentEvent, EventKind, Grade, Scope
from yesword.domain.evidence import Evidence, EvidenceKind, Happening, grade
from yesword.domain.evidence.presentation import Finding
from yesword.domain.evidence.sentences import CATALOGUE, render
from yesword.domain.ids import BrandId, ContactId, EventId
from yesword.domain.linting.finding import Severity
from yesword.domain.parties import Provenance

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORDING = "d" * 64
DISCLOSURE = Evidence(kind=EvidenceKind.DISCLOSURE, sha256=WORDING)
TEXT = Evidence(kind=EvidenceKind.INBOUND_TEXT)
FORM = Evidence(kind=EvidenceKind.FORM_VERSION)
SCAN = Evidence(kind=EvidenceKind.SCAN)
RECORDING = Evidence(kind=EvidenceKind.RECORDING)
ATTESTATION = Evidence(kind=EvidenceKind.ATTESTATION)
ROW = Evidence(kind=EvidenceKind.IMPORT_ROW)
TICKED = Finding(
    code="ticked_at_first",
    severity=Severity.ERROR,
    sentence=Sentence.of("probe.ticked_at_first"),
    is_contradiction=True,
)
SMALL = Finding(
    code="font_small",
    severity=Severity.ERROR,
    sentence=Sentence.of("probe.font_small", font="11", least=12),
)
SMALLISH = Finding(
    code="font_smallish",
    severity=Severity.WARNING,
    sentence=Sentence.of("probe.font_smallish", font="13", good=16),
)


def probe(*findings: Finding) -> Evidence:
    return Evidence(kind=EvidenceKind.PRESENTATION_PROBE, findings=findings)


def happening(kind=EventKind.GRANTED, actor=Actor.PERSON, route="form", **more) -> Happening:
    given_ones = {
        "basis": Basis.EXPRESS_WRITTEN,
        "disclosure": WORDING,
        "occurred_at": NOON,
        "received_at": NOON,
        **more,
    }
    return Happening(kind=kind, actor=actor, route=route, **given_ones)


def ids(sentences) -> list[str]:
    return [each.id for each in sentences]


@pytest.mark.parametrize(
    ("what", "evidence", "expected"),
    [
        pytest.param(
            happening(EventKind.CONFIRMED, Actor.HANDSET, "reply"),
            [TEXT, DISCLOSURE],
            Grade.A,
            id="JA to a request",
        ),
        pytest.param(happening(actor=Actor.HANDSET, route="keyword"), [TEXT], Grade.A, id="a keyword"),
        pytest.param(happening(actor=Actor.HANDSET, route="code"), [], Grade.A, id="a code typed in"),
        pytest.param(
            happening(actor=Actor.HANDSET, route="reply", basis=Basis.CONVERSATION, disclosure=None),
            [TEXT],
            Grade.A,
            id="a question that the person texted",
        ),
        pytest.param(
            happening(EventKind.WITHDRAWN, Actor.HANDSET, "reply", disclosure=None, basis=None),
            [TEXT],
            Grade.A,
            id="STOP",
        ),
        pytest.param(happening(), [FORM, probe()], Grade.B, id="a form with its probe"),
        pytest.param(happening(EventKind.REQUESTED), [FORM], Grade.B, id="a wish from a form"),
        pytest.param(
            happening(actor=Actor.PERSON, route="email"),
            [Evidence(kind=EvidenceKind.EMAIL)],
            Grade.B,
            id="an e-mail",
        ),
        pytest.param(
            happening(actor=Actor.PERSON, route="checkout", basis=Basis.TRIGGER, disclosure=None),
            [FORM],
            Grade.B,
            id="an order",
        ),
        pytest.param(
            happening(actor=Actor.AGENT, route="paper", disclosure=None), [SCAN], Grade.C, id="paper"
        ),
        pytest.param(
            happening(actor=Actor.AGENT, route="spoken", disclosure=None), [RECORDING], Grade.C, id="spoken"
        ),
        pytest.param(
            happening(actor=Actor.AGENT, route="kiosk"),
            [ATTESTATION],
            Grade.C,
            id="at the counter, before a witness",
        ),
        pytest.param(
            happening(EventKind.WITHDRAWN, Actor.CARRIER, "carrier_block", disclosure=None, basis=None),
            [],
            Grade.C,
            id="a block that the carrier reports",
        ),
        pytest.param(
            happening(EventKind.EXPIRED, Actor.SYSTEM, "lapse", disclosure=None, basis=None),
            [],
            Grade.C,
            id="a lapse",
        ),
        pytest.param(
            happening(actor=Actor.IMPORT, route="import"), [ROW], Grade.D, id="a row with its proof"
        ),
        pytest.param(
            happening(actor=Actor.IMPORT, route="import", basis=Basis.CUSTOMER, disclosure=None),
            [ROW],
            Grade.D,
            id="a row about a customer",
        ),
        pytest.param(happening(actor=Actor.API, route="api"), [ROW], Grade.D, id="another system's row"),
        pytest.param(happening(), [], Grade.D, id="a form of which only the wording is kept"),
        pytest.param(
            happening(actor=Actor.IMPORT, route="import"), [], Grade.E, id="an import without a row"
        ),
        pytest.param(
            happening(actor=Actor.IMPORT, route="import"),
            [replace(ROW, lacks=("date",))],
            Grade.E,
            id="a row without a date",
        ),
        pytest.param(happening(disclosure=None), [FORM], Grade.E, id="a form whose wording is not kept"),
        pytest.param(
            happening(actor=Actor.AGENT, disclosure=None),
            [ATTESTATION],
            Grade.E,
            id="a witness, to which words?",
        ),
        pytest.param(
            happening(actor=Actor.SYSTEM, route="job"), [TEXT, SCAN], Grade.E, id="a clock that agrees"
        ),
        pytest.param(
            happening(actor=Actor.CARRIER, route="carrier"), [TEXT], Grade.E, id="a carrier that agrees"
        ),
    ],
)
def test_each_way_of_agreeing_and_of_leaving_has_its_grade(what, evidence, expected):
    assert grade(what, evidence).grade is expected


@pytest.mark.parametrize(
    ("what", "evidence", "obstacles"),
    [
        pytest.param(
            happening(actor=Actor.HANDSET, route="keyword"), [TEXT], [], id="nothing is better than A"
        ),
        pytest.param(happening(), [FORM], ["lacking.handset"], id="a form is not the handset"),
        pytest.param(
            happening(actor=Actor.HANDSET, route="keyword"),
            [FORM],
            ["lacking.inbound_text"],
            id="the handset, but its text is lost",
        ),
        pytest.param(
            happening(),
            [],
            ["lacking.witness", "lacking.context", "lacking.handset"],
            id="the nearest grade's lacks come first",
        ),
        pytest.param(
            happening(actor=Actor.IMPORT),
            [replace(ROW, lacks=("source", "wording"))],
            [
                "lacking.source",
                "lacking.wording",
                "lacking.witness",
                "lacking.own_act",
                "lacking.context",
                "lacking.handset",
            ],
            id="each thing that a row lacks",
        ),
        pytest.param(
            happening(),
            [FORM, replace(DISCLOSURE, sha256="e" * 64)],
            ["lacking.same_wording", "lacking.witness", "lacking.handset"],
            id="another wording than the one it is pinned to",
        ),
    ],
)
def test_it_says_why_not_better(what, evidence, obstacles):
    assert ids(grade(what, evidence).why_not_better) == obstacles


def test_a_row_may_lack_what_nobody_thought_of():
    found = grade(happening(actor=Actor.IMPORT), [replace(ROW, lacks=("signature",))])
    assert found.grade is Grade.E
    assert "lacking.something" in ids(found.why_not_better)


# --- probes --------------------------------------------------------------------------------------------------


def test_a_wording_that_was_shown_badly_makes_a_form_weaker():
    found = grade(happening(), [FORM, probe(SMALL)])
    assert found.grade is Grade.D
    assert "probe.font_small" in ids(found.why_not_better)


def test_a_box_that_was_ticked_for_them_is_no_agreement_whatever_else_is_kept():
    for more in ([], [SCAN], [ATTESTATION], [ROW]):
        found = grade(happening(), [FORM, probe(TICKED), *more])
        assert found.grade is Grade.E
        assert found.why_not_better[0].id == "probe.ticked_at_first"


def test_a_warning_is_told_and_changes_nothing():
    found = grade(happening(), [FORM, probe(SMALLISH)])
    assert found.grade is Grade.B
    assert "probe.font_smallish" in ids(found.remarks)


def test_a_yes_from_the_handset_stands_whatever_the_form_did_and_the_form_is_told():
    found = grade(happening(EventKind.CONFIRMED, Actor.HANDSET, "reply"), [TEXT, probe(TICKED)])
    assert found.grade is Grade.A
    assert "probe.ticked_at_first" in ids(found.remarks)


# --- what cannot be had --------------------------------------------------------------------------------------


@pytest.mark.parametrize("provenance", [each for each in Provenance if not each.may_grant])
@pytest.mark.parametrize("actor", list(Actor))
def test_bought_consent_is_only_claimed(actor, provenance):
    what = happening(actor=actor, provenance=provenance, upholds=Grade.A)
    for kind in (EventKind.GRANTED, EventKind.RENEWED):
        found = grade(replace(what, kind=kind), [TEXT, FORM, SCAN, ROW, DISCLOSURE])
        assert found.grade is Grade.E
        assert "lacking.own_consent" in ids(found.why_not_better)


@pytest.mark.parametrize("upheld", list(Grade))
def test_silence_neither_strengthens_nor_weakens(upheld):
    what = happening(EventKind.RENEWED, Actor.SYSTEM, "renewal", upholds=upheld)
    for evidence in ([], [TEXT, SCAN, FORM, ROW]):
        assert grade(what, evidence).grade is upheld


# --- what it does not prove, and remarks ---------------------------------------------------------------------


def test_a_yes_from_the_handset_does_not_prove_who_held_it():
    found = grade(happening(EventKind.CONFIRMED, Actor.HANDSET, "reply"), [TEXT])
    assert ids(found.does_not_prove) == ["unproved.holder", "unproved.read", "unproved.nothing_after"]


def test_a_claim_does_not_prove_that_anybody_agreed():
    assert grade(happening(actor=Actor.API)).does_not_prove[0].id == "unproved.agreed"
    assert (
        grade(happening(EventKind.WITHDRAWN, Actor.API, basis=None)).does_not_prove[0].id
        == "unproved.happened"
    )


@pytest.mark.parametrize(
    ("delay", "remark"),
    [
        pytest.param(timedelta(0), None, id="at once"),
        pytest.param(timedelta(minutes=5), None, id="as long as a carrier may take"),
        pytest.param(timedelta(minutes=5, seconds=1), ("minutes", 5), id="a little later"),
        pytest.param(timedelta(minutes=119), ("minutes", 119), id="nearly two hours"),
        pytest.param(timedelta(hours=2), ("hours", 2), id="two hours"),
        pytest.param(timedelta(hours=47), ("hours", 47), id="nearly two days"),
        pytest.param(timedelta(days=400), ("days", 400), id="more than a year"),
    ],
)
def test_it_says_when_it_was_recorded_later_than_it_happened(delay, remark):
    found = grade(happening(received_at=NOON + delay), [FORM])
    told = [each for each in found.remarks if each.id.startswith("remark.recorded_later")]
    expected = [] if remark is None else [Sentence.of(f"remark.recorded_later.{remark[0]}", count=remark[1])]
    assert told == expected


def test_it_says_when_a_clock_was_wrong():
    found = grade(happening(received_at=NOON - timedelta(hours=1)), [FORM])
    assert "remark.dated_ahead" in ids(found.remarks)


def test_it_says_until_a_witness_has_signed():
    assert "remark.not_yet_witnessed" in ids(grade(happening(), [FORM]).remarks)
    assert "remark.not_yet_witnessed" not in ids(grade(happening(is_witnessed=True), [FORM]).remarks)


def test_it_says_what_only_the_browser_says():
    assert "remark.asserted_by_client" in ids(grade(happening(), [FORM, probe()]).remarks)
    assert "remark.asserted_by_client" not in ids(grade(happening(), [FORM]).remarks)


@pytest.mark.parametrize("route", [FREE_TEXT, OTHER_OWNER])
def test_it_says_what_was_read_from_somebodys_own_words(route):
    found = grade(happening(EventKind.WITHDRAWN, Actor.HANDSET, route, basis=None), [TEXT])
    assert found.grade is Grade.A
    assert "remark.read_from_words" in ids(found.remarks)


# --- every event gets an answer ------------------------------------------------------------------------------

findings = st.lists(st.sampled_from([TICKED, SMALL, SMALLISH]), max_size=2).map(tuple)
pieces = st.builds(
    Evidence,
    kind=st.sampled_from(EvidenceKind),
    sha256=st.sampled_from(["", WORDING, "e" * 64]),
    lacks=st.lists(
        st.sampled_from(["source", "date", "wording", "confirmation", "purchase", "x"]), max_size=2
    ).map(tuple),
    findings=findings,
)
sound_pieces = st.builds(Evidence, kind=st.sampled_from(EvidenceKind), sha256=st.sampled_from(["", WORDING]))
happenings = st.builds(
    Happening,
    kind=st.sampled_from(EventKind),
    actor=st.sampled_from(Actor),
    route=st.sampled_from(["keyword", "reply", FREE_TEXT, OTHER_OWNER, "code", "form", "import", ""])
    | st.text(),
    occurred_at=st.just(NOON),
    received_at=st.timedeltas(timedelta(days=-400), timedelta(days=4000)).map(lambda delay: NOON + delay),
    basis=st.none() | st.sampled_from(Basis),
    disclosure=st.sampled_from([None, WORDING]),
    provenance=st.sampled_from(Provenance),
    upholds=st.none() | st.sampled_from(Grade),
    is_witnessed=st.booleans(),
)


@given(happenings, st.lists(pieces, max_size=5))
def test_every_event_gets_a_grade_that_says_what_it_does_not_prove(what, evidence):
    found = grade(what, evidence)
    assert found.reasons
    assert found.does_not_prove
    assert bool(found.why_not_better) == (found.grade is not Grade.A)
    for sentence in (*found.reasons, *found.why_not_better, *found.does_not_prove, *found.remarks):
        assert render(sentence).endswith(".")


@given(happenings, st.lists(pieces, max_size=4), st.randoms())
def test_the_order_of_the_evidence_changes_nothing(what, evidence, random):
    shuffled = random.sample(evidence, len(evidence))
    one, other = grade(what, evidence), grade(what, shuffled)
    assert one.grade is other.grade
    assert set(one.does_not_prove) == set(other.does_not_prove)


@given(happenings, st.lists(pieces, max_size=4), sound_pieces)
def test_more_evidence_that_fits_never_makes_it_worse(what, evidence, more):
    if more.kind is EvidenceKind.DISCLOSURE:
        more = replace(more, sha256=what.disclosure or "")
    assert grade(what, [*evidence, more]).grade <= grade(what, evidence).grade


@given(happenings, st.lists(pieces, max_size=5))
def test_only_the_handset_reaches_a_and_only_the_person_reaches_b(what, evidence):
    found = grade(what, evidence).grade
    is_silence = what.kind is EventKind.RENEWED and what.actor is Actor.SYSTEM
    if not is_silence:
        assert found is not Grade.A or what.actor is Actor.HANDSET
        assert found is not Grade.B or what.actor in (Actor.HANDSET, Actor.PERSON)


def test_an_event_of_the_record_is_graded_as_it_stands():
    event = ConsentEvent(
        id=EventId(1),
        brand=BrandId(1),
        contact=ContactId(1),
        seq=1,
        kind=EventKind.CONFIRMED,
        scope=Scope(),
        actor=Actor.HANDSET,
        route="reply",
        occurred_at=NOON,
        received_at=NOON,
        basis=Basis.EXPRESS_WRITTEN,
        disclosure=WORDING,
    )
    assert Happening.of(event) == happening(EventKind.CONFIRMED, Actor.HANDSET, "reply")


def test_each_kind_of_evidence_has_a_name():
    assert {kind.label for kind in EvidenceKind} == {each for each in CATALOGUE if each.startswith("kind.")}
