from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from yesword.demo import brand as demo_brand
from yesword.demo import seed
from yesword.demo.brand import Demo, make_brand, make_carrier_stop
from yesword.demo.seed import Seeded, read_people, seed_people
from yesword.domain import composing
from yesword.domain.composing import compose
from yesword.domain.messages import MessageKind
from yesword.domain.places import places_for
from yesword.domain.programs import OptIn, Program, Texts
from yesword.domain.text import Encoding, measure
from yesword.domain.understanding import Context, Kind, PendingKind, understand
from yesword.sending.draining import release
from yesword.store import contacts, models, programs
from yesword.store.contacts import Contact
from yesword.store.opening import Store

NOW = datetime(2026, 7, 14, 15, 30, tzinfo=UTC)
FILES = (*demo_brand.PROGRAMS, demo_brand.CARRIER_STOP_PROGRAM)
TEXTS = [
    pytest.param(program, language, texts, id=f"{key} in {language}")
    for key in FILES
    for program in [demo_brand.read_demo_program(key, 1)]
    for language, texts in program.texts
]
REPLIES = (
    "consent_request",
    "welcome",
    "help",
    "stop",
    "already_in",
    "lapsed",
    "declined",
    "unknown_keyword",
)
OFFERS = {"en": "offer", "nl": "aanbieding", "sv": "erbjudand", "de": "angebot", "da": "tilbud"}


def said(program: Program, texts: Texts, key: str) -> str:
    return compose(getattr(texts, key), program, texts)


@pytest.mark.parametrize(("program", "language", "texts"), TEXTS)
class TestTexts:
    def test_every_text_is_gsm_7(self, program: Program, language: str, texts: Texts) -> None:
        for key in (*REPLIES, "disclosure", "way_out"):
            measured = measure(said(program, texts, key))
            assert measured.encoding is Encoding.GSM_7, (key, measured.culprits)

    def test_every_reply_is_one_segment(self, program: Program, language: str, texts: Texts) -> None:
        sizes = {key: measure(said(program, texts, key)) for key in REPLIES}
        assert {key: size.units for key, size in sizes.items() if size.segments > 1} == {}

    def test_every_reply_names_the_brand(self, program: Program, language: str, texts: Texts) -> None:
        assert [key for key in REPLIES if demo_brand.BRAND_NAME not in said(program, texts, key)] == []

    def test_the_welcome_shows_the_way_out_that_the_gate_looks_for(
        self, program: Program, language: str, texts: Texts
    ) -> None:
        for text in (said(program, texts, "welcome"), said(program, texts, "way_out")):
            assert composing.text_facts(text, program.brand_name).has_way_out

    def test_the_stop_reply_says_nothing_else(self, program: Program, language: str, texts: Texts) -> None:
        text = said(program, texts, "stop")
        assert OFFERS[language] not in text.casefold()
        assert not any(word in text for word in (*program.keywords, program.sender, "http"))
        assert len(text) < 90

    def test_what_it_asks_for_is_understood_as_yes(
        self, program: Program, language: str, texts: Texts
    ) -> None:
        asked = said(program, texts, "consent_request")
        context = Context(pending=PendingKind.CONFIRM_CONSENT, confirm_words=texts.confirm_words)
        assert any(f" {word}" in asked for word in texts.confirm_words)
        assert {understand(word, (), context).kind for word in texts.confirm_words} == {Kind.CONFIRM}

    def test_the_promise_names_the_number_that_caps(
        self, program: Program, language: str, texts: Texts
    ) -> None:
        assert str(program.frequency.count) in texts.frequency.split()

    def test_an_informational_program_promises_no_offers(
        self, program: Program, language: str, texts: Texts
    ) -> None:
        everything = " ".join(said(program, texts, key) for key in (*REPLIES, "disclosure")).casefold()
        assert (OFFERS[language] in everything) == (program.purpose == "offers")


def no_settling(at: datetime) -> None:
    """Texts stay queued: who hands them over is not this test's subject."""


@pytest.fixture
def demo(sqlite_store: Store) -> Demo:
    return make_brand(sqlite_store, carrier_settings={"port": 1})


