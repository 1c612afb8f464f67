"""Records in DPV, read by tools that are not ours: rdflib parses them, pyshacl checks them, DPV's own files know each name."""

import json
import re
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib import DCTERMS, RDF, SKOS, XSD, Literal, Namespace, URIRef

from factories.events import at, confirmed, event, granted, imported, read_as_stop, requested, withdrawn
from factories.recorded import (
    BRAND,
    DIGEST,
    RECEIPT_ID,
    RECORD_ID,
    WORDING,
    american,
    german,
    recorded,
)
from yesword.domain.events import Actor, Basis, EventKind, Grade, Limits
from yesword.domain.parties import Provenance
from yesword.domain.rules import loader
from yesword.ledger.entry import canonical, read_json
from yesword.proof.records import (
    BadRecordError,
    Party,
    PersonalData,
    Purpose,
    Recipient,
    Status,
    SubjectRef,
    consent_receipt,
    consent_record,
    shapes,
)

# rdflib's own JSON-LD reader still uses a class that rdflib has deprecated.
pytestmark = [
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
]

VOCABULARIES = Path(__file__).parents[3] / "data" / "dpv"
PACKS = Path(loader.__file__).parent / "packs"
DPV = Namespace("https://w3id.org/dpv#")
GDPR = Namespace("https://w3id.org/dpv/legal/eu/gdpr#")
LOC = Namespace("https://w3id.org/dpv/loc#")
LED = Namespace("urn:yesword:ledger#")
PROFILE = Namespace("https://w3id.org/dpv/schema/dpv-27560#")
RECORD = URIRef(RECORD_ID.urn)

ASKED = requested(1, actor=Actor.PERSON, route="web_form")
STORY = (ASKED, confirmed(2, ASKED), withdrawn(3))


def graph(document):
    return rdflib.Graph().parse(data=canonical(document), format="json-ld")


@cache
def shape_graph():
    return rdflib.Graph().parse(data=shapes(), format="turtle")


@cache
def known():
    """Every name that DPV 2.3 and its extensions define."""
    found = set()
    for path in sorted(VOCABULARIES.glob("*.ttl")):
        found |= {str(name) for name in rdflib.Graph().parse(path).subjects() if isinstance(name, URIRef)}
    return found


def conforms(document):
    is_valid, _, report = pyshacl.validate(graph(document), shacl_graph=shape_graph())
    return is_valid, report


def names(document):
    return {str(term) for triple in graph(document) for term in triple if isinstance(term, URIRef)}


def unknown_names(document):
    used = {name for name in names(document) if name.startswith("https://w3id.org/dpv")}
    assert len(used) > 30, "the record is made of DPV"
    return used - known()


def of_every_kind():
    """A record in which each optional part is there, and a state of each kind of event."""
    party = replace(BRAND, url="https://brand.example/de/", phone="")
    renewed = granted(4, kind=EventKind.RENEWED, limits=Limits(ends_at=at(9000)))
    stop = read_as_stop(6)
    events = [
        imported(1, basis=Basis.CUSTOMER),
        requested(2),
        granted(3, basis=Basis.EXPRESS),
        renewed,
        event(EventKind.PREFERRED, 5),
        stop,
        event(EventKind.CORRECTED, 7, None, actor=Actor.AGENT, answers=stop.id, reason="stop by at five"),
        event(EventKind.EXPIRED, 8, actor=Actor.SYSTEM, answers=renewed.id),
        event(EventKind.REFUSED, 9),
        granted(10, basis=Basis.TRIGGER),
        granted(11, basis=Basis.CONVERSATION),
        event(EventKind.INVALIDATED, 12, None, actor=Actor.AGENT, reason="bad_list"),
        withdrawn(13, actor=Actor.SYSTEM),
        event(EventKind.ERASED, 14, None),
    ]
    told = recorded(events)
    return german(
        events,
        events=(*told[:-1], replace(told[-1], erased=("subject", "context"), leaf_index=None)),
        controller=party,
        personal_data=tuple(PersonalData),
        purposes=tuple(
            Purpose(key=key, description=key, is_promotional=key == "offers")
            for key in ("offers", "reminders", "jobs")
        ),
        recipients=(Recipient(name="Carrier AG", url="https://carrier.example/sms?from=de"),),
    )


