"""What the cells of a row say in five languages: nothing, yes or no, in or out, a language, a country, a region, and
what kind of recipient somebody is.

Words are compared as `headings.plain` leaves them. Numbers are in `domain.phone`, dates in `dates`.
"""

import re
from functools import lru_cache
from string import ascii_letters, digits
from typing import Final

from yesword.collect.imports.headings import plain
from yesword.collect.imports.refusals import StatusUnclearError
from yesword.collect.imports.wishes import Wish
from yesword.domain import places
from yesword.domain.parties import RecipientKind
from yesword.domain.phone import PhoneError, parse


def _words(text: str) -> frozenset[str]:
    return frozenset(" ".join(word.split()) for word in text.split(","))


_NOTHING: Final = _words(
    "n a, na, null, none, nil, nan, unknown, onbekend, unbekannt, okand, ukendt, geen, keine, ingen, leer, leeg"
)
_LONGEST_NOTHING: Final = 19  # 0000-00-00 00:00:00
_BEGINS_SOMETHING: Final = frozenset(ascii_letters + digits) - {
    letter for word in (*_NOTHING, "0") for letter in (word[0], word[0].upper())
}
_YES: Final = _words("yes, y, true, t, 1, 1 0, on, x, ja, j, wahr, waar, sant, sand, ok, vrai, v")
_NO: Final = _words(
    "no, n, false, f, 0, 0 0, off, nee, nein, nej, falsch, onwaar, falskt, falsk, niet, nicht"
)
_OUT: Final = _words("""
    unsubscribed, unsubscribe, opted out, opt out, optout, optedout, out, stop, stopped, blocked, suppressed, withdrawn,
    revoked, removed, do not text, do not contact, do not call, dnc, dnd, blacklisted, cancelled, canceled, complained,
    not subscribed anymore, inactive unsubscribed,
    afgemeld, uitgeschreven, ingetrokken, geblokkeerd, gestopt, opgezegd,
    abgemeldet, ausgetragen, widerrufen, gesperrt, gekundigt, abbestellt,
    avregistrerad, avanmald, avslutad, aterkallad, sparrad, uppsagd,
    frameldt, afmeldt, afmeld, sparret, trukket tilbage, opsagt""")
_IN: Final = _words("""
    subscribed, subscribe, opted in, opt in, optin, optedin, in, active, confirmed, consented, granted, single opt in,
    double opt in, re opt in, reopt in, aangemeld, ingeschreven, actief, bevestigd, angemeldet, eingetragen, aktiv, bestatigt, eingewilligt,
    anmald, registrerad, bekraftad, samtyckt, tilmeldt, bekraeftet, samtykket""")
_UNDECIDED: Final = _words("""
    pending, unconfirmed, not confirmed, never subscribed, non subscribed, nonsubscribed, not subscribed, requested,
    invited, unknown, not set, in afwachting, onbevestigd, niet bevestigd, uitgenodigd, ausstehend, unbestatigt,
    nicht bestatigt, eingeladen, vantande, obekraftad, inbjuden, afventer, ubekraeftet, inviteret""")
_DATED: Final = re.compile(r"(?:\d.*){4,}")  # "unsubscribed at", and then since when

