"""What is asked about a number that is to be excluded: which one, from what, and why."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yesword.domain import phone
from yesword.domain.phone import PhoneNumber
from yesword.reporting.programs import BrandLine, brands
from yesword.sending.excluding import MOST_WORDS, Door, Reason, Wish
from yesword.store import programs
from yesword.store.models import User
from yesword.web.console.given_lists import read_list
from yesword.web.public.form_pages import country_named

if TYPE_CHECKING:
    from yesword.domain.programs import Program

REASONS: Final[Mapping[Reason, Promise]] = {
    Reason.BY_PHONE: gettext_lazy("They asked by phone"),
    Reason.BY_MAIL: gettext_lazy("They asked by e-mail"),
    Reason.IN_PERSON: gettext_lazy("They asked in person"),
    Reason.COMPLAINT: gettext_lazy("They complained"),
    Reason.WRONG_NUMBER: gettext_lazy("Wrong number: somebody else has it"),
    Reason.OTHER: gettext_lazy("Another reason, in words"),
}
MOST_LINES: Final = 1_000  # numbers of one paste; a longer list is an import, which shows how far it is
_LARGEST: Final = 256 * 1024  # bytes
_ALL: Final = "all"
_OFTEN: Final = ("NL", "BE", "SE", "DE", "DK", "NO", "FI", "GB", "US")
_FEWEST_DIGITS: Final = 5
_CELLS: Final = re.compile(r"[,;\t|]")
_WRONG: Final[Mapping[str, Promise]] = {
    "phone_none": gettext_lazy("There is no number in it."),
    "phone_too_short": gettext_lazy("A digit is missing."),
    "phone_too_long": gettext_lazy("There is a digit too many."),
    "phone_several": gettext_lazy("There is more than one number in it."),
}


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ReadLine:
    """One line of a list: a number, or what is wrong with it. The line itself is not shown again."""

    line: int
    number: PhoneNumber | None
    wrong: str = ""


class WishForm(forms.Form):
    """From what, and why. `brand` is the one that the page is about; its own programs come first."""

    scope = forms.ChoiceField(label=gettext_lazy("From what"))
    reason = forms.ChoiceField(
        label=gettext_lazy("Why"), choices=[(each.value, words) for each, words in REASONS.items()]
    )
    words = forms.CharField(
        required=False,
        max_length=MOST_WORDS,
        label=gettext_lazy("In words"),
        help_text=gettext_lazy("Sealed with the person's record. Needed for another reason."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )

    def __init__(self, data: Any, brand: BrandLine, *, is_for_one_brand: bool = False, **more: Any) -> None:
        super().__init__(data, **more)
        self.brand = brand
        self.known = (
            [brand] if is_for_one_brand else [brand, *(each for each in brands() if each.id != brand.id)]
        )
        self.programs: dict[str, Program] = {
            f"program:{program.id}": program for each in self.known for program in programs.of_brand(each.id)
        }
        scope = self.fields["scope"]
        assert isinstance(scope, forms.ChoiceField)
        scope.choices = self._scopes()

    def _scopes(self) -> list[tuple[str, str]]:
        found = []
        for each in self.known:
            found.append((f"brand:{each.id}", _("Everything of %(brand)s") % {"brand": each.name}))
            found += [
                (key, _("Only %(program)s of %(brand)s") % {"program": program.name, "brand": each.name})
                for key, program in self.programs.items()
                if program.brand == each.id
            ]
        if len(self.known) > 1:
            found.insert(1, (_ALL, _("Everything of all brands here")))
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        reason = cleaned.get("reason")
        if reason == Reason.OTHER.value and not cleaned.get("words", "").strip():
            self.add_error("words", _("Say in your own words why."))
        if reason == Reason.WRONG_NUMBER.value and cleaned.get("scope") in self.programs:
            self.add_error("scope", _("A wrong number is wrong for every program. Choose everything."))
        return cleaned

    def wish(self, user: User, door: Door) -> Wish:
        """What a valid form asks for."""
        scope = self.cleaned_data["scope"]
        program = self.programs.get(scope)
        ids = [each.id for each in self.known]
        if program is not None:
            ids = [program.brand]
        elif scope != _ALL:
            ids = [each for each in ids if f"brand:{each}" == scope]
        return Wish(
            brands=tuple(programs.brand(each) for each in ids),
            reason=Reason(self.cleaned_data["reason"]),
            user=user.pk,
            door=door,
            program=program,
            words=self.cleaned_data["words"],
        )


def country_choice(usual: str) -> forms.ChoiceField:
    """The country of numbers that do not say theirs."""
    codes = dict.fromkeys((usual, *(each.country for each in brands()), *_OFTEN))
    return forms.ChoiceField(
        label=_("Country of a number without +"),
        choices=[(each, country_named(each)) for each in codes],
        initial=usual,
        required=False,
    )


class NumberForm(WishForm):
    """One number."""

    number = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=80,
        widget=forms.TextInput(
            attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": gettext_lazy("Type the number.")},
    )

    def __init__(self, data: Any, brand: BrandLine, **more: Any) -> None:
        super().__init__(data, brand, **more)
        self.fields["country"] = country_choice(brand.country)
        self.order_fields(["number", "country", "scope", "reason", "words"])
        self.phone: PhoneNumber | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        typed = cleaned.get("number")
        if typed:
            self.phone, wrong = read_number(typed, cleaned.get("country") or self.brand.country)
            if wrong:
                self.add_error("number", wrong)
        return cleaned


class ListForm(WishForm):
    """Many numbers: pasted, or as a file."""

    numbers = forms.CharField(
        required=False,
        label=gettext_lazy("Numbers, one a line"),
        max_length=_LARGEST,
        widget=forms.Textarea(
            attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false", "inputmode": "tel"}
        ),
    )
    file = forms.FileField(
        required=False,
        label=gettext_lazy("Or a file"),
        help_text=gettext_lazy("Text or CSV, one number a line. Everybody in it is excluded."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )

    def __init__(self, data: Any, brand: BrandLine, **more: Any) -> None:
        super().__init__(data, brand, prefix="many", **more)
        self.fields["country"] = country_choice(brand.country)
        self.order_fields(["numbers", "file", "country", "scope", "reason", "words"])
        self.lines: Sequence[ReadLine] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        text = cleaned.get("numbers") or ""
        file = cleaned.get("file")
        if file is not None:
            if file.size > _LARGEST:
                self.add_error("file", _too_long())
                return cleaned
            try:
                text = f"{text}\n{read_list(file)}"
            except forms.ValidationError as error:
                self.add_error("file", error)
        if self.errors:
            return cleaned
        self.lines = read_lines(text, cleaned.get("country") or self.brand.country)
        if not self.lines:
            self.add_error("numbers", _("There is no number in it."))
        if len(self.lines) > MOST_LINES:
            self.add_error("file" if file is not None else "numbers", _too_long())
        return cleaned


def _too_long() -> str:
    return _("That is more than %(most)s numbers. Import the list as opt-outs: it shows how far it is.") % {
        "most": MOST_LINES
    }


def read_number(typed: str, country: str) -> tuple[PhoneNumber | None, str]:
    """The number, or what is wrong with it. One that gets no texts is excluded as well as any other."""
    try:
        return phone.parse(typed[:80], country=country), ""
    except phone.PhoneError as error:
        return None, str(_WRONG.get(error.code, _("That is no telephone number.")))


def read_lines(text: str, country: str) -> list[ReadLine]:
    """The first cell of each line that looks like a number; a line without one, such as column names, is passed over."""
    found = []
    for place, line in enumerate(text.splitlines(), 1):
        cells = next(csv.reader([line], delimiter=","), []) if '"' in line else _CELLS.split(line)
        cell = next((each for each in cells if _digits(each) >= _FEWEST_DIGITS), None)
        if cell is None:
            cell = next((each for each in cells if _digits(each)), None)
        if cell is not None:
            number, wrong = read_number(cell.strip(), country)
            found.append(ReadLine(line=place, number=number, wrong=wrong))
    return found


def _digits(text: str) -> int:
    return sum(each.isdecimal() for each in text)
