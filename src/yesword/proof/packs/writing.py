"""Writing a pack: which files, in which form, and how much of the person each reader is shown.

The same dossier, id and time give the same bytes. A pack that is to hold no number is searched for it before anybody gets
it.
"""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import resources
from string import Template
from typing import Final

from yesword.consent.reassigned import reassigned_at
from yesword.domain.errors import YeswordError
from yesword.domain.explain import english_day, identity
from yesword.ledger.entry import SECTIONS, canonical, from_b64url
from yesword.ledger.jws import sign_detached
from yesword.ledger.packs import EarlierPack, Listed, Manifest, Purpose, write_archive, write_manifest
from yesword.ledger.packs.checking import POLICY
from yesword.ledger.packs.manifest import NAME, SIGNATURE, TYPE
from yesword.ledger.packs.states import FOLDER as ROWS
from yesword.ledger.packs.story import EVIDENCE, HEAD, RECORD
from yesword.ledger.policy import write_policy
from yesword.ledger.presentation import NotPresentableError, present
from yesword.ledger.proof import format_proof
from yesword.proof.packs.dossier import Dossier, FiledEvent
from yesword.proof.packs.earlier import EarlierDossier
from yesword.proof.packs.pdf import MADE_WITH, write_summary
from yesword.proof.packs.record import records_of
from yesword.proof.packs.retelling import KANTARA, SHAPES
from yesword.proof.packs.summary import ERASED, WITHHELD, Summary, write
from yesword.proof.packs.summary import FILE as SUMMARY_FACTS
from yesword.proof.packs.summary import PAGE as SUMMARY
from yesword.proof.packs.timeline import Timeline, told
from yesword.proof.records import BadRecordError, shapes

README: Final = "README.txt"

# Who is shown what. The wording belongs to each: without it nobody can say to what the person agreed.
_SHOWN: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.CARRIER_AUDIT: ("event", "subject", "context", "notice"),
    Purpose.DSAR: SECTIONS,
    Purpose.LITIGATION: ("event", "subject", "notice", "evidence", "terms"),
    Purpose.CAMPAIGN: ("event", "notice"),
}
_PERSONAL: Final = frozenset(("subject", "context", "evidence"))  # what may hold a number, or lead to one
_LINK: Final = ("event",)  # all that is shown of another program's event: that it is there, and what it is
_UNCLEAR: Final = frozenset(("context", "evidence"))  # what others wrote, in whatever shape
_FEWEST_DIGITS: Final = 6
_BETWEEN_DIGITS: Final = r"[\s().\-/\u2010-\u2015]{0,3}"

_NO_WORDING: Final = (
    "no wording that was shown to the person can be read any more, and a record has to give one"
)
_NOT_STANDING: Final = "its form can only say that consent stands, and it does not"


class NumberInPackError(YeswordError):
    """The pack was to hold no number, and {file} would hold the person's: somebody wrote it there. Make the pack with the number, or correct what holds it."""

    code = "pack_holds_number"


