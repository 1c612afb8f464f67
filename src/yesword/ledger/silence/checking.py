"""Looking at such a file, with nothing but the log's public key: what holds in it, what fails, and what it cannot show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.times import iso_millis
from yesword.ledger.checkpoint import (
    Checkpoint,
    OtherLogError,
    VerifierKey,
    read_checkpoint,
    verify_checkpoint,
)
from yesword.ledger.entry import matches
from yesword.ledger.findings import Outcome, Verdict
from yesword.ledger.handed import (
    ExcerptError,
    ForeignTextError,
    HandedOver,
    HandedText,
    MalformedHandedOverError,
    digest_of,
    open_text,
    read_handed_over,
    tag_of,
    verify,
)
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.merkle import verify_inclusion
from yesword.ledger.silence.form import Placed, ShownHandOver, Silence


class Look(StrEnum):
    """What is looked at, in the order in which it is told."""

    PERSON = "person"
    INCLUSION = "inclusion"
    SIGNATURE = "signature"
    HAND_OVERS = "hand_overs"
    TEXTS = "texts"
    CHAINS = "chains"


LIMITS: Final = (
    "What no such file can show: a text that was never logged; a text to another number of the same person; "
    "a process whose hand-overs are left out one and all, or from some point on, while no other record that is "
    "shown names them. Times are those of the brand's own clock; witnesses and time stamps of the log bound them."
)

_SENTENCES: Final[Mapping[tuple[Look, Outcome], str]] = {
    (
        Look.PERSON,
        Outcome.HELD,
    ): "Record {number} of the log says that the person {subject} is the one with the number that ends in {ending}.",
    (
        Look.PERSON,
        Outcome.OPEN,
    ): "Nothing here shows whose number this is about. Compare the person's id {subject} with a receipt of theirs.",
    (
        Look.INCLUSION,
        Outcome.HELD,
    ): "All {count} records of hand-overs stand in the log {origin}, under its checkpoint of {size} records.",
    (Look.SIGNATURE, Outcome.HELD): "The checkpoint is signed by the log's key, {vkey}.",
    (
        Look.SIGNATURE,
        Outcome.OPEN,
    ): "Whether the log signed this was not checked: that needs the log's public key from a source that you trust.",
    (
        Look.HAND_OVERS,
        Outcome.HELD,
    ): "Each of the {count} hand-overs of that time shows the place where this person's texts stand or would stand.",
    (Look.TEXTS, Outcome.HELD): "What is shown of the {count} texts to this person is what was logged.",
    (
        Look.TEXTS,
        Outcome.OPEN,
    ): "Of {closed} of the {count} texts to this person the log shows that they were written, and no more.",
    (
        Look.CHAINS,
        Outcome.HELD,
    ): "No hand-over is missing: each of the {processes} processes goes on to one after that time.",
    (
        Look.CHAINS,
        Outcome.OPEN,
    ): "No hand-over is missing between those that are shown. Of {ends} of the {processes} processes none after that time is shown, so whether their last ones were left out cannot be seen.",
}


class HandOverLeftOutError(YeswordError):
    """A hand-over is left out: {gap}. Whom it wrote to is not known, so nothing follows from the others. {more} more are missing."""

    code = "silence_hand_over_left_out"


class RepeatedHandOverError(YeswordError):
    """Two records claim to be hand-over {n} of the process {chain}. The log was continued in two ways."""

    code = "silence_hand_over_repeated"


class OtherPersonError(YeswordError):
    """The record that should show whose number this is about is of somebody else, or does not say. Ask whoever made the file for it anew."""

    code = "silence_other_person"


@dataclass(frozen=True, kw_only=True, slots=True)
class SilenceFinding:
    look: Look
    outcome: Outcome
    code: str  # names the sentence, for those who render it in another language
    sentence: str  # in English
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundText:
    """A text that a hand-over wrote to the person, at some moment between that one's first and last."""

    hand_over: HandedOver
    text: HandedText | None  # None where it was not opened


