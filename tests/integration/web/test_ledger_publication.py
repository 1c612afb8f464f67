"""A brand's log over HTTP: what anybody can follow and rebuild, what only auditors get, and what is never there."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.test import Client

from factories.databases import on_both
from factories.worlds import world
from yesword.domain.ids import BrandId
from yesword.ledger.bundles import read_bundle
from yesword.ledger.checkpoint import read_checkpoint, read_vkey, verify_checkpoint
from yesword.ledger.entry import make_entry
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.policy import read_policy
from yesword.ledger.tile_proofs import root_from
from yesword.ledger.tiles import bundle_path, hashes_of, tile_path, tile_width
from yesword.proof.sequencer import Sequencer, Step
from yesword.store import ledgers, links
from yesword.store.links import LinkKind, NewLink
from yesword.web.public import ledger as pages

LOG = "/ledger/demo/1"
RECORDS = 300  # more than one tile


@pytest.fixture
def web():
    return Client(SERVER_NAME="localhost", headers={"accept-language": "en"})


@pytest.fixture
def here(chosen_store):
    with world(chosen_store) as opened:
        yield opened


@pytest.fixture
def filled(here):
    """A log that fills one tile, and part of the next."""
    say(here, RECORDS)
    sequencer(here).round()
    return here


def sequencer(here, **more):
    return Sequencer(store=here.store, clock=lambda: here.at, **more)


def say(here, count):
    """Statements of the brand: they go into the log as events do, and are quickly made."""
    brand = BrandId(here.club.brand)
    with here.store.database.write() as session:
        for number in range(count):
            made = make_entry({"event": {"type": "said", "n": number}})
            ledgers.insert_statement(
                session, brand, "said", here.store.ids.make(number % 1024), made, here.at
            )


def key_for(here, kind=LinkKind.AUDITOR, **span):
    at = datetime.now(UTC)
    wanted = NewLink(
        brand=BrandId(here.club.brand), kind=kind, expires_at=at + timedelta(**span or {"days": 1})
    )
    with here.store.database.write() as session:
        return links.make(session, wanted, at)


def checkpoint(web):
    answer = web.get(f"{LOG}/checkpoint")
    assert answer.status_code == 200
    return answer.content.decode()


def fetch(web, path, **more):
    answer = web.get(f"{LOG}/{path}", **more)
    assert answer.status_code == 200, path
    return answer.content


def vkey(web):
    (log,) = read_policy(web.get("/ledger/demo/policy").content.decode()).logs
    return log.key


def root_by_the_book(leaves):
    """RFC 6962, 2.1, with nothing of ours."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + root_by_the_book(leaves[:split]) + root_by_the_book(leaves[split:])).digest()


def leaves_of(web, size):
    """Level 0, tile by tile, as a stranger would fetch it."""
    found = []
    for index in range(-(-size // 256)):
        found += hashes_of(fetch(web, tile_path(0, index, tile_width(0, index, size))))
    return found


# --- following the log ---------------------------------------------------------------------------------------


def test_anybody_can_rebuild_the_signed_root_from_the_tiles(filled, web):
    head = verify_checkpoint(checkpoint(web), vkey(web))
    assert head.size == RECORDS
    leaves = leaves_of(web, head.size)
    assert len(leaves) == RECORDS
    assert root_by_the_book(leaves) == head.root

    def read(level, index):
        return fetch(web, tile_path(level, index, tile_width(level, index, head.size)))

    assert root_from(read, head.size) == head.root


@on_both
def test_a_log_that_grows_keeps_what_it_published(filled, web):
    before = leaves_of(web, read_checkpoint(checkpoint(web)).size)
    say(filled, 300)
    sequencer(filled).round()
    head = verify_checkpoint(checkpoint(web), vkey(web))
    assert head.size == 600
    after = leaves_of(web, head.size)
    assert after[: len(before)] == before
    assert root_by_the_book(after) == head.root


def test_a_partial_tile_is_the_beginning_of_every_wider_one(filled, web):
    whole = fetch(web, tile_path(0, 0))
    assert len(whole) == 256 * 32
    assert fetch(web, tile_path(0, 0, 7)) == whole[: 7 * 32]
    assert fetch(web, tile_path(1, 0, 1)) == root_by_the_book(hashes_of(whole))


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/001",
        "tile/0/001.p/45",
        "tile/0/002.p/1",
        "tile/1/000.p/2",
        "tile/2/000.p/1",
        "tile/0/0",
        "tile/0/x000/001.p/1",
        "tile/00/000",
        "tile/0/000.p/256",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/64/000",
        "tile/0/-01",
        "tile/data/000",
        "tile/0/000/",
        "tile/0/..%2f..%2fcheckpoint",
        "tile/",
    ],
    ids=[
        "a tile that is not yet full, as a whole",
        "more hashes than there are",
        "a tile after the last",
        "more hashes than the level has",
        "a level that is not there",
        "an index of one digit",
        "leading zeros in the index",
        "leading zeros in the level",
        "a whole width written out",
        "no hashes at all",
        "leading zeros in the width",
        "a level that no log has",
        "an index below zero",
        "entries by their old name",
        "a slash too many",
        "a way out of the folder",
        "no tile at all",
    ],
)
def test_what_is_not_there_is_not_found(filled, web, path):
    assert web.get(f"{LOG}/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/ledger/nobody/1/checkpoint",
        "/ledger/demo/2/checkpoint",
        "/ledger/demo/01/checkpoint",
        "/ledger/nobody/",
    ],
    ids=[
        "another brand",
        "another generation",
        "a second spelling of the first",
        "the page of another brand",
    ],
)
def test_a_log_that_nobody_has_is_not_found(filled, web, path):
    assert web.get(path).status_code == 404


