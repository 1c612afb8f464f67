"""Scene 6: the decision for a text that is not sent, and a past one computed again."""

from yesword.demo.story.joining import JOINERS
from yesword.demo.story.stage import Stage
from yesword.domain.ids import MessageId, to_text
from yesword.sending import explaining
from yesword.store.checking import check_store


def play(stage: Stage) -> None:
    stage.begin("6. Why?")
    _check(stage)
    _recompute(stage)
    report = check_store(stage.store)
    stage.claim(
        f"All {report.contacts} records, folded anew from {report.events} events, are as stored.",
        "G4",
        held=report.contacts > 10 and not report.findings,
    )


def _check(stage: Stage) -> None:
    sven = stage.person(JOINERS[1][1])
    events = stage.demo.program("events")
    assert sven is not None
    before = stage.carrier.counts()["accepted"]
    decision = explaining.check(stage.store, stage.dispatcher.scales, sven, events, stage.now).decision
    stage.narrate(explaining.sentence_of(decision))
    stage.claim(
        "Asked whether Sven may be texted event news, the gate says no and why, and nothing is sent.",
        "G6",
        held=decision.verdict.value == "refuse"
        and bool(decision.reasons[0].remedy.id)
        and stage.carrier.counts()["accepted"] == before,
    )


def _recompute(stage: Stage) -> None:
    messages = same = decisions = 0
    for number in stage.names:
        person = stage.person(number)
        if person is None:
            continue
        with stage.store.database.read() as session:
            rows = session.rows("messages_of_contact", bucket=person.bucket, contact_id=person.id, count=1000)
        for row in rows:
            if row[13] is None:
                continue
            messages += 1
            for each in explaining.why(stage.store, stage.dispatcher.scales, MessageId(row[0])):
                decisions += 1
                same += each.is_same
            last = to_text("msg", row[0])
    stage.say(f"  yesword why {last}: the same, byte for byte.")
    stage.claim(
        f"All {decisions} stored decisions about {messages} messages, computed again, are the same byte for byte.",
        held=decisions > 20 and same == decisions,
    )