@pytest.fixture
def seeded(sqlite_store: Store, demo: Demo) -> Seeded:
    return seed_people(sqlite_store, demo, NOW, no_settling)


def everybody(store: Store, demo: Demo) -> dict[str, Contact]:
    with store.database.read() as session:
        ids = contacts.page_after(session, demo.brand, 0, 1000)
        return {each.name: each for each in contacts.read_many(store, session, ids).values()}


def state_of(store: Store, contact: Contact):
    with store.database.read() as session:
        return contacts.standings(session, [contact.id])[contact.id].state


class TestBrand:
    def test_has_its_four_programs_on_their_codes(self, demo: Demo) -> None:
        found = [(each.keywords, each.sender, each.opt_in) for each in demo.programs]
        assert found == [
            (("SAVEMORE",), "800123", OptIn.DOUBLE),
            (("EVENTS",), "555888", OptIn.SINGLE),
            (("FEEDBACK",), "123456", OptIn.SINGLE),
            (("REMINDME",), "789012", OptIn.SINGLE),
        ]

    def test_speaks_five_languages(self, demo: Demo) -> None:
        assert {each.languages for each in demo.programs} == {("en", "nl", "sv", "de", "da")}

    def test_made_again_is_the_same_but_for_the_carrier(self, sqlite_store: Store, demo: Demo) -> None:
        again = make_brand(sqlite_store, carrier_settings={"port": 2})
        assert again == demo
        assert make_brand(sqlite_store) == demo
        assert models.Account.objects.get().settings == {"port": 2}

    def test_a_program_that_its_owner_changed_is_left_alone(self, sqlite_store: Store, demo: Demo) -> None:
        club = demo.program("club")
        sender = models.Sender.objects.get(address=club.sender)
        changed = programs.publish(replace(club, name="Circle"), sender)
        assert make_brand(sqlite_store, carrier_settings={}).program("club") == changed

    def test_the_carrier_answers_stop_on_the_second_account_only(
        self, sqlite_store: Store, demo: Demo
    ) -> None:
        second = make_carrier_stop(sqlite_store, demo, carrier_settings={})
        assert programs.sender_of(second.program("alerts")).facts.carrier_answers_stop
        assert not programs.sender_of(demo.program("club")).facts.carrier_answers_stop
        assert second.account != demo.account


class TestPeople:
    def test_are_sixty_each_with_a_number_that_can_be_texted(self) -> None:
        people = read_people()
        assert len({each.number.e164 for each in people}) == len({each.name for each in people}) == 60
        assert all(each.number.may_text for each in people)

    def test_live_where_the_story_needs_them(self) -> None:
        people = read_people()
        assert {each.number.country for each in people} == {"NL", "SE", "DE", "DK", "GB", "US"}
        florida = [each for each in people if each.number.area_code in {"305", "407"}]
        assert len(florida) == 8
        assert {each.region for each in florida} == {"US-FL"}

    def test_american_numbers_are_fictitious(self) -> None:
        american = [each.number.e164 for each in read_people() if each.number.country == "US"]
        assert all(each[5:10] == "55501" for each in american)

    @pytest.mark.parametrize(
        "written",
        [
            pytest.param("club", id="no words"),
            pytest.param("4w club SAVEMORE", id="a unit that is not known"),
            pytest.param("", id="nothing"),
        ],
    )
    def test_a_step_that_cannot_be_read_is_refused_by_its_row(self, written: str) -> None:
        with pytest.raises(seed.DemoPeopleError, match="Row 7"):
            seed._step(7, written)


