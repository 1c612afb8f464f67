"""Which column is which, by its name in five languages. What the cells mean is in `cells` and `dates`."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from yesword.collect.imports.errors import BadColumnError, NoHeaderError, NoPhoneColumnError

if TYPE_CHECKING:
    from yesword.collect.imports.wishes import Wish


class Column(StrEnum):
    MOBILE = "mobile"  # before `phone` where a file has both
    PHONE = "phone"
    NUMBER = "number"  # a telephone number only where no other column is one; else perhaps a customer's
    NAME = "name"
    FIRST_NAME = "first_name"
    INFIX = "infix"  # between first and last name, as in Dutch
    LAST_NAME = "last_name"
    LANGUAGE = "language"
    COUNTRY = "country"
    LOCATION = "location"
    REGION = "region"
    POSTCODE = "postcode"  # tells where the person may be, and is not kept
    ZONE = "zone"  # the time zone that the person chose
    RECIPIENT = "recipient"  # a person, a sole trader, a company, a public body
    LAST_PURCHASE = "last_purchase"
    BOUGHT = "bought"  # categories
    CONSENT_DATE = "consent_date"
    CONSENT_SOURCE = "consent_source"
    CONSENT_WORDING = "consent_wording"
    STATUS = "status"  # subscribed or not, in words
    OPTED_IN = "opted_in"  # yes or no
    OPTED_OUT = "opted_out"  # yes or no, or since when
    CHANNELS = "channels"  # those that the consent is for, in a list
    MAIL = "mail"  # never kept: no address stands in the store in the clear
    LEFT_OUT = "left_out"  # ours, from a file of rejected rows


REJECTED_COLUMNS: Final = ("import line", "import code", "import reason")

# As `plain` leaves them. The first language that has a word owns it; none means two things in two languages here.
_NAMES: Final[Mapping[Column, str]] = {
    Column.MOBILE: """
        mobile, mobile number, mobile phone, mobile phone number, mobile no, mobile nr, cell, cell phone, cellphone,
        cell number, sms, sms number, sms phone, sms phone number, text number,
        mobiel, mobiele nummer, mobiel nummer, mobielnummer, mobiele telefoon, gsm, gsm nummer, gsmnummer, 06 nummer,
        mobil, mobilnummer, mobiltelefon, mobilnr, handy, handynummer, handynr, mobilfunknummer, mobilrufnummer,
        mobiltelefonnummer, mobiltlf, mobiltelefonnr""",
    Column.PHONE: """
        phone, phone number, phonenumber, telephone, telephone number, tel, tel no, tel nr, msisdn, e164, contact number, customer phone, default address phone, phone no, subscriber number,
        telefoon, telefoonnummer, telefoonnr, telnr,
        telefon, telefonnummer, telefonnr, rufnummer, tlf, tlf nr, tlfnr""",
    Column.NUMBER: "number, nummer, nr, no, to, recipient",
    Column.NAME: """
        name, full name, fullname, customer name, customer, contact name, display name,
        naam, volledige naam, klantnaam, klant, namn, fullstandigt namn, kundnamn, vollstandiger name, kundenname, kunde,
        navn, fulde navn, kundenavn""",
    Column.FIRST_NAME: """
        first name, firstname, given name, forename, voornaam, roepnaam, vorname, rufname, fornamn, tilltalsnamn, fornavn""",
    Column.INFIX: "middle name, infix, tussenvoegsel, tussenvoegsels, voorvoegsel",
    Column.LAST_NAME: """
        last name, lastname, surname, family name, achternaam, familienaam, nachname, familienname, efternamn, efternavn""",
    Column.LANGUAGE: """
        language, lang, locale, preferred language, taal, voorkeurstaal, taalcode, sprache, sprachcode, sprak, sprog""",
    Column.COUNTRY: """
        country, country code, countrycode, default address country code, land, landcode, landkod, landekode,
        landerkurzel""",
    Column.LOCATION: """
        location, city, town, place, customer location, woonplaats, plaats, stad, locatie,
        ort, stadt, wohnort, standort, plats, by, sted, bopael""",
    Column.REGION: """
        state, region, province, state province, state code, province code, default address province code, provincie,
        bundesland, delstaat, delstat""",
    Column.POSTCODE: """
        postcode, post code, postal code, postalcode, zip, zip code, zipcode, zip postal code, default address zip,
        postkode, postcodes, plz, postleitzahl, postnummer, postnr, postkod""",
    Column.ZONE: "time zone, timezone, tz, tijdzone, zeitzone, tidszon, tidszone, tidzon",
    Column.RECIPIENT: """
        recipient kind, kind of recipient, recipient type, type of recipient, legal form, entity type,
        soort ontvanger, type ontvanger, rechtsvorm, empfangerart, art des empfangers, empfangertyp, rechtsform,
        mottagartyp, typ av mottagare, foretagsform, modtagertype, type modtager, virksomhedsform, selskabsform""",
    Column.LAST_PURCHASE: """
        last purchase, last purchase date, date of last purchase, last purchased at, last order, last order date,
        date of last order, last ordered at, last bought, last bought on,
        laatste aankoop, datum laatste aankoop, laatste aankoopdatum, laatste bestelling, datum laatste bestelling,
        letzter kauf, datum letzter kauf, letzte bestellung, datum letzte bestellung, letztes kaufdatum,
        senaste kop, senaste kopet, senaste kopdatum, senaste order, senaste bestallning,
        seneste kob, sidste kob, seneste kobsdato, seneste ordre, seneste bestilling, sidste ordre""",
    Column.BOUGHT: """
        bought, bought categories, categories bought, purchased categories, categories purchased,
        gekocht, gekochte categorieen, gekauft, gekaufte kategorien, kopt, kopta kategorier, kobt, kobte kategorier""",
    Column.CONSENT_DATE: """
        consent date, consent time, consent timestamp, consented at, consented on, consent given at, date of consent,
        consent at, opt in date, opt in time, opt in timestamp, optin date, optin time, opted in at, opted in on,
        sms consent date, sms consent timestamp, sms opt in date, subscribed at, subscribed on, subscribe date,
        subscription date, signup date, sign up date, signed up at, date signed up, confirm time, joined, joined at,
        join date,
        toestemmingsdatum, datum toestemming, toestemming datum, toestemming op, datum opt in, opt in datum, optin datum,
        aanmelddatum, datum aanmelding, inschrijfdatum, aangemeld op,
        einwilligungsdatum, datum der einwilligung, datum einwilligung, eingewilligt am, zustimmungsdatum, anmeldedatum,
        angemeldet am,
        samtyckesdatum, datum for samtycke, samtycke datum, samtyckt, anmalningsdatum,
        samtykkedato, dato for samtykke, samtykke dato, tilmeldingsdato, tilmeldt den, dato for tilmelding""",
    Column.CONSENT_SOURCE: """
        consent source, source of consent, source, opt in source, optin source, sms consent source, opt in method,
        consent method, signup source, sign up source, subscription source, subscribed via, acquisition source,
        lead source, list source, where,
        bron, bron toestemming, bron van toestemming, toestemming bron, toestemmingsbron, herkomst, aangemeld via,
        quelle, quelle der einwilligung, einwilligungsquelle, herkunft, angemeldet uber,
        kalla, samtyckeskalla, kalla for samtycke,
        kilde, samtykkekilde, kilde til samtykke, tilmeldt via""",
    Column.CONSENT_WORDING: """
        consent wording, consent text, wording, wording of consent, text of consent, disclosure, disclosure text,
        consent statement, consent language text, opt in text, opt in wording, opt in language, sms consent text,
        sms disclosure, legal text,
        toestemmingstekst, tekst toestemming, toestemming tekst, tekst van toestemming,
        einwilligungstext, text der einwilligung, wortlaut, wortlaut der einwilligung, zustimmungstext,
        samtyckestext, text for samtycke, ordalydelse, samtykketekst, tekst for samtykke""",
    Column.STATUS: """
        status, sms status, consent status, sms consent status, subscription status, subscriber status, opt in status,
        opt status, marketing status, sms marketing consent, abonnementsstatus, toestemmingsstatus, einwilligungsstatus,
        samtyckesstatus, samtykkestatus""",
    Column.OPTED_IN: """
        opted in, opt in, optin, subscribed, sms consent, consent, accepts sms, accepts sms marketing, sms opt in,
        toestemming, aangemeld, ingeschreven, einwilligung, zustimmung, angemeldet, samtycke, anmald, samtykke, tilmeldt""",
    Column.OPTED_OUT: """
        opted out, opt out, optout, opt outs, unsubscribed, unsubscribed at, unsubscribed on, unsubscribe date,
        unsubscribe time, opt out date, opted out at, opted out on, sms opt out, sms opted out, do not text,
        do not contact, do not call, dnc, stopped, stopped at, stop, suppressed, blocked,
        afgemeld, afgemeld op, afmelddatum, uitgeschreven, uitgeschreven op, niet sms en, geblokkeerd,
        abgemeldet, abgemeldet am, abmeldedatum, widerrufen, widerrufen am, gesperrt,
        avregistrerad, avanmald, avanmald den, sparrad, frameldt, frameldt den, afmeldt, afmeldt den, afmeldingsdato,
        sparret""",
    Column.MAIL: """
        email, e mail, mail, email address, e mail address, emailaddress, mailadres, e mailadres, emailadres,
        mailadresse, e mail adresse, emailadresse, e post, epost, e postadress, epostadress""",
    Column.LEFT_OUT: ", ".join(REJECTED_COLUMNS),
}
_FOLDED: Final = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ł": "l"})
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_WORD: Final = re.compile(r"[\W_]+")
_MANY_DIGITS: Final = 6


def plain(text: str) -> str:
    """Small letters without marks, one space between words: `E-Mail_Adresse` and `e mail adresse` are one name."""
    spaced = _HUMP.sub(" ", text) if not text.isupper() else text
    folded = unicodedata.normalize("NFKD", spaced.casefold().translate(_FOLDED))
    letters = "".join(each for each in folded if not unicodedata.combining(each))
    return _NO_WORD.sub(" ", letters).strip()


_COLUMN_OF: Final[Mapping[str, Column]] = {
    " ".join(name.split()): column for column, names in _NAMES.items() for name in names.split(",")
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """Where each known column stands, and what the rest are called."""

    width: int
    phones: tuple[int, ...]  # those for mobile numbers first
    places: Mapping[Column, int]
    attributes: tuple[tuple[int, str], ...]
    names: tuple[str, ...]  # of every column, each once, as the evidence of a row writes them
    mails: tuple[int, ...] = ()
    # What statuses mean, where the file's system has words of its own.
    words: "Mapping[str, Wish]" = field(default_factory=dict)

    def described(self) -> list[tuple[str, str]]:
        """What each column was taken for: to show to the operator."""
        shown = ("…" if _may_tell(name) else name for name in self.names)
        return list(zip(shown, (kind or "not kept" for kind in self.taken_for()), strict=True))

    def taken_for(self) -> list[str]:
        """Of each column: what it holds, `ATTRIBUTE`, or "" where it is left out. What `lay_out` takes as chosen."""
        known = dict.fromkeys(self.phones, Column.PHONE.value)
        known |= {place: column.value for column, place in self.places.items()}
        attributes = {place for place, _ in self.attributes}
        return [
            known.get(place, ATTRIBUTE if place in attributes else "") for place in range(len(self.names))
        ]


ATTRIBUTE: Final = "attribute"
CHOICES: Final = (
    *(c.value for c in Column if c not in (Column.MAIL, Column.LEFT_OUT, Column.NUMBER)),
    ATTRIBUTE,
    "",
)


def lay_out(
    header: Sequence[str],
    known: Mapping[int, Column] = MappingProxyType({}),
    words: "Mapping[str, Wish]" = MappingProxyType({}),
) -> Layout:
    """Read the line of column names. `known`: what some of them mean in the system that the file is from.

    Raises `NoHeaderError` or `NoPhoneColumnError`.
    """
    found = [known.get(place, _COLUMN_OF.get(plain(name))) for place, name in enumerate(header)]
    return _laid_out(header, found, words, is_guess=True)


def lay_out_as(
    header: Sequence[str], chosen: Sequence[str], words: "Mapping[str, Wish]" = MappingProxyType({})
) -> Layout:
    """As somebody chose: of each column one of `CHOICES`. Raises `BadColumnError` or `NoPhoneColumnError`."""
    if len(chosen) != len(header):
        raise BadColumnError(name="…")
    found: list[Column | None] = []
    for name, choice in zip(header, chosen, strict=True):
        if choice not in CHOICES:
            raise BadColumnError(name=choice[:40])
        is_mail = choice == "" and _COLUMN_OF.get(plain(name)) is Column.MAIL
        left_out = Column.MAIL if is_mail else Column.LEFT_OUT
        found.append(None if choice == ATTRIBUTE else (Column(choice) if choice else left_out))
    return _laid_out(header, found, words, is_guess=False)


def choose(header: Sequence[str], guessed: Sequence[str], wanted: Mapping[str, str]) -> tuple[str, ...]:
    """The guess with some columns taken for something else, by their names. Raises `BadColumnError`."""
    chosen = list(guessed)
    names = [plain(name) for name in header]
    for name, choice in wanted.items():
        if plain(name) not in names or choice not in CHOICES:
            raise BadColumnError(name="…" if _may_tell(name) else name[:40])
        chosen[names.index(plain(name))] = choice
    return tuple(chosen)


def _laid_out(
    header: Sequence[str], found: Sequence[Column | None], words: "Mapping[str, Wish]", *, is_guess: bool
) -> Layout:
    phones = [place for place, column in enumerate(found) if column is Column.MOBILE]
    phones += [place for place, column in enumerate(found) if column is Column.PHONE]
    phones = phones or [place for place, column in enumerate(found) if column is Column.NUMBER][:1]
    if not phones:
        if is_guess and any(_may_tell(name) for name in header):
            raise NoHeaderError
        raise NoPhoneColumnError(columns=", ".join(name[:40] for name in header))
    places: dict[Column, int] = {}
    attributes = []
    for place, (name, column) in enumerate(zip(header, found, strict=True)):
        if place in phones or column in (Column.MAIL, Column.LEFT_OUT):
            continue
        if column in (None, Column.NUMBER) or column in places:
            if name and not _may_tell(name):
                attributes.append((place, name[:60]))
        elif column is not None:
            places[column] = place
    return Layout(
        width=len(header),
        phones=tuple(phones),
        places=places,
        attributes=tuple(attributes),
        names=_each_once(header),
        mails=tuple(place for place, column in enumerate(found) if column is Column.MAIL),
        words=words,
    )


def _may_tell(name: str) -> bool:
    """Whether a column's name may hold somebody's number or address: then it is neither shown nor stored."""
    return sum(character.isdecimal() for character in name) >= _MANY_DIGITS or "@" in name


def _each_once(header: Sequence[str]) -> tuple[str, ...]:
    names: list[str] = []
    for place, name in enumerate(header, start=1):
        wanted = name or f"column {place}"
        names.append(wanted if wanted not in names else f"{wanted} (column {place})")
    return tuple(names)
