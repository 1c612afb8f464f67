"""An account that speaks SMPP, from its row: long texts across binds and restarts, one bind for both ways, what is wrong told."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from factories.worlds import ANNA, CLUB, World, world
from yesword.channels.declared import BadAccountSettingError, UnknownAccountSettingError
from yesword.channels.smpp import Binding, SmppChannel, SmppReceiver, pdu
from yesword.channels.smpp.alphabets import Alphabet
from yesword.channels.smpp.parts import KeptPart, LongTexts, PartKey, parts_of
from yesword.domain.ids import BrandId
from yesword.privacy import erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.sending import inbound_parts, strays, taking
from yesword.sending.carriers import SecretNeededError
from yesword.sending.inbound_parts import StoredParts
from yesword.store import account_secrets, models, prepared_keys
from yesword.store.opening import Store
from yesword.worker import one_bind, smpp_accounts
from yesword.worker.channels import channels, receivers

LONG = "STOP. " + "You send far too many of these messages to me, day and night. " * 3
NUMBER = ANNA.removeprefix("+")


def speaks_smpp(store: Store, port: int, **settings: Any) -> None:
    models.Account.objects.update(
        channel="smpp", settings={"host": "127.0.0.1", "port": port, "system_id": "shop", **settings}
    )
    account_secrets.set_one(store, models.Account.objects.get().key, "password", "secret")


class Process:
    """What listens to the account: its connections to the store end with it."""

    def __init__(self, here: World) -> None:
        self._store = here.store
        self._receiver = only(receivers(here.store))

    def run(self, handler: Any, stop: threading.Event) -> None:
        try:
            self._receiver.run(handler, stop)
        finally:
            self._store.database.close()
            self._store.vault.close()


def taking_in(here: World) -> Any:
    def handler(items: list[Any]) -> list[bool]:
        return taking.take(here.store, here.account.pk, items, lambda: here.at)

    return handler


def answers(peer: Any, count: int) -> dict[int, int]:
    """Status by sequence number."""
    frames = [peer.next(pdu.DELIVER_SM | pdu.RESPONSE) for _ in range(count)]
    return {frame[2]: frame[1] for frame in frames}


def only(found: dict[int, Any]) -> Any:
    (each,) = found.values()
    return each


def from_anna(text: str) -> list[bytes]:
    """What the carrier brings when she writes this, a frame for each part."""
    made = parts_of(text, alphabet=Alphabet.GSM_7, long_texts=LongTexts.UDH_8, reference=7)
    return [
        pdu.pdu(
            pdu.DELIVER_SM,
            sequence,
            b"\0\x01\x01" + NUMBER.encode() + b"\0\x03\x00" + CLUB.encode() + b"\0"
            + bytes((part.esm_class, 0, 0, 0, 0, 0, 0, part.data_coding, 0, len(part.content))) + part.content,
        )
        for sequence, part in enumerate(made, start=1)
    ]  # fmt: skip


@pytest.fixture
def here(store: Store) -> Iterator[World]:
    with world(store) as made:
        made.join(ANNA)
        yield made


def test_a_long_stop_is_whole_after_a_restart_and_ends_texts(
    here: World, door: Any, in_background: Any
) -> None:
    speaks_smpp(here.store, door.port)
    first, *rest = from_anna(LONG)
    with in_background(Process(here), taking_in(here)):
        peer = door.accept()
        assert peer.asked[0] == pdu.BIND_RECEIVER
        peer.send(first)
        assert answers(peer, 1) == {1: 0}, "a part is acknowledged when it is kept"
        peer.close()
    assert here.sql("SELECT count(*) FROM inbound_part") == [(1,)]
    assert here.kinds(ANNA) == ["requested", "confirmed"]
    with in_background(Process(here), taking_in(here)):
        peer = door.accept()
        peer.send(*rest)
        assert set(answers(peer, len(rest)).values()) == {0}
        assert here.kinds(ANNA) == ["requested", "confirmed", "withdrawn"]
    assert here.sql("SELECT count(*) FROM inbound_part") == [(0,)]


@pytest.mark.parametrize(
    ("ton", "source"),
    [
        pytest.param(2, "0612345678", id="national"),
        pytest.param(2, "612345678", id="national, without its zero"),
        pytest.param(0, "612345678", id="of no type"),
        pytest.param(0, "31612345678", id="of no type, in full"),
    ],
)
def test_a_stop_ends_texts_where_the_account_names_no_country(
    here: World, door: Any, in_background: Any, ton: int, source: str
) -> None:
    speaks_smpp(here.store, door.port)
    with in_background(Process(here), taking_in(here)):
        peer = door.accept()
        peer.send(deliver(ton, source, "STOP"))
        assert answers(peer, 1) == {1: 0}
    assert here.kinds(ANNA) == ["requested", "confirmed", "withdrawn"]


def test_a_stop_from_what_is_no_number_is_kept_before_it_is_acknowledged(
    here: World, door: Any, in_background: Any
) -> None:
    speaks_smpp(here.store, door.port)
    with in_background(Process(here), taking_in(here)):
        peer = door.accept()
        peer.send(deliver(0, "11111111111111111111", "STOP"))
        assert answers(peer, 1) == {1: 0}
        (stray,) = strays.waiting(here.store)
    assert stray.is_stop


def deliver(ton: int, source: str, text: str) -> bytes:
    return pdu.pdu(
        pdu.DELIVER_SM,
        1,
        b"\0" + bytes((ton, 1)) + source.encode() + b"\0\x03\x00" + CLUB.encode() + b"\0"
        + bytes((0, 0, 0, 0, 0, 0, 0, 0, 0, len(text))) + text.encode(),
    )  # fmt: skip


def test_what_is_kept_of_a_text_is_sealed_and_goes_with_the_person(here: World) -> None:
    keeping = StoredParts(here.store)
    kept = _kept(here, text="my grandmother wears size 37")
    keeping.keep([kept])
    raw = b"".join(bytes(row[0]) for row in here.sql("SELECT sealed FROM inbound_part"))
    assert b"grandmother" not in raw
    assert ANNA.encode() not in raw
    erasing.erase(here.store, here.contact(ANNA).id, Wish(ground=REQUESTED), here.at)
    assert here.sql("SELECT count(*) FROM inbound_part") == [(0,)]
    assert list(keeping.kept(kept.key)) == []
    digests = here.store.look_up.digests(inbound_parts.NO_BRAND, "phone", ANNA)
    assert here.store.vault.find(BrandId(0), "phone", digests) == {}, "nor is its key there any more"


def test_a_key_stays_as_long_as_a_part_that_it_opens_and_goes_when_the_account_does(here: World) -> None:
    keeping = StoredParts(here.store)
    kept = _kept(here)
    keeping.keep([kept])
    later = here.at + timedelta(days=9_000)  # keys are dated by the machine's own clock
    prepared_keys.let_go(here.store, later)
    assert [each.text for each in keeping.kept(kept.key)] == [kept.text]
    assert inbound_parts.purge(here.store, [here.account.key], later) == 0
    assert inbound_parts.purge(here.store, [], later) == 1
    prepared_keys.let_go(here.store, later)
    assert here.store.vault.find(
        BrandId(0), "phone", here.store.look_up.digests(inbound_parts.NO_BRAND, "phone", ANNA)
    ) == {}  # fmt: skip


def _kept(here: World, text: str = "<1>") -> Any:
    key = PartKey(account=here.account.key, number=ANNA, to_address=CLUB, reference=7, total=2)
    return KeptPart(key=key, number=1, text=text, provider_id="p1", at=here.at)


def test_each_way_has_a_bind_of_its_own_unless_the_account_says_otherwise(here: World) -> None:
    speaks_smpp(here.store, 2775)
    assert isinstance(only(channels(here.store)), SmppChannel)
    assert isinstance(only(receivers(here.store)), SmppReceiver)
    models.Account.objects.update(
        settings={**models.Account.objects.get().settings, "binding": Binding.TRANSCEIVER.value}
    )
    assert receivers(here.store) == {}, "whoever sends listens"
    assert isinstance(only(one_bind.Transceivers().receivers(here.store)), SmppReceiver)


def test_one_bind_carries_both_ways_in_the_process_that_sends(here: World, door: Any, handovers: Any) -> None:
    speaks_smpp(here.store, door.port, binding="transceiver")
    stop = threading.Event()
    with one_bind.listening_besides(here.store, channels, stop) as made:
        peer = door.accept()
        assert peer.asked[0] == pdu.BIND_TRANSCEIVER
        channel = only(dict(made(here.store)))
        outcomes: list[Any] = []
        sending = threading.Thread(target=lambda: outcomes.extend(channel.submit(handovers(1))))
        sending.start()
        peer.answer(peer.next(pdu.SUBMIT_SM), message_id="a1")
        sending.join()
        assert [each.provider_id for each in outcomes] == ["a1"]
        peer.send(*from_anna("STOP"))
        assert answers(peer, 1) == {1: 0}
        assert here.kinds(ANNA)[-1] == "withdrawn"
    assert len(door.peers) == 1


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        pytest.param({"binding": "both"}, BadAccountSettingError, id="a binding that there is not"),
        pytest.param({"password": "x"}, UnknownAccountSettingError, id="a secret among the settings"),
        pytest.param({"name": "x"}, UnknownAccountSettingError, id="its own name"),
        pytest.param(
            {"dialect": {"zone": "Mars/Base"}}, BadAccountSettingError, id="a zone that there is not"
        ),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        smpp_accounts.settings_of("shop", {"host": "a", "system_id": "b", **settings})


def test_all_that_an_account_can_set_is_read() -> None:
    found = smpp_accounts.settings_of(
        "shop",
        {
            "host": "a",
            "system_id": "b",
            "tls": {"server_name": "smpp.example"},
            "dialect": {"id_form": "hex_then_decimal", "zone": "Europe/Amsterdam"},
            "own_codes": {"1025": "opted_out"},
            "addresses": {"short_code": {"ton": 0, "npi": 1}},
            "long_texts": "sar",
        },
    )
    assert found.binding is Binding.PAIRS
    assert found.own_codes == {0x401: "opted_out"}
    assert str(found.dialect.zone) == "Europe/Amsterdam"
    assert found.addresses.short_code.npi == 1


def test_without_its_password_an_account_says_so(here: World) -> None:
    models.Account.objects.update(channel="smpp", settings={"host": "a", "system_id": "b"})
    with pytest.raises(SecretNeededError):
        smpp_accounts.account(here.store, models.Account.objects.get())
    assert channels(here.store) == {}
