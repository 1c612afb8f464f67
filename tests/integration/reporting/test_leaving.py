"""Figures of leaving (mission A5, A6, G1): each withdrawal of a person's own counts once, with its reason, its way, where they
had come from, what they had got last and how long they had stayed.
"""

from datetime import timedelta

import pytest

from factories.hooks import source_of
from factories.points import published, sent
from factories.queued import UNSURE, add_user, do, only
from factories.readings import leaving as unsure
from factories.readings import reading
from factories.worlds import ANNA, CLUB, World, world
from yesword.collect.calls import take as take_call
from yesword.collect.forms import take
from yesword.consent import Act, withdraw
from yesword.domain.collecting import hooks
from yesword.domain.collecting.hooks import Provider, Told
from yesword.domain.events import LINK, Actor
from yesword.domain.ids import ProgramId
from yesword.domain.thresholds import Watched
from yesword.privacy import erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.reporting import leaving, watching
from yesword.reporting.leaving import Leaving, Source, SourceKind, Stay
from yesword.store import leave_answers, models, programs, sent_tallies
from yesword.store.departures import Way
from yesword.store.leave_answers import LeaveAnswer, LeaveReason
from yesword.store.opening import Store

BEN, CARA, DINA = "+31612340001", "+31612340002", "+31612340003"
A_MONTH = timedelta(days=30)


def counted(here: World, program: ProgramId | None = None) -> Leaving:
    return leaving.count(
        here.store, here.club.brand, here.at - A_MONTH, here.at + timedelta(seconds=1), program
    )


def left(here: World, number: str, **how: object) -> None:
    """They told somebody, or something, that they want no more."""
    usual = {"actor": Actor.AGENT, "route": "agent"} | how
    act = Act(occurred_at=here.at, received_at=here.at, language="en", **usual)
    with here.store.database.write() as session:
        brand = programs.brand(here.club.brand)
        withdraw(here.store, session, brand, here.contact(number), act, here.at)


def test_whoever_stops_counts_for_the_text_that_they_got_last(store: Store) -> None:
    with world(store) as here:
        here.join(ANNA)
        here.wait(days=3)
        campaign = here.campaign()
        here.settle()
        here.text(ANNA, "STOP")
        found = counted(here)
        assert (found.left, found.texts) == (1, 1)
        assert sum(found.by_day) == 1
        assert found.ways == {Way.KEYWORD: 1}
        assert found.stays == {Stay.A_WEEK: 1}
        assert found.reasons == {None: 1}
        (line,) = found.campaigns
        assert (line.key, line.name, line.texts, line.left) == (campaign.pk, "Spring", 1, 1)
        assert [(each.key, each.left) for each in found.programs] == [(here.club.id, 1)]
        assert counted(here, here.events.id).left == 0
        assert counted(here, here.club.id).left == 1


def test_a_share_is_of_those_who_left_after_a_text_of_the_same_time_as_a_pause_counts_them(
    store: Store,
) -> None:
    with world(store) as here:
        here.join(CARA)
        here.text(CARA, "STOP")
        here.members(3, numbers=[ANNA, BEN, DINA])
        here.campaign()
        here.settle()
        here.text(ANNA, "STOP")
        here.wait(minutes=1)
        found = counted(here)
        assert (found.left, found.after, found.untexted, found.texts) == (2, 1, 1, 3)
        (program,), (sent_line,) = found.programs, found.campaigns
        assert (program.left, program.after, program.texts) == (2, 1, 3)
        assert (sent_line.left, sent_line.after, sent_line.texts) == (1, 1, 3)
        assert found.after_share == program.after_share == sent_line.after_share == pytest.approx(1 / 3)
        with store.database.read() as session:
            looked = {(each.watched, each.key): each.counts for each in watching.look(session, here.at)}
        number = models.Sender.objects.get(address=CLUB).pk
        for key in ((Watched.PROGRAM, here.club.id), (Watched.SENDER, number)):
            assert (looked[key].opt_outs, looked[key].texts) == (program.after, program.texts)


