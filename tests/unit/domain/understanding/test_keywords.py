import io

import pytest

from yesword.domain.understanding import Context, Kind, Label, PendingKind, Scope, is_opt_out, understand
from yesword.domain.understanding.keywords import KeywordTableError, all_keywords, read_keywords
from yesword.domain.understanding.slips import is_one_slip

ASKED = Context(pending=PendingKind.CONFIRM_CONSENT)
PROGRAMS = Context(program_keywords=(("SAVEMORE", "club"), ("EVENTS", "events"), ("RemindMe", "care")))
PER_SE = ["STOP", "QUIT", "END", "REVOKE", "OPT OUT", "CANCEL", "UNSUBSCRIBE"]


def rows(kind):
    return [pytest.param(row, id=f"{row.language} {row.word}") for row in all_keywords() if row.kind == kind]


@pytest.mark.parametrize("row", rows(Kind.OPT_OUT))
def test_every_opt_out_word_leaves_unless_it_is_weak(row):
    strong = not row.is_weak or is_opt_out_elsewhere(row)
    assert (understand(row.word).label is Label.OPT_OUT) == (strong or row.word == "WRONG NUMBER")


def is_opt_out_elsewhere(row):
    """KONIEC is weak in Polish and plain in Slovak; leaving wins."""
    return any(
        other.word == row.word and other.kind == Kind.OPT_OUT and not other.is_weak
        for other in all_keywords()
    )


@pytest.mark.parametrize("kind", [Kind.OPT_IN, Kind.HELP])
def test_every_strong_opt_in_and_help_word_is_read_as_such(kind):
    words = [row for row in all_keywords() if row.kind == kind and not row.is_weak]
    assert [row.word for row in words if understand(row.word).kind is not kind] == []


@pytest.mark.parametrize("word", PER_SE)
@pytest.mark.parametrize("language", ["en", "sv", "pl"])
def test_the_words_that_the_law_names_are_per_se_everywhere(word, language):
    intent = understand(f"{word.capitalize()}.", [language])
    assert (intent.kind, intent.is_per_se, intent.confidence) == (Kind.OPT_OUT, True, 1.0)


def test_exactly_the_seven_words_of_the_rule_are_per_se():
    assert sorted(row.word for row in all_keywords() if row.is_per_se) == sorted(PER_SE)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("stop please", id="courtesy after"),
        pytest.param("Please stop", id="courtesy before"),
        pytest.param("stop thanks", id="thanks"),
        pytest.param("stop aub", id="Dutch courtesy"),
        pytest.param("STOPP tack", id="Swedish courtesy"),
        pytest.param("Bitte abmelden, vielen Dank", id="German courtesy"),
        pytest.param("afmeld mig, tak", id="Danish courtesy"),
        pytest.param("stop sms", id="what to stop"),
        pytest.param("no, stop", id="a no in front"),
        pytest.param("ok stop now", id="an ok in front"),
        pytest.param("stop stop stop", id="said three times"),
        pytest.param("STOPSTOP", id="said twice in one"),
        pytest.param("S T O P", id="spelled"),
        pytest.param("s.t.o.p.", id="spelled with stops"),
        pytest.param("ST0P", id="a digit for a letter"),
        pytest.param("ЅТОР", id="Cyrillic look-alikes"),
        pytest.param("STOP 36180", id="the short code repeated"),
        pytest.param("RE: STOP", id="a reply prefix"),
        pytest.param("🛑", id="a stop sign"),
        pytest.param("✋", id="a raised hand"),
        pytest.param("🛑 STOP 🛑", id="signs around the word"),
        pytest.param("HELP STOP", id="two commands"),
        pytest.param("sotp", id="a slip"),
        pytest.param("UNSUBCRIBE", id="a slip in a long word"),
        pytest.param("Yes\nSTOP\nthanks", id="a line of its own"),
        pytest.param("Goedemorgen allemaal\nAFMELDEN\nGroeten, Jan", id="a Dutch word on a line of its own"),
        pytest.param("Liked “Club offers\nSTOP\n”", id="a line of its own inside a quotation"),
    ],
)
def test_an_opt_out_word_survives_what_people_put_around_it(text):
    assert understand(text).kind is Kind.OPT_OUT
    assert understand(text, ["de"], ASKED).kind is Kind.OPT_OUT


@pytest.mark.parametrize("text", ["NO", "off", "x", "uit", "ENDE", "nonstop", "bus stop", "the end", "START"])
def test_a_weak_word_or_a_longer_one_does_not_leave(text):
    assert not understand(text).is_withdrawal


def test_a_weak_word_is_told_apart_for_a_person_to_look_at():
    assert understand("ENDE", ["de"]).rule == "weak_word"


YES = "YES|yes!|JA|Ok|1|J|Y|BEVESTIGEN|ACCEPTEREN|CONFIRM|BEKRÄFTA|bekrafta|ACCEPTERA|BESTÄTIGEN|bestaetigen"
YES += "|BEKRÆFT|bekraeft|GODKEND|OUI|SI|Sí|ja graag|ja tack|Ja gerne|ja tak|yes please|👍"
NO = "NO|NEE|NEJ|NEIN|nee dank je|nej tack|nein danke|no thanks"


