"""Scenes 1 and 2: four programs on four codes; a keyword, a question, a yes, in five languages; and what goes astray."""

from typing import Final

from yesword.demo.story.stage import Stage
from yesword.domain import composing
from yesword.domain.programs import OptIn

# Who texts, and how they say yes.
JOINERS: Final = (
    ("Anna", "+31612345901", "nl", "BEVESTIGEN"),
    ("Sven", "+46701740699", "sv", "BEKRÄFTA"),
    ("Heidi", "+4915123456789", "de", "Ja!"),
    ("Mette", "+4520123490", "da", "ja"),
    ("Grace", "+447400900123", "en", "yes please"),
)


def play(stage: Stage) -> None:
    _programs(stage)
    _five_people(stage)
    _astray(stage)


def _programs(stage: Stage) -> None:
    stage.begin("1. Four programs on four codes")
    for program in stage.demo.programs:
        ask = "asks for a yes" if program.opt_in is OptIn.DOUBLE else "joins at once"
        stage.say(
            f"  {program.keywords[0]:<9} to {program.sender}  {program.name}: {program.purpose}; {ask}."
        )
    codes = {(program.keywords[0], program.sender) for program in stage.demo.programs}
    stage.claim(
        "Each of the four programs has its keyword on its own code.",
        "C6", "C7", "C8", "C9",
        held=codes
        == {("SAVEMORE", "800123"), ("EVENTS", "555888"), ("FEEDBACK", "123456"), ("REMINDME", "789012")},
    )  # fmt: skip
    complete = []
    for program in stage.demo.programs:
        for language, texts in program.texts:
            wording = composing.disclosure(program, language)
            complete.append(
                all(
                    part in wording
                    for part in (
                        program.brand_name,
                        "STOP",
                        "HELP",
                        program.terms_url,
                        program.privacy_url,
                        texts.frequency,
                    )
                )
            )
    stage.claim(
        "Each program's wording names the brand, the frequency, STOP, HELP, terms and privacy, in five languages.",
        "C18", "C26", "I15", "I17",
        held=len(complete) == 20 and all(complete),
    )  # fmt: skip


def _five_people(stage: Stage) -> None:
    stage.begin("2. A keyword, a question, a yes: in five languages")
    club = stage.demo.program("club")
    for name, number, language, yes in JOINERS:
        stage.call(name, number)
        asked = stage.text(number, "800123", "SAVEMORE")
        texts = dict(club.texts)[language]
        question = composing.compose(texts.consent_request, club, texts)
        stage.claim(
            f"{name} is asked once, in {language}, and is not in yet.",
            "C10", "C11", "G1",
            held=asked == [question] and not stage.is_in(number, club),
        )  # fmt: skip
        welcome = stage.text(number, "800123", yes)
        stage.claim(
            f"After “{yes}” {name} is in, with the way out in the welcome.",
            "C11", "C19", "G15",
            held=len(welcome) == 1 and "STOP" in welcome[0] and stage.is_in(number, club),
        )  # fmt: skip
    grants = [stage.state(number).grant_for(club.id) for _, number, _, _ in JOINERS]
    stage.claim(
        "Each yes is evidence of grade A: given from the handset, with the wording pinned.",
        "G4",
        held=all(grant is not None and grant.grade.value == "A" and grant.is_confirmed for grant in grants),
    )


def _astray(stage: Stage) -> None:
    stage.narrate("What goes astray gets its own answer, and changes nothing that it should not.")
    club = stage.demo.program("club")
    say = {
        name: {
            language: composing.compose(getattr(words, name), club, words) for language, words in club.texts
        }
        for name in ("already_in", "lapsed", "declined", "unknown_keyword", "help")
    }
    anna = JOINERS[0][1]
    before = stage.state(anna)
    again = stage.text(anna, "800123", "Savemore")
    stage.claim(
        "A second opt-in says that she is in already, and records nothing.",
        held=again == [say["already_in"]["nl"]] and stage.state(anna) == before,
    )
    wrong = stage.call("Pieter", "+31612345902")
    answer = stage.text(wrong, "800123", "SAFEMORE")
    stage.claim(
        "A wrong keyword gets a pointer to the right one, and no permission comes of it.",
        held=answer == [say["unknown_keyword"]["nl"]]
        and not stage.state(wrong).grants
        and not stage.state(wrong).requests,
    )
    late = stage.call("Lars", "+46701740698")
    stage.text(late, "800123", "SAVEMORE")
    stage.step(hours=30)
    lapsed = stage.text(late, "800123", "JA")
    stage.claim(
        "A yes after the request lapsed is told so, and does not count.",
        held=lapsed == [say["lapsed"]["sv"]] and not stage.is_in(late, club),
    )
    no = stage.call("Uwe", "+4915123456788")
    stage.text(no, "800123", "SAVEMORE")
    declined = stage.text(no, "800123", "Nein")
    stage.claim(
        "A no is taken as a no.", held=declined == [say["declined"]["de"]] and not stage.is_in(no, club)
    )
    stranger = stage.call("Stranger", "+447400900124")
    helped = stage.text(stranger, "800123", "HELP")
    stage.claim(
        "HELP works for a stranger too, names the brand and a way to reach it, and records no consent.",
        "C26",
        held=helped == [say["help"]["en"]] and club.brand_name in helped[0] and not stage.state(stranger).seq,
    )
    landline = stage.call("Landline", "+31201234567")
    silence = stage.text(landline, "800123", "SAVEMORE")
    stage.claim(
        "A number that cannot be a mobile is not texted, and no consent is recorded for it.",
        "A18",
        held=silence == [] and not stage.state(landline).seq,
    )
    stage.let_replies_rest()
