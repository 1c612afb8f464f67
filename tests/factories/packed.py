"""An evidence pack of a person on a real store, and ways to tamper with one."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from factories.worlds import ANNA, World
from yesword.consent import Draft, append_many
from yesword.domain.events import Actor, EventKind, Scope
from yesword.ledger.checkpoint import read_checkpoint
from yesword.ledger.cosignature import WitnessSigner, cosign
from yesword.ledger.findings import Outcome
from yesword.ledger.packs import Finding, PackCheck, Purpose, check_pack, write_archive
from yesword.ledger.packs.desk import ReadStamp
from yesword.ledger.policy import Group, Policy, PolicyWitness
from yesword.proof.packs.dossier import collect
from yesword.proof.packs.retelling import retell
from yesword.proof.packs.writing import Order, Pack, write_pack
from yesword.proof.policies import policy_of
from yesword.proof.sequencer import Sequencer
from yesword.store import ledgers, programs

WITNESS = WitnessSigner(name="witness.example", private=Ed25519PrivateKey.from_private_bytes(bytes(32)))


def sequence(world: World) -> None:
    """Take everything that waits into the log."""
    keeper = Sequencer(store=world.store, clock=lambda: world.at)
    while keeper.round():
        pass


def story(world: World, number: str = ANNA) -> None:
    """Asked, confirmed, stopped and started again, all of it in the log."""
    world.join(number)
    world.wait(days=3)
    world.text(number, "STOP")
    world.wait(days=1)
    world.text(number, "START")
    sequence(world)


def packed(
    world: World,
    number: str = ANNA,
    *,
    purpose: Purpose = Purpose.LITIGATION,
    at: datetime | None = None,
    **more: Any,
) -> Pack:
    dossier = collect(world.store, world.contact(number), world.club, world.at)
    order = Order(id="pak_1", purpose=purpose, created_at=world.at, at=at or world.at, **more)
    return write_pack(dossier, order)


def checked(data: bytes, policy: Policy | None = None, read_stamp: ReadStamp | None = None) -> PackCheck:
    """All of it looked at, as `yesword verify` does."""
    return check_pack(data, policy, read_stamp, retell)


def own_policy(world: World) -> Policy:
    """The policy as an auditor has it, from the brand and not from the pack."""
    with world.store.database.read() as session:
        return policy_of(session, world.club.brand)


def unzipped(data: bytes) -> dict[str, bytes]:
    """By the standard library's own reader, with no check of ours."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(data: bytes, **changes: bytes | None) -> bytes:
    """The pack with other files; None takes one out."""
    files: dict[str, bytes | None] = {**unzipped(data), **changes}
    return write_archive({name: body for name, body in files.items() if body is not None})


def failures(check: PackCheck) -> list[Finding]:
    return [each for each in check.findings if each.outcome is Outcome.FAILED]


def record(world: World, kind: EventKind, actor: Actor, route: str, number: str = ANNA, **more: Any) -> None:
    """One event, written as it is told."""
    draft = Draft(
        **{
            "kind": kind,
            "scope": Scope(),
            "actor": actor,
            "route": route,
            "occurred_at": world.at,
            "received_at": world.at,
            **more,
        }
    )
    with world.store.database.write() as session:
        brand = programs.brand(world.club.brand)
        append_many(world.store, session, brand, [(world.contact(number), [draft])], world.at)


def attested(world: World, kind: str, name: str, body: Callable[[str], bytes]) -> int:
    """Let somebody vouch for the newest checkpoint; its size."""
    with world.store.database.write() as session:
        log = ledgers.logs(session, world.club.brand)[-1]
        found = ledgers.checkpoint(session, log.id, log.published_size)
        assert found is not None
        attestation = ledgers.Attestation(
            size=found.size, kind=kind, name=name, body=body(found.note), at=world.at
        )
        ledgers.attest(session, log.id, attestation)
    return found.size


def witnessed(world: World, name: str = "partner") -> int:
    return attested(
        world,
        ledgers.WITNESS,
        name,
        lambda note: cosign(read_checkpoint(note), WITNESS, world.at).encode(),
    )


def with_witness(policy: Policy, name: str = "partner") -> Policy:
    """The policy of somebody who believes nothing that this witness has not seen."""
    witness = PolicyWitness(name=name, key=WITNESS.witness_key)
    group = Group(name="some", threshold=1, members=(name,))
    return replace(policy, witnesses=(witness,), groups=(group,), quorum="some")
