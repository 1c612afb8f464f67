"""Arbitrary laws and questions for properties of the gate: rules from every table that decides, and facts for them.

All of it is about Exland and its regions, in the days around a change of the clocks.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from factories.books import EXLAND, NOBODYS_BRAND, PROMOTIONAL, law, rule
from factories.questions import (
    CLUB,
    EVENTS,
    NAME_AS_SENDER,
    PROGRAM,
    SENDER,
    TEXT,
    grant,
    granted,
    message,
    place,
    question,
    requested,
    sent,
    service,
    stopped,
)
from yesword.domain.events import Basis, Grade, Limits, Preferences, Scope
from yesword.domain.facts import Cause, GateFacts, Listed, Proclamation, RegistryFact
from yesword.domain.ids import EventId
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.parties import Origin, RecipientKind, Relation, SenderTrait
from yesword.domain.programs import Frequency
from yesword.domain.state import ConsentState

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 10, 23, tzinfo=UTC)  # the clocks change in Europe and in America within these days
DAYS = [date(2026, 10, 24), date(2026, 10, 28), date(2026, 11, 2)]  # on which laws come into force

moments = st.integers(0, 15 * 24 * 3600).map(lambda seconds: START + timedelta(seconds=seconds))

PLACES = [
    EXLAND,
    place("XX", "Europe/Amsterdam", "XX-N"),
    place("XX", "America/New_York", "XX-S"),
    place("XX", "Asia/Kolkata", "XX-N"),
]

# --- laws -----------------------------------------------------------------------------------------------------

_CLASSES = st.sampled_from(
    [PROMOTIONAL, PROMOTIONAL, ["promotional", "informational"], ["service", "promotional"]]
)
_KINDS = st.sampled_from([["campaign"], ["campaign", "survey", "welcome"], ["consent_request", "reminder"]])


@st.composite
def _windows(draw: st.DrawFn) -> list[str]:
    start = draw(st.integers(0, 20))
    end = draw(st.integers(start + 1, 24))
    return draw(st.sampled_from([[f"{start:02}:00-{end:02}:00"], [f"{start:02}:30-{start + 1:02}:15"]]))


def _for_all(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields)


def _for_classes(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"classes": _CLASSES, **fields})


_days = st.sampled_from([1, 10, 365])
_yes_or_no = st.booleans()

PARAMETERS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "consent": st.fixed_dictionaries(
        {
            "class": st.sampled_from(["promotional", "informational"]),
            "standard": st.sampled_from(["none", "implied", "express", "express_written"]),
            "lowest_grade": st.sampled_from(["A", "C", "D"]),
        }
    ),
    "soft_opt_in": _for_classes(
        origins=st.sampled_from([["sale"], ["sale", "enquiry"], []]),
        is_told=_yes_or_no,
        is_own_similar=_yes_or_no,
        max_age_days=st.sampled_from([0, 365]),
    ),
    "double_opt_in": _for_classes(mode=st.sampled_from(["none", "recommended", "required"])),
    "expiry": _for_classes(
        anchor=st.sampled_from(["grant", "first_text", "last_text", "relation"]),
        days=_days,
        on_silence=st.sampled_from(["lapse", "reconfirm", "keep"]),
    ),
    "reconfirm": _for_classes(
        every_days=_days, notice_days=st.sampled_from([0, 5]), on_silence=st.sampled_from(["lapse", "reconfirm", "keep"])
    ),
    "asking_by_text": _for_all(is_promotional=_yes_or_no,
        at_most=st.integers(0, 2),
        rest_days=st.sampled_from([0, 90]),
        from_pattern=st.sampled_from(["", "800.*", "9.*"]),
        bars_invitations=_yes_or_no,
    ),
    "conversation": _for_all(reply_within_s=st.sampled_from([60, 7200, 86400])),
    "age": _for_all(categories=st.sampled_from([["shoes"], ["alcohol"]]), is_banned=_yes_or_no),
    "hours": _for_classes(
        every_day=_windows(),
        sun=st.sampled_from([[], ["00:00-24:00"]]),
        zone=st.sampled_from(["recipient", "recipient", "America/Chicago"]),
        unlocked_by=st.sampled_from([[], ["any_hour"], ["relation", "express"]]),
    ),
    "suspension": _for_classes(),
    "after_event": _for_classes(within_s=st.sampled_from([3600, 30 * 3600])),
    "cap": _for_classes(
        count=st.integers(1, 4),
        seconds=st.sampled_from([3600, 86400, 5 * 86400, 30 * 86400]),
        key=st.sampled_from(["brand", "program", "subject", "event"]),
    ),
    "way_out": _for_all(kinds=_KINDS, policy=st.sampled_from(["each", "first"]), is_by_reply=_yes_or_no),
    "stop_confirmation": _for_all(is_allowed=_yes_or_no, max_latency_s=st.sampled_from([30, 300])),
    "stop_reach": _for_all(scope=st.sampled_from(["brand", "program"])),
    "naming": _for_all(kinds=_KINDS),
    "length": st.sampled_from([{"segments": 1}, {"characters": 100}]),
    "label": _for_classes(literal=st.sampled_from(["AD", "080"]), position=st.sampled_from(["first", "end"])),
    "without": _for_classes(elements=st.sampled_from([["link"], ["phone_number", "promotion"]])),
    "sender_id": st.sampled_from(
        [{"routes": ["short_code"]}, {"routes": ["alphanumeric"]}, {"registry": "tcr"}, {"prefix": "Ac"}]
    ).map(lambda fields: {"classes": PROMOTIONAL, **fields}),
    "scrub": _for_classes(
        registry=st.sampled_from(["dnc", "rnd"]),
        listing=st.sampled_from(["refuses", "permits", "reassigned"]),
        max_age_days=st.sampled_from([0, 31]),
        grace_days=st.sampled_from([0, 30]),
        is_express_exempt=_yes_or_no,
        unless=st.sampled_from([[], ["sale"]]),
    ),
}  # fmt: skip
WHEN = st.sampled_from(
    [
        *[{}] * 8,
        {"routes": ["short_code", "long_code"]},
        {"recipients": ["company"]},
        {"occasions": ["cart"]},
        {"categories": ["shoes"]},
        {"unless_senders": ["charity"]},
        {"evidence": ["number"]},
        {"unless_relation": ["sale"]},
        {"unless_relation": ["sale"], "relation_days": 30},
        {"collected_from": date(2026, 9, 1)},
    ]
)
ENVELOPES = st.fixed_dictionaries(
    {
        "confidence": st.sampled_from(["found", "found", "found", "known", "unverified"]),
        "severity": st.sampled_from(["block", "hold", "hold", "warn"]),
        "status": st.sampled_from(["in_force", "in_force", "in_force", "contested", "stayed", "proposed"]),
        "layer": st.sampled_from(["statute", "code"]),
    },
    optional={"effective_from": st.sampled_from(DAYS), "when": WHEN},
)


@st.composite
def rules(draw: st.DrawFn, tables: tuple[str, ...] = tuple(PARAMETERS)) -> dict[str, Any]:
    table = draw(st.sampled_from([*tables, *(each for each in tables if each in {"hours", "cap"})]))
    fields = {"hours": {"severity": "hold"}}.get(table, {})
    return rule(**{table: draw(PARAMETERS[table])}) | draw(ENVELOPES) | fields


@st.composite
def laws(
    draw: st.DrawFn,
    pack: str,
    tables: tuple[str, ...] = tuple(PARAMETERS),
    envelope: dict[str, Any] | None = None,
    **head: Any,
) -> str:
    """One pack of up to six rules, each with an id of its own. `envelope` goes before what is drawn."""
    drawn = draw(st.lists(rules(tables), min_size=1, max_size=6))
    return law(
        *({**each, "id": f"{pack}.{number}", **(envelope or {})} for number, each in enumerate(drawn)),
        pack=pack,
        **head,
    )


@st.composite
def lineages(draw: st.DrawFn, pack: str = "new", tables: tuple[str, ...] = tuple(PARAMETERS)) -> list[str]:
    """A whole tree of packs that are nobody's children: a root that reaches Exland in some way, and perhaps a child."""
    reach = draw(
        st.sampled_from(
            [
                {"countries": ["XX"]},
                {"countries": ["XX", "ZZ"]},
                {"everywhere": True},
                {"number_countries": ["XX"]},
                {"providers": ["acme"]},
            ]
        )
    )
    tree = [draw(laws(pack, tables, {"may_relax": True}, **reach))]
    if "countries" in reach and draw(st.booleans()):
        where = draw(st.sampled_from([{"countries": ["XX"]}, {"region": "XX-N"}]))
        envelope = draw(st.sampled_from([{"merge": "strictest"}, {"when": {}}]))
        tree.append(draw(laws(f"{pack}-c", tables, envelope, parent=pack, **where)))
    return tree


