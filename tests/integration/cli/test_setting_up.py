"""From nothing to a program that people can join, by commands alone."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from yesword.cli import group
from yesword.domain.errors import YeswordError
from yesword.store import models

CLUB = Path(__file__).parents[3] / "src/yesword/demo/programs/club.toml"


@pytest.fixture
def run(tmp_path: Path):
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(group, [*arguments, "--data", str(tmp_path / "data")])

    return run


def set_up(run) -> None:
    origin = "shop.example/ledger"
    assert (
        run("brand", "add", "shop", "--name", "My Shop", "--country", "nl", "--origin", origin).exit_code == 0
    )
    assert run("account", "add", "sim").exit_code == 0


def test_a_brand_an_account_and_a_program_make_a_campaign_possible(run) -> None:
    set_up(run)
    applied = run("program", "apply", str(CLUB), "--brand", "shop", "--account", "sim")
    assert "version 1" in applied.output
    assert models.Sender.objects.get(address="800123").kind == "short_code"
    made = run("campaign", "create", "--program", "club", "--name", "First", "--text", "[Brand]: hello")
    verdict = json.loads(run("campaign", "verdict", made.output.strip(), "--json").output)
    assert (verdict["audience"], verdict["now"]) == (0, 0)


def test_a_file_that_says_nothing_new_makes_no_version(run) -> None:
    set_up(run)
    for _ in range(2):
        answer = run("program", "apply", str(CLUB), "--brand", "shop", "--account", "sim")
    assert "nothing new" in answer.output
    assert models.ProgramVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ["--brand", "other", "--account", "sim"], "no brand other", id="a brand that is not there"
        ),
        pytest.param(
            ["--brand", "shop", "--account", "x"], "no account x", id="an account that is not there"
        ),
    ],
)
def test_what_is_not_there_is_named_with_what_is(run, arguments, said) -> None:
    set_up(run)
    answer = run("program", "apply", str(CLUB), *arguments)
    assert isinstance(answer.exception, YeswordError)
    assert said in str(answer.exception)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["Shop!", "--country", "NL", "--origin", "a.example"], id="a key with other characters"),
        pytest.param(
            ["shop", "--country", "Holland", "--origin", "a.example"], id="a country that is no code"
        ),
        pytest.param(
            ["shop", "--country", "NL", "--origin", "a b+c"], id="an origin that no proof could carry"
        ),
        pytest.param(["shop", "--country", "NL", "--origin", "a.example/\nb"], id="an origin of two lines"),
        pytest.param(
            ["shop", "--country", "NL", "--origin", "a.example/"], id="an origin that ends in a slash"
        ),
        pytest.param(
            ["shop", "--country", "US", "--origin", "a.example", "--region", "US-XX"], id="no such state"
        ),
        pytest.param(
            ["shop", "--country", "NL", "--origin", "a.example", "--region", "US-TX"],
            id="a state of another country",
        ),
    ],
)
def test_a_brand_that_could_not_work_is_refused(run, tmp_path, arguments) -> None:
    answer = run("brand", "add", *arguments, "--name", "Shop")
    assert isinstance(answer.exception, YeswordError)
    assert not (tmp_path / "data").exists()


def test_a_country_that_is_none_is_refused_in_the_words_that_a_program_hears(run) -> None:
    brand = run("brand", "add", "shop", "--name", "Shop", "--country", "XX", "--origin", "a.example")
    program = CliRunner().invoke(group, ["program", "check", str(CLUB), "--country", "XX"])
    assert str(brand.exception) == str(program.exception)
    assert "XX" in str(brand.exception)


@pytest.mark.parametrize("origin", ["https://k3.example/ledger", "http://k3.example/ledger"])
def test_an_origin_with_a_scheme_is_refused_with_what_to_write(run, origin) -> None:
    answer = run("brand", "add", "shop", "--name", "Shop", "--country", "NL", "--origin", origin)
    assert isinstance(answer.exception, YeswordError)
    assert "write k3.example/ledger without http" in str(answer.exception)


@pytest.mark.parametrize("origin", ["k3", "k3.example", "k3.example/a/b~1", "a.example:8443/ledger"])
def test_an_origin_is_a_host_and_mostly_a_path(run, origin) -> None:
    answer = run("brand", "add", "shop", "--name", "Shop", "--country", "NL", "--origin", origin)
    assert (answer.exit_code == 0) == (origin != "k3"), answer.output


def test_a_campaign_that_is_not_there_is_named(run) -> None:
    set_up(run)
    answer = run("campaign", "start", "7")
    assert isinstance(answer.exception, YeswordError)
    assert "campaign 7" in str(answer.exception)


# --- what a brand and a sender say of themselves -------------------------------------------------------------


def test_a_brand_says_from_where_it_sends_and_what_it_is(run) -> None:
    added = run(
        *("brand", "add", "bank", "--name", "Bank", "--country", "us", "--origin", "bank.example/ledger"),
        *("--region", "us-tx", "--trait", "bank", "--trait", "public_company"),
    )
    assert added.exit_code == 0, added.output
    brand = models.Brand.objects.get()
    assert (brand.region, brand.traits) == ("US-TX", ["bank", "public_company"])
    changed = run("brand", "change", "bank", "--region", "US-FL", "--trait", "insurer", "--not-trait", "bank")
    assert changed.output == "Bank sends from US-FL; it is: insurer, public_company.\n"
    assert "sends from US;" in run("brand", "change", "bank", "--region", "").output
    brand.refresh_from_db()
    assert (brand.region, brand.traits) == ("", ["insurer", "public_company"])


def test_a_trait_that_no_law_asks_about_is_refused_with_those_that_are(run) -> None:
    set_up(run)
    answer = run("brand", "change", "shop", "--trait", "nice")
    assert answer.exit_code == 2
    assert "'nice' is not one of" in answer.output
    assert "charity" in answer.output


def test_where_a_sender_is_registered_is_noted_and_taken_back(run) -> None:
    set_up(run)
    run("program", "apply", str(CLUB), "--brand", "shop", "--account", "sim")
    noted = run("sender", "800123", "--registered", "tcr", "--registered", "cnmc-alias")
    assert noted.output == "800123, short code of sim; registered: cnmc-alias, tcr.\n"
    assert models.Sender.objects.get().registrations == ["cnmc-alias", "tcr"]
    run("sender", "800123", "--not-registered", "tcr")
    assert models.Sender.objects.get().registrations == ["cnmc-alias"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["800999"], "no sender 800999", id="a sender that is not there"),
        pytest.param(["800123", "--registered", "tcx"], 'registry "tcx"', id="a registry of no rule"),
        pytest.param(["800123", "--account", "other"], "no sender", id="of another account"),
    ],
)
def test_a_sender_or_registry_that_nobody_knows_is_named(run, arguments, said) -> None:
    set_up(run)
    run("program", "apply", str(CLUB), "--brand", "shop", "--account", "sim")
    answer = run("sender", *arguments)
    assert isinstance(answer.exception, YeswordError)
    assert said in str(answer.exception)


def test_one_address_on_two_accounts_asks_which(run) -> None:
    set_up(run)
    run("account", "add", "two")
    for account in ("sim", "two"):
        models.Sender.objects.create(
            account=models.Account.objects.get(key=account), address="Acme", kind="alphanumeric"
        )
    answer = run("sender", "Acme", "--registered", "cnmc-alias")
    assert isinstance(answer.exception, YeswordError)
    assert "sim, two" in str(answer.exception)
    assert run("sender", "Acme", "--account", "two", "--registered", "cnmc-alias").exit_code == 0
    assert models.Sender.objects.get(account__key="sim").registrations == []


# --- what the linter finds in what is set up -----------------------------------------------------------------

SOLD = "You are signed off and get no more messages. Come back for 20% off!"


def club_that_sells_after_a_stop(folder: Path) -> str:
    text = CLUB.read_text("utf-8")
    line = next(each for each in text.splitlines() if each.startswith("stop = "))
    file = folder / "club.toml"
    file.write_text(text.replace(line, f'stop = "[Brand]: {SOLD}"', 1), "utf-8")
    return str(file)


@pytest.fixture
def selling(tmp_path: Path) -> str:
    return club_that_sells_after_a_stop(tmp_path)


def test_a_file_is_checked_for_its_wordings_too_and_an_error_fails(run, selling) -> None:
    answer = CliRunner().invoke(group, ["program", "check", selling])
    assert isinstance(answer.exception, YeswordError)
    assert answer.exception.code == "wording_errors"
    assert 'error    en.stop: "20% off" sells.' in answer.output
    assert " · " in answer.output.splitlines()[1]


def test_a_file_with_errors_passes_when_somebody_says_so(selling) -> None:
    answer = CliRunner().invoke(group, ["program", "check", selling, "--despite-findings"])
    assert answer.exit_code == 0
    assert "en.stop" in answer.output
    assert "Nothing is wrong with it." not in answer.output


def test_what_is_only_warned_of_is_shown_and_fails_nothing() -> None:
    answer = CliRunner().invoke(group, ["program", "check", str(CLUB), "--country", "CA"])
    assert answer.exit_code == 0
    assert answer.output.startswith("warning")
    assert "error" not in answer.output


@pytest.mark.parametrize(("more", "exit_code"), [((), 1), (("--despite-findings",), 0)])
def test_a_check_for_programs_has_the_findings_as_json(selling, more, exit_code) -> None:
    answer = CliRunner().invoke(group, ["program", "check", selling, "--json", *more])
    assert answer.exit_code == exit_code
    found = json.loads(answer.output)
    assert found["program"] == "club"
    assert ("en.stop", "sells", "error") in {
        (each["where"], each["code"], each["severity"]) for each in found["findings"]
    }


def test_a_program_with_errors_is_not_published_unless_somebody_says_so(run, selling) -> None:
    set_up(run)
    where = ("--brand", "shop", "--account", "sim")
    answer = run("program", "apply", selling, *where)
    assert isinstance(answer.exception, YeswordError)
    assert "nothing was published" in str(answer.exception)
    assert "en.stop" in answer.output
    assert not models.ProgramVersion.objects.exists()
    assert not models.Sender.objects.exists()
    assert "version 1" in run("program", "apply", selling, *where, "--despite-findings").output
    assert models.ProgramVersion.objects.count() == 1


def drafted(run, *more: str, program: str = "club") -> Result:
    return run("campaign", "create", "--program", program, "--name", "First", *more)


def published(run, name: str) -> None:
    file = CLUB.with_name(f"{name}.toml")
    assert run("program", "apply", str(file), "--brand", "shop", "--account", "sim").exit_code == 0


def test_a_campaign_whose_text_breaks_a_rule_becomes_no_draft_unless_somebody_says_so(run) -> None:
    set_up(run)
    published(run, "club")
    answer = drafted(run, "--text", "20% off boots until Sunday.")
    assert isinstance(answer.exception, YeswordError)
    assert "no draft was made" in str(answer.exception)
    assert "The text does not say who it is from." in answer.stderr
    assert "Write: My Shop: 20% off boots" in answer.stderr
    assert not models.Campaign.objects.exists()
    made = drafted(run, "--text", "20% off boots until Sunday.", "--despite-findings")
    assert made.stdout.strip() == str(models.Campaign.objects.get().pk)


def test_advice_on_a_campaign_is_printed_and_the_draft_is_made(run) -> None:
    set_up(run)
    published(run, "club")
    made = drafted(run, "--text", "[Brand]: Hello! 20% off boots until Sunday.")
    assert made.stderr.startswith("advice")
    assert made.stdout.strip() == str(models.Campaign.objects.get().pk)


def test_a_reminder_that_sells_is_offered_to_be_called_mixed(run) -> None:
    set_up(run)
    published(run, "reminders")
    text = ("--text", "[Brand]: your appointment is at 10:00. 20% off boots until Sunday.")
    answer = drafted(run, *text, program="reminders")
    assert "--mixed" in answer.stderr
    assert not models.Campaign.objects.exists()
    assert drafted(run, *text, "--mixed", program="reminders").exit_code == 0
    assert models.Campaign.objects.get().is_mixed


def test_a_program_may_be_rendered_as_it_is_applied(run, monkeypatch, tmp_path) -> None:
    set_up(run)
    monkeypatch.setenv("PATH", str(tmp_path))  # without a browser the pages alone are kept, and it is said
    answer = run("program", "apply", str(CLUB), "--brand", "shop", "--account", "sim", "--render")
    assert answer.exit_code == 0
    languages = len(models.Disclosure.objects.all())
    assert answer.output.count("Page in ") == languages > 1
    assert answer.output.count("no Chromium on the PATH") == 1
