"""The fields of a contest that its author fills in, and the definition that they make. Times are of the brand's own zone."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yesword.domain.collecting.contest_words import suggested
from yesword.domain.collecting.contests import (
    KEEPS_DAYS,
    MOST_ENTRIES,
    MOST_WINNERS,
    WINNERS_DAYS,
    Answering,
    ContestDefinition,
    ContestWording,
    Option,
)
from yesword.domain.programs import Program
from yesword.store import models
from yesword.web.brands import zone_of
from yesword.web.console.worded_fields import AddressField, Part, WordedForm, as_text

ANSWERINGS: Final[Mapping[Answering, Promise]] = {
    Answering.OPTIONS: gettext_lazy("One of a few answers"),
    Answering.FREE: gettext_lazy("An answer in their own words"),
    Answering.NONE: gettext_lazy("Nothing but the keyword"),
}
_PARTS: Final[Sequence[Part]] = (
    Part("title", gettext_lazy("Title"), 60),
    Part("question", gettext_lazy("Question"), 240, 2),
    Part(
        "options",
        gettext_lazy("What the answers are called here, where it differs: the same words to text"),
        1000,
        3,
    ),
    Part("prize", gettext_lazy("To win"), 160),
    Part("rules", gettext_lazy("Rules: who may take part, who runs it, how winners hear of it"), 2000, 3),
    Part("consent", gettext_lazy("What a yes means"), 1200, 6),  # a template
)
_LIST: Final = re.compile(r"[,;\s]+")
_WHEN: Final = "%Y-%m-%dT%H:%M"


def _time(
    label: Any, *, required: bool, help_text: Any = "", has_seconds: bool = False
) -> forms.DateTimeField:
    attrs = {"type": "datetime-local", **({"step": "1"} if has_seconds else {})}
    widget = forms.DateTimeInput(attrs=attrs, format=_WHEN)
    return forms.DateTimeField(
        label=label,
        required=required,
        help_text=help_text,
        widget=widget,
        input_formats=[_WHEN, f"{_WHEN}:%S", "%Y-%m-%d %H:%M"],
    )


class ContestForm(WordedForm):
    worded = _PARTS
    consent_help = gettext_lazy(
        "Only where the contest asks for consent. [Brand], [Frequency] and the like are filled in."
    )

    key = AddressField(
        help_text=gettext_lazy("Small letters, digits and hyphens: the page stands at /c/ and this."),
        max_length=40,
    )
    keywords = forms.CharField(
        label=gettext_lazy("Keyword"),
        help_text=gettext_lazy("The first word of a text that enters, such as VOTE. Several: VOTE, VOTING."),
        max_length=80,
    )
    answering = forms.ChoiceField(
        label=gettext_lazy("What people answer"),
        choices=[(each.value, word) for each, word in ANSWERINGS.items()],
    )
    options = forms.CharField(
        required=False,
        label=gettext_lazy("Answers to choose from"),
        help_text=gettext_lazy("One a line: the word to text, and what it stands for. “A Red”, “B Blue”."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
    )
    right = forms.CharField(
        required=False,
        label=gettext_lazy("Right answers"),
        help_text=gettext_lazy("One a line, if only right answers take part in the draw. Nobody sees them."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
    )
    opens = _time(gettext_lazy("Opens"), required=True)
    closes = _time(gettext_lazy("Closes"), required=True)
    entries_each = forms.IntegerField(
        label=gettext_lazy("Entries for each number"), min_value=1, max_value=MOST_ENTRIES
    )
    winners = forms.IntegerField(
        label=gettext_lazy("Winners"),
        help_text=gettext_lazy("0 for a vote that draws nobody."),
        min_value=0,
        max_value=MOST_WINNERS,
    )
    seed_source = forms.CharField(
        required=False,
        label=gettext_lazy("Where the seed comes from"),
        help_text=gettext_lazy(
            "Something that anybody can look up later and nobody can know now: the numbers of a certain lottery draw, or the first drand round after a certain time. It stands on the page from the beginning."
        ),
        max_length=200,
    )
    seed_at = _time(
        gettext_lazy("When the seed is published"),
        required=False,
        help_text=gettext_lazy("After it has closed, with some time between."),
    )
    asks_after = forms.BooleanField(
        required=False, label=gettext_lazy("The reply to an entry asks, and a separate yes joins the program")
    )
    takes_yes = forms.BooleanField(
        required=False,
        label=gettext_lazy("A yes-word behind the answer joins the program, as in “VOTE B YES”"),
    )
    minimum_age = forms.IntegerField(
        required=False,
        min_value=13,
        max_value=99,
        label=gettext_lazy("From the age of"),
        help_text=gettext_lazy("Where the program or the law asks for more, that counts."),
    )
    shows_results = forms.BooleanField(required=False, label=gettext_lazy("The page shows how it stands"))
    keeps_days = forms.IntegerField(
        label=gettext_lazy("Days until entries that did not win are deleted"), min_value=0, max_value=365
    )
    winners_days = forms.IntegerField(
        label=gettext_lazy("Days until those of the winners are deleted"), min_value=0, max_value=3650
    )

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"]).lower()
        if key == "new" or models.Contest.objects.filter(key=key).exists():
            raise forms.ValidationError(_("That address is taken. Choose another."))
        return key

    @property
    def definition(self) -> ContestDefinition:
        """Of a form that is valid."""
        program, typed = self.chosen, self.cleaned_data
        assert program is not None, "a valid form has a program"
        zone = ZoneInfo(zone_of(program.brand_country))
        spoken = [each for each in program.languages if typed[f"speaks_{each}"]] or [program.default_language]
        answering = Answering(typed["answering"])
        return ContestDefinition(
            name=typed["name"],
            program=program.id,
            program_version=program.version,
            keywords=tuple(each.upper() for each in _LIST.split(typed["keywords"]) if each),
            answering=answering,
            options=_options(typed["options"], answering),
            right=tuple(_lines(typed["right"])),
            opens_at=_moment(typed["opens"], zone),
            closes_at=_moment(typed["closes"], zone),
            entries_each=typed["entries_each"],
            winners=typed["winners"],
            seed_source=typed["seed_source"].strip() if typed["winners"] else "",
            seed_due_at=_moment(typed["seed_at"], zone) if typed["winners"] and typed["seed_at"] else None,
            asks_after=typed["asks_after"],
            takes_yes=typed["takes_yes"],
            minimum_age=typed["minimum_age"],
            keeps_days=typed["keeps_days"],
            winners_days=typed["winners_days"],
            shows_results=typed["shows_results"],
            wordings=tuple(
                (
                    each,
                    _wording(
                        {part.name: as_text(typed[f"{part.name}_{each}"]) for part in _PARTS}, answering
                    ),
                )
                for each in spoken
            ),
        )


def first_values(program: Program | None, page_language: str, at: datetime) -> dict[str, Any]:
    """What a new contest begins with: two weeks, one entry each, and terms that lack nothing."""
    values: dict[str, Any] = {
        "answering": Answering.OPTIONS.value,
        "entries_each": 1,
        "winners": 1,
        "asks_after": True,
        "keeps_days": KEEPS_DAYS,
        "winners_days": WINNERS_DAYS,
    }
    if program is None:
        return values
    zone = ZoneInfo(zone_of(program.brand_country))
    today = at.astimezone(zone).replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=None)
    for name, days in (("opens", 1), ("closes", 15), ("seed_at", 17)):
        values[name] = today + timedelta(days=days)
    for language in program.languages:
        values[f"consent_{language}"] = suggested(program, language)
        values[f"speaks_{language}"] = language in (program.default_language, page_language)
    return values


def values_of(definition: ContestDefinition, program: Program) -> dict[str, Any]:
    """The fields of a contest, to be changed."""
    zone = ZoneInfo(zone_of(program.brand_country))
    values: dict[str, Any] = {
        "program": str(definition.program),
        "name": definition.name,
        "keywords": ", ".join(definition.keywords),
        "answering": definition.answering.value,
        "options": _listed(definition.options),
        "right": "\n".join(definition.right),
        "opens": _local(definition.opens_at, zone),
        "closes": _local(definition.closes_at, zone),
        "entries_each": definition.entries_each,
        "winners": definition.winners,
        "seed_source": definition.seed_source,
        "seed_at": None if definition.seed_due_at is None else _local(definition.seed_due_at, zone),
        "asks_after": definition.asks_after,
        "takes_yes": definition.takes_yes,
        "minimum_age": definition.minimum_age or "",
        "keeps_days": definition.keeps_days,
        "winners_days": definition.winners_days,
        "shows_results": definition.shows_results,
    }
    for language in program.languages:
        values[f"consent_{language}"] = suggested(program, language)
    for language, wording in definition.wordings:
        values[f"speaks_{language}"] = True
        values |= {f"{part.name}_{language}": getattr(wording, part.name) for part in _PARTS}
        values[f"options_{language}"] = _listed(wording.options)
    return values


class CloseForm(forms.Form):
    """Only where the seed that was announced would be too old."""

    seed_source = forms.CharField(
        label=gettext_lazy("Where the seed comes from"), max_length=200, required=False
    )
    seed_at = _time(gettext_lazy("When the seed is published"), required=False)


class DrawForm(forms.Form):
    seed = forms.CharField(
        label=gettext_lazy("Seed"),
        help_text=gettext_lazy("To the letter as it was published. Capitals and spaces make no difference."),
        max_length=300,
    )
    seed_at = _time(gettext_lazy("When it was published"), required=True, has_seconds=True)
    source = forms.CharField(
        required=False,
        label=gettext_lazy("Published by"),
        help_text=gettext_lazy("Empty: as announced. Another source shows on the page, and in every check."),
        max_length=200,
    )


def local_moment(typed: datetime, country: str) -> datetime:
    """What was typed on the brand's clock, in UTC."""
    return _moment(typed, ZoneInfo(zone_of(country)))


def _moment(typed: datetime, zone: ZoneInfo) -> datetime:
    return typed.replace(tzinfo=zone).astimezone(UTC)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


def _wording(typed: Mapping[str, str], answering: Answering) -> ContestWording:
    texts = {name: said for name, said in typed.items() if name != "options"}
    return ContestWording(**texts, options=_options(typed["options"], answering))


def _listed(options: Iterable[Option]) -> str:
    return "\n".join(f"{each.word} {each.label}" for each in options)


def _options(typed: str, answering: Answering) -> tuple[Option, ...]:
    """Of lines such as "A Red"; none where people do not choose."""
    if answering is not Answering.OPTIONS:
        return ()
    parted = (line.partition(" ") for line in _lines(typed))
    return tuple(Option(word=word.upper(), label=label.strip() or word) for word, _gap, label in parted)
