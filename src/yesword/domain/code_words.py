"""The words for what an event says in codes: how it came, why, and the sections of its record.

They stand in the middle of a sentence. The English wording is the gettext msgid, as in the catalogue. A code without words here,
such as the id of a rule of law, is shown as it is.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from yesword.domain.catalogue import gettext_noop

_ = gettext_noop

ROUTES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "keyword": _("a keyword, texted"),
        "reply": _("a reply by text"),
        "free_text": _("a text in free words"),
        "other_owner": _("a text that says that the number is somebody else's"),
        "clarified": _("an answer to the question which texts were meant"),
        "correction": _("somebody of the brand, who read a text anew"),
        "text": _("a text"),
        "import": _("an imported file"),
        "lapse": _("time: nobody answered"),
        "renewal": _("a reminder to which nobody objected"),
        "carrier_block": _("the carrier's own block"),
        "dead_number": _("carriers, on several days"),
        "gone_list": _("a list of numbers that were given up or passed on"),
        "form": _("a form"),
        "checkout": _("a checkout"),
        "lead_ad": _("a lead ad"),
        "application": _("a job application"),
        "reverse": _("a code from a page, texted"),
        "contest_entry": _("a yes behind the entry of a contest"),
        "contest_reply": _("a reply to the question after the entry of a contest"),
        "agent": _("somebody of the brand"),
        "link": _("a link"),
        "confirm_link": _("the link of the question"),
        "preferences": _("the page of preferences, after a code to the handset"),
        "code": _("a page, after a code to the handset"),
        "api": _("another system"),
        "own_page": _("the person's own page"),
        "paper": _("paper"),
        "spoken": _("word of mouth"),
        "attested": _("a statement by somebody who was there"),
        "erasure": _("the erasure of the record"),
        "journal": _("the journal of stops, after the store was put back"),
        "suppression": _("a stop that was kept of this number"),
    }
)
REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # what a text was read as
        "opt_out": _("a stop"),
        "opt_in": _("a wish to get texts again"),
        "confirm": _("a yes"),
        "decline": _("a no"),
        "narrow": _("a narrower stop"),
        "help": _("a call for help"),
        "keyword": _("a program's keyword"),
        "wrong_number": _("a wrong number"),
        "privacy_request": _("a privacy request"),
        "complaint": _("a complaint"),
        "other": _("something for a person to read"),
        # why something came back, or ended
        "start_after_stop": _("START, texted after a stop"),
        "clarified": _("an answer to the question which texts were meant"),
        "carrier_block": _("the carrier's own block"),
        "carrier_list": _("the carrier's own list of opt-outs"),
        "unknown_subscriber": _("a number that nobody has, as carriers say"),
        "deactivated": _("a number that was given up"),
        "reassigned": _("a number that was passed on to somebody else"),
        "misread": _("a text that had been misread"),
        "unsubscribe_link": _("the link of a text"),
        "preference_page": _("the page of preferences"),
        "slip": _("a slip of the finger, taken back on the same page"),
        # what another system told
        "box_left_empty": _("a box that was left empty"),
        "ended_elsewhere": _("an end that the person chose in another system"),
        "fulfilled": _("an order that was delivered"),
        "completed": _("an order that is complete"),
        "refunded": _("an order that was refunded"),
        "failed": _("an order that failed"),
        "hired": _("an application that led to a job"),
        "rejected": _("an application that was turned down"),
        "deleted": _("an application that was deleted"),
        "imported_opt_out": _("an opt-out in an imported file"),
        "imported_opt_out_undated": _("an opt-out without a date in an imported file"),
        "request": _("the person asked to be erased"),
        "retention": _("its time was over"),
        "operator": _("the brand erased it"),
        "lapsed": _("the person was asked and never said yes"),
        "never_again": _("the person wants never to be asked again"),
        "erased": _("the number had been erased before"),
        "restored": _("a stop from before the store was put back"),
        "withdrawn": _("a stop from before the store was put back"),
    }
)
SECTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "event": _("what happened, and when"),
        "subject": _("the number and the name"),
        "context": _("where and with what it was done"),
        "notice": _("the wording that was shown"),
        "evidence": _("the evidence"),
        "terms": _("on what terms, and for what"),
    }
)
