"""What texts about a contest say, in each language, and the wording that a contest's terms begin with.

All are answers to a text of the person: an entry is received, late, early, or not understood. None of them sells anything.
Names in square brackets are filled in by the program, those in braces by the contest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from yesword.domain import category_words
from yesword.domain.collecting.contests import Answering, ContestDefinition
from yesword.domain.messages import MessageClass
from yesword.domain.programs import Program

FALLBACK: Final = "en"
REF_LETTERS: Final = 12  # of an entry's digest, in a text


@dataclass(frozen=True, kw_only=True, slots=True)
class ContestWords:
    received: str  # {contest}, {ref}
    entered_already: str
    closed: str
    not_open: str  # {day}
    choose: str  # {keyword}, {options}
    say_answer: str  # {keyword}
    just_keyword: str  # {keyword}
    ask_age: str
    ask_birth_date: str
    too_young: str  # {age}
    counts_anyway: str  # stands between the receipt of an entry and the question
    how_to_say_yes: str  # {entry}, {yes}: on the page of the contest
    consent: str  # a template, {use}: what a yes means
    consent_plain: str  # the same where the program sells nothing


_WORDS: Final[Mapping[str, ContestWords]] = {
    "en": ContestWords(
        received="[Brand]: your entry for {contest} is in. Its number: {ref}.",
        entered_already="[Brand]: you are in {contest} already. Your earlier entry counts.",
        closed="[Brand]: {contest} has closed. This text was not entered.",
        not_open="[Brand]: {contest} opens on {day}. This text was not entered; send it again then.",
        choose="[Brand]: that is not one of the answers of {contest}. Text {keyword} and one of these: {options}.",
        say_answer="[Brand]: your answer for {contest} is missing. Text {keyword} and your answer.",
        just_keyword="[Brand]: to enter {contest}, text {keyword} and nothing else.",
        ask_age="[Brand]: one question before you are in {contest}: how old are you? Reply with your age, such as 34.",
        ask_birth_date="[Brand]: one question before you are in {contest}: when were you born? Reply like this: 31-12-1990.",
        too_young="[Brand]: {contest} is for people of {age} and older. We have not entered you, and deleted your entry.",
        counts_anyway="You are in, whatever you answer now:",
        how_to_say_yes="Would you like our texts too? Text {entry} instead. You need not: {plain} enters with the same chance.",
        consent="Yes, [Brand] may send me recurring automated marketing texts with {use} from [Program] at this number, [Frequency]. Msg & data rates may apply. Reply [Stop] to stop, [Help] for help. I can enter the contest without saying yes, with the same chance, and need not buy anything. Terms: [Terms] Privacy: [Privacy]",
        consent_plain="Yes, [Brand] may send me recurring automated texts with {use} from [Program] at this number, [Frequency]. Msg & data rates may apply. Reply [Stop] to stop, [Help] for help. I can enter the contest without saying yes, with the same chance. Terms: [Terms] Privacy: [Privacy]",
    ),
    "nl": ContestWords(
        received="[Brand]: je inzending voor {contest} is binnen. Het nummer ervan: {ref}.",
        entered_already="[Brand]: je doet al mee aan {contest}. Je eerdere inzending telt.",
        closed="[Brand]: {contest} is gesloten. Dit bericht doet niet mee.",
        not_open="[Brand]: {contest} begint op {day}. Dit bericht doet niet mee; stuur het dan nog eens.",
        choose="[Brand]: dat is geen van de antwoorden van {contest}. Sms {keyword} en een van deze: {options}.",
        say_answer="[Brand]: je antwoord voor {contest} ontbreekt. Sms {keyword} en je antwoord.",
        just_keyword="[Brand]: sms {keyword} en verder niets om mee te doen aan {contest}.",
        ask_age="[Brand]: nog één vraag voor je meedoet aan {contest}: hoe oud ben je? Antwoord met je leeftijd, zoals 34.",
        ask_birth_date="[Brand]: nog één vraag voor je meedoet aan {contest}: wanneer ben je geboren? Antwoord zo: 31-12-1990.",
        too_young="[Brand]: {contest} is voor mensen van {age} jaar en ouder. Je doet niet mee, en we hebben je inzending gewist.",
        counts_anyway="Je doet mee, wat je nu ook antwoordt:",
        how_to_say_yes="Wil je ook onze sms'jes? Sms dan {entry}. Het hoeft niet: met {plain} doe je mee met dezelfde kans.",
        consent="Ja, [Brand] mag mij op dit nummer terugkerende automatische reclame-sms'jes sturen met {use} van [Program], [Frequency]. Sms- en datakosten mogelijk. Stoppen? Antwoord [Stop]. Hulp? Antwoord [Help]. Ook zonder ja doe ik mee, met dezelfde kans, en ik hoef niets te kopen. Voorwaarden: [Terms] Privacy: [Privacy]",
        consent_plain="Ja, [Brand] mag mij op dit nummer terugkerende automatische sms'jes sturen met {use} van [Program], [Frequency]. Sms- en datakosten mogelijk. Stoppen? Antwoord [Stop]. Hulp? Antwoord [Help]. Ook zonder ja doe ik mee, met dezelfde kans. Voorwaarden: [Terms] Privacy: [Privacy]",
    ),
    "sv": ContestWords(
        received="[Brand]: ditt bidrag till {contest} har kommit in. Dess nummer: {ref}.",
        entered_already="[Brand]: du är redan med i {contest}. Ditt tidigare bidrag räknas.",
        closed="[Brand]: {contest} är stängd. Det här sms:et kom inte med.",
        not_open="[Brand]: {contest} öppnar den {day}. Det här sms:et kom inte med; skicka det igen då.",
        choose="[Brand]: det är inget av svaren i {contest}. Sms:a {keyword} och ett av dessa: {options}.",
        say_answer="[Brand]: ditt svar till {contest} saknas. Sms:a {keyword} och ditt svar.",
        just_keyword="[Brand]: sms:a bara {keyword} för att vara med i {contest}.",
        ask_age="[Brand]: en fråga innan du är med i {contest}: hur gammal är du? Svara med din ålder, till exempel 34.",
        ask_birth_date="[Brand]: en fråga innan du är med i {contest}: när är du född? Svara så här: 31-12-1990.",
        too_young="[Brand]: {contest} är för dem som har fyllt {age}. Du är inte med, och vi har raderat ditt bidrag.",
        counts_anyway="Du är med, vad du än svarar nu:",
        how_to_say_yes="Vill du ha våra sms också? Sms:a {entry} i stället. Du behöver inte: med {plain} är du med på samma villkor.",
        consent="Ja, [Brand] får skicka återkommande automatiska reklam-sms med {use} från [Program] till det här numret, [Frequency]. Sms- och datataxa kan gälla. Svara [Stop] för att avsluta, [Help] för hjälp. Jag är med i tävlingen även utan att säga ja, med samma chans, och behöver inte köpa något. Villkor: [Terms] Integritet: [Privacy]",
        consent_plain="Ja, [Brand] får skicka återkommande automatiska sms med {use} från [Program] till det här numret, [Frequency]. Sms- och datataxa kan gälla. Svara [Stop] för att avsluta, [Help] för hjälp. Jag är med i tävlingen även utan att säga ja, med samma chans. Villkor: [Terms] Integritet: [Privacy]",
    ),
    "de": ContestWords(
        received="[Brand]: Ihre Teilnahme an {contest} ist da. Die Teilnahme hat die Nummer {ref}.",
        entered_already="[Brand]: Sie nehmen an {contest} schon teil. Ihre frühere Teilnahme zählt.",
        closed="[Brand]: {contest} ist geschlossen. Diese SMS nimmt nicht teil.",
        not_open="[Brand]: {contest} beginnt am {day}. Diese SMS nimmt nicht teil; schicken Sie sie dann noch einmal.",
        choose="[Brand]: das ist keine der Antworten von {contest}. Schicken Sie {keyword} und eine davon: {options}.",
        say_answer="[Brand]: Ihre Antwort für {contest} fehlt. Schicken Sie {keyword} und Ihre Antwort.",
        just_keyword="[Brand]: schicken Sie nur {keyword}, um an {contest} teilzunehmen.",
        ask_age="[Brand]: eine Frage noch, bevor Sie an {contest} teilnehmen: wie alt sind Sie? Antworten Sie mit Ihrem Alter, etwa 34.",
        ask_birth_date="[Brand]: eine Frage noch, bevor Sie an {contest} teilnehmen: wann sind Sie geboren? Antworten Sie so: 31-12-1990.",
        too_young="[Brand]: {contest} ist für Leute ab {age}. Sie nehmen nicht teil, und wir haben Ihre Angaben gelöscht.",
        counts_anyway="Sie nehmen teil, was Sie jetzt auch antworten:",
        how_to_say_yes="Möchten Sie auch unsere SMS? Dann schicken Sie {entry}. Sie müssen nicht: mit {plain} nehmen Sie mit derselben Chance teil.",
        consent="Ja, [Brand] darf mir an diese Nummer wiederkehrende automatische Werbe-SMS mit {use} von [Program] schicken, [Frequency]. SMS-/Datenkosten möglich. Abmelden: [Stop] antworten. Hilfe: [Help] antworten. Ich nehme auch ohne Ja teil, mit derselben Chance, und muss nichts kaufen. AGB: [Terms] Datenschutz: [Privacy]",
        consent_plain="Ja, [Brand] darf mir an diese Nummer wiederkehrende automatische SMS mit {use} von [Program] schicken, [Frequency]. SMS-/Datenkosten möglich. Abmelden: [Stop] antworten. Hilfe: [Help] antworten. Ich nehme auch ohne Ja teil, mit derselben Chance. AGB: [Terms] Datenschutz: [Privacy]",
    ),
    "da": ContestWords(
        received="[Brand]: dit bidrag til {contest} er modtaget. Dets nummer: {ref}.",
        entered_already="[Brand]: du er allerede med i {contest}. Dit tidligere bidrag tæller.",
        closed="[Brand]: {contest} er lukket. Denne sms kom ikke med.",
        not_open="[Brand]: {contest} åbner den {day}. Denne sms kom ikke med; send den igen til den tid.",
        choose="[Brand]: det er ikke et af svarene i {contest}. Sms {keyword} og et af disse: {options}.",
        say_answer="[Brand]: dit svar til {contest} mangler. Sms {keyword} og dit svar.",
        just_keyword="[Brand]: sms {keyword} og ikke andet for at være med i {contest}.",
        ask_age="[Brand]: et spørgsmål, før du er med i {contest}: hvor gammel er du? Svar med din alder, for eksempel 34.",
        ask_birth_date="[Brand]: et spørgsmål, før du er med i {contest}: hvornår er du født? Svar sådan: 31-12-1990.",
        too_young="[Brand]: {contest} er for folk på {age} år og derover. Du er ikke med, og vi har slettet dit bidrag.",
        counts_anyway="Du er med, uanset hvad du svarer nu:",
        how_to_say_yes="Vil du også have vores sms'er? Sms så {entry}. Du behøver ikke: med {plain} er du med på samme chance.",
        consent="Ja, [Brand] må sende mig tilbagevendende automatiske reklame-sms'er med {use} fra [Program] til dette nummer, [Frequency]. Sms- og datatakst gælder. Svar [Stop] for at stoppe, [Help] for hjælp. Jeg er med i konkurrencen også uden at sige ja, med samme chance, og behøver ikke købe noget. Vilkår: [Terms] Privatliv: [Privacy]",
        consent_plain="Ja, [Brand] må sende mig tilbagevendende automatiske sms'er med {use} fra [Program] til dette nummer, [Frequency]. Sms- og datatakst gælder. Svar [Stop] for at stoppe, [Help] for hjælp. Jeg er med i konkurrencen også uden at sige ja, med samme chance. Vilkår: [Terms] Privatliv: [Privacy]",
    ),
}  # fmt: skip


def words_in(language: str) -> ContestWords:
    return _WORDS.get(language, _WORDS[FALLBACK])


def suggested(program: Program, language: str) -> str:
    """The terms' wording of a yes that a new contest begins with; empty where none ships for the language."""
    found = _WORDS.get(language)
    if found is None:
        return ""
    about = category_words.listed(program.categories, language) or program.purpose
    is_promotional = program.message_class is MessageClass.PROMOTIONAL
    return (found.consent if is_promotional else found.consent_plain).format(use=about)


def example(definition: ContestDefinition) -> str:
    """A text that enters, as a page shows it: "VOTE A", "WIN …", "WIN"."""
    keyword = definition.keywords[0].upper()
    if definition.answering is Answering.OPTIONS:
        return f"{keyword} {definition.options[0].word}"
    return f"{keyword} …" if definition.answering is Answering.FREE else keyword


def not_understood(definition: ContestDefinition, language: str) -> str:
    """What somebody is told whose text is no answer to what was asked."""
    words, keyword = words_in(language), definition.keywords[0].upper()
    if definition.answering is Answering.OPTIONS:
        return words.choose.replace("{options}", ", ".join(each.word for each in definition.options)).replace(
            "{keyword}", keyword
        )
    said = words.say_answer if definition.answering is Answering.FREE else words.just_keyword
    return said.replace("{keyword}", keyword)
