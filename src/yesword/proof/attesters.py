"""Entering and taking out the witnesses and timestamp authorities that vouch for the ledgers."""

import re
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId
from yesword.ledger.cosignature import read_witness_vkey
from yesword.proof.timestamps import Authority, BadRootsError
from yesword.proof.witnessing import Witness, WitnessAheadError, WitnessDisagreesError
from yesword.store import attesters, ledgers
from yesword.store.attesters import AuthorityRow, WitnessRow
from yesword.store.log_troubles import WITNESS_AHEAD, WITNESS_DISAGREES
from yesword.store.opening import Store

# A policy names witnesses by one word; there, "none" is no name.
_NAME: Final = re.compile(r"(?!none$)[A-Za-z0-9][A-Za-z0-9._/-]{0,79}")
_ALARMS: Final = {WitnessAheadError.code: WITNESS_AHEAD, WitnessDisagreesError.code: WITNESS_DISAGREES}


class BadAttesterNameError(YeswordError):
    """{name} cannot be the name of a witness or timestamp authority. Use one word of letters, digits, dots, slashes and hyphens, of at most 80 characters."""

    code = "attester_name_bad"


class WitnessKnownError(YeswordError):
    """The key is that of the witness {known}, which is here already, and one witness vouches once. Add it as {known} to change the rest."""

    code = "witness_known"


def add_witness(store: Store, name: str, url: str, vkey: str, brand: BrandId | None) -> None:
    """Ask this witness from now on, about the brand's log or, without a brand, about all.

    Raises BadAttesterNameError, BadWitnessKeyError, BadWitnessAddressError, WitnessKnownError, AttesterNameTakenError.
    """
    _check_name(name)
    witness = Witness(key=read_witness_vkey(vkey), url=url)
    with store.database.write():
        _check_is_one(name, witness, brand)
        attesters.enter_witness(WitnessRow(name=name, brand=brand, url=witness.url, vkey=str(witness.key)))


def add_authority(store: Store, name: str, url: str, roots: bytes, every_s: int) -> None:
    """Have the heads of all logs stamped by this authority from now on.

    Raises BadAttesterNameError, BadAuthorityError, BadRootsError, AttesterNameTakenError.
    """
    _check_name(name)
    authority = Authority(name=name, url=url, roots=roots)
    if not roots.isascii():  # around the certificates stands what anybody wrote there
        raise BadRootsError
    with store.database.write():
        attesters.enter_authority(AuthorityRow(name=name, url=authority.url, roots=roots, every_s=every_s))


def remove(store: Store, name: str, *, was_wrong: bool = False) -> list[str]:
    """Ask it no more; what it said is kept. Raises UnknownAttesterError.

    With `was_wrong`, the logs that this witness alone put in doubt are signed again. Their origins.
    """
    with store.database.write() as session:
        attesters.switch_off(name)
        if not was_wrong:
            return []
        asked = attesters.askings().values()
        on = {each.name for each in attesters.witnesses() if each.is_on}
        doubted = {each.log for each in asked if each.name in on and each.last_error_code in _ALARMS}
        cleared = {
            each.log
            for each in asked
            if each.name == name and each.last_error_code in _ALARMS and each.log not in doubted
            if session.run("clear_log", id=each.log, trouble=_ALARMS[each.last_error_code])
        }
        return [each.origin for each in ledgers.logs(session) if each.id in cleared]


def _check_is_one(name: str, witness: Witness, brand: BrandId | None) -> None:
    """Also beside one that is asked no more: what it said still counts as its own."""
    for each in attesters.witnesses():
        is_it = read_witness_vkey(each.vkey).public == witness.key.public
        if is_it and each.name != name and (each.brand == brand or None in (each.brand, brand)):
            raise WitnessKnownError(known=each.name)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise BadAttesterNameError(name=name)
