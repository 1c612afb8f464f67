"""What holds a campaign back, as `yesword campaign` says it: a line a reason, each with the way to let it go on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from yesword.reporting.holding import Holding
    from yesword.store.models import Campaign, SendingAlarm, SendingHold
    from yesword.store.opening import Store

_LEFT: Final = {
    "opt_outs": "led to people leaving",
    "errors": "did not arrive",
    "complaints": "led to complaints",
}


def lines(store: "Store", campaign: "Campaign", held: "Holding") -> Iterator[str]:
    """Nothing where it runs, or is a draft or over."""
    if campaign.state == "paused" and not any(each.watched == "campaign" for each in held.pauses):
        yield f"Paused by hand. `yesword campaign resume {campaign.pk}` lets it go on."
    yield from (_paused(each, campaign) for each in held.pauses)
    yield from (_halted(each) for each in held.holds)
    if held.reasons:
        yield from _obstacles(store)


def as_objects(held: "Holding") -> list[dict[str, Any]]:
    """What programs may rely on; the keys are stable."""
    return [
        *(
            {
                "why": "reputation",
                "of": each.watched,
                "key": each.key,
                "pause": each.pk,
                "since": _since(each),
            }
            for each in held.pauses
        ),
        *(
            {"why": each.why, "of": _kind(each), "key": _key(each), "since": _since(each)}
            for each in held.holds
        ),
        *({"why": each, "of": "everything"} for each in sorted(held.reasons)),
    ]


def _paused(row: "SendingAlarm", campaign: "Campaign") -> str:
    from yesword.domain.thresholds import Watched
    from yesword.reporting import watching

    of = {
        Watched.CAMPAIGN: "It",
        Watched.PROGRAM: f"Its program {campaign.program.key}",
        Watched.SENDER: f"Its number {campaign.program.sender.address}",
    }[Watched(row.watched)]
    count = getattr(row, row.measure)
    return (
        f"{of} is paused by itself since {_moment(row)}: of {row.texts:,} texts {count:,} {_LEFT[row.measure]}, "
        f"{watching.share_of(row):.2f} % (threshold {row.threshold / 100:g} %). "
        f"`yesword pause resume {row.pk} --reason …` lets it go on."
    )


def _halted(row: "SendingHold") -> str:
    what = {"account": "Its account", "brand": "Its brand"}.get(_kind(row), "All sending")
    named = " ".join(each for each in (what, _key(row)) if each)
    option = f" --{_kind(row)} {_key(row)}" if _key(row) else ""
    by = f" by {row.began_by}" if row.began_by else ""
    why = f"is halted{by}" if row.why == "halted" else "waits, because nobody listened to the carrier,"
    note = f": {row.note}" if row.note else ""
    return f"{named} {why} since {_moment(row)}{note}. `yesword resume{option} --reason …` lets it go on."


def _obstacles(store: "Store") -> Iterator[str]:
    from yesword.consent.obstacles import obstacles

    found = obstacles(store)
    yield from (each.sentence for each in found)
    if not found:
        yield "All sending is held. `yesword status` says what is."


def _kind(row: "SendingHold") -> str:
    if row.account is not None:
        return "account"
    return "everything" if row.brand is None else "brand"


def _key(row: "SendingHold") -> str:
    named = row.account or row.brand
    return named.key if named is not None else ""


def _moment(row: "SendingAlarm | SendingHold") -> str:
    return f"{row.began_at:%Y-%m-%d %H:%M} UTC"


def _since(row: "SendingAlarm | SendingHold") -> str:
    return row.began_at.isoformat(timespec="seconds")