# --- questions ------------------------------------------------------------------------------------------------


def _relation(at: datetime) -> st.SearchStrategy[Relation]:
    return st.builds(
        Relation,
        origin=st.sampled_from([Origin.SALE, Origin.SALE, Origin.ENQUIRY]),
        at=st.sampled_from([at - DAY, at - 29 * DAY - 20 * HOUR, at - 364 * DAY - 20 * HOUR, at - 900 * DAY]),
        was_told=st.booleans(),
        categories=st.sampled_from([("shoes",), ("hats",), ()]),
    )


@st.composite
def _grants(draw: st.DrawFn, at: datetime, program: Any, event: int) -> Any:
    basis = draw(
        st.sampled_from([Basis.EXPRESS_WRITTEN, Basis.EXPRESS_WRITTEN, Basis.EXPRESS, Basis.CUSTOMER])
    )
    return grant(
        program,
        event=EventId(event),
        seq=event,
        basis=basis,
        grade=draw(st.sampled_from([Grade.A, Grade.A, Grade.C])),
        since=at - draw(st.sampled_from([DAY, 9 * DAY + 20 * HOUR, 364 * DAY + 20 * HOUR, 800 * DAY])),
        scope=Scope(program=program, at_any_hour=draw(st.booleans())),
        limits=Limits(ends_at=draw(st.sampled_from([None, None, None, at + 5 * HOUR]))),
        is_confirmed=draw(st.booleans()),
        relation=draw(_relation(at)) if basis is Basis.CUSTOMER else None,
    )


