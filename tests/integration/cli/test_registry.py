"""Answers of registries from a file: whose they are kept for, what is only counted, and that once is enough."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from factories.worlds import world
from yesword.cli.registry import command
from yesword.store import registries

FLORIDIAN, NEW_YORKER = "+13055550123", "+12125550123"


@pytest.fixture
def here(store):
    with world(store) as made:
        yield made


@pytest.fixture
def run(store):
    def run(*arguments):
        where = ["--data", str(store.folder), *(["--database-url", store.url] if store.url else [])]
        return CliRunner().invoke(command, [*map(str, arguments), *where])

    return run


@pytest.fixture
def file(tmp_path):
    def write(*lines):
        path = tmp_path / "answers.csv"
        path.write_text("\n".join(lines) + "\n")
        return path

    return write


def kept(here, number):
    person = here.contact(number)
    with here.store.database.read() as session:
        return {
            each.registry: (each.listed.value, each.checked_at.date().isoformat(), each.since)
            for each in registries.answers(session, [person.id]).get(person.id, ())
        }


def counts(output):
    """The numbers of the report, each by the first word of its sentence."""
    lines = [line.split(maxsplit=1) for line in output.splitlines() if line.startswith("    ")]
    return [int(count) for count, _ in lines]


def test_one_number_a_line(here, run, file):
    here.strangers([FLORIDIAN, NEW_YORKER])
    path = file("(305) 555-0123", "+1 212 555 0123", "4155550123", "nonsense")
    first = run("import", path, "--registry", "us-dnc", "--listed", "--checked-on", "2026-03-01")
    assert first.exit_code == 0, first.output
    assert first.output.startswith("4 lines of us-dnc, 3 of them listed\n")
    assert counts(first.output) == [2, 2, 1, 1]
    assert first.output.endswith("  line 4\n")
    assert kept(here, FLORIDIAN) == {"us-dnc": ("yes", "2026-03-01", None)}
    again = run("import", path, "--registry", "us-dnc", "--listed", "--checked-on", "2026-03-01")
    assert counts(again.output) == [2, 0, 1, 1], "a second time changes nothing"


def test_numbers_that_nobody_has_leave_no_trace(here, run, file):
    run("import", file("4155550123"), "--registry", "us-dnc", "--listed")
    assert here.sql("SELECT count(*) FROM registry_answer") == [(0,)]
    assert here.sql("SELECT count(*) FROM contact") == [(0,)]


def test_area_code_and_number_apart_are_one_number(here, run, file):
    here.strangers([FLORIDIAN])
    answer = run("import", file("305,5550123", "415,5550123"), "--registry", "us-dnc", "--listed")
    assert counts(answer.output) == [1, 1, 1, 0]


def test_columns_say_of_each_whether_and_since_when(here, run, file):
    here.strangers([FLORIDIAN, NEW_YORKER])
    rows = [
        "number;listed;since",
        f"{FLORIDIAN};yes;2024-05-06",
        f"{NEW_YORKER};not listed;",
        "+14155550123;perhaps;",
    ]
    answer = run("import", file(*rows), "--registry", "us-dnc", "--checked-on", "2026-03-01")
    assert counts(answer.output) == [2, 2, 0, 1], answer.output
    assert kept(here, FLORIDIAN)["us-dnc"] == ("yes", "2026-03-01", datetime(2024, 5, 6, tzinfo=UTC))
    assert kept(here, NEW_YORKER)["us-dnc"][0] == "no"


def test_a_later_answer_takes_the_place_of_an_earlier_one_only(here, run, file):
    here.strangers([FLORIDIAN])
    path = file(FLORIDIAN)
    run("import", path, "--registry", "us-dnc", "--listed", "--checked-on", "2026-03-01")
    run("import", path, "--registry", "us-dnc", "--clear", "--checked-on", "2026-02-01")
    assert kept(here, FLORIDIAN)["us-dnc"][0] == "yes"
    run("import", path, "--registry", "us-dnc", "--clear", "--checked-on", "2026-03-02")
    assert kept(here, FLORIDIAN)["us-dnc"][0] == "no"


def test_each_registry_reads_the_numbers_of_its_own_country(here, run, file):
    here.strangers(["+34612345678"])
    answer = run("import", file("612 34 56 78"), "--registry", "lista-robinson", "--listed")
    assert counts(answer.output) == [1, 1, 0, 0]
    here.strangers([FLORIDIAN])
    of_a_state = run("import", file("305 555 0123"), "--registry", "fl-no-sales", "--listed")
    assert counts(of_a_state.output) == [1, 1, 0, 0]
    elsewhere = run(
        "import", file("612 34 56 78"), "--registry", "lista-robinson", "--listed", "--country", "NL"
    )
    assert counts(elsewhere.output)[0] == 0


@pytest.mark.parametrize(
    ("lines", "arguments", "said"),
    [
        pytest.param([FLORIDIAN], ["--registry", "us-dnq", "--listed"], "us-dnc", id="a registry of no rule"),
        pytest.param([FLORIDIAN], ["--registry", "us-dnc"], "--clear", id="nobody says whether it is listed"),
        pytest.param(
            ["number,listed", f"{FLORIDIAN},yes"],
            ["--registry", "us-dnc", "--clear"],
            'column "listed"',
            id="both say",
        ),
        pytest.param(
            [FLORIDIAN],
            ["--registry", "us-dnc", "--listed", "--checked-on", "2098-01-01"],
            "still to come",
            id="asked tomorrow",
        ),
        pytest.param(["name,listed", "Anna,yes"], ["--registry", "us-dnc"], "No column", id="no numbers"),
        pytest.param(
            [FLORIDIAN], ["--registry", "us-dnc", "--listed", "--country", "QQ"], "QQ", id="no such country"
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_kept(here, run, file, lines, arguments, said):
    here.strangers([FLORIDIAN])
    answer = run("import", file(*lines), *arguments)
    assert answer.exit_code == 2
    assert said in answer.output
    assert kept(here, FLORIDIAN) == {}


def test_a_file_without_a_readable_line_fails(here, run, file):
    answer = run("import", file("nonsense", "more of it"), "--registry", "us-dnc", "--listed")
    assert answer.exit_code == 2
    assert run("import", file("phone", "nonsense"), "--registry", "us-dnc", "--listed").exit_code == 1


def test_no_number_is_repeated_in_what_is_said(here, run, file):
    here.strangers([FLORIDIAN])
    answer = run("import", file(FLORIDIAN, "5551"), "--registry", "us-dnc", "--listed")
    assert "5551" not in answer.output
    assert "555 0123" not in answer.output


def test_the_list_says_what_each_registry_is_and_what_is_kept(here, run, file):
    here.strangers([FLORIDIAN, NEW_YORKER])
    run("import", file(FLORIDIAN), "--registry", "us-dnc", "--listed", "--checked-on", "2026-03-01")
    said = run("list").output
    assert "us-dnc: who is listed may not be texted; an answer is good for 31 days" in said
    assert "  answers kept: 1, listed: 1; asked 2026-03-01" in said
    assert "us-rnd: a number that is listed has a new owner" in said
    assert "never asked" in said
