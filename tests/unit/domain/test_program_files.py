import re

import pytest

from yesword.domain.messages import MessageClass
from yesword.domain.program_files import ProgramFileError, read_program
from yesword.domain.programs import Frequency, OptIn, Program

GOOD = """
key = "club"
name = "Club"
purpose = "offers"
categories = ["shoes", "clothing"]
class = "promotional"
opt_in = "double"
keywords = ["SAVEMORE"]
sender = "800123"
default_language = "en"
support = "lumo.example/help"
terms_url = "https://lumo.example/terms"
privacy_url = "https://lumo.example/privacy"

[frequency]
count = 4
days = 30

[texts.en]
use_case = "offers on shoes"
rates = "Msg & data rates may apply"
frequency = "up to 4 texts a month"
disclosure = "[Brand]: offers on shoes, [Frequency]. Msg & data rates may apply. [Stop], [Help]. [Terms] [Privacy]"
consent_request = "[Brand]: reply YES."
welcome = "[Brand] [Program], [Frequency]. Msg & data rates may apply. [Help] for help, [Stop] to stop."
help = "[Brand] [Program], [Frequency]. [Support] Msg & data rates may apply. [Stop] to stop."
stop = "[Brand]: no more messages."
stop_program = "[Brand]: no more of these."
already_in = "[Brand]: you are in."
lapsed = "[Brand]: too late. Text [Keyword] to [Code]."
declined = "[Brand]: fine."
unknown_keyword = "[Brand]: sorry?"
way_out = "Reply [Stop] to stop."
confirm_words = ["YES"]
"""


def read(text: str = GOOD, languages: tuple[str, ...] = ()) -> Program:
    return read_program(
        text, file="club.toml", brand=7, brand_name="Lumo", brand_country="NL", languages=languages
    )


def with_line(key: str, line: str) -> str:
    """The good file with the line of that key replaced; an empty line takes it out."""
    changed, count = re.subn(rf"^{re.escape(key)} = .*$", line, GOOD, flags=re.MULTILINE)
    assert count >= 1
    return changed


def test_reads_a_whole_program() -> None:
    program = read()
    assert (program.key, program.brand, program.brand_name, program.brand_country) == (
        "club",
        7,
        "Lumo",
        "NL",
    )
    assert program.message_class is MessageClass.PROMOTIONAL
    assert program.opt_in is OptIn.DOUBLE
    assert program.frequency == Frequency(count=4, days=30)
    assert program.keywords == ("SAVEMORE",)
    assert program.minimum_age is None
    assert program.languages == ("en",)
    assert program.texts_in("en")[1].way_out == "Reply [Stop] to stop."
    assert (program.id, program.version) == (0, 0)


def test_an_age_may_be_given() -> None:
    assert read("minimum_age = 18\n" + GOOD).minimum_age == 18


def test_asking_by_text_is_off_unless_it_is_turned_on() -> None:
    assert not read().may_invite
    assert read("may_invite = true\n" + GOOD).may_invite
    with pytest.raises(ProgramFileError, match=r"may_invite: it is 1\. Give true or false"):
        read("may_invite = 1\n" + GOOD)


def test_it_asks_nobody_what_they_meant_unless_told_to() -> None:
    assert not read().asks_which
    assert read("asks_which = true\n" + GOOD).asks_which
    with pytest.raises(ProgramFileError, match="asks_which"):
        read('asks_which = "yes"\n' + GOOD)


def test_it_reminds_nobody_unless_told_to_and_then_in_the_words_that_ship() -> None:
    assert not read().renews
    program = read("renew = true\n" + GOOD)
    assert program.renews
    assert program.texts_in("en")[1].reconfirm == ""


OWN = {
    "reconfirm": "You get this because you joined [Program] on [Since]. [Stop] to stop.",
    "renewal_notice": "[Brand]: you joined [Program] on [Since]. [Stop] to stop.",
    "renewal_question": "[Brand]: [Program] since [Since] ends on [Until]. [Yes] to stay, [Stop] to stop.",
}


