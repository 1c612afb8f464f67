"""The words beside the box, as they stand there: what a point says itself, or else its program's own disclosure.

What they say is a template, filled in with the program's own values, so that a version of a point and one of its program
give the same words for good. `suggested` is what a new form begins with.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from yesword.domain import category_words, composing
from yesword.domain.collecting.applications import general_text, specific_text
from yesword.domain.collecting.points import PointDefinition, PointKind
from yesword.domain.messages import MessageClass
from yesword.domain.programs import Program

# The seven parts of opt-in wording: who, what for, how often, rates, way out, help, links. `{use}` is what it is for.
_PROMOTIONAL: Final[Mapping[str, str]] = {
    "en": "Yes, [Brand] may send me recurring automated marketing texts with {use} from [Program] at this number, [Frequency]. Msg & data rates may apply. Reply [Stop] to stop, [Help] for help. I need not agree to buy anything. Terms: [Terms] Privacy: [Privacy]",
    "nl": "Ja, [Brand] mag mij op dit nummer terugkerende automatische reclame-sms'jes sturen met {use} van [Program], [Frequency]. Sms- en datakosten mogelijk. Stoppen? Antwoord [Stop]. Hulp? Antwoord [Help]. Ook zonder akkoord kan ik bij [Brand] kopen. Voorwaarden: [Terms] Privacy: [Privacy]",
    "sv": "Ja, [Brand] får skicka återkommande automatiska reklam-sms med {use} från [Program] till det här numret, [Frequency]. Sms- och datataxa kan gälla. Svara [Stop] för att avsluta, [Help] för hjälp. Jag kan handla även utan att säga ja. Villkor: [Terms] Integritet: [Privacy]",
    "de": "Ja, [Brand] darf mir an diese Nummer wiederkehrende automatische Werbe-SMS mit {use} von [Program] schicken, [Frequency]. SMS-/Datenkosten möglich. Abmelden: [Stop] antworten. Hilfe: [Help] antworten. Ich kann auch ohne Zustimmung einkaufen. AGB: [Terms] Datenschutz: [Privacy]",
    "da": "Ja, [Brand] må sende mig tilbagevendende automatiske reklame-sms'er med {use} fra [Program] til dette nummer, [Frequency]. Sms- og datatakst gælder. Svar [Stop] for at stoppe, [Help] for hjælp. Jeg kan også handle uden at sige ja. Vilkår: [Terms] Privatliv: [Privacy]",
}
_INFORMATIONAL: Final[Mapping[str, str]] = {
    "en": "Yes, [Brand] may send me recurring automated texts with {use} from [Program] at this number, [Frequency]. Msg & data rates may apply. Reply [Stop] to stop, [Help] for help. Terms: [Terms] Privacy: [Privacy]",
    "nl": "Ja, [Brand] mag mij op dit nummer terugkerende automatische sms'jes sturen met {use} van [Program], [Frequency]. Sms- en datakosten mogelijk. Stoppen? Antwoord [Stop]. Hulp? Antwoord [Help]. Voorwaarden: [Terms] Privacy: [Privacy]",
    "sv": "Ja, [Brand] får skicka återkommande automatiska sms med {use} från [Program] till det här numret, [Frequency]. Sms- och datataxa kan gälla. Svara [Stop] för att avsluta, [Help] för hjälp. Villkor: [Terms] Integritet: [Privacy]",
    "de": "Ja, [Brand] darf mir an diese Nummer wiederkehrende automatische SMS mit {use} von [Program] schicken, [Frequency]. SMS-/Datenkosten möglich. Abmelden: [Stop] antworten. Hilfe: [Help] antworten. AGB: [Terms] Datenschutz: [Privacy]",
    "da": "Ja, [Brand] må sende mig tilbagevendende automatiske sms'er med {use} fra [Program] til dette nummer, [Frequency]. Sms- og datatakst gælder. Svar [Stop] for at stoppe, [Help] for hjælp. Vilkår: [Terms] Privatliv: [Privacy]",
}
# What a purpose is called within the sentence; one that is not here is called as a program of its class.
_USES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {"": "news", "offers": "offers", "events": "event news and offers", "feedback": "questions and thank-you offers", "reminders": "appointment reminders"},
    "nl": {"": "nieuws", "offers": "aanbiedingen", "events": "nieuws over evenementen en aanbiedingen", "feedback": "vragen en bedankaanbiedingen", "reminders": "herinneringen aan afspraken"},
    "sv": {"": "nyheter", "offers": "erbjudanden", "events": "nyheter om evenemang och erbjudanden", "feedback": "frågor och tackerbjudanden", "reminders": "påminnelser om bokade tider"},
    "de": {"": "Neuigkeiten", "offers": "Angeboten", "events": "Neuigkeiten zu Veranstaltungen und Angeboten", "feedback": "Fragen und Dankeschön-Angeboten", "reminders": "Erinnerungen an Termine"},
    "da": {"": "nyheder", "offers": "tilbud", "events": "nyheder om arrangementer og tilbud", "feedback": "spørgsmål og takketilbud", "reminders": "påmindelser om aftaler"},
}  # fmt: skip
_GIFT: Final[Mapping[str, str]] = {
    "en": "Your code: {code}",
    "nl": "Je code: {code}",
    "sv": "Din kod: {code}",
    "de": "Ihr Code: {code}",
    "da": "Din kode: {code}",
}


def consent_text(definition: PointDefinition, program: Program, language: str) -> str:
    """Exactly what stands beside the box: what the consent's digest is made of. Of an application, the question."""
    if definition.kind is PointKind.APPLICATION:
        is_first = program.id == definition.program
        return (specific_text if is_first else general_text)(definition, program, language)
    source = definition.wording_in(language).consent
    if not source:
        return composing.disclosure(program, language)
    return composing.compose(source, program, program.texts_in(language)[1])


def worded(definition: PointDefinition, program: Program) -> PointDefinition:
    """The same with the words that ship, in each language in which it says none: what its program says is how to join by a
    keyword, which is no sentence beside a box. Done where a version is published, so that its words stay for good.
    """
    if definition.kind in (PointKind.APPLICATION, PointKind.CONTEST):
        return definition  # they have questions of their own
    said = tuple(
        (each, wording if wording.consent else replace(wording, consent=suggested(program, each)))
        for each, wording in definition.wordings
    )
    return replace(definition, wordings=said)


def suggested(program: Program, language: str) -> str:
    """A wording for a form to begin with, as a template; empty where none ships for the language."""
    is_promotional = program.message_class is MessageClass.PROMOTIONAL
    source = (_PROMOTIONAL if is_promotional else _INFORMATIONAL).get(language, "")
    if not source:
        return ""
    uses = _USES[language]
    use = uses.get(program.purpose) or uses["offers" if is_promotional else ""]
    about = f" ({category_words.listed(program.categories, language)})" if program.categories else ""
    return source.format(use=use + about)


def gift(definition: PointDefinition, language: str) -> str:
    """What the welcome of a new member says of the reward; empty where there is none."""
    if not definition.reward_code:
        return ""
    what = definition.wording_in(language).reward
    if what:
        return f"{what}: {definition.reward_code}"
    return _GIFT.get(language, _GIFT["en"]).format(code=definition.reward_code)
