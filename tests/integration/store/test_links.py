"""Private links: a word that opens one thing, until it is ended or its time is over."""

from datetime import timedelta

import pytest

from factories.worlds import NOON, world
from yesword.privacy.erasing import REQUESTED, Wish, erase
from yesword.store import links
from yesword.store.links import LinkKind, NewLink


@pytest.fixture
def here(store):
    with world(store) as opened:
        yield opened


def made(here, contact=None, **more):
    wanted = NewLink(
        brand=here.club.brand,
        **{"kind": LinkKind.RECEIPT, "contact": contact, "program": here.club.id, **more},
    )
    with here.store.database.write() as session:
        return links.make(session, wanted, NOON)


def found(here, word, kind=LinkKind.RECEIPT, at=NOON):
    with here.store.database.read() as session:
        return links.find(session, word, kind, at)


def test_a_word_finds_what_it_was_made_for(here):
    (anna,) = here.strangers(["+31612340001"])
    link = found(here, made(here, anna))
    assert (link.contact, link.program, link.brand) == (anna, here.club.id, here.club.brand)


def test_the_store_keeps_no_word(here):
    word = made(here)
    ((digest,),) = here.sql("SELECT digest FROM private_link")
    assert len(word) == 22
    assert len(bytes(digest)) == 32
    assert word.encode() not in bytes(digest)


def test_no_two_words_are_alike(here):
    assert len({made(here) for _ in range(50)}) == 50


@pytest.mark.parametrize("word", ["", "A" * 21, "A" * 22, "A" * 23, "Å" * 22], ids=str)
def test_another_word_finds_nothing(here, word):
    made(here)
    assert found(here, word) is None


def test_a_word_opens_no_other_kind_of_thing(here):
    assert found(here, made(here), LinkKind.AUDITOR) is None


def test_it_holds_until_its_time_and_not_at_it(here):
    word = made(here, expires_at=NOON + timedelta(days=1))
    assert found(here, word, at=NOON + timedelta(hours=23))
    assert found(here, word, at=NOON + timedelta(days=1)) is None


def test_a_link_without_a_time_holds(here):
    assert found(here, made(here), at=NOON + timedelta(days=4000))


def test_a_link_is_ended_once(here):
    word = made(here)
    with here.store.database.write() as session:
        assert links.end(session, links.digest_of(word), NOON)
        assert not links.end(session, links.digest_of(word), NOON)
        assert not links.end(session, b"nothing", NOON)
    assert found(here, word) is None


def test_openings_are_counted(here):
    word = made(here)
    with here.store.database.write() as session:
        for _ in range(2):
            links.count_opening(session, found(here, word))
    assert found(here, word).opened == 2


def test_links_of_a_person_are_theirs_alone(here):
    anna, bea = here.strangers(["+31612340001", "+31612340002"])
    made(here, anna)
    made(here, bea)
    made(here, anna, kind="another")
    with here.store.database.read() as session:
        assert [each.contact for each in links.of_contact(session, anna, LinkKind.RECEIPT)] == [anna]


def test_a_link_dies_with_the_erasure_of_its_person(here):
    here.join()
    person = here.contact()
    word = made(here, person.id)
    erase(here.store, person.id, Wish(ground=REQUESTED), here.at)
    assert found(here, word) is None
    assert here.sql("SELECT count(*) FROM private_link") == [(0,)]
