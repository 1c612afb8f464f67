"""Scene 3: a campaign from a template to a segment; the verdict before, the sending, pause, resume, cancel."""

import json
from collections import Counter
from datetime import timedelta

from yesword.demo.story.joining import JOINERS
from yesword.demo.story.stage import Stage
from yesword.domain import codec
from yesword.domain.segments import Comparison, Condition
from yesword.sending import campaigns, verdicts
from yesword.sending.campaigns import NewCampaign
from yesword.store import contact_marks

TEMPLATE = "[Brand]: hello [First name|there], 20% off [Category of interest|our range] in [Location|every shop] until Sunday."


def play(stage: Stage) -> None:
    stage.begin("3. A campaign, judged before it is sent by the gate that sends it")
    club = stage.demo.program("club")
    stage.step(hours=13)  # the next morning
    bruno = stage.call("Bruno", "+31612345903")
    stage.text(bruno, "555888", "EVENTS")
    _give_facts(stage)
    campaign = campaigns.create(
        NewCampaign(
            brand=club.brand, program=club.id, name="Spring", template=TEMPLATE, categories=("shoes",)
        )
    )
    verdict = verdicts.complete(stage.store, stage.dispatcher.scales, campaign, stage.now)
    stage.narrate(
        f"The verdict: {verdict.now} now, {verdict.waiting} wait, {verdict.refused} refused, of "
        f"{verdict.now + verdict.waiting + verdict.refused} people. Because: "
        + ", ".join(f"{code} {count}" for _, code, _, _, count in verdict.reasons if code)
    )
    campaigns.start(campaign.pk, stage.now)
    stage.step(seconds=30)
    for name, number, _, _ in JOINERS:
        stage.show(number, stage.received(number)[-1])
        del name
    states = _states(stage, campaign.pk)
    stage.claim(
        "Now + waiting + refused is the audience, and the sending did exactly what the verdict said.",
        "I18",
        held=verdict.now == states["sent"] and verdict.refused == states["refused"] and verdict.waiting == states["queued"]
        and sum(states.values()) == verdict.now + verdict.waiting + verdict.refused,
    )  # fmt: skip
    anna = stage.received(JOINERS[0][1])[-1]
    sven = stage.received(JOINERS[1][1])[-1]
    stage.claim(
        "Fields are filled in, and where something is not known the fallback reads well.",
        "C20",
        held="hello Anna" in anna
        and "boots" in anna
        and "Utrecht" in anna
        and "hello there" in sven
        and "our range" in sven,
    )
    stage.claim(
        "Every text names the brand and carries the way out.",
        "C19",
        "A1",
        held="STOP" in anna and club.brand_name in anna,
    )
    stage.claim(
        "Bruno, who asked for event news, gets no offers.",
        "G6", "I2",
        held=not any("20% off" in text for text in stage.received(bruno)),
    )  # fmt: skip
    segment = (Condition(field="location", comparison=Comparison.IS, value="Utrecht"),)
    small = campaigns.create(
        NewCampaign(brand=club.brand, program=club.id, name="Utrecht", template=TEMPLATE, segment=segment)
    )
    verdict = verdicts.complete(stage.store, stage.dispatcher.scales, small, stage.now)
    stage.claim(
        "A segment of Utrecht finds Anna alone.",
        "C21",
        held=verdict.now + verdict.waiting + verdict.refused == 1,
    )
    _pause_and_cancel(stage)


def _pause_and_cancel(stage: Stage) -> None:
    club = stage.demo.program("club")
    later = campaigns.create(
        NewCampaign(
            brand=club.brand,
            program=club.id,
            name="Second",
            template="[Brand]: a second text.",
            send_by=stage.now + timedelta(days=2),
        )
    )
    before = len(stage.received(JOINERS[0][1]))
    campaigns.start(later.pk, stage.now)
    campaigns.feed(stage.store, stage.now)
    campaigns.pause(later.pk)
    stage.step(minutes=5)
    stage.claim(
        "A paused campaign sends nothing, not even what was queued.",
        held=len(stage.received(JOINERS[0][1])) == before,
    )
    campaigns.resume(later.pk)
    stage.step(minutes=5)
    stage.claim("Resumed, it goes on.", held=len(stage.received(JOINERS[0][1])) == before + 1)
    third = campaigns.create(
        NewCampaign(brand=club.brand, program=club.id, name="Third", template="[Brand]: a third.")
    )
    campaigns.start(third.pk, stage.now)
    campaigns.feed(stage.store, stage.now)
    campaigns.cancel(third.pk, stage.now)
    stage.step(minutes=5)
    stage.claim(
        "A cancelled campaign sends nothing more, and its texts are shown as cancelled.",
        held=len(stage.received(JOINERS[0][1])) == before + 1 and not _states(stage, third.pk)["queued"],
    )


def _give_facts(stage: Stage) -> None:
    anna = stage.person(JOINERS[0][1])
    assert anna is not None
    facts = {"location": "Utrecht", "category of interest": "boots"}
    with stage.store.database.write() as session:
        session.run(
            "update_contact_facts",
            name="Anna de Wit",
            language=anna.language,
            attributes=json.dumps(facts),
            places=codec.dumps(anna.places),
            recipient=anna.recipient.value,
            hidden_since=0,
            bucket=anna.bucket,
            id=anna.id,
        )
        contact_marks.renew(stage.store, session, [anna.id])


def _states(stage: Stage, campaign: int) -> Counter[str]:
    found = campaigns.states(stage.store, campaign)
    return Counter({state.name.lower(): count for state, count in found.items()})
