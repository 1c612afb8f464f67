"""One brand's side of a text from a person: who wrote, what they mean, and how the brand answers.

What is done about it is in `stopping` and `reacting`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from yesword.consent import Act, Answer, answer
from yesword.domain import composing
from yesword.domain.ids import InboundId
from yesword.domain.listening import is_one_word
from yesword.domain.messages import MessageKind
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState
from yesword.domain.text import measure
from yesword.domain.understanding import Intent, is_yes
from yesword.domain.understanding.normalise import normalise
from yesword.sending import reply_law
from yesword.store import contacts
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import BrandRow, SenderRow

_LONGEST_PAIR: Final = 3  # segments: two texts of two languages that need more go in one language


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Thread:
    """One brand's side of a text: who wrote, to which sender, and what the brand runs there."""

    store: Store
    session: Session
    brand: BrandRow
    contact: Contact
    state: ConsentState
    programs: Sequence[Program]
    sender: SenderRow
    intent: Intent
    inbound: InboundId
    text: str
    act: Act
    at: datetime
    is_talking: bool = False  # a colleague has written to them lately, so a text is an answer and no command
    pair: tuple[str, str] | None = None  # nobody knows which of two languages they read: both are used

    @property
    def is_one_word(self) -> bool:
        """As a keyword would be."""
        return is_one_word(self.text)

    @property
    def is_yes(self) -> bool:
        """It would be a yes, had anything been asked."""
        return is_yes(self.text, [self.contact.language])

    def reply(self, program: Program, key: str, kind: MessageKind = MessageKind.REPLY) -> None:
        """One automatic answer, unless this number has had its share of them lately. `key` is one of `Texts`."""
        language, adds = self.spoken(program, key)
        source = getattr(program.texts_in(language)[1], key)
        self.say(program, source, kind, language=language, adds=adds)

    def say(
        self,
        program: Program,
        source: str,
        kind: MessageKind = MessageKind.REPLY,
        *,
        language: str = "",
        adds: str = "",
    ) -> None:
        act = replace(self.act, language=language or self.act.language)
        seq = contacts.standings(self.session, [self.contact.id])[self.contact.id].seq
        what = Answer(kind=kind, source=source, adds=adds)
        answer(self.store, self.session, self.contact, program, act, self.sender.id, seq, what, self.at)

    def spoken(self, program: Program, key: str) -> tuple[str, str]:
        """In which language a text is said; and the same in the second one, where both are needed and fit together."""
        return self.said_in(program, lambda language: getattr(program.texts_in(language)[1], key))

    def said_in(self, program: Program, source: Callable[[str], str]) -> tuple[str, str]:
        """The same of a text that is none of the program's own; `source` has it in each language."""
        if self.pair is None or not set(self.pair) <= set(program.languages):
            return self.act.language, ""
        one, two = (
            composing.compose(source(language), program, program.texts_in(language)[1])
            for language in self.pair
        )
        if measure(f"{one}\n{two}").segments > _LONGEST_PAIR:
            return self.act.language, ""
        return self.pair[0], f"\n{two}"


def languages_of_answer(
    person: Contact, program: Program, intent: Intent, text: str, at: datetime
) -> tuple[str, tuple[str, str] | None]:
    """The language of the text if the program has it, else the person's, else the program's own.

    Where a country's carriers say in which language a word is answered, the word decides first; and where neither word
    nor person tells, answers are given in both languages of the country.
    """
    by_word = reply_law.languages_of_words(person.country, at)
    said = by_word.get(normalise(text).words)
    for language in (said, intent.language, person.language):
        if language in program.languages:
            return str(language), None
    both = reply_law.pair(tuple(by_word.values()), program.languages)
    return program.default_language, both
