"""How a text was read, in sentences: what it would bring about, why, and how sure that is.

Told of a text before anything happens, in the reader's language. Reading itself lives in the domain, acting on it in
`sending`; the words that decided are in `known_words`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yesword.domain.listening import context_of, is_one_word
from yesword.domain.programs import OptIn, Program
from yesword.domain.understanding import Context, Intent, Kind, Label, PendingKind, Right, Scope, understand
from yesword.domain.understanding.phrases import GUARDED, VETO
from yesword.web import known_words
from yesword.web.known_words import Row, word_of_language
from yesword.web.sentences import listed
from yesword.web.telling import texts_of

_SUSPICIONS: Final = ("weak_word", "suspected")  # rules that put a text before somebody as perhaps a stop
_ROWS: Final = 3  # words that are shown with their source; STOP alone is known in a dozen languages

# How sure a reading is, from which confidence on.
_SURE: Final[tuple[tuple[float, Promise], ...]] = (
    (0.99, gettext_lazy("Certain")),
    (0.9, gettext_lazy("Sure")),
    (0.7, gettext_lazy("Probable")),
    (0.0, gettext_lazy("Doubtful")),
)
MEANINGS: Final[Mapping[Kind, Promise]] = {
    Kind.OPT_OUT: gettext_lazy("a stop"),
    Kind.OPT_IN: gettext_lazy("a wish to get texts again"),
    Kind.CONFIRM: gettext_lazy("a yes"),
    Kind.DECLINE: gettext_lazy("a no"),
    Kind.NARROW: gettext_lazy("a narrower stop"),
    Kind.HELP: gettext_lazy("a call for help"),
    Kind.KEYWORD: gettext_lazy("a program's keyword"),
    Kind.WRONG_NUMBER: gettext_lazy("a wrong number"),
    Kind.PRIVACY_REQUEST: gettext_lazy("a privacy request"),
    Kind.COMPLAINT: gettext_lazy("a complaint"),
    Kind.OTHER: gettext_lazy("something for a person to read"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """In what a text is read, beside its words: whose it would be, what runs on that code, what was asked."""

    brand: str
    programs: Sequence[Program] = ()  # on the code that is texted to
    others: Sequence[Program] = ()  # of the same brands, on other codes
    asked_by: Program | None = None  # the program that the last text was about
    languages: tuple[str, ...] = ()
    pending: PendingKind | None = None

    @property
    def context(self) -> Context:
        return context_of(self.programs, self.pending, self.languages, others=self.others)

    def asking(self, pending: PendingKind) -> "Setting":
        """The same while that is asked."""
        return replace(self, pending=pending)

    def program(self, key: str | None) -> Program | None:
        return next((each for each in (*self.programs, *self.others) if each.key == key), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """`console/reading.html`: a text with the stretch that decided, and what follows from it."""

    before: str
    decided: str
    after: str
    label: str
    tone: str
    icon: str
    word: Promise
    sentence: str
    besides: Sequence[str]  # what else would follow, a sentence each
    why: str
    pattern: str  # of the phrase that matched, as the grammar writes it
    rows: Sequence[Row]
    more_rows: str
    facts: Sequence[tuple[str, str]]
    is_per_se: bool


def read(text: str, setting: Setting) -> Reading:
    """Read a text in its setting, and tell of it."""
    return telling(text, understand(text, context=setting.context), setting)


def telling(text: str, intent: Intent, setting: Setting) -> Reading:
    """Tell of a text that was read so."""
    start, end = intent.span or (len(text), len(text))
    tone, icon, word = _look(intent, setting)
    rows = known_words.rows_behind(intent)
    more = len(rows) - _ROWS
    return Reading(
        before=text[:start],
        decided=text[start:end],
        after=text[end:],
        label=intent.label.value,
        tone=tone,
        icon=icon,
        word=word,
        sentence=capfirst(_sentence(text, intent, setting)),
        besides=_besides(intent),
        why=_idle(text, intent, setting) or _why(intent, setting),
        pattern=intent.rule.removeprefix(_PHRASE) if intent.rule.startswith(_PHRASE) else "",
        rows=rows[:_ROWS],
        more_rows=ngettext("and %(count)s more row", "and %(count)s more rows", more) % {"count": more}
        if more > 0
        else "",
        facts=_facts(intent, setting),
        is_per_se=intent.is_per_se,
    )


def told(intent: Intent, setting: Setting) -> str:
    """How a text was read, how sure that is and why, where only that is known of it: for a text that has come."""
    if intent.kind is Kind.OTHER:
        return _why(intent, setting)  # how sure nothing is says nothing
    said = _("Read as %(meaning)s: %(confidence)s. %(why)s") % {
        "meaning": MEANINGS[intent.kind],
        "confidence": _confidence(intent.confidence).lower(),
        "why": _why(intent, setting),
    }
    if not intent.also:
        return said
    also = _("It also says: %(kinds)s.") % {"kinds": listed([str(MEANINGS[each]) for each in intent.also])}
    return f"{said} {also}"


# What would happen


def _look(intent: Intent, setting: Setting) -> tuple[str, str, Promise]:
    """A colour, an icon and a word."""
    if _ends(intent, setting):
        if intent.is_probable:
            return "amber", "stop", gettext_lazy("Ends texts, and is looked at")
        return "brick", "stop", gettext_lazy("Ends texts")
    if intent.kind is Kind.NARROW:
        return "amber", "sliders", gettext_lazy("Narrows a stop")
    if intent.kind is Kind.DECLINE:
        return "slate", "cross", gettext_lazy("Declines")
    return {
        Label.OPT_IN: ("leaf", "check", gettext_lazy("Begins texts")),
        Label.HELP: ("slate", "question", gettext_lazy("Asks for help")),
    }.get(intent.label, ("slate", "message", gettext_lazy("Ends nothing")))


def _ends(intent: Intent, setting: Setting) -> bool:
    """A no to a reminder ends what it was about, as a stop would."""
    return intent.is_withdrawal or (intent.kind is Kind.DECLINE and setting.pending is PendingKind.REMINDER)


def _sentence(text: str, intent: Intent, setting: Setting) -> str:
    named = setting.program(intent.program)
    if intent.is_withdrawal:
        return _ended(intent, setting)
    match intent.kind:
        case Kind.CONFIRM:
            return _confirmed(setting)
        case Kind.DECLINE:
            return _declined(setting)
        case Kind.NARROW:
            if setting.asked_by is not None:
                return _("The stop would be narrowed to %(texts)s: their other texts would go on.") % {
                    "texts": texts_of(setting.asked_by)
                }
            return _("The stop would be narrowed to the texts that were asked about: the others would go on.")
        case Kind.HELP:
            if setting.asked_by is not None:
                return _("They would get the help text of %(program)s.") % {"program": setting.asked_by.name}
            return _("They would get the help text of the program that they write to.")
        case Kind.KEYWORD if named is not None:
            if named.opt_in is OptIn.DOUBLE:
                return _("They would be asked to confirm that they want %(texts)s. Only a yes joins.") % {
                    "texts": texts_of(named)
                }
            return _("They would join %(texts)s.") % {"texts": texts_of(named)}
        case Kind.OPT_IN:
            return _(
                "What their last stop ended would begin again. Somebody who never joined joins nothing by this."
            )
    return _unanswered(text, intent, setting)


def _ended(intent: Intent, setting: Setting) -> str:
    named = setting.program(intent.program) if intent.scope in (Scope.PROGRAM, Scope.OTHERS) else None
    words = {"brand": setting.brand, "texts": texts_of(named) if named is not None else ""}
    if named is not None and intent.scope is Scope.OTHERS:
        if intent.is_probable:
            return (
                _(
                    "All texts of %(brand)s to this person but %(texts)s would end at once, and a person would look at it, because it is not certain that they meant to leave."
                )
                % words
            )
        return _("All texts of %(brand)s to this person but %(texts)s would end at once.") % words
    if named is not None:
        if intent.is_probable:
            return (
                _(
                    "%(texts)s to this person would end at once, and a person would look at it, because it is not certain that they meant to leave. Other texts of %(brand)s would go on."
                )
                % words
            )
        return _("%(texts)s to this person would end at once. Other texts of %(brand)s would go on.") % words
    if intent.is_probable:
        return (
            _(
                "All texts of %(brand)s to this person would end at once, and a person would look at it, because it is not certain that they meant to leave."
            )
            % words
        )
    return _("All texts of %(brand)s to this person would end at once.") % words


def _confirmed(setting: Setting) -> str:
    if setting.pending is PendingKind.REMINDER:
        if setting.asked_by is not None:
            return _("Their consent to %(texts)s would be renewed.") % {"texts": texts_of(setting.asked_by)}
        return _("The consent that they were reminded of would be renewed.")
    if setting.asked_by is not None:
        return _("They would join %(texts)s.") % {"texts": texts_of(setting.asked_by)}
    return _("They would join what they were asked about.")


def _declined(setting: Setting) -> str:
    if setting.pending is PendingKind.REMINDER:
        if setting.asked_by is not None:
            return _("%(texts)s to this person would end at once: a no to a reminder is a stop.") % {
                "texts": texts_of(setting.asked_by)
            }
        return _("What they were reminded of would end at once: a no to a reminder is a stop.")
    if setting.asked_by is not None:
        return _("They would not join %(texts)s. Nothing else would change.") % {
            "texts": texts_of(setting.asked_by)
        }
    return _("They would not join what they were asked about. Nothing else would change.")


def _unanswered(text: str, intent: Intent, setting: Setting) -> str:
    """Nothing ends and nothing begins."""
    if intent.rule == "reaction":
        return _("Nothing would end: it says how a text of yours was liked.")
    if intent.suggestion is not None:
        return _("Nothing would end and nobody would join: they would be told that this word is not known.")
    if intent.rule.startswith(_SUSPICIONS):
        return _(
            "Nothing would end: the text would come to the people who answer, and they would see that it may be meant as a stop."
        )
    if setting.pending is PendingKind.POLL:
        return _("Nothing would end: the text would count as an answer to the poll.")
    if setting.pending is PendingKind.CONVERSATION:
        return _("Nothing would end: the text would go to the person who is writing with them.")
    if intent.kind is Kind.OTHER and is_one_word(text):
        if _would_be(text, setting) is Kind.CONFIRM:
            return _(
                "Nothing would end: whoever has joined would be told so, and anybody else that this word is not known."
            )
        return _("Nothing would end: they would be told that this word is not known.")
    return _("Nothing would end: the text would come to the people who answer.")


def _besides(intent: Intent) -> list[str]:
    """What else the words ask for, each with what follows from it."""
    kinds = {intent.kind, *intent.also}
    said = []
    if Kind.WRONG_NUMBER in kinds:
        said.append(_("The number would count as somebody else's now."))
    if Kind.PRIVACY_REQUEST in kinds:
        if intent.right is Right.ERASURE:
            said.append(
                _("Their wish to have their data deleted would be put before you, with its time limit.")
            )
        elif intent.right is Right.ACCESS:
            said.append(
                _("Their wish to see what you know about them would be put before you, with its time limit.")
            )
        else:
            said.append(_("What they ask about their data would be put before you, with its time limit."))
    if Kind.COMPLAINT in kinds:
        said.append(_("It would count as a complaint."))
    if intent.names_email:
        said.append(_("They mean e-mail as well: end that where you send it."))
    return said


# Why

_PHRASE: Final = "phrase: "
_RULES: Final[dict[str, Promise]] = {
    "empty": gettext_lazy("There is nothing in it to read."),
    "reaction": gettext_lazy(
        "A telephone quotes one of your texts back, to say that somebody reacted to it."
    ),
    "keyword_line": gettext_lazy(
        "One line of it is a word that people leave with, and that counts whatever the other lines say."
    ),
    "keyword_brand": gettext_lazy("It is a word that people leave with, and the name of your brand."),
    "first_sentence": gettext_lazy(
        "Its first sentence is a word that people leave with, and that counts whatever follows."
    ),
    "stop_in_answer": gettext_lazy(
        "It reads like an answer, and a word that people leave with stands before or behind it."
    ),
    "contest": gettext_lazy("It is an answer to one of your contests."),
    "keyword_program": gettext_lazy("It is a word that people leave with, and a program that they name."),
    "near_miss": gettext_lazy("It is a slip of the finger away from a keyword of one of your programs."),
    "program_keyword": gettext_lazy("It is a keyword of one of your programs."),
    "confirm_word": gettext_lazy("They were asked, and the whole text is a yes."),
    "decline_word": gettext_lazy("They were asked, and the whole text is a no."),
    "narrow_word": gettext_lazy(
        "They were asked which texts they meant, and the whole text says: only those."
    ),
    "weak_word": gettext_lazy(
        "It is a word that some people leave with. It has another everyday meaning, so alone it is not enough."
    ),
    "nothing_matched": gettext_lazy("No word and no phrase in it is known to ask for anything."),
}
_WHOLE: Final[dict[Kind, Promise]] = {
    Kind.OPT_OUT: gettext_lazy("The whole text is a word that people leave with."),
    Kind.OPT_IN: gettext_lazy("The whole text is a word that people come back with."),
    Kind.HELP: gettext_lazy("The whole text is a word that people ask for help with."),
}


def _idle(text: str, intent: Intent, setting: Setting) -> str:
    """Of a yes or a no to nothing."""
    if intent.kind is not Kind.OTHER or setting.pending is not None:
        return ""
    would_be = _would_be(text, setting)
    if would_be is Kind.CONFIRM:
        return _("The whole text is a yes, but nothing was asked.")
    return _("The whole text is a no, but nothing was asked.") if would_be is Kind.DECLINE else ""


def _would_be(text: str, setting: Setting) -> Kind:
    """What it would be, had anything been asked."""
    return understand(text, context=replace(setting.context, pending=PendingKind.UNKNOWN)).kind


def _why(intent: Intent, setting: Setting) -> str:
    rule, _colon, rest = intent.rule.partition(": ")
    if rule == "keyword" and intent.kind in _WHOLE:
        return str(_WHOLE[intent.kind])
    if rule == "phrase":
        if intent.language:
            return _("A phrase that people use in %(language)s stands in it.") % {
                "language": word_of_language(intent.language)
            }
        return _("A phrase that people use stands in it.")
    if rule == "slip":
        return _("It is a slip of the finger away from “%(word)s”, and no other word.") % {"word": rest}
    if rule == "near_miss" and intent.suggestion is not None:
        return _(
            "It is a slip of the finger away from “%(word)s”, a keyword of %(program)s. By a slip nobody joins."
        ) % {
            "word": intent.suggestion,
            "program": _name(setting, intent.program),
        }
    if rule == "program_keyword" and intent.keyword is not None:
        return _("“%(word)s” is a keyword of %(program)s.") % {
            "word": intent.keyword,
            "program": _name(setting, intent.program),
        }
    if rule in (VETO, GUARDED):
        return _(
            "Words in it can mean that somebody leaves, but as they stand there they say something else."
        )
    if rule.startswith("suspected"):
        return _("Nothing in it is sure, but its words together read like a wish to leave.")
    if rule.startswith("model"):
        return _("No word and no phrase decided; the trained model weighed all its words.")
    return str(_RULES.get(rule, intent.rule))


def _name(setting: Setting, key: str | None) -> str:
    program = setting.program(key)
    return program.name if program is not None else key or ""


# What is known of it


def _facts(intent: Intent, setting: Setting) -> list[tuple[str, str]]:
    facts = [
        (_("Read as"), str(MEANINGS[intent.kind]) if intent.kind is not Kind.OTHER else ""),
        (_("How sure"), _confidence(intent.confidence)),
        (_("How much ends"), _scope(intent, setting) if intent.is_withdrawal else ""),
        (_("Language"), word_of_language(intent.language) if intent.language else ""),
        (_("It also says"), listed([str(MEANINGS[each]) for each in intent.also])),
    ]
    return [(label, value) for label, value in facts if value]


def _confidence(value: float) -> str:
    word = next(word for least, word in _SURE if value >= least)
    return _("{word}, {percent}%").format(word=word, percent=round(value * 100))


def _scope(intent: Intent, setting: Setting) -> str:
    if intent.scope is Scope.EVERYTHING:
        return _("everything, and the words say so")
    if intent.scope is Scope.UNSPECIFIED:
        return _("everything, for the words do not say how much")
    named = setting.program(intent.program)
    if named is not None and intent.scope is Scope.OTHERS:
        return _("everything but %(texts)s") % {"texts": texts_of(named)}
    if named is not None:
        return _("%(texts)s only") % {"texts": texts_of(named)}
    return _("everything, for the words mean some texts and do not say which")
