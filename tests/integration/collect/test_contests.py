"""Contests: entering is an act of its own, a yes is another, and winners are drawn so that anybody can draw them again."""

import pytest

from factories.contests import A_DAY, announced, definition
from factories.points import published
from factories.worlds import ANNA
from yesword.collect import contest_draws, contests
from yesword.collect.contest_refusals import (
    AnnouncedContestError,
    BadTermsError,
    ClosedTwiceError,
    DrawnTwiceError,
    EarlySeedError,
    FutureSeedError,
    NotClosedError,
    SeedDueError,
    StillOpenError,
)
from yesword.domain.collecting import draw_files, drawing
from yesword.domain.collecting.contest_errors import BadContestError
from yesword.domain.collecting.contest_words import suggested
from yesword.domain.collecting.contests import Answering, ContestWording, State
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.events import Grade
from yesword.domain.evidence import Happening, grade
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.linting.contests import lint_terms
from yesword.domain.messages import MessageState
from yesword.privacy import erasing
from yesword.privacy.access import collect
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.proof.evidence.grades import evidence_of
from yesword.proof.evidence.opening import record_of
from yesword.store import contests as rows
from yesword.store import tallies
from yesword.store.programs import disclosure_digest
from yesword.store.tallies import Tallied

BEN, CARL, DORA = "+31612345679", "+31612345670", "+31612345671"
SEED = "3 14 15 26 35 41"


def recorded(here, number=ANNA):
    with here.store.database.read() as session:
        return list(record_of(here.store, session, here.contact(number)))


def entries(here, number=ANNA):
    with here.store.database.read() as session:
        return rows.of_contact(session, here.contact(number).id)


def entered(here, contest):
    with here.store.database.read() as session:
        return contest_draws.results(session, contest)


def closed(here, contest):
    here.wait(days=2)
    return contest_draws.close(here.store, contest, here.at)


def drawn(here, contest, seed=SEED):
    here.wait(days=2)
    seed_at = here.at
    here.wait(minutes=5)
    return contest_draws.draw(here.store, contests.find(contest.key), seed, "", seed_at, here.at)


def exported(here, contest):
    with here.store.database.read() as session:
        return contest_draws.exported(session, contests.find(contest.key))


# --- entering is not consent ---------------------------------------------------------------------------------


@pytest.mark.parametrize("asks", [{}, {"asks_after": True}, {"takes_yes": True}])
def test_i5_an_entry_without_a_yes_permits_nothing_but_its_answer(on_both, asks):
    here = on_both
    announced(here, **asks)
    assert here.text(ANNA, "Vote b.") == "contest_entered"
    assert here.shown()[0].startswith("Linde & Loom: your entry for Colour of the year is in.")
    assert here.kinds() == []
    planned = here.plan(here.contact().id)
    here.campaign()
    here.settle()
    state, reason = here.message(planned)
    assert state is MessageState.REFUSED
    assert "ask" in reason
    assert len(here.shown()) == 1


def test_i5_holding_the_number_is_no_permission_even_if_they_had_asked_long_ago(here):
    announced(here)
    here.text(ANNA, "SAVEMORE")  # asked, and never answered
    here.text(ANNA, "VOTE B")
    planned = here.plan(here.contact().id)
    here.settle()
    assert here.message(planned)[0] is MessageState.REFUSED


def test_i5_a_separate_yes_to_the_question_after_the_entry_grants_and_its_evidence_says_so(on_both):
    here = on_both
    contest = announced(here, asks_after=True)
    assert here.text(ANNA, "VOTE B") == "contest_entered"
    (receipt,) = here.shown()
    assert "You are in, whatever you answer now: Linde & Loom: reply YES to join Club." in receipt
    assert here.text(ANNA, "yes") == "granted"
    (event,) = recorded(here)
    (entry,) = entries(here)
    assert (event.event.route, event.event.grade) == ("contest_reply", Grade.A)
    assert event.sections["notice"]["text"] == receipt, "what was shown is the text that asked"
    assert [each["kind"] for each in event.items] == [EvidenceKind.INBOUND_TEXT, EvidenceKind.FORM_VERSION]
    assert event.items[1]["sha256"] == contest.point.digest, "and the terms as they stood"
    told = event.sections["context"]["contest"]
    assert told == {"terms": contest.point.key, "entry": entry.digest, "yes": "reply"}
    assert grade(Happening.of(event.event), evidence_of(event.items)).grade is Grade.A
    assert entry.said_yes == rows.BY_REPLY
    with here.store.database.read() as session:
        assert tallies.read(session, contest.point.id) == {"": {Tallied.JOINED: 1}}


