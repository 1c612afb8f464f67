"""What the gate is told: entered, kept and read back on either database, and on the claim's own way."""

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, connections
from django.test.utils import CaptureQueriesContext

from factories.dumps import dump
from factories.worlds import ANNA, NOON, World, publish, world
from yesword.consent import Draft, append
from yesword.consent.record import open_sections
from yesword.domain import codec
from yesword.domain.events import Actor, Basis, ConsentEvent, EventKind, Grade, Scope
from yesword.domain.facts import Cause, GateFacts, Listed, Proclamation, RegistryFact
from yesword.domain.ids import ContactId
from yesword.domain.messages import MessageKind
from yesword.domain.parties import Origin, Provenance, RecipientKind, Relation, SenderTrait
from yesword.domain.places import PlaceEvidence, Postcode, Whereabouts
from yesword.ledger.entry import matches
from yesword.sending import explaining
from yesword.sending.weighing import Scales, backgrounds
from yesword.store import contacts, models, proclamations, programs, registries
from yesword.store.opening import Store

NEW_YORKER = "+12125550123"
FLORIDIAN = "+13055550123"


@pytest.fixture
def here(store: Store) -> Iterator[World]:
    with world(store) as made:
        yield made


def told(here: World, contact: ContactId, **more: object) -> GateFacts:
    """What the gate was told of a text in the very row that a claim wrote."""
    message = here.plan(contact, **more)
    here.claim_all()
    ((facts,),) = here.sql("SELECT facts FROM decision WHERE message_id = %s", message)
    return codec.loads(GateFacts, bytes(facts))


# --- who sends -----------------------------------------------------------------------------------------------


def test_a_brand_tells_its_region_and_what_it_is(here: World) -> None:
    models.Brand.objects.update(region="US-TX", traits=["bank", "same_name_two_years"])
    (anna,) = here.members(1)
    brand = told(here, anna).brand
    assert (brand.country, brand.region) == ("NL", "US-TX")
    assert brand.traits == (SenderTrait.BANK, SenderTrait.SAME_NAME_TWO_YEARS)


def test_what_a_brand_says_of_itself_is_told_the_very_next_time(here: World) -> None:
    anna, bert = here.members(2)
    assert told(here, anna).brand.traits == ()
    models.Brand.objects.update(traits=["charity"])
    assert told(here, bert).brand.traits == (SenderTrait.CHARITY,)


def test_a_sender_tells_where_it_is_registered_and_who_carries_it(here: World) -> None:
    (anna,) = here.members(1)
    sender = told(here, anna).sender
    assert sender is not None
    assert (sender.registrations, sender.provider) == ((), "simulator")
    models.Sender.objects.update(registrations=["tcr"])
    again = told(here, anna).sender
    assert again is not None
    assert again.registrations == ("tcr",)


def test_a_program_tells_whether_it_may_invite(here: World) -> None:
    sender = models.Sender.objects.get(address="800123")
    brand = models.Brand.objects.get()
    assert not programs.facts_of(here.club).may_invite
    assert programs.facts_of(publish(brand, sender, may_invite=True)).may_invite


# --- who gets it ---------------------------------------------------------------------------------------------


def test_a_contact_tells_what_kind_of_recipient_it_is(here: World) -> None:
    (shop,) = here.members(1, recipient=RecipientKind.COMPANY)
    (anna,) = here.members(1)
    assert told(here, shop).contact.recipient is RecipientKind.COMPANY
    assert told(here, anna).contact.recipient is RecipientKind.PERSON


def test_an_address_leaves_places_and_nothing_else(here: World) -> None:
    whereabouts = Whereabouts(
        stated_country="CA", postcode=Postcode(country="CA", code="V6B 4Y8"), network_country="GB"
    )
    (anna,) = here.members(1, numbers=[FLORIDIAN], whereabouts=whereabouts)
    places = told(here, anna).contact.places
    assert {(place.country, place.region) for place in places} == {
        ("CA", "CA-BC"),
        ("US", "US-FL"),
        ("GB", None),
    }
    assert places[0].evidence is PlaceEvidence.POSTCODE
    left = dump(here.store)
    assert "V6B 4Y8" not in left
    assert "V6B4Y8" not in left
    ((told_of, *open_to_read),) = here.sql("SELECT places, name, attributes, country, source FROM contact")
    assert "V6B" not in bytes(told_of).decode() + "".join(open_to_read), "nor the half that names a town"


