"""The invariant erasable, over everything that the product writes: the store, the vault, the journal, what it publishes, a
receipt that somebody kept, and a copy of the store from before.
"""

import hashlib
import hmac
import subprocess
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from factories.contests import announced
from factories.dumps import dump, found_in
from factories.joins import digests, leading, named, traits
from factories.points import published, sent
from factories.statements import sql
from factories.worlds import World, world
from yesword.collect.forms import take
from yesword.collect.imports import Options, Outcome, run_import
from yesword.consent import journaling
from yesword.domain import phone
from yesword.domain.collecting.contests import Answering
from yesword.domain.retention import Override
from yesword.ledger.receipt import Verdict, read_receipt, write_tlog_receipt
from yesword.privacy import erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.proof import receipts
from yesword.proof.auditing import audit
from yesword.proof.logs import verifier_keys
from yesword.proof.sequencer import Sequencer
from yesword.sending import excluding
from yesword.store import contacts, invitees, ledgers, models, programs
from yesword.store.keyfiles import keys_folder
from yesword.store.opening import Store

ANNA, BEN, CEES = "+31687654321", "+31612340000", "+31611112222"
NAME, WORDS = "Annabella Unmistakable", "my grandmother wears size 37"
ANSWER = "the colour of heather in August"
BLOCK = [f"{ANNA[:-4]}{last:04d}" for last in range(10_000)]


def test_erasable(store: Store, tmp_path: Path) -> None:
    with world(store) as here:
        brought_by_a_file(here, tmp_path)
        for each in (ANNA, BEN):
            here.join(each)
        here.text(ANNA, WORDS)
        announced(here, answering=Answering.FREE, options=())
        here.text(ANNA, f"VOTE {ANSWER}")
        here.campaign("[Brand]: hi [First name|you], 20% off.")
        here.settle()
        sequencer = Sequencer(store=store, clock=lambda: here.at)
        sequencer.round()
        kept = {
            number: write_tlog_receipt(receipts.receipt_for(store, here.contact(number), here.club))
            for number in (ANNA, BEN)
        }
        before = copy_of(store, tmp_path)

        wish = Wish(ground=REQUESTED, overrides=(Override(days=0, reason="the brand keeps nothing"),))
        erasing.erase(store, here.contact(ANNA).id, wish, here.at)
        while sequencer.round():
            pass

        # Nothing readable: not in the files of the store, the vault and the journal, nor in what is published.
        now = dump(store) + public(store)
        for secret in (ANNA, ANNA[1:], NAME, WORDS, ANSWER):
            assert secret not in now, secret
            assert secret.encode().hex() not in now, secret

        # No guess finds the number: by plain digests, and by every key of today over a copy from before.
        keys = [path.read_bytes() for path in keys_folder(store.folder).glob("*.key")]
        assert len(keys) >= 4
        plain = {}
        for number in BLOCK:
            for form in (number, number[1:]):
                plain[hashlib.sha256(form.encode()).hexdigest()] = number
                for key in keys:
                    plain[hmac.digest(key, form.encode(), hashlib.sha256).hex()] = number
        looked_up = {store.look_up.digest(here.club.brand, "phone", number).hex(): number for number in BLOCK}
        assert found_in(before, plain | looked_up) == set()
        assert found_in(now, plain) == set()
        files = guessed_files(keys)
        assert found_in(before, files) == set()
        assert found_in(now, files) == set()
        assert found_in(now, looked_up) == {ANNA}, (
            "with the pepper: whether a guess is suppressed, and no more"
        )
        ben = {store.look_up.digest(here.club.brand, "phone", BEN).hex(): BEN}
        assert found_in(now, ben) == {BEN}, "who is not erased is found, or this test shows nothing"

        # What they kept still proves, and so does everybody else's.
        (log,) = logs_of(store)
        key = verifier_keys(store, log)[log.key_number]
        for receipt in kept.values():
            assert read_receipt(receipt).check(key).verdict is Verdict.PROVEN
        assert audit(store).is_sound

        # And the stop holds when a list brings the number back.
        here.wait(days=1)
        rows = tmp_path / "people.csv"
        agreed = (here.at - timedelta(days=30)).date().isoformat()
        rows.write_text(
            "mobile,consent date,consent source,consent wording\n"
            f"{ANNA},{agreed},checkout,Yes to offers by text\n"
        )
        report = run_import(store, here.club, rows, Options(), clock=lambda: here.at)
        assert (report.outcomes[Outcome.KEPT_STOPPED], report.outcomes.get(Outcome.CREATED, 0)) == (1, 0)
        with store.database.read() as session:
            assert contacts.find(store, session, here.club.brand, ANNA) is None, "no file brings them back"
        here.campaign("[Brand]: 30% off.")
        shown = here.shown(ANNA)
        here.settle()
        assert here.shown(ANNA) == shown


def row_of(number: str) -> str:
    return f"mobile,name\n{number},{NAME}\n"


def brought_by_a_file(here: World, folder: Path) -> None:
    """She is the only one in it, as in the lists that a shop sends after each customer."""
    file = folder / "one-customer.csv"
    file.write_text(row_of(ANNA))
    report = run_import(here.store, here.club, file, Options(), clock=lambda: here.at)
    assert report.outcomes[Outcome.CREATED] == 1


