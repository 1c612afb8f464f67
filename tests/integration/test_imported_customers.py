"""Imports of customers, of lists that somebody else made, and of where people are and what they are."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from click.testing import CliRunner

from factories.dumps import dump
from factories.joins import rows
from factories.programs import a_program
from yesword.cli.imports import command
from yesword.collect.imports import Ground, Options, run_import
from yesword.collect.imports.errors import ForbiddenProvenanceError
from yesword.consent import Draft, append
from yesword.domain import codec
from yesword.domain.events import Actor, Basis, ConsentEvent, EventKind, Grade, Scope
from yesword.domain.ids import BrandId
from yesword.domain.parties import Origin, Provenance, RecipientKind, Relation
from yesword.store import contacts, models, programs, suppressions

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANNA = "+31612345678"
FLORIDIAN = "+13055550123"
CUSTOMERS = "phone,source,last purchase,bought,status"
BOUGHT = "0612345678,web shop,2026-02-01,shoes; coats,"
ADDRESSES = "phone,name,country,region,postcode,time zone,recipient kind,source"


@pytest.fixture
def club(store):
    brand = models.Brand.objects.create(key="acme", name="Acme", country="NL", origin="acme.example/ledger")
    account = models.Account.objects.create(key="sim", channel="simulator")
    sender = models.Sender.objects.create(account=account, address="800123", kind="short_code")
    return programs.publish(a_program(brand=BrandId(brand.pk), brand_country="NL", key="club"), sender)


@pytest.fixture
def people(tmp_path):
    def write(*rows, header=CUSTOMERS, name="people.csv"):
        file = tmp_path / name
        file.write_text("\n".join([header, *rows]) + "\n")
        return file

    return write


@pytest.fixture
def imported(store, club):
    def run(file, ground=None, **options):
        asked = Options(ground=ground or Ground(is_customers=True, was_told=True), **options)
        report = run_import(store, club, file, asked, clock=lambda: NOW)
        return {outcome.value: count for outcome, count in report.outcomes.items() if count}

    return run


@pytest.fixture
def plain(imported):
    return partial(imported, ground=Ground())


def person(store, club, number=ANNA):
    with store.database.read() as session:
        return contacts.read(store, session, contacts.find(store, session, club.brand, number))


def grants(store, club, number=ANNA):
    with store.database.read() as session:
        contact = contacts.find(store, session, club.brand, number)
        return contacts.standings(session, [contact])[contact].state.grants


def events(store, club, number=ANNA):
    found = person(store, club, number)
    with store.database.read() as session:
        rows = session.rows("events_of_contact", bucket=found.bucket, contact_id=found.id)
    return [codec.loads(ConsentEvent, bytes(row[1])) for row in rows]


def places(store, club, number=ANNA):
    return {(each.country, each.region, each.zone) for each in person(store, club, number).places}


# --- customers ------------------------------------------------------------------------------------------------


def test_a_customer_with_a_source_and_a_purchase_is_granted_as_one(store, club, people, imported):
    assert imported(people(BOUGHT)) == {"created": 1}
    (grant,) = grants(store, club)
    bought_at = datetime(2026, 2, 1, tzinfo=UTC)
    assert (grant.basis, grant.grade, grant.since) == (Basis.CUSTOMER, Grade.D, bought_at)
    assert grant.relation == Relation(
        origin=Origin.SALE, at=bought_at, was_told=True, categories=("shoes", "coats")
    )


@pytest.mark.parametrize(
    ("row", "lacks"),
    [
        pytest.param("0612345678,web shop,,,", {"purchase": 1}, id="no purchase"),
        pytest.param("0612345678,,2026-02-01,,", {"source": 1}, id="no source"),
        pytest.param(
            "0612345678,web shop,2026-02-01,,pending", {"confirmation": 1}, id="asked, and no answer"
        ),
    ],
)
def test_a_customer_without_proof_is_claimed_only(store, club, people, row, lacks):
    report = run_import(
        store, club, people(row), Options(ground=Ground(is_customers=True)), clock=lambda: NOW
    )
    assert report.lacks == lacks
    assert grants(store, club) == ()


def test_what_holds_for_the_whole_file_holds_for_each_row(store, club, people, imported):
    ground = Ground(is_customers=True, origin=Origin.MEMBERSHIP, bought=("shoes", "bags"))
    imported(people(BOUGHT), ground)
    (grant,) = grants(store, club)
    assert (grant.relation.origin, grant.relation.was_told) == (Origin.MEMBERSHIP, False)
    assert grant.relation.categories == ("shoes", "bags", "coats")


def test_without_the_basis_a_purchase_is_no_consent_and_can_be_written_about(store, club, people, plain):
    plain(people(BOUGHT))
    assert grants(store, club) == ()
    assert person(store, club).attributes == {"last purchase": "2026-02-01", "bought": "shoes; coats"}


def test_the_same_file_again_changes_nothing(store, club, people, imported):
    imported(people(BOUGHT))
    before = dump_of_records(store)
    assert imported(people(BOUGHT)) == {"unchanged": 1}
    assert dump_of_records(store) == before


def dump_of_records(store):
    with store.database.read() as session:
        return session.rows("standings_after", cursor=-1, cursor_bucket=0, count=10)


def test_a_newer_purchase_renews_the_relation_and_an_older_one_does_not(store, club, people, imported):
    imported(people(BOUGHT))
    assert imported(people(BOUGHT.replace("2026-02-01", "2026-03-01"))) == {"updated": 1}
    assert imported(people(BOUGHT)) == {"updated": 1}, "the date is an attribute, too"
    (grant,) = grants(store, club)
    assert grant.relation.at == datetime(2026, 3, 1, tzinfo=UTC)
    assert len(events(store, club)) == 2


def test_a_customer_who_agreed_stays_both(store, club, people, imported, plain):
    agreed = "0612345678,2024-03-01,checkout,Ja graag"
    header = "phone,consent date,consent source,wording"
    imported(people(BOUGHT))
    assert plain(people(agreed, header=header)) == {"updated": 1}
    assert {grant.basis for grant in grants(store, club)} == {Basis.CUSTOMER, Basis.EXPRESS}
    assert plain(people(agreed, header=header)) == {"unchanged": 1}
    assert imported(people(BOUGHT)) == {"unchanged": 1}


def test_who_stopped_is_not_revived_by_a_purchase(store, club, people, imported):
    imported(people(BOUGHT))
    imported(people("0612345678,,,,unsubscribed"))
    assert imported(people(BOUGHT.replace("2026-02-01", "2026-03-01"))) == {"kept_stopped": 1}
    assert grants(store, club) == ()


# --- lists of others ------------------------------------------------------------------------------------------

CONSENTED = "phone,consent date,consent source,wording,status"
AGREED = "0612345678,2024-03-01,checkout,Ja graag,"
GONE = "0612345679,,,,unsubscribed"


@pytest.mark.parametrize("provenance", ["purchased", "rented", "shared"])
def test_a_list_of_others_is_refused_whole_by_a_named_rule(store, club, people, imported, provenance):
    before = dump_of_records(store)
    with pytest.raises(ForbiddenProvenanceError, match=r"house\.source") as raised:
        imported(people(AGREED, header=CONSENTED), Ground(provenance=Provenance(provenance)))
    assert provenance in str(raised.value)
    assert dump_of_records(store) == before == []


def test_opt_outs_of_such_a_list_are_taken_all_the_same(store, club, people, imported):
    file = people(AGREED, GONE, header=CONSENTED)
    with pytest.raises(ForbiddenProvenanceError, match="recorded from it: 1"):
        imported(file, Ground(provenance=Provenance.PURCHASED))
    with store.database.read() as session:
        assert list(suppressions.find(store, session, club.brand, ["+31612345679"])) == ["+31612345679"]
        assert contacts.find(store, session, club.brand, ANNA) is None
    assert models.ImportRun.objects.get().state == "failed"


def test_a_list_of_nothing_but_opt_outs_is_taken_whoever_made_it(store, club, people, imported):
    ground = Ground(provenance=Provenance.RENTED)
    assert imported(people(GONE, header=CONSENTED), ground) == {"stopped": 1}
    assert imported(people(AGREED, header=CONSENTED), ground, is_opt_outs=True) == {"stopped": 1}


def test_a_dry_run_of_such_a_list_writes_nothing(store, club, people, imported):
    file = people(AGREED, GONE, header=CONSENTED)
    with pytest.raises(ForbiddenProvenanceError):
        imported(file, Ground(provenance=Provenance.SHARED), is_dry_run=True)
    assert dump_of_records(store) == []
    assert not models.ImportRun.objects.exists()


def test_people_who_came_with_the_business_are_granted_and_the_event_says_so(store, club, people, imported):
    imported(people(BOUGHT), Ground(is_customers=True, provenance=Provenance.MERGED))
    (event,) = events(store, club)
    assert event.provenance is Provenance.MERGED
    (grant,) = grants(store, club)
    assert not grant.relation.is_same_entity


def test_the_command_says_which_rule_and_exits_with_2(store, club, people):
    file = people(AGREED, header=CONSENTED)
    base = [str(file), "--program", "club", "--data", str(store.folder)]
    base += ["--database-url", store.url] if store.url else []
    refused = CliRunner().invoke(command, [*base, "--provenance", "purchased"])
    assert refused.exit_code == 2
    assert "house.source" in refused.output
    lonely = CliRunner().invoke(command, [*base, "--told-free-refusal"])
    assert "--basis customer" in lonely.output
    assert lonely.exit_code == 2
    people(BOUGHT)
    taken = CliRunner().invoke(
        command,
        [*base, "--basis", "customer", "--relation", "donation", "--bought", "art", "--told-free-refusal"],
    )
    assert taken.exit_code == 0, taken.output
    (grant,) = grants(store, club)
    assert grant.relation == Relation(
        origin=Origin.DONATION,
        at=datetime(2026, 2, 1, tzinfo=UTC),
        was_told=True,
        categories=("art", "shoes", "coats"),
    )


# --- where people are, and what they are ----------------------------------------------------------------------


def test_an_address_tells_where_somebody_may_be_and_is_not_kept(store, club, people, plain):
    row = "+31612345678,Anna,CA,,V6B 4Y8,,,"
    assert plain(people(row, header=ADDRESSES)) == {"created": 1}
    assert {place[:2] for place in places(store, club)} == {("CA", "CA-BC"), ("NL", None)}
    everything = dump(store)
    assert not [each for each in ("V6B 4Y8", "V6B4Y8") if each in everything]
    assert not [each for each in plain_texts(store) if re.search(r"\bV6B\b", each)]
    assert person(store, club).attributes == {}


def plain_texts(store):
    """What stands in the rows for anybody to read: what is sealed is no text."""
    for _, row in rows(store):
        for value in row.values():
            try:
                yield bytes(value).decode() if isinstance(value, bytes | memoryview) else str(value)
            except UnicodeDecodeError:
                continue


def test_a_chosen_time_zone_is_the_hour(store, club, people, plain):
    plain(people(f"{FLORIDIAN},Bo,,FL,,America/Chicago,,", header=ADDRESSES))
    assert places(store, club, FLORIDIAN) == {("US", "US-FL", "America/Chicago")}


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        pytest.param("US,,0,,", "place_unknown", id="no such postcode"),
        pytest.param("US,,,Mars/Base,", "place_unknown", id="no such zone"),
        pytest.param("US,Nowhere,,,", "region_unknown", id="no such state"),
        pytest.param("US,,,,VIP", "recipient_unknown", id="no such kind of recipient"),
    ],
)
def test_what_is_not_understood_is_told_and_the_rest_counts(store, club, people, cells, note):
    file = people(f"{FLORIDIAN},Bo,{cells},", header=ADDRESSES)
    report = run_import(store, club, file, Options(), clock=lambda: NOW)
    assert {each.value for each in report.notes} == {note}
    assert {place[:2] for place in places(store, club, FLORIDIAN)} == {("US", "US-FL")}
    assert person(store, club, FLORIDIAN).recipient is RecipientKind.PERSON


def test_what_is_learnt_later_is_added_and_a_presumption_gives_way(store, club, people, plain):
    plain(people(f"{ANNA},Bo,,,,,,", header=ADDRESSES))
    assert {place[:2] for place in places(store, club)} == {("NL", None)}
    later = people(f"{ANNA},Bo,NL,NL-UT,,,company,", header=ADDRESSES)
    assert plain(later) == {"updated": 1}
    assert {place[:2] for place in places(store, club)} == {("NL", "NL-UT")}
    assert person(store, club).recipient is RecipientKind.COMPANY
    assert plain(later) == {"unchanged": 1}
    plain(people(f"{ANNA},Bo,NL,NL-ZH,,,,", header=ADDRESSES))
    assert {place[:2] for place in places(store, club)} == {("NL", "NL-UT"), ("NL", "NL-ZH")}
    assert person(store, club).recipient is RecipientKind.COMPANY


def test_what_was_stated_before_keeps_its_weight_where_the_number_says_it_too(store, club, people, plain):
    plain(people(f"{FLORIDIAN},Bo,,FL,,,,", header=ADDRESSES))
    plain(people(f"{FLORIDIAN},Bo,,WA,,,,", header=ADDRESSES))
    florida = next(each for each in person(store, club, FLORIDIAN).places if each.region == "US-FL")
    assert {family.value for family in florida.families} == {"residence", "number"}


def test_a_grant_from_the_handset_outlives_an_import_of_customers(store, club, people, imported):
    imported(people(BOUGHT))
    draft = Draft(
        kind=EventKind.GRANTED, scope=Scope(program=club.id, purposes=("offers",), categories=("shoes", "bags")),
        actor=Actor.HANDSET, route="keyword", occurred_at=NOW, received_at=NOW, program=club,
        basis=Basis.EXPRESS_WRITTEN, grade=Grade.A, language="nl",
    )  # fmt: skip
    with store.database.write() as session:
        append(store, session, programs.brand(club.brand), person(store, club), [draft], NOW)
    imported(people(BOUGHT.replace("2026-02-01", "2026-03-01")))
    best = next(each for each in grants(store, club) if each.basis is Basis.EXPRESS_WRITTEN)
    assert best.is_confirmed
    assert max(each.relation.at for each in grants(store, club) if each.relation) == NOW - timedelta(
        days=1, hours=12
    )
