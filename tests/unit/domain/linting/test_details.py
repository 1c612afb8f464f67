"""The small tables and measures that the linter rests on."""

import pytest

from yesword.domain.decisions import Sentence
from yesword.domain.explain import MissingArgumentError, UnknownSentenceError
from yesword.domain.linting import characters, frequency, labels, links, readability
from yesword.domain.linting.finding import Severity
from yesword.domain.linting.measuring import labels_in
from yesword.domain.linting.sentences import CATALOGUE, render
from yesword.domain.linting.wordings import languages
from yesword.domain.programs import Frequency
from yesword.domain.text import Encoding, measure


# --- characters
def test_every_replacement_is_worth_it():
    for character, instead in characters.table().items():
        assert measure(character).encoding is Encoding.UCS_2
        assert measure(instead).encoding is Encoding.GSM_7


@pytest.mark.parametrize(
    ("text", "better"),
    [
        pytest.param("“Hi” – it’s…", '"Hi" - it\'s...', id="what word processors make"),
        pytest.param("Hot 🔥 deal", "Hot deal", id="an emoji"),
        pytest.param("Zażółć gęślą jaźń", "Zazolc gesla jazn", id="Polish"),
        pytest.param("garçon, Œuvre", "garcon, OEuvre", id="French"),
    ],
)
def test_a_plainer_text_is_offered(text, better):
    assert characters.plainer(text).text == better


@pytest.mark.parametrize(
    "text", ["Привет всем", "(광고) 안녕하세요", "日本語", "Blåbærgrød på tilbud", "Öl für 5 €", ""]
)
def test_a_language_that_needs_its_letters_keeps_them_and_gsm_stays_as_it_is(text):
    assert characters.plainer(text) is None


@pytest.mark.parametrize(
    "rows",
    [
        "character,instead\n",
        "code_point,name,instead\n2019,RIGHT SINGLE QUOTATION MARK\n",
        "code_point,name,instead\nzz,NOTHING,x\n",
        "code_point,name,instead\n2019,LEFT SINGLE QUOTATION MARK,'\n",
        "code_point,name,instead\n2019,RIGHT SINGLE QUOTATION MARK,’\n",
    ],
    ids=["other columns", "a row too short", "no code point", "another name", "no better"],
)
def test_a_table_of_characters_with_a_mistake_is_refused(rows):
    with pytest.raises(characters.CharacterTableError):
        characters.read_table(rows)


@pytest.mark.parametrize(
    "rows", ["domain\nbit.ly\n", "domain,note\nbit ly,\n", "domain,note\nbit.ly,\nbit.ly,\n"]
)
def test_a_list_of_shorteners_with_a_mistake_is_refused(rows):
    with pytest.raises(links.ShortenerListError):
        links.read_shorteners(rows)


@pytest.mark.parametrize("rows", ["ae ae\n", "co.uk\n", "AE\n"], ids=["twice", "two levels", "in capitals"])
def test_a_list_of_top_level_domains_with_a_mistake_is_refused(rows):
    with pytest.raises(links.DomainListError):
        links.read_domains(rows)


@pytest.mark.parametrize(
    "link",
    ["acme.ae", "acme.co", "acme.in", "acme.kr", "acme.jp", "acme.sg", "acme.co.za", "acme.com.tr", "acme.sa", "acme.mx", "acme.co.nz", "acme.hk", "acme.co.il", "acme.nl", "acme.se", "acme.dk", "acme.de", "acme.co.uk", "acme.shop", "ACME.AE", "bücher.de", "متجر.امارات", "магазин.рф", "xn--mgbh0fb.xn--mgbaam7a8h", "t.co/x", "lnkd.in/x"],
)  # fmt: skip
def test_a_domain_is_a_link_whatever_its_ending(link):
    for text in (link, f"See {link}.", f"({link}) today, {link}"):
        assert {text[slice(*span)] for span in links.links(text)} == {link}


def test_a_word_of_another_script_may_follow_a_domain_at_once():
    text = "acme.kr입니다"
    assert [text[slice(*span)] for span in links.links(text)] == ["acme.kr"]


@pytest.mark.parametrize(
    "text",
    ["e.g. boots", "i.e. boots", "kl.10", "10.30", "St.Petersburg", "hello.how are you", "We close today.In store only", "Ends now.Sale ends", "z.B. so", "bl.a. sko", "t.o.m. fredag", "p.m.", "U.S. only", "Size 10.in stock", "b.v.", "info@acme.ae", "anna.in@acme.example", "5.Tomorrow"],
)  # fmt: skip
def test_a_full_stop_makes_no_link(text):
    assert links.links(text) == ()


def test_the_shortener_of_a_network_is_a_public_one():
    assert links.shortened("See lnkd.in/abc")