def guessed_files(keys: Sequence[bytes]) -> dict[str, str]:
    """The digests of that very file with each number of the block in it, plain and under every key of today."""
    found = {}
    for number in BLOCK:
        data = row_of(number).encode()
        plain = hashlib.sha256(data).hexdigest()
        found[plain] = number
        for key in keys:
            for each in (data, plain.encode()):
                found[hmac.digest(key, each, hashlib.sha256).hex()] = number
    return found


def copy_of(store: Store, folder: Path) -> str:
    """The store alone, as a backup has it: without the vault, which has a backup of its own."""
    if store.url is not None:
        return dump_without_keys(store)
    path = folder / "before.sqlite3"
    with connections["default"].cursor() as cursor:
        cursor.execute(f"VACUUM INTO '{path}'")
    data = path.read_bytes()
    return data.decode("latin-1") + data.hex()


def dump_without_keys(store: Store) -> str:
    command = ["pg_dump", "--exclude-schema", "keys", "--inserts", f"--dbname={store.url}"]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()


def logs_of(store: Store) -> list[ledgers.LogRow]:
    with store.database.read() as session:
        return ledgers.logs(session)


def public(store: Store) -> str:
    """Every entry and tile, as an auditor can fetch them."""
    (log,) = logs_of(store)
    with store.database.read() as session:
        entries = b"".join(body or b"" for body in ledgers.entry_bodies(session, log.id, 0, log.size))
    found = sql("SELECT hashes FROM ledger_tile WHERE log_id = %s ORDER BY level, idx", log.id)
    tiles = b"".join(bytes(hashes) for (hashes,) in found)
    return entries.decode() + entries.hex() + tiles.hex()


def test_erasable_also_of_whoever_has_the_pepper_no_way_leads_from_a_guessed_number_to_a_record(
    store: Store,
) -> None:
    """Everything that names a number by a digest is there, and shares nothing with the rows of whoever had it."""
    with world(store) as here:
        point = published(here)
        excluded_by_hand(here, CEES)
        known = {}
        for number in (ANNA, BEN, CEES):
            here.wait(minutes=7)
            if number == CEES:
                here.join(number)
            else:
                take(store, sent(point, number, nonce=f"nonce{number}"), here.at)
                here.settle()
                here.text(number, "yes")
            reached_by_mail(here, number)
            here.text(number, "STOP")
            here.wait(minutes=1)
            here.join(number)
            known[number] = here.contact(number).id
        here.campaign("[Brand]: hi [First name|you], 20% off.")
        here.settle()
        before = {number: traits(store, contact) for number, contact in known.items()}
        for number in (ANNA, BEN, CEES):
            found = named(store, digests(store, number) | digests(store, address(number)))
            wanted = {"store.suppression", "journal/stops-2026-03.jsonl"}
            wanted |= {"store.asked_number"} if number != CEES else set()
            places = {where for where, _ in leading(found, before[number])}
            assert wanted <= places, "it is there beforehand, or this test shows nothing"

        for number in (ANNA, CEES):
            here.wait(minutes=3)
            wish = Wish(ground=REQUESTED, overrides=(Override(days=0, reason="the brand keeps nothing"),))
            erasing.erase(store, known[number], wish, here.at)
            journaling.catch_up(store, here.at)

        for number in (ANNA, CEES):
            by = before[number] | traits(store, known[number])
            found = named(store, digests(store, number) | digests(store, address(number)))
            assert leading(found, by) == []
            assert {where.split("/gone")[0].split(".")[-1] for where, _ in found} == {
                "suppression",
                "journal",
            }
        assert leading(named(store, digests(store, BEN)), before[BEN]), "who is not erased is found"
        assert audit(store).is_sound


def address(number: str) -> str:
    return f"{number[1:]}@example.org"


def excluded_by_hand(here: World, number: str) -> None:
    """Before anybody knew them: a trace, which their record begins with when they join."""
    user = models.User.objects.create(name="olga", role=models.User.Role.MANAGER)
    brand = programs.brand(here.club.brand)
    wish = excluding.Wish(
        brands=(brand,), reason=excluding.Reason.BY_PHONE, user=user.pk, door=excluding.Door.NUMBER
    )
    excluding.exclude(here.store, [phone.parse(number, country=None)], wish, here.at)


def reached_by_mail(here: World, number: str) -> None:
    """They have an address, and want no letters."""
    contact, store = here.contact(number), here.store
    seal = store.vault.seal(contact.id)
    assert seal is not None
    invitees.announce(store, contact.brand, contact.id, address(number))
    with store.database.write() as session:
        invitees.attach(store, session, contact.id, address(number), seal)
        invitees.suppress(store, session, contact.brand, address(number), invitees.LEFT, here.at)


@pytest.mark.parametrize("number", [ANNA])
def test_erasable_at_once_means_that_nothing_is_sent_any_more(store: Store, number: str) -> None:
    with world(store) as here:
        here.join(number)
        here.plan(here.contact(number).id)
        shown = here.shown(number)
        erasing.erase(store, here.contact(number).id, Wish(ground=REQUESTED), here.at)
        here.settle()
        assert here.shown(number) == shown