@st.composite
def states(draw: st.DrawFn, at: datetime, kind: MessageKind) -> ConsentState:
    """Mostly what the kind needs."""
    program = draw(st.sampled_from([*[CLUB] * 6, EVENTS, None]))
    first = draw(_grants(at, program, 1))
    more = [draw(_grants(at, CLUB, 3))] if draw(st.booleans()) else []
    grants = granted(first, *more)
    if draw(st.sampled_from([False, False, True])):
        other = stopped(at - draw(st.sampled_from([HOUR, 5 * DAY])), EVENTS)
        grants = replace(grants, withdrawals=other.withdrawals, stops=other.stops)
    request = requested(
        at - draw(st.sampled_from([MINUTE, HOUR, 23 * HOUR])),
        lapses_at=at + DAY,
        from_handset=draw(st.booleans()),
    )
    usual = {MessageKind.CONSENT_REQUEST: request, MessageKind.STOP_REPLY: stopped(at - MINUTE)}.get(
        kind, grants
    )
    return draw(st.sampled_from([*[usual] * 9, grants, request, stopped(at - MINUTE)]))


@st.composite
def _messages(draw: st.DrawFn, at: datetime) -> Any:
    informs = {"message_class": MessageClass.INFORMATIONAL}
    asked = draw(
        st.sampled_from(
            [
                *[message()] * 3,
                message(subject="shoes"),
                message(occasion="cart", event_at=at - HOUR / 2),
                message(MessageKind.SURVEY, **informs),
                message(MessageKind.REMINDER, trigger="appointment", **informs),
                message(MessageKind.INVITATION),
                message(MessageKind.REPLY, conversation_at=at - 2 * HOUR),
                message(
                    MessageKind.REPLY,
                    message_class=MessageClass.CONVERSATIONAL,
                    conversation_at=at - 20 * HOUR,
                ),
                message(MessageKind.CODE, message_class=MessageClass.TRANSACTIONAL, trigger="login"),
                service(MessageKind.WELCOME),
                service(MessageKind.CONSENT_REQUEST),
                service(MessageKind.STOP_REPLY, answers=EventId(2)),
            ]
        )
    )
    return replace(
        asked,
        send_by=draw(st.sampled_from([None, None, at + 3 * HOUR, at + 12 * DAY])),
        is_mixed=draw(st.sampled_from([False, False, True])),
    )