# --- nothing before it is published --------------------------------------------------------------------------


class _KilledError(Exception):
    pass


def _dies_after(step):
    def watch(reached):
        if reached is step:
            raise _KilledError

    return watch


@pytest.mark.parametrize(
    "step", [Step.COMMITTED, Step.REMEMBERED], ids=["committed", "remembered by the journal"]
)
def test_what_is_committed_and_not_yet_published_is_not_shown(filled, web, step):
    before = checkpoint(web)
    say(filled, 10)
    with pytest.raises(_KilledError):
        sequencer(filled, watch=_dies_after(step)).round()
    assert web.get(f"{LOG}/tile/0/001.p/45").status_code == 404
    if step is Step.COMMITTED:
        assert checkpoint(web) == before
    sequencer(filled).recover()
    assert read_checkpoint(checkpoint(web)).size == RECORDS + 10
    assert web.get(f"{LOG}/tile/0/001.p/54").status_code == 200


def test_before_anything_is_published_there_is_no_checkpoint(here, web):
    say(here, 1)
    assert web.get(f"{LOG}/checkpoint").status_code == 404
    assert "Nothing is published yet" in web.get("/ledger/demo/").content.decode()
    with pytest.raises(_KilledError):
        sequencer(here, watch=_dies_after(Step.COMMITTED)).round()
    assert web.get(f"{LOG}/checkpoint").status_code == 404


@on_both
def test_a_damaged_tile_is_not_passed_off_as_a_whole_one(filled, web):
    with filled.store.database.write() as session:
        read = ledgers.tile_reader(session, ledgers.logs(session)[0].id)
        assert read(0, 1)
    _without_guards(filled, "UPDATE ledger_tile SET hashes = %s WHERE level = 0 AND idx = 1", read(0, 1)[:32])
    assert web.get(f"{LOG}/tile/0/001.p/44").status_code == 500
    assert web.get(f"{LOG}/tile/0/001.p/1").status_code == 200


def _without_guards(here, statement, *values):
    guards = {"sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger_tile'"}
    if here.store.database.vendor == "sqlite":
        for (name,) in here.sql(guards["sqlite"]):
            here.sql(f"DROP TRIGGER {name}")
    else:
        here.sql("ALTER TABLE ledger_tile DISABLE TRIGGER USER")
    here.sql(statement, *values)


# --- how it is served ----------------------------------------------------------------------------------------


def test_a_hash_may_be_kept_for_good_and_a_head_must_be_asked_for_again(filled, web):
    tile, head = web.get(f"{LOG}/{tile_path(0, 0)}"), web.get(f"{LOG}/checkpoint")
    assert tile["Content-Type"] == "application/octet-stream"
    assert "immutable" in tile["Cache-Control"]
    assert head["Content-Type"] == "text/plain; charset=utf-8"
    assert "no-cache" in head["Cache-Control"]
    for answer in (tile, head):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert not answer.cookies
        assert "Vary" not in answer.headers


