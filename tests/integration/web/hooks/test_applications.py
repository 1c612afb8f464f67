"""Applications for a job (G12, G13): a yes or no in the form, for this job first and for others then; until it closes."""

import pytest

from factories.hooks import changed, deliveries, point_for, raw, source_of
from factories.worlds import ANNA
from yesword.collect.sources import BadSourceError
from yesword.domain.collecting.hooks import Provider
from yesword.domain.events import Basis, EventKind, Grade
from yesword.store import contacts

NEW = {
    Provider.GREENHOUSE: raw("greenhouse-new-application.json"),
    Provider.ATS: changed("ats-application-created.json", "data", "general_consent", to="yes"),
}
CLOSED = {
    Provider.GREENHOUSE: raw("greenhouse-rejected.json"),
    Provider.ATS: raw("ats-application-closed.json"),
}


def jobs(here, provider):
    """A source with a program for each question, and one for texts about the application."""
    general = point_for(
        here,
        provider,
        f"{provider.value}-others",
        program=here.events.id,
        program_version=here.events.version,
        wordings=(
            ("en", _wording("Yes, text me about other jobs. [Frequency]. Rates may apply. STOP, HELP.")),
        ),
    )
    point = point_for(here, provider)
    return source_of(here, provider, point=point, general=general.key, informs=deliveries(here).key)


def _wording(words):
    from yesword.domain.collecting.points import Wording

    return Wording(consent=words)


@pytest.mark.parametrize("provider", list(NEW))
def test_both_answers_are_events_of_their_own_each_with_its_own_program_and_wording(
    on_both, call, record, provider
):
    here = on_both
    source = jobs(here, provider)
    assert call(source, NEW[provider]).status_code == 200
    specific, general, about = record(here)
    assert [each.event.scope.program for each in (specific, general, about)] == [
        here.club.id,
        here.events.id,
        source.informs.id,
    ]
    for each in (specific, general):
        assert (each.event.kind, each.event.grade, each.event.route) == (
            EventKind.GRANTED,
            Grade.D,
            "application",
        )
    assert specific.sections["notice"]["text"] != general.sections["notice"]["text"]
    assert about.event.basis is Basis.TRIGGER


@pytest.mark.parametrize("provider", list(NEW))
def test_a_closed_application_ends_what_may_be_said_about_it_and_leaves_both_answers(
    here, call, record, provider
):
    source = jobs(here, provider)
    call(source, NEW[provider])
    assert call(source, CLOSED[provider], delivery="d-2").status_code == 200
    last = record(here)[-1].event
    assert (last.kind, last.scope.program) == (EventKind.EXPIRED, source.informs.id)
    state = here.state()
    assert state.grant_for(source.informs.id) is None
    assert state.grant_for(here.club.id)
    assert state.grant_for(here.events.id)


def test_a_yes_to_other_jobs_alone_is_no_yes(here, call):
    source = jobs(here, Provider.GREENHOUSE)
    path = ("payload", "application", "custom_fields", "text_message_consent", "value")
    call(source, changed("greenhouse-new-application.json", *path, to=False))
    state = here.state()
    assert state.grant_for(here.club.id) is None
    assert state.grant_for(here.events.id) is None


def test_a_yes_to_this_job_alone_is_one_for_this_job(here, call):
    source = jobs(here, Provider.ATS)
    call(source, raw("ats-application-created.json"))
    state = here.state()
    assert state.grant_for(here.club.id) is not None
    assert state.grant_for(here.events.id) is None


def test_a_form_without_the_question_asks_nobody(here, call):
    source = source_of(here, Provider.GREENHOUSE)
    path = ("payload", "application", "custom_fields")
    call(source, changed("greenhouse-new-application.json", *path, to={}))
    with here.store.database.read() as session:
        assert contacts.find(here.store, session, here.club.brand, ANNA) is None


@pytest.mark.parametrize("provider", list(NEW))
def test_an_altered_application_is_refused(here, call, provider):
    from factories.hooks import signed

    source = jobs(here, provider)
    body = NEW[provider]
    assert call(source, body.replace(b"Hector", b"Victor"), signed(provider, body)).status_code == 401


def test_both_questions_need_programs_of_their_own(here):
    point = point_for(here, Provider.ATS)
    with pytest.raises(BadSourceError, match="same program"):
        source_of(here, Provider.ATS, point=point, general=point_for(here, Provider.ATS, "again").key)
