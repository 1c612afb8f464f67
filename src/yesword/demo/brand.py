"""Wintelroos, a chain of shops for home and clothing that does not exist, and what it texts from.

Its programs are files beside this one. Who gets its texts is in `seed`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from yesword.domain.ids import BrandId
from yesword.domain.program_files import read_program
from yesword.domain.programs import Program
from yesword.store import models, programs
from yesword.store.opening import Store

BRAND_KEY: Final = "wintelroos"
BRAND_NAME: Final = "Wintelroos"
BRAND_COUNTRY: Final = "NL"
ACCOUNT: Final = "simulator"
# A second account of the same simulated carrier, on which the carrier itself answers STOP.
CARRIER_STOP_ACCOUNT: Final = "carrier-stop"
PROGRAMS: Final = ("club", "events", "feedback", "reminders")
CARRIER_STOP_PROGRAM: Final = "alerts"
LANGUAGES: Final = ("en", "nl", "sv", "de", "da")


@dataclass(frozen=True, kw_only=True, slots=True)
class Demo:
    """The demo brand as it stands in a store."""

    brand: BrandId
    account: int
    account_key: str
    programs: tuple[Program, ...]

    def program(self, key: str) -> Program:
        return next(each for each in self.programs if each.key == key)


def make_brand(store: Store, *, carrier_settings: Mapping[str, Any] | None = None) -> Demo:
    """The brand with its four programs on four codes.

    Made where it is missing. A program that is there is left as it is, because its owner may have changed it; so are
    the account's settings, unless new ones are given.
    """
    with store.database.write():
        row, _ = models.Brand.objects.get_or_create(
            key=BRAND_KEY,
            defaults={
                "name": BRAND_NAME,
                "country": BRAND_COUNTRY,
                "address": "Wintelkade 12, Amsterdam",
                "origin": "wintelroos.example/ledger",
            },
        )
        brand = BrandId(row.pk)
        account = _account(ACCOUNT, carrier_settings, answers_stop=False)
        made = tuple(_program(brand, account, key) for key in PROGRAMS)
    return Demo(brand=brand, account=account.pk, account_key=account.key, programs=made)


def make_carrier_stop(store: Store, demo: Demo, *, carrier_settings: Mapping[str, Any] | None = None) -> Demo:
    """The same brand seen from an account on which the carrier answers STOP, with one program of its own there."""
    with store.database.write():
        account = _account(CARRIER_STOP_ACCOUNT, carrier_settings, answers_stop=True)
        program = _program(demo.brand, account, CARRIER_STOP_PROGRAM)
    return Demo(brand=demo.brand, account=account.pk, account_key=account.key, programs=(program,))


def read_demo_program(key: str, brand: BrandId) -> Program:
    """The program as its file describes it, in every language of the demo. Not published."""
    file = f"{key}.toml"
    text = resources.files(__package__).joinpath("programs", file).read_text(encoding="utf-8")
    return read_program(
        text,
        file=file,
        brand=brand,
        brand_name=BRAND_NAME,
        brand_country=BRAND_COUNTRY,
        languages=LANGUAGES,
    )


def _account(key: str, settings: Mapping[str, Any] | None, *, answers_stop: bool) -> models.Account:
    account, _ = models.Account.objects.get_or_create(
        key=key, defaults={"channel": "simulator", "answers_stop": answers_stop}
    )
    if settings is not None:
        account.settings = dict(settings)
        account.save(update_fields=["settings"])
    return account


def _program(brand: BrandId, account: models.Account, key: str) -> Program:
    if (present := programs.by_key(brand, key)) is not None:
        return present
    program = read_demo_program(key, brand)
    return programs.publish(program, programs.sender_for(account, program.sender))
