"""Which sender of a program a text goes out from."""

from collections import Counter

from yesword.domain.facts import SenderFacts
from yesword.domain.messages import MessageClass
from yesword.domain.sender_pools import Pool, PoolSender

PROMOTIONAL, CODES = MessageClass.PROMOTIONAL, MessageClass.TRANSACTIONAL


def sender(number: int, position: int = 0, *, hears: bool = True, **more: frozenset[str]) -> PoolSender:
    return PoolSender(
        id=number,
        account=1,
        position=position,
        facts=SenderFacts(address=f"80012{number}", kind="short_code", can_receive=hears),
        **more,
    )


def chosen(
    *senders: PoolSender, country: str = "NL", kind: MessageClass = PROMOTIONAL, **more: object
) -> int | None:
    found = Pool(own=1, senders=senders).choose(
        country=country,
        message_class=kind,
        **{"who": 7, **more},  # type: ignore[arg-type]
    )
    return found.id if found else None


def test_the_programs_own_sender_comes_first() -> None:
    assert chosen(sender(1), sender(2, 1)) == 1


def test_one_that_names_the_country_comes_before_those_that_go_anywhere() -> None:
    german = sender(2, 5, countries=frozenset({"DE"}))
    assert chosen(sender(1), german, country="DE") == 2
    assert chosen(sender(1), german, country="NL") == 1


def test_one_that_may_not_carry_the_class_is_left_out_but_answers_go_from_any() -> None:
    own = sender(1, classes=frozenset({"transactional"}))
    assert chosen(own, sender(2, 1)) == 2
    assert chosen(own, sender(2, 1), kind=CODES) == 1
    assert chosen(own, sender(2, 1), kind=MessageClass.SERVICE) == 1


def test_a_person_keeps_the_sender_they_know_as_long_as_it_fits() -> None:
    assert chosen(sender(1), sender(2, 1), kept=2) == 2
    assert chosen(sender(1), sender(2, 1, countries=frozenset({"DE"})), kept=2) == 1
    assert chosen(sender(1), kept=2) == 1


def test_where_the_wording_counts_on_an_answer_the_sender_hears_it() -> None:
    name = sender(1, hears=False)
    assert chosen(name, sender(2, 1)) == 1
    assert chosen(name, sender(2, 1), answers_come_back=True) == 2
    assert chosen(name, answers_come_back=True) is None


def test_equals_share_people_and_a_new_one_takes_only_its_part() -> None:
    two = (sender(1), sender(2))
    three = (*two, sender(3))
    before = {who: chosen(*two, who=who) for who in range(3000)}
    after = {who: chosen(*three, who=who) for who in range(3000)}
    assert min(Counter(before.values()).values()) > 1300
    assert min(Counter(after.values()).values()) > 850
    assert all(after[who] in (before[who], 3) for who in before)


def test_what_was_tried_is_not_tried_again() -> None:
    assert chosen(sender(1), sender(2, 1), tried={1}) == 2
    assert chosen(sender(1), sender(2, 1), tried={1, 2}) is None
