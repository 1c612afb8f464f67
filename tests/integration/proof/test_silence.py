"""Nothing was sent after the stop: shown for one number from the log, without showing the others."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections

from factories.worlds import ANNA, World, world
from yesword.channels.ports import Outcome as Answer
from yesword.channels.ports import OutcomeStatus
from yesword.cli import group
from yesword.cli.silence_told import as_lines, as_object
from yesword.domain.ids import to_text
from yesword.domain.messages import MessageClass, MessageKind
from yesword.ledger.checkpoint import Signer, VerifierKey
from yesword.ledger.findings import Outcome
from yesword.ledger.findings import Verdict as Proof
from yesword.ledger.silence import (
    Look,
    Silence,
    SilenceCheck,
    UnreadableSilenceError,
    check,
    is_silence,
    read_silence,
    write_silence,
)
from yesword.proof import logs
from yesword.proof.sequencer import Sequencer
from yesword.proof.silence import EmptySpanError, HandOversWaitingError, NoPublishedLogError, sent_to
from yesword.sending import handing, recovery
from yesword.store import ledgers
from yesword.store.opening import Store

BEN, CLEO = "+31611110001", "+31611110002"


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store: Store) -> Iterator[World]:
    with world(store) as made:
        yield made


def publish(here: World) -> VerifierKey:
    """Let the log take up all that waits; its key."""
    Sequencer(store=here.store, clock=lambda: here.at).round()
    with here.store.database.read() as session:
        (log,) = ledgers.logs(session)
    return logs.verifier_keys(here.store, log)[1]


def shown(here: World, number: str, since: datetime) -> tuple[Silence, VerifierKey]:
    key = publish(here)
    silence = sent_to(here.store, here.contact(number), since, here.at)
    assert read_silence(write_silence(silence)) == silence
    assert is_silence(write_silence(silence))
    return silence, key


def seen(here: World, number: str, since: datetime) -> SilenceCheck:
    return check(*shown(here, number, since))


def outcome(checked: SilenceCheck, look: Look) -> Outcome:
    return next(each.outcome for each in checked.findings if each.look is look)


def kinds(checked: SilenceCheck) -> list[str]:
    return [each.text.kind if each.text else "closed" for each in checked.texts]


def stopped_amid_campaigns(here: World) -> datetime:
    """Anna joins with others, gets a campaign, stops, and the next campaign comes. When her stop was acknowledged."""
    for number in (ANNA, BEN, CLEO):
        here.join(number)
    here.campaign()
    here.settle()
    here.text(ANNA, "STOP")
    here.wait(minutes=1)
    stopped = here.at
    here.wait(minutes=1)
    here.campaign("[Brand]: 30% off.")
    here.settle()
    here.wait(minutes=1)
    return stopped


def unguarded(here: World, table: str) -> None:
    """As somebody would who has the database to themselves."""
    with connections["default"].cursor() as cursor:
        if here.store.database.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")


def test_silence_since_a_stop_is_shown_and_so_is_what_others_got(on_both: World) -> None:
    here = on_both
    start = here.at
    stopped = stopped_amid_campaigns(here)
    checked = seen(here, ANNA, stopped)
    assert checked.verdict is Proof.CONSISTENT
    assert checked.is_silent
    assert checked.hand_overs > 0
    assert "None of them wrote to this person." in checked.sentence
    # Who did not stop got the same campaign, and both of them got the first.
    assert kinds(seen(here, BEN, stopped)) == ["campaign"]
    whole = seen(here, ANNA, start)
    assert whole.verdict is Proof.CONSISTENT
    assert kinds(whole) == ["consent_request", "welcome", "campaign", "stop_reply"]
    assert {each.text.outcome for each in whole.texts if each.text} == {"accepted"}


def test_what_is_shown_of_a_text_is_what_stands_in_its_rows(here: World) -> None:
    start = here.at
    stopped_amid_campaigns(here)
    (found,) = [
        each.text for each in seen(here, ANNA, start).texts if each.text and each.text.kind == "campaign"
    ]
    ((message, handed_at),) = here.sql(
        "SELECT id, handed_at FROM message WHERE kind = 'campaign' AND contact_id = %s AND handed_at IS NOT NULL",
        here.contact().id,
    )
    assert found.id == to_text("msg", message)
    assert found.program == here.club.key
    assert (found.message_class, found.verdict) == ("promotional", "send")
    assert round(found.at.timestamp() * 1e6) == handed_at


def test_a_file_about_one_person_holds_nobody_else(here: World) -> None:
    start = here.at
    stopped_amid_campaigns(here)
    silence, _ = shown(here, ANNA, start)
    written = write_silence(silence).decode()
    for number in (BEN, CLEO):
        other = here.contact(number)
        assert other.subject not in written
        assert check(replace(silence, subject=other.subject)).verdict is Proof.FAILED


def test_a_text_smuggled_in_after_the_stop_is_found(on_both: World) -> None:
    here = on_both
    stopped = stopped_amid_campaigns(here)
    # Whoever has the database lets the gate see an earlier state of her record.
    unguarded(here, "standing")
    anna = here.contact()
    ((bens,),) = here.sql("SELECT state FROM standing WHERE contact_id = %s", here.contact(BEN).id)
    here.sql("UPDATE standing SET state = %s WHERE contact_id = %s", bens, anna.id)
    here.plan(anna.id)
    here.settle()
    checked = seen(here, ANNA, stopped)
    assert checked.verdict is Proof.CONSISTENT
    assert not checked.is_silent
    assert kinds(checked) == ["campaign"]


def test_a_text_whose_rows_were_deleted_is_still_counted(here: World) -> None:
    start = here.at
    stopped_amid_campaigns(here)
    here.sql("DELETE FROM attempt WHERE message_id IN (SELECT id FROM message WHERE kind = 'campaign')")
    checked = seen(here, ANNA, start)
    assert sorted(kinds(checked)) == ["closed", "consent_request", "stop_reply", "welcome"]
    assert outcome(checked, Look.TEXTS) is Outcome.OPEN
    assert checked.verdict is Proof.CONSISTENT


@pytest.mark.parametrize("table", ["handed_batch", "ledger_statement"])
def test_a_hand_over_that_is_left_out_is_named(on_both: World, table: str) -> None:
    here = on_both
    start = here.at
    stopped_amid_campaigns(here)
    publish(here)
    rows = here.sql("SELECT id, chain, n FROM handed_batch ORDER BY n")
    dropped, chain, n = rows[len(rows) // 2]
    unguarded(here, table)
    here.sql(f"DELETE FROM {table} WHERE id = %s", dropped)
    checked = seen(here, ANNA, start)
    assert checked.verdict is Proof.FAILED
    assert not checked.is_silent
    assert checked.gaps == (
        f"number {n} of the process {chain}, before {to_text('sta', rows[len(rows) // 2 + 1][0])}",
    )
    (finding,) = [each for each in checked.findings if each.outcome is Outcome.FAILED]
    assert finding.look is Look.CHAINS
    assert chain in finding.sentence


def test_a_process_that_is_left_out_is_missed_by_the_next(sqlite_store: Store) -> None:
    with world(sqlite_store) as here:
        start = here.at
        here.join()
        owner = here.dispatcher.owner
        for name in ("a" * 16, "b" * 16):
            here.dispatcher.owner = name
            here.wait(minutes=1)
            here.plan(here.contact().id)
            here.settle()
        here.dispatcher.owner = owner
        assert seen(here, ANNA, start).verdict is Proof.CONSISTENT
        unguarded(here, "handed_batch")
        here.sql("DELETE FROM handed_batch WHERE chain = %s", "a" * 16)
        checked = seen(here, ANNA, start)
        assert checked.verdict is Proof.FAILED
        assert checked.gaps[0].startswith("one of another process, which sta_")


def test_hand_overs_outside_the_span_are_shown_without_their_texts(here: World) -> None:
    here.join()
    here.wait(hours=1)
    since = here.at
    here.plan(here.contact().id)
    here.settle()
    until = here.at
    here.wait(hours=1)
    here.plan(here.contact().id)
    here.settle()
    key = publish(here)
    silence = sent_to(here.store, here.contact(), since, until)
    assert [each.excerpt is None for each in silence.hand_overs] == [True, False, True]
    checked = check(silence, key)
    assert checked.verdict is Proof.PROVEN
    assert checked.hand_overs == len(checked.texts) == 1
    (finding,) = [each for each in checked.findings if each.look is Look.CHAINS]
    assert finding.fields["ends"] == 0


def test_nothing_is_shown_before_the_log_has_it(here: World) -> None:
    here.strangers([ANNA])
    with pytest.raises(NoPublishedLogError):
        sent_to(here.store, here.contact(), here.at, here.at)
    here.grant([here.contact().id], here.club)
    publish(here)
    here.plan(here.contact().id)
    here.settle()
    with pytest.raises(HandOversWaitingError, match="1 hand-overs"):
        sent_to(here.store, here.contact(), here.at, here.at)
    with pytest.raises(EmptySpanError):
        sent_to(here.store, here.contact(), here.at, here.at - timedelta(seconds=1))


def test_whose_number_it_is_stays_open_for_somebody_without_a_record(here: World) -> None:
    here.join()
    here.strangers([BEN])
    checked = seen(here, BEN, here.at - timedelta(hours=1))
    assert outcome(checked, Look.PERSON) is Outcome.OPEN
    assert checked.verdict is Proof.CONSISTENT
    assert checked.is_silent


# --- what was written ---------------------------------------------------------------------------------------------


def test_texts_of_a_worker_that_was_killed_are_in_the_log(on_both: World) -> None:
    here = on_both
    here.join()
    (ben,) = here.members(1, numbers=[BEN])
    here.wait(minutes=1)
    since = here.at
    here.plan(here.contact().id)
    here.plan(ben, kind=MessageKind.CODE, message_class=MessageClass.SERVICE, trigger="signin-1")
    recovery.enrol(here.store, "killed", here.at)
    owner, here.dispatcher.owner = here.dispatcher.owner, "killed"
    assert sum(len(each.claimed) for each in here.claim_all()) == 2
    here.dispatcher.owner = owner
    here.wait(seconds=5)
    assert recovery.reap(here.store, here.at, keep=owner) == 1
    found = seen(here, ANNA, since)
    assert [(each.text.kind, each.text.outcome) for each in found.texts if each.text] == [
        ("campaign", "unknown")
    ]
    assert found.texts[0].hand_over.chain == owner
    assert [each.text.outcome for each in seen(here, BEN, since).texts if each.text] == ["unknown"]
    here.wait(seconds=1)
    here.settle()  # the code is tried again, and logged again
    assert [each.text.outcome for each in seen(here, BEN, since).texts if each.text] == [
        "unknown",
        "accepted",
    ]


def test_a_record_that_comes_late_is_logged_as_well(here: World) -> None:
    here.join()
    here.wait(minutes=1)
    since = here.at
    here.plan(here.contact().id)
    recovery.enrol(here.store, "frozen", here.at)
    owner, here.dispatcher.owner = here.dispatcher.owner, "frozen"
    (taken,) = here.claim_all()
    here.dispatcher.owner = owner
    assert recovery.reap(here.store, here.at, keep=owner) == 1
    here.wait(seconds=1)
    here.hand_over(taken)
    found = seen(here, ANNA, since)
    assert [each.text.outcome for each in found.texts if each.text] == ["unknown", "accepted"]


@pytest.mark.parametrize(
    ("status", "outcomes"),
    [
        pytest.param(OutcomeStatus.ACCEPTED, ["accepted"], id="what the carrier takes is logged"),
        pytest.param(OutcomeStatus.REFUSED, ["refused"], id="what the carrier refuses is logged"),
        pytest.param(OutcomeStatus.UNKNOWN, ["unknown"], id="what nobody knows about is logged"),
        pytest.param(OutcomeStatus.THROTTLED, [], id="what the carrier gives back is not logged"),
        pytest.param(OutcomeStatus.UNWRITTEN, [], id="what was not written is not logged"),
    ],
)
def test_what_was_written_is_logged_whatever_became_of_it(
    here: World, status: OutcomeStatus, outcomes: list[str]
) -> None:
    here.join()
    here.wait(seconds=1)
    since = here.at
    here.plan(here.contact().id)
    (taken,) = here.claim_all()
    (each,) = taken.claimed
    answer = Answer(message_id=each.judged.queued.id, attempt_id=each.attempt, status=status)
    handing.record(here.store, taken, [answer], here.at)
    assert [each.text.outcome for each in seen(here, ANNA, since).texts if each.text] == outcomes


# --- the file -----------------------------------------------------------------------------------------------------


@pytest.fixture
def sound(here: World) -> tuple[Silence, VerifierKey]:
    """A file in which all holds, with texts and with hand-overs on both sides."""
    here.join(BEN)
    here.wait(minutes=1)
    since = here.at
    here.join()
    here.campaign()
    here.settle()
    until = here.at
    here.wait(minutes=1)
    here.join(CLEO)
    key = publish(here)
    silence = sent_to(here.store, here.contact(), since, until)
    assert check(silence, key).verdict is Proof.PROVEN
    return silence, key


def test_every_hand_over_of_the_span_is_needed(sound: tuple[Silence, VerifierKey]) -> None:
    silence, key = sound
    inside = [at for at, each in enumerate(silence.hand_overs) if each.excerpt is not None]
    assert len(inside) > 2
    for at in inside:
        rest = (*silence.hand_overs[:at], *silence.hand_overs[at + 1 :])
        checked = check(replace(silence, hand_overs=rest), key)
        assert (checked.verdict, len(checked.gaps)) == (Proof.FAILED, 1)


def test_what_is_altered_in_a_file_shows(sound: tuple[Silence, VerifierKey]) -> None:
    silence, key = sound
    first, second, *rest = [each for each in silence.hand_overs if each.excerpt is not None]
    outside = [each for each in silence.hand_overs if each.excerpt is None]
    text = next(each.texts[0] for each in (first, second, *rest) if each.texts)
    without = next(each for each in (first, second, *rest) if each.texts)
    others = [each for each in silence.hand_overs if each is not without]
    altered = {
        Look.HAND_OVERS: [
            replace(silence, hand_overs=(replace(first, excerpt=None), second, *rest, *outside)),
            replace(silence, hand_overs=(replace(first, excerpt=second.excerpt), second, *rest, *outside)),
        ],
        Look.TEXTS: [
            replace(silence, hand_overs=(replace(without, texts=(text, text)), *others)),
            replace(silence, hand_overs=(replace(without, texts=(text[:-4] + "AAAA",)), *others)),
        ],
        Look.INCLUSION: [
            replace(silence, hand_overs=(first, *silence.hand_overs)),
            replace(
                silence,
                hand_overs=(replace(first, statement=second.statement), second, *rest, *outside),
            ),
            replace(
                silence,
                hand_overs=(
                    replace(first, statement=replace(first.statement, index=first.statement.index + 1)),
                    second,
                    *rest,
                    *outside,
                ),
            ),
            replace(
                silence,
                hand_overs=(
                    replace(first, statement=replace(first.statement, disclosures=())),
                    second,
                    *rest,
                    *outside,
                ),
            ),
            replace(silence, origin="somewhere.example/ledger"),
        ],
        Look.PERSON: [replace(silence, person=first.statement), replace(silence, subject="00" * 16)],
        Look.SIGNATURE: [replace(silence, checkpoint=silence.checkpoint.replace("— ", "— x", 1))],
    }
    for look, files in altered.items():
        for file in files:
            checked = check(read_silence(write_silence(file)), key)
            assert checked.verdict is Proof.FAILED
            assert outcome(checked, look) is Outcome.FAILED


def test_without_the_key_of_the_log_nothing_is_proven(sound: tuple[Silence, VerifierKey]) -> None:
    silence, key = sound
    assert check(silence).verdict is Proof.CONSISTENT
    stranger = Signer(name=key.name, private=Ed25519PrivateKey.generate()).verifier_key
    assert check(silence, stranger).verdict is Proof.FAILED


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: text[:-9], id="cut"),
        pytest.param(
            lambda text: text.replace('"yesword_silence": 1', '"yesword_silence": 2'), id="of another version"
        ),
        pytest.param(
            lambda text: text.replace('"yesword_silence": 1', '"yesword_silence": true'), id="of version true"
        ),
        pytest.param(lambda text: text.replace('"since": "', '"since": "1'), id="from no moment"),
        pytest.param(
            lambda text: text.replace('"texts":[', '"more":1,"texts":['), id="with more in a hand-over"
        ),
        pytest.param(lambda text: text.replace('"first":0', '"first":0.5'), id="with a fraction"),
        pytest.param(lambda text: text.replace('"first":0', '"first":-1'), id="with a place below zero"),
        pytest.param(
            lambda text: text.replace('"path":["', '"path":["!'), id="with a path that is not base64url"
        ),
        pytest.param(lambda text: text.replace('"path":["', '"path":["AA","'), id="with a short hash"),
        pytest.param(lambda text: text.replace('"subject": "', '"subject": "G'), id="about no id"),
        pytest.param(lambda _: "[]", id="a list"),
        pytest.param(lambda _: '{"yesword_receipt":1}', id="a receipt"),
        pytest.param(lambda _: "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), id="no JSON"),
    ],
)
def test_a_file_of_another_form_is_refused(
    sound: tuple[Silence, VerifierKey], change: Callable[[str], str]
) -> None:
    written = write_silence(sound[0]).decode()
    altered = change(written)
    assert altered != written
    with pytest.raises(UnreadableSilenceError):
        read_silence(altered.encode())


# --- the command --------------------------------------------------------------------------------------------------


def test_the_command_writes_the_file_and_tells_what_is_in_it(here: World, tmp_path: Path) -> None:
    since = here.at
    stopped = stopped_amid_campaigns(here)
    publish(here)
    file = tmp_path / "anna.json"
    command = [
        "silence",
        ANNA,
        "--program",
        "club",
        "--data",
        str(here.store.folder),
        "--until",
        here.at.isoformat(),
    ]
    done = CliRunner().invoke(group, [*command, "--since", stopped.isoformat(), "--output", str(file)])
    assert done.exit_code == 0, done.output
    assert "None of them wrote to this person." in done.stderr
    assert check(read_silence(file.read_bytes())).is_silent
    assert file.stat().st_mode & 0o777 == 0o600
    done = CliRunner().invoke(group, [*command, "--since", since.isoformat()])
    assert kinds(check(read_silence(done.stdout.encode()))) == [
        "consent_request",
        "welcome",
        "campaign",
        "stop_reply",
    ]
    assert "campaign (promotional), program club" in done.stderr
    assert ANNA not in done.stderr


def test_programs_get_the_same_as_people(here: World) -> None:
    start = here.at
    stopped_amid_campaigns(here)
    here.sql("DELETE FROM attempt WHERE message_id IN (SELECT id FROM message WHERE kind = 'welcome')")
    checked = seen(here, ANNA, start)
    told = json.loads(json.dumps(as_object(checked)))
    assert (told["verdict"], told["ok"], told["silent"]) == ("consistent", True, False)
    assert told["hand_overs"] == checked.hand_overs
    assert sorted(each.get("kind", "closed") for each in told["texts"]) == sorted(kinds(checked))
    assert [each["check"] for each in told["checks"]] == [look.value for look in Look]
    assert "a text that is not shown" in "\n".join(as_lines(checked))


def test_only_a_later_hand_over_shows_that_none_was_cut_off(here: World) -> None:
    """A file that ends where its maker wants it to end is no proof, however well its parts hold."""
    start = here.at
    stopped_amid_campaigns(here)
    silence, key = shown(here, ANNA, start)
    assert check(silence, key).verdict is Proof.CONSISTENT
    for left in range(len(silence.hand_overs)):
        cut = replace(silence, hand_overs=silence.hand_overs[:left])
        assert check(cut, key).verdict is not Proof.PROVEN
