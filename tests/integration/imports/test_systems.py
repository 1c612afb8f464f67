"""Exports of other systems, as their documentation names the columns: what they say of texts counts, and nothing else."""

from pathlib import Path

import pytest

from factories.imports import WORDING, contact_id_of, events, outcomes, person, state
from yesword.collect.imports import Outcome
from yesword.collect.imports.attached import Attached
from yesword.collect.imports.columns import preview
from yesword.domain.events import Grade

EXPORTS = Path(__file__).parents[2] / "data" / "imports"
ANNA, BRUNO, CLEO = "+31612345601", "+31612345602", "+31612345603"
SAID = Attached(wording=WORDING)


@pytest.mark.parametrize(
    ("file", "system", "expected", "grades"),
    [
        ("twilio-consents.csv", "Twilio, consents", {"created": 2, "stopped": 1}, {"D": 2}),
        ("twilio-opt-outs.csv", "Twilio, opt-outs", {"created": 2, "stopped": 1}, {"E": 2}),
        ("klaviyo.csv", "Klaviyo", {"created": 3}, {"D": 1, "E": 2}),
        ("mailchimp.csv", "Mailchimp", {"created": 2, "stopped": 1}, {"E": 2}),
        ("attentive.csv", "Attentive", {"created": 1, "stopped": 1}, {"D": 1}),
        ("postscript.csv", "Postscript", {"created": 1, "stopped": 1}, {"D": 1}),
        (
            "shopify-customers.csv",
            "Shopify, customers",
            {"created": 1, "stopped": 1, "rejected": 1},
            {"E": 1},
        ),
    ],
)
def test_an_export_is_known_by_its_columns(store, club, imported, file, system, expected, grades):
    report = imported(EXPORTS / file, attached=SAID)
    assert report.system == system
    assert outcomes(report) == expected
    assert {grade.value: count for grade, count in report.grades.items()} == grades
    assert person(store, club, ANNA if file != "twilio-opt-outs.csv" else CLEO).number is not None


def test_an_e_mail_consent_is_none_to_texts(store, club, imported):
    """Mailchimp's OPTIN_TIME, and a list of channels without ours, are about e-mail."""
    imported(EXPORTS / "klaviyo.csv", attached=SAID)
    assert state(store, club, ANNA).grant_for(club.id).grade is Grade.D
    assert state(store, club, BRUNO).grants == ()
    [event], _ = events(store, club, BRUNO)
    assert event.grade is Grade.E


def test_mailchimps_opt_in_time_dates_nothing(store, club, imported):
    imported(EXPORTS / "mailchimp.csv", attached=Attached(source="the form", wording=WORDING))
    assert state(store, club, ANNA).grant_for(club.id).since.year == 2025, "when it was given for texts"
    assert state(store, club, BRUNO).grants == (), "known by e-mail since 2021, and that is all"


def test_the_number_of_a_parcel_is_not_the_one_that_agreed(store, club, imported):
    imported(EXPORTS / "shopify-customers.csv", attached=SAID)
    assert contact_id_of(store, club, "+31612345699") is None
    assert contact_id_of(store, club, "+31612345698") is None


def test_a_suppression_list_makes_no_contacts_and_is_told_by_its_name(store, club, imported):
    file = EXPORTS / "unsubscribed-numbers.csv"
    assert preview(file).seems_opt_outs
    assert outcomes(imported(file, is_opt_outs=True)) == {"stopped": 2}
    assert contact_id_of(store, club, ANNA) is None
    assert outcomes(imported(EXPORTS / "twilio-consents.csv", attached=SAID))["kept_stopped"] == 1


def test_deltas_of_opt_outs_may_be_taken_again_and_again(store, club, people, imported):
    header = "phone,name,status"
    first = people("0612345601,Anna,subscribed", "0612345602,Bruno,unsubscribed", header=header, name="1.csv")
    assert outcomes(imported(first, only_opt_outs=True)) == {"stopped": 1, "left_alone": 1}
    assert contact_id_of(store, club, ANNA) is None
    second = people(
        "0612345601,Anna,unsubscribed", "0612345602,Bruno,unsubscribed", header=header, name="2.csv"
    )
    assert outcomes(imported(second, only_opt_outs=True)) == {"stopped": 1, "already_stopped": 1}
    assert outcomes(imported(second, only_opt_outs=True)) == {"already_stopped": 2}
    assert imported(first).outcomes[Outcome.KEPT_STOPPED] == 1
