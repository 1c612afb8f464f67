"""The fields of a box at somebody else's checkout and of a question in an advertisement: no page of ours, only the words."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yesword.collect.points import Point
from yesword.domain.collecting.points import Confirming, PointDefinition, PointKind
from yesword.domain.collecting.snippets import box
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.programs import Program
from yesword.web import parts
from yesword.web.console.point_fields import PointForm
from yesword.web.telling import language_word

_SAYS: Final = ("reward", "consent")


class CheckoutForm(PointForm):
    """What stands beside the box, and what a shop's word is worth."""

    kind = PointKind.CHECKOUT
    leaves_out = ("lets_choose", "asks_name", "minimum_age", "accent", "most_an_hour")
    confirmings: ClassVar[Mapping[Confirming, Promise]] = {
        Confirming.REVERSE: gettext_lazy("It is noted, and the person joins by a text of their own"),
        Confirming.NONE: gettext_lazy("The tick joins, as far as the word of the shop goes"),
    }
    wording_label: ClassVar[Promise] = gettext_lazy("Beside the box")

    def __init__(
        self,
        data: Any,
        programs: Mapping[int, Program],
        *,
        initial: Mapping[str, Any] | None = None,
        is_new: bool = True,
    ) -> None:
        super().__init__(data, programs, initial=initial, is_new=is_new)
        confirming = self.fields["confirming"]
        assert isinstance(confirming, forms.ChoiceField)
        confirming.choices = [(each.value, word) for each, word in self.confirmings.items()]
        if is_new:
            self.fields["key"].label = gettext_lazy("Short name")
            self.fields["key"].help_text = gettext_lazy(
                "Small letters, digits and hyphens: commands and calls name it so."
            )

    def _shape(self) -> None:
        super()._shape()
        for language in self.chosen.languages if self.chosen else ():
            for part in super().parts:
                if part not in _SAYS:
                    del self.fields[f"{part}_{language}"]
            self.fields[f"consent_{language}"].label = str(self.wording_label)

    @property
    def parts(self) -> list[str]:
        return [each for each in super().parts if each in _SAYS]


class LeadAdForm(CheckoutForm):
    """What the question of the advertisement says. What each of its forms shows is said when it is connected."""

    kind = PointKind.LEAD_AD
    confirmings: ClassVar[Mapping[Confirming, Promise]] = {
        Confirming.REVERSE: CheckoutForm.confirmings[Confirming.REVERSE],
        Confirming.NONE: gettext_lazy("The yes joins, as far as the word of the network goes"),
    }
    wording_label = gettext_lazy("As it stands in the form of the advertisement")


def preview_box(request: HttpRequest, definition: PointDefinition, program: Program, language: str) -> str:
    """The words as they stand there, without anybody's style."""
    is_checkout = definition.kind is PointKind.CHECKOUT
    context = {
        "language": language,
        "box": box(definition, program, language) if is_checkout else "",
        "wording": consent_text(definition, program, language),
    }
    return render_to_string("console/point_box_preview.html", context, request)


def codes_of(point: Point) -> Sequence[tuple[str, parts.Code]]:
    """What to copy: the box in each language, where there is one, and the commands that connect the other system."""
    connecting = gettext_lazy("Connect a system that tells us of answers")
    if point.definition.kind is PointKind.LEAD_AD:
        added = f'yesword hook add google --name "Search ad" --point {point.key}'
        return [("connect", parts.Code(text=added, label=connecting))]
    boxes = [
        (
            f"box-{language}",
            parts.Code(
                text=box(point.definition, point.program, language), label=str(language_word(language))
            ),
        )
        for language in point.definition.languages
    ]
    return [
        *boxes,
        (
            "key",
            parts.Code(
                text=f"yesword point key {point.key}",
                label=gettext_lazy("Make a key for the server of the shop"),
            ),
        ),
        (
            "connect",
            parts.Code(
                text=f'yesword hook add shopify --name "Web shop" --point {point.key}', label=connecting
            ),
        ),
    ]