def with_own(**changes: str) -> str:
    return GOOD + "".join(f'{key} = "{said}"\n' for key, said in {**OWN, **changes}.items())


def test_a_program_may_say_it_in_its_own_words() -> None:
    said = read(with_own()).texts_in("en")[1]
    assert {key: getattr(said, key) for key in OWN} == OWN


def in_a_language_without_words(text: str) -> str:
    return text.replace("[texts.en]", "[texts.ko]").replace(
        'default_language = "en"', 'default_language = "ko"'
    )


def test_in_a_language_in_which_none_ships_a_program_has_to_say_it() -> None:
    assert read(in_a_language_without_words(with_own())).languages == ("ko",)


CASES = [
    pytest.param('renew = "yes"\n' + GOOD, "renew", id="a yes instead of true"),
    pytest.param(in_a_language_without_words(GOOD), "texts.ko.reconfirm", id="no words where none ship"),
    pytest.param(with_own(reconfirm=" "), "texts.en.reconfirm", id="a reason of nothing"),
    pytest.param(
        with_own(reconfirm="[Program], [Since]. Reply [Stop] to stop."),
        "texts.en.reconfirm",
        id="a reason that is none",
    ),
    pytest.param(
        with_own(reconfirm="You get this because you joined [Program]. [Stop] to stop."),
        "texts.en.reconfirm",
        id="a reason without its day",
    ),
    pytest.param(
        with_own(renewal_notice="[Brand]: you joined [Program] on [Since]."),
        "texts.en.renewal_notice",
        id="a reminder without a way out",
    ),
    pytest.param(
        with_own(renewal_question=OWN["renewal_notice"]),
        "texts.en.renewal_question",
        id="a question without a yes",
    ),
    pytest.param(
        with_line("declined", 'declined = "Since [Since]"'), "texts.en.declined", id="a day elsewhere"
    ),
    pytest.param("key = [", "TOML", id="not TOML at all"),
    pytest.param('colour = "red"\n' + GOOD, "colour", id="a key that nobody knows"),
    pytest.param(GOOD + 'greeting = "Hi"\n', "texts.en.greeting", id="a text that nobody knows"),
    pytest.param(
        GOOD.replace("days = 30", "days = 30\nhours = 1"), "frequency.hours", id="a measure too many"
    ),
    pytest.param(with_line("purpose", ""), "purpose", id="no purpose"),
    pytest.param(with_line("key", 'key = "The Club"'), "key", id="a key with capitals and a space"),
    pytest.param(with_line("name", "name = 5"), "name", id="a name that is a number"),
    pytest.param(with_line("name", 'name = " "'), "name", id="a name of nothing"),
    pytest.param(with_line("count", "count = 0"), "frequency.count", id="a promise of no texts"),
    pytest.param(with_line("count", "count = true"), "frequency.count", id="true is not one"),
    pytest.param(with_line("class", 'class = "advertising"'), "class", id="a class that there is not"),
    pytest.param(with_line("opt_in", 'opt_in = "triple"'), "opt_in", id="an opt-in that there is not"),
    pytest.param(with_line("categories", "categories = []"), "categories", id="no categories"),
    pytest.param(
        with_line("categories", 'categories = ["shoes", "shoes"]'), "categories", id="a category twice"
    ),
    pytest.param(
        with_line("default_language", 'default_language = "nl"'), "default_language", id="no default"
    ),
    pytest.param(GOOD.replace("[texts.en]", "[texts.English]"), "texts.English", id="a language by name"),
    pytest.param(with_line("lapsed", ""), "texts.en.lapsed", id="a text is missing"),
    pytest.param(with_line("rates", ""), "texts.en.rates", id="no notice of rates"),
    pytest.param(with_line("confirm_words", "confirm_words = []"), "texts.en.confirm_words", id="no yes"),
    pytest.param(
        with_line("confirm_words", 'confirm_words = ["YES", "End"]'),
        "texts.en.confirm_words",
        id="a yes that leaves",
    ),
    pytest.param(with_line("declined", 'declined = "[Brand"'), "texts.en.declined", id="an open bracket"),
    pytest.param(with_line("declined", 'declined = "[Shop]"'), "texts.en.declined", id="an unknown field"),
    pytest.param(
        with_line("declined", 'declined = "Hi [Customer Name]"'),
        "texts.en.declined",
        id="a field of the person without a fallback",
    ),
    pytest.param(
        with_line("declined", 'declined = "Until [Date]"'),
        "texts.en.declined",
        id="a field that no program has a value for",
    ),
    pytest.param(
        with_line("frequency", 'frequency = "[Program] texts"'),
        "texts.en.frequency",
        id="a promise with a field in it",
    ),
    pytest.param(with_line("stop", 'stop = "No more."'), "texts.en.stop", id="a stop that names nobody"),
    pytest.param(
        with_line("way_out", 'way_out = "Leave when you like."'),
        "texts.en.way_out",
        id="a way out to nowhere",
    ),
]


