"""What is published of a contest stands in the brand's log: stated with it, about nobody, and sound whatever becomes of people."""

import pytest

from factories.collected import COLOUR, ENTRANTS, SEED
from factories.contests import announced
from factories.worlds import world
from yesword.collect import contest_draws
from yesword.collect import contests as running
from yesword.ledger.entry import open_disclosure
from yesword.privacy import erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.proof.auditing import audit
from yesword.proof.contests import CLOSED, DRAWN
from yesword.proof.sequencer import Sequencer
from yesword.store import contests as rows
from yesword.store import ledgers
from yesword.store.ledgers import Statement


@pytest.fixture
def here(store):
    with world(store) as made:
        yield made


def told(here):
    """What does not fit."""
    while Sequencer(store=here.store, clock=lambda: here.at).round():
        pass
    return [each.sentence for each in audit(here.store).misfits.told]


def statement(here, kind) -> Statement:
    ((found,),) = here.sql("SELECT id FROM ledger_statement WHERE kind = %s", kind)
    with here.store.database.read() as session:
        (made,) = ledgers.statements(session, [found])
    return made


def entered(here, **changes):
    contest = announced(here, COLOUR, takes_yes=True, **changes)
    for number, said in zip(ENTRANTS, ("VOTE A YES", "VOTE B", "VOTE C YES"), strict=True):
        here.text(number, said)
    return contest


def closed(here, contest):
    here.wait(days=2)
    return contest_draws.close(here.store, contest, here.at)


def drawn(here):
    here.wait(days=2)
    return contest_draws.draw(here.store, running.find(COLOUR), SEED, "", here.at, here.at)


def test_a_contest_fits_at_every_stage_and_when_its_entries_are_deleted(here):
    contest = entered(here, winners=1)
    assert told(here) == []
    closed(here, contest)
    assert told(here) == []
    drawn(here)
    assert told(here) == []
    for days, left in ((31, 1), (400, 0)):
        here.wait(days=days)
        contest_draws.keep_time(here.store, here.at)
        assert here.sql("SELECT count(*) FROM contest_entry") == [(left,)]
        assert told(here) == []


def test_it_fits_where_somebody_closed_it_before_its_time(here):
    contest = entered(here)
    contest_draws.close(here.store, contest, here.at, is_early=True)
    assert running.find(COLOUR).closed_at == here.at
    assert told(here) == []


def test_a_vote_that_nobody_wins_and_asks_nothing_fits(here):
    contest = announced(here, COLOUR, winners=0, seed_source="", seed_due_at=None)
    here.text(ENTRANTS[0], "VOTE A")
    closed(here, contest)
    assert told(here) == []


def test_it_fits_after_those_who_took_part_were_erased(here):
    contest = entered(here)
    people = [here.contact(number).id for number in ENTRANTS]
    erasing.erase(here.store, people[0], Wish(ground=REQUESTED), here.at)
    assert told(here) == []
    assert closed(here, contest).entries == 2
    erasing.erase(here.store, people[1], Wish(ground=REQUESTED), here.at)
    drawn(here)
    erasing.erase(here.store, people[2], Wish(ground=REQUESTED), here.at)
    assert here.sql("SELECT count(*) FROM contest_entry") == [(0,)]
    assert told(here) == []


def test_what_is_stated_is_what_the_page_says_and_about_nobody(here):
    contest = entered(here)
    fixed, what = closed(here, contest), drawn(here)
    closing, draw = (statement(here, kind) for kind in (CLOSED, DRAWN))
    assert (closing.brand, closing.at) == (here.club.brand, fixed.committed_at)
    said = repr([open_disclosure(each) for made in (closing, draw) for each in made.disclosures])
    assert fixed.list_digest in said
    assert all(winner in said for winner in what.winners)
    for number in ENTRANTS:
        contact = here.contact(number)
        assert number[1:] not in said
        assert str(contact.id) not in said
        with here.store.database.read() as session:
            (entry,) = rows.of_contact(session, contact.id)
        assert entry.digest in what.winners or entry.digest not in said
        assert rows.opened(here.store.vault.seal(contact.id), entry).salt not in said


def test_what_is_refused_states_nothing(here):
    contest = entered(here)
    closed(here, contest)
    with pytest.raises(contest_draws.ClosedTwiceError):
        contest_draws.close(here.store, contest, here.at)
    with pytest.raises(contest_draws.FutureSeedError):
        contest_draws.draw(here.store, contest, SEED, "", here.at.replace(year=2030), here.at)
    assert here.sql("SELECT kind FROM ledger_statement WHERE kind LIKE %s", "contest%") == [(CLOSED,)]
