"""What is kept and used for nothing: no text goes, nobody sees it in a list, and the record stays as it is."""

import pytest

from factories.queued import BERT
from factories.worlds import ANNA
from yesword.domain.gate.built_in import built_in_rule
from yesword.domain.messages import MessageKind, MessageState
from yesword.privacy.restricting import (
    NoReasonGivenError,
    NotToldError,
    Restricted,
    restrict,
    unrestrict,
)
from yesword.reporting.people import Wanted, find_by_number, people_page
from yesword.store import models

WHY = "she says that she never joined"


def limit(here, **more):
    return restrict(here.store, here.contact(), WHY, None, here.at, **more)


def names(here):
    page = people_page(here.store, here.club.brand, Wanted(), [here.club.id], here.at)
    return {line.contact.number for line in page.people}


def test_nothing_is_sent_and_everything_is_kept(on_both):
    here = on_both
    here.join()
    here.join(BERT)
    before, kinds = here.shown(), here.kinds()
    assert limit(here) == Restricted(is_changed=True, cancelled=0)
    here.campaign()
    here.settle()
    assert here.shown() == before
    assert here.shown(BERT)[-1].startswith("Linde & Loom: 20% off.")
    assert here.kinds() == kinds
    ((state, reason),) = here.sql(
        "SELECT state, reason FROM message WHERE contact_id = %s AND campaign_id IS NOT NULL",
        here.contact().id,
    )
    assert (MessageState(state), reason) == (MessageState.REFUSED, "restricted")


def test_texts_that_wait_are_cancelled_even_when_a_claim_had_looked_already(on_both):
    here = on_both
    here.join()
    message = here.plan(here.contact().id)
    assert limit(here, is_dry_run=True) == Restricted(is_changed=True, cancelled=1)
    assert here.message(message)[0] is MessageState.QUEUED
    assert limit(here).cancelled == 1
    assert here.message(message) == (MessageState.CANCELLED, "restricted")
    assert here.claim_all() == []


def test_not_even_a_stop_is_confirmed_but_it_counts(here):
    here.join()
    limit(here)
    shown = here.shown()
    assert here.text(ANNA, "STOP") == "withdrawn"
    assert here.shown() == shown
    assert here.state().grants == ()


def test_who_is_restricted_is_in_no_list_and_can_be_found_by_number(on_both):
    here = on_both
    here.join()
    here.join(BERT)
    limit(here)
    assert names(here) == {BERT}
    assert find_by_number(here.store, here.club.brand, ANNA) == here.contact().id


def test_to_restrict_twice_changes_nothing(here):
    here.join()
    limit(here)
    since = here.contact().restricted_since
    here.wait(days=1)
    assert limit(here) == Restricted(is_changed=False, cancelled=0)
    assert here.contact().restricted_since == since
    assert models.AuditEntry.objects.filter(action="privacy.restricted").count() == 1


def test_it_is_lifted_once_the_person_was_told_and_brings_no_old_text_back(here, kim):
    here.join()
    message = here.plan(here.contact().id)
    limit(here)
    with pytest.raises(NotToldError):
        unrestrict(here.store, here.contact(), "settled", kim, was_told=False)
    assert unrestrict(here.store, here.contact(), "settled", kim, was_told=True).is_changed
    assert not unrestrict(here.store, here.contact(), "settled", kim, was_told=True).is_changed
    here.settle()
    assert here.message(message) == (MessageState.CANCELLED, "restricted")
    here.plan(here.contact().id, kind=MessageKind.CAMPAIGN)
    here.settle()
    assert here.shown()[-1].startswith("Linde & Loom: hello.")


def test_the_trace_says_who_and_keeps_the_reason_sealed(here, kim):
    here.join()
    restrict(here.store, here.contact(), WHY, kim, here.at)
    entry = models.AuditEntry.objects.get(action="privacy.restricted")
    assert (entry.user_id, entry.subject.startswith("con_")) == (kim, True)
    assert WHY not in str(entry.detail)
    assert entry.detail["reason"]


def test_without_a_reason_nothing_happens(here):
    here.join()
    with pytest.raises(NoReasonGivenError):
        restrict(here.store, here.contact(), "  ", None, here.at)
    assert here.contact().restricted_since is None


def test_the_reason_has_a_rule_of_its_own():
    rule = built_in_rule("house.restricted")
    assert rule is not None
    assert rule.code == "restricted"
