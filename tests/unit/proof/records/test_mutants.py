"""Every property of an exported record, dropped and replaced by nonsense: the shapes refuse it, but for what is listed here."""

from copy import deepcopy
from dataclasses import replace
from functools import cache

import pyshacl
import pytest
import rdflib

from factories.events import confirmed, granted, imported, requested, withdrawn
from factories.recorded import american, german, recorded
from yesword.domain.events import Actor, Basis, Grade
from yesword.domain.retention.policies import shipped_policies
from yesword.ledger.entry import canonical
from yesword.proof.records import consent_record, shapes

pytestmark = [pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")]

ASKED = requested(1, actor=Actor.PERSON, route="web_form")
STORY = (ASKED, confirmed(2, ASKED), withdrawn(3))
GERMAN = consent_record(german(STORY))
AMERICAN = consent_record(american([granted(1)]))
NONSENSE = "nonsense"

# Without these a record says less, and nothing that is false: no other part of it tells that they were there.
MAY_BE_DROPPED = {
    "led:applicableRule": "not every place has a rule of ours, and which apply only our rules can say",
    "led:applicableRule[]": "as above",
    "dpv:hasProcess[]/led:category": "a program may be for every kind of product",
    "dpv:hasProcess[]/led:category[]": "as above",
    "dpv:hasProcess[]/dpv:hasRecipient[]": "how many are handed the number is the brand's to say; one has to be left",
    "dpv:hasProcess[]/dpv:hasStorageCondition[]/dpv:hasLocation[]": "a store may be in one country or in several",
    "dpv:hasJurisdiction[]": "a person may be in one place or in several",
    "dpv:hasConsentStatus[]": "the log says which events there are, and `yesword verify` holds the record against it",
    "dpv:hasConsentStatus[]/led:answers": "not every event answers another; the log's entry says which one does",
    "dpv:hasConsentStatus[]/dpv:hasNotice": "only a consent has to have been given to what was shown",
    "dpv:hasConsentStatus[]/dpv:hasNotice[]": "as above",
    "dpv:hasEntity[]/schema:contactPoint/schema:telephone": "not every party can be called",
}
# Words of the brand's or of another standard's, of which no list can be made.
MAY_BE_ANYTHING = {
    "led:program": "the brand chooses the keys of its programs",
    "dpv:hasDataSubject/dct:identifier": "random",
    "dpv:hasNotice[]/led:text": "the wording; that it has the digest beside it, SHACL cannot compute",
    "dpv:hasProcess[]/dct:title": "the name of the program",
    "dpv:hasProcess[]/led:category": "what the brand sells",
    "dpv:hasProcess[]/led:category[]": "what the brand sells",
    "dpv:hasProcess[]/dpv:hasPurpose[]/dct:identifier": "a brand may have purposes of its own; `skos:broader` is DPV's",
    "dpv:hasProcess[]/dpv:hasPurpose[]/dct:description": "the brand's own words",
    "dpv:hasProcess[]/dpv:hasRecipient[]/dpv:hasName": "a name",
    "dpv:hasConsentControl[]/dct:description": "the brand's own words",
    "dpv:hasConsentStatus[]/dpv:hasIndicationMethod": "each way of collecting brings a name of its own",
    "dpv:hasConsentStatus[]/led:logOrigin": "the name of the log, which its operator chooses",
    "dpv:hasEntity[]/dpv:hasName": "a name",
    "dpv:hasEntity[]/schema:contactPoint/schema:name": "a name",
    "dpv:hasEntity[]/schema:address/schema:streetAddress": "an address",
}


def graph(document):
    return rdflib.Graph().parse(data=canonical(document), format="json-ld")


@cache
def shape_graph():
    return rdflib.Graph().parse(data=shapes(), format="turtle")


def is_refused(document):
    is_valid, _, _ = pyshacl.validate(graph(document), shacl_graph=shape_graph())
    return not is_valid


def ways(value, path=()):
    """The way to every member and every item of a list, outside the context."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        if step != "@context":
            yield (*path, step)
            yield from ways(inner, (*path, step))


def name(path):
    text = ""
    for step in path:
        text += "[]" if isinstance(step, int) else f"/{step}"
    return text.lstrip("/")


def dropped(document, path):
    changed = deepcopy(document)
    *way, last = path
    inner = changed
    for step in way:
        inner = inner[step]
    del inner[last]
    return changed


def replaced(document, path, value=NONSENSE):
    changed = deepcopy(document)
    *way, last = path
    inner = changed
    for step in way:
        inner = inner[step]
    inner[last] = value
    return changed


def labelled(document, *, once=False):
    """With `once`, of what stands in several places, the first."""
    first = {name(path): path for path in reversed(list(ways(document)))}
    chosen = first.values() if once else ways(document)
    return [pytest.param(path, id=".".join(map(str, path))) for path in chosen]


def test_the_walk_reaches_all_of_a_record():
    assert len(list(ways(GERMAN))) > 150
    assert not is_refused(GERMAN)
    assert not is_refused(AMERICAN)


@pytest.mark.parametrize("path", labelled(GERMAN))
def test_a_german_record_that_lacks_it_is_refused(path):
    assert is_refused(dropped(GERMAN, path)) or name(path) in MAY_BE_DROPPED


@pytest.mark.parametrize("path", labelled(GERMAN))
def test_a_german_record_with_nonsense_there_is_refused(path):
    assert is_refused(replaced(GERMAN, path)) or name(path) in MAY_BE_ANYTHING


@pytest.mark.parametrize("path", labelled(AMERICAN, once=True))
def test_an_american_record_that_lacks_it_or_has_nonsense_there_is_refused(path):
    assert is_refused(dropped(AMERICAN, path)) or name(path) in MAY_BE_DROPPED
    assert is_refused(replaced(AMERICAN, path)) or name(path) in MAY_BE_ANYTHING


def test_what_may_pass_does():
    """Or the lists would excuse what needs no excuse."""
    records = (GERMAN, AMERICAN)
    passed = {
        name(path)
        for each in records
        for path in ways(each)
        if name(path) in MAY_BE_DROPPED and not is_refused(dropped(each, path))
    }
    assert passed == set(MAY_BE_DROPPED)
    passed = {
        name(path)
        for each in records
        for path in ways(each)
        if name(path) in MAY_BE_ANYTHING and not is_refused(replaced(each, path))
    }
    assert passed == set(MAY_BE_ANYTHING)


# --- of the consent alone, where other events may be without --------------------------------------------------------

CONSENT = ("dpv:hasConsentStatus", 1)


@pytest.mark.parametrize("member", ["dpv:hasNotice", "led:basis", "led:grade", "led:leafIndex"])
def test_a_consent_with_evidence_may_be_without_none_of(member):
    assert GERMAN["dpv:hasConsentStatus"][1]["led:event"] == "confirmed"
    assert is_refused(dropped(GERMAN, (*CONSENT, member)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(("dpv:hasJurisdiction", 0), "loc:ZZ", id="a country that there is not"),
        pytest.param(("dpv:hasJurisdiction", 0), "loc:NL", id="a country with another time of retention"),
        pytest.param(("dpv:hasLegalBasis", 0), "dpv:Consent", id="a basis that is no article, under the GDPR"),
        pytest.param(("dpv:hasLegalBasis", 0), "eu-gdpr:A6-1-c", id="an article that is never ours"),
        pytest.param(("dpv:hasProcess", 0, "dpv:hasPersonalData", 0), "pd:Religion", id="data that we do not have"),
        pytest.param(("dpv:hasNotice", 0, "dct:language"), "Deutsch, formal", id="a language in words"),
        pytest.param(("dpv:hasConsentStatus", 1, "led:grade"), "A+", id="a grade that there is not"),
        pytest.param(("dpv:hasProcess", 0, "dpv:hasStorageCondition", 2, "dpv:hasDuration"), "P3Y", id="another time of retention"),
        pytest.param(("dpv:hasConsentStatus", 1, "led:awaitsLog"), True, id="an event that has its place and waits for it"),
        pytest.param(("dpv:hasConsentStatus", 1, "led:leafIndex"), -1, id="a place before the first"),
    ],
)  # fmt: skip
def test_a_record_is_refused_with(path, value):
    assert is_refused(replaced(GERMAN, path, value))


def test_what_is_not_there_for_a_reason_is_not_missed():
    told = recorded([granted(1)])
    unshown = replace(told[0], notice=None)
    for event, is_bad in (
        (unshown, True),
        (replace(unshown, erased=("subject", "notice")), False),
        (replace(unshown, program=None), False),  # of the whole brand: no wording of one program was shown
        (replace(unshown, grade=Grade.D), False),
        (replace(unshown, grade=Grade.E), False),
        (replace(unshown, grade=None, basis=None), False),
        (replace(told[0], leaf_index=None), False),
        (replace(told[0], basis=Basis.TRIGGER), False),
    ):
        assert is_refused(consent_record(german([], events=(event,)))) == is_bad, event
    claim = recorded([imported(1, basis=None, grade=None)])
    assert not is_refused(consent_record(german([], events=claim)))


# --- the one home of the times of retention is their file -----------------------------------------------------------


def length(places):
    """As a pack writes it: the longest of all that speak for any of the places."""
    periods = [each.period for place in places for each in shipped_policies().of(place)]
    longest = max(periods, key=lambda each: each.years * 365 + each.days)
    return f"P{longest.years}Y" if longest.years else f"P{max(longest.days, 1)}D"


@pytest.mark.parametrize(
    "places",
    [
        ("US-FL",), ("PR",), ("NL",), ("CA",), ("DK",), ("JP",), ("JP", "DK"), ("DK", "NL"), ("US-CA", "NL"), ("JP", "DE"), ("XK",),
    ],
)  # fmt: skip
def test_a_record_is_kept_as_long_as_its_places_say(places):
    right = length(places)
    assert not is_refused(consent_record(german(STORY, jurisdictions=places, retention=right)))
    for wrong in {"P5Y", "P3Y", "P2Y", "P31D"} - {right}:
        assert is_refused(consent_record(german(STORY, jurisdictions=places, retention=wrong))), wrong


def test_the_shapes_know_every_time_of_retention():
    countries = {country for each in shipped_policies().all for country in each.countries}
    by_length = {}
    for country in countries | {"BR"}:
        by_length.setdefault(length([country]), set()).add(country)
    assert {each: by_length[each] for each in by_length if each != "P3Y"} == {
        "P5Y": {"DE", "US"} | (by_length["P5Y"] & {"AS", "GU", "MP", "PR", "VI"}),
        "P2Y": {"DK"},
        "P31D": {"JP"},
    }
