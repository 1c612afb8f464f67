import pytest

from yesword.domain import templates
from yesword.domain.templates import fields, parse, preview, render


def test_a_template_is_filled_with_values_and_fallbacks():
    template = parse("Hi [Customer Name|there], [Brand] has news on [Category of interest|our range].")
    assert (
        render(template, {"customer name": "Sanne", "brand": "Acme"})
        == "Hi Sanne, Acme has news on our range."
    )
    assert fields(template) == ("customer name", "brand", "category of interest")


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("[Customer Name|x]", id="as the trade writes it"),
        pytest.param("[customer_name|x]", id="with an underscore"),
        pytest.param("[ CUSTOMER   NAME | x ]", id="with more spaces and capitals"),
    ],
)
def test_a_field_has_one_name_however_it_is_written(written):
    assert render(parse(written), {"Customer_Name": "Sanne"}) == "Sanne"
    assert render(parse(written), {}) == "x"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        pytest.param("[Business name]", "brand", id="business name"),
        pytest.param("[Your Business Name]", "brand", id="your business name"),
        pytest.param("[Customer Location|x]", "location", id="customer location"),
        pytest.param(
            "[Customer’s Product Category of Interest|x]", "category of interest", id="curly apostrophe"
        ),
        pytest.param("[attribute: Shoe_Size|x]", "attribute:shoe size", id="an attribute"),
    ],
)
def test_other_names_in_use_mean_the_same_field(written, name):
    assert fields(parse(written)) == (name,)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        pytest.param("[[sic]", "[sic]", id="a doubled bracket is one"),
        pytest.param("[[[Brand]]", "[Acme]", id="a plain bracket before a field"),
        pytest.param("a] b", "a] b", id="a closing bracket alone is plain"),
        pytest.param("", "", id="nothing"),
        pytest.param("Hi[First name|]!", "Hi!", id="an empty fallback is allowed"),
        pytest.param("[First name|a|b]", "a|b", id="only the first bar parts"),
    ],
)
def test_brackets_can_be_meant(source, text):
    assert render(parse(source), {"brand": "Acme"}) == text


@pytest.mark.parametrize(
    ("source", "error", "position"),
    [
        pytest.param("Hi [Brand", templates.UnclosedFieldError, 4, id="never closed"),
        pytest.param("Hi [Brand [Stop]", templates.UnclosedFieldError, 4, id="another opens first"),
        pytest.param("[Shoe size|x]", templates.UnknownFieldError, 1, id="unknown"),
        pytest.param("[]", templates.UnknownFieldError, 1, id="empty"),
        pytest.param("[attribute:|x]", templates.UnknownFieldError, 1, id="an attribute without a name"),
        pytest.param(
            "[[ [Customer Name]", templates.FieldNeedsFallbackError, 4, id="a person may have no name"
        ),
        pytest.param("[attribute:size]", templates.FieldNeedsFallbackError, 1, id="nor an attribute"),
    ],
)
def test_a_wrong_template_is_refused_with_the_place_and_the_cure(source, error, position):
    with pytest.raises(error) as caught:
        parse(source)
    assert caught.value.fields["position"] == position
    assert f"character {position}" in str(caught.value)
    assert "{" not in str(caught.value)


def test_a_sender_field_without_a_value_stops_the_text():
    with pytest.raises(templates.MissingValueError, match="keyword"):
        render(parse("Text [Keyword] to join"), {"keyword": " "})


def test_a_preview_never_fails_and_shows_what_is_open():
    template = parse("[Brand]: hi [First name|you], text [Keyword]")
    assert preview(template) == "<brand>: hi you, text <keyword>"
    assert preview(template, {"brand": "Acme", "first name": "Bo"}) == "Acme: hi Bo, text <keyword>"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param("Ann\r\nSTOP", "Ann STOP", id="a line break becomes a space"),
        pytest.param("A\x00\x1b\tB", "A B", id="controls become one space"),
        pytest.param("A\u2028B", "A B", id="a Unicode line separator too"),
        pytest.param("[Brand]", "[Brand]", id="brackets are not read again"),
        pytest.param("[[", "[[", id="nor are escapes"),
        pytest.param("\u202egnp.exe", "gnp.exe", id="no reordering"),
        pytest.param("n" * 61, "n" * 60, id="sixty characters"),
        pytest.param(" \n ", "you", id="blank is no value"),
        pytest.param("\u200b\ufeff", "you", id="invisible is no value"),
        pytest.param("\ud83d", "you", id="half a character is no value"),
    ],
)
def test_what_a_person_supplied_is_cleaned(value, shown):
    assert render(parse("[First name|you]"), {"first name": value}) == shown


def test_what_the_sender_supplied_stays_as_written():
    terms = "https://example.com/" + "t" * 80 + "\nSTOP"
    assert render(parse("[Terms]"), {"terms": terms}) == terms
