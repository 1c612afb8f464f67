"""To whom somebody may complain about how their data is handled: the data protection authorities of some countries.

A country that is not here has one, perhaps, that was not looked up; the person is then told to ask for that of their own.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Authority:
    name: str
    site: str


_OF_COUNTRY: Final = {
    "AT": Authority(name="Datenschutzbehörde", site="https://www.dsb.gv.at"),
    "BE": Authority(
        name="Gegevensbeschermingsautoriteit", site="https://www.gegevensbeschermingsautoriteit.be"
    ),
    # Who answers for a business in Germany is the authority of its Land; the federal one lists them all.
    "DE": Authority(
        name="Die oder der Datenschutzbeauftragte des Bundeslandes",
        site="https://www.bfdi.bund.de/DE/Service/Anschriften/anschriften_table.html",
    ),
    "DK": Authority(name="Datatilsynet", site="https://www.datatilsynet.dk"),
    "FR": Authority(name="CNIL", site="https://www.cnil.fr"),
    "GB": Authority(name="Information Commissioner's Office", site="https://ico.org.uk"),
    "IE": Authority(name="Data Protection Commission", site="https://www.dataprotection.ie"),
    "NL": Authority(name="Autoriteit Persoonsgegevens", site="https://autoriteitpersoonsgegevens.nl"),
    "NO": Authority(name="Datatilsynet", site="https://www.datatilsynet.no"),
    "SE": Authority(name="Integritetsskyddsmyndigheten", site="https://www.imy.se"),
}


def authority_of(country: str) -> Authority | None:
    return _OF_COUNTRY.get(country.upper())
