"""What whoever asks is told beside the data: who answers for them, who else gets some, how long, and what may be done."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from yesword.domain.decisions import Sentence
from yesword.domain.evidence.addresses import KEPT_FOR
from yesword.domain.programs import Program
from yesword.domain.retention import Part, Retention
from yesword.privacy.authorities import authority_of
from yesword.privacy.holding import Controller, Kept, Recipient
from yesword.privacy.periods import Periods
from yesword.store import models


def senders_of(brand: int, senders: Mapping[int, models.Sender]) -> list[models.Sender]:
    own = models.Program.objects.filter(brand_id=brand).order_by("pk").values_list("sender_id", flat=True)
    return [senders[each] for each in own if each in senders]


def recipients(senders: Sequence[models.Sender], asked: Sequence[str]) -> tuple[Recipient, ...]:
    carriers = {sender.account.key: sender.account.channel for sender in senders}
    return (
        *(
            Recipient(kind="carrier", name=key, channel=channel, gets=Sentence.of("gets.carrier"))
            for key, channel in sorted(carriers.items())
        ),
        *(
            Recipient(kind="registry", name=name, channel="", gets=Sentence.of("gets.registry"))
            for name in sorted(set(asked))
        ),
    )


def controller(brand: models.Brand, running: Iterable[Program]) -> Controller:
    authority = authority_of(brand.country)
    return Controller(
        name=brand.name,
        country=brand.country,
        address=brand.address,
        contacts=_contacts(running),
        authority=authority.name if authority else "",
        authority_site=authority.site if authority else "",
    )


def _contacts(running: Iterable[Program]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(program.support for program in running if program.support))


def rights(brand: models.Brand, running: Iterable[Program]) -> tuple[Sentence, ...]:
    authority, written_to = authority_of(brand.country), ", ".join(_contacts(running))
    return (
        Sentence.of("right.withdraw"),
        Sentence.of("right.rectify"),
        Sentence.of("right.erase"),
        Sentence.of("right.restrict"),
        Sentence.of("right.object"),
        Sentence.of("right.port"),
        *([Sentence.of("right.contact", contacts=written_to)] if written_to else []),
        Sentence.of("right.complain", authority=authority.name, site=authority.site)
        if authority
        else Sentence.of("right.complain.unknown"),
    )


_PLAIN: Final = {
    Part.PROFILE: "kept.profile",
    Part.CONTEXT: "kept.context",
    Part.REPLAY: "kept.replay",
    Part.SUPPRESSION: "kept.suppression",
    Part.LEAF: "kept.leaf",
}


def kept(retention: Retention, periods: Periods) -> list[Kept]:
    """What becomes of each part, if they asked to be erased now."""
    found = []
    for part in Part:
        until, ground, citation = None, "", ""
        if part is Part.CONVERSATION:
            sentence = Sentence.of("kept.conversation", days=periods.texts.days)
        elif part is Part.ADDRESS:
            sentence = Sentence.of("kept.address", days=KEPT_FOR.days)
        elif part in _PLAIN:
            sentence = Sentence.of(_PLAIN[part])
        elif retention.retain_until is not None and part in retention.kept:
            until = retention.retain_until
            ground = retention.ground.value if retention.ground else ""
            citation = retention.citation
            sentence = retention.why
        else:
            sentence = Sentence.of("kept.proof.none")
        found.append(Kept(part=part, until=until, sentence=sentence, ground=ground, citation=citation))
    return found
