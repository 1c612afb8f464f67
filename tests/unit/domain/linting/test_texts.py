from datetime import date

import pytest

from factories.programs import a_program
from yesword.domain.facts import SenderFacts
from yesword.domain.linting.finding import Severity
from yesword.domain.linting.texts import lint_template, lint_text
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.rules import RuleBook
from yesword.domain.text import measure

ON = date(2026, 11, 22)
PACKS = RuleBook.load().packs
NAME = SenderFacts(address="ACME", kind="alphanumeric", can_receive=False)
CODE = SenderFacts(address="800123", kind="short_code", can_receive=True)
GOOD = {
    "en": "Acme: 20% off boots until Sunday: https://acme.example/b. Reply STOP to stop.",
    "nl": "Acme: 20% korting op laarzen t/m zondag: https://acme.example/b. Antwoord STOP om te stoppen.",
    "sv": "Acme: 20% rabatt på stövlar till söndag: https://acme.example/b. Svara STOP för att avsluta.",
    "de": "Acme: 20% Rabatt auf Stiefel bis Sonntag: https://acme.example/b. Antworte STOP zum Abmelden.",
    "da": "Acme: 20% rabat på støvler til søndag: https://acme.example/b. Svar STOP for at stoppe.",
}
COUNTRY = {"en": "GB", "nl": "NL", "sv": "SE", "de": "DE", "da": "DK"}
INFORMING = {
    "en": "Acme: your appointment is on Friday at 10:00. Reply STOP to stop.",
    "nl": "Acme: je afspraak is vrijdag om 10:00. Antwoord STOP om te stoppen.",
    "sv": "Acme: din tid är på fredag kl. 10:00. Svara STOP för att avsluta.",
    "de": "Acme: Ihr Termin ist am Freitag um 10:00. Antworte STOP zum Abmelden.",
    "da": "Acme: din tid er fredag kl. 10:00. Svar STOP for at stoppe.",
}


def lint(
    text,
    language="en",
    countries=("GB",),
    sender=CODE,
    message_class=MessageClass.PROMOTIONAL,
    kind=MessageKind.CAMPAIGN,
    program=None,
    **more,
):
    return lint_text(
        text, program, language, countries, sender, message_class, kind, PACKS, ON, brand="Acme", **more
    )


def by_code(findings):
    return {each.code: each for each in findings}


@pytest.mark.parametrize("language", GOOD)
def test_a_good_offer_has_nothing_to_remark(language):
    assert lint(GOOD[language], language, (COUNTRY[language],)) == ()


@pytest.mark.parametrize("language", INFORMING)
def test_a_reminder_has_nothing_to_remark(language):
    found = lint(
        INFORMING[language],
        language,
        (COUNTRY[language],),
        message_class=MessageClass.INFORMATIONAL,
        kind=MessageKind.REMINDER,
    )
    assert found == ()


@pytest.mark.parametrize("language", GOOD)
def test_a_text_without_its_brand_is_offered_it_at_the_beginning(language):
    text = GOOD[language].removeprefix("Acme: ")
    found = by_code(lint(text, language, (COUNTRY[language],)))
    assert set(found) == {"brand_missing"}
    assert (found["brand_missing"].severity, found["brand_missing"].offer) == (
        Severity.ERROR,
        f"Acme: {text}",
    )
    assert lint(found["brand_missing"].offer, language, (COUNTRY[language],)) == ()


@pytest.mark.parametrize("language", GOOD)
def test_a_text_without_a_way_out_is_offered_the_standard_line_that_mends_it(language):
    text = GOOD[language].split(". ")[0] + "."
    found = by_code(lint(text, language, (COUNTRY[language],)))
    assert set(found) == {"way_out_missing"}
    assert lint(f"{text} {found['way_out_missing'].offer}", language, (COUNTRY[language],)) == ()