@st.composite
def questions(draw: st.DrawFn, at: datetime, places: list[Any] | None = None) -> GateFacts:
    earlier = draw(st.lists(st.integers(1, 40 * 24 * 60), max_size=5))
    answers = draw(
        st.lists(
            st.builds(
                RegistryFact,
                registry=st.sampled_from(["dnc", "rnd"]),
                listed=st.sampled_from(Listed),
                checked_at=st.sampled_from([at - DAY, at - 30 * DAY - 20 * HOUR, at - 90 * DAY]),
                since=st.sampled_from([None, at - 10 * DAY, at - 29 * DAY - 20 * HOUR]),
            ),
            max_size=2,
            unique_by=lambda each: each.registry,
        )
    )
    sender = draw(st.sampled_from([SENDER, SENDER, replace(SENDER, provider="acme"), NAME_AS_SENDER]))
    flood = Proclamation(
        cause=draw(st.sampled_from(Cause)),
        country="XX",
        region=draw(st.sampled_from([None, "XX-N"])),
        starts_at=at - DAY,
        ends_at=at + draw(st.sampled_from([5 * HOUR, 3 * DAY, 20 * DAY])),
        name="A flood",
    )
    asked = draw(_messages(at))
    return question(
        asked=asked,
        state=draw(states(at, asked.kind)),
        places=tuple(draw(st.lists(st.sampled_from(places or PLACES), min_size=0, max_size=3, unique=True))),
        contact={
            "recent": tuple(
                sorted((sent(at - each * MINUTE, draw(st.sampled_from([CLUB, EVENTS]))) for each in earlier),
                       key=lambda each: each.at)
            ),
            "registries": draw(st.sampled_from([None, tuple(answers)])),
            "requests_before": draw(st.integers(0, 2)),
            "country": "XX",
            "adult_since": draw(st.sampled_from([None, at - 900 * DAY])),
            "recipient": draw(st.sampled_from([RecipientKind.PERSON, RecipientKind.COMPANY])),
        },
        brand=replace(NOBODYS_BRAND, traits=draw(st.sampled_from([(), (SenderTrait.CHARITY,)]))),
        sender=replace(sender, registrations=draw(st.sampled_from([None, (), ("tcr",)]))),
        text=draw(
            st.sampled_from(
                [
                    None,
                    TEXT,
                    replace(TEXT, labels=("AD", "080"), reconfirms=True),
                    replace(TEXT, has_way_out=False, names_brand=False),
                    replace(TEXT, elements=("link",), segments=2, characters=160),
                ]
            )
        ),
        program=replace(
            PROGRAM,
            frequency=Frequency(count=draw(st.sampled_from([2, 5, 9])), days=draw(st.integers(1, 10))),
            may_invite=draw(st.booleans()),
            minimum_age=draw(st.sampled_from([*[None] * 9, 18])),
        ),
        preferences=draw(st.sampled_from([*[None] * 7, Preferences(paused_until=at + 30 * HOUR)])),
        proclamations=draw(st.sampled_from([(), (), (flood,)])),
    )  # fmt: skip


asked_at = moments.flatmap(lambda at: st.tuples(questions(at), st.just(at)))
