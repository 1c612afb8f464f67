"""One question at one moment, with everything that the steps of the gate hold it against."""

from dataclasses import dataclass
from datetime import datetime

from yesword.domain.facts import GateFacts
from yesword.domain.messages import KINDS, MessageClass, MessageKind, Standing
from yesword.domain.permission import Permission, permission
from yesword.domain.rules import Asked, RuleBook, Rules
from yesword.domain.rules.resolve import PlaceKey


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    facts: GateFacts
    rules: Rules
    permission: Permission
    at: datetime
    book: RuleBook

    @classmethod
    def of(cls, facts: GateFacts, book: RuleBook, at: datetime) -> "Case":
        program = facts.program
        found = permission(
            facts.contact.state,
            facts.message,
            at,
            program=program.id if program else None,
            purpose=program.purpose if program else None,
            categories=program.categories if program else (),
            preferences=facts.preferences,
        )
        return cls(facts=facts, rules=rules_for(facts, book, at), permission=found, at=at, book=book)

    @property
    def rests_on(self) -> Standing:
        return KINDS[self.facts.message.kind].rests_on

    @property
    def is_recurring(self) -> bool:
        """A text of the program itself, and no answer, code or confirmation."""
        return KINDS[self.facts.message.kind].counts

    @property
    def categories(self) -> tuple[str, ...]:
        program = self.facts.program
        return self.facts.message.categories or (program.categories if program else ())


def rules_for(
    facts: GateFacts, book: RuleBook, at: datetime, message_class: MessageClass | None = None
) -> Rules:
    """The rules that speak to the text, or would if it were of another class."""
    message = facts.message
    asked = Asked(
        places=place_keys(facts),
        number_country=facts.contact.country,
        brand_country=facts.brand_country,
        message_class=message_class or message.message_class,
        kind=message.kind,
    )
    return book.resolve(asked, at)


def place_keys(facts: GateFacts) -> frozenset[PlaceKey]:
    contact = facts.contact
    if not contact.places:
        return frozenset({(contact.country, None)})
    return frozenset([(place.country, place.region) for place in contact.places])


def is_fresh_answer(case: Case) -> bool:
    """Whether a consent request answers what the person has just texted, so that any hour is theirs."""
    request = case.permission.request
    if case.facts.message.kind is not MessageKind.CONSENT_REQUEST or request is None:
        return False
    waited = (case.at - request.asked_at).total_seconds()
    return request.is_from_handset and all(
        waited <= parameter.reply_within_s for rule, parameter in case.rules.conversation if rule.is_enforced
    )