def test_i5_a_yes_word_behind_the_answer_grants_and_its_evidence_tells_it_from_the_other_way(on_both):
    here = on_both
    contest = announced(here, takes_yes=True)
    assert here.text(ANNA, "VOTE B YES") == "contest_entered"
    (event,) = recorded(here)
    (entry,) = entries(here)
    assert (event.event.route, event.event.grade) == ("contest_entry", Grade.A)
    terms = consent_text(contest.point.definition, contest.program, "en")
    assert event.sections["notice"]["text"] == terms, "what the yes means is what the terms say"
    assert event.event.disclosure == disclosure_digest(terms)
    assert event.items[1]["sha256"] == contest.point.digest
    assert event.sections["context"]["contest"]["yes"] == "entry"
    assert grade(Happening.of(event.event), evidence_of(event.items)).grade is Grade.A
    assert (entry.choice, entry.said_yes) == ("B", rows.BY_ENTRY)
    assert here.shown()[1] == "Linde & Loom: welcome to Club. Reply STOP to stop."


def test_a_yes_that_the_terms_do_not_spell_is_none(here):
    announced(here, asks_after=True)
    assert here.text(ANNA, "VOTE B YES") == "contest_not_understood"
    assert here.kinds() == []


def test_a_free_answer_that_is_the_yes_word_alone_is_the_answer(here):
    announced(here, answering=Answering.FREE, options=(), takes_yes=True)
    assert here.text(ANNA, "VOTE yes") == "contest_entered"
    assert here.kinds() == []
    assert here.text(BEN, "VOTE deep blue yes") == "contest_entered"
    assert here.kinds(BEN) == ["granted"]


def test_a_no_to_the_question_is_kept_and_the_entry_stays(here):
    announced(here, asks_after=True)
    here.text(ANNA, "VOTE A")
    assert here.text(ANNA, "no") == "declined"
    assert here.kinds() == ["refused"]
    assert [each.choice for each in entries(here)] == ["A"]


def test_a_yes_after_anything_else_that_we_wrote_joins_nobody(here):
    announced(here, asks_after=True)
    here.text(ANNA, "VOTE A")
    here.text(ANNA, "VOTE A")  # "you are in already" is what a yes would answer now
    here.text(ANNA, "yes")
    assert here.kinds() == []


def test_whoever_stopped_or_is_in_is_not_asked(here):
    announced(here, asks_after=True)
    here.text(ANNA, "STOP")
    here.text(ANNA, "VOTE A")
    assert "YES" not in here.shown()[-1]
    here.join(BEN)
    here.text(BEN, "VOTE A")
    assert "YES" not in here.shown(BEN)[-1]


# --- what comes first ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", ["STOP", "VOTE STOP", "VOTE STOP B", "STOP B", "vote: stop", "VOTE please stop texting me"]
)
def test_whoever_leaves_leaves_whatever_the_contest_calls_its_answers(here, said):
    announced(here)
    here.join()
    assert here.text(ANNA, said) == "withdrawn"
    assert entries(here) == []


def test_help_and_rights_come_before_a_contest(here):
    announced(here, answering=Answering.FREE, options=())
    assert here.text(ANNA, "HELP") == "help"
    assert here.text(ANNA, "VOTE what do you have on me") == "privacy_request"
    assert entries(here) == []


def test_a_programs_keyword_stays_its_own(here):
    with pytest.raises(BadContestError, match="SAVEMORE means something else"):
        announced(here, keywords=("SAVEMORE",))


def test_two_contests_do_not_share_a_word(here):
    announced(here)
    with pytest.raises(BadContestError, match="VOTE means something else"):
        announced(here, "other")


# --- entries -------------------------------------------------------------------------------------------------


def test_one_entry_a_number_unless_the_contest_says_more(here):
    announced(here)
    announced(here, "prize", keywords=("WIN",), answering=Answering.FREE, options=(), entries_each=2)
    assert [here.text(ANNA, "VOTE A") for _ in range(2)] == ["contest_entered", "contest_entered_already"]
    said = [here.text(BEN, f"WIN try {each}") for each in range(3)]
    assert said == ["contest_entered", "contest_entered", "contest_entered_already"]


