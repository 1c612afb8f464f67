"""Applications for jobs: a question that has to be answered, this job first and others after it, and a no that is kept."""

import pytest

from factories.worlds import ANNA, CLUB, publish
from yesword.collect import points
from yesword.collect.applications import Application, Refused, apply
from yesword.collect.joining import Course
from yesword.domain import phone
from yesword.domain.collecting.applications import (
    SamePurposeError,
    UnansweredError,
    Use,
    answered,
    general_text,
    shipped,
    specific_text,
    with_general,
)
from yesword.domain.collecting.points import Confirming, PointDefinition, PointKind, Wording
from yesword.domain.events import EventKind, Grade
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.messages import MessageClass
from yesword.domain.programs import OptIn
from yesword.proof.evidence.opening import record_of
from yesword.store import models
from yesword.store.programs import disclosure_digest


def program(here, key, **more):
    brand, sender = models.Brand.objects.get(), models.Sender.objects.get(address=CLUB)
    usual = {
        "name": key.title(),
        "purpose": key,
        "categories": (),
        "keywords": (key.upper(),),
        "message_class": MessageClass.INFORMATIONAL,
    }
    return publish(brand, sender, key=key, **{**usual, **more})


@pytest.fixture
def this_job(here):
    return program(here, "thisjob")


@pytest.fixture
def jobs(here):
    return program(here, "jobs")


def point(this_job, jobs, confirming=Confirming.NONE):
    definition = PointDefinition(
        kind=PointKind.APPLICATION,
        name="Baker",
        program=this_job.id,
        program_version=this_job.version,
        confirming=confirming,
        wordings=(("en", Wording()),),
    )
    return points.publish(this_job.brand, "baker", with_general(definition, jobs))


def application(here, where, *, specific=True, general=True, **more):
    return Application(
        brand=where.brand,
        point=where,
        number=phone.parse(ANNA, country=None),
        language="en",
        specific=specific,
        general=general,
        occurred_at=here.at,
        reference="A-17",
        **more,
    )


def record(here):
    with here.store.database.read() as session:
        return list(record_of(here.store, session, here.contact()))


def test_g13_two_yeses_are_two_events_the_specific_one_first_each_with_its_own_words(here, this_job, jobs):
    where = point(this_job, jobs)
    applied = apply(here.store, application(here, where, name="Anna"), here.at)
    assert (applied.specific.course, applied.general.course) == (Course.GRANT, Course.GRANT)
    one, two = record(here)
    assert (one.event.scope.program, two.event.scope.program) == (this_job.id, jobs.id)
    for each, words in (
        (one, specific_text(where.definition, this_job, "en")),
        (two, general_text(where.definition, jobs, "en")),
    ):
        assert (each.event.kind, each.event.route) == (EventKind.GRANTED, "application")
        assert each.event.grade is Grade.B
        assert each.event.disclosure == disclosure_digest(words)
        assert each.sections["notice"]["text"] == words
        assert each.sections["context"]["application"] == "A-17"
        assert each.items[0]["kind"] == EvidenceKind.FORM_VERSION
        assert each.items[0]["sha256"] == where.digest


def test_g12_a_no_is_remembered_and_a_list_does_not_get_round_it(here, this_job, jobs):
    where = point(this_job, jobs)
    applied = apply(here.store, application(here, where, general=False), here.at)
    assert isinstance(applied.general, Refused)
    granted, refused = record(here)
    assert (granted.event.kind, refused.event.kind) == (EventKind.GRANTED, EventKind.REFUSED)
    assert refused.event.scope.program == jobs.id
    assert refused.event.disclosure == disclosure_digest(general_text(where.definition, jobs, "en"))
    again = apply(here.store, application(here, where), here.at)
    assert again.general.course is Course.BARRED
    assert here.state().grant_for(jobs.id) is None
    assert here.text(ANNA, "JOBS") == "asked"  # the person themselves may still


def test_g12_two_noes_of_a_stranger_grant_nothing_and_send_nothing(here, this_job, jobs):
    apply(here.store, application(here, point(this_job, jobs), specific=False, general=False), here.at)
    here.settle()
    assert here.shown() == []
    assert here.kinds() == ["refused", "refused"]


@pytest.mark.parametrize("value", ["", "on", "maybe"])
def test_g12_an_unanswered_question_refuses_the_form(value):
    with pytest.raises(UnansweredError):
        answered(value)
    assert (answered("yes"), answered("no")) == (True, False)


def test_g13_where_a_text_asks_the_general_question_goes_only_after_the_yes_to_the_specific_one(
    here, this_job, jobs
):
    where = point(this_job, jobs, Confirming.ASK)
    applied = apply(here.store, application(here, where), here.at)
    assert (applied.specific.course, applied.general.course) == (Course.ASK, Course.WAIT)
    here.settle()
    assert here.shown() == ["Linde & Loom: reply YES to join Thisjob."]
    assert here.text(ANNA, "yes") == "confirmed"
    assert here.state().grant_for(this_job.id).grade is Grade.A
    assert here.state().grant_for(jobs.id) is None
    assert here.shown()[1:] == [
        "Linde & Loom: welcome to Thisjob. Reply STOP to stop.",
        "Linde & Loom: reply YES to join Jobs.",
    ]
    assert here.text(ANNA, "yes") == "confirmed"
    assert here.state().grant_for(jobs.id).grade is Grade.A


def test_g13_a_no_to_the_specific_question_by_text_puts_no_second_one(here, this_job, jobs):
    apply(here.store, application(here, point(this_job, jobs, Confirming.ASK)), here.at)
    here.settle()
    assert here.text(ANNA, "no") == "declined"
    assert "Linde & Loom: reply YES to join Jobs." not in here.shown()


def test_the_two_questions_are_about_two_programs(here, this_job, jobs):
    with pytest.raises(SamePurposeError):
        with_general(point(this_job, jobs).definition, this_job)


@pytest.mark.parametrize("language", ["en", "nl", "sv", "de", "da"])
@pytest.mark.parametrize("use", list(Use), ids=[each.value for each in Use])
def test_g12_three_sample_wordings_ship_in_five_languages_with_all_their_parts(use, language):
    words = shipped(use, language)
    assert len({words.specific, words.general}) == 2
    for each in (words.specific, words.general):
        for part in ("[Brand]", "[Frequency]", "[Stop]", "[Help]", "[Terms]", "[Privacy]"):
            assert part in each
        assert "?" in each
    assert words.yes
    assert words.no
    assert language == "en" or words.specific != shipped(use, "en").specific


def test_g14_text_for_jobs_by_a_keyword_is_the_persons_own_consent(here):
    jobs = program(here, "jobs", opt_in=OptIn.SINGLE)
    assert here.text(ANNA, "jobs") == "granted"
    (granted,) = record(here)
    assert (granted.event.route, granted.event.grade) == ("keyword", Grade.A)
    assert granted.items[0]["kind"] == EvidenceKind.INBOUND_TEXT
    assert here.state().grant_for(jobs.id) is not None


def test_g15_the_welcome_says_what_comes_and_how_to_leave(here):
    program(here, "jobs", opt_in=OptIn.SINGLE)
    here.text(ANNA, "JOBS")
    assert here.shown() == ["Linde & Loom: welcome to Jobs. Reply STOP to stop."]
