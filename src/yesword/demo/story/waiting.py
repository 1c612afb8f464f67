"""Scene 4: the hours of Florida, the promised frequency, and a text that would come too late to be of use."""

from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.demo.story.stage import Stage
from yesword.domain.decisions import Decision, Verdict
from yesword.domain.segments import Comparison, Condition
from yesword.sending import campaigns, explaining
from yesword.sending.campaigns import NewCampaign

HALF_PAST_EIGHT: Final = datetime(2026, 3, 6, 1, 30, tzinfo=UTC)  # 20:30 on Thursday in Miami
EIGHT_NEXT_DAY: Final = datetime(2026, 3, 6, 13, 0, tzinfo=UTC)  # 08:00 there


def play(stage: Stage) -> None:
    stage.begin("4. The hours of Florida, and the promised frequency")
    maria = _in_florida(stage)
    _frequency(stage, maria)
    _too_late(stage, maria)


def _in_florida(stage: Stage) -> str:
    maria = stage.call("Maria", "+13055550142")
    stage.text(maria, "800123", "SAVEMORE")
    stage.text(maria, "800123", "YES")
    stage.step(seconds=(HALF_PAST_EIGHT - stage.now).total_seconds())
    sunset = _to_florida(stage, "Sunset sale", "[Brand]: tonight's offer on shoes.")
    before = len(stage.received(maria))
    campaigns.start(sunset, stage.now)
    stage.step(seconds=1)
    decision = _ask(stage, maria, stage.now)
    stage.narrate(explaining.sentence_of(decision))
    stage.claim(
        "At 20:30 in Florida an offer waits until 08:00, and the rule is named.",
        "C17",
        held=decision.verdict is Verdict.WAIT
        and decision.not_before == EIGHT_NEXT_DAY
        and decision.reasons[0].pack == "us-fl"
        and len(stage.received(maria)) == before,
    )
    stage.step(seconds=(EIGHT_NEXT_DAY - stage.now).total_seconds() - 60)
    stage.claim("At 07:59 it still waits.", held=len(stage.received(maria)) == before)
    stage.step(seconds=60)
    stage.show(maria, stage.received(maria)[-1])
    stage.claim("At 08:00 it goes.", held=len(stage.received(maria)) == before + 1)
    return maria


def _frequency(stage: Stage, maria: str) -> None:
    promised = stage.demo.program("club").frequency
    stage.narrate(f"The club promised at most {promised.count} texts in {promised.days} days.")
    for number in range(promised.count + 1):
        stage.step(hours=25)
        extra = _to_florida(stage, f"Extra {number}", "[Brand]: one more offer on shoes.")
        campaigns.start(extra, stage.now)
        stage.step(seconds=1)
    at = stage.now
    decision = _ask(stage, maria, at)
    counted = [text for text in stage.received(maria) if "offer on shoes" in text]
    stage.narrate(explaining.sentence_of(decision))
    stage.claim(
        f"After {promised.count} offers the next is held or refused, and the promise is named.",
        "C18",
        "G11",
        held=len(counted) == promised.count
        and decision.verdict is not Verdict.SEND
        and any(reason.rule == "promise" or reason.code == "promise" for reason in decision.reasons),
    )


def _too_late(stage: Stage, maria: str) -> None:
    before = len(stage.received(maria))
    flash = _to_florida(stage, "Flash", "[Brand]: only this hour.", send_by=stage.now + timedelta(hours=1))
    campaigns.start(flash, stage.now)
    stage.step(minutes=5)
    stage.claim(
        "A text that could only go after its last useful moment is refused instead of sent late.",
        held=len(stage.received(maria)) == before and _outcome(stage, flash) == ["EXPIRED"],
    )


def _outcome(stage: Stage, campaign: int) -> list[str]:
    return sorted(state.name for state in campaigns.states(stage.store, campaign))


def _to_florida(stage: Stage, name: str, template: str, send_by: datetime | None = None) -> int:
    club = stage.demo.program("club")
    new = NewCampaign(
        brand=club.brand,
        program=club.id,
        name=name,
        template=template,
        segment=(Condition(field="region", comparison=Comparison.IS, value="US-FL"),),
        send_by=send_by,
    )
    return int(campaigns.create(new).pk)


def _ask(stage: Stage, number: str, at: datetime) -> Decision:
    person = stage.person(number)
    assert person is not None
    club = stage.demo.program("club")
    text = f"{club.brand_name}: an offer. Reply STOP to stop."
    return explaining.check(stage.store, stage.dispatcher.scales, person, club, at, text=text).decision