def test_what_comes_early_late_or_wrong_is_told_so_and_enters_nothing(here):
    announced(here, opens_at=here.at + A_DAY, closes_at=here.at + 2 * A_DAY)
    assert here.text(ANNA, "VOTE A") == "contest_not_open"
    assert "opens on" in here.shown()[-1]
    here.wait(days=1)
    assert here.text(ANNA, "VOTE D") == "contest_not_understood"
    assert "A, B, C" in here.shown()[-1]
    here.wait(days=1)
    assert here.text(ANNA, "VOTE A") == "contest_closed"
    assert entries(here) == []


def test_a_text_that_was_sent_in_time_is_in_though_it_comes_late(here):
    contest = announced(here)
    in_time = here.at + A_DAY - A_DAY / 24
    here.wait(days=1, minutes=1)
    assert here.text(ANNA, "VOTE A", at=in_time) == "contest_entered"
    contest_draws.close(here.store, contest, here.at)
    assert here.text(BEN, "VOTE A", at=in_time) == "contest_closed", "the list is fixed"


def test_a_redelivered_entry_is_one_entry(here):
    announced(here, entries_each=5)
    here.receive(ANNA, "VOTE A", ref="one")
    here.receive(ANNA, "VOTE A", ref="one")
    assert len(entries(here)) == 1


def test_live_results_count_each_answer(on_both):
    here = on_both
    contest = announced(here)
    for number, answer in [(ANNA, "A"), (BEN, "B"), (CARL, "B")]:
        here.text(number, f"VOTE {answer}")
    assert dict(entered(here, contest).counts) == {"A": 1, "B": 2, "C": 0}


# --- ages ----------------------------------------------------------------------------------------------------


def test_where_an_age_is_asked_nobody_is_in_before_they_said_it(here):
    contest = announced(here, minimum_age=18)
    assert here.text(ANNA, "VOTE A") == "contest_asked_age"
    assert entered(here, contest).entered == 0
    assert here.text(ANNA, "I am 34") == "contest_entered"
    assert entered(here, contest).entered == 1
    assert here.contact().adult_since is not None
    assert here.text(BEN, "VOTE A") == "contest_asked_age"
    assert here.text(BEN, "15") == "contest_too_young"
    assert entries(here, BEN) == []


def test_who_never_says_their_age_takes_no_part(here):
    contest = announced(here, minimum_age=18)
    here.text(ANNA, "VOTE A")
    assert closed(here, contest).entries == 0
    assert entries(here) == []


# --- announcing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("consent", "code"),
    [
        pytest.param("Yes to [Brand] marketing texts about shoes, [Frequency]. STOP ends it.", "free_to_enter", id="entering-depends"),
        pytest.param("Yes to texts from [Brand] about shoes, [Frequency]. STOP ends it. I can enter without a yes.", "marketing", id="no-marketing"),
        pytest.param("Yes to marketing texts about shoes, [Frequency]. STOP ends it. I can enter without a yes.", "brand", id="no-brand"),
        pytest.param("Yes to [Brand] marketing texts about shoes. STOP ends it. I can enter without a yes.", "frequency", id="no-frequency"),
        pytest.param("Yes to [Brand] marketing texts about shoes, [Frequency]. I can enter without a yes.", "stop", id="no-way-out"),
        pytest.param("Yes to [Brand] marketing texts, [Frequency]. STOP ends it. I can enter without a yes.", "categories", id="no-categories"),
    ],
)  # fmt: skip
def test_i5_terms_that_do_not_say_plainly_what_a_yes_means_are_refused(here, consent, code):
    worded = (("en", ContestWording(title="Colours", consent=consent)),)
    made = definition(here, asks_after=True, wordings=worded)
    found = lint_terms(made, here.club, "en", ("NL",), (), here.at.date())
    assert [each.code for each in found if each.code.startswith("contest.")] == [f"contest.{code}"]
    with pytest.raises(BadTermsError):
        contests.announce(contests.draft(here.club.brand, "colours", made, here.at), here.at, despite=True)