RECORDS = {
    "a German record, asked, confirmed and stopped": lambda: german(STORY),
    "an American record": lambda: american([granted(1)]),
    "a record with every part and every kind of event": of_every_kind,
    "a record of a mere claim": lambda: german([imported(1, basis=None, grade=None)]),
}


@pytest.mark.parametrize("name", RECORDS)
class TestEveryRecord:
    def test_conforms_to_the_shapes(self, name):
        is_valid, report = conforms(consent_record(RECORDS[name]()))
        assert is_valid, report

    def test_uses_no_name_that_dpv_does_not_define(self, name):
        assert unknown_names(consent_record(RECORDS[name]())) == set()

    def test_is_json_that_any_two_readers_read_alike(self, name):
        document = consent_record(RECORDS[name]())
        assert read_json(canonical(document).decode()) == json.loads(json.dumps(document))

    def test_leaves_no_name_address_or_time_as_mere_text(self, name):
        """What the context does not type, a reader takes for words."""
        found = graph(consent_receipt(RECORDS[name](), receipt_id=RECEIPT_ID, at=at(99)))
        texts = {(how, str(said)) for _, how, said in found if _is_text(said)}
        assert [text for how, text in texts if _MORE_THAN_TEXT.match(text) and how != DPV.hasIdentifier] == []

    def test_receipt_conforms_and_uses_known_names(self, name):
        receipt = consent_receipt(RECORDS[name](), receipt_id=RECEIPT_ID, at=at(99))
        is_valid, report = conforms(receipt)
        assert is_valid, report
        assert unknown_names(receipt) == set()
        canonical(receipt)


_MORE_THAN_TEXT = re.compile(r"(dpv|pd|loc|eu-gdpr|legal-eu|rule|led|schema|https?|urn):|\d{4}-\d\d-\d\d")


def _is_text(term):
    return isinstance(term, Literal) and term.datatype in (None, XSD.string)


def test_states_are_told_oldest_first_and_numbered_for_readers_without_order():
    document = consent_record(german(STORY))
    told = [each["@type"][0] for each in document["dpv:hasConsentStatus"]]
    assert told == [f"dpv:{each}" for each in (Status.REQUESTED, Status.GIVEN, Status.WITHDRAWN)]
    found = graph(document)
    numbered = {
        found.value(state, LED.seq).value: state for state in found.objects(RECORD, DPV.hasConsentStatus)
    }
    assert (numbered[2], RDF.type, DPV.ConsentGiven) in found
    assert (numbered[3], RDF.type, DPV.ConsentWithdrawn) in found


def test_a_state_says_when_by_whom_how_for_how_long_and_where_the_proof_is():
    found = graph(consent_record(german([granted(1)])))
    state = found.value(RECORD, DPV.hasConsentStatus)
    assert set(found.objects(state, RDF.type)) == {DPV.ConsentGiven, DPV.ExplicitlyExpressedConsent}
    assert found.value(state, DPV.isIndicatedAtTime) == Literal(
        "2026-03-02T09:01:00.000Z", datatype=XSD.dateTime
    )
    assert found.value(state, DPV.isIndicatedBy) == URIRef("urn:subject:b7f0c1d2")
    assert str(found.value(state, DPV.hasIndicationMethod)) == "keyword"
    assert str(found.value(found.value(state, DPV.hasDuration), RDF.value)) == "withdrawal"
    assert str(found.value(state, LED.logOrigin)) == "sms.example/ledger/brand"
    assert found.value(state, LED.leafIndex).value == 500
    notice = found.value(state, DPV.hasNotice)
    assert str(found.value(notice, LED.text)) == WORDING
    assert str(found.value(notice, LED.sha256)) == DIGEST


