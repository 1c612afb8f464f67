from yesword.channels.pace import Backoff, Pace


def test_a_slow_carrier_is_measured_by_the_spread_of_its_answers():
    pace = Pace(20_000)
    pace.learn(after_first=90, spread_s=0.9)
    assert pace.per_second == 100


def test_answers_that_come_all_at_once_do_not_make_a_distant_carrier_slow():
    pace = Pace(20_000)
    pace.learn(after_first=0, spread_s=0)
    assert pace.per_second == 20_000


def test_the_estimate_grows_back_by_doubling_and_never_past_what_is_allowed():
    pace = Pace(400)
    pace.learn(after_first=10, spread_s=0.1)
    seen = []
    for _ in range(4):
        pace.learn(after_first=100, spread_s=0.001)
        seen.append(pace.per_second)
    assert seen == [200, 400, 400, 400]


def test_throttling_halves_the_pace_but_leaves_a_text_now_and_then():
    pace = Pace(0.5)
    seen = []
    for _ in range(4):
        pace.slow_down()
        seen.append(pace.per_second)
    assert seen == [0.25, 0.125, 0.1, 0.1]


def test_how_long_the_first_answer_takes_is_known_from_the_last_hand_over():
    pace = Pace(100)
    assert pace.answers_in_s == 0
    pace.learn(after_first=10, spread_s=5.0, first_s=5.0)
    assert (pace.per_second, pace.answers_in_s) == (2, 5.0)
    pace.learn(after_first=0, spread_s=0.0, first_s=0.1)
    assert (pace.per_second, pace.answers_in_s) == (4, 0.1)


def test_pauses_double_up_to_a_limit_and_end_with_a_success():
    backoff = Backoff(first_s=1, most_s=5, jitter=lambda: 1.0)
    assert [backoff.failed(0) for _ in range(5)] == [1, 2, 4, 5, 5]
    assert backoff.rests_s(2) == 3
    assert backoff.rests_s(9) == 0
    backoff.succeeded()
    assert backoff.rests_s(2) == 0
    assert backoff.failed(10) == 1


def test_jitter_takes_off_up_to_half():
    assert Backoff(first_s=1, jitter=lambda: 0.0).failed(0) == 0.5
