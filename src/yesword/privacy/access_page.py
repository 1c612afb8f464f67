"""What is held of a person as a page to read: one file of plain HTML, without scripts and without anything from elsewhere.

Everything is escaped, for much of it was written by somebody. Sentences come from the catalogue, and `code_words` has the words
for codes; the file for programs has the codes themselves.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Final

from yesword.domain.ages import SaidAge
from yesword.domain.decisions import Argument, Sentence
from yesword.domain.explain import FormatDay, Translate, english_day, identity
from yesword.privacy.code_words import word
from yesword.privacy.holding import Holding, Identity, Occurrence, Withheld
from yesword.privacy.sentences import render

# On a narrow screen each cell of a table is a line of its own, which says what it is.
_STYLE: Final = (
    ":root{color-scheme:light dark;--ink:#1a1a1a;--paper:#fff;--line:#767676;--faint:#5c5c5c}"
    "@media(prefers-color-scheme:dark){:root{--ink:#ececec;--paper:#141816;--line:#8a8a8a;--faint:#b4b4b4}"
    "a{color:#8ab8ff}}"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:var(--ink);"
    "background:var(--paper)}table{border-collapse:collapse;width:100%}th,td{text-align:start;vertical-align:top;"
    "padding:.3rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere}td{min-width:6rem}td>:is(pre,.told){min-width:15rem}section{margin:2rem 0}"
    "h1,h2{line-height:1.2}pre{white-space:pre-wrap;margin:0;font:inherit;overflow-wrap:anywhere}.note{border-inline-start:.25rem solid "
    "var(--line);padding-inline-start:1rem}"
    ".back a{display:inline-block;line-height:2.75rem}"
    "@media(max-width:44rem){body{margin:1rem auto;overflow-wrap:anywhere}table,tbody,tr,th,td{display:block}thead{position:absolute;"
    "width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}tr{padding:.5rem 0;border-bottom:1px solid "
    "var(--line)}th,td{padding:.1rem 0;border:0;overflow-wrap:anywhere}td>:is(pre,.told){min-width:0}td:empty{display:none}td[data-label]::before{content:attr(data-label);"
    "display:block;font-size:.875rem;color:var(--faint)}}"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Words:
    """Sentences and codes in the reader's words, and escaped."""

    translate: Translate
    day: FormatDay

    def __call__(self, found: Sentence | str, **args: Argument) -> str:
        sentence = found if isinstance(found, Sentence) else Sentence.of(found, **args)
        return escape(render(sentence, self.translate, self.day))

    def code(self, family: str, code: str | None) -> str:
        known = word(family, code) if code else ""
        return escape(self.translate(known) if known else "")

    def ground(self, citation: str) -> str:
        """Of our own rules in the reader's words; a law is called what it is."""
        return escape(self.translate(citation) if citation else "")


def write_readable(
    holding: Holding,
    language: str,
    translate: Translate = identity,
    day: FormatDay = english_day,
    *,
    back: str = "",
) -> str:
    """The whole page. `language` is that of the words that `translate` gives, as BCP 47 has it. `back`: where it was
    asked for, if it is shown there and not kept as a file.
    """
    say = _Words(translate=translate, day=day)
    title = say("page.title", brand=holding.controller.name)
    made_on = holding.made_at.date().isoformat()
    parts = [
        f'<p class="back"><a href="{escape(back)}">{say("page.back")}</a></p>' if back else "",
        f"<h1>{title}</h1>",
        f"<p>{say('page.made', made_on=made_on, number=holding.identity.number or '–')}</p>",
        _controller(holding),
        _withheld(holding.withheld, say),
        _section(say("page.you"), _identity(holding, say)),
        _section(say("page.permission"), _permission(holding, say)),
        _section(say("page.record"), _record(holding, say)),
        _section(say("page.sent"), _sent(holding, say)),
        _section(say("page.received"), _received(holding, say)),
        _section(say("page.requests"), _requests(holding, say)),
        _section(say("page.registries"), _registries(holding, say)),
        _section(say("page.contests"), _contests(holding, say)) if holding.contests else "",
        _section(say("page.files"), _files(holding, say)),
        _section(say("page.recipients"), _recipients(holding, say)),
        _section(say("page.kept"), _kept(holding, say)),
        _section(
            say("page.rights"), f"<ul>{''.join(f'<li>{say(each)}</li>' for each in holding.rights)}</ul>"
        ),
    ]
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(part for part in parts if part)
        + "\n</main>\n</body>\n</html>\n"
    )


