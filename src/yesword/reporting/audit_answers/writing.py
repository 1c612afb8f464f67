"""The zip file of an answer: the table, the story, the proofs and wordings, and a signed list of them all."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from string import Template
from typing import Final
from zoneinfo import ZoneInfo

from yesword.collect.imports.rejects import harmless
from yesword.domain.errors import YeswordError
from yesword.domain.times import iso_millis
from yesword.ledger.checkpoint import Signer
from yesword.ledger.entry import JsonObject, canonical
from yesword.ledger.jws import sign_detached
from yesword.ledger.packs import Listed, Purpose, write_archive
from yesword.ledger.packs.checking import POLICY
from yesword.ledger.packs.manifest import NAME, SIGNATURE
from yesword.ledger.policy import Policy, write_policy
from yesword.ledger.sceptic import verifier_source
from yesword.proof import logs
from yesword.proof.logs import LogTroubleError
from yesword.proof.policies import policy_of
from yesword.reporting.audit_answers.answer import Answer, Line, Part, Proof
from yesword.reporting.audit_answers.narrative import narrative
from yesword.reporting.audit_answers.telling import method_told, status_told
from yesword.store import ledgers
from yesword.store.opening import Store

TYPE: Final = "yesword-audit-answer+jws"
VERSION: Final = 1
TABLE: Final = "answer.csv"
STORY: Final = "narrative.md"
README: Final = "README.txt"
VERIFIER: Final = "verify_yesword.py"
COLUMNS: Final = (
    "destination_e164",
    "source_number",
    "program",
    "brand",
    "campaign_id",
    "opt_in_method",
    "opt_in_at_utc",
    "opt_in_at_local",
    "ip",
    "user_agent",
    "page_url",
    "form_version",
    "disclosure_sha256",
    "disclosure_text",
    "double_opt_in_at",
    "confirmation_message_id",
    "status",
    "opt_out_at",
    "last_message_at",
    "leaf_index",
    "tlog_proof_file",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Vouching:
    """With what an answer can be signed and checked. The clock runs: without it, an answer is still an answer."""

    policy: Policy
    signer: Signer | None
    why_unsigned: str = ""


def vouching(store: Store, answer: Answer) -> Vouching:
    """What the log lends to an answer: its key, unless nothing may be signed by it."""
    brand = answer.brand.id
    with store.database.read() as session:
        policy = policy_of(session, brand)
        known = ledgers.logs(session, brand)
    if not known:
        return Vouching(policy=policy, signer=None, why_unsigned="the brand has no log yet")
    log = known[-1]
    try:
        if log.trouble:
            raise LogTroubleError(origin=log.origin, reason=log.trouble)
        return Vouching(policy=policy, signer=logs.signer_of(store, log))
    except YeswordError as error:
        return Vouching(policy=policy, signer=None, why_unsigned=error.message)


def write_answer(answer: Answer, name: str, vouched: Vouching) -> bytes:
    """The same answer, name and key give the same bytes."""
    files = dict(_files(answer, name))
    if vouched.policy.logs:
        files[POLICY] = write_policy(vouched.policy).encode()
    files[NAME] = canonical(_manifest(answer, name, vouched, files))
    if vouched.signer is not None:
        files[SIGNATURE] = sign_detached(files[NAME], typ=TYPE, signer=vouched.signer).encode()
    return write_archive(files)


def _files(answer: Answer, name: str) -> Iterator[tuple[str, bytes]]:
    yield TABLE, _table(answer).encode()
    yield STORY, narrative(answer).encode()
    for line in answer.lines:
        for proof in line.proofs:
            yield _proof_file(line, proof), proof.body
    for digest, wording in answer.wordings.items():
        yield f"disclosures/{digest}.txt", wording.text.encode()
    yield README, _readme(answer, name).encode()
    yield VERIFIER, verifier_source().encode()


def _table(answer: Answer) -> str:
    out = io.StringIO()
    rows = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    rows.writeheader()
    for line in answer.lines:
        rows.writerow({name: harmless(cell) for name, cell in _row(answer, line).items()})
    return out.getvalue()


def _row(answer: Answer, line: Line) -> Mapping[str, str]:
    main, wording = line.main, line.wording
    return {
        "destination_e164": line.number,
        "source_number": answer.question.sender,
        "program": line.program.name if line.program else "",
        "brand": answer.brand.name,
        "campaign_id": answer.question.campaign,
        "opt_in_method": f"{method_told(line.method)} ({line.source})"
        if line.source
        else method_told(line.method),
        "opt_in_at_utc": _utc(line.opted_in_at),
        "opt_in_at_local": _local(line.opted_in_at, line.zone),
        **{name: line.context.get(name, "") for name in ("ip", "user_agent", "page_url", "form_version")},
        "disclosure_sha256": wording.sha256 if wording else "",
        "disclosure_text": wording.text if wording else "",
        "double_opt_in_at": _utc(line.confirmed_at),
        "confirmation_message_id": line.confirmation,
        "status": status_told(line),
        "opt_out_at": _utc(line.opted_out_at),
        "last_message_at": _utc(line.last_text_at),
        "leaf_index": str(main.index) if main else "",
        "tlog_proof_file": _proof_file(line, main) if main else "",
    }


def _proof_file(line: Line, proof: Proof) -> str:
    """Under the place of what the line is about, so that a line's proofs stand together."""
    main = line.main
    if main is None or proof.part is Part.OPT_IN:
        return f"proofs/{proof.index}.tlog-proof"
    return f"proofs/{main.index}-{proof.part.value}.tlog-proof"


def _utc(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _local(at: datetime | None, zone: str) -> str:
    """On the clock of that zone, with its name: an offset alone names no place."""
    if at is None or not zone:
        return ""
    return f"{at.astimezone(ZoneInfo(zone)).isoformat(timespec='seconds')} {zone}"


def _manifest(answer: Answer, name: str, vouched: Vouching, files: Mapping[str, bytes]) -> JsonObject:
    question, records = answer.question, answer.records
    listed = {each: Listed.of(body) for each, body in files.items()}
    return {
        "yesword_audit_answer": VERSION,
        "id": name,
        "purpose": Purpose.CARRIER_AUDIT.value,
        "brand": answer.brand.name,
        "source_number": question.sender,
        "carrier": question.carrier,
        "reference": question.reference,
        "campaign_id": question.campaign,
        "asked": iso_millis(question.asked_at),
        "due": iso_millis(question.due_at),
        "created": iso_millis(answer.made_at),
        "log": {"origin": records.origin, "size": records.size} if records.origin else None,
        "numbers": answer.numbers,
        "lines": len(answer.lines),
        "counts": {status.value: count for status, count in answer.counts.items()},
        "left_out": {SIGNATURE: vouched.why_unsigned} if vouched.signer is None else {},
        "files": {each: {"sha256": said.sha256, "size": said.size} for each, said in listed.items()},
    }


def _readme(answer: Answer, name: str) -> str:
    question, records = answer.question, answer.records
    text = (resources.files(__package__) / "readme.txt").read_text(encoding="utf-8")
    return Template(text).substitute(
        answer=name,
        brand=answer.brand.name,
        sender=question.sender,
        carrier=question.carrier or "-",
        reference=question.reference or "-",
        asked=_utc(question.asked_at),
        made=_utc(answer.made_at),
        log=f"{records.origin}, {records.size} records" if records.origin else "nothing published yet",
    )
