"""How much a stop ends, in each language: the texts that it names, or all but those.

Without the model: what is claimed here is what the tables say.
"""

import pytest

from yesword.domain.understanding import Context, Label, Scope, understand

PROGRAMS = Context(
    program_topics=(
        ("club", ("Club offers", "offers", "shoes")),
        ("care", ("Appointment reminders", "reminders")),
        ("parcels", ("Delivery news", "alerts")),
        ("draw", ("Summer raffle", "contest")),
        ("survey", ("Guest survey", "feedback")),
    )
)

ENDED = {
    "en": [
        ("stop only the offers, not the reminders", "club"),
        ("stop only the reminders", "care"),
        ("no more offers please but keep the appointment texts", "club"),
        ("stop the offers but keep the reminders", "club"),
        ("unsubscribe me from the raffle texts only", "draw"),
        ("no more surveys, the rest is fine", "survey"),
        ("stop the offers, reminders are fine", "club"),
        ("keep the reminders but stop the offers", "club"),
        ("take me off the raffle list but keep me on the reminders", "draw"),
    ],
    "nl": [
        ("hou de herinneringen maar stop de aanbiedingen", "club"),
        ("stop alleen de herinneringen", "care"),
        ("geen aanbiedingen meer, herinneringen mogen blijven", "club"),
        ("stop met de aanbiedingen maar hou de herinneringen aan", "club"),
        ("alleen de enquêtes stoppen, de rest mag blijven", "survey"),
        ("herinneringen zijn prima maar geen reclame meer", "club"),
        ("geen enquêtes meer, de rest is prima", "survey"),
    ],
    "sv": [
        ("stoppa bara erbjudandena, inte påminnelserna", "club"),
        ("stoppa bara påminnelserna", "care"),
        ("inga fler erbjudanden men behåll påminnelserna", "club"),
        ("sluta med reklamen men påminnelserna får vara kvar", "club"),
        ("inga fler enkäter, resten är okej", "survey"),
        ("behåll påminnelserna men stoppa erbjudandena", "club"),
        ("ta bort mig bara från tävlingarna", "draw"),
    ],
    "de": [
        ("stoppt nur die Angebote, nicht die Erinnerungen", "club"),
        ("bitte nur die Erinnerungen abbestellen", "care"),
        ("keine Angebote mehr, Erinnerungen gerne weiter", "club"),
        ("stoppt die Werbung, aber die Erinnerungen könnt ihr behalten", "club"),
        ("keine Umfragen mehr, der Rest ist ok", "survey"),
        ("die Erinnerungen behalten, aber die Angebote abbestellen", "club"),
        ("Erinnerungen sind gut, aber keine Werbung mehr", "club"),
    ],
    "da": [
        ("stop kun tilbuddene, ikke påmindelserne", "club"),
        ("stop kun påmindelserne", "care"),
        ("ikke flere tilbud men behold påmindelserne", "club"),
        ("drop reklamerne, påmindelser er fine", "club"),
        ("ikke flere undersøgelser, resten er ok", "survey"),
        ("behold påmindelserne men stop tilbuddene", "club"),
        ("fjern mig kun fra konkurrencerne", "draw"),
    ],
    "no": [
        ("stopp bare tilbudene, ikke påminnelsene", "club"),
        ("stopp bare påminnelsene", "care"),
        ("ikke flere tilbud men behold påminnelsene", "club"),
        ("dropp reklamen, påminnelser er greit", "club"),
        ("ikke flere undersøkelser, resten er fint", "survey"),
        ("behold påminnelsene men stopp tilbudene", "club"),
        ("fjern meg bare fra konkurransene", "draw"),
    ],
    "fr": [
        ("arrêtez seulement les promos, pas les rappels", "club"),
        ("arrêtez seulement les rappels", "care"),
        ("arrêtez les promos mais gardez les rappels", "club"),
        ("plus de promos svp mais gardez les rappels", "club"),
        ("stop aux sondages, le reste c'est ok", "survey"),
        ("gardez les rappels mais arrêtez les promos", "club"),
        ("désabonnez-moi des sondages uniquement", "survey"),
    ],
    "es": [
        ("cancelen solo las ofertas, no los recordatorios", "club"),
        ("cancelen solo los recordatorios", "care"),
        ("no más ofertas pero mantengan los recordatorios", "club"),
        ("paren las promociones, los recordatorios están bien", "club"),
        ("no quiero más encuestas, el resto está bien", "survey"),
        ("mantengan los recordatorios pero quiten las ofertas", "club"),
        ("baja solo de los sorteos", "draw"),
    ],
    "it": [
        ("basta solo con le offerte, non i promemoria", "club"),
        ("basta solo con i promemoria", "care"),
        ("non mandate più offerte ma lasciate i promemoria", "club"),
        ("basta pubblicità, i promemoria vanno bene", "club"),
        ("niente sondaggi, il resto va bene", "survey"),
        ("tenete i promemoria ma basta offerte", "club"),
        ("toglietemi solo dai concorsi", "draw"),
    ],
    "pt": [
        ("parem só com as ofertas, não os lembretes", "club"),
        ("parem só com os lembretes", "care"),
        ("parem com as promoções mas mantenham os lembretes", "club"),
        ("não quero mais promoções, os lembretes podem continuar", "club"),
        ("chega de pesquisas, o resto está bem", "survey"),
        ("mantenham os lembretes mas parem com as ofertas", "club"),
        ("tirem-me só dos sorteios", "draw"),
    ],
    "fi": [
        ("muistutukset on ok mutta ei enää tarjouksia", "club"),
        ("lopettakaa vain muistutukset", "care"),
        ("ei enää tarjouksia, muistutukset saa tulla", "club"),
        ("en halua enää kyselyitä, muut saa jäädä", "survey"),
        ("pitäkää muistutukset mutta lopettakaa tarjoukset", "club"),
        ("lopettakaa mainokset mutta jättäkää muistutukset", "club"),
        ("poistakaa minut vain kilpailuista", "draw"),
    ],
    "pl": [
        ("wyłączcie tylko oferty, nie przypomnienia", "club"),
        ("wyłączcie tylko przypomnienia", "care"),
        ("nie wysyłajcie ofert, ale zostawcie przypomnienia", "club"),
        ("bez promocji, przypomnienia mogą zostać", "club"),
        ("ankiet nie chcę, reszta może być", "survey"),
        ("zostawcie przypomnienia, ale wyłączcie oferty", "club"),
        ("wypiszcie mnie tylko z konkursów", "draw"),
    ],
}