@pytest.mark.parametrize(("text", "key"), CASES)
def test_refuses_by_file_and_key(text: str, key: str) -> None:
    with pytest.raises(ProgramFileError) as caught:
        read(text)
    assert caught.value.fields["file"] == "club.toml"
    assert caught.value.fields["key"] == key
    assert str(caught.value).startswith(f"club.toml, {key}: ")


@pytest.mark.parametrize(
    "part",
    [
        "[Brand]",
        "[Frequency]",
        "[Stop]",
        "[Help]",
        "[Terms]",
        "[Privacy]",
        "Msg & data rates may apply",
        "offers on shoes",
    ],
)
def test_a_disclosure_without_one_of_its_parts_is_refused(part: str) -> None:
    (line,) = re.findall(r"^disclosure = .*$", GOOD, re.MULTILINE)
    with pytest.raises(ProgramFileError, match=r"texts\.en\.disclosure") as caught:
        read(GOOD.replace(line, line.replace(part, "…")))
    assert part in str(caught.value)


@pytest.mark.parametrize("key", ["welcome", "help"])
@pytest.mark.parametrize("part", ["[Program]", "[Frequency]", "[Stop]", "Msg & data rates may apply"])
def test_a_welcome_or_help_without_what_carriers_ask_is_refused(key: str, part: str) -> None:
    (line,) = re.findall(rf"^{key} = .*$", GOOD, re.MULTILINE)
    with pytest.raises(ProgramFileError, match=rf"texts\.en\.{key}"):
        read(GOOD.replace(line, line.replace(part, "…")))


@pytest.mark.parametrize(
    ("keyword", "why"),
    [
        pytest.param("STOP", "leave with", id="the word itself"),
        pytest.param("Quit!", "leave with", id="dressed up"),
        pytest.param("ARRET", "leave with", id="another language's"),
        pytest.param("AFMELDEN", "leave with", id="Dutch"),
        pytest.param("HELP", "help", id="asks for help"),
        pytest.param("START", "opt in", id="comes back"),
    ],
)
def test_a_keyword_that_means_something_to_everybody_is_refused(keyword: str, why: str) -> None:
    with pytest.raises(ProgramFileError, match=why) as caught:
        read(with_line("keywords", f'keywords = ["SAVEMORE", "{keyword}"]'))
    assert caught.value.fields["key"] == "keywords"


def test_a_program_that_texts_from_a_name_needs_no_keyword() -> None:
    named = with_line("keywords", "keywords = []").replace('"800123"', '"LUMO"')
    assert read(named.replace("Text [Keyword] to [Code].", "")).keywords == ()
    with pytest.raises(ProgramFileError, match="the program has none"):
        read(named)
    with pytest.raises(ProgramFileError, match="one or more"):
        read(with_line("keywords", "keywords = []"))


def test_a_language_that_must_be_there_is_asked_for_by_name() -> None:
    assert read(languages=("en",)).languages == ("en",)
    with pytest.raises(ProgramFileError, match=r"texts\.nl"):
        read(languages=("en", "nl"))
