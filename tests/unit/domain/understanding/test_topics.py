import pytest

from yesword.domain.understanding import Context, Scope, understand
from yesword.domain.understanding.topics import TopicTableError, program_named, read_topics

PROGRAMS = Context(
    program_topics=(
        ("club", ("Club offers", "offers", "shoes", "clothing", "SAVEMORE")),
        ("care", ("Appointment reminders", "reminders", "REMINDME")),
        ("events", ("Event news", "events", "EVENTS")),
    )
)


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("only the shoe offers", "club"),
        ("geen aanbiedingen meer", "club"),
        ("inga erbjudanden", "club"),
        ("keine werbung", "club"),
        ("ingen tilbud", "club"),
        ("no more reminders", "care"),
        ("geen herinneringen", "care"),
        ("keine termine", "care"),
        ("no concerts", "events"),
        ("stop", None),
        ("offers and events", None),
    ],
)
def test_a_program_is_known_by_what_people_call_its_texts(text, program):
    assert program_named(text.split(), PROGRAMS) == program


def test_nobody_s_programs_are_named_by_nobody():
    assert program_named(["offers"], Context()) is None


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("unsubscribe me from the offers only", "club"),
        ("stop only the reminders", "care"),
        ("alleen de aanbiedingen stoppen, de herinneringen mogen blijven", "club"),
    ],
)
def test_a_stop_of_some_texts_names_their_program(text, program):
    intent = understand(text, context=PROGRAMS)
    assert intent.is_withdrawal
    assert (intent.scope, intent.program) == (Scope.PROGRAM, program)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("unsubscribe me from everything, my email too", True),
        ("take me off your list and the emails as well", True),
        ("haal me van de lijst, ook de e-mails en mailtjes", True),
        ("take me off your list", False),
    ],
)
def test_who_wants_e_mail_to_end_as_well_is_heard(text, names):
    assert understand(text).names_email is names


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        pytest.param("purpose,words\n", "columns", id="other columns"),
        pytest.param("language,purpose,words\nen,offers,\n", "words", id="no words"),
        pytest.param("language,purpose,words\nen,offers,*\n", "words", id="a star alone"),
    ],
)
def test_a_table_that_is_not_understood_is_refused(table, problem):
    with pytest.raises(TopicTableError, match=problem):
        read_topics(table.splitlines())
