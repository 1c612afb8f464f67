"""What the linter is asked about a campaign: for which places, in which languages, as which class of text."""

from dataclasses import replace
from datetime import date

import pytest

from factories.worlds import TEXTS, publish, world
from yesword.domain.messages import MessageClass
from yesword.domain.segments import Comparison, Condition
from yesword.sending import campaigns
from yesword.sending.campaigns import NewCampaign
from yesword.sending.proofreading import audience_places, is_for_the_gate, proofread
from yesword.store import models

ON = date(2026, 11, 23)
GOOD = "[Brand]: 20% off boots until Sunday."


@pytest.fixture
def here(store):
    with world(store) as made:
        yield made


def draft(here, text=GOOD, *conditions, program=None, **more):
    chosen = program or here.club
    return campaigns.written(
        NewCampaign(
            brand=chosen.brand, program=chosen.id, name="Spring", template=text, segment=conditions, **more
        )
    )


def found(here, campaign, *places):
    return {
        each.code: each
        for each in proofread(here.scales, campaign, places or audience_places(here.store, campaign), ON)
    }


def is_(field, value):
    return Condition(field=field, comparison=Comparison.IS, value=value)


def informing(here, **more):
    sender = models.Sender.objects.create(
        account=here.account, address=more.get("sender", "700700"), kind="short_code"
    )
    brand = models.Brand.objects.get()
    wanted = {
        "key": "reminders",
        "purpose": "reminders",
        "keywords": ("APPT",),
        "message_class": MessageClass.INFORMATIONAL,
        **more,
    }
    return publish(brand, sender, **wanted)


def test_the_places_are_those_where_people_of_the_audience_may_be(here):
    here.strangers(["+31612345601", "+13052345678", "+4520123456"])
    assert {"NL", "US", "US-FL", "DK"} <= set(audience_places(here.store, draft(here)))
    assert audience_places(here.store, draft(here, GOOD, is_("country", "DK"))) == ("DK",)


def test_without_anybody_the_law_of_the_brand_is_asked(here):
    campaign = draft(here, "20% off boots until Sunday.")
    assert audience_places(here.store, campaign) == ()
    nameless = found(here, campaign)["brand_missing"]
    assert "eu.epriv.id" in (nameless.rule, *nameless.also)


def test_the_law_of_the_audience_is_asked(here):
    assert "label_missing" not in found(here, draft(here))
    here.strangers(["+821012345678"])
    assert found(here, draft(here))["label_missing"].pack == "kr"


def test_a_mixed_text_is_read_as_the_promotion_that_it_is_held_to_be(here):
    program = informing(here)
    assert "sells" in found(here, draft(here, program=program))
    assert "sells" not in found(here, draft(here, program=program, is_mixed=True))


def test_the_way_out_of_each_language_is_read_and_named_where_it_is_not_the_programs_own(here):
    long = replace(
        TEXTS, way_out="Antwoord STOP om te stoppen met de berichten van ons, " + "nu meteen " * 10
    )
    program = informing(
        here, message_class=MessageClass.PROMOTIONAL, texts=(("en", TEXTS), ("nl", long)), key="two"
    )
    assert found(here, draft(here, program=program))["long_text"].where == "nl"
    assert "long_text" not in found(here, draft(here, GOOD, is_("language", "EN"), program=program))


def test_what_is_wrong_in_every_language_is_said_once(here):
    program = informing(
        here, message_class=MessageClass.PROMOTIONAL, texts=(("en", TEXTS), ("nl", TEXTS)), key="two"
    )
    campaign = draft(here, "20% off boots until Sunday.", program=program)
    codes = [each.code for each in proofread(here.scales, campaign, ("NL",), ON)]
    assert codes.count("brand_missing") == 1


def test_the_gate_sees_to_the_name_of_the_brand_and_leaves_the_class_to_the_author(here):
    nameless = found(here, draft(here, "20% off boots until Sunday."))["brand_missing"]
    assert is_for_the_gate(nameless, here.scales.rules)
    sells = found(here, draft(here, program=informing(here)))["sells"]
    assert not is_for_the_gate(sells, here.scales.rules)
    greets = found(here, draft(here, "[Brand]: Hello! 20% off."))["offer_late"]
    assert not is_for_the_gate(greets, here.scales.rules)
