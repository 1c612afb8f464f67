"""`yesword witness`, as a partner runs it."""

import re
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager

import pytest

from factories.witnessing import FORK, LOG, SIGNER
from yesword.ledger.cosignature import add_cosignatures, cosignatures, read_witness_vkey
from yesword.proof.witnessing import Witness, WitnessAheadError, WitnessDisagreesError


def yesword(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "yesword", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


@contextmanager
def command(folder, stack):
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "yesword", "witness", "serve", "--folder", str(folder)),
            *("--log", str(SIGNER.verifier_key), "--port", "0"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    stack.callback(process.wait)
    stack.callback(process.kill)
    with process.stdout, process.stderr:
        address = re.search(r"at (http://[^/]+)/", process.stdout.readline())
        assert address, process.stderr.read()
        key = read_witness_vkey(process.stdout.readline().removeprefix("Its key: ").strip())
        yield process, Witness(key=key, url=address[1])


class TestTheCommand:
    def test_a_partner_makes_a_key_serves_is_killed_and_remembers(self, tmp_path):
        folder = tmp_path / "witness"
        printed = yesword("witness", "key", "--folder", folder, "--name", "partner.example/w").stdout
        with ExitStack() as stack:
            with command(folder, stack) as (process, witness):
                assert str(witness.key) == printed.strip()
                asked = LOG.ask(witness, 12)
                assert asked.failure is None
                busy = yesword("witness", "serve", "--folder", folder, "--log", SIGNER.verifier_key)
                assert busy.returncode == 1
                assert "Another process" in busy.stderr
                process.kill()
                assert process.wait() == -signal.SIGKILL
            with command(folder, stack) as (process, witness):
                assert isinstance(LOG.ask(witness, 9).failure, WitnessAheadError)
                assert isinstance(FORK.ask(witness, 20).failure, WitnessDisagreesError)
                again = LOG.ask(witness, 12, 12)
                note = add_cosignatures(LOG.note(12), asked.lines + again.lines)
                assert {item.witness for item in cosignatures(note, [witness.key])} == {witness.key}
                process.terminate()
                assert process.wait(timeout=30) == 0
                told = process.stderr.read()
                assert "refused" in told
                assert FORK.note(20).splitlines()[2] in told, "what may prove a fork is told"
                assert "127.0.0.1" not in told

    @pytest.mark.parametrize(
        ("arguments", "code", "words"),
        [
            pytest.param(["--log", str(SIGNER.verifier_key)], 1, "Make its key first", id="without a key"),
            pytest.param(["--log", "no+key"], 1, "public key cannot be read", id="for no log"),
            pytest.param([], 2, "--log", id="for nothing"),
        ],
    )
    def test_does_not_serve(self, arguments, code, words, tmp_path):
        done = yesword("witness", "serve", "--folder", tmp_path, *arguments)
        assert done.returncode == code
        assert words in done.stderr

    def test_needs_no_django(self, tmp_path):
        code = "import sys; from yesword.cli import main\ntry: main(sys.argv[1:])\nfinally: print('django' in sys.modules)"
        done = subprocess.run(
            [sys.executable, "-c", code, "witness", "key", "--folder", str(tmp_path / "w")],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines()[-1] == "False"
