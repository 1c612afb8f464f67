"""What a witness keeps: its key, and for each log the checkpoint that it cosigned last. A folder, no store.

A witness that forgets can be told another past, so a head is on the disk for good before anyone hears of it, and what
cannot be read stops the witness instead of letting it begin anew.
"""

import fcntl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import Checkpoint, from_b64, read_checkpoint
from yesword.ledger.cosignature import WitnessSigner, cosignatures
from yesword.store import durable

_KEY_FILE: Final = "witness.key"
_PREFIX: Final = "PRIVATE+KEY"


class NoWitnessKeyError(YeswordError):
    """There is no witness in {folder}. Make its key first: yesword witness key --folder {folder}."""

    code = "witness_key_missing"


class DamagedWitnessKeyError(YeswordError):
    """The key of the witness in {folder} cannot be read. Restore {file} from its backup; a new key is a new witness."""

    code = "witness_key_damaged"


class OtherWitnessNameError(YeswordError):
    """The witness in {folder} is called {name} already. A witness keeps its name; take another folder for another one."""

    code = "witness_named_already"


class WitnessRunsError(YeswordError):
    """Another process runs the witness in {folder}. Two would each cosign a past of their own; stop that one first."""

    code = "witness_runs_already"


class DamagedWitnessHeadError(YeswordError):
    """What this witness cosigned last for {origin} cannot be trusted: {file} is not a checkpoint that it cosigned with its key. Restore the file from a backup that is newer than anything it cosigned since; without it, the witness cannot vouch for this log."""

    code = "witness_head_damaged"


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """What was cosigned last for one log."""

    checkpoint: Checkpoint
    at: datetime
    note: str  # signed by the log and cosigned


def make_key(folder: Path, name: str | None = None) -> WitnessSigner:
    """The witness's key, made with the folder if there is none. Without a name it gets one that nobody else has."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / _KEY_FILE
    if not path.exists():
        private = Ed25519PrivateKey.generate()
        made = WitnessSigner(name=name or _name_of(private), private=private)
        durable.create(path, _as_text(made).encode())
    signer = read_key(folder)
    if name is not None and signer.name != name:
        raise OtherWitnessNameError(folder=folder, name=signer.name)
    return signer


def read_key(folder: Path) -> WitnessSigner:
    """Raises NoWitnessKeyError, DamagedWitnessKeyError."""
    path = folder / _KEY_FILE
    if not path.exists():
        raise NoWitnessKeyError(folder=folder)
    try:
        text = path.read_text(encoding="utf-8")
        *_, name, _, encoded = text.rstrip("\n").split("+", 4)
        private = Ed25519PrivateKey.from_private_bytes(from_b64(encoded)[1:])
        signer = WitnessSigner(name=name, private=private)
        is_whole = _as_text(signer) == text
    except (ValueError, YeswordError) as error:
        raise DamagedWitnessKeyError(folder=folder, file=path) from error
    if not is_whole:
        raise DamagedWitnessKeyError(folder=folder, file=path)
    return signer


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """For one process at a time; the kernel frees it when the process ends, whatever ended it."""
    with (folder / "lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WitnessRunsError(folder=folder) from error
        yield


def origin_hash(origin: str) -> str:
    """How the protocol names a log in a path."""
    return sha256(origin.encode()).hexdigest()


def read_head(folder: Path, origin: str, signer: WitnessSigner) -> Head | None:
    """None when this log was never cosigned. Raises DamagedWitnessHeadError."""
    path = _head_file(folder, origin)
    try:
        note = path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise DamagedWitnessHeadError(origin=origin, file=path) from error
    try:
        checkpoint = read_checkpoint(note)
        ours = cosignatures(note, [signer.witness_key])
    except YeswordError as error:
        raise DamagedWitnessHeadError(origin=origin, file=path) from error
    if checkpoint.origin != origin or not ours:
        raise DamagedWitnessHeadError(origin=origin, file=path)
    return Head(checkpoint=checkpoint, at=max(item.at for item in ours), note=note)


def keep_head(folder: Path, head: Head) -> None:
    """On the disk for good when this returns."""
    path = _head_file(folder, head.checkpoint.origin)
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700)
        durable.sync(folder)
    durable.replace(path, head.note.encode())


def _head_file(folder: Path, origin: str) -> Path:
    return folder / "heads" / f"{origin_hash(origin)}.checkpoint"


def _name_of(private: Ed25519PrivateKey) -> str:
    return f"witness/{sha256(private.public_key().public_bytes_raw()).hexdigest()[:8]}"


def _as_text(signer: WitnessSigner) -> str:
    """As the tools for signed notes write a private key: the public form, with the seed in the key's place."""
    key = signer.witness_key
    seed = b64encode(key.algorithm + signer.private.private_bytes_raw()).decode()
    return f"{_PREFIX}+{key.name}+{key.key_id.hex()}+{seed}\n"
