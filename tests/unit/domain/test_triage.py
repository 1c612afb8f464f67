"""Which texts somebody should look at, and why."""

import pytest

from yesword.domain.triage import (
    BECOMES,
    NOTHING_ELSE,
    VERBS,
    TriageKind,
    TriageState,
    Verb,
    kinds_said,
    triage_kind,
    urgency,
)
from yesword.domain.understanding import Intent, Kind, Right


def intent(kind: Kind = Kind.OTHER, **more) -> Intent:
    return Intent(**({"kind": kind, "confidence": 0.8, "rule": "phrase: x"} | more))


LEAVING = {"is_withdrawal": True}


@pytest.mark.parametrize(
    ("read", "what", "kind"),
    [
        pytest.param(
            intent(Kind.OPT_OUT, **LEAVING), "withdrawn", TriageKind.PROBABLE_STOP, id="an unsure stop"
        ),
        pytest.param(intent(Kind.OPT_OUT, confidence=0.97, **LEAVING), "withdrawn", None, id="a sure stop"),
        pytest.param(
            intent(Kind.OPT_OUT, is_per_se=True, **LEAVING), "withdrawn", None, id="a word of the law"
        ),
        pytest.param(
            intent(Kind.PRIVACY_REQUEST, right=Right.ACCESS),
            "privacy_request",
            TriageKind.PRIVACY_REQUEST,
            id="what do you have on me",
        ),
        pytest.param(
            intent(Kind.PRIVACY_REQUEST, right=Right.ERASURE, confidence=0.95, **LEAVING),
            "withdrawn",
            TriageKind.PRIVACY_REQUEST,
            id="delete my data",
        ),
        pytest.param(
            intent(Kind.OPT_OUT, right=Right.ERASURE, **LEAVING),
            "withdrawn",
            TriageKind.PROBABLE_STOP,
            id="perhaps stop, and delete my data",
        ),
        pytest.param(
            intent(Kind.OPT_OUT, confidence=1.0, also=(Kind.COMPLAINT,), **LEAVING),
            "withdrawn",
            TriageKind.COMPLAINT,
            id="stop or I report you",
        ),
        pytest.param(intent(Kind.COMPLAINT), "complaint", TriageKind.COMPLAINT, id="a complaint alone"),
        pytest.param(intent(rule="weak_word"), "unknown_keyword", TriageKind.PERHAPS_STOP, id="no, off, x"),
        pytest.param(
            intent(rule="suspected by the model"), "conversation", TriageKind.PERHAPS_STOP, id="a suspicion"
        ),
        pytest.param(intent(), "conversation", TriageKind.QUESTION, id="what anybody may write"),
        pytest.param(intent(Kind.HELP), "help", None, id="what was answered"),
        pytest.param(
            intent(Kind.OPT_OUT, confidence=0.95, **LEAVING),
            NOTHING_ELSE,
            TriageKind.QUESTION,
            id="surely only these, and there are no others",
        ),
        pytest.param(
            intent(Kind.OPT_OUT, **LEAVING),
            NOTHING_ELSE,
            TriageKind.PERHAPS_STOP,
            id="perhaps only these, and there are no others",
        ),
        pytest.param(
            intent(Kind.OPT_OUT, confidence=0.95, also=(Kind.COMPLAINT,), **LEAVING),
            NOTHING_ELSE,
            TriageKind.COMPLAINT,
            id="only these or I report you, and there are no others",
        ),
    ],
)
def test_a_text_is_looked_at_for_the_most_urgent_thing_it_says(read, what, kind):
    assert triage_kind(read, what) is kind


def test_a_sure_stop_of_which_nobody_knows_how_much_it_ends_is_looked_at():
    sure = intent(Kind.OPT_OUT, confidence=0.95, **LEAVING)
    assert triage_kind(sure, "withdrawn", is_guess=True) is TriageKind.PROBABLE_STOP


def test_a_text_that_withdraws_is_never_a_question():
    for confidence in (0.3, 0.95):
        read = intent(Kind.OPT_OUT, confidence=confidence, **LEAVING)
        assert triage_kind(read, "conversation") is not TriageKind.QUESTION


def test_probable_stops_come_first_and_questions_last():
    assert sorted(TriageKind, key=urgency) == [
        TriageKind.PROBABLE_STOP,
        TriageKind.PRIVACY_REQUEST,
        TriageKind.COMPLAINT,
        TriageKind.PERHAPS_STOP,
        TriageKind.QUESTION,
    ]
    assert len({urgency(kind) for kind in TriageKind}) == len(TriageKind)


def test_only_a_stop_that_was_read_may_be_undone_and_never_answered():
    assert {kind for kind, verbs in VERBS.items() if Verb.UNDO in verbs} == {TriageKind.PROBABLE_STOP}
    assert Verb.ANSWER not in VERBS[TriageKind.PROBABLE_STOP]
    assert set(BECOMES) == set(Verb)
    assert TriageState.OPEN not in BECOMES.values()


def test_what_a_text_wants_comes_first_among_what_it_says():
    read = intent(Kind.OPT_OUT, also=(Kind.COMPLAINT, Kind.OPT_OUT))
    assert kinds_said(read) == (Kind.OPT_OUT, Kind.COMPLAINT)
