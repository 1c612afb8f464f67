"""A file is known again, also under a new pepper, and its digest tells nobody what is in it."""

import hashlib
import hmac

import pytest

from factories.dumps import dump, found_in
from factories.imports import ANNA, BACKED, CLAIMED, HEADER, NOW, events, person
from yesword.collect.imports import Options, run_import
from yesword.consent.record import open_sections
from yesword.ledger.entry import open_disclosure
from yesword.store import models, programs, rotating
from yesword.store.keyfiles import PEPPER, keys_folder


def numbers(last_digits=1000):
    """Every number that a guesser would try who knows all but the last three digits."""
    return [f"0{ANNA[3:-3]}{last:03d}" for last in range(last_digits)]


@pytest.mark.parametrize("row", [BACKED, CLAIMED], ids=["with proof", "claimed"])
def test_no_guess_at_a_small_file_is_confirmed_by_what_is_stored(store, club, people, imported, row):
    imported(people(row))
    now = dump(store)
    keys = [path.read_bytes() for path in keys_folder(store.folder).glob("*.key")]
    guesses = {}
    for number in numbers():
        data = people(row.replace("0612345678", number), name="guess.csv").read_bytes()
        guesses[hashlib.sha256(data).hexdigest()] = number
        for key in keys:
            guesses[hmac.digest(key, data, hashlib.sha256).hex()] = number
    assert found_in(now, guesses) == set()


def test_the_run_and_its_events_call_the_file_the_same(store, club, people, imported):
    imported(people(BACKED))
    [event], [row] = events(store, club)
    seal = store.vault.seal(person(store, club).id)
    origin = programs.brand(club.brand).origin
    opened = dict(open_disclosure(each) for each in open_sections(seal, bytes(row[2]), origin, event.id))
    assert opened["context"]["file_digest"] == models.ImportRun.objects.get().file_digest


def test_another_file_has_another_name_and_the_same_one_the_same(store, club, people, imported):
    for rows in ([BACKED], [CLAIMED], [BACKED]):
        imported(people(*rows))
    first, second, third = models.ImportRun.objects.order_by("pk").values_list("file_digest", flat=True)
    assert first == third != second


def test_a_file_is_known_again_under_a_new_pepper(store, club, people, imported):
    file = people(BACKED)
    imported(file)
    models.ImportRun.objects.update(
        state=models.ImportRun.State.RUNNING, ended_at=None
    )  # as a crash leaves it
    again = rotating.rotate(store, PEPPER)
    try:
        run_import(again, club, file, Options(), clock=lambda: NOW)
        run_import(again, club, people(CLAIMED), Options(), clock=lambda: NOW)
        whole, other = models.ImportRun.objects.order_by("pk")
    finally:
        again.close()
    assert (whole.state, whole.attempt) == ("done", 2), "the second attempt went on with the same run"
    assert (whole.file_digest.split(":")[0], other.file_digest.split(":")[0]) == ("1", "2")


def test_a_wording_with_the_persons_own_number_in_it_gives_no_guess_either(store, club, people, imported):
    wording = "Send offers to {} of the shop at 0800-7654321"
    ways = ("0612345678", "+31 6 1234 5678", "0031 (0)6-12345678")
    for way in ways:
        imported(people(f'0612345678,Anna,,2024-03-0{ways.index(way) + 1},checkout,"{wording.format(way)}",'))
    found, _ = events(store, club)
    guesses = {hashlib.sha256(wording.format(way).encode()).hexdigest(): way for way in ways}
    assert not guesses.keys() & {each.disclosure for each in found}
    masked = hashlib.sha256(wording.format("…").encode()).hexdigest()
    assert {each.disclosure for each in found} == {masked}, (
        "the shop's number is anybody's to know, and stays"
    )
    assert HEADER.split(",")[5] == "consent wording"