KEPT = {
    "en": [
        ("only send me the reminders", "care"),
        ("keep the reminders but stop the rest", "care"),
        ("stop everything except the delivery news", "parcels"),
        ("other than my parcels nothing please", "parcels"),
        ("I only want appointment reminders", "care"),
        ("just the delivery updates, no ads", "parcels"),
        ("no offers, only the reminders please", "care"),
        ("keep the offers, drop everything else", "club"),
        ("only text me about my order", "parcels"),
    ],
    "nl": [
        ("stuur me alleen nog herinneringen", "care"),
        ("hou de herinneringen maar stop de rest", "care"),
        ("stop alles behalve de bezorgberichten", "parcels"),
        ("behalve mijn pakketjes niets meer graag", "parcels"),
        ("alleen nog herinneringen graag", "care"),
        ("geen aanbiedingen, alleen de herinneringen graag", "care"),
    ],
    "sv": [
        ("skicka bara påminnelser till mig", "care"),
        ("behåll påminnelserna men stoppa resten", "care"),
        ("stoppa allt utom leveransaviseringar", "parcels"),
        ("jag vill bara ha påminnelser", "care"),
        ("bara påminnelser tack, ingen reklam", "care"),
        ("inga erbjudanden, bara påminnelser tack", "care"),
    ],
    "de": [
        ("schickt mir nur noch die Erinnerungen", "care"),
        ("behaltet die Erinnerungen bei, aber stoppt den Rest", "care"),
        ("stoppt alles außer den Lieferinfos", "parcels"),
        ("nur noch Lieferinfos bitte, keine Angebote", "parcels"),
        ("ich möchte nur noch Erinnerungen", "care"),
        ("keine Angebote mehr, nur noch Erinnerungen", "care"),
    ],
    "da": [
        ("send mig kun påmindelser", "care"),
        ("behold påmindelserne men stop resten", "care"),
        ("stop alt undtagen leveringsbeskeder", "parcels"),
        ("jeg vil kun have påmindelser", "care"),
        ("kun påmindelser tak, ingen tilbud", "care"),
        ("ikke flere tilbud, kun leveringsinfo", "parcels"),
    ],
    "no": [
        ("send meg bare påminnelser", "care"),
        ("behold påminnelsene men stopp resten", "care"),
        ("stopp alt unntatt leveringsvarsler", "parcels"),
        ("jeg vil bare ha påminnelser", "care"),
        ("bare påminnelser takk, ingen reklame", "care"),
        ("ingen tilbud, bare påminnelser takk", "care"),
    ],
    "fr": [
        ("envoyez-moi seulement les rappels", "care"),
        ("gardez les rappels mais arrêtez le reste", "care"),
        ("arrêtez tout sauf les livraisons", "parcels"),
        ("je veux seulement les rappels", "care"),
        ("seulement les rappels svp, rien d'autre", "care"),
        ("plus de promos, seulement les rappels", "care"),
    ],
    "es": [
        ("mándenme solo los recordatorios", "care"),
        ("mantengan los recordatorios y cancelen el resto", "care"),
        ("cancelen todo excepto los avisos de entrega", "parcels"),
        ("quiero solo los avisos de entrega, no ofertas", "parcels"),
        ("solo los recordatorios, nada más", "care"),
        ("no manden promociones, solo recordatorios", "care"),
    ],
    "it": [
        ("mandatemi solo i promemoria", "care"),
        ("tenete i promemoria ma bloccate il resto", "care"),
        ("basta tutto tranne gli avvisi di consegna", "parcels"),
        ("voglio solo i promemoria", "care"),
        ("solo avvisi di consegna, niente promozioni", "parcels"),
        ("basta offerte, solo promemoria appuntamenti", "care"),
    ],
    "pt": [
        ("mandem só os lembretes", "care"),
        ("mantenham os lembretes mas cancelem o resto", "care"),
        ("parem tudo exceto os avisos de entrega", "parcels"),
        ("só quero aviso de entrega, sem promoção", "parcels"),
        ("só os lembretes, mais nada", "care"),
        ("chega de ofertas, só os lembretes", "care"),
    ],
    "fi": [
        ("lähettäkää vain muistutuksia", "care"),
        ("pitäkää muistutukset mutta lopettakaa muut", "care"),
        ("lopettakaa kaikki paitsi toimitusilmoitukset", "parcels"),
        ("haluan vain muistutukset", "care"),
        ("vain muistutukset kiitos, ei mainontaa", "care"),
        ("ei tarjouksia, vain muistutukset", "care"),
    ],
    "pl": [
        ("wysyłajcie tylko przypomnienia", "care"),
        ("zostawcie przypomnienia, a resztę wyłączcie", "care"),
        ("wyłączcie wszystko oprócz powiadomień o dostawie", "parcels"),
        ("chcę tylko przypomnienia", "care"),
        ("tylko przypomnienia, bez reklam", "care"),
        ("żadnych ofert, tylko przypomnienia", "care"),
    ],
}