@pytest.mark.parametrize(
    "number", ["800-ACME", "1-800-FLOWERS", "+1 800-GO-ACME", "0800-ACME", "600-54-ACME", "877-CASH-NOW"]
)
def test_a_number_that_spells_a_word_is_a_phone_number(number):
    text = f"Call {number} now"
    assert [text[slice(*span)] for span in links.phone_numbers(text)] == [number]


@pytest.mark.parametrize(
    "text", ["Save 800 EURO", "800-2000 boots", "888-1", "20-800-ABCD", "an 800-page book"]
)
def test_figures_with_a_hyphen_are_none(text):
    assert links.phone_numbers(text) == ()


# --- labels
@pytest.mark.parametrize(
    "rows",
    [
        "literal,also\n",
        "literal,also,offer\nSTOP 36,STOP au 36\n",
        "literal,also,offer\nSTOP 36,,STOP au 36\n",
        "literal,also,offer\nA,B,B\nA,B,B\n",
        "literal,also,offer\nA,B,B\nA,C,C\n",
    ],
    ids=["other columns", "a row too short", "an empty cell", "twice", "two offers"],
)
def test_a_table_of_labels_with_a_mistake_is_refused(rows):
    with pytest.raises(labels.LabelTableError):
        labels.read_table(rows)


@pytest.mark.parametrize(
    "text", ["STOP 36111", "STOP au 36111", "Stop au 36111", "STOP: 36111", "STOP SMS 36111"]
)
def test_a_label_counts_in_each_way_that_people_write_it(text):
    assert labels_in(f"Acme : -20%. {text}", (("STOP 36", "anywhere"),)) == ("STOP 36",)


@pytest.mark.parametrize("text", ["STOP", "STOP au 38111", "36111"])
def test_and_in_no_other(text):
    assert labels_in(text, (("STOP 36", "anywhere"),)) == ()


def test_each_way_to_offer_carries_its_label():
    for literal in labels.table():
        assert labels_in(labels.offered(literal), ((literal, "anywhere"),)) == (literal,)
    assert (labels.offered("(광고)"), labels.ways("(광고)")) == ("(광고)", ("(광고)",))


# --- frequency
@pytest.mark.parametrize(
    ("language", "text", "count", "period"),
    [
        ("en", "up to four texts a month", 4, "month"),
        ("en", "2 msgs/week", 2, "week"),
        ("nl", "hooguit vier sms per maand", 4, "month"),
        ("nl", "max. 1 bericht per dag", 1, "day"),
        ("sv", "högst 4 sms i månaden", 4, "month"),
        ("de", "höchstens zwei SMS pro Woche", 2, "week"),
        ("da", "højst 4 sms om måneden", 4, "month"),
        ("fr", "jusqu'à 3 SMS par semaine", 3, "week"),
        ("pl", "do 4 SMS miesięcznie", 4, "month"),
        (None, "max. 5 sms per maand", 5, "month"),
    ],
)
def test_a_frequency_is_read_from_its_words(language, text, count, period):
    found = frequency.stated(text, language)
    assert (found.count, found.period) == (count, period)


@pytest.mark.parametrize(
    "text", ["20% off all month", "Msg frequency varies", "Room 4. Open every day", "a month"]
)
def test_other_numbers_are_no_frequency(text):
    assert frequency.stated(text, "en") is None


def test_a_month_is_a_month_whether_of_28_or_31_days():
    said = frequency.stated("up to 4 texts a month", "en")
    for days in (28, 30, 31):
        assert frequency.keeps(said, Frequency(count=4, days=days))
        assert not frequency.says_more(said, Frequency(count=4, days=days))
    assert not frequency.keeps(said, Frequency(count=5, days=30))
    assert frequency.says_more(said, Frequency(count=3, days=30))


# --- readability
def test_lix_counts_words_sentences_and_long_words():
    # 16 words, 3 sentences, 3 words of more than six letters: 5.33 + 18.75.
    found = readability.reading(
        "We write only seldom. Nobody shares numbers anywhere. You can always leave us whenever you like."
    )
    assert (found.lix, found.words) == (24, 8)


def test_few_words_are_not_judged_and_links_are_no_words():
    assert readability.reading("Terms: https://acme.example/unreasonably/long/addresses") is None


# --- sentences
def test_every_sentence_can_be_said_with_its_arguments():
    for sentence, template in CATALOGUE.items():
        names = {part.split("}")[0] for part in template.split("{")[1:]}
        said = render(Sentence.of(sentence, **dict.fromkeys(names, "x")))
        assert "{" not in said


def test_a_sentence_that_is_not_there_or_lacks_something_is_refused():
    with pytest.raises(UnknownSentenceError):
        render(Sentence.of("nothing"))
    with pytest.raises(MissingArgumentError):
        render(Sentence.of("sells"))


def test_there_are_three_severities_and_the_gravest_comes_first():
    assert list(Severity) == ["error", "warning", "advice"]
    assert len(languages()) == 12
