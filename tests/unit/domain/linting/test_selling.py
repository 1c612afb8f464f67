import pytest

from yesword.domain.linting.selling import sells

SELLING = [
    pytest.param(
        "en", "Your order ships today. Use code SAVE10 for your next one", "Use code", id="English: a code"
    ),
    pytest.param("en", "Appointment on Friday. Book now and save 20%!", "Book now", id="English: book now"),
    pytest.param("en", "Our summer sale starts", "sale", id="English: a sale"),
    pytest.param("nl", "Je pakket komt vandaag. Bestel nu ook sokken", "Bestel nu", id="Dutch: order now"),
    pytest.param("nl", "Zomeruitverkoop: sale!", "sale", id="Dutch: a sale"),
    pytest.param("nl", "Je afspraak is morgen. Bekijk onze aanbiedingen", "aanbiedingen", id="Dutch: offers"),
    pytest.param("sv", "Din tid är i morgon. Missa inte vår rea", "Missa inte", id="Swedish: do not miss"),
    pytest.param("sv", "Paketet är framme. Nya erbjudanden i butiken", "erbjudanden", id="Swedish: offers"),
    pytest.param(
        "de", "Ihr Paket ist da. Sichern Sie sich 15% Rabatt", "15% Rabatt", id="German: a discount"
    ),
    pytest.param("de", "Ihr Termin ist morgen. Neue Angebote im Laden", "Angebote", id="German: offers"),
    pytest.param("de", "Sommerschlussverkauf: jetzt kaufen", "jetzt kaufen", id="German: buy now"),
    pytest.param("da", "Din pakke er klar. Se ugens tilbud i butikken", "tilbud", id="Danish: offers"),
    pytest.param("da", "Din tid er i morgen. Husk udsalget", "udsalget", id="Danish: a sale"),
    pytest.param("en", "Pizza on Friday: 2 for 1", "2 for 1", id="English: two for one"),
    pytest.param("en", "Tonight we have vape deals", "vape deals", id="English: deals on something"),
    pytest.param("en", "Hi Anna, we miss you", "we miss you", id="English: winning back"),
    pytest.param(
        "nl",
        "Neem iemand mee en krijg samen 15 euro terug",
        "krijg samen 15 euro terug",
        id="Dutch: money back",
    ),
    pytest.param("nl", "Hoi Anna, we missen je", "we missen je", id="Dutch: winning back"),
    pytest.param("sv", "Köp två betala för en", "Köp två betala för en", id="Swedish: two for one"),
    pytest.param("sv", "Hej Anna, vi saknar dig", "vi saknar dig", id="Swedish: winning back"),
    pytest.param("de", "Zwei zum Preis von einem", "Zwei zum Preis von einem", id="German: two for one"),
    pytest.param(
        "de", "Wir haben dich lange nicht gesehen", "lange nicht gesehen", id="German: winning back"
    ),
    pytest.param(
        "da", "Det er længe siden vi har set dig", "længe siden vi har set", id="Danish: winning back"
    ),
    pytest.param("da", "Køb to og betal for en", "Køb to og betal for en", id="Danish: two for one"),
    pytest.param("nb", "Timen din er i morgen. Få 20% rabatt", "20% rabatt", id="Norwegian"),
    pytest.param("fr", "Votre colis est là. -20% avec le code promo ETE", "-20%", id="French"),
    pytest.param("es", "Su pedido llegó. Aproveche un 20% de descuento", "20% de descuento", id="Spanish"),
    pytest.param("it", "Il suo ordine è pronto. Approfitta dei saldi", "Approfitta", id="Italian"),
    pytest.param("pt", "O seu pedido chegou. Aproveite 20% de desconto", "Aproveite", id="Portuguese"),
    pytest.param("fi", "Aikasi on huomenna. Nyt 20% alennus", "20% alennus", id="Finnish"),
    pytest.param("pl", "Wizyta jutro. Tylko dziś 20% rabatu", "Tylko dziś", id="Polish"),
]
INNOCENT = [
    pytest.param("en", "Order 4417: 2 Sale items has shipped.", id="what was on sale and is sent"),
    pytest.param("en", "Your table of 2 for 1 pm is booked.", id="a table at one"),
    pytest.param("nl", "Je krijgt 15 euro terug op je rekening.", id="geld terug op de rekening"),
    pytest.param("sv", "Du betalar för en tid hos oss.", id="betala för en tid"),
    pytest.param("de", "Der Preis von einem Termin beträgt 40 Euro.", id="der Preis von einem Termin"),
    pytest.param("da", "Det er længe siden, du var til tandlæge.", id="længe siden"),
    pytest.param("en", "The discount was applied to your invoice.", id="a discount on the invoice"),
    pytest.param("en", "Your discount has been applied.", id="a discount that was given"),
    pytest.param("en", "The on sale tickets you bought are attached.", id="tickets that were bought"),
    pytest.param("en", "Your job offer is ready to sign.", id="a job"),
    pytest.param("en", "We deal with your complaint today.", id="dealing with it"),
    pytest.param("en", "Your order 4417 leaves the warehouse today.", id="an order"),
    pytest.param("nl", "De korting is verwerkt op je factuur.", id="korting op de factuur"),
    pytest.param("nl", "De werkweek is verkort; we bellen je.", id="verkort"),
    pytest.param("nl", "Er is actie nodig: bevestig je afspraak.", id="actie nodig"),
    pytest.param("sv", "Rabatten är avdragen på din faktura.", id="rabatten på fakturan"),
    pytest.param("sv", "Vi har ett erbjudande om ny tid på fredag.", id="en ny tid"),
    pytest.param("de", "Ihr Angebot für die Reparatur liegt vor.", id="ein Angebot für die Reparatur"),
    pytest.param("de", "Neue Stellenangebote passen zu Ihrem Profil.", id="Stellenangebote"),
    pytest.param("de", "Der Rabatt ist auf Ihrer Rechnung verrechnet.", id="Rabatt auf der Rechnung"),
    pytest.param("da", "Dit tilbud på reparationen er klar.", id="et tilbud på reparationen"),
    pytest.param("da", "Rabatten er fratrukket på din faktura.", id="rabatten er fratrukket"),
    pytest.param("fr", "La remise a été appliquée.", id="une remise appliquée"),
    pytest.param("es", "Tiene una oferta de empleo nueva.", id="una oferta de empleo"),
]