def _section(title: str, body: str) -> str:
    return f"<section>\n<h2>{title}</h2>\n{body}\n</section>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], say: _Words) -> str:
    """The cells are escaped already."""
    lines = [
        '<tr role="row">'
        + "".join(
            f'<td role="cell" data-label="{label}">{cell}</td>' for label, cell in zip(head, row, strict=True)
        )
        + "</tr>"
        for row in rows
    ]
    if not lines:
        return f"<p>{say('page.nothing')}</p>"
    # The roles are said, because the narrow layout takes them from what is no table any more.
    heads = "".join(f'<th role="columnheader" scope="col">{each}</th>' for each in head)
    return (
        f'<table role="table">\n<thead role="rowgroup"><tr role="row">{heads}</tr></thead>\n'
        '<tbody role="rowgroup">\n' + "\n".join(lines) + "\n</tbody></table>"
    )


def _controller(holding: Holding) -> str:
    controller = holding.controller
    lines = [controller.name, controller.address, controller.country, *controller.contacts]
    return f"<address>{'<br>'.join(escape(line) for line in lines if line)}</address>"


def _withheld(withheld: Withheld, say: _Words) -> str:
    if not withheld.is_anything:
        return ""
    told = [
        *([say("page.withheld.name")] if withheld.name else []),
        *([say("page.withheld.attributes")] if withheld.attributes else []),
        *(
            say(f"page.withheld.{name}", count=count)
            for name, count in (
                ("events", withheld.events),
                ("details", withheld.details),
                ("sent", withheld.sent_texts),
                ("received", withheld.received_texts),
                ("requests", withheld.requests),
            )
            if count
        ),
    ]
    why = [say("page.withheld.why")]
    if withheld.reassigned_at is not None:
        why.append(say("page.withheld.reassigned", since_on=withheld.reassigned_at.date().isoformat()))
    return (
        f'<section class="note">\n<h2>{say("page.withheld")}</h2>\n'
        + "".join(f"<p>{each}</p>" for each in why)
        + f"<ul>{''.join(f'<li>{each}</li>' for each in told)}</ul>\n</section>"
    )


def _identity(holding: Holding, say: _Words) -> str:
    found = holding.identity
    rows = [
        ("number", escape(found.number or "–")),
        ("number_country", escape(found.number_country)),
        ("number_kind", say.code("number_kind", found.number_kind)),
        ("mail", escape(found.mail or "")),
        ("invited_at", "<br>".join(_moment(each) for each in found.invited_at)),
        ("name", escape(found.name)),
        ("language", say.code("language", found.language)),
        ("attributes", _pairs(found.attributes)),
        ("places", _places(found, say)),
        ("recipient", say.code("recipient", found.recipient)),
        ("adult_since", _moment(found.adult_since)),
        ("said_age", _age(found.said_age)),
        ("source", say.code("source", found.source)),
        ("since", _moment(found.since)),
        ("restricted_since", _moment(found.restricted_since)),
        ("suppressed", _moment(holding.suppressed_since)),
        ("subject", escape(found.subject)),
    ]
    lines = "\n".join(
        f'<tr role="row"><th role="rowheader" scope="row">{say(f"field.{name}")}</th><td role="cell">{shown}</td></tr>'
        for name, shown in rows
        if shown
    )
    return f'<table role="table"><tbody role="rowgroup">\n{lines}\n</tbody></table>'


def _places(found: Identity, say: _Words) -> str:
    return "<br>".join(
        f"{escape(each.region or each.country)}, {escape(each.zone)} "
        f"({', '.join(say.code('place', ground) for ground in each.concluded_from)})"
        for each in found.places
    )


def _pairs(values: Mapping[str, Any]) -> str:
    """As somebody else named them, such as the columns of a file."""
    return "<br>".join(f"{escape(key)}: {escape(_said(each))}" for key, each in values.items())


def _named(values: Mapping[str, Any], say: _Words) -> str:
    """As we name them."""
    return "<br>".join(f"{say.code('detail', key)}: {_value(key, each, say)}" for key, each in values.items())


def _value(key: str, value: Any, say: _Words) -> str:
    if key == "kind":
        return say.code("evidence", str(value))
    if key == "reason":
        return say.code("reason", str(value))
    if key == "read" and isinstance(value, Mapping):
        return "; ".join(f"{say.code('detail', each)}: {escape(_said(value[each]))}" for each in value)
    return escape(_said(value))


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _permission(holding: Holding, say: _Words) -> str:
    rows = [(escape(each.name), escape(each.purpose), say(each.sentence)) for each in holding.permitted]
    return _table((say("field.program"), say("field.what"), say("field.why")), rows, say)