# --- relation and provenance ---------------------------------------------------------------------------------


def record(here: World, **more: object) -> tuple[ConsentEvent, dict[str, object]]:
    """One grant for Anna: the event as it is stored, and the ledger's section about it."""
    brand, store = programs.brand(here.club.brand), here.store
    draft = Draft(
        kind=EventKind.GRANTED,
        scope=Scope(program=here.club.id),
        actor=Actor.IMPORT,
        route="import",
        occurred_at=NOON,
        received_at=NOON,
        program=here.club,
        basis=Basis.CUSTOMER,
        grade=Grade.D,
        **more,
    )
    (anna,) = here.strangers([ANNA])
    with store.database.write() as session:
        person = contacts.read(store, session, anna)
        assert person is not None
        append(store, session, brand, person, [draft], NOON)
        ((row_id, body, sealed, _, entry, _),) = session.rows(
            "events_of_contact", bucket=person.bucket, contact_id=anna
        )
    seal = store.vault.seals([anna])[anna]
    sections = matches(bytes(entry), open_sections(seal, bytes(sealed), brand.origin, row_id))
    return codec.loads(ConsentEvent, bytes(body)), sections["event"]


BOUGHT = Relation(
    origin=Origin.SALE,
    at=NOON - timedelta(days=30),
    was_told=True,
    is_same_entity=False,
    categories=("shoes", "coats"),
)


def test_a_relation_goes_into_event_state_and_ledger(here: World) -> None:
    event, section = record(here, relation=BOUGHT)
    assert event.relation == BOUGHT
    assert here.state().grants[0].relation == BOUGHT
    assert section["relation"] == {
        "origin": "sale",
        "at": "2026-01-31T12:00:00.000Z",
        "was_told": True,
        "is_same_entity": False,
        "categories": ["shoes", "coats"],
    }
    assert "provenance" not in section


def test_a_merger_is_told_and_grants(here: World) -> None:
    event, section = record(here, provenance=Provenance.MERGED)
    assert event.provenance is Provenance.MERGED
    assert section["provenance"] == "merged"
    assert len(here.state().grants) == 1


def test_what_was_bought_stands_in_the_record_and_grants_nothing(here: World) -> None:
    _, section = record(here, provenance=Provenance.PURCHASED)
    assert section["provenance"] == "purchased"
    assert here.state().grants == ()


def test_an_event_without_either_says_nothing_of_them(here: World) -> None:
    _, section = record(here)
    assert section.keys().isdisjoint({"relation", "provenance"})


# --- registries ----------------------------------------------------------------------------------------------

DNC = RegistryFact(registry="us-dnc", listed=Listed.YES, checked_at=NOON, since=NOON - timedelta(days=400))


def keep(here: World, *answers: tuple[ContactId, RegistryFact]) -> int:
    with here.store.database.write() as session:
        return registries.keep(session, answers)


def test_what_a_registry_said_is_told_of_that_person_only(here: World) -> None:
    anna, bert = here.members(2)
    assert keep(here, (anna, DNC)) == 1
    assert told(here, anna).contact.registries == (DNC,)
    assert told(here, bert).contact.registries == ()


@pytest.mark.parametrize(
    ("later", "kept"),
    [
        pytest.param(
            {"checked_at": NOON - timedelta(days=1), "listed": Listed.NO}, False, id="an older answer"
        ),
        pytest.param(
            {"checked_at": NOON + timedelta(days=1), "listed": Listed.NO}, True, id="a newer answer"
        ),
        pytest.param({"checked_at": NOON + timedelta(days=1)}, True, id="the same answer, fresher"),
        pytest.param({"listed": Listed.NO, "since": None}, True, id="a correction of the same day"),
        pytest.param({}, False, id="the same answer"),
    ],
)
def test_of_two_answers_the_newest_counts(here: World, later: dict[str, object], *, kept: bool) -> None:
    (anna,) = here.members(1)
    keep(here, (anna, DNC))
    second = replace(DNC, **later)
    assert keep(here, (anna, second)) == int(kept)
    with here.store.database.read() as session:
        assert registries.answers(session, [anna]) == {anna: (second if kept else DNC,)}