_LANGUAGES: Final = {
    "nl": _words("nl, nld, dut, dutch, nederlands, niederlandisch, nederlandska, hollandsk, vlaams"),
    "sv": _words("sv, swe, se, swedish, zweeds, schwedisch, svenska, svensk"),
    "de": _words("de, deu, ger, german, duits, deutsch, tyska, tysk"),
    "da": _words("da, dan, dk, danish, deens, danisch, danska, dansk"),
    "en": _words("en, eng, english, engels, englisch, engelska, engelsk"),
}
_LANGUAGE_OF: Final = {word: language for language, words in _LANGUAGES.items() for word in words}
_COUNTRIES: Final = {
    "NL": "nld, netherlands, the netherlands, holland, nederland, niederlande, nederlanderna, nederlandene",
    "BE": "bel, belgium, belgie, belgique, belgien",
    "DE": "deu, germany, duitsland, deutschland, tyskland",
    "AT": "aut, austria, oostenrijk, osterreich, osterrike, ostrig",
    "CH": "che, switzerland, zwitserland, schweiz, suisse",
    "LU": "lux, luxembourg, luxemburg",
    "SE": "swe, sweden, zweden, schweden, sverige",
    "DK": "dnk, denmark, denemarken, danemark, danmark",
    "NO": "nor, norway, noorwegen, norwegen, norge",
    "FI": "fin, finland, finnland, suomi",
    "GB": "gbr, uk, united kingdom, great britain, england, scotland, wales, verenigd koninkrijk, groot brittannie, vereinigtes konigreich, grossbritannien, storbritannien, storbritannia",
    "IE": "irl, ireland, ierland, irland",
    "FR": "fra, france, frankrijk, frankreich, frankrike, frankrig",
    "ES": "esp, spain, spanje, spanien, espana",
    "IT": "ita, italy, italie, italien, italia",
    "PL": "pol, poland, polen, polska",
    "US": "usa, united states, united states of america, america, verenigde staten, vereinigte staaten, forenta staterna",
    "CA": "can, canada, kanada",
    "AU": "aus, australia, australie, australien",
}
_COUNTRY_OF: Final = {word: country for country, words in _COUNTRIES.items() for word in _words(words)}
_REGIONS: Final = {
    "US": """al alabama, ak alaska, az arizona, ar arkansas, ca california, co colorado, ct connecticut, de delaware,
        dc district of columbia, fl florida, ga georgia, hi hawaii, id idaho, il illinois, in indiana, ia iowa, ks kansas,
        ky kentucky, la louisiana, me maine, md maryland, ma massachusetts, mi michigan, mn minnesota, ms mississippi,
        mo missouri, mt montana, ne nebraska, nv nevada, nh new hampshire, nj new jersey, nm new mexico, ny new york,
        nc north carolina, nd north dakota, oh ohio, ok oklahoma, or oregon, pa pennsylvania, pr puerto rico,
        ri rhode island, sc south carolina, sd south dakota, tn tennessee, tx texas, ut utah, vt vermont, va virginia,
        wa washington, wv west virginia, wi wisconsin, wy wyoming""",
    "CA": """ab alberta, bc british columbia, mb manitoba, nb new brunswick, nl newfoundland and labrador,
        ns nova scotia, nt northwest territories, nu nunavut, on ontario, pe prince edward island, qc quebec,
        sk saskatchewan, yt yukon""",
}
_REGION_OF: Final = {
    (country, word): f"{country}-{code.upper()}"
    for country, regions in _REGIONS.items()
    for code, _, name in (region.partition(" ") for region in _words(regions))
    for word in (code, name)
}


_RECIPIENTS: Final = {
    RecipientKind.PERSON: """
        person, natural person, private, private person, individual, consumer, b2c,
        particulier, natuurlijk persoon, prive, consument, privat, privatperson, naturliche person, verbraucher,
        konsument, fysisk person, forbruger, privatkunde, privatkund""",
    RecipientKind.SOLE_TRADER: """
        sole trader, sole proprietor, sole proprietorship, self employed, freelancer,
        zzp, zzper, eenmanszaak, zelfstandige, einzelunternehmer, einzelunternehmen, freiberufler, selbstandig,
        enskild firma, enskild naringsidkare, egenforetagare, enkeltmandsvirksomhed, selvstaendig""",
    RecipientKind.COMPANY: """
        company, business, corporation, legal person, legal entity, organisation, organization, b2b, ltd, plc, llc, inc,
        bedrijf, zakelijk, onderneming, rechtspersoon, bv, nv, vof, firma, unternehmen, gewerblich, juristische person,
        gmbh, ag, kg, ohg, ug, foretag, juridisk person, ab, handelsbolag, virksomhed, erhverv, aps, a s""",
    RecipientKind.PUBLIC_BODY: """
        public body, public authority, government, municipality, authority,
        overheid, overheidsinstelling, gemeente, behorde, offentliche stelle, kommune, myndighet, kommun, offentlig,
        offentlig myndighed, myndighed""",
}
_RECIPIENT_OF: Final = {word: kind for kind, words in _RECIPIENTS.items() for word in _words(words)}


