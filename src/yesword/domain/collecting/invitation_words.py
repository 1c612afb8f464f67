"""What stands in every invitation by e-mail beside what its author wrote, in each language; and what one begins with.

The author says why one would. What a yes means, how to give it and how to get no more of these letters is said for them,
in the same words every time, so that nobody can leave it out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

FALLBACK: Final = "en"


@dataclass(frozen=True, kw_only=True, slots=True)
class FixedWords:
    button: str
    yes_means: str  # above the consent wording
    by_answer: str  # {word}: what to answer
    then: str  # what happens next
    why: str  # {brand}
    leave: str  # the words of the link
    leave_means: str
    word: str  # understood as a yes by `domain.understanding`
    subject: str  # what an invitation begins with; templates, as authors write them
    body: str
    step_subject: str  # of the letter that answers a yes from somebody whose number nobody knows
    step: str


_WORDS: Final[Mapping[str, FixedWords]] = {
    "en": FixedWords(
        button="Yes, text me",
        yes_means="What you say yes to:",
        by_answer="Or answer this e-mail with the word {word}.",
        then="Either way we ask you to confirm by text. Until you do, we text you nothing else.",
        why="You get this e-mail because {brand} may e-mail you. That does not allow us to text you, so we ask.",
        leave="No more e-mails like this",
        leave_means="This ends e-mails like this one. Texts that you get already stay as they are.",
        word="SUBSCRIBE",
        subject="Get news from [Brand] by text",
        body="Hello [First name|there],\n\nYou already get our e-mails. With [Program] you hear of the best first, by text, [Frequency].\n\nWould you like that? It takes half a minute, and you can stop at any time.",
        step_subject="One more step to get our texts",
        step="Thank you for your yes. We do not know your mobile number yet. Open this page, type it there and confirm by text:",
    ),
    "nl": FixedWords(
        button="Ja, stuur mij sms'jes",
        yes_means="Hier zeg je ja tegen:",
        by_answer="Of beantwoord deze e-mail met het woord {word}.",
        then="In beide gevallen vragen we je per sms om te bevestigen. Tot dan sturen we je geen andere sms'jes.",
        why="Je krijgt deze e-mail omdat {brand} je mag mailen. Daarmee mogen we je nog niet sms'en, dus vragen we het.",
        leave="Geen e-mails zoals deze meer",
        leave_means="Dit stopt e-mails zoals deze. Sms'jes die je al krijgt, blijven zoals ze zijn.",
        word="AANMELDEN",
        subject="Nieuws van [Brand] per sms",
        body="Hallo [First name|daar],\n\nJe krijgt onze e-mails al. Met [Program] hoor je het beste als eerste, per sms, [Frequency].\n\nWil je dat? Het kost een halve minuut, en je kunt altijd stoppen.",
        step_subject="Nog één stap voor onze sms'jes",
        step="Bedankt voor je ja. We kennen je mobiele nummer nog niet. Open deze pagina, vul het daar in en bevestig per sms:",
    ),
    "sv": FixedWords(
        button="Ja, skicka sms",
        yes_means="Det här säger du ja till:",
        by_answer="Eller svara på det här mejlet med ordet {word}.",
        then="I båda fallen ber vi dig bekräfta via sms. Tills dess skickar vi inga andra sms.",
        why="Du får det här mejlet eftersom {brand} får mejla dig. Det ger oss inte rätt att sms:a dig, så vi frågar.",
        leave="Inga fler sådana mejl",
        leave_means="Det här avslutar mejl av det här slaget. Sms som du redan får påverkas inte.",
        word="PRENUMERERA",
        subject="Få nyheter från [Brand] via sms",
        body="Hej [First name|du],\n\nDu får redan våra mejl. Med [Program] får du höra det bästa först, via sms, [Frequency].\n\nVill du det? Det tar en halv minut, och du kan sluta när du vill.",
        step_subject="Ett steg kvar till våra sms",
        step="Tack för ditt ja. Vi har inte ditt mobilnummer än. Öppna den här sidan, skriv det där och bekräfta via sms:",
    ),
    "de": FixedWords(
        button="Ja, schicken Sie mir SMS",
        yes_means="Dazu sagen Sie Ja:",
        by_answer="Oder antworten Sie auf diese E-Mail mit dem Wort {word}.",
        then="In beiden Fällen bitten wir Sie per SMS um Bestätigung. Bis dahin schicken wir Ihnen keine anderen SMS.",
        why="Sie bekommen diese E-Mail, weil {brand} Ihnen E-Mails schicken darf. SMS erlaubt uns das nicht, deshalb fragen wir.",
        leave="Keine solchen E-Mails mehr",
        leave_means="Das beendet E-Mails wie diese. SMS, die Sie schon bekommen, bleiben davon unberührt.",
        word="ANMELDEN",
        subject="Neuigkeiten von [Brand] per SMS",
        body="Hallo [First name|zusammen],\n\nunsere E-Mails bekommen Sie schon. Mit [Program] hören Sie das Beste zuerst, per SMS, [Frequency].\n\nMöchten Sie das? Es dauert eine halbe Minute, und Sie können jederzeit aufhören.",
        step_subject="Noch ein Schritt zu unseren SMS",
        step="Danke für Ihr Ja. Ihre Handynummer kennen wir noch nicht. Öffnen Sie diese Seite, tragen Sie sie dort ein und bestätigen Sie per SMS:",
    ),
    "da": FixedWords(
        button="Ja, send mig sms",
        yes_means="Det siger du ja til:",
        by_answer="Eller svar på denne e-mail med ordet {word}.",
        then="I begge tilfælde beder vi dig bekræfte på sms. Indtil da sender vi dig ingen andre sms'er.",
        why="Du får denne e-mail, fordi {brand} må sende dig e-mails. Det giver os ikke lov til at sende sms, så vi spørger.",
        leave="Ikke flere e-mails som denne",
        leave_means="Det stopper e-mails som denne. Sms'er, som du allerede får, bliver, som de er.",
        word="TILMELD",
        subject="Få nyt fra [Brand] på sms",
        body="Hej [First name|du],\n\nDu får allerede vores e-mails. Med [Program] hører du det bedste først, på sms, [Frequency].\n\nHar du lyst til det? Det tager et halvt minut, og du kan stoppe når som helst.",
        step_subject="Et skridt mere til vores sms'er",
        step="Tak for dit ja. Vi kender ikke dit mobilnummer endnu. Åbn denne side, skriv det der, og bekræft på sms:",
    ),
}  # fmt: skip


def fixed_words(language: str) -> FixedWords:
    """In English where none ship for the language."""
    return _WORDS.get(language, _WORDS[FALLBACK])


def languages() -> tuple[str, ...]:
    return tuple(_WORDS)