@dataclass(frozen=True, kw_only=True, slots=True)
class SilenceCheck:
    silence: Silence
    findings: tuple[SilenceFinding, ...]  # one for each Look
    hand_overs: int  # in the span, proven to be in the log
    texts: tuple[FoundText, ...]
    gaps: tuple[str, ...]  # hand-overs that the others name, and that are not shown

    @property
    def verdict(self) -> Verdict:
        outcomes = {finding.look: finding.outcome for finding in self.findings}
        if Outcome.FAILED in outcomes.values():
            return Verdict.FAILED
        is_vouched = all(outcomes[look] is Outcome.HELD for look in Look if look is not Look.TEXTS)
        return Verdict.PROVEN if is_vouched else Verdict.CONSISTENT

    @property
    def is_silent(self) -> bool:
        return self.verdict is not Verdict.FAILED and not self.texts

    @property
    def sentence(self) -> str:
        """What follows, in English; worth as much as the verdict is."""
        since, until = iso_millis(self.silence.since), iso_millis(self.silence.until)
        start = f"From {since} to {until} this file shows {self.hand_overs} hand-overs of the log."
        if not self.texts:
            return f"{start} None of them wrote to this person."
        classes = Counter(each.text.message_class if each.text else "unknown" for each in self.texts)
        counted = ", ".join(f"{count} {name}" for name, count in sorted(classes.items()))
        return f"{start} They wrote {len(self.texts)} texts to this person ({counted})."


def check(silence: Silence, key: VerifierKey | None = None) -> SilenceCheck:
    """Look at everything, whatever fails; `key` is the log's, from elsewhere than the file."""
    looking = _Looking(silence)
    for shown in silence.hand_overs:
        looking.look_at(shown)
    gaps = _gaps(looking)
    return SilenceCheck(
        silence=silence,
        findings=(
            _person(silence, looking),
            looking.told(Look.INCLUSION, count=len(silence.hand_overs), origin=silence.origin),
            _signature(silence, key),
            looking.told(Look.HAND_OVERS, count=looking.in_span),
            _texts(looking),
            _chains(looking, gaps),
        ),
        hand_overs=looking.in_span,
        texts=tuple(looking.texts),
        gaps=gaps,
    )


class _Looking:
    """What was seen so far; of each kind of error the first is told."""

    def __init__(self, silence: Silence) -> None:
        self.silence = silence
        self.errors: dict[Look, YeswordError] = {}
        self.statements: dict[bytes, HandedOver] = {}  # by leaf hash
        self.in_span = 0
        self.texts: list[FoundText] = []
        self.checkpoint: Checkpoint | None = None
        try:
            checkpoint = read_checkpoint(silence.checkpoint)
            if checkpoint.origin != silence.origin:
                raise OtherLogError(origin=checkpoint.origin, name=silence.origin)
            self.checkpoint = checkpoint
        except YeswordError as error:
            self.errors[Look.INCLUSION] = error

    def look_at(self, shown: ShownHandOver) -> None:
        look = Look.INCLUSION
        try:
            leaf = self.included(shown.statement)
            statement = _statement(shown.statement)
            if leaf in self.statements:
                raise RepeatedHandOverError(chain=statement.chain, n=statement.n)
            self.statements[leaf] = statement
            if not statement.falls_into(self.silence.since, self.silence.until):
                return
            look = Look.HAND_OVERS
            self.in_span += 1
            if shown.excerpt is None:
                raise ExcerptError(reason=f"{statement.id} shows no leaves")
            tag = tag_of(self.silence.subject, statement.nonce)
            digests = verify(shown.excerpt, tag=tag, count=statement.count, root=statement.root)
            look = Look.TEXTS
            self.texts += _opened(statement, digests, shown.texts)
        except YeswordError as error:
            self.errors.setdefault(look, error)

    def included(self, placed: Placed) -> bytes:
        """The leaf hash of an entry, once it is shown to be in the log."""
        leaf = leaf_hash(placed.entry)
        if self.checkpoint is not None:
            verify_inclusion(
                leaf=leaf,
                index=placed.index,
                size=self.checkpoint.size,
                path=placed.path,
                root=self.checkpoint.root,
            )
        return leaf

    def told(self, look: Look, **fields: object) -> SilenceFinding:
        if look in self.errors:
            return _failed(look, self.errors[look])
        size = self.checkpoint.size if self.checkpoint else 0
        return _found(look, Outcome.HELD, size=size, **fields)


def _statement(placed: Placed) -> HandedOver:
    sections = matches(placed.entry, placed.disclosures)
    if sections.keys() != {"event"}:
        raise MalformedHandedOverError(reason="it does not show its event, or shows more than that")
    return read_handed_over(sections["event"])