def test_registries_answer_side_by_side_and_are_counted(here: World) -> None:
    anna, bert = here.members(2)
    other = replace(DNC, registry="us-rnd", listed=Listed.NO, since=None)
    keep(here, (anna, DNC), (anna, other), (bert, replace(other, checked_at=NOON + timedelta(days=2))))
    with here.store.database.read() as session:
        assert registries.answers(session, [anna, bert])[anna] == (DNC, other)
        found = {each.registry: each for each in registries.kept(session)}
    assert (found["us-dnc"].people, found["us-dnc"].listed) == (1, 1)
    assert (found["us-rnd"].people, found["us-rnd"].listed) == (2, 0)
    assert found["us-rnd"].newest_at == NOON + timedelta(days=2)


def test_nobody_looks_for_answers_where_there_are_none(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (anna,) = here.members(1)
    asked: list[str] = []
    with here.store.database.read() as session:
        rows = session.rows
        monkeypatch.setattr(
            type(session), "rows", lambda _, name, /, **given: asked.append(name) or rows(name, **given)
        )
        standings = contacts.standings(session, [anna])
        backgrounds(session, standings, here.at)
        assert "registry_answers" not in asked
        monkeypatch.undo()
    keep(here, (anna, DNC))
    with here.store.database.read() as session:
        assert backgrounds(session, standings, here.at)[anna].registries == (DNC,)


# --- proclamations -------------------------------------------------------------------------------------------

FLOOD = Proclamation(
    cause=Cause.EMERGENCY,
    country="US",
    region="US-NY",
    starts_at=NOON - timedelta(days=1),
    ends_at=NOON + timedelta(days=9),
    name="flood",
)


def proclaim(**changes: object) -> models.Proclamation:
    return proclamations.proclaim(replace(FLOOD, **changes), "Ola", NOON)


def test_an_emergency_is_told_where_the_person_may_be(here: World) -> None:
    here_too, elsewhere = here.members(2, numbers=[NEW_YORKER, FLORIDIAN])
    proclaim()
    assert told(here, here_too).proclamations == (FLOOD,)
    assert told(here, elsewhere).proclamations == ()


def test_one_of_a_whole_country_is_told_in_every_region(here: World) -> None:
    (floridian,) = here.members(1, numbers=[FLORIDIAN])
    proclaim(region=None)
    assert [each.region for each in told(here, floridian).proclamations] == [None]


def test_who_may_be_anywhere_in_a_country_may_be_in_the_region(here: World) -> None:
    (toll_free,) = here.members(1, numbers=["+18885550123"])
    proclaim()
    assert told(here, toll_free).proclamations == (FLOOD,)


def test_one_that_is_over_is_told_no_more_and_one_to_come_is(here: World) -> None:
    (new_yorker,) = here.members(1, numbers=[NEW_YORKER])
    proclaim(starts_at=NOON - timedelta(days=9), ends_at=NOON, name="over")
    proclaim(starts_at=NOON + timedelta(days=9), ends_at=NOON + timedelta(days=10), name="to come")
    assert [each.name for each in told(here, new_yorker).proclamations] == ["to come"]


def test_one_that_is_ended_early_ends_then(here: World) -> None:
    (new_yorker,) = here.members(1, numbers=[NEW_YORKER])
    entered = proclaim()
    lifted_at = here.at + timedelta(minutes=1)
    proclamations.end(entered.pk, lifted_at)
    assert proclamations.not_over(here.at) == (replace(FLOOD, ends_at=lifted_at),)
    here.wait(minutes=2)
    assert told(here, new_yorker).proclamations == ()
    assert [each.pk for each in proclamations.newest_first()] == [entered.pk]


def test_one_that_is_ended_before_it_begins_never_does(here: World) -> None:
    entered = proclaim(starts_at=NOON + timedelta(days=5))
    proclamations.end(entered.pk, NOON)
    assert proclamations.not_over(NOON - timedelta(days=1)) == ()


def test_an_end_is_set_once(here: World) -> None:
    entered = proclaim()
    proclamations.end(entered.pk, NOON)
    with pytest.raises(proclamations.ProclamationOverError):
        proclamations.end(entered.pk, NOON + timedelta(hours=1))
    with pytest.raises(proclamations.UnknownProclamationError):
        proclamations.end(entered.pk + 1, NOON)
    with pytest.raises(proclamations.ProclamationEndsFirstError):
        proclaim(ends_at=FLOOD.starts_at)


def test_a_holiday_is_that_day_on_every_clock_of_the_place(here: World) -> None:
    """Tennessee keeps two times: the moments that both call Christmas Eve."""
    starts_at, ends_at = proclamations.day_in(("US", "US-TN"), date(2026, 12, 24))
    assert starts_at.isoformat() == "2026-12-24T06:00:00+00:00"
    assert ends_at.isoformat() == "2026-12-25T05:00:00+00:00"


def test_a_holiday_lasts_until_it_is_over_in_the_west_and_an_ended_one_is_none(here: World) -> None:
    starts_at, ends_at = proclamations.day_in(("US", "US-TN"), date(2026, 12, 24))
    holiday = {"cause": Cause.HOLIDAY, "region": "US-TN", "starts_at": starts_at, "ends_at": ends_at}
    entered = proclaim(**holiday)
    assert [each.name for each in proclamations.not_over(ends_at + timedelta(minutes=59))] == ["flood"]
    noon = datetime.fromisoformat("2026-12-24T18:00:00+00:00")
    proclamations.end(entered.pk, noon)
    assert proclamations.not_over(noon) == ()
    assert len(proclamations.not_over(noon - timedelta(hours=1))) == 1


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("UPDATE store_proclamation SET ends_at = starts_at", id="its end is not moved"),
        pytest.param("UPDATE store_proclamation SET name = 'other'", id="it is not renamed"),
        pytest.param("DELETE FROM store_proclamation", id="it is not deleted"),
    ],
)
def test_a_proclamation_stays_as_it_was_entered(here: World, sql: str) -> None:
    proclaim()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        here.store.database.write(),
        closing(connections["default"].cursor()) as cursor,
    ):
        cursor.execute(sql)
    with suppress(DatabaseError), here.store.database.write():
        models.Proclamation.objects.update(ended_at=NOON)
    assert models.Proclamation.objects.get().ended_at == NOON