@pytest.mark.parametrize(("language", "text", "first"), SELLING)
def test_words_that_sell_are_found_where_they_stand(language, text, first):
    found = sells(text, language)
    assert found
    assert text[slice(*found[0])].casefold() == first.casefold() or first in text[slice(*found[0])]


@pytest.mark.parametrize(("language", "text"), INNOCENT)
def test_the_same_words_in_another_sense_sell_nothing(language, text):
    assert [text[slice(*span)] for span in sells(text, language)] == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Welcome to Acme Club: offers on shoes, up to 4 texts a month."),
        ("nl", "Welkom bij Acme Club: aanbiedingen voor schoenen."),
        ("sv", "Välkommen till Acme Club: erbjudanden på skor."),
        ("de", "Willkommen beim Acme Club: Angebote für Schuhe."),
        ("da", "Velkommen til Acme Club: tilbud på sko."),
    ],
)
def test_a_text_that_describes_a_program_may_name_offers_but_make_none(language, text):
    assert sells(text, language)
    assert sells(text, language, may_name_offers=True) == ()
    assert sells(
        f"{text} Nu -20%: 20% off, 20% korting, 20% rabatt, 20% rabat", language, may_name_offers=True
    )


def test_of_an_unknown_language_the_words_of_all_are_looked_for():
    assert sells("Acme: 20% rabat")
    assert sells("Acme: 20% alennus")
    assert sells("Acme: 20% rabat", "ko") == sells("Acme: 20% rabat")


def test_an_innocent_phrase_excuses_only_what_it_stands_around():
    text = "Your discount has been applied. Buy now for more."
    assert [text[slice(*span)] for span in sells(text, "en")] == ["Buy now"]
