"""scoped and unverified-never-permits: neither a grant nor a rule permits more than it says for sure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from factories.questions import NOON as GATE_NOON
from factories.questions import grant, granted, place, question, service, stopped
from factories.worlds import ANNA, RULES, publish, world
from yesword.domain.decisions import Verdict
from yesword.domain.events import Basis, Scope
from yesword.domain.gate import decide
from yesword.domain.ids import EventId, ProgramId
from yesword.domain.messages import MessageKind
from yesword.domain.parties import Origin, Relation
from yesword.domain.programs import OptIn
from yesword.domain.rules.loader import read_packs
from yesword.sending import explaining
from yesword.store import models
from yesword.store.opening import Store

# --- scoped ---------------------------------------------------------------------------------------------------


def test_scoped(sqlite_store: Store) -> None:
    """Of everything that is asked about somebody who joined one program, that program alone is granted."""
    with world(sqlite_store) as here:
        here.text(ANNA, "EVENTS", to="555888")
        other_brand = models.Brand.objects.create(
            key="other", name="Other", country="NL", origin="example.org/ledger/other"
        )
        sender = models.Sender.objects.create(account=here.account, address="111222", kind="short_code")
        theirs = publish(
            other_brand, sender, key="theirs", opt_in=OptIn.SINGLE, keywords=("THEIRS",), purpose="events"
        )
        text = "Linde & Loom: hello. Reply STOP to stop."
        found = {
            program.key: explaining.check(
                sqlite_store, here.scales, here.contact(), program, here.at, text=text
            ).decision
            for program in (here.club, here.events)
        }
        assert {key: decision.verdict for key, decision in found.items()} == {
            "club": Verdict.REFUSE,
            "events": Verdict.SEND,
        }
        here.campaign("Other: hello.", program=theirs)
        here.settle()
        assert here.sql("SELECT count(*) FROM message WHERE brand_id = %s", other_brand.pk) == [(0,)]


@pytest.mark.parametrize(
    "scope",
    [
        pytest.param(Scope(program=grant().scope.program, purposes=("surveys",)), id="another purpose"),
        pytest.param(Scope(program=grant().scope.program, categories=("hats",)), id="another category"),
        pytest.param(Scope(program=grant().scope.program, channels=("email",)), id="another channel"),
        pytest.param(Scope(program=ProgramId(99)), id="another program"),
    ],
)
def test_scoped_by_what_the_grant_names(scope: Scope) -> None:
    assert decide(question(), RULES, GATE_NOON).verdict is Verdict.SEND
    assert decide(question(state=granted(grant(scope=scope))), RULES, GATE_NOON).verdict is Verdict.REFUSE


# --- unverified-never-permits ---------------------------------------------------------------------------------


PERMISSIVE = """
[pack]
id = "xx"
name = "Hearsay"
countries = ["NL"]

[pack.defaults]
layer = "statute"
confidence = "known"
verified_on = 2026-11-22
source = "facts"
citation = "somebody said so"

[[rule]]
id = "xx.consent"
severity = "block"
[rule.consent]
class = "promotional"
standard = "none"

[[rule]]
id = "xx.hours"
severity = "hold"
[rule.hours]
classes = ["promotional"]
every_day = ["00:00-24:00"]

[[rule]]
id = "xx.confirmation"
severity = "block"
[rule.stop_confirmation]
is_allowed = true
max_latency_s = 864000

[[rule]]
id = "xx.customers"
severity = "block"
[rule.soft_opt_in]
classes = ["promotional"]
origins = ["sale"]
is_own_similar = false
is_same_entity = false
is_told = false
is_told_each_time = false

[[rule]]
id = "xx.staleness"
severity = "block"
[rule.expiry]
classes = ["promotional"]
anchor = "first_text"
days = 9999

[[rule]]
id = "xx.conversation"
severity = "block"
[rule.conversation]
reply_within_s = 9999999
"""

NIGHT = datetime(2026, 11, 23, 23, tzinfo=ZoneInfo("Europe/Amsterdam")).astimezone(UTC)

LONG_AGO = GATE_NOON - timedelta(days=400)

BOUGHT = Relation(origin=Origin.SALE, at=GATE_NOON, was_told=True, categories=("shoes",))

NOWHERE_KNOWN = place("KE", "Africa/Nairobi")


@pytest.mark.parametrize(
    ("facts", "at"),
    [
        pytest.param(
            question(state=granted(grant(basis=Basis.CUSTOMER))), GATE_NOON, id="without express consent"
        ),
        pytest.param(
            question(state=granted(grant(basis=Basis.CUSTOMER, relation=BOUGHT)), places=(NOWHERE_KNOWN,)),
            GATE_NOON,
            id="to a customer where no verified law lets it",
        ),
        pytest.param(
            question(state=granted(grant(program=99))), GATE_NOON, id="on consent for another program"
        ),
        pytest.param(question(), NIGHT, id="at night"),
        pytest.param(question(state=granted(grant(since=LONG_AGO))), GATE_NOON, id="on a stale grant"),
        pytest.param(
            question(asked=service(MessageKind.REPLY, conversation_at=GATE_NOON - timedelta(days=3))),
            GATE_NOON,
            id="an answer after three days",
        ),
        pytest.param(
            question(state=stopped(), asked=service(MessageKind.STOP_REPLY, answers=EventId(2))),
            GATE_NOON + timedelta(hours=1),
            id="a confirmation after an hour",
        ),
    ],
)
def test_unverified_never_permits(facts: object, at: datetime) -> None:
    hearsay = RULES.with_packs(read_packs({"xx.toml": PERMISSIVE.replace('"NL"', '"NL", "KE"')}))
    as_it_is = decide(facts, RULES, at)
    assert as_it_is.verdict is not Verdict.SEND
    told_so = decide(facts, hearsay, at)
    assert (told_so.verdict, told_so.not_before) == (as_it_is.verdict, as_it_is.not_before)


def test_unverified_never_permits_what_the_same_rule_verified_would() -> None:
    """So that the test above can fail."""
    customer = question(state=granted(grant(basis=Basis.CUSTOMER, relation=BOUGHT)), places=(NOWHERE_KNOWN,))
    lawful = PERMISSIVE.replace('"known"', '"found"').replace('"NL"', '"KE"')
    assert (
        decide(customer, RULES.with_packs(read_packs({"xx.toml": lawful})), GATE_NOON).verdict is Verdict.SEND
    )
    verified = RULES.without("nl", "eu").with_packs(
        read_packs({"xx.toml": PERMISSIVE.replace('"known"', '"found"')})
    )
    assert decide(question(), verified, NIGHT).verdict is Verdict.SEND