@pytest.mark.parametrize("language", GOOD)
def test_a_name_as_sender_is_offered_a_link_because_it_cannot_be_answered(language):
    program = a_program(brand_name="Acme")
    bare = GOOD[language].split(". ")[0] + "."
    place = (COUNTRY[language],)
    offered = by_code(lint(bare, language, place, sender=NAME, program=program))["way_out_missing"].offer
    assert "https://acme.example/u/" in offered
    assert lint(f"{bare} {offered}", language, place, sender=NAME, program=program) == ()
    asked = by_code(lint(GOOD[language], language, place, sender=NAME, program=program))
    assert asked["stop_cannot_arrive"].offer == offered


def test_a_law_that_wants_an_answer_refuses_a_name_as_sender():
    found = by_code(lint(f"{GOOD['en']} https://acme.example/u/x", "en", ("NZ",), sender=NAME))
    assert found["cannot_be_answered"].rule == "nz.uema.un"


def test_a_first_text_in_america_is_remarked_on_where_the_house_is_silent():
    packs = [pack for pack in PACKS if pack.id != "house"]
    text = "Acme: 20% off boots."
    found = lint_text(
        text, None, "en", ("US",), CODE, MessageClass.PROMOTIONAL, MessageKind.SURVEY, packs, ON, brand="Acme"
    )
    assert by_code(found)["way_out_first"].rule == "industry-ctia.un.words"


def test_the_rules_of_the_day_are_asked():
    homes = a_program(brand_name="Acme", categories=("renovation",))

    def on(day):
        return by_code(
            lint_text(
                GOOD["en"],
                homes,
                "en",
                ("FR",),
                CODE,
                MessageClass.PROMOTIONAL,
                MessageKind.CAMPAIGN,
                PACKS,
                day,
            )
        )

    assert "category_forbidden" not in on(date(2025, 1, 1))
    assert on(ON)["category_forbidden"].rule == "fr.sector"


def test_a_category_that_may_not_go_there_is_an_error_for_the_program_and_a_warning_for_a_word():
    wine = "Acme: 20% off all wines. Reply STOP to stop."
    drinks = a_program(brand_name="Acme", categories=("alcohol",))
    declared = by_code(lint(wine, "en", ("CA",), program=drinks))
    assert (declared["category_forbidden"].rule, declared["category_forbidden"].severity) == (
        "carrier-cwta.age",
        Severity.ERROR,
    )
    suspected = by_code(lint(wine, "en", ("CA",)))
    assert suspected["category_suspected"].severity is Severity.WARNING
    assert "category_suspected" not in by_code(lint(wine, "en", ("DK",)))


# The advice of 160 characters is often illustrated by a text like this one, which takes two segments for its picture.
EMOJI = "Acme: 20% off boots 🎉 until Sunday – don’t miss it at https://acme.example/b. Reply STOP to stop."


def test_an_emoji_costs_a_segment_and_the_text_without_it_is_offered():
    assert (len(EMOJI) < 160, measure(EMOJI).segments) == (True, 2)
    found = by_code(lint(EMOJI))
    assert set(found) == {"ucs_2", "long_text"}
    assert dict(found["ucs_2"].sentence.args)["characters"] == "🎉 – ’"
    assert found["ucs_2"].severity is Severity.WARNING
    assert EMOJI[slice(*found["ucs_2"].span)] == "🎉"
    offered = found["ucs_2"].offer
    assert (
        offered
        == "Acme: 20% off boots until Sunday - don't miss it at https://acme.example/b. Reply STOP to stop."
    )
    assert lint(offered) == ()


def test_a_second_segment_needs_a_reason():
    text = f"{GOOD['en'][: -len(' Reply STOP to stop.')]} {'And more. ' * 10}Reply STOP to stop."
    assert by_code(lint(text))["long_text"].rule == "house.length"
    assert lint(text, reason="the address has to be in it") == ()


def test_a_link_of_a_public_shortener_is_pointed_at():
    text = "Acme: 20% off boots at https://bit.ly/3xYz. Reply STOP to stop."
    found = by_code(lint(text))["shortened_link"]
    assert (text[slice(*found.span)], found.rule) == ("https://bit.ly/3xYz", "house.without.shortener")


