import pytest

from yesword.domain.linting.measuring import elements_in, labels_in, reconfirms
from yesword.domain.linting.wordings import languages, standard_way_out
from yesword.domain.rules.model.content import Forbidden

KOREAN = (("(광고)", "first"), ("무료수신거부", "end"))


@pytest.mark.parametrize(
    ("text", "labels", "carried"),
    [
        pytest.param("(광고) Acme 20% 무료수신거부 080-123-4567", KOREAN, ("(광고)", "무료수신거부"), id="both where they belong"),
        pytest.param("\n(광고)Acme 무료수신거부", KOREAN, ("(광고)", "무료수신거부"), id="nothing around them"),
        pytest.param("Acme (광고) 무료수신거부: 20% off for all", KOREAN, (), id="both elsewhere"),
        pytest.param("<adv> Acme", (("<ADV>", "first"),), ("<ADV>",), id="in small letters"),
        pytest.param("Acme STOP 36111 -20%", (("STOP 36", "anywhere"),), ("STOP 36",), id="anywhere"),
        pytest.param("Acme. Info: https://acme.example", (("Info:", "end"),), ("Info:",), id="a link may follow"),
        pytest.param("<ADV> Acme", (("<ADV>", "first"), ("<ADV>", "end")), (), id="wanted twice, there once"),
        pytest.param("<ADV>", (("<ADV>", "first"), ("<ADV>", "end")), ("<ADV>",), id="wanted twice, there in both places"),
        pytest.param("Acme", (), (), id="none wanted"),
    ],
)  # fmt: skip
def test_a_label_counts_where_it_belongs(text, labels, carried):
    assert labels_in(text, labels) == carried


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        pytest.param("Acme: your parcel comes today.", (), id="nothing"),
        pytest.param("See https://acme.example/b", ("link",), id="a link"),
        pytest.param("See acme.nl/schoenen", ("link",), id="a link without its scheme"),
        pytest.param("See www.acme.example", ("link",), id="a link with www"),
        pytest.param("See acme.com", ("link",), id="a bare domain"),
        pytest.param("See bit.ly/abc", ("link", "public_shortener"), id="a public shortener"),
        pytest.param("See https://TinyURL.com/abc.", ("link", "public_shortener"), id="in capitals, at a full stop"),
        pytest.param("See https://acme.rebrand.ly/abc", ("link",), id="a domain of their own at a shortener"),
        pytest.param("Call 020 123 4567", ("phone_number",), id="a Dutch number"),
        pytest.param("Call +45 20 12 34 56", ("phone_number",), id="a Danish number"),
        pytest.param("Call (305) 555-0123", ("phone_number",), id="an American number"),
        pytest.param("Write to help@acme.example", (), id="an address is no link"),
        pytest.param("Order 20261122 of 2026-11-22 at 10:30 for 1.234,50", (), id="an order, a date, an hour, a price"),
        pytest.param("Your code is 482913.", (), id="a code"),
        pytest.param("Text JA to 800123", (), id="a short code"),
        pytest.param("Ready at 5.Tomorrow we close.", (), id="a full stop without a blank"),
        pytest.param("Acme: 20% rabat", ("promotion",), id="promotion in whatever language"),
        pytest.param("Acme: tilbud på sko", (), id="the name of offers alone"),
    ],
)  # fmt: skip
def test_what_some_law_forbids_is_seen_in_the_text(text, elements):
    assert elements_in(text) == elements


def test_every_element_that_can_be_forbidden_is_measured():
    text = "20% off at bit.ly/x, call +31 20 123 4567"
    assert set(elements_in(text)) == {each.value for each in Forbidden}


WHY = {
    "da": "Du får denne besked, fordi du har tilmeldt dig vores klub.",
    "de": "Du erhältst diese SMS, weil du dich angemeldet hast.",
    "en": "You get this because you signed up for our club.",
    "es": "Recibes este SMS porque te suscribiste.",
    "fi": "Saat tämän viestin, koska liityit klubiin.",
    "fr": "Vous recevez ce SMS car vous êtes inscrit.",
    "it": "Ricevi questo SMS perché ti sei iscritto.",
    "nb": "Du får denne meldingen fordi du har meldt deg på.",
    "nl": "Je krijgt dit omdat je je hebt aangemeld.",
    "pl": "Otrzymujesz tę wiadomość, ponieważ zapisałeś się do klubu.",
    "pt": "Recebe esta mensagem porque se inscreveu.",
    "sv": "Du får det här sms:et eftersom du har anmält dig.",
}


@pytest.mark.parametrize("language", languages())
def test_a_text_that_says_why_it_comes_and_how_to_leave_reconfirms(language):
    leaving = standard_way_out(language)
    assert reconfirms(f"Acme: {WHY[language]} {leaving}")
    assert not reconfirms(f"Acme: {WHY[language]}")
    assert not reconfirms(f"Acme: 20% {leaving}")