# --- what went before ----------------------------------------------------------------------------------------


def test_only_a_text_that_asks_is_told_how_often_was_asked(here: World) -> None:
    for _ in range(2):
        assert here.text(ANNA, "SAVEMORE") == "asked"
        assert here.text(ANNA, "no") == "declined"
    assert here.text(ANNA, "SAVEMORE") == "asked"
    rows = here.sql(
        "SELECT d.facts FROM decision d JOIN message m ON m.id = d.message_id"
        " WHERE m.kind = 'consent_request' ORDER BY d.id"
    )
    counts = [codec.loads(GateFacts, bytes(facts)).contact.requests_before for (facts,) in rows]
    assert sorted(counts) == [0, 1, 2]
    assert here.text(ANNA, "yes") == "confirmed"
    assert told(here, here.contact().id).contact.requests_before == 0


def test_a_request_that_never_left_counts_nothing(here: World) -> None:
    anna, bert = here.members(2)
    for state in (0, 4, 6, 7):
        asked = here.plan(anna, kind=MessageKind.INVITATION)
        here.sql("UPDATE message SET state = %s WHERE id = %s", state, asked)
    sent = here.plan(bert, kind=MessageKind.INVITATION)
    here.sql("UPDATE message SET state = 3, handed_at = 1 WHERE id = %s", sent)
    with here.store.database.read() as session:
        found = backgrounds(session, contacts.standings(session, [anna, bert]), here.at, asking=[anna, bert])
    assert (found[anna].requests, found[bert].requests) == (0, 1)


def test_two_that_ask_in_one_claim_count_each_other(here: World) -> None:
    sender = models.Sender.objects.get(address="800123")
    club = publish(models.Brand.objects.get(), sender, may_invite=True)
    (anna,) = here.members(1)
    first, second = (
        here.plan(anna, kind=MessageKind.INVITATION, program=club, program_version=club.version)
        for _ in range(2)
    )
    here.claim_all()
    counts = []
    for message in (first, second):
        ((verdict, facts),) = here.sql("SELECT verdict, facts FROM decision WHERE message_id = %s", message)
        counts.append((verdict, codec.loads(GateFacts, bytes(facts)).contact.requests_before))
    assert counts[0][1] == 0
    assert counts[1][1] == (1 if counts[0][0] == "send" else 0)


