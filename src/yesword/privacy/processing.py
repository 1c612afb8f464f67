"""The record of processing activities (GDPR art. 30), made from what is set up: brands, programs, carriers, retention.

What only the controller can know, such as its data protection officer, is named as missing and never made up.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from yesword.domain.evidence.addresses import KEPT_FOR
from yesword.domain.ids import BrandId
from yesword.domain.programs import Program
from yesword.domain.retention import Part, Policy, shipped_policies
from yesword.domain.times import iso_millis
from yesword.privacy.periods import HOUSE, Periods
from yesword.privacy.sentences import CATALOGUE
from yesword.store import models, programs
from yesword.store.opening import Store

MISSING: Final = "Not known here: to be filled in."

# Art. 30(1)(g): a general description of the measures of art. 32(1). Each is what the software itself does, and no more.
SECURITY: Final = (
    "Numbers, texts in both directions and the circumstances of a consent are sealed under a key for each person.",
    "Those keys (AES-256-GCM) are wrapped by a key file, and kept in a database of their own.",
    "Numbers are found by a keyed digest; none stands in the clear in the database, in logs, addresses or figures.",
    "To erase a person is to empty what is held of them and to destroy their key.",
    "A copy of the store from before can be read with a copy of the key from before; whoever makes copies sets how long they are kept.",
    "The record of consent is append-only, guarded by the database and by a Merkle log with signed heads.",
    f"An IP address with what a person did goes when the handset confirms, or by the retention job after {KEPT_FOR.days} days.",
    "The rows of imported files are kept as evidence with whatever stands in them.",
    "Numbers are masked on the pages; whoever has one shown there, and whoever downloads one from there, leaves a trace.",
    "Every text passes one gate, which refuses what the person has not allowed.",
)
_LEGAL_BASIS: Final = (
    "Consent, as recorded for each person (GDPR art. 6(1)(a)); for customers, only where verified law lets a brand text "
    "them without, legitimate interest (art. 6(1)(f)). Proof of consent is kept by art. 7(1)."
)
_PEOPLE: Final = (
    "People who joined or were asked to join the program",
    "People who wrote to its sender",
    "People who stopped its texts",
)
_DATA: Final = tuple(part for part in Part if part is not Part.LEAF)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    country: str
    policy: str
    period: str
    counts_from: tuple[str, ...]
    ground: str
    citation: str
    confidence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """One program."""

    program: str
    name: str
    purpose: str
    legal_basis: str
    message_class: str
    categories: tuple[str, ...]
    people: tuple[str, ...]
    data: tuple[str, ...]
    sender: str
    carrier: str
    privacy_notice: str
    contact: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Controller:
    name: str
    address: str
    country: str
    representative: str
    data_protection_officer: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Processing:
    """The record of one brand."""

    made_at: str
    controller: Controller
    activities: tuple[Activity, ...]
    countries: tuple[tuple[str, int], ...]  # where the numbers are from, and how many people
    recipients: tuple[str, ...]
    transfers: str
    proof_kept: tuple[Kept, ...]
    texts_kept_days: int
    silent_people_kept_days: int
    security: tuple[str, ...]


def record(store: Store, brand: BrandId, at: datetime, periods: Periods = HOUSE) -> Processing:
    row = models.Brand.objects.get(pk=brand)
    running = programs.of_brand(brand)
    senders = {each.pk: each for each in models.Sender.objects.select_related("account")}
    with store.database.read() as session:
        countries = tuple(
            (country or "unknown", count)
            for country, count in session.rows("countries_of_people", brand_id=brand)
        )
        asked = [name for (name,) in session.rows("registries_asked", brand_id=brand)]
    rows = {each.pk: each for each in models.Program.objects.filter(brand_id=brand)}
    carriers = {program.id: senders[rows[program.id].sender_id].account for program in running}
    return Processing(
        made_at=iso_millis(at),
        controller=Controller(
            name=row.name,
            address=row.address or MISSING,
            country=row.country,
            representative=MISSING,
            data_protection_officer=MISSING,
        ),
        activities=tuple(_activity(program, carriers[program.id]) for program in running),
        countries=countries,
        recipients=tuple(_recipients(carriers.values(), asked)),
        transfers=(
            "Texts leave for the networks of the countries above, by way of the carriers. Where a carrier itself is "
            f"outside the EEA, name the country and the safeguard (art. 45 to 49). {MISSING}"
        ),
        proof_kept=tuple(_kept([row.country, *(country for country, _ in countries)])),
        texts_kept_days=periods.texts.days,
        silent_people_kept_days=periods.silence.days,
        security=SECURITY,
    )


def _activity(program: Program, account: models.Account) -> Activity:
    return Activity(
        program=program.key,
        name=program.name,
        purpose=program.purpose,
        legal_basis=_LEGAL_BASIS,
        message_class=program.message_class.value,
        categories=program.categories,
        people=_PEOPLE,
        data=tuple(CATALOGUE[f"part.{part.value}"] for part in _DATA),
        sender=program.sender,
        carrier=f"{account.key} ({account.channel})",
        privacy_notice=program.privacy_url or MISSING,
        contact=program.support or MISSING,
    )


def _recipients(accounts: Iterable[models.Account], asked: Sequence[str]) -> Iterator[str]:
    known = {account.key: account.channel for account in accounts}
    yield from (
        f"Carrier {key} ({channel}): number and text of each message"
        for key, channel in sorted(known.items())
    )
    yield from (f"Registry {name}: numbers, to look them up" for name in asked)
    yield "Witnesses and time stampers of the log: signed heads of a tree of hashes, which are about nobody"


def _kept(countries: Iterable[str]) -> Iterator[Kept]:
    policies = shipped_policies()
    for country in dict.fromkeys(each for each in countries if each):
        yield from (_policy(country, policy) for policy in policies.of(country))


def _policy(country: str, policy: Policy) -> Kept:
    years, days = policy.period.years, policy.period.days
    return Kept(
        country=country,
        policy=policy.id,
        period=f"{years} years" if years else f"{days} days",
        counts_from=tuple(each.value for each in policy.counts_from),
        ground=policy.ground.value,
        citation=policy.citation,
        confidence=policy.confidence.value,
    )


# --- how it is written -----------------------------------------------------------------------------------------


def as_json(found: Processing) -> str:
    return json.dumps(asdict(found), ensure_ascii=False, indent=2) + "\n"


def as_markdown(found: Processing) -> str:
    controller = found.controller
    lines = [
        f"# Record of processing activities: {controller.name}",
        "",
        f"By GDPR art. 30(1). Made on {found.made_at[:10]} from what is set up; what is set up later is not in it.",
        "",
        "## Controller",
        "",
        f"- Name: {controller.name}",
        f"- Address: {controller.address}",
        f"- Country: {controller.country}",
        f"- Representative: {controller.representative}",
        f"- Data protection officer: {controller.data_protection_officer}",
        "",
        *(line for activity in found.activities for line in _told(activity)),
        "## People by the country of their number",
        "",
        *_listed([f"{country}: {count:,}" for country, count in found.countries]),
        "## Recipients",
        "",
        *_listed(found.recipients),
        "## Transfers to other countries",
        "",
        found.transfers,
        "",
        "## How long it is kept",
        "",
        f"- Texts that prove nothing: {found.texts_kept_days} days, and then the retention job empties them",
        _silent_people(found.silent_people_kept_days),
        "- Proof of people who were erased: as long as this table says, and then it goes by the retention job",
        "- The retention job runs by itself once a day while `yesword serve` runs",
        "",
        *_table(
            ("country", "proof is kept for", "from", "ground", "written in", "how sure"),
            [
                (
                    each.country,
                    each.period,
                    ", ".join(each.counts_from).replace("_", " "),
                    each.ground.replace("_", " "),
                    each.citation,
                    each.confidence,
                )
                for each in found.proof_kept
            ],
        ),
        "## Security",
        "",
        *_listed(found.security),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _silent_people(days: int) -> str:
    return (
        f"- People who may not be texted and are silent: {days} days, or as long as their proof; they are erased when "
        "somebody runs `yesword privacy retain`, and not before"
    )


def _told(activity: Activity) -> Iterator[str]:
    yield f"## Activity: {activity.name} ({activity.program})"
    yield ""
    yield f"- Purpose: {activity.purpose}; texts are {activity.message_class}"
    yield f"- About: {', '.join(activity.categories) or 'no category'}"
    yield f"- Legal basis: {activity.legal_basis}"
    yield f"- Sender: {activity.sender}, by {activity.carrier}"
    yield f"- Privacy notice: {activity.privacy_notice}"
    yield f"- Contact: {activity.contact}"
    yield "- People:"
    yield from (f"  - {each}" for each in activity.people)
    yield "- Data:"
    yield from (f"  - {each}" for each in activity.data)
    yield ""


def _listed(lines: Iterable[str]) -> list[str]:
    return [*(f"- {line}" for line in lines), ""]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [*("| " + " | ".join(each.replace("|", "\\|") for each in line) + " |" for line in lines), ""]