def _opened(statement: HandedOver, digests: Sequence[bytes], shown: Sequence[str]) -> list[FoundText]:
    """The texts of the person in one hand-over; those that are shown must be among them."""
    closed = set(digests)
    found = []
    for disclosure in shown:
        digest = digest_of(disclosure)
        if digest not in closed:
            raise ForeignTextError(hand_over=statement.id)
        closed.remove(digest)
        found.append(FoundText(hand_over=statement, text=open_text(disclosure)))
    return found + [FoundText(hand_over=statement, text=None) for _ in closed]


def _gaps(looking: _Looking) -> tuple[str, ...]:
    """Hand-overs that those of the span hang on, or that follow them in their process, and that are not shown."""
    silence, known = looking.silence, looking.statements
    gaps = []
    for each in known.values():
        if each.last_at < silence.since:
            continue  # only there to hang others on
        before = None if each.prev is None else known.get(each.prev)
        if each.prev is not None and (before is None or (before.chain, before.n) != (each.chain, each.n - 1)):
            gaps.append(f"number {each.n - 1} of the process {each.chain}, before {each.id}")
        is_inside = each.falls_into(silence.since, silence.until)
        if is_inside and each.after is not None and each.after not in known:
            gaps.append(f"one of another process, which {each.id} names")
    return tuple(gaps)


def _chains(looking: _Looking, gaps: Sequence[str]) -> SilenceFinding:
    silence = looking.silence
    counted = Counter((each.chain, each.n) for each in looking.statements.values())
    for (chain, n), count in counted.items():
        if count > 1:
            return _failed(Look.CHAINS, RepeatedHandOverError(chain=chain, n=n))
    if gaps:
        return _failed(Look.CHAINS, HandOverLeftOutError(gap=gaps[0], more=len(gaps) - 1))
    inside = {
        each.chain for each in looking.statements.values() if each.falls_into(silence.since, silence.until)
    }
    followed = {each.chain for each in looking.statements.values() if each.first_at > silence.until}
    # Cutting the last ones off leaves no gap. Only a later one of the same process shows that none was cut off.
    is_whole = bool(inside) and inside <= followed
    outcome = Outcome.HELD if is_whole else Outcome.OPEN
    return _found(Look.CHAINS, outcome, processes=len(inside), ends=len(inside - followed))


def _texts(looking: _Looking) -> SilenceFinding:
    closed = sum(1 for each in looking.texts if each.text is None)
    if closed and Look.TEXTS not in looking.errors:
        return _found(Look.TEXTS, Outcome.OPEN, closed=closed, count=len(looking.texts))
    return looking.told(Look.TEXTS, count=len(looking.texts))


def _person(silence: Silence, looking: _Looking) -> SilenceFinding:
    if silence.person is None:
        return _found(Look.PERSON, Outcome.OPEN, subject=silence.subject)
    try:
        looking.included(silence.person)
        subject = matches(silence.person.entry, silence.person.disclosures).get("subject")
        number = subject.get("phone") if isinstance(subject, Mapping) else None
        if not isinstance(subject, Mapping) or subject.get("subject_id") != silence.subject:
            raise OtherPersonError
        if not isinstance(number, str) or not number:
            raise OtherPersonError
    except YeswordError as error:
        return _failed(Look.PERSON, error)
    return _found(
        Look.PERSON,
        Outcome.HELD,
        number=silence.person.index + 1,
        subject=silence.subject,
        ending=number[-2:],
    )


def _signature(silence: Silence, key: VerifierKey | None) -> SilenceFinding:
    if key is None:
        return _found(Look.SIGNATURE, Outcome.OPEN)
    try:
        if key.name != silence.origin:
            raise OtherLogError(origin=silence.origin, name=key.name)
        verify_checkpoint(silence.checkpoint, key)
    except YeswordError as error:
        return _failed(Look.SIGNATURE, error)
    return _found(Look.SIGNATURE, Outcome.HELD, vkey=str(key))


def _found(look: Look, outcome: Outcome, **fields: object) -> SilenceFinding:
    return SilenceFinding(
        look=look,
        outcome=outcome,
        code=f"silence_{look}_{outcome}",
        sentence=_SENTENCES[look, outcome].format(**fields),
        fields=fields,
    )


def _failed(look: Look, error: YeswordError) -> SilenceFinding:
    return SilenceFinding(
        look=look, outcome=Outcome.FAILED, code=error.code, sentence=error.message, fields=error.fields
    )