@pytest.mark.parametrize(
    ("text", "language", "early"),
    [
        pytest.param("Acme: Hi Anna! 20% off boots. Reply STOP to stop.", "en", "Hi", id="a greeting in English"),
        pytest.param("Hoi Anna, 20% korting bij Acme. Antwoord STOP om te stoppen.", "nl", "Hoi", id="in Dutch"),
        pytest.param("Hej Anna! Acme ger 20% rabatt. Svara STOP för att avsluta.", "sv", "Hej", id="in Swedish"),
        pytest.param("Acme - Hallo Anna, 20% Rabatt. Antworte STOP zum Abmelden.", "de", "Hallo", id="in German"),
        pytest.param("Acme: Kære Anna, 20% rabat. Svar STOP for at stoppe.", "da", "Kære", id="in Danish"),
        pytest.param("Acme: https://acme.example/b has 20% off. Reply STOP to stop.", "en", "https://acme.example/b", id="a link"),
    ],
)  # fmt: skip
def test_what_stands_before_the_offer_is_remarked_on(text, language, early):
    (found,) = lint(text, language, (COUNTRY[language],))
    assert (found.code, found.severity) == ("offer_late", Severity.ADVICE)
    assert text[slice(*found.span)] == early


def test_a_label_that_a_law_wants_has_to_stand_where_the_law_wants_it():
    labelled = "(광고) Acme 080-123-4567: 20% off. STOP 무료수신거부 080-123-4567"
    assert not {code for code in by_code(lint(labelled, None, ("KR",))) if code.startswith("label")}
    moved = "Acme (광고) 080-123-4567: 무료수신거부 20% off. Reply STOP to stop."
    found = [each for each in lint(moved, None, ("KR",)) if each.code == "label_missing"]
    assert {(each.rule, each.offer) for each in found} == {
        ("kr.id.label", "(광고)"),
        ("kr.id.un", "무료수신거부"),
    }


def test_what_a_carrier_forbids_is_pointed_at():
    text = "Acme: 20% off. Call +971 4 123 4567 or see acme.example/b. Reply STOP to stop."
    found = [each for each in lint(text, "en", ("AE",)) if each.rule == "ae.tdra.body"]
    assert {text[slice(*each.span)] for each in found} == {"+971 4 123 4567", "acme.example/b"}


@pytest.mark.parametrize(
    ("language", "more", "words"),
    [
        ("en", "Get 10% off now!", "10% off"),
        ("nl", "Nu 10% korting!", "10% korting"),
        ("sv", "Just nu 10% rabatt!", "10% rabatt"),
        ("de", "Jetzt 10% Rabatt!", "10% Rabatt"),
        ("da", "Lige nu 10% rabat!", "10% rabat"),
    ],
)
def test_a_reminder_that_sells_is_promotional(language, more, words):
    text = f"{INFORMING[language]} {more}"
    (found,) = lint(
        text,
        language,
        (COUNTRY[language],),
        message_class=MessageClass.INFORMATIONAL,
        kind=MessageKind.REMINDER,
    )
    assert (found.code, found.severity, text[slice(*found.span)]) == ("sells", Severity.ERROR, words)
    assert RuleBook.load().rule(found.rule).parameter.is_promotional
    assert lint(text, language, (COUNTRY[language],)) == ()  # as promotion it is in order


def test_in_denmark_the_danish_rule_is_named():
    text = f"{INFORMING['da']} 10% rabat!"
    (found,) = lint(text, "da", ("DK",), message_class=MessageClass.INFORMATIONAL, kind=MessageKind.REMINDER)
    assert (found.rule, found.also) == ("dk.mfl10.service", ("house.mixed",))


def test_a_template_is_read_as_it_will_go_out_with_its_way_out():
    program = a_program(brand_name="Acme")

    def of(source, language="da"):
        return lint_template(
            source,
            program,
            language,
            ("DK",),
            CODE,
            MessageClass.PROMOTIONAL,
            MessageKind.CAMPAIGN,
            PACKS,
            ON,
        )

    assert of("[Brand]: 20% rabat på [category of interest|sko].") == ()
    assert set(by_code(of("20% rabat på [category of interest|sko]."))) == {"brand_missing"}
    (wrong,) = of("[Brand]: [Colour] sko")
    assert (wrong.code, wrong.severity) == ("template", Severity.ERROR)