def _record(holding: Holding, say: _Words) -> str:
    names = {each.program: each.name for each in holding.permitted}
    rows = [
        (
            _moment(each.occurred_at),
            _lines(
                say.code("event", each.kind),
                say.code("basis", each.basis),
                f"{say('page.grade', grade=each.grade)} {say.code('grade', each.grade)}"
                if each.grade
                else "",
            ),
            escape(names.get(each.program, each.program)),
            f"{say.code('route', each.method)} ({say.code('actor', each.actor)})",
            _words(each.wording, ""),
            _details(each, say),
        )
        for each in holding.record
    ]
    head = ("when", "what", "program", "how", "wording", "details")
    return _table([say(f"field.{name}") for name in head], rows, say)


def _lines(*lines: str) -> str:
    return "<br>".join(line for line in lines if line)


def _details(found: Occurrence, say: _Words) -> str:
    if not found.is_shown_whole:
        return f"<em>{say('page.withheld.text')}</em>"
    told = {**found.context, **({"reason": found.reason} if found.reason else {})}
    lines = _lines(_named(told, say), *(_named(each, say) for each in found.evidence))
    return f'<div class="told">{lines}</div>' if lines else ""


def _sent(holding: Holding, say: _Words) -> str:
    rows = [
        (
            _moment(each.handed_at or each.created_at),
            _lines(say.code("message", each.kind), say.code("state", each.state)),
            _words(each.text, say("page.withheld.text")),
            _lines(*dict.fromkeys(say(sentence) for sentence in each.why)),
        )
        for each in holding.sent
    ]
    return _table([say(f"field.{name}") for name in ("when", "what", "text", "why")], rows, say)


def _received(holding: Holding, say: _Words) -> str:
    rows = [
        (
            _moment(each.received_at),
            _words(each.text, say("page.withheld.text")),
            ", ".join(say.code("reason", meant) for meant in each.read_as),
        )
        for each in holding.received
    ]
    return _table([say(f"field.{name}") for name in ("when", "text", "read_as")], rows, say)


def _requests(holding: Holding, say: _Words) -> str:
    rows = [
        (
            _moment(each.asked_at),
            say.code("right", each.asks_for),
            _moment(each.done_at or each.due_at),
            escape(each.note),
        )
        for each in holding.requests
    ]
    return _table([say(f"field.{name}") for name in ("when", "what", "until", "details")], rows, say)


def _registries(holding: Holding, say: _Words) -> str:
    rows = [
        (_moment(each.checked_at), escape(each.registry), "✓" if each.is_listed else "–")
        for each in holding.registries
    ]
    return _table([say(f"field.{name}") for name in ("when", "what", "details")], rows, say)


def _contests(holding: Holding, say: _Words) -> str:
    rows = [
        (
            _moment(each.entered_at),
            escape(f"{each.contest}: {each.answer}" if each.answer else each.contest),
            f"<code>{escape(each.digest)}</code>",
        )
        for each in holding.contests
    ]
    return _table([say(f"field.{name}") for name in ("when", "what", "details")], rows, say)


def _files(holding: Holding, say: _Words) -> str:
    rows = [
        (
            _moment(each.kept_at),
            say(f"kind.{each.kind}"),
            escape(f"{each.id}, {each.media_type}, {each.size:,} B"),
            _moment(each.purge_at),
        )
        for each in holding.files
    ]
    return _table([say(f"field.{name}") for name in ("when", "what", "details", "until")], rows, say)


def _recipients(holding: Holding, say: _Words) -> str:
    rows = [
        (escape(f"{each.name} ({each.channel})" if each.channel else each.name), say(each.gets))
        for each in holding.recipients
    ]
    return _table((say("field.name"), say("field.details")), rows, say)


def _kept(holding: Holding, say: _Words) -> str:
    """What is kept equally long on the same ground stands together, so that no sentence is said twice."""
    parts: dict[tuple[str, str], list[str]] = {}
    for each in holding.kept:
        told = parts.setdefault((say(each.sentence), say.ground(each.citation)), [])
        told.append(say(f"part.{each.part.value}"))
    rows = [(_lines(*names), until, why) for (until, why), names in parts.items()]
    return _table([say(f"field.{name}") for name in ("what", "until", "why")], rows, say)


def _moment(at: datetime | None) -> str:
    if at is None:
        return ""
    shown = f"{at:%Y-%m-%d %H:%M} UTC"
    return f'<time datetime="{at.isoformat()}">{shown}</time>'


def _age(said: SaidAge | None) -> str:
    return "" if said is None else f"{said.years}+ · {_moment(said.on)}"


def _words(text: str | None, otherwise: str) -> str:
    return f"<em>{otherwise}</em>" if text is None else f"<pre>{escape(text)}</pre>"
