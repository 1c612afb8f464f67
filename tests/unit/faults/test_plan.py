"""A plan of faults follows from its seed."""

from collections import Counter

from yesword.faults.plan import ActKind, FaultKind, Measures, plan

PROCESSES = ("dispatch-1", "sequence", "receive", "web", "peer")


def measures(seconds: float = 600.0) -> Measures:
    return Measures(
        seconds=seconds, people=100, processes=PROCESSES, wires=("carrier", "database"), every_s=2.0
    )


def test_the_same_seed_gives_the_same_plan_and_another_one_another() -> None:
    assert plan(7, measures()) == plan(7, measures())
    assert plan(7, measures()) != plan(8, measures())


def test_everything_that_can_go_wrong_does_and_to_everything() -> None:
    seen = Counter((each.kind, each.target) for each in plan(1, measures()).faults)
    on_processes = {(kind, each) for kind in (FaultKind.KILL, FaultKind.PAUSE) for each in PROCESSES}
    cuts = (FaultKind.CUT, FaultKind.HALF_OPEN, FaultKind.SLOW)
    assert seen.keys() == on_processes | {(kind, each) for kind in cuts for each in ("carrier", "database")}
    assert {each.kind for each in plan(1, measures()).acts} == set(ActKind)


def test_some_pauses_outlast_a_lease_and_some_do_not() -> None:
    pauses = [each.for_s for each in plan(1, measures(1800.0)).faults if each.kind is FaultKind.PAUSE]
    assert any(each > 30 for each in pauses)
    assert any(each < 20 for each in pauses)


def test_a_short_run_has_no_pause_that_outlasts_it() -> None:
    assert max(each.for_s for each in plan(1, measures(20.0)).faults) < 10


def test_one_target_has_one_fault_at_a_time() -> None:
    busy: dict[str, float] = {}
    for fault in plan(3, measures()).faults:
        assert fault.at_s >= busy.get(fault.target, 0.0)
        busy[fault.target] = fault.at_s + fault.for_s


def test_nobody_is_in_two_files_of_leavers() -> None:
    imported = [
        person for each in plan(1, measures()).acts if each.kind is ActKind.IMPORT for person in each.people
    ]
    assert len(imported) > 50
    assert len(imported) == len(set(imported))


def test_what_people_do_is_in_the_order_of_time_and_about_people_who_are_there() -> None:
    acts = plan(1, measures()).acts
    assert [each.at_s for each in acts] == sorted(each.at_s for each in acts)
    assert all(0 <= person < 100 for each in acts for person in each.people)