@pytest.mark.parametrize("text", YES.split("|"))
def test_a_yes_confirms_only_what_was_asked(text):
    assert understand(text, context=ASKED).kind is Kind.CONFIRM
    assert understand(text).kind is Kind.OTHER
    assert understand(text, context=Context(pending=PendingKind.POLL)).kind is Kind.OTHER


@pytest.mark.parametrize("text", NO.split("|"))
def test_a_no_declines_only_what_was_asked(text):
    assert understand(text, context=ASKED).kind is Kind.DECLINE
    assert understand(text).kind is Kind.OTHER


@pytest.mark.parametrize("text", ["OK", "1", "sure", "👍"])
def test_an_idle_yes_is_none_when_nobody_knows_what_was_asked(text):
    assert understand(text, context=Context(pending=PendingKind.UNKNOWN)).kind is Kind.OTHER


def test_danish_thanks_are_no_polish_yes():
    assert understand("tak", ["da"], ASKED).kind is Kind.OTHER
    assert understand("tak", [], ASKED).kind is Kind.OTHER
    assert understand("tak", ["pl"], ASKED).kind is Kind.CONFIRM


def test_no_in_front_of_start_starts_nothing():
    assert understand("no start").kind is Kind.OTHER


def test_a_program_may_accept_a_yes_of_its_own():
    asked = Context(pending=PendingKind.CONFIRM_CONSENT, confirm_words=("Count me in",))
    assert understand("COUNT ME IN!", context=asked).kind is Kind.CONFIRM


@pytest.mark.parametrize("text", ["SAVEMORE", "savemore.", "“SaveMore” please", "Save\u200bMore"])
def test_a_program_keyword_joins_whatever_its_case_and_punctuation(text):
    intent = understand(text, context=PROGRAMS)
    assert (intent.kind, intent.keyword, intent.program, intent.label) == (
        Kind.KEYWORD,
        "SAVEMORE",
        "club",
        Label.OPT_IN,
    )


@pytest.mark.parametrize("text", ["SAVEMOR", "SAVEMOER", "SAVE MORE", "SAVENORE", "SAVEMOREE"])
def test_a_near_miss_suggests_and_joins_nothing(text):
    intent = understand(text, context=PROGRAMS)
    assert (intent.kind, intent.suggestion, intent.keyword) == (Kind.OTHER, "SAVEMORE", None)


def test_a_keyword_inside_a_sentence_joins_nothing():
    assert understand("are there events tonight", context=PROGRAMS).kind is Kind.OTHER


@pytest.mark.parametrize("text", ["STOP EVENTS", "events stop", "please stop events"])
def test_stop_with_a_keyword_ends_that_program(text):
    intent = understand(text, context=PROGRAMS)
    assert (intent.kind, intent.scope, intent.program) == (Kind.OPT_OUT, Scope.PROGRAM, "events")


def test_an_opt_out_word_beats_a_program_that_chose_it():
    assert understand("CANCEL", context=Context(program_keywords=(("CANCEL", "club"),))).kind is Kind.OPT_OUT
    assert is_opt_out(("cancel",))
    assert not is_opt_out(("savemore",))


@pytest.mark.parametrize("text", ["STOPALL", "stop all", "STOP ALLES", "stopp alla"])
def test_all_means_everything(text):
    assert understand(text).scope is Scope.EVERYTHING


def test_the_language_is_told_when_the_word_tells_it():
    assert understand("AFMELDEN").language == "nl"
    assert understand("STOP").language is None
    assert understand("STOP", ["sv"]).language == "sv"


def test_the_span_points_into_the_text_as_received():
    text = "I am at work\n  “Stop.” \nread later"
    assert text[slice(*understand(text).span)] == "Stop"


@pytest.mark.parametrize(
    ("written", "meant", "is_one"),
    [
        ("stpo", "stop", True),
        ("sop", "stop", True),
        ("stoop", "stop", True),
        ("step", "stop", True),
        ("stop", "stop", False),
        ("pots", "stop", False),
        ("s", "stop", False),
        ("spot", "stop", False),
    ],
)
def test_one_slip_is_one_letter_or_one_swap(written, meant, is_one):
    assert is_one_slip(written, meant) is is_one


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        pytest.param("language,word\n", "columns", id="other columns"),
        pytest.param("{head}en,leave,STOP,us,,,,\n", "kind 'leave'", id="unknown kind"),
        pytest.param("{head}en,opt_out,STOP,us,,maybe,,\n", "maybe", id="a flag that is no flag"),
        pytest.param("{head}en,opt_out,,us,,,,\n", "empty", id="no word"),
        pytest.param("{head}en,opt_out,STOP,,,,,\n", "empty", id="no source"),
    ],
)
def test_a_table_that_is_not_understood_is_refused(table, problem):
    head = "language,kind,word,source,note,per_se,weak,everything\n"
    with pytest.raises(KeywordTableError, match=problem):
        list(read_keywords(io.StringIO(table.format(head=head))))