class FormerOwnerInPackError(YeswordError):
    """The number changed hands, it seems, on {changed_on}. A pack shows the whole record, also that of its former owner, which is not for whoever has the number now. What they may have is written by `yesword privacy access`."""

    code = "pack_of_former_owner"


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What pack is wanted."""

    id: str  # pak_…
    purpose: Purpose
    created_at: datetime
    at: datetime  # the moment that is asked about
    with_number: bool = True  # a pack for a campaign never has it
    stored_in: tuple[str, ...] = ()  # countries where the store is; none: the brand's
    left_out: Mapping[str, str] = field(
        default_factory=dict
    )  # what the manifest is to say is not in it, and why

    @property
    def shows_number(self) -> bool:
        return self.with_number and "subject" in _SHOWN[self.purpose]

    @property
    def shown(self) -> tuple[str, ...]:
        """The sections that the reader may see."""
        names = _SHOWN[self.purpose]
        return names if self.shows_number else tuple(each for each in names if each not in _PERSONAL)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Pack:
    data: bytes
    manifest: Manifest
    timeline: Timeline
    inside: tuple["Pack", ...] = ()  # those of earlier records

    @property
    def left_out(self) -> Iterator[tuple[str, str]]:
        """What is not in it, and why; what is not in those inside for a reason of their own is told with them."""
        yield from self.manifest.left_out.items()
        for earlier, pack in zip(self.manifest.earlier, self.inside, strict=True):
            for name, why in pack.manifest.left_out.items():
                if name.startswith(EVIDENCE):
                    yield f"{name} in {earlier.file}", why


def write_pack(
    dossier: Dossier,
    order: Order,
    earlier: Sequence[EarlierDossier] = (),
    forgotten: datetime | None = None,
) -> Pack:
    """`earlier`: other records under the number, which were erased; each becomes a pack in this one. `forgotten`: when one was erased of which nothing is left.

    Raises FormerOwnerInPackError, NumberInPackError, NotPresentableError.
    """
    if order.purpose is Purpose.DSAR:
        _refuse_former_owner(dossier)
    timeline = told(dossier, order.at, show=order.shown, earlier=earlier, forgotten=forgotten)
    files = dict(_files(dossier, order))
    left_out = _records(files, dossier, order, timeline)
    summary = _summary(dossier, order, timeline)
    files[SUMMARY_FACTS] = write(summary)
    files[SUMMARY] = write_summary(summary)
    if not order.shows_number:
        # The summary is searched by what goes into it: its own bytes are packed.
        _search({**files, SUMMARY: summary.text(identity, english_day).encode()}, dossier)
    inside = [(each, write_pack(each.dossier, replace(order, id=each.id))) for each in earlier]
    files |= {_place(each): pack.data for each, pack in inside}
    manifest = Manifest(
        id=order.id,
        purpose=order.purpose,
        created=Manifest.time(order.created_at),
        asked=Manifest.time(order.at),
        checkpoint=dossier.checkpoint,
        subject=dossier.contact.subject,
        brand=dossier.brand.name,
        program=dossier.program.key,
        disclosed=order.shown,
        waiting=dossier.waiting,
        left_out={**left_out, **order.left_out, **_lost(dossier, order)},
        earlier=tuple(
            EarlierPack(
                file=_place(each),
                subject=pack.manifest.subject,
                erased=Manifest.time(each.kept.erased_at),
                kept_until=each.kept.until.isoformat(),
            )
            for each, pack in inside
        ),
        files={name: Listed.of(body) for name, body in files.items()},
    )
    files[NAME] = write_manifest(manifest)
    files[SIGNATURE] = sign_detached(files[NAME], typ=TYPE, signer=dossier.signer).encode()
    return Pack(
        data=write_archive(files),
        manifest=manifest,
        timeline=timeline,
        inside=tuple(pack for _, pack in inside),
    )


def _refuse_former_owner(dossier: Dossier) -> None:
    """The head vouches for the record from its first event on, so no pack can show only what came after a sign."""
    changed_at = reassigned_at(dossier.contact, [each.event for each in dossier.events])
    if changed_at is not None:
        raise FormerOwnerInPackError(changed_on=changed_at.date().isoformat())


def _lost(dossier: Dossier, order: Order) -> dict[str, str]:
    if "evidence" not in order.shown:
        return {}
    return {
        f"{EVIDENCE}{digest}": f"an event names it, and it {reason}: it was tampered with, or lost"
        for digest, reason in sorted(dossier.lost.items())
    }


def _place(earlier: EarlierDossier) -> str:
    return f"earlier/{earlier.id}.zip"


def _summary(dossier: Dossier, order: Order, timeline: Timeline) -> Summary:
    contact = dossier.contact
    return Summary(
        pack=order.id,
        purpose=order.purpose.value,
        made_at=order.created_at,
        made_with=MADE_WITH,
        brand=dossier.brand.name,
        address=dossier.address,
        program=dossier.program.name,
        person=contact.subject,
        number=contact.number if order.shows_number else None,
        why_no_number=ERASED if order.shows_number else WITHHELD,
        name=contact.name if order.shows_number else "",
        origin=dossier.origin,
        size=dossier.checkpoint.size,
        timeline=timeline,
    )


def _files(dossier: Dossier, order: Order) -> Iterator[tuple[str, bytes]]:
    """All but the records and the summary."""
    for each in dossier.events:
        if each.index is not None and each.proof is not None:
            yield f"presentations/{each.id}.sdjwt", _presentation(dossier, each, order, each.index).encode()
            yield f"entries/{each.index}.bin", each.entry
            if each.is_concerned and "event" in each.sections and "event" in order.shown:
                yield f"{ROWS}/{each.id}.json", each.row
            yield f"proofs/{each.index}.tlog-proof", format_proof(each.proof).encode()
    for checkpoint in dossier.checkpoints:
        size = checkpoint.size
        yield f"checkpoints/{size}.ckpt", checkpoint.note.encode()
        if checkpoint.cosigned:
            yield f"witnesses/{size}.ckpt", checkpoint.cosigned.encode()
        for number, token in enumerate(checkpoint.stamps, 1):
            yield f"time/{size}.tsr" if number == 1 else f"time/{size}.{number}.tsr", token
        if size != dossier.checkpoint.size:
            lines = "".join(f"{base64.b64encode(each).decode()}\n" for each in checkpoint.path)
            yield f"consistency/{size}-{dossier.checkpoint.size}.txt", lines.encode()
    if dossier.head is not None:
        yield HEAD, dossier.head.encode()
    yield POLICY, write_policy(dossier.policy).encode()
    if "evidence" in order.shown:
        for file in dossier.evidence:
            yield f"evidence/{file.sha256}.{file.extension}", file.body
    yield README, _readme(dossier, order).encode()


def _presentation(dossier: Dossier, filed: FiledEvent, order: Order, index: int) -> str:
    show = order.shown if filed.is_concerned else _LINK
    try:
        return _presented(dossier, filed, order, index, show)
    except NotPresentableError:  # a column of somebody's table is named as a keyword of the format
        return _presented(dossier, filed, order, index, [each for each in show if each not in _UNCLEAR])


def _presented(dossier: Dossier, filed: FiledEvent, order: Order, index: int, show: Sequence[str]) -> str:
    return present(
        filed.entry,
        filed.disclosures,
        show=show,
        origin=dossier.origin,
        index=index,
        issued_at=order.created_at,
        signer=dossier.signer,
    )


def _records(
    files: dict[str, bytes], dossier: Dossier, order: Order, timeline: Timeline
) -> Mapping[str, str]:
    """Put the record and the receipt in, and say why where that cannot be."""
    try:
        records = records_of(dossier, timeline.wordings, order.stored_in)
    except BadRecordError as error:
        return {RECORD: error.message, KANTARA: error.message}
    if records is None:
        return {RECORD: _NO_WORDING, KANTARA: _NO_WORDING}
    files[RECORD] = canonical(records.record)
    files[SHAPES] = shapes().encode()
    if records.receipt is None:
        return {KANTARA: _NOT_STANDING}
    files[KANTARA] = canonical(records.receipt)
    return {}


def _readme(dossier: Dossier, order: Order) -> str:
    text = (resources.files(__package__) / "readme.txt").read_text(encoding="utf-8")
    return Template(text).substitute(
        pack=order.id,
        brand=dossier.brand.name,
        program=dossier.program.name,
        origin=dossier.origin,
        size=str(dossier.checkpoint.size),
        created=Manifest.time(order.created_at),
        missing="".join(
            f"Not whole: {name} is missing, since {why}.\n" for name, why in _lost(dossier, order).items()
        ),
    )


# --- no number -----------------------------------------------------------------------------------------------


def _search(files: Mapping[str, bytes], dossier: Dossier) -> None:
    """Look for the number in whatever form a person writes it in. Raises NumberInPackError."""
    number = dossier.contact.number
    if number is None:
        return
    digits = number.removeprefix("+")
    # Behind the country's code at the latest begins what people write at home.
    wanted = re.compile(_BETWEEN_DIGITS.join(digits[-max(_FEWEST_DIGITS, len(digits) - 3) :]))
    for name, body in sorted(files.items()):
        if name.startswith(_OPAQUE):
            continue
        if any(wanted.search(text) for text in _readings(name, body)):
            raise NumberInPackError(file=name)


# Digests, signatures and hashes of the log's own, in which digits mean nothing.
_OPAQUE: Final = ("entries/", "proofs/", "checkpoints/", "witnesses/", "consistency/", "time/", HEAD, POLICY)


def _readings(name: str, body: bytes) -> Iterator[str]:
    if name.startswith("presentations/"):
        yield from (from_b64url(part).decode() for part in body.decode().split("~")[1:] if part)
    else:
        yield body.decode(errors="replace")
