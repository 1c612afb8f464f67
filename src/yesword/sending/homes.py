"""Whose number a text is from, where a carrier writes it as one dials it at home: in which countries that may be.

The account says so, or the number that was texted, or the other numbers of the account, or the brands that text from
there: the first that makes a number of it.
"""

from collections.abc import Iterator, Sequence

from yesword.domain import heard_numbers
from yesword.domain.heard_numbers import is_digits
from yesword.domain.phone import PhoneError, PhoneNumber
from yesword.domain.programs import Program
from yesword.store import programs
from yesword.store.programs import SenderRow


def heard(written: str, sender: SenderRow, here: Sequence[Program]) -> PhoneNumber | None:
    """None: it is no number of anybody, or nobody can say whose."""
    if written.startswith("+") and (found := _read(written, ())) is not None:
        return found
    if is_digits(written.strip().removeprefix("+")):
        for homes in filter(None, _homes(sender, here)):
            if (found := _read(written, homes)) is not None:
                return found
    return _read(written, ())


def _homes(sender: SenderRow, here: Sequence[Program]) -> Iterator[Sequence[str]]:
    settings, addresses = programs.account_as_set(sender.account)
    for table in (settings, settings.get("addresses")):
        code = table.get("country_code") if isinstance(table, dict) else None
        if isinstance(code, str) and (home := heard_numbers.home_of(code)) is not None:
            yield (home,)
    yield _countries([sender.facts.address])
    yield _countries(addresses)
    yield sorted({programs.brand(program.brand).country for program in here})


def _countries(addresses: Sequence[str]) -> Sequence[str]:
    return sorted({found for each in addresses if (found := heard_numbers.country_of(each)) is not None})


def _read(written: str, homes: Sequence[str]) -> PhoneNumber | None:
    try:
        return heard_numbers.read(written, homes)
    except PhoneError:
        return None