class TestSeeding:
    def test_all_people_are_known_by_name_and_place(
        self, sqlite_store: Store, demo: Demo, seeded: Seeded
    ) -> None:
        people = everybody(sqlite_store, demo)
        assert seeded.people == len(people) == 60
        anna = people["Anna de Wit"]
        assert (anna.language, anna.attributes["location"], anna.attributes["category of interest"]) == (
            "nl",
            "Utrecht",
            "shoes",
        )

    def test_their_texts_had_every_kind_of_outcome(self, seeded: Seeded) -> None:
        assert dict(seeded.outcomes) == {
            "asked": 43,
            "confirmed": 32,
            "granted": 24,
            "withdrawn": 10,
            "declined": 5,
            "lapsed": 2,
            "restarted": 1,
            "already_in": 1,
            "unknown_keyword": 1,
            "help": 1,
            "conversation": 1,
        }

    def test_permission_stands_as_their_texts_left_it(
        self, sqlite_store: Store, demo: Demo, seeded: Seeded
    ) -> None:
        people = everybody(sqlite_store, demo)
        club = demo.program("club").id
        events = demo.program("events").id

        def state(name: str):
            return state_of(sqlite_store, people[name])

        assert state("Anna de Wit").grant_for(club).is_confirmed
        assert state("Bram Kuipers").grant_for(events) is not None
        assert state("Daan Verhoef").withdrawal_for(club) is not None
        assert state("Daan Verhoef").grant_for(club) is None
        assert state("Gijs Hendriks").refusals[0].program == club
        assert state("Jasmijn Bos").grant_for(club) is None  # said yes after the request had lapsed
        assert state("Koen Wolters").grant_for(club) is not None  # stopped, and started again
        assert state("Quinten Maas").request_for(club).lapses_at > NOW
        assert state("Marcus Bell").withdrawal_for(events) is not None
        assert state("Marcus Bell").withdrawal_for(None) is None  # STOP EVENTS ends events only

    def test_time_only_moves_forward_and_ends_before_now(self, sqlite_store: Store, demo: Demo) -> None:
        moments: list[datetime] = []
        seed_people(sqlite_store, demo, NOW, moments.append)
        assert moments == sorted(moments)
        assert NOW - timedelta(days=90) < moments[0]
        assert moments[-1] < NOW

    @pytest.mark.parametrize("hour", [0, 4, 12, 23])
    def test_whatever_the_hour_nobody_texts_in_the_future_or_at_night(self, hour: int) -> None:
        now = datetime(2026, 3, 29, hour, 30, tzinfo=UTC)  # clocks change in Europe
        sent = list(seed._schedule(read_people(), now))
        zones = [
            ZoneInfo(places_for(each.person.number, stated_region=each.person.region)[0].zone)
            for each in sent
        ]
        local = [each.at.astimezone(zone).hour for each, zone in zip(sent, zones, strict=True)]
        in_days = [each.step.ago is None or each.step.ago >= timedelta(days=1) for each in sent]
        assert max(each.at for each in sent) < now
        assert all(9 <= at < 20 for at, is_by_day in zip(local, in_days, strict=True) if is_by_day)

    def test_a_second_seeding_changes_nothing(self, sqlite_store: Store, demo: Demo, seeded: Seeded) -> None:
        def settle(at: datetime) -> None:
            pytest.fail("there is nothing to settle")

        later = NOW + timedelta(days=3)
        assert seed_people(sqlite_store, demo, later, settle) == Seeded(people=0, outcomes=())
        assert len(everybody(sqlite_store, demo)) == 60

    def test_one_that_was_cut_short_goes_on(self, sqlite_store: Store, demo: Demo) -> None:
        class Cut(Exception):  # noqa: N818 - not an error of ours
            pass

        settled: list[datetime] = []

        def cut_after_ten(at: datetime) -> None:
            settled.append(at)
            if len(settled) == 10:
                raise Cut

        with pytest.raises(Cut):
            seed_people(sqlite_store, demo, NOW, cut_after_ten)
        assert seed_people(sqlite_store, demo, NOW, no_settling).people == 0
        people = everybody(sqlite_store, demo)
        club = demo.program("club").id
        assert len(people) == 60
        assert state_of(sqlite_store, people["Anna de Wit"]).seq == 2  # asked and confirmed, each once
        assert state_of(sqlite_store, people["Lily Navarro"]).grant_for(club) is not None

    def test_every_stop_has_one_confirmation_that_may_go(
        self, sqlite_store: Store, demo: Demo, seeded: Seeded
    ) -> None:
        with sqlite_store.database.read() as session:
            kinds = session._raw.execute(
                "SELECT count(*) FROM message WHERE kind = ?", [MessageKind.STOP_REPLY.value]
            ).fetchone()
        assert kinds == (dict(seeded.outcomes)["withdrawn"],)
        assert release(sqlite_store, NOW) == kinds[0]