def test_a_text_tells_what_occasions_it_and_a_later_one_that_it_did(here: World) -> None:
    (anna,) = here.members(1)
    left_at = NOON - timedelta(hours=3)
    first = told(here, anna, occasion="cart", event_at=left_at)
    assert (first.message.occasion, first.message.event_at) == ("cart", left_at)
    second = told(here, anna)
    assert (second.message.occasion, second.message.event_at) == ("", None)
    assert [sent.event_at for sent in second.contact.recent] == [left_at]


def test_two_texts_of_one_event_in_one_claim_count_each_other(here: World) -> None:
    (anna,) = here.members(1)
    here.plan(anna, occasion="cart", event_at=NOON)
    again = here.plan(anna, occasion="cart", event_at=NOON)
    here.claim_all()
    ((facts,),) = here.sql("SELECT facts FROM decision WHERE message_id = %s", again)
    assert [sent.event_at for sent in codec.loads(GateFacts, bytes(facts)).contact.recent] == [NOON]


def test_the_last_text_is_known_of_everybody_who_agreed_longer_ago_than_texts_are_counted(
    here: World,
) -> None:
    (anna,) = here.members(1)
    here.plan(anna)
    here.settle()
    here.wait(days=100)
    assert told(here, anna).contact.last_text_at == NOON


def test_what_its_author_calls_mixed_is_told_so(here: World) -> None:
    here.join()
    for is_mixed in (True, False):
        campaign = here.campaign(is_mixed=is_mixed)
        here.settle()
        ((facts,),) = here.sql(
            "SELECT d.facts FROM decision d JOIN message m ON m.id = d.message_id WHERE m.campaign_id = %s",
            campaign.pk,
        )
        assert codec.loads(GateFacts, bytes(facts)).message.is_mixed is is_mixed


# --- the wording ---------------------------------------------------------------------------------------------


def test_a_campaign_text_is_measured_by_what_it_says_and_by_what_the_person_adds(here: World) -> None:
    here.members(1, numbers=[ANNA], attributes=(("offer", "50% off at bit.ly/x"),))
    here.members(1)
    campaign = here.campaign("(광고) [Brand]: hello [attribute:offer|there].")
    here.settle()
    rows = here.sql(
        "SELECT m.contact_id, d.facts FROM decision d JOIN message m ON m.id = d.message_id WHERE m.campaign_id = %s",
        campaign.pk,
    )
    texts = {contact: codec.loads(GateFacts, bytes(facts)).text for contact, facts in rows}
    anna = here.contact().id
    assert {contact == anna: text.elements for contact, text in texts.items() if text} == {
        True: ("link", "promotion", "public_shortener"),
        False: (),
    }
    assert {text.labels for text in texts.values() if text} == {("(광고)",)}
    shown = here.shown()[-1]
    assert texts[anna] is not None
    assert texts[anna].characters == len(shown)


def test_check_is_told_what_a_claim_is_told(here: World) -> None:
    (new_yorker,) = here.members(1, numbers=[NEW_YORKER], recipient=RecipientKind.SOLE_TRADER)
    proclaim()
    keep(here, (new_yorker, DNC))
    body = "Linde & Loom: hello. Reply STOP to stop."
    weighed = explaining.check(
        here.store, Scales(here.scales.rules), here.contact(NEW_YORKER), here.club, here.at, text=body
    )
    claimed = told(here, new_yorker)
    assert weighed.facts.contact == claimed.contact
    assert weighed.facts.proclamations == claimed.proclamations == (FLOOD,)
    assert weighed.facts.text == claimed.text


def test_small_tables_are_read_once_a_claim(here: World) -> None:
    """However many people are in it."""
    proclaim()

    def asked(count: int) -> int:
        for each in here.members(count):
            here.plan(each)
        with CaptureQueriesContext(connections["default"]) as queries:
            here.claim_all()
        return sum("store_proclamation" in each["sql"] or "store_brand" in each["sql"] for each in queries)

    few = asked(2)
    if here.store.database.vendor == "sqlite":
        assert asked(40) == few