INNOCENT = {
    "en": [
        "keep the shoes but drop the socks",
        "only the red one please",
        "no the blue one",
        "cancel the second one and keep the first",
        "remove everything except the onions",
        "other than that no problems",
        "keep the burger and cancel the rest",
        "just a reminder",
        "got no reminder but the appointment is fine",
    ],
    "nl": [
        "hou de schoenen maar laat de sokken zitten",
        "alleen de rode graag",
        "alle dagen behalve dinsdag",
        "ik had geen herinnering maar de afspraak is goed",
    ],
    "sv": [
        "behåll skorna men ta bort strumporna",
        "bara den röda tack",
        "alla dagar utom tisdag",
        "fick ingen påminnelse men tiden är bra",
    ],
    "de": [
        "die Schuhe behalten, aber die Socken weg",
        "nur die roten bitte",
        "alle Tage außer Dienstag",
        "hatte keine Erinnerung, Termin passt aber",
    ],
    "da": [
        "behold skoene men drop sokkerne",
        "kun den røde tak",
        "alle dage undtagen tirsdag",
        "jeg har ikke fået påmindelser men aftalen er ok",
    ],
    "no": [
        "behold skoene men dropp sokkene",
        "bare den røde takk",
        "alle dager unntatt tirsdag",
        "fikk ingen påminnelse men timen er grei",
    ],
    "fr": [
        "gardez les chaussures mais enlevez les chaussettes",
        "seulement le rouge svp",
        "tous les jours sauf mardi",
        "je n'ai pas reçu les rappels mais le rdv est ok",
    ],
    "es": [
        "mantengan los zapatos pero quiten los calcetines",
        "solo el rojo por favor",
        "todos los días menos el martes",
        "no vi las ofertas pero el pedido está bien",
    ],
    "it": [
        "tenete le scarpe ma togliete i calzini",
        "solo il rosso per favore",
        "tutti i giorni tranne martedì",
        "non ho visto le offerte ma l'ordine va bene",
    ],
    "pt": [
        "mantenham os sapatos mas tirem as meias",
        "só o vermelho por favor",
        "todos os dias menos terça",
        "não vi as ofertas mas o pedido está bem",
    ],
    "fi": [
        "pitäkää kengät mutta jättäkää sukat",
        "vain punainen kiitos",
        "joka päivä paitsi tiistaina",
        "ei tullut muistutusta mutta aika on ok",
    ],
    "pl": [
        "zostawcie buty, ale usuńcie skarpetki",
        "tylko czerwony proszę",
        "każdy dzień oprócz wtorku",
        "nie widziałem ofert, ale zamówienie jest ok",
    ],
}