def test_i14_the_terms_that_ship_pass_in_each_language_and_say_that_nobody_needs_to_say_yes(here):
    for language in ("en", "nl", "sv", "de", "da"):
        worded = ((language, ContestWording(title="Colours", consent=suggested(here.club, language))),)
        made = definition(here, takes_yes=True, wordings=worded)
        found = lint_terms(made, here.club, language, ("NL",), (), here.at.date())
        assert [each.code for each in found if each.code.startswith("contest.")] == [], language


def test_what_was_announced_stands_once_it_is_open(here):
    early = {"opens_at": here.at + A_DAY, "closes_at": here.at + 2 * A_DAY}
    contest = announced(here, **early)
    contests.draft(here.club.brand, contest.key, definition(here, **early, name="Another"), here.at)
    contests.announce(contests.find(contest.key), here.at)
    here.wait(days=1)
    with pytest.raises(AnnouncedContestError):
        contests.draft(here.club.brand, contest.key, definition(here), here.at)


# --- closing and drawing -------------------------------------------------------------------------------------


def test_the_list_is_fixed_before_the_seed_and_anybody_can_draw_again(on_both):
    here = on_both
    contest = announced(here, takes_yes=True)
    for number, text in [(ANNA, "VOTE A YES"), (BEN, "VOTE B"), (CARL, "VOTE C"), (DORA, "VOTE A")]:
        here.text(number, text)
    fixed = closed(here, contest)
    assert fixed.entries == 4
    what = drawn(here, contest)
    assert len(set(what.winners)) == 2
    file = exported(here, contest)
    assert draw_files.verify(file) == ()
    assert draw_files.read(draw_files.write(file)) == file
    assert not any(number[1:] in draw_files.write(file) for number in (ANNA, BEN, CARL, DORA))
    with here.store.database.read() as session:
        winners = contest_draws.winners(session, contest)
        assert contests.standing(session, contests.find(contest.key), here.at) is State.DRAWN
    assert all(each.entry is not None for each in winners)


def test_i14_a_yes_makes_no_difference_to_the_draw(here):
    """Neither who said yes nor who did not stands in what is drawn from."""
    contest = announced(here, takes_yes=True, winners=1)
    here.text(ANNA, "VOTE A YES")
    here.text(BEN, "VOTE A")
    closed(here, contest)
    file = exported(here, contest)
    assert sorted(file.entries) == sorted(
        each.digest for number in (ANNA, BEN) for each in entries(here, number)
    )
    assert "yes" not in draw_files.write(file).lower().split('"')


def test_only_right_answers_take_part_where_one_is_right(here):
    contest = announced(here, answering=Answering.FREE, options=(), right=("Amsterdam",))
    here.text(ANNA, "VOTE amsterdam!")
    here.text(BEN, "VOTE Rotterdam")
    assert closed(here, contest).entries == 1
    assert entered(here, contest).entered == 2


def test_a_seed_from_before_the_list_was_fixed_is_refused(here):
    contest = announced(here)
    here.text(ANNA, "VOTE A")
    with pytest.raises(NotClosedError):
        contest_draws.draw(here.store, contest, SEED, "", here.at, here.at)
    fixed = closed(here, contest)
    here.wait(days=3)
    with pytest.raises(EarlySeedError):
        contest_draws.draw(here.store, contest, SEED, "", fixed.committed_at, here.at)
    with pytest.raises(FutureSeedError):
        contest_draws.draw(here.store, contest, SEED, "", here.at + A_DAY, here.at)
    contest_draws.draw(here.store, contest, SEED, "", here.at, here.at)
    with pytest.raises(DrawnTwiceError):
        contest_draws.draw(here.store, contest, "another", "", here.at, here.at)


def test_it_closes_once_and_not_before_its_time_unless_told_so(here):
    contest = announced(here)
    with pytest.raises(StillOpenError):
        contest_draws.close(here.store, contest, here.at)
    contest_draws.close(here.store, contest, here.at, is_early=True)
    with pytest.raises(ClosedTwiceError):
        contest_draws.close(here.store, contests.find(contest.key), here.at + A_DAY)
    assert here.text(ANNA, "VOTE A") == "contest_closed"