def test_who_has_it_already_is_told_so(filled, web):
    first = web.get(f"{LOG}/checkpoint")
    again = web.get(f"{LOG}/checkpoint", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    say(filled, 1)
    sequencer(filled).round()
    assert web.get(f"{LOG}/checkpoint", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_one_may_ask_for_the_head_of_an_answer_only(filled, web):
    answer = web.head(f"{LOG}/{tile_path(0, 0)}")
    assert (answer.status_code, answer.content, answer["Content-Length"]) == (200, b"", str(256 * 32))


def test_nothing_can_be_written_there(filled, web):
    assert web.post(f"{LOG}/checkpoint").status_code == 405


def test_who_asks_too_often_is_asked_to_wait(filled, web, monkeypatch):
    monkeypatch.setattr(pages._READS, "take", lambda key: 2.5)
    answer = web.get(f"{LOG}/checkpoint")
    assert (answer.status_code, answer["Retry-After"]) == (429, "3")


# --- entries -------------------------------------------------------------------------------------------------


def test_entries_are_for_auditors(filled, web):
    path = f"{LOG}/{bundle_path(0)}"
    answer = web.get(path)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    for word in ("", "wrong", "A" * 22, "é" * 22):
        assert web.get(path, {"key": word}).status_code == 401


def test_an_auditor_gets_every_entry_and_each_is_the_leaf_in_its_place(filled, web):
    word = key_for(filled)
    leaves, found = leaves_of(web, RECORDS), []
    for index in range(2):
        width = tile_width(0, index, RECORDS)
        body = fetch(web, bundle_path(index, width), headers={"authorization": f"Bearer {word}"})
        found += read_bundle(body, width)
    assert [leaf_hash(each) for each in found] == leaves
    assert fetch(web, bundle_path(0, 3), data={"key": word}) == fetch(
        web, bundle_path(0, 3), headers={"authorization": f"bearer {word}"}
    )


def test_entries_are_kept_by_no_cache(filled, web):
    answer = web.get(f"{LOG}/{bundle_path(0, 1)}", {"key": key_for(filled)})
    assert answer["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_more_entries_than_are_published_are_not_there_for_auditors_either(filled, web):
    assert web.get(f"{LOG}/{bundle_path(1)}", {"key": key_for(filled)}).status_code == 404


@on_both
def test_a_key_that_has_run_out_or_was_ended_or_is_for_something_else_opens_nothing(filled, web):
    path = f"{LOG}/{bundle_path(0, 1)}"
    ended = key_for(filled)
    assert web.get(path, {"key": ended}).status_code == 200
    with filled.store.database.write() as session:
        assert links.end(session, links.digest_of(ended), datetime.now(UTC))
    for word in (ended, key_for(filled, days=-1), key_for(filled, kind=LinkKind.RECEIPT)):
        assert web.get(path, {"key": word}).status_code == 401


@on_both
def test_it_is_counted_how_often_a_key_was_used(filled, web):
    word = key_for(filled)
    for _ in range(3):
        fetch(web, bundle_path(0, 1), data={"key": word})
    with filled.store.database.read() as session:
        (link,) = links.of_kind(session, BrandId(filled.club.brand), LinkKind.AUDITOR)
    assert link.opened == 3


# --- the page ------------------------------------------------------------------------------------------------


def test_the_page_tells_the_key_the_size_and_that_nobody_watches_yet(filled, web):
    html = web.get("/ledger/demo/").content.decode()
    assert str(vkey(web)) in html
    assert "300" in html
    assert "Nobody but the business itself" in html
    assert "<script" not in html


def test_the_verifiers_can_be_taken_home(filled, web):
    for name, begins in (("verify_yesword.py", b'"""'), ("verify.html", b"<!doctype html>")):
        answer = web.get(f"/ledger/demo/{name}")
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer.content.startswith(begins)


def test_the_policy_names_where_each_log_is_published(filled, web):
    (log,) = read_policy(web.get("/ledger/demo/policy").content.decode()).logs
    assert re.fullmatch(r"https?://[^/]+/ledger/demo/1", log.url or "")
    assert read_vkey(str(log.key)).name == "example.org/ledger/demo"
