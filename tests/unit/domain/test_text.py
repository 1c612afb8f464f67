import json
import subprocess
import sys

import pytest

from yesword.domain.text import Encoding, measure, split

EMOJI = "\N{WAVING HAND SIGN}"
EURO = "\N{EURO SIGN}"


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        pytest.param("", "GSM-7", 0, 1, id="an empty text is still one SMS"),
        pytest.param("a" * 160, "GSM-7", 160, 1, id="160 plain characters fit in one"),
        pytest.param("a" * 161, "GSM-7", 161, 2, id="one more needs a second"),
        pytest.param("a" * 306, "GSM-7", 306, 2, id="two segments hold 153 each"),
        pytest.param("a" * 307, "GSM-7", 307, 3, id="and not one more"),
        pytest.param("]" * 80, "GSM-7", 160, 1, id="80 escaped characters fit in one"),
        pytest.param("]" * 81, "GSM-7", 162, 2, id="81 escaped characters do not"),
        pytest.param("]" * 152, "GSM-7", 304, 2, id="a segment holds 76 escaped characters"),
        pytest.param("]" * 153, "GSM-7", 306, 3, id="dividing would say two, the border says three"),
        pytest.param(
            "a" * 152 + EURO + "a" * 152, "GSM-7", 306, 3, id="a euro on the border moves over whole"
        ),
        pytest.param(
            "a" * 151 + EURO + "a" * 153, "GSM-7", 306, 2, id="a euro that ends at the border stays"
        ),
        pytest.param("ê" * 70, "UCS-2", 70, 1, id="70 foreign characters fit in one"),
        pytest.param("ê" * 71, "UCS-2", 71, 2, id="71 do not"),
        pytest.param("ê" * 134, "UCS-2", 134, 2, id="two UCS-2 segments hold 67 each"),
        pytest.param("ê" * 135, "UCS-2", 135, 3, id="and not one more in UCS-2"),
        pytest.param(EMOJI * 35, "UCS-2", 70, 1, id="35 emoji fit in one"),
        pytest.param(EMOJI * 67, "UCS-2", 134, 3, id="33 emoji fill a segment because no pair is cut"),
        pytest.param("a" * 159 + EMOJI, "UCS-2", 161, 3, id="one emoji makes three segments of two"),
        pytest.param("\ud83d" * 71, "UCS-2", 71, 2, id="lone surrogates count one unit each"),
        pytest.param("\ud83d\udc4b" * 67, "UCS-2", 134, 3, id="halves held apart are never cut apart"),
        pytest.param("a\r\nb", "GSM-7", 4, 1, id="both ends of a line cost one"),
        pytest.param("\f", "GSM-7", 2, 1, id="a form feed is in the extension table"),
        pytest.param("\x1b", "UCS-2", 1, 1, id="the escape itself cannot be sent in GSM-7"),
    ],
)
def test_a_text_is_measured_as_networks_charge_for_it(text, encoding, units, segments):
    measured = measure(text)
    assert (measured.encoding.value, measured.units, measured.segments) == (encoding, units, segments)
    assert len(split(text)) == segments


def test_the_alphabet_is_that_of_the_standard():
    one_septet = [chr(code) for code in range(0x3000) if measure(chr(code)).encoding is Encoding.GSM_7]
    two_septets = {character for character in one_septet if measure(character).units == 2}
    assert len(one_septet) == 127 + 10, "127 positions beside the escape, and ten behind it"
    assert two_septets == set("\f^{}\\[~]|" + EURO)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Vastaa KYLLÄ, så får du erbjudanden för 5 €", id="Nordic letters and the euro"),
        pytest.param(
            "Größe: 50 % auf Schuhe! ¿Sí? No: ¡Olé!".replace("í", "i"), id="German and Spanish signs"
        ),
        pytest.param("{[~^\\|]}", id="brackets and bars"),
    ],
)
def test_european_marks_of_the_alphabet_stay_in_gsm_7(text):
    assert measure(text).encoding is Encoding.GSM_7


@pytest.mark.parametrize(
    ("text", "culprits"),
    [
        pytest.param("garçon", ("ç",), id="the alphabet has only the capital of ç"),
        pytest.param("“Hi” – it’s “me”", ("“", "”", "–", "’"), id="each once, in order of appearance"),
        pytest.param("`tick`", ("`",), id="a backtick"),
        pytest.param("50\N{NO-BREAK SPACE}%", ("\N{NO-BREAK SPACE}",), id="a no-break space"),
        pytest.param("a\tb", ("\t",), id="a tab"),
        pytest.param(EMOJI + "ok" + EMOJI, (EMOJI,), id="an emoji is one culprit, not two halves"),
        pytest.param("plain", (), id="none in a plain text"),
    ],
)
def test_culprits_are_the_characters_that_forced_ucs_2(text, culprits):
    assert measure(text).culprits == culprits


def test_a_segment_never_ends_inside_a_character():
    assert split("a" * 152 + EURO + "b" * 10) == ("a" * 152, EURO + "b" * 10)
    assert split("ê" * 66 + EMOJI + "b" * 10) == ("ê" * 66, EMOJI + "b" * 10)


def text_command(given: bytes):
    start = [sys.executable, "-c", "from yesword.cli.text import command; command()"]
    done = subprocess.run(start, input=given, capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def test_the_command_answers_each_line_with_one_object():
    rows, told = text_command("hello\n]€\ngarçon".encode())
    assert rows == [
        {"encoding": "GSM-7", "units": 5, "segments": 1, "culprits": []},
        {"encoding": "GSM-7", "units": 4, "segments": 1, "culprits": []},
        {"encoding": "UCS-2", "units": 6, "segments": 1, "culprits": ["ç"]},
    ]
    assert told == ""


@pytest.mark.parametrize(
    ("given", "units"),
    [
        pytest.param(b"", [], id="nothing is no text"),
        pytest.param(b"\n", [0], id="an empty line is an empty text"),
        pytest.param(b"a\n\nb\n", [1, 0, 1], id="also between others"),
        pytest.param(b"a\nbc", [1, 2], id="the last line needs no end"),
        pytest.param(b"a\r\nb\rc\n", [2, 3], id="a carriage return belongs to the text"),
        pytest.param("a\u2028b\u0085c\fd\n".encode(), [7], id="other separators too"),
        pytest.param("\ud83d".encode("utf-8", "surrogatepass"), [1], id="half a character is one unit"),
    ],
)
def test_the_command_takes_lines_to_end_at_line_feeds_only(given, units):
    assert [row["units"] for row in text_command(given)[0]] == units


def test_the_command_tells_of_bytes_that_are_no_utf_8_and_goes_on():
    rows, told = text_command(b"gr\xfc\xdf\nok\n")
    assert [(row["encoding"], row["units"]) for row in rows] == [("UCS-2", 4), ("GSM-7", 2)]
    assert "Line 1 " in told


def test_the_command_loads_no_number_plans_and_no_web():
    program = (
        "import sys, yesword.cli.text; print([m for m in ('django', 'phonenumbers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"