def test_a_list_cannot_be_fixed_once_its_seed_is_known(here):
    contest = announced(here)
    here.wait(days=4)
    with pytest.raises(SeedDueError):
        contest_draws.close(here.store, contest, here.at)
    assert contest_draws.keep_time(here.store, here.at) == 0
    later = here.at + A_DAY
    fixed = contest_draws.close(here.store, contest, here.at, seed_source="block 900000", seed_due_at=later)
    assert (fixed.source, fixed.seed_due_at) == ("block 900000", later)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM contest_leaf",
        "UPDATE contest_commitment SET list_digest = ''",
        "DELETE FROM contest_draw",
        "UPDATE contest_draw SET seed = 'mine'",
    ],
)
def test_the_database_refuses_to_change_what_was_published(on_both, statement):
    here = on_both
    contest = announced(here)
    here.text(ANNA, "VOTE A")
    closed(here, contest)
    drawn(here, contest)
    with pytest.raises(Exception, match="append-only"), here.store.database.write():
        here.sql(statement)


def test_it_closes_by_itself_a_little_after_its_time(here):
    contest = announced(here)
    here.wait(days=1, minutes=5)
    assert contest_draws.keep_time(here.store, here.at) == 0, "a text may still be on its way"
    here.wait(minutes=6)
    assert contest_draws.keep_time(here.store, here.at) == 1
    assert contest_draws.keep_time(here.store, here.at) == 0
    assert exported(here, contest).commitment.entries == 0


# --- deleting ------------------------------------------------------------------------------------------------


def test_entries_of_the_others_are_deleted_with_their_texts_and_the_proof_still_holds(on_both):
    here = on_both
    contest = announced(here, takes_yes=True, winners=1, keeps_days=30, winners_days=90)
    for number, text in [(ANNA, "VOTE A YES"), (BEN, "VOTE B"), (CARL, "VOTE C YES")]:
        here.text(number, text)
    closed(here, contest)
    (winner,) = drawn(here, contest).winners
    here.wait(days=29)
    assert contest_draws.keep_time(here.store, here.at) == 0
    here.wait(days=2)
    assert contest_draws.keep_time(here.store, here.at) == 1
    left = [each for number in (ANNA, BEN, CARL) for each in entries(here, number)]
    assert [each.digest for each in left] == [winner]
    assert draw_files.verify(exported(here, contest)) == ()
    assert dict(entered(here, contest).counts) == {"A": 1, "B": 1, "C": 1}, "figures are about nobody"
    texts = dict(here.sql("SELECT contact_id, sealed_body FROM inbound_text"))
    won = left[0].contact
    assert texts[here.contact(ANNA).id] is not None, "the text is the evidence of her yes"
    assert (texts[here.contact(BEN).id] is None) == (here.contact(BEN).id != won)
    assert here.state(ANNA).grant_for(here.club.id) is not None
    here.wait(days=60)
    contest_draws.keep_time(here.store, here.at)
    assert all(entries(here, number) == [] for number in (ANNA, BEN, CARL))
    assert contest_draws.keep_time(here.store, here.at) == 0


def test_erasing_an_entrant_deletes_the_entry_and_leaves_a_digest_that_opens_nothing(on_both):
    here = on_both
    contest = announced(here)
    here.text(ANNA, "VOTE A")
    here.text(BEN, "VOTE B")
    (entry,) = entries(here)
    closed(here, contest)
    erasing.erase(here.store, entry.contact, Wish(ground=REQUESTED), here.at)
    assert here.sql("SELECT count(*) FROM contest_entry WHERE contact_id = %s", entry.contact) == [(0,)]
    file = exported(here, contest)
    assert entry.digest in file.entries
    assert draw_files.verify(file) == ()


def test_erasing_before_it_closes_takes_the_entry_out(here):
    contest = announced(here)
    here.text(ANNA, "VOTE A")
    erasing.erase(here.store, here.contact().id, Wish(ground=REQUESTED), here.at)
    assert closed(here, contest).entries == 0


def test_a_form_and_a_contest_of_one_program_do_not_mix(here):
    published(here)
    contest = announced(here, asks_after=True)
    assert contest.point.key != "door"


def test_an_entrant_is_shown_what_they_entered_with_the_salt_of_its_digest(here):
    announced(here)
    here.text(ANNA, "VOTE A")
    (entry,) = collect(here.store, here.contact(), here.at, since=here.at - A_DAY).contests
    assert (entry.contest, entry.answer) == ("Colour of the year", "A")
    assert drawing.leaf(bytes.fromhex(entry.salt), "colour", "A", entry.entered_at) == entry.digest
    assert entry.digest[:12] in here.shown()[0]
