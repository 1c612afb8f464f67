"""Which language to begin in, when all that is known of a person is the country of the number."""

from typing import Final

_OF_COUNTRY: Final = {
    "NL": "nl",
    "BE": "nl",
    "SE": "sv",
    "DE": "de",
    "AT": "de",
    "CH": "de",
    "LI": "de",
    "DK": "da",
    "FO": "da",
    "GL": "da",
    "US": "en",
    "GB": "en",
    "IE": "en",
    "AU": "en",
    "NZ": "en",
}


def language_of(country: str) -> str:
    """The commonest of our languages in the country, or nothing: the program then uses its own."""
    return _OF_COUNTRY.get(country, "")