def test_what_an_import_says_stands_on_the_word_of_the_controller():
    document = consent_record(german([imported(1)]))
    (state,) = document["dpv:hasConsentStatus"]
    assert state["dpv:isIndicatedBy"] == "https://brand.example/#org"
    assert state["led:actor"] == "import"


def test_a_grant_with_an_end_says_when_and_a_stop_has_no_end():
    ends = at(60)
    document = consent_record(german([granted(1, limits=Limits(ends_at=ends)), withdrawn(2)]))
    given, stopped = document["dpv:hasConsentStatus"]
    assert given["dpv:hasDuration"]["@type"] == "dpv:UntilTimeDuration"
    assert given["dpv:hasDuration"]["rdf:value"]["@value"] == "2026-03-02T10:00:00.000Z"
    assert stopped["dpv:hasDuration"] == {"@type": "dpv:EndlessDuration"}


def test_a_stop_is_about_the_kind_of_consent_that_it_ends():
    document = consent_record(german([granted(1), withdrawn(2)]))
    assert document["dpv:hasConsentStatus"][1]["@type"] == [
        "dpv:ConsentWithdrawn",
        "dpv:ExplicitlyExpressedConsent",
    ]


def test_an_erased_event_shows_what_is_gone_and_keeps_its_leaf():
    told = recorded([granted(1)])
    document = consent_record(german([], events=(replace(told[0], erased=("subject", "context")),)))
    (state,) = document["dpv:hasConsentStatus"]
    assert state["led:erasedSection"] == ["subject", "context"]
    assert state["led:leafHash"] == told[0].leaf_hash.hex()


def test_an_event_that_the_log_has_not_taken_up_has_no_index():
    told = recorded([granted(1)], leaf_index=None)
    (state,) = consent_record(german([], events=told))["dpv:hasConsentStatus"]
    assert "led:leafIndex" not in state


def test_a_record_under_gdpr_names_the_law_the_article_and_the_rights():
    found = graph(consent_record(german([granted(1)])))
    assert found.value(RECORD, DCTERMS.conformsTo) == PROFILE["record-eu-gdpr"]
    assert found.value(RECORD, DPV.hasApplicableLaw) == URIRef("https://w3id.org/dpv/legal/eu#law-GDPR")
    assert found.value(RECORD, DPV.hasLegalBasis) == GDPR["A6-1-a"]
    rights = {
        kind for right in found.objects(RECORD, DPV.hasRight) for kind in found.objects(right, RDF.type)
    }
    assert {GDPR["A7-3"], GDPR.A15, GDPR.A17} <= rights


@pytest.mark.parametrize(
    ("key", "is_promotional", "broader"),
    [
        pytest.param("offers", True, DPV.DirectMarketing, id="offers are marketing"),
        pytest.param("reminders", False, DPV.CommunicationForCustomerCare, id="reminders care for customers"),
        pytest.param("jobs", False, DPV.RecruitmentAdvertising, id="job alerts look for staff"),
    ],
)
def test_a_purpose_of_ours_is_a_kind_of_one_that_dpv_knows(key, is_promotional, broader):
    purpose = Purpose(key=key, description="…", is_promotional=is_promotional)
    found = graph(consent_record(german(STORY, purposes=(purpose,))))
    (said,) = found.objects(found.value(RECORD, DPV.hasProcess), DPV.hasPurpose)
    assert found.value(said, SKOS.broader) == broader
    assert str(found.value(said, DCTERMS.identifier)) == key


@pytest.mark.parametrize(
    ("basis", "article"),
    [
        pytest.param(Basis.EXPRESS, "A6-1-a", id="a yes is consent"),
        pytest.param(Basis.CUSTOMER, "A6-1-f", id="soft opt-in is no consent"),
        pytest.param(Basis.CONVERSATION, "A6-1-f", id="an answer to a question is no consent"),
        pytest.param(Basis.TRIGGER, "A6-1-b", id="word of an order is the contract's"),
    ],
)
def test_only_a_yes_is_called_consent_under_gdpr(basis, article):
    assert consent_record(german([granted(1, basis=basis)]))["dpv:hasLegalBasis"] == [f"eu-gdpr:{article}"]


