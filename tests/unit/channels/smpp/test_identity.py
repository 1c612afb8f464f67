"""Ids for texts that come without one."""

from yesword.channels.smpp.identity import Identities
from yesword.channels.smpp.pdu import ShortMessage


def text(words, source="31612345678"):
    return ShortMessage(
        source=source,
        source_ton=1,
        source_npi=1,
        destination="800123",
        destination_ton=3,
        destination_npi=0,
        esm_class=0,
        data_coding=0,
        content=words.encode(),
    )


class Session:
    def __init__(self):
        self.lost = None


SESSION = Session()


def test_a_text_that_was_not_acknowledged_comes_again_as_the_same():
    identities = Identities()
    first = identities.id_of(text("STOP"), SESSION)
    identities.refused(first, SESSION)
    assert identities.id_of(text("STOP"), SESSION) == first
    identities.acknowledged(first)
    assert identities.id_of(text("STOP"), SESSION) != first


def test_the_same_word_three_times_is_three_texts_while_none_of_them_is_taken():
    identities = Identities()
    ids = [identities.id_of(text(word), SESSION) for word in ("STOP", "START", "STOP")]
    assert len(set(ids)) == 3
    for each in ids:
        identities.refused(each, SESSION)
    assert [identities.id_of(text(word), SESSION) for word in ("STOP", "START", "STOP")] == ids


def test_what_is_in_hand_when_its_session_is_lost_is_brought_again_as_the_same():
    identities, lost, other = Identities(), Session(), Session()
    first = identities.id_of(text("JOIN"), lost)
    assert identities.id_of(text("JOIN"), lost) != first
    lost.lost = "connection lost"
    assert identities.id_of(text("JOIN"), other) == first
    identities.refused(first, lost)  # the old one is through, and the new one still in hand
    assert identities.id_of(text("JOIN"), other) != first


def test_the_same_word_of_two_people_is_two_texts():
    identities = Identities()
    assert identities.id_of(text("STOP"), SESSION) != identities.id_of(
        text("STOP", source="31612345679"), SESSION
    )


def test_what_is_acknowledged_twice_or_has_an_id_of_the_carriers_changes_nothing():
    identities = Identities()
    first = identities.id_of(text("STOP"), SESSION)
    identities.acknowledged("an-id-of-the-carrier")
    identities.acknowledged(first)
    identities.acknowledged(first)
    assert identities.id_of(text("STOP"), SESSION) != first


def test_the_id_tells_nobody_who_sent_what():
    """It stands in the store: whoever tries all numbers must not find the one by a digest that anybody can make."""
    one, another = Identities().id_of(text("STOP"), SESSION), Identities().id_of(text("STOP"), SESSION)
    assert one.partition("-")[0] != another.partition("-")[0]