def test_whoever_left_after_a_text_of_earlier_days_is_in_no_share_of_these(store: Store) -> None:
    with world(store) as here:
        here.join(ANNA)
        here.campaign()
        here.settle()
        here.wait(days=2)
        here.text(ANNA, "STOP")
        until = here.at + timedelta(seconds=1)
        found = leaving.count(here.store, here.club.brand, here.at - timedelta(days=1), until)
        assert (found.left, found.after, found.untexted, found.texts) == (1, 0, 1, 0)
        assert found.after_share is None
        whole = counted(here)
        assert (whole.left, whole.after, whole.untexted, whole.texts) == (1, 1, 0, 1)


def test_where_texts_are_kept_by_the_day_a_share_begins_with_the_first_whole_one(store: Store) -> None:
    with world(store) as here:
        here.join(ANNA)
        here.campaign()
        here.settle()
        begun = here.at - timedelta(hours=1)
        here.text(ANNA, "STOP")
        here.wait(days=20)
        with store.database.write() as session:
            sent_tallies.roll_up(session, here.at)
        found = leaving.count(store, here.club.brand, begun, here.at)
        assert (found.left, found.after, found.untexted, found.texts) == (1, 0, 1, 0)
        whole = leaving.count(store, here.club.brand, begun - timedelta(days=1), here.at)
        assert (whole.left, whole.after, whole.untexted, whole.texts) == (1, 1, 0, 1)


@pytest.mark.parametrize(
    ("days", "stay"),
    [
        pytest.param(0, Stay.SAME_DAY, id="the same day"),
        pytest.param(1, Stay.A_WEEK, id="after a day"),
        pytest.param(6, Stay.A_WEEK, id="within a week"),
        pytest.param(7, Stay.A_MONTH, id="after a week"),
        pytest.param(30, Stay.THREE_MONTHS, id="after a month"),
        pytest.param(90, Stay.LONGER, id="after three months"),
    ],
)
def test_how_long_somebody_had_been_in_goes_into_steps(sqlite_store: Store, days: int, stay: Stay) -> None:
    with world(sqlite_store) as here:
        here.members(1, numbers=[ANNA])
        here.wait(days=days)
        left(here, ANNA)
        assert counted(here).stays == {stay: 1}


@pytest.mark.parametrize(
    ("how", "way"),
    [
        pytest.param({"actor": Actor.AGENT, "route": "agent"}, Way.AGENT, id="told a colleague"),
        pytest.param({"actor": Actor.CARRIER, "route": "carrier_block"}, Way.CARRIER, id="told the carrier"),
        pytest.param({"actor": Actor.API, "route": "api"}, Way.API, id="told another system"),
        pytest.param({"actor": Actor.HANDSET, "route": "preferences"}, Way.PAGE, id="on the preference page"),
        pytest.param({"actor": Actor.PERSON, "route": LINK}, Way.LINK, id="by a link"),
        pytest.param({"actor": Actor.HANDSET, "route": "free_text"}, Way.FREE_TEXT, id="in their own words"),
        pytest.param({"actor": Actor.HANDSET, "route": "reply"}, Way.KEYWORD, id="with STOP"),
    ],
)
def test_each_way_out_is_told_apart(sqlite_store: Store, how: dict[str, object], way: Way) -> None:
    with world(sqlite_store) as here:
        here.members(1, numbers=[ANNA])
        left(here, ANNA, **how)
        assert counted(here).ways == {way: 1}


def test_lists_from_elsewhere_and_what_the_house_ends_are_nobody_who_left(sqlite_store: Store) -> None:
    with world(sqlite_store) as here:
        for number, actor in ((ANNA, Actor.IMPORT), (BEN, Actor.SYSTEM)):
            here.members(1, numbers=[number])
            left(here, number, actor=actor, route="import")
        assert counted(here).left == 0


def test_the_reason_counts_with_the_withdrawal_that_it_is_about(store: Store) -> None:
    with world(store) as here:
        here.members(1, numbers=[ANNA])
        left(here, ANNA, actor=Actor.PERSON, route=LINK)
        contact = here.contact(ANNA).id
        ((event,),) = here.sql("SELECT event_id FROM departure")
        answer = LeaveAnswer(
            event=event, program=here.club.id, campaign=None, said_at=here.at, reason=LeaveReason.TOO_OFTEN
        )
        with store.database.write() as session:
            leave_answers.keep(store, session, here.club.brand, contact, answer)
        assert counted(here).reasons == {LeaveReason.TOO_OFTEN: 1}


