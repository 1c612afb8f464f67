"""A person's own record, said to them: what stands, what happened, and who else can vouch for it.

The console tells the same about them, to others: see `telling`, and `event_words` for what both say of an event. Nothing is fetched or decided here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yesword.domain.events import Basis, ConsentEvent, Grade
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState, Grant
from yesword.proof.proofs import Vouched
from yesword.reporting.standings import Standing, standing_of
from yesword.web.event_words import said_of
from yesword.web.telling import plain_moment, texts_of

_HOW: Final[Mapping[str, Promise]] = {
    "keyword": gettext_lazy("You texted a keyword."),
    "reply": gettext_lazy("You replied to a text."),
    "free_text": gettext_lazy("You said it in your own words, by text."),
    "form": gettext_lazy("On a form."),
    "popup": gettext_lazy("In a pop-up on a website."),
    "link": gettext_lazy("By a link."),
    "own_page": gettext_lazy("On your own page."),
    "preferences": gettext_lazy("On your own page, after a code to your phone."),
    "code": gettext_lazy("On your own page, after a code to your phone."),
    "paper": gettext_lazy("On paper, as the business says."),
    "spoken": gettext_lazy("You said it, as the business says."),
    "kiosk": gettext_lazy("On a tablet in the shop."),
    "application": gettext_lazy("When you applied for a job."),
    "offer": gettext_lazy("You replied to an offer."),
    "contest_entry": gettext_lazy("You entered a contest, and said yes behind your answer."),
    "contest_reply": gettext_lazy("You entered a contest, and replied yes when a text asked you."),
    "conversation": gettext_lazy("You replied when somebody of the business asked you by text."),
    "email_link": gettext_lazy("On a form, by the link in an e-mail to you."),
    "email_reply": gettext_lazy("You answered an e-mail."),
    "attested": gettext_lazy("Somebody who works for the business states it."),
    "import": gettext_lazy("The business says so, in a file."),
    "agent": gettext_lazy("Somebody who works for the business entered it."),
    "api": gettext_lazy("Another system of the business passed it on."),
}


def how(event: ConsentEvent) -> str:
    return str(_HOW.get(event.route, ""))


def standing(state: ConsentState, program: Program, at: datetime, zone: str) -> tuple[str, str]:
    """A word of `states.STATES`, and the sentence that says what stands now."""
    words = {"texts": texts_of(program), "brand": program.brand_name}
    found = standing_of(state, program.id, at)
    grant, stop = state.grant_for(program.id), state.withdrawal_for(program.id)
    if state.invalid_since is not None:
        return "invalidated", _(
            "This number was reported as somebody else's now, so nothing is texted to it."
        )
    if found is Standing.GRANTED and grant is not None:
        return "granted", _granted(grant) % {**words, "time": plain_moment(grant.since, zone)}
    if stop is not None:
        told = (
            _("All texts from %(brand)s ended on %(time)s. They may not text you.")
            if stop.scope.program is None
            else _("%(texts)s from %(brand)s ended on %(time)s. They may not be texted to you.")
        )
        return "withdrawn", told % {**words, "time": plain_moment(stop.at, zone)}
    return str(found), str(_STANDINGS[found]) % words


def _granted(grant: Grant) -> str:
    if grant.basis not in (Basis.EXPRESS, Basis.EXPRESS_WRITTEN):
        return _("%(brand)s may text you %(texts)s because of what you do with them, since %(time)s.")
    if grant.grade in (Grade.A, Grade.B):
        return _("You said yes to %(texts)s from %(brand)s on %(time)s, and that stands.")
    return _("%(brand)s has on record that you agreed to %(texts)s on %(time)s, and that stands.")


_STANDINGS: Final[Mapping[Standing, Promise]] = {
    Standing.GRANTED: gettext_lazy("%(brand)s may text you %(texts)s."),
    Standing.PENDING: gettext_lazy(
        "You were asked about %(texts)s from %(brand)s. Nothing is sent until you say yes from your own phone."
    ),
    Standing.LAPSED: gettext_lazy(
        "%(brand)s may not text you %(texts)s: the question, or your yes, has lapsed."
    ),
    Standing.REFUSED: gettext_lazy("%(brand)s may not text you %(texts)s: you were asked and said no."),
    Standing.WITHDRAWN: gettext_lazy("%(brand)s may not text you %(texts)s."),
    Standing.NONE: gettext_lazy("%(brand)s may not text you %(texts)s: there is no yes of yours."),
}


def happened(event: ConsentEvent, program: Program) -> str:
    """One event in one sentence. `program`: whose page it is; an event may be about all texts of the brand."""
    is_program = event.scope.program is not None
    texts = texts_of(program) if is_program else _("texts of %(brand)s") % {"brand": program.brand_name}
    told = said_of(event, is_program=is_program).to
    return str(told) % {"texts": texts, "brand": program.brand_name}


def proof(vouched: Vouched | None, zone: str) -> Sequence[tuple[str, str]]:
    """(`proved` or `pending`, a sentence) for each thing that is known of an event's place in the log."""
    if vouched is None:
        return [
            (
                "pending",
                _("It is not yet in the log of the business. That takes a moment: load this page again."),
            )
        ]
    told = []
    if vouched.since is not None:
        since = plain_moment(vouched.since, zone)
        told.append(("proved", _("In the public log of the business since %(time)s.") % {"time": since}))
    told += [
        (
            "proved",
            _("Witnessed by %(name)s on %(time)s.")
            % {"name": each.name, "time": plain_moment(each.at, zone)},
        )
        for each in vouched.witnesses
    ]
    told += [
        (
            "proved",
            _("Timestamped by %(name)s on %(time)s.")
            % {"name": each.name, "time": plain_moment(each.at, zone)},
        )
        for each in vouched.stamps
    ]
    if not vouched.witnesses:
        told.append(("pending", _("Not yet witnessed: so far only the business itself vouches for its log.")))
    return told