def test_a_mere_claim_or_a_bought_consent_adds_no_legal_basis():
    claim = imported(2, basis=Basis.TRIGGER, grade=Grade.E)
    assert consent_record(german([granted(1), claim]))["dpv:hasLegalBasis"] == ["eu-gdpr:A6-1-a"]
    bought = imported(1, basis=Basis.TRIGGER, provenance=Provenance.PURCHASED)
    assert consent_record(german([bought]))["dpv:hasLegalBasis"] == ["eu-gdpr:A6-1-a"]


def test_an_american_record_cites_our_rules_where_dpv_has_no_name_for_the_law():
    found = graph(consent_record(american([granted(1)])))
    assert found.value(RECORD, DCTERMS.conformsTo) == PROFILE.record
    assert set(found.objects(RECORD, DPV.hasJurisdiction)) == {LOC.US, LOC["US-FL"]}
    rules = {str(rule) for rule in found.objects(RECORD, LED.applicableRule)}
    assert rules == {"urn:yesword:rule:us.tcpa.cs", "urn:yesword:rule:us-fl.501.059.cs"}
    assert found.value(RECORD, DPV.hasApplicableLaw) is None
    assert not any("gdpr" in name.lower() for name in names(consent_record(american([granted(1)]))))


def test_every_place_that_we_have_rules_for_is_a_place_to_dpv():
    packs = [path.stem for path in PACKS.glob("*.toml")]
    places = {stem.upper() for stem in packs if len(stem) == 2 or (len(stem) == 5 and stem[2] == "-")}
    assert {"DE", "US-FL", "EU"} <= places
    assert {place for place in places if str(LOC[place]) not in known()} == set()


def test_a_receipt_wraps_the_record_under_one_context():
    receipt = consent_receipt(german(STORY), receipt_id=RECEIPT_ID, at=at(99))
    (record,) = receipt["dpv:hasRecordOfActivity"]
    assert {"@context": receipt["@context"], **record} == consent_record(german(STORY))
    found = graph(receipt)
    wrapper = URIRef(RECEIPT_ID.urn)
    assert found.value(wrapper, DCTERMS.conformsTo) == PROFILE["receipt-eu-gdpr"]
    assert found.value(wrapper, DCTERMS.publisher) == URIRef("https://brand.example/#org")
    assert found.value(wrapper, DPV.hasRecordOfActivity) == RECORD


# --- the shapes can fail ------------------------------------------------------------------------------------------


def _without(*path):
    def change(document):
        *way, last = path
        for step in way:
            document = document[step]
        del document[last]

    return change


def _with(*path, to):
    def change(document):
        *way, last = path
        for step in way:
            document = document[step]
        document[last] = to

    return change


_FIRST = ("dpv:hasConsentStatus", 0)
_PROCESS = ("dpv:hasProcess", 0)
_ENTITY = ("dpv:hasEntity", 0)
_TIME = (*_FIRST, "dpv:isIndicatedAtTime")

