"""A program as a merchant would publish it, with its words in five languages."""

from dataclasses import replace
from typing import Any

from yesword.domain.ids import BrandId, ProgramId
from yesword.domain.messages import MessageClass
from yesword.domain.programs import Frequency, OptIn, Program, Texts

ENGLISH = Texts(
    disclosure=(
        "Get offers from [Brand] by text: [frequency]. Consent is not a condition of any purchase. "
        "Message and data rates may apply. Reply [help] for help, [stop] to stop. Terms: [terms]. Privacy: [privacy]."
    ),
    consent_request="[Brand]: do you want our offers, [frequency]? Reply YES to confirm, [stop] to stop.",
    welcome="Welcome to [program] of [Brand]: [frequency].",
    help="[Brand]: write to [support].",
    stop="[Brand]: you get no more texts from us.",
    stop_program="[Brand]: no more of these.",
    already_in="[Brand]: you are in [program] already.",
    lapsed="[Brand]: that question has lapsed. Text [keyword] to [code] to join.",
    declined="[Brand]: all right, we send nothing.",
    unknown_keyword="[Brand]: we do not know that word. Text [keyword] to join.",
    confirm_words=("YES", "Y"),
    frequency="up to four texts a month",
    way_out="Reply STOP to stop",
)
DUTCH = Texts(
    disclosure=(
        "Ontvang aanbiedingen van [Brand] per sms: [frequency]. Toestemming is geen voorwaarde voor een aankoop. "
        "Sms-kosten mogelijk. Stuur [help] voor hulp, [stop] om te stoppen. [terms] [privacy]"
    ),
    consent_request="[Brand]: wil je onze aanbiedingen, [frequency]? Antwoord JA, of [stop] om te stoppen.",
    welcome="Welkom bij [program] van [Brand]: [frequency].",
    help="[Brand]: schrijf naar [support].",
    stop="[Brand]: je krijgt geen sms meer van ons.",
    stop_program="[Brand]: no more of these.",
    already_in="[Brand]: je doet al mee aan [program].",
    lapsed="[Brand]: die vraag is verlopen. Stuur [keyword] naar [code] om mee te doen.",
    declined="[Brand]: goed, we sturen niets.",
    unknown_keyword="[Brand]: dat woord kennen we niet. Stuur [keyword] om mee te doen.",
    confirm_words=("JA", "BEVESTIGEN"),
    frequency="hooguit vier per maand",
    way_out="Stuur STOP om te stoppen",
)
SWEDISH = Texts(
    disclosure=(
        "Få erbjudanden från [Brand] via sms: [frequency]. Samtycke är inget villkor för köp. "
        "Sms-avgift kan tillkomma. Svara [help] för hjälp, [stop] för att sluta. [terms] [privacy]"
    ),
    consent_request="[Brand]: vill du ha våra erbjudanden, [frequency]? Svara JA, eller [stop] för att sluta.",
    welcome="Välkommen till [program] hos [Brand]: [frequency].",
    help="[Brand]: skriv till [support].",
    stop="[Brand]: du får inga fler sms från oss.",
    stop_program="[Brand]: no more of these.",
    already_in="[Brand]: du är redan med i [program].",
    lapsed="[Brand]: frågan gäller inte längre. Sms:a [keyword] till [code] för att gå med.",
    declined="[Brand]: okej, vi skickar inget.",
    unknown_keyword="[Brand]: det ordet känner vi inte till. Sms:a [keyword] för att gå med.",
    confirm_words=("JA", "BEKRÄFTA"),
    frequency="högst fyra i månaden",
    way_out="Svara STOPP för att sluta",
)
GERMAN = Texts(
    disclosure=(
        "Angebote von [Brand] per SMS: [frequency]. Die Einwilligung ist keine Bedingung für einen Kauf. "
        "SMS-Kosten möglich. Antworten Sie [help] für Hilfe, [stop] zum Beenden. [terms] [privacy]"
    ),
    consent_request="[Brand]: Möchten Sie unsere Angebote, [frequency]? Antworten Sie JA, oder [stop] zum Beenden.",
    welcome="Willkommen bei [program] von [Brand]: [frequency].",
    help="[Brand]: Schreiben Sie an [support].",
    stop="[Brand]: Sie erhalten keine SMS mehr von uns.",
    stop_program="[Brand]: no more of these.",
    already_in="[Brand]: Sie sind schon bei [program].",
    lapsed="[Brand]: Diese Frage ist abgelaufen. Senden Sie [keyword] an [code], um mitzumachen.",
    declined="[Brand]: In Ordnung, wir senden nichts.",
    unknown_keyword="[Brand]: Dieses Wort kennen wir nicht. Senden Sie [keyword], um mitzumachen.",
    confirm_words=("JA", "BESTÄTIGEN"),
    frequency="höchstens vier im Monat",
    way_out="Mit STOPP beenden",
)
DANISH = Texts(
    disclosure=(
        "Få tilbud fra [Brand] på sms: [frequency]. Samtykke er ingen betingelse for køb. "
        "Sms-takst kan gælde. Svar [help] for hjælp, [stop] for at stoppe. [terms] [privacy]"
    ),
    consent_request="[Brand]: vil du have vores tilbud, [frequency]? Svar JA, eller [stop] for at stoppe.",
    welcome="Velkommen til [program] hos [Brand]: [frequency].",
    help="[Brand]: skriv til [support].",
    stop="[Brand]: du får ikke flere sms'er fra os.",
    stop_program="[Brand]: no more of these.",
    already_in="[Brand]: du er allerede med i [program].",
    lapsed="[Brand]: spørgsmålet gælder ikke længere. Sms [keyword] til [code] for at være med.",
    declined="[Brand]: i orden, vi sender intet.",
    unknown_keyword="[Brand]: det ord kender vi ikke. Sms [keyword] for at være med.",
    confirm_words=("JA", "BEKRÆFT"),
    frequency="højst fire om måneden",
    way_out="Svar STOP for at stoppe",
)

CLUB = Program(
    id=ProgramId(1),
    version=1,
    brand=BrandId(1),
    brand_name="Acme",
    brand_country="NL",
    key="club",
    name="Acme Club",
    purpose="offers",
    categories=("shoes", "bags"),
    message_class=MessageClass.PROMOTIONAL,
    frequency=Frequency(count=4, days=30),
    opt_in=OptIn.DOUBLE,
    keywords=("SAVEMORE",),
    sender="800123",
    default_language="en",
    texts=(("en", ENGLISH), ("nl", DUTCH), ("sv", SWEDISH), ("de", GERMAN), ("da", DANISH)),
    support="help@acme.example",
    terms_url="https://acme.example/terms",
    privacy_url="https://acme.example/privacy",
)


def a_program(**changes: Any) -> Program:
    """The club, with what a test needs otherwise."""
    return replace(CLUB, **changes)