def test_a_point_from_which_people_leave_at_once_shows(store: Store) -> None:
    with world(store) as here:
        point = published(here)
        tag = models.SourceTag.objects.create(
            point_id=point.id, code="poster1", medium="print", label="Poster"
        )
        for number in (ANNA, BEN):
            take(store, sent(point, number, nonce=f"nonce-of-{number}", source=tag.code), here.at)
            here.settle()
            assert here.text(number, "yes") == "confirmed"
        here.text(ANNA, "STOP")
        found = counted(here)
        (line,) = [each for each in found.sources if each.source.kind is SourceKind.POINT]
        assert line.source.name == "Shop door · Poster"
        assert (line.left, line.early, line.joined, line.early_share) == (1, 1, 2, 0.5)


def test_whoever_came_by_a_shop_counts_once_where_they_joined_and_where_they_left(store: Store) -> None:
    with world(store) as here:
        source = source_of(here, Provider.SHOPIFY)
        told = Told(
            ref="1", origin="orders/create", number=ANNA, language="en", wish=hooks.Wish.YES, said_at=here.at
        )
        take_call(store, source, [told], "d-1", here.at)
        here.text(ANNA, "STOP")
        lines = [each for each in counted(here).sources if each.source.kind is not SourceKind.ROUTE]
        ((name, left, joined),) = [(each.source.name, each.left, each.joined) for each in lines]
        assert name.endswith(f" · {models.HookSource.objects.get().name}")
        assert (left, joined) == (1, 1)


def test_without_a_point_the_way_in_is_the_source(store: Store) -> None:
    with world(store) as here:
        here.members(1, numbers=[ANNA])
        left(here, ANNA)
        (line,) = counted(here).sources
        assert line.source == Source(kind=SourceKind.ROUTE, name="keyword")
        assert line.joined is None


def test_a_stop_that_had_been_misread_is_no_leaving(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with world(store) as here:
        reading(monkeypatch)[UNSURE] = unsure(0.7, span=(22, 30))
        user = add_user("kim", "Kim")
        here.join(ANNA)
        here.text(ANNA, UNSURE)
        assert counted(here).ways == {Way.FREE_TEXT: 1}
        do(here, "undo", only(here), user, "she meant the parcel")
        assert counted(here).left == 0


def test_whoever_stops_twice_left_once(store: Store) -> None:
    with world(store) as here:
        here.join(ANNA)
        here.text(ANNA, "STOP")
        here.text(ANNA, "STOP")
        assert counted(here).left == 1


def test_who_complains_counts_and_stays_apart_from_who_leaves(store: Store) -> None:
    with world(store) as here:
        here.join(ANNA)
        campaign = here.campaign()
        here.settle()
        here.text(ANNA, "I will report you for spam")
        found = counted(here)
        assert found.complaints == 1
        assert [(each.key, each.complaints) for each in found.campaigns] == [(campaign.pk, 1)]


def test_who_is_erased_is_in_no_row_any_more(store: Store) -> None:
    with world(store) as here:
        point = published(here)
        take(store, sent(point, ANNA), here.at)
        here.settle()
        here.text(ANNA, "yes")
        here.text(ANNA, "STOP")
        assert here.sql("SELECT count(*) FROM departure")[0][0] == 1
        assert here.sql("SELECT count(*) FROM point_arrival")[0][0] == 1
        erasing.erase(store, here.contact(ANNA).id, Wish(ground=REQUESTED), here.at)
        assert here.sql("SELECT count(*) FROM departure")[0][0] == 0
        assert here.sql("SELECT count(*) FROM point_arrival")[0][0] == 0


@pytest.mark.parametrize("query", ["departures_between", "departures_by_day", "departed_after_texts"])
def test_counting_reads_those_who_left_and_nobody_who_stays(sqlite_store: Store, query: str) -> None:
    """The plan of the query, so that a million people who stay cost nothing."""
    with world(sqlite_store) as here, sqlite_store.database.read() as session:
        sql = session._sql(query).replace(":program_id", "0")
        for name in (":brand_id", ":since", ":until", ":handed", ":watched"):
            sql = sql.replace(name, "1")
        plan = " ".join(str(row[-1]) for row in here.sql(f"EXPLAIN QUERY PLAN {sql}"))
        assert "COVERING INDEX departure_of_brand" in plan
        assert "SCAN departure" not in plan
        assert "SCAN d" not in plan
