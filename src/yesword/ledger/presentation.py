"""A record shown in part, for auditors and carriers: an SD-JWT (RFC 9901) whose payload is a ledger entry.

The digests in it are those that the log has committed to, so what is shown is bound to its leaf, and what is held back
stays closed. Whether the leaf is in the log is for a `proof` to say: the index in here is only what the issuer states.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import Signer, VerifierKey, is_key_name
from yesword.ledger.entry import (
    MAX_DISCLOSURE_CHARS,
    SECTIONS,
    JsonValue,
    SectionValue,
    canonical,
    entry_digests,
    matches,
    read_json,
)
from yesword.ledger.jws import Statement, is_count, read_statement, sign_statement, verify_statement
from yesword.ledger.leaf import leaf_hash

TYPE: Final = "dc+sd-jwt"
CREDENTIAL_TYPE: Final = "urn:yesword:consent-event:1"  # the claim vct of SD-JWT credentials
MAX_PRESENTATION_CHARS: Final = len(SECTIONS) * MAX_DISCLOSURE_CHARS + (1 << 16)

_ENTRY_CLAIMS: Final = ("_sd", "_sd_alg", "v")
_CLAIMS: Final = frozenset((*_ENTRY_CLAIMS, "vct", "led"))
_PLACE: Final = frozenset(("origin", "index"))

# RFC 9901 gives these keys a meaning at any depth: a reader that follows it drops or replaces what they hold.
_RESERVED: Final = frozenset(("_sd", "_sd_alg", "..."))


class NotPresentableError(YeswordError):
    """The record cannot be presented: {reason}. Nothing was signed."""

    code = "ledger_not_presentable"


class MalformedPresentationError(YeswordError):
    """The presentation cannot be read: {reason}. It should be a signed entry of the ledger, and after it the parts that are shown, each ended by a tilde."""

    code = "ledger_presentation_malformed"


class BoundPresentationError(YeswordError):
    """The presentation ends in the signature of a holder. Ours are bound to no holder and nobody asked for it, so it was added by someone else. Ask the issuer for the presentation as it was made."""

    code = "ledger_presentation_bound"


@dataclass(frozen=True, kw_only=True, slots=True)
class Presented:
    entry: bytes  # exactly what the log has committed to
    leaf_hash: bytes
    origin: str
    index: int  # from zero
    issuer: str
    issued_at: datetime  # to the second
    sections: Mapping[str, SectionValue]  # only what was proven to belong to the entry


def present(
    entry: bytes,
    disclosures: Sequence[str],
    *,
    show: Collection[str],
    origin: str,
    index: int,
    issued_at: datetime,
    signer: Signer,
) -> str:
    """The entry at this index of the log, with the sections in `show` opened as far as there are disclosures of them.

    Raises NotPresentableError, and the errors of `matches`: nothing is signed that could not be verified.
    """
    sections = matches(entry, disclosures)
    texts = dict(zip(sections, disclosures, strict=True))
    unknown = [name for name in show if name not in SECTIONS]
    if unknown:
        raise NotPresentableError(reason=f"there is no section {unknown[0]!r}")
    unclear = [name for name in SECTIONS if name in show and name in sections and _is_unclear(sections[name])]
    if unclear:
        raise NotPresentableError(
            reason=f"its section {unclear[0]} holds a key that SD-JWT reserves, so that other readers would see something else"
        )
    if not is_key_name(origin) or not is_count(index):
        raise NotPresentableError(reason="its place is not a log's name and an index from zero up")
    jwt = sign_statement(
        {**_members(entry), "vct": CREDENTIAL_TYPE, "led": {"origin": origin, "index": index}},
        typ=TYPE,
        issued_at=issued_at,
        signer=signer,
    )
    shown = [texts[name] for name in SECTIONS if name in show and name in texts]
    return "".join(f"{part}~" for part in (jwt, *shown))


def read_presentation(text: str) -> Presented:
    """What is shown, with no signature checked; each part is compared with the entry.

    Raises MalformedPresentationError, BoundPresentationError, MalformedJwsError, and the errors of `matches`.
    """
    jwt, disclosures = _parts(text)
    return _presented(read_statement(jwt, typ=TYPE), disclosures)


def verify_presentation(text: str, key: VerifierKey) -> Presented:
    """What is shown, once it is proven to be the issuer's.

    Parts may be held back later by cutting them out, and that is all that can be done to a presentation. Raises the
    errors of `read_presentation`, and OtherJwsKeyError, ForgedJwsError, OtherIssuerError.
    """
    jwt, disclosures = _parts(text)
    return _presented(verify_statement(jwt, typ=TYPE, key=key), disclosures)


def _parts(text: str) -> tuple[str, list[str]]:
    if len(text) > MAX_PRESENTATION_CHARS:
        raise MalformedPresentationError(reason=f"it is longer than {MAX_PRESENTATION_CHARS} characters")
    jwt, *disclosures = text.split("~")
    if not disclosures:
        raise MalformedPresentationError(reason="it has no tilde")
    if disclosures.pop():
        raise BoundPresentationError
    if len(disclosures) > len(SECTIONS):
        raise MalformedPresentationError(reason=f"it shows {len(disclosures)} parts")
    return jwt, disclosures


def _presented(statement: Statement, disclosures: Sequence[str]) -> Presented:
    # Any other claim is refused, and so none can stand in for a section or set terms (exp, cnf) that go unread here.
    if statement.claims.keys() != _CLAIMS:
        named = ", ".join(sorted(statement.claims.keys() ^ _CLAIMS))[:200]
        raise MalformedPresentationError(reason=f"these claims are missing or unknown: {named}")
    if statement.claims["vct"] != CREDENTIAL_TYPE:
        raise MalformedPresentationError(reason=f"it is not of the type {CREDENTIAL_TYPE}")
    origin, index = _place(statement.claims["led"])
    entry = canonical({name: statement.claims[name] for name in _ENTRY_CLAIMS})
    sections = matches(entry, disclosures)
    if list(sections) != [name for name in SECTIONS if name in sections]:
        raise MalformedPresentationError(reason="its parts are not in their order")
    if any(map(_is_unclear, sections.values())):
        raise MalformedPresentationError(
            reason="a part of it holds a key that SD-JWT reserves, so that other readers would see something else"
        )
    return Presented(
        entry=entry,
        leaf_hash=leaf_hash(entry),
        origin=origin,
        index=index,
        issuer=statement.issuer,
        issued_at=statement.issued_at,
        sections=sections,
    )


def _members(entry: bytes) -> Mapping[str, JsonValue]:
    entry_digests(entry)  # refuses what `_presented` would not build again, byte for byte
    members = read_json(entry.decode())
    assert isinstance(members, dict), "an entry that has digests is an object"
    return members


def _place(value: JsonValue) -> tuple[str, int]:
    if isinstance(value, Mapping) and value.keys() == _PLACE:
        origin, index = value["origin"], value["index"]
        if isinstance(origin, str) and is_key_name(origin) and is_count(index):
            return origin, index
    raise MalformedPresentationError(reason="it does not say where in which log the record is")


def _is_unclear(value: JsonValue) -> bool:
    if isinstance(value, Mapping):
        return not _RESERVED.isdisjoint(value) or any(map(_is_unclear, value.values()))
    return isinstance(value, list) and any(map(_is_unclear, value))
