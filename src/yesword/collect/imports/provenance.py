"""Whether people were bought rather than asked, as the source of a row says, or whoever brings the file. Consent cannot
be bought, rented or exchanged.
"""

import re
from functools import lru_cache
from typing import Final

from yesword.collect.imports.headings import plain
from yesword.domain.parties import Provenance
from yesword.domain.rules import RuleBook
from yesword.domain.rules.model.consent import Provenances

# As `plain` leaves words. "Purchase at the checkout" is a fine source; a purchased list is not.
_TRADED: Final = (
    r"(?:purchased|bought|rented|leased|traded|swapped|exchanged|resold|sold|harvested|scraped"
    r"|gekochte?|ingekochte?|aangekochte?|gehuurde?|geruilde?|verkochte?"
    r"|gekaufte?[nrs]?|zugekaufte?[nrs]?|eingekaufte?[nrs]?|angekaufte?[nrs]?|gemietete?[nrs]?|getauschte?[nrs]?"
    r"|kopta?|inkopta?|hyrda?|hyrt|bytta?|kobte?|indkobte?|opkobte?|lejede?|lejet|byttede?)"
)
_GOODS: Final = (
    r"(?:lists?|leads?|data|databases?|database|contacts?|numbers?|records?|files?|addresses|audience|segment"
    r"|lijst(?:en)?|bestand(?:en)?|adressen(?:bestand|lijst)?|nummers?|contacten|gegevens"
    r"|listen?|adressen|adressliste|adressdaten|daten|datensatze?|kontakte|nummern"
    r"|listor|listan|lista|adresser|adresslista|register|kontakter|nummer|lister?|numre|adresseliste)"
)
_BETWEEN: Final = r"(?: \w+){0,3} "
_BOUGHT: Final = re.compile(
    rf"^{_TRADED}$|\b{_TRADED}{_BETWEEN}?{_GOODS}\b|\b{_TRADED} {_GOODS}\b|\b{_GOODS}{_BETWEEN}?{_TRADED}\b"
    rf"|\b{_GOODS} {_TRADED}\b|^{_TRADED} (?:from|by|van|bij|von|bei|fran|av|fra|hos|af)\b"
    rf"|\b(?:acquired|licensed|rental) {_GOODS}\b"
    r"|\b(?:list|data|lead|address) (?:brokers?|vendors?|purchase|rental|swap|exchange)\b"
    r"|\b(?:adres(?:sen)?(?:handel(?:aar)?|koop|huur|makelaar)|adress(?:handler|handel|kauf|miete|makler)|listbroker"
    r"|datamakelaar|datahandel(?:aar)?|leadkauf|adresskop|adressekob|adressemaegler|listkop)\b"
    r"|\bthird party (?:list|data|leads?)\b|\bco ?registration\b"
)


@lru_cache(maxsize=1024)
def is_bought(source: str) -> bool:
    return _BOUGHT.search(plain(source)) is not None


def rule_against(provenance: Provenance) -> str | None:
    """The rule, of those that hold everywhere, by which a list of such a provenance grants nothing; None where it may."""
    if provenance.may_grant:
        return None
    rules = (rule for pack in RuleBook.load().packs if pack.reach.is_everywhere for rule in pack.rules)
    return next(
        rule.id
        for rule in rules
        if isinstance(rule.parameter, Provenances)
        and rule.is_enforced
        and provenance in rule.parameter.forbidden
    )
