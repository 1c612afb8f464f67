"""Who has a number now, and who had it before and was erased: what is asked about a number is asked about all of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from yesword.domain import phone
from yesword.domain.errors import YeswordError

if TYPE_CHECKING:
    from yesword.domain.programs import Program
    from yesword.proof.packs.earlier import Kept
    from yesword.store.contacts import Contact
    from yesword.store.opening import Store


class ErasedPersonError(YeswordError):
    """The record under this number was erased on {erased_on}; its proof is kept until {until}, to answer a claim and for nothing else. For a claim, add --purpose litigation."""

    code = "person_erased_and_kept"


class ForgottenPersonError(YeswordError):
    """The record under this number was erased in {erased_in}, and nothing of it is kept that could be shown."""

    code = "person_erased"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Records:
    """The records that a brand has, or had, under one number."""

    living: "Contact | None"
    kept: "tuple[Kept, ...]"  # erased, and their proof is kept; the newest first
    forgotten: datetime | None  # when one was erased of which nothing is kept

    def told(self) -> list[str]:
        """What was erased, in sentences."""
        lines = [erased_told(each) for each in self.kept]
        if self.forgotten is not None:
            lines.append(
                f"An earlier record under this number was erased in {_month(self.forgotten)}, and nothing of it is kept."
            )
        return lines


def records_of(store: "Store", number: str, program: "Program") -> Records:
    """Of the program's brand."""
    from yesword.cli.finding import find_person
    from yesword.privacy.former_records import former_records

    e164 = phone.parse(number, country=program.brand_country).e164
    former = former_records(store, program.brand, e164)
    return Records(living=find_person(store, number, program), kept=former.kept, forgotten=former.forgotten)


def nobody(records: Records, program: "Program") -> YeswordError:
    """Why there is nothing to show under a number."""
    from yesword.cli.finding import UnknownPersonError

    if records.kept:
        kept = records.kept[0]
        return ErasedPersonError(erased_on=_day(kept.erased_at), until=kept.until.isoformat())
    if records.forgotten is not None:
        return ForgottenPersonError(erased_in=_month(records.forgotten))
    return UnknownPersonError(brand=program.brand_name)


def erased_told(kept: "Kept") -> str:
    return f"An earlier record under this number was erased on {_day(kept.erased_at)}; its proof is kept until {kept.until}."


def _month(at: datetime) -> str:
    """Nothing closer is known of it."""
    return f"{at:%Y-%m}"


def _day(at: datetime) -> date:
    return at.date()