AMBIGUOUS = {
    "en": "only the shoe offers",
    "nl": "alleen de aanbiedingen",
    "sv": "bara erbjudanden",
    "de": "nur die Angebote",
    "da": "kun tilbud",
    "no": "bare tilbud",
    "fr": "seulement les offres",
    "es": "solo las ofertas",
    "it": "solo le offerte",
    "pt": "só as ofertas",
    "fi": "vain tarjoukset",
    "pl": "tylko oferty",
}


def cases(table):
    return [
        pytest.param(language, *text, id=f"{language}, {text[0]}")
        for language, texts in table.items()
        for text in texts
    ]


def read(language, text):
    return understand(text, (language,), PROGRAMS, with_model=False)


@pytest.mark.parametrize(("language", "text", "program"), cases(ENDED))
def test_what_is_named_ends(language, text, program):
    intent = read(language, text)
    assert intent.is_withdrawal
    assert (intent.scope, intent.program) == (Scope.PROGRAM, program)


@pytest.mark.parametrize(("language", "text", "program"), cases(KEPT))
def test_all_but_what_is_named_ends(language, text, program):
    intent = read(language, text)
    assert intent.is_withdrawal
    assert (intent.scope, intent.program) == (Scope.OTHERS, program)


@pytest.mark.parametrize(
    ("language", "text"),
    cases({language: [(text,) for text in texts] for language, texts in INNOCENT.items()}),
)
def test_who_speaks_of_other_things_ends_nothing(language, text):
    assert read(language, text).label is Label.OTHER


@pytest.mark.parametrize(("language", "text"), AMBIGUOUS.items())
def test_what_can_be_meant_either_way_limits_nothing_and_is_put_before_a_person(language, text):
    intent = read(language, text)
    assert intent.scope is Scope.UNSPECIFIED
    assert intent.is_probable


def test_every_language_is_claimed_both_ways():
    assert len(ENDED) == len(KEPT) == len(INNOCENT) == len(AMBIGUOUS) == 12
    assert all(len(texts) >= 4 for table in (ENDED, KEPT) for texts in table.values())


@pytest.mark.parametrize(
    "text",
    [
        "stop the offers, reminders are fine",
        "stop the offers. Reminders are fine",
        "stop the offers\nreminders are fine",
    ],
    ids=["a pause", "a stop", "a new line"],
)
def test_what_is_kept_may_stand_in_the_next_clause(text):
    intent = read("en", text)
    assert (intent.scope, intent.program) == (Scope.PROGRAM, "club")


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("stop the offers but keep the reminders", "stop the offers"),
        ("keep the reminders but stop the rest", "keep the reminders"),
        ("stop everything except the reminders", "except the reminders"),
    ],
)
def test_the_span_holds_only_what_counts(text, matched):
    intent = read("en", text)
    assert intent.matched == matched
    assert text[slice(*intent.span)] == matched


def test_a_guard_also_vetoes_what_only_stands_around_the_named_words():
    assert read("en", "stop the offers just the reminders please").is_withdrawal
    assert not read("en", "i had no offers just the reminders").is_withdrawal
