"""A person's own receipt, behind a random link: what they agreed to, what stands now, and how to check it.

Whoever holds the link sees no more than this: the number is masked, and held back from what can be downloaded. The
number in full, and everything else that is kept, take a code to the handset: see the section "More about my data".

A link is of whoever had the number when it was made: where the number changed hands, it shows what happened in their time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from yesword.consent.reassigned import Tenure, tenure_at
from yesword.domain import codec
from yesword.domain.composing import compose
from yesword.domain.events import ConsentEvent, EventKind
from yesword.domain.ids import BadIdError, EventId, from_text, to_text
from yesword.domain.programs import Program
from yesword.domain.state import EMPTY, ConsentState, apply
from yesword.ledger.entry import open_disclosure
from yesword.ledger.receipt import Receipt, write_receipt, write_tlog_receipt
from yesword.ledger.sceptic import verify_page
from yesword.proof.proofs import Vouched, published, vouched
from yesword.proof.receipts import NoReceiptError, keys_of, receipt_of
from yesword.reporting.people import EventRecord, PersonLine, read_events, read_person
from yesword.store import links, models, programs
from yesword.store.contacts import Contact
from yesword.store.links import Link, LinkKind
from yesword.web.access import open_to_all
from yesword.web.formats import masked
from yesword.web.installation import store
from yesword.web.languages import CODES, NAMES
from yesword.web.limiting import AddressLimit, TokenBuckets, address_key, limited, too_often
from yesword.web.public import your_words

LOOKING: Final = ("GET", "HEAD")
MOST_EVENTS: Final = 50  # of a record, the newest

_PAGES: Final = AddressLimit(per_second=5, burst=100)
_MISSES: Final = TokenBuckets(per_second=0.2, burst=30)
# What the holder of the link may pass on to anybody. The rest stays closed, which leaves the receipt as good.
_SHOWN: Final = frozenset({"event", "notice", "terms"})
_AGREED: Final = (EventKind.GRANTED, EventKind.CONFIRMED, EventKind.RENEWED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What a link leads to."""

    word: str
    link: Link
    line: PersonLine  # with what stood at the end of the tenure, and nothing from before it
    program: Program
    zone: str
    tenure: Tenure  # of whom the link was made for

    @property
    def person(self) -> Contact:
        return self.line.contact


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """One event of the record, as the page tells it."""

    record: EventRecord
    state: str
    sentence: str
    how: str
    proof: Sequence[tuple[str, str]]
    is_published: bool
    file_url: str  # empty where it cannot be read any more
    page_url: str


Page = Callable[[HttpRequest, Opened], HttpResponse]


def behind_a_link(page: Page, methods: Sequence[str] = LOOKING) -> Callable[[HttpRequest, str], HttpResponse]:
    """Open it to whoever holds a word that still works, in the person's language; all other words are answered alike."""

    @open_to_all
    @require_http_methods(methods)
    @limited(_PAGES)
    def opened(request: HttpRequest, word: str) -> HttpResponse:
        found = find(word)
        with translation.override(_language(request, found)):
            if found is not None:
                answer = page(request, found)
            else:
                wait_s = _MISSES.take(address_key(request))
                answer = too_often(wait_s) if wait_s else render(request, "public/no_link.html", status=404)
            answer["Content-Language"] = get_language() or "en"
        answer["X-Robots-Tag"] = "noindex, nofollow"
        return answer

    return opened


def find(word: str) -> Opened | None:
    """What is behind a word, if it still works."""
    here = store()
    with here.database.read() as session:
        link = links.find(session, word, LinkKind.RECEIPT, datetime.now(UTC))
    if link is None or link.contact is None or link.program is None:
        return None
    line = read_person(here, link.contact)
    known = {each.id: each for each in programs.of_brand(link.brand)}
    if line is None or link.program not in known:
        return None
    person = line.contact
    with here.database.read() as session:
        rows = session.rows("events_of_contact", bucket=person.bucket, contact_id=person.id)
    events = [codec.loads(ConsentEvent, bytes(row[1])) for row in rows]
    tenure = tenure_at(person, events, link.made_at)
    return Opened(
        word=word,
        link=link,
        line=replace(line, state=_state(line.state, events, tenure)),
        program=known[link.program],
        zone=person.places[0].zone if person.places else "UTC",
        tenure=tenure,
    )


def _state(state: ConsentState, events: Sequence[ConsentEvent], tenure: Tenure) -> ConsentState:
    """How it stood at the end of the tenure, or stands now, without what was said before it. The sign itself stays."""
    if tenure.until is not None:
        state = reduce(apply, (each for each in events if each.received_at <= tenure.until), EMPTY)
    if tenure.after is None:
        return state
    theirs = {each.id for each in events if each.received_at >= tenure.after}
    return replace(
        state,
        grants=tuple(each for each in state.grants if each.event in theirs),
        requests=tuple(each for each in state.requests if each.event in theirs),
        refusals=tuple(each for each in state.refusals if each.event in theirs),
        withdrawals=tuple(each for each in state.withdrawals if each.event in theirs),
    )


def _language(request: HttpRequest, found: Opened | None) -> str:
    """The one that was asked for, or else the person's, or else the browser's."""
    wanted = request.GET.get("lang", "")
    theirs = found.person.language[:2] if found else ""
    return next((each for each in (wanted, theirs) if each in CODES), get_language() or "en")