def is_nothing(cell: str) -> bool:
    """Empty, or one of the ways in which programs and people write that they do not know."""
    # Most cells are names, dates and wordings: longer than any such way, or beginning with another letter.
    return not cell or (
        len(cell) <= _LONGEST_NOTHING and cell[0] not in _BEGINS_SOMETHING and _is_nothing(cell)
    )


@lru_cache(maxsize=4096)
def _is_nothing(cell: str) -> bool:
    bare = plain(cell)
    return not bare or bare in _NOTHING or (cell.lstrip().startswith("0000-00-00"))


@lru_cache(maxsize=1024)
def status(cell: str) -> Wish | None:
    """What a status says in words. None where it says nothing. Raises `StatusUnclearError`."""
    bare = plain(cell)
    if bare in _UNDECIDED:
        return Wish.UNDECIDED
    if is_nothing(cell):
        return None
    if bare in _OUT or bare in _NO:
        return Wish.OUT
    if bare in _IN or bare in _YES:
        return Wish.IN
    raise StatusUnclearError


def opted_in(cell: str) -> Wish | None:
    """A column that asks whether the person is in: an explicit no is taken for a stop, since only that is safe."""
    return status(cell)


def opted_out(cell: str) -> Wish | None:
    """A column that asks whether, or since when, the person is out."""
    if is_nothing(cell):
        return None
    bare = plain(cell)
    if bare in _NO or bare in _IN:
        return None
    if bare in _YES or bare in _OUT or _DATED.match(cell):
        return Wish.OUT
    raise StatusUnclearError


_OUR_CHANNEL: Final = frozenset({"sms", "text", "texts", "mobile messages", "smses"})


@lru_cache(maxsize=1024)
def channels(cell: str) -> Wish | None:
    """A list of the channels that somebody agreed to, such as ["email", "sms"]: consent is for those alone."""
    if is_nothing(cell):
        return None
    named = {plain(part) for part in re.split(r"[,;|\[\]]", cell)}
    return Wish.IN if named & _OUR_CHANNEL else Wish.UNDECIDED


@lru_cache(maxsize=256)
def language(cell: str) -> str | None:
    """One of our languages, or None: `nl_BE`, `Deutsch` and `SV` are all understood."""
    bare = plain(cell)
    return _LANGUAGE_OF.get(bare) or _LANGUAGE_OF.get(bare.partition(" ")[0])


def yes_or_no(cell: str) -> bool | None:
    """None where it is neither."""
    bare = plain(cell)
    return True if bare in _YES else (False if bare in _NO else None)


def listed(cell: str) -> tuple[str, ...]:
    """Categories, as they are written one after the other: "shoes; coats"."""
    return tuple(part for part in (each.strip() for each in re.split(r"[,;|]", cell)) if part)


@lru_cache(maxsize=256)
def recipient(cell: str) -> RecipientKind | None:
    """What kind of recipient the cell names, or None: in words, or by the legal form of a company."""
    bare = plain(cell)
    return _RECIPIENT_OF.get(bare) or _RECIPIENT_OF.get(bare.replace(" ", ""))


@lru_cache(maxsize=1024)
def country(cell: str) -> str | None:
    """ISO alpha-2, or None where the country is not understood."""
    bare = plain(cell)
    if named := _COUNTRY_OF.get(bare):
        return named
    code = cell.strip().upper()
    if len(code) == 2 and code.isascii() and code.isalpha() and _has_numbers(code):
        return code
    return None


@lru_cache(maxsize=512)
def _has_numbers(code: str) -> bool:
    try:
        parse("0", country=code)
    except PhoneError as error:
        return error.code != "phone_unknown_country"
    return True


@lru_cache(maxsize=4096)
def region(cell: str, of_country: str) -> str | None:
    """ISO 3166-2 of a state or province, read within the country of the person's number. None if not understood."""
    bare = plain(cell)
    code = cell.strip().upper()
    for wanted in (_REGION_OF.get((of_country, bare)), code if "-" in code else f"{of_country}-{code}"):
        if wanted is not None and _is_region(wanted):
            return wanted
    return None


def _is_region(wanted: str) -> bool:
    number = parse("+12025550123", country=None)  # any will do: only the region is looked up
    try:
        places.places_for(number, stated_region=wanted)
    except places.PlaceError:
        return False
    return True
