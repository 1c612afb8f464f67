"""The witness's folder: its key, and what it cosigned last."""

import re
import stat

import pytest

from factories.witnessing import FORK, LOG, ORIGIN, SIGNER, Log, serving
from yesword.ledger.checkpoint import Signer
from yesword.proof.witness_folder import (
    DamagedWitnessHeadError,
    DamagedWitnessKeyError,
    NoWitnessKeyError,
    OtherWitnessNameError,
    WitnessRunsError,
    locked,
    make_key,
    origin_hash,
    read_key,
)
from yesword.proof.witness_server import WitnessDesk
from yesword.proof.witnessing import WitnessAheadError, WitnessDisagreesError


class TestTheFolder:
    def test_the_key_is_made_once_and_for_its_owner_only(self, tmp_path):
        folder = tmp_path / "a" / "witness"
        key = make_key(folder, "witness.example/w1")
        assert make_key(folder).witness_key == read_key(folder).witness_key == key.witness_key
        file = folder / "witness.key"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert file.read_text().startswith(f"PRIVATE+KEY+witness.example/w1+{key.witness_key.key_id.hex()}+")

    def test_without_a_name_two_witnesses_are_called_differently(self, tmp_path):
        first, second = make_key(tmp_path / "a"), make_key(tmp_path / "b")
        assert first.name != second.name

    def test_a_witness_keeps_its_name(self, folder):
        with pytest.raises(OtherWitnessNameError, match=r"witness\.example/w1"):
            make_key(folder, "another")

    def test_a_folder_without_a_key_is_no_witness(self, tmp_path):
        with pytest.raises(NoWitnessKeyError):
            WitnessDesk(tmp_path, [SIGNER.verifier_key])

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda _: b"", id="empty"),
            pytest.param(lambda data: data[:-3], id="cut short"),
            pytest.param(lambda data: data.replace(b"w1", b"w2"), id="of another name"),
            pytest.param(lambda data: data.replace(b"PRIVATE", b"private"), id="of another form"),
            pytest.param(lambda _: b"\xff", id="no text"),
        ],
    )
    def test_a_key_file_is_damaged(self, change, folder):
        file = folder / "witness.key"
        file.write_bytes(change(file.read_bytes()))
        with pytest.raises(DamagedWitnessKeyError):
            read_key(folder)

    def test_two_do_not_share_a_folder(self, folder):
        with locked(folder), pytest.raises(WitnessRunsError), locked(folder):
            pass
        with locked(folder):
            pass

    def test_remembers_after_a_restart(self, folder):
        with serving(folder) as witness:
            LOG.ask(witness, 12)
        with serving(folder) as witness:
            assert isinstance(LOG.ask(witness, 9).failure, WitnessAheadError)
            assert isinstance(FORK.ask(witness, 20).failure, WitnessDisagreesError)
            assert LOG.ask(witness, 20).failure is None

    def test_a_draft_that_a_crash_left_is_no_head(self, folder):
        with serving(folder) as witness:
            LOG.ask(witness, 7)
        (head,) = (folder / "heads").iterdir()
        head.with_suffix(".draft").write_text("half a check")
        with serving(folder) as witness:
            assert LOG.ask(witness, 12).failure is None

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda _: b"", id="empty"),
            pytest.param(lambda data: data[:-1], id="cut short"),
            pytest.param(lambda data: data.replace(b"\n7\n", b"\n6\n"), id="of another size"),
            pytest.param(lambda _: LOG.note(3).encode(), id="a checkpoint that was not cosigned"),
            pytest.param(lambda data: b"\xff" + data, id="no text"),
        ],
    )
    def test_a_damaged_head_stops_the_witness_instead_of_letting_it_begin_anew(self, change, folder):
        with serving(folder) as witness:
            LOG.ask(witness, 7)
        (head,) = (folder / "heads").iterdir()
        head.write_bytes(change(head.read_bytes()))
        with pytest.raises(DamagedWitnessHeadError, match=re.escape(ORIGIN)):
            WitnessDesk(folder, [SIGNER.verifier_key])

    def test_a_head_of_another_log_is_none_of_this_one(self, folder):
        other = Log(signer=Signer(name="sms.example/ledger/two", private=SIGNER.private))
        with serving(folder, LOG, other) as witness:
            LOG.ask(witness, 7)
            other.ask(witness, 4)
        heads = folder / "heads"
        small = heads / f"{origin_hash(other.signer.name)}.checkpoint"
        small.replace(heads / f"{origin_hash(ORIGIN)}.checkpoint")
        with pytest.raises(DamagedWitnessHeadError):
            WitnessDesk(folder, [SIGNER.verifier_key])

    def test_a_new_key_does_not_vouch_for_what_the_old_one_cosigned(self, folder):
        with serving(folder) as witness:
            LOG.ask(witness, 7)
        (folder / "witness.key").unlink()
        make_key(folder, "witness.example/w1")
        with pytest.raises(DamagedWitnessHeadError):
            WitnessDesk(folder, [SIGNER.verifier_key])
