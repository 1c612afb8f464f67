"""The words of an answer, in plain English: that is what those who ask can read, wherever the brand is.

What pages say of an answer, in the reader's own language, is not here.
"""

from datetime import datetime
from typing import Final

from yesword.domain.events import Actor, Basis
from yesword.domain.times import month_of
from yesword.reporting.audit_answers.answer import Line, Method, Status

# What a line says, where nothing more is known than its status.
STATUSES: Final = {
    Status.OPTED_IN: "opted in",
    Status.OTHER_GROUND: "no opt-in on record",
    Status.OPTED_OUT: "opted out",
    Status.ASKED: "asked to confirm, not confirmed yet",
    Status.DECLINED: "asked to confirm, declined",
    Status.LAPSED: "lapsed",
    Status.CLAIMED: "claimed by a list without proof, which is not taken for consent",
    Status.OTHER_OWNER: "number reported as belonging to somebody else now",
    Status.ERASED_KEPT: "erased, proof kept",
    Status.ERASED_LOCKED: "erased, proof kept under lock",
    Status.ERASED: "erased, proof not kept",
    Status.UNKNOWN: "no consent on record",
    Status.UNREADABLE: "not a telephone number",
}
_GROUNDS: Final = {
    Basis.CUSTOMER: "texted as a customer, without an opt-in",
    Basis.CONVERSATION: "texted in a conversation that the person began, without an opt-in",
    Basis.TRIGGER: "texted about an order or appointment of the person, without an opt-in",
}
_WAYS: Final = {
    "keyword": "keyword texted from the handset",
    "text": "text from the handset",
    "reply": "reply texted from the handset",
    "form": "web form",
    "popup": "web form in a pop-up on a site of the brand",
    "checkout": "checkout box",
    "link": "link",
    "preferences": "page of preferences, after a code to the handset",
    "code": "page, after a code to the handset",
    "import": "opt-in recorded elsewhere, brought along with its source, date and wording",
    "agent": "recorded by staff",
    "paper": "paper form",
    "spoken": "asked aloud",
    "kiosk": "form on a tablet in the shop",
    "application": "question in a job application",
    "offer": "reply to the question of an earlier text",
    "contest_entry": "word of its own behind the entry of a contest",
    "contest_reply": "reply to the question after the entry of a contest",
    "conversation": "reply to a question put in a conversation",
    "email_link": "web form, by the link of an invitation by e-mail",
    "email_reply": "answer to an invitation by e-mail",
}
_ACTORS: Final = {
    Actor.HANDSET: "from the handset",
    Actor.PERSON: "by the person",
    Actor.AGENT: "recorded by staff",
    Actor.IMPORT: "brought along",
    Actor.API: "by another system of the brand",
    Actor.CARRIER: "by the carrier",
    Actor.SYSTEM: "by the system",
}


def method_told(method: Method | None) -> str:
    if method is None:
        return ""
    if method.basis is None and method.actor is Actor.IMPORT:
        return "claimed by an imported list, without proof"
    way = _WAYS.get(method.route, f"{method.route} ({_ACTORS[method.actor]})")
    return f"{way}, confirmed by a reply from the handset" if method.is_confirmed else way


def status_told(line: Line) -> str:
    """How it stands, with the days that matter, in UTC."""
    words = STATUSES[line.status]
    match line.status:
        case Status.OPTED_IN if line.restarted_at is not None:
            return f"{words}, again since {day(line.restarted_at)} by a text from the handset"
        case Status.OPTED_IN if line.opted_out_at is not None:
            return f"{words}, after an earlier opt-out"
        case Status.OTHER_GROUND if line.method is not None and line.method.basis in _GROUNDS:
            return f"{words}: {_GROUNDS[line.method.basis]}"
        case Status.OPTED_OUT if line.opted_in_at is None:
            return f"{words}, no opt-in on record"
        case Status.LAPSED:
            return "opted in once, lapsed" if line.opted_in_at else "asked to confirm, never confirmed"
        case Status.ERASED_KEPT | Status.ERASED_LOCKED if line.erased_at is not None:
            until = f" until {day(line.kept_until)}" if line.kept_until else ""
            lock = ", under a key that is not on this machine" if line.status is Status.ERASED_LOCKED else ""
            return f"erased on {day(line.erased_at)}, proof kept{until}{lock}"
        case Status.ERASED if line.erased_at is not None:
            return f"erased {_on(line.erased_at)}, proof not kept"
        case Status.UNKNOWN if line.suppressed_since is not None:
            return f"{words}, and nothing sent since it was stopped {_on(line.suppressed_since)}"
    return words


def _on(at: datetime) -> str:
    """Of a number whose owner was erased, only the month is known."""
    return f"in {at:%Y-%m}" if at == month_of(at) else f"on {day(at)}"


def day(at: datetime) -> str:
    return at.date().isoformat()