@behind_a_link
def page(request: HttpRequest, opened: Opened) -> HttpResponse:
    here, person, program = store(), opened.person, opened.program
    if request.method == "GET":
        with here.database.write() as session:
            links.count_opening(session, opened.link)
    happenings = _happenings(opened)
    agreed = next((each for each in happenings if _is_agreed(each)), None)
    asked = next((each for each in happenings if each.record.wording), None)
    main = agreed or asked or next((each for each in happenings if each.file_url), None)
    state, sentence = your_words.standing(opened.line.state, program, datetime.now(UTC), opened.zone)
    said = program.texts_in(get_language())[1]
    brand_key = models.Brand.objects.get(pk=program.brand).key
    return render(
        request,
        "public/receipt.html",
        {
            "brand": program.brand_name,
            "program": program,
            "frequency": said.frequency,
            "state": state,
            "sentence": sentence,
            "way_out": compose(said.way_out, program, said) if state == "granted" else "",
            "number": masked(person.number),
            "zone": opened.zone,
            "main": main,
            "is_agreed": agreed is not None,
            "happenings": happenings,
            "expires_at": opened.link.expires_at,
            "data_url": here_url("my-data", opened),
            "languages": _other_languages(),
            "ledger_url": reverse("public:ledger", args=[brand_key]),
            "verifier_url": reverse("public:ledger-verifier", args=[brand_key]),
        },
    )


@behind_a_link
def download(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The receipt as a file; with its proof in the form that others read, too."""
    if "event" not in request.GET:
        return _to_the_list(opened)
    event, receipt = _receipt(request, opened)
    if receipt.proof is None:
        return _to_keep(write_receipt(receipt), "application/json", f"receipt-{event}.json")
    return _to_keep(write_tlog_receipt(receipt), "text/plain; charset=utf-8", f"receipt-{event}.tlog-proof")


@behind_a_link
def download_page(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The receipt in a page that checks it, offline."""
    if "event" not in request.GET:
        return _to_the_list(opened)
    event, receipt = _receipt(request, opened)
    keys = keys_of(store(), opened.person, receipt)
    written = write_tlog_receipt(receipt) if keys else write_receipt(receipt)
    html = verify_page(written, "\n".join(map(str, keys)) or None, (get_language() or "en")[:2])
    return _to_keep(html.encode(), "text/html; charset=utf-8", f"receipt-{event}.html")


def _to_the_list(opened: Opened) -> HttpResponse:
    """Each event has a receipt of its own: where none is named, they are all listed."""
    return redirect(f"{here_url('receipt', opened)}#happened-title")


def _receipt(request: HttpRequest, opened: Opened) -> tuple[str, Receipt]:
    event = request.GET.get("event", "")
    about = {to_text("evt", each.event.id) for each in _records(opened)}
    if event not in about:
        raise Http404
    try:
        made = receipt_of(store(), opened.person, EventId(from_text("evt", event)))
    except (BadIdError, NoReceiptError) as error:
        raise Http404 from error
    return event, held_back(made)


def held_back(receipt: Receipt) -> Receipt:
    """The same receipt without what tells who it is about: of that only digests are left."""
    shown = tuple(each for each in receipt.disclosures if open_disclosure(each)[0] in _SHOWN)
    return replace(receipt, disclosures=shown)


def _records(opened: Opened) -> list[EventRecord]:
    """The events that the link is about, newest first: of its program, and of the whole brand, in the time of its owner."""
    found = read_events(store(), opened.person, MOST_EVENTS if opened.tenure.until is None else None)
    theirs = [each for each in found if opened.tenure.covers(each.event.received_at)]
    return [each for each in theirs[:MOST_EVENTS] if each.event.scope.program in (None, opened.program.id)]


def _happenings(opened: Opened) -> list[Happening]:
    records = _records(opened)
    with store().database.read() as session:
        places = published(session, opened.person.brand, [each.event.id for each in records])
        known = {event: vouched(session, place) for event, place in places.items()}
    return [_happening(opened, each, known) for each in records]


def _happening(opened: Opened, record: EventRecord, known: Mapping[int, Vouched]) -> Happening:
    event = record.event
    query = f"?event={to_text('evt', event.id)}&lang={get_language()}"
    urls = [
        reverse(f"public:{name}", args=[opened.word]) + query for name in ("receipt-file", "receipt-page")
    ]
    return Happening(
        record=record,
        state="lapsed" if event.kind is EventKind.EXPIRED else event.kind.value,
        sentence=your_words.happened(event, opened.program),
        how=your_words.how(event),
        proof=your_words.proof(known.get(event.id), opened.zone),
        is_published=event.id in known,
        file_url=urls[0] if record.is_readable else "",
        page_url=urls[1] if record.is_readable else "",
    )


def _is_agreed(happening: Happening) -> bool:
    return happening.record.event.kind in _AGREED and bool(happening.record.wording)


def frame(opened: Opened) -> dict[str, Any]:
    """What every page behind the link is given."""
    return {
        "word": opened.word,
        "brand": opened.program.brand_name,
        "program": opened.program,
        "zone": opened.zone,
        "here": f"?lang={get_language()}",
        "languages": _other_languages(),
    }


def here_url(name: str, opened: Opened, **more: str) -> str:
    """Another page behind the same link, in the same language."""
    query = urlencode({"lang": get_language() or "en", **more})
    return f"{reverse(f'public:{name}', args=[opened.word])}?{query}"


def _other_languages() -> list[dict[str, Any]]:
    current = get_language()
    return [{"code": code, "name": name, "is_current": code == current} for code, name in NAMES]


def _to_keep(body: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type=kind, headers=headers)
