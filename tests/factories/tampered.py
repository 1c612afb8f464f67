"""A pack with a file of every kind, and ways to change it as somebody would who has the log's key."""

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace

from factories.packed import (
    attested,
    changed,
    own_policy,
    packed,
    sequence,
    unzipped,
    with_witness,
    witnessed,
)
from factories.worlds import NOON, world
from yesword.ledger.checkpoint import Signer
from yesword.ledger.entry import SECTIONS, make_entry
from yesword.ledger.jws import sign_detached
from yesword.ledger.packs import Listed, Purpose, read_manifest, write_manifest
from yesword.ledger.packs.manifest import NAME, SIGNATURE, TYPE
from yesword.ledger.policy import Policy
from yesword.ledger.presentation import present, read_presentation
from yesword.proof.packs.dossier import collect
from yesword.proof.timestamps import UnreadableTimestampError
from yesword.store import ledgers
from yesword.store.opening import open_store

BOB = "+31687654321"


def flipped(body: bytes) -> bytes:
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]


@dataclass(frozen=True, kw_only=True)
class Whole:
    """One pack with a file of every kind, the policy to hold it against, and what a trickster has at hand."""

    data: bytes
    policy: Policy
    signer: Signer
    older: int  # the size of its older checkpoint
    size: int
    theirs: dict[str, bytes]  # the files of another person's pack
    open: dict[str, bytes]  # the files of the same person's, made for themselves

    @property
    def files(self):
        return unzipped(self.data)


def token_over(note):
    return b"a token over " + note.encode()


def read_stamp(token, data):
    if token != b"a token over " + data:
        raise UnreadableTimestampError
    return NOON


def resigned(signer, data, claims=None, **changes):
    """The pack with other files, listed and signed anew."""
    files = unzipped(changed(data, **changes))
    manifest = read_manifest(files[NAME])
    listed = {name: Listed.of(body) for name, body in files.items() if name not in (NAME, SIGNATURE)}
    written = write_manifest(replace(manifest, files=listed, **(claims or {})))
    signature = sign_detached(written, typ=TYPE, signer=signer)
    return changed(data, **{**changes, NAME: written, SIGNATURE: signature.encode()})


def in_folder(files, folder):
    return [name for name in sorted(files) if name.startswith(f"{folder}/")]


def presented_anew(pack, **place):
    """The first event, said to stand in another log or at another place."""
    name = in_folder(pack.files, "presentations")[0]
    text = pack.files[name].decode()
    shown = read_presentation(text)
    anew = present(
        shown.entry,
        text.split("~")[1:-1],
        issued_at=shown.issued_at,
        signer=pack.signer,
        show=SECTIONS,
        **{"origin": shown.origin, "index": shown.index, **place},
    )
    return name, shown.index, anew.encode()


def re_presented(pack, seq, **changes):
    """The event of that number, presented anew over an entry of the operator's own making."""
    files = pack.files
    for name in in_folder(files, "presentations"):
        shown = read_presentation(files[name].decode())
        if shown.sections["event"]["seq"] == seq:
            sections = {
                key: {**value, **changes.get(key, {})} if isinstance(value, dict) else changes.get(key, value)
                for key, value in shown.sections.items()
            }
            made = make_entry(sections)
            text = present(
                made.entry,
                made.disclosures,
                show=list(sections),
                origin=shown.origin,
                index=shown.index,
                issued_at=shown.issued_at,
                signer=pack.signer,
            )
            return {name: text.encode(), f"entries/{shown.index}.bin": made.entry}
    raise AssertionError(seq)


@contextmanager
def whole_pack(template, root):
    folder = root / "data"
    shutil.copytree(template, folder)
    opened = open_store(folder)
    with world(opened) as made:
        made.join(BOB)
        made.join()
        sequence(made)
        older = witnessed(made)
        attested(made, ledgers.STAMP, "tsa", token_over)
        made.wait(minutes=1)
        made.members(4)
        sequence(made)
        pack = packed(made)
        yield Whole(
            data=pack.data,
            policy=with_witness(own_policy(made)),
            signer=collect(made.store, made.contact(), made.club, made.at).signer,
            older=older,
            size=pack.manifest.checkpoint.size,
            theirs=unzipped(packed(made, BOB).data),
            open=unzipped(packed(made, purpose=Purpose.DSAR).data),
        )
    opened.close()