def test_findings_are_ordered_gravest_first_and_the_same_each_time():
    text = "Hi! great boots, 20% off at bit.ly/x 🎉"
    found = lint(text, "en", ("DK", "US"))
    assert found == lint(text, "en", ("US", "DK"))
    order = list(Severity)
    assert [each.severity for each in found] == sorted((each.severity for each in found), key=order.index)


@pytest.mark.parametrize("line", ["STOP 36111", "STOP au 36111", "STOP: 36111"])
def test_in_france_a_name_is_left_by_the_short_number(line):
    assert lint(f"Acme : -20% jusqu'à dimanche. {line}", "fr", ("FR",), sender=NAME) == ()


def test_the_line_offered_in_france_is_the_one_with_the_short_number():
    found = by_code(lint("Acme : -20% jusqu'à dimanche.", "fr", ("FR",), sender=NAME))
    assert set(found) == {"way_out_missing", "label_missing"}
    assert {each.offer for each in found.values()} == {"STOP au 36..."}
    assert lint("Acme : -20% jusqu'à dimanche. STOP au 36...", "fr", ("FR",), sender=NAME) == ()
    bare = by_code(lint("Acme : -20% jusqu'à dimanche. STOP", "fr", ("FR",), sender=NAME))
    assert bare["stop_cannot_arrive"].offer == "STOP au 36..."
    by_code_number = by_code(lint("Acme : -20% jusqu'à dimanche.", "fr", ("FR",), sender=CODE))
    assert by_code_number["way_out_missing"].offer == "Répondez STOP pour vous désabonner."


@pytest.mark.parametrize(
    ("language", "country", "text"),
    [
        ("en", "NZ", "Acme: 20% off. Text STOP to 800123."),
        ("nl", "NL", "Acme: 20% korting. Sms STOP naar 1234."),
        ("sv", "SE", "Acme: 20% rabatt. Sms:a STOP till 71234."),
        ("de", "DE", "Acme: 20% Rabatt. Sende STOP an 70123."),
        ("da", "DK", "Acme: 20% rabat. Send STOP til 1234."),
    ],
)
def test_a_name_whose_text_says_where_to_answer_can_be_left(language, country, text):
    assert lint(text, language, (country,), sender=NAME) == ()
    bare = text.rsplit(" ", 2)[0] + "."
    assert "stop_cannot_arrive" in by_code(lint(bare, language, (country,), sender=NAME))


@pytest.mark.parametrize(
    ("language", "text", "category"),
    [
        ("en", "Acme: 2 for 1 cocktails. Reply STOP to stop.", "alcohol"),
        ("en", "Acme: 20% off THC gummies. Reply STOP to stop.", "cannabis"),
        ("en", "Acme: new vapes, 20% off. Reply STOP to stop.", "tobacco"),
        ("nl", "Acme: 20% korting op bier. Antwoord STOP om te stoppen.", "alcohol"),
        ("sv", "Acme: 20% rabatt på öl. Svara STOP för att avsluta.", "alcohol"),
        ("de", "Acme: 20% Rabatt auf Wein. Antworte STOP zum Abmelden.", "alcohol"),
        ("da", "Acme: 20% rabat på rødvin. Svar STOP for at stoppe.", "alcohol"),
    ],
)
def test_goods_that_rules_go_by_are_to_be_declared(language, text, category):
    (found,) = lint(text, language, (COUNTRY[language],))
    assert (found.code, found.severity) == ("category_undeclared", Severity.ADVICE)
    assert dict(found.sentence.args) == {"category": category}
    declared = a_program(brand_name="Acme", categories=(category,))
    assert "category_undeclared" not in by_code(lint(text, language, (COUNTRY[language],), program=declared))
