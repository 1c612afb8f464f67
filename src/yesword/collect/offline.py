"""Paper lists and spoken consent: the point that says what stood there or was read out, and what would become of a yes.

`paper` enters lists, `spoken` what was said; both end in `joining`. A point of these kinds has no page: its version is
what the record pins, and changes when the printed words or the script do.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from yesword.collect import points
from yesword.collect.joining import is_capped
from yesword.collect.points import Point
from yesword.domain.collecting import offline
from yesword.domain.collecting.asking import Case, Course, course
from yesword.domain.collecting.offline import CONFIRMS, YES, Way
from yesword.domain.collecting.points import Confirming, PointDefinition, PointKind, Wording
from yesword.domain.collecting.wordings import consent_text, suggested
from yesword.domain.phone import PhoneNumber
from yesword.domain.programs import Program
from yesword.domain.rules.model import Pack
from yesword.domain.state import EMPTY
from yesword.store import asked_numbers, contacts, models, programs, suppressions
from yesword.store.opening import Store


def key_of(program: Program, kind: PointKind) -> str:
    brand = models.Brand.objects.values_list("key", flat=True).get(pk=program.brand)
    return f"{brand}-{program.key}-{kind.value}"[:60]


def find(program: Program, kind: PointKind) -> Point | None:
    row = models.CollectionPoint.objects.filter(
        key=key_of(program, kind), brand_id=program.brand, kind=kind.value, version__gt=0
    ).first()
    return None if row is None else points.newest(row.pk)


def place(
    program: Program,
    kind: PointKind,
    language: str,
    wording: str,
    *,
    confirms: bool | None = None,
    by: int | None = None,
) -> Point:
    """The point for the program, in the version that has these words. `confirms` None: as it was.

    Without words it keeps those that it had; a new one begins with those that ship. The same words again make no new version. Raises BadPointError, KeyTakenError.
    """
    definition = drafted(program, kind, language, wording, confirms=confirms)
    return points.publish(program.brand, key_of(program, kind), definition, by=by)


def unpublished(program: Program, definition: PointDefinition) -> Point:
    """The same as it would be, to look ahead with: nothing is kept."""
    row = models.CollectionPoint.objects.filter(key=key_of(program, definition.kind)).first()
    return Point(
        id=row.pk if row else 0,
        key=key_of(program, definition.kind),
        version=0,
        digest=definition.digest,
        brand=program.brand,
        is_open=True,
        definition=definition,
    )


def drafted(
    program: Program, kind: PointKind, language: str, wording: str, *, confirms: bool | None = None
) -> PointDefinition:
    """What `place` would publish."""
    before = find(program, kind)
    said = wording.replace("\r\n", "\n").strip()
    known = dict(before.definition.wordings) if before else {}
    if language not in known:
        known[language] = Wording(consent=suggested(program, language))
    now = replace(before.definition if before else _new(program, kind), wordings=tuple(known.items()))
    if said and said != consent_text(now, program, language):
        known[language] = replace(known[language], consent=said.replace("[", "[["))
    settings = dict(before.definition.settings) if before else {}
    if confirms is not None:
        settings[CONFIRMS] = YES if confirms else "no"
    return replace(
        before.definition if before else _new(program, kind),
        program_version=program.version,
        wordings=tuple(sorted((each, words) for each, words in known.items() if each in program.languages)),
        settings=tuple(sorted(settings.items())),
    )


def _new(program: Program, kind: PointKind) -> PointDefinition:
    return PointDefinition(
        kind=kind,
        name=f"{program.name}: {kind.value}",
        program=program.id,
        program_version=program.version,
        confirming=Confirming.NONE,
        wordings=(),
    )


def countries_of(point: Point) -> tuple[str, ...]:
    return point.definition.countries or (programs.brand(point.brand).country,)


def must_confirm(point: Point, packs: Iterable[Pack], on: date) -> bool:
    """Whether the brand, or the law of those whom the point serves, wants each yes confirmed from the handset."""
    return offline.confirms(point.definition, point.program, countries_of(point), packs, on)


def foresee(
    store: Store, point: Point, number: PhoneNumber, way: Way, said_at: datetime, at: datetime
) -> Course:
    """What would become of it now. For whoever enters it, who may know people: nothing is changed."""
    with store.database.read() as session:
        found = contacts.find(store, session, point.brand, number.e164)
        person = None if found is None else contacts.read(store, session, found)
        state = EMPTY if person is None else contacts.standings(session, [person.id])[person.id].state
        if person is None and suppressions.find(store, session, point.brand, [number.e164]):
            return Course.WAIT  # they were known once, and had stopped
        return course(
            Case(
                state=state,
                program=point.definition.program,
                confirming=way.confirming,
                actor=way.actor,
                occurred_at=said_at,
                at=at,
                may_text=number.may_text if person is None else person.may_text,
                serves_country=number.country in countries_of(point),
                asked=asked_numbers.read(store, session, number.e164, at),
                is_point_capped=is_capped(session, point, at),
                sender_can_receive=programs.sender_of(point.program).facts.can_receive,
            )
        )
