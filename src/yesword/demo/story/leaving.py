"""Scene 5: STOP in five languages, what it ends, and what START brings back."""

from typing import Final

from yesword.demo.story.joining import JOINERS
from yesword.demo.story.stage import Stage
from yesword.domain.messages import MessageState
from yesword.sending import campaigns, explaining
from yesword.sending.campaigns import NewCampaign

STOPS: Final = {
    "Anna": "Afmelden.",
    "Sven": "STOPP!",
    "Heidi": "stop bitte",
    "Mette": "Stop 🛑",
    "Grace": "Stop. Thank you",
}


def play(stage: Stage) -> None:
    stage.begin("5. STOP, in five languages, and START")
    stage.let_replies_rest()
    club = stage.demo.program("club")
    queued = campaigns.create(
        NewCampaign(brand=club.brand, program=club.id, name="Too late", template="[Brand]: did you see this?")
    )
    campaigns.start(queued.pk, stage.now)
    campaigns.feed(stage.store, stage.now)
    campaigns.pause(queued.pk)
    for name, number, language, _ in JOINERS:
        _stop(stage, name, number, language)
    campaigns.resume(queued.pk)
    stage.step(minutes=10)
    told = [
        text for _, number, _, _ in JOINERS for text in stage.received(number) if "did you see this" in text
    ]
    stage.claim(
        "Texts that were queued before the stop never come.",
        "C4", "A4",
        held=not told and campaigns.states(stage.store, queued.pk).get(MessageState.CANCELLED, 0) >= len(JOINERS),
    )  # fmt: skip
    _refused_later(stage)
    _start(stage)
    _carrier_answers(stage)


def _stop(stage: Stage, name: str, number: str, language: str) -> None:
    club = stage.demo.program("club")
    texts = dict(club.texts)[language]
    answers = stage.text(number, "800123", STOPS[name])
    stage.claim(
        f"“{STOPS[name]}” ends it for {name}: one confirmation that names the brand, in {language}.",
        "C5", "A11", "A15",
        held=len(answers) == 1
        and club.brand_name in answers[0]
        and answers[0] == texts.stop.replace("[Brand]", club.brand_name).replace("[Program]", club.name)
        and not stage.is_in(number, club),
    )  # fmt: skip


def _refused_later(stage: Stage) -> None:
    anna = stage.person(JOINERS[0][1])
    club = stage.demo.program("club")
    assert anna is not None
    decision = explaining.check(stage.store, stage.dispatcher.scales, anna, club, stage.now).decision
    stage.narrate(explaining.sentence_of(decision))
    stage.claim(
        "Later offers to Anna are refused, and the answer says that she withdrew.",
        "A20", "A21",
        held=decision.verdict.value == "refuse" and decision.reasons[0].code == "withdrawn",
    )  # fmt: skip
    again = stage.text(JOINERS[0][1], "800123", "STOP")
    stage.claim("A second STOP gets no second confirmation.", held=again == [])


def _start(stage: Stage) -> None:
    number = JOINERS[1][1]
    club, events = stage.demo.program("club"), stage.demo.program("events")
    answers = stage.text(number, "800123", "START")
    stage.claim(
        "START brings Sven back into what he had left, as a new grant, and into nothing else.",
        "A12",
        held=stage.is_in(number, club)
        and not stage.is_in(number, events)
        and len(answers) == 1
        and (stage.state(number).grant_for(club.id) or stage.state(number).grants[0]).seq
        == stage.state(number).seq,
    )
    before = len(stage.received(number))
    stage.step(minutes=5)
    stage.claim(
        "No text from before the stop comes after the start.", held=len(stage.received(number)) == before
    )


def _carrier_answers(stage: Stage) -> None:
    alerts = stage.carrier_stop.program("alerts")
    number = stage.call("Nora", "+447400900125")
    stage.text(number, alerts.sender, "ALERTS", account=stage.carrier_stop.account)
    answers = stage.text(number, alerts.sender, "STOP", account=stage.carrier_stop.account)
    stage.claim(
        "Where the carrier itself answers STOP, no second confirmation is sent, and the stop still counts.",
        held=answers == [] and not stage.is_in(number, alerts),
    )
