"""Figures of leaving are counted in few small questions; all at once, person by person, gives the same."""

import random
from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from factories.points import published
from factories.worlds import World, world
from yesword.domain.ids import ContactId, EventId, ProgramId
from yesword.domain.times import to_micros
from yesword.reporting import leaving
from yesword.reporting.leaving import EARLY, SourceKind, Stay
from yesword.store import departures, leave_answers, sent_tallies
from yesword.store.departures import Way
from yesword.store.leave_answers import LeaveAnswer, LeaveReason
from yesword.store.opening import Store

DAYS = 30
STEPS = ((1, Stay.SAME_DAY), (7, Stay.A_WEEK), (30, Stay.A_MONTH), (90, Stay.THREE_MONTHS))


def leave_at_random(here: World, chance: random.Random, count: int) -> None:
    """People who left for all sorts of reasons; some outside the window, some by a slip, some of nothing."""
    people = here.members(20)
    points = [published(here, key).id for key in ("door", "till")]
    campaigns = [here.campaign(is_started=False).pk for _ in range(3)]
    programs = [None, here.club.id, here.events.id]
    for _ in range(count):
        contact = ContactId(chance.choice(people))
        event = EventId(here.store.ids.make(contact >> 53))
        left_at = to_micros(here.at) - chance.randrange(-3, (DAYS + 5) * 86_400) * 1_000_000
        came = (
            chance.choice(["form", "keyword", "import"]),
            chance.choice([None, None, *points]),
            chance.choice(["", "poster"]),
            chance.choice([None, 3]),
            chance.choice([None, 7]),
        )
        row = {
            "bucket": contact >> 53,
            "event_id": event,
            "brand_id": here.club.brand,
            "contact_id": contact,
            "program_id": chance.choice(programs),
            "way": chance.choice(list(Way)).value,
            "came_by": came[0],
            "point_id": came[1],
            "source": came[2],
            "hook_id": came[3],
            "run_id": came[4],
            "joined_at": chance.choice([None, left_at - chance.randrange(200 * 86_400) * 1_000_000]),
            "text_program_id": chance.choice(programs),
            "campaign_id": chance.choice([None, *campaigns]),
            "sender_id": 1,
            "handed_at": chance.choice(
                [None, left_at - 1, left_at - chance.randrange(31 * 86_400) * 1_000_000]
            ),
            "left_at": left_at,
            "origin": departures.origin(*came),
        }
        reason = chance.choice([None, None, *LeaveReason])
        with here.store.database.write() as session:
            session.run("insert_departure", **row)
            if chance.random() < 0.1:
                session.run("undo_departure", bucket=row["bucket"], event_id=event)
            for each in (chance.choice(list(LeaveReason)), reason) if reason else ():
                answer = LeaveAnswer(event=event, program=None, campaign=None, said_at=here.at, reason=each)
                leave_answers.keep(here.store, session, here.club.brand, contact, answer)


def one_by_one(here: World, program: ProgramId | None) -> dict[str, object]:
    """Every person looked at alone."""
    until = here.at + timedelta(seconds=1)
    since = until - timedelta(days=DAYS)
    rows = here.sql(
        "SELECT coalesce(d.text_program_id, d.program_id), d.campaign_id, d.way, d.came_by, d.point_id, d.source,"
        " d.hook_id, d.run_id, d.left_at, d.joined_at, a.reason, d.handed_at, d.text_program_id, d.contact_id FROM departure d LEFT JOIN leave_answer a"
        " ON a.bucket = d.bucket AND a.event_id = d.event_id"
        " WHERE d.left_at >= %s AND d.left_at < %s AND d.is_undone = 0 AND d.joined_at IS NOT NULL",
        to_micros(since),
        to_micros(until),
    )
    named = leaving._Names(here.club.brand)
    days, ways, stays, reasons = [0] * DAYS, Counter(), Counter(), Counter()
    sources, early, programs, campaigns = Counter(), Counter(), Counter(), Counter()
    after = {"brand": defaultdict(set), "program": defaultdict(set), "campaign": defaultdict(set)}
    untexted, first = 0, sent_tallies.whole_from(since, until) * 60_000_000
    for row in rows:
        of, campaign, way, came_by, point, tag, hook, run, left_at, joined_at, reason, *text = row
        handed_at, text_program, person = text
        if program not in (None, of):
            continue
        stayed = (left_at - joined_at) / 86_400_000_000
        stay = next((step for most, step in STEPS if stayed < most), Stay.LONGER)
        days[(left_at - to_micros(since)) // 86_400_000_000] += 1
        ways[Way(way)] += 1
        stays[stay] += 1
        reasons[LeaveReason(reason) if reason else None] += 1
        if point is not None:
            source = named.point(point, tag)
        elif hook is not None:
            source = named.hook(hook)
        elif run is not None:
            source = named.file(run)
        else:
            source = leaving.Source(kind=SourceKind.ROUTE, name=came_by)
        if handed_at is None or handed_at < first or program not in (None, text_program):
            untexted += 1
        else:
            for what, key in (("brand", None), ("program", text_program), ("campaign", campaign)):
                after[what][key].add(person)
        sources[source] += 1
        early[source] += stay in EARLY
        programs[of] += 1
        campaigns[campaign] += 1
    return {
        "after": {what: {key: len(people) for key, people in keys.items()} for what, keys in after.items()},
        "untexted": untexted,
        "by_day": tuple(days),
        "ways": dict(ways),
        "stays": dict(stays),
        "reasons": dict(reasons),
        "sources": {each: (sources[each], early[each]) for each in sources},
        "programs": {key: number for key, number in programs.items() if key is not None},
        "campaigns": {key: number for key, number in campaigns.items() if key is not None},
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counted_in_few_questions_or_person_by_person_the_figures_are_the_same(
    store: Store, seed: int
) -> None:
    with world(store) as here:
        leave_at_random(here, random.Random(seed), 120)
        for program in (None, here.club.id, here.events.id):
            until = here.at + timedelta(seconds=1)
            found = leaving.count(here.store, here.club.brand, until - timedelta(days=DAYS), until, program)
            expected = one_by_one(here, program)
            assert found.left == sum(expected["by_day"]) > 0
            assert found.by_day == expected["by_day"]
            assert found.after == expected["after"]["brand"].get(None, 0)
            assert found.untexted == expected["untexted"] > 0
            for lines, what in ((found.programs, "program"), (found.campaigns, "campaign")):
                assert {each.key: each.after for each in lines if each.after} == {
                    key: number for key, number in expected["after"][what].items() if key is not None
                }
            assert found.ways == expected["ways"]
            assert found.stays == expected["stays"]
            assert found.reasons == expected["reasons"]
            left = {each.source: (each.left, each.early) for each in found.sources if each.left}
            assert left == expected["sources"]
            assert {each.key: each.left for each in found.programs if each.left} == expected["programs"]
            assert {each.key: each.left for each in found.campaigns if each.left} == expected["campaigns"]