MUTANTS = {
    "without a profile": _without("dct:conformsTo"),
    "with a profile of somebody else": _with("dct:conformsTo", to="https://example.org/profile"),
    "with the profile of a receipt": _with("dct:conformsTo", to=str(PROFILE.receipt)),
    "with two profiles": _with("dct:conformsTo", to=[str(PROFILE.record), str(PROFILE["record-eu-gdpr"])]),
    "without an identifier": _without("dct:identifier"),
    "about nobody": _without("dpv:hasDataSubject"),
    "about two people": _with("dpv:hasDataSubject", to=["urn:subject:a", "urn:subject:b"]),
    "without a notice": lambda document: (
        document.pop("dpv:hasNotice"),
        [state.pop("dpv:hasNotice", None) for state in document["dpv:hasConsentStatus"]],
    ),
    "with a notice in no language": _without("dpv:hasNotice", 0, "dct:language"),
    "without a process": _without("dpv:hasProcess"),
    "with a process for no purpose": _without(*_PROCESS, "dpv:hasPurpose"),
    "with a process of no personal data": _without(*_PROCESS, "dpv:hasPersonalData"),
    "with a process without recipients": _without(*_PROCESS, "dpv:hasRecipient"),
    "with a process that stores nowhere": _without(*_PROCESS, "dpv:hasStorageCondition"),
    "without a controller": _without("dpv:hasDataController"),
    "without a jurisdiction": _without("dpv:hasJurisdiction"),
    "without a right": _without("dpv:hasRight"),
    "without a way to withdraw": _without("dpv:hasConsentControl"),
    "without a legal basis": _without("dpv:hasLegalBasis"),
    "without an event": _without("dpv:hasConsentStatus"),
    "with an event at no time": _without(*_TIME),
    "with an event at two times": _with(*_TIME, to=["2026-01-05T10:00:00Z", "2026-01-06T10:00:00Z"]),
    "with an event on a day only": _with(*_TIME, to={"@value": "2026-01-05", "@type": "xsd:date"}),
    "with an event at a time that is only text": _with(*_TIME, to={"@value": "2026-01-05T10:00:00Z"}),
    "with an event at a time that does not exist": _with(*_TIME, to="2026-13-45T10:00:00Z"),
    "with an event by nobody": _without(*_FIRST, "dpv:isIndicatedBy"),
    "with an event without a duration": _without(*_FIRST, "dpv:hasDuration"),
    "with an event without a state": _with(*_FIRST, "@type", to=["dpv:ExplicitlyExpressedConsent"]),
    "with an event in two states": _with(*_FIRST, "@type", to=["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]),
    "with an event in a state that DPV does not have": _with(*_FIRST, "@type", to=["dpv:ConsentTerminated"]),
    "without a party": _without("dpv:hasEntity"),
    "with a party without a name": _without(*_ENTITY, "dpv:hasName"),
    "with a party without an identifier": _without(*_ENTITY, "dpv:hasIdentifier"),
    "with a party that cannot be reached": _without(*_ENTITY, "schema:contactPoint"),
    "with a party without an address": _without(*_ENTITY, "schema:address"),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_shapes_refuse_a_record(mutant):
    document = deepcopy(consent_record(german(STORY)))
    MUTANTS[mutant](document)
    is_valid, _ = conforms(document)
    assert not is_valid


# What a record may be without: it is there where there is something to say.
OPTIONAL = {
    "dpv:hasApplicableLaw",
    "dpv:hasDataProcessor",
    "led:applicableRule",
    "led:category",
    "led:answers",
    "led:basis",
    "led:erasedSection",
    "led:grade",
    "led:leafIndex",
    "led:reason",
    "schema:telephone",
    "dpv:hasConsentStatus/dpv:hasNotice",
}


def _members(value, path=()):
    """Each member of a record once, as the way to the first place where it stands."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "@context":
                yield (*path, name)
                yield from _members(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _members(inner, (*path, place))


def _mandatory(document):
    found = {}
    for path in _members(document):
        names = [step for step in path if isinstance(step, str)]
        is_optional = names[-1] in OPTIONAL or "/".join(names[-2:]) in OPTIONAL
        if not is_optional and names[-1] != "rdf:value":
            found.setdefault("/".join(names), path)
    return found


WHOLE = consent_record(german(STORY))
MANDATORY = _mandatory(WHOLE)


def test_most_of_a_record_is_mandatory():
    assert len(MANDATORY) > 60
    assert {"@type", "dct:created", "dpv:hasNotice/led:text"} <= MANDATORY.keys()


@pytest.mark.parametrize("name", MANDATORY)
def test_the_shapes_refuse_a_record_that_lacks(name):
    document = deepcopy(WHOLE)
    _without(*MANDATORY[name])(document)
    is_valid, _ = conforms(document)
    assert not is_valid


RECEIPT_MUTANTS = {
    "without a type": _without("@type"),
    "without a time": _without("dct:created"),
    "given to nobody": _without("schema:recipient"),
    "without a profile": _without("dct:conformsTo"),
    "with the profile of a record": _with("dct:conformsTo", to=str(PROFILE.record)),
    "with two profiles": _with("dct:conformsTo", to=[str(PROFILE.receipt), str(PROFILE["receipt-eu-gdpr"])]),
    "without an identifier": _without("dct:identifier"),
    "given by nobody": _without("dct:publisher"),
    "without a record": _without("dpv:hasRecordOfActivity"),
    "with something else than a record": _with("dpv:hasRecordOfActivity", 0, "@type", to="dpv:Policy"),
    "around a broken record": _without("dpv:hasRecordOfActivity", 0, "dpv:hasRight"),
}


@pytest.mark.parametrize("mutant", RECEIPT_MUTANTS)
def test_the_shapes_refuse_a_receipt(mutant):
    receipt = deepcopy(consent_receipt(german(STORY), receipt_id=RECEIPT_ID, at=at(99)))
    RECEIPT_MUTANTS[mutant](receipt)
    is_valid, _ = conforms(receipt)
    assert not is_valid


def test_the_shapes_take_a_legal_basis_on_the_process_as_well():
    document = deepcopy(consent_record(german(STORY)))
    document["dpv:hasProcess"][0]["dpv:hasLegalBasis"] = document.pop("dpv:hasLegalBasis")
    is_valid, report = conforms(document)
    assert is_valid, report


def test_the_shapes_name_only_what_dpv_defines():
    used = {str(term) for triple in shape_graph() for term in triple if isinstance(term, URIRef)}
    assert {name for name in used if name.startswith("https://w3id.org/dpv")} <= known()


def test_the_states_of_the_shapes_are_ours():
    listed = {
        str(name) for name in shape_graph().objects() if str(name).removeprefix(str(DPV)) in set(Status)
    }
    assert listed == {str(DPV[status]) for status in Status}


# --- what cannot become a record ----------------------------------------------------------------------------------

REFUSED = {
    "without purposes": {"purposes": ()},
    "without jurisdictions": {"jurisdictions": ()},
    "without notices": {"notices": ()},
    "without events": {"events": ()},
    "without anybody who is handed the number": {"recipients": (), "processors": ()},
    "without a place of storage": {"stored_in": ()},
    "without personal data": {"personal_data": ()},
    "with a place in words": {"jurisdictions": ("Germany",)},
    "with a place of storage in words": {"stored_in": ("the cloud",)},
    "with a retention in words": {"retention": "five years"},
    "with a retention of nothing": {"retention": "P"},
    "with an address that is none": {"withdraw_url": "reply STOP"},
    "with a rule that is none": {"rules": ("TCPA 47 U.S.C. 227",)},
    "with events out of order": {"events": tuple(reversed(recorded(STORY)))},
    "with an event twice": {"events": recorded(STORY[:1]) * 2},
    "with a wording that the record does not show": {"events": recorded([granted(1)], notice="0" * 64)},
}


@pytest.mark.parametrize("what", REFUSED)
def test_no_record_is_made(what):
    with pytest.raises(BadRecordError):
        german(STORY, **REFUSED[what])


def test_parts_that_would_break_a_record_are_refused_on_their_own():
    with pytest.raises(BadRecordError):
        SubjectRef(id="+49 151 12345678")
    with pytest.raises(BadRecordError):
        Party(name="B", address="A", country="DE", email="p@b.example", phone="", url="b.example")
    with pytest.raises(BadRecordError):
        recorded([granted(1)], leaf_hash=b"short")
    with pytest.raises(BadRecordError):
        recorded([granted(1)], erased=("everything",))
