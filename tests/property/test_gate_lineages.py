"""More law never allows more: a lineage that is added restricts, and so does a rule that is verified."""

from hypothesis import given, settings
from hypothesis import strategies as st

from factories.books import HOUSE, ask, book, law, rule
from factories.draws import PARAMETERS, asked_at, laws, lineages
from factories.questions import NOON, grant, granted, place
from yesword.domain.decisions import Decision, Verdict
from yesword.domain.events import Basis
from yesword.domain.gate import decide
from yesword.domain.parties import Origin, Relation
from yesword.domain.rules import RuleBook

RELATION = Relation(origin=Origin.SALE, at=NOON, was_told=True)
STRICTNESS = {Verdict.SEND: 0, Verdict.WAIT: 1, Verdict.REFUSE: 2}
QUICK = settings(max_examples=150)


def allows_no_more(after: Decision, before: Decision) -> bool:
    if after.not_before is not None and before.not_before is not None:
        return after.not_before >= before.not_before
    return STRICTNESS[after.verdict] >= STRICTNESS[before.verdict]


@QUICK
@given(base=laws("xx", countries=["XX"]), added=lineages(), asked=asked_at)
def test_adding_a_lineage_never_makes_a_refused_text_allowed_nor_a_wait_shorter(base, added, asked):
    facts, at = asked
    before = decide(facts, book(HOUSE, base), at)
    after = decide(facts, book(HOUSE, base, *added), at)
    assert allows_no_more(after, before)


@QUICK
@given(base=laws("xx", countries=["XX"]), added=lineages(), asked=asked_at)
def test_whatever_is_refused_or_waits_does_so_by_a_rule_that_is_there(base, added, asked):
    facts, at = asked
    packs = book(HOUSE, base, *added)
    decision = decide(facts, packs, at)
    by_id = {each.id: each for pack in packs.packs for each in pack.rules}
    for reason in decision.reasons:
        if reason.rule in by_id:
            assert by_id[reason.rule].is_enforced
            assert by_id[reason.rule].is_verified or reason.verdict is not Verdict.REFUSE
    assert (decision.verdict is Verdict.SEND) is (decision.reasons == ())


MAY_NOT_DECIDE = st.sampled_from(
    [
        {"severity": "warn", "confidence": "found"},
        {"severity": "block", "confidence": "known"},
        {"severity": "hold", "confidence": "unverified"},
        {"severity": "block", "confidence": "unverified"},
        {"status": "proposed"},
        {"status": "vacated"},
        {"status": "stayed"},
    ]
)


@QUICK
@given(base=laws("xx", countries=["XX"]), envelope=MAY_NOT_DECIDE, asked=asked_at, data=st.data())
def test_what_may_not_decide_is_noted_and_changes_no_answer(base, envelope, asked, data):
    facts, at = asked
    added = data.draw(laws("new", envelope=envelope, countries=["XX"]))
    before = decide(facts, book(HOUSE, base), at)
    after = decide(facts, book(HOUSE, base, added), at)
    assert (after.verdict, after.not_before, after.reasons) == (
        before.verdict,
        before.not_before,
        before.reasons,
    )


@QUICK
@given(asked=asked_at, data=st.data())
def test_verifying_what_was_known_never_allows_more_but_for_the_exception_for_customers(asked, data):
    facts, at = asked
    tables = tuple(table for table in PARAMETERS if table != "soft_opt_in")
    known = data.draw(laws("xx", tables, {"confidence": "known"}, countries=["XX"]))
    found = known.replace('confidence = "known"', 'confidence = "found"')
    before = decide(facts, book(HOUSE, known), at)
    after = decide(facts, book(HOUSE, found), at)
    assert allows_no_more(after, before)


# --- what may allow more --------------------------------------------------------------------------------------


def test_replacing_a_rule_within_its_lineage_may_allow_more():
    narrow, wide = (
        {"classes": ["promotional"], "every_day": [each]} for each in ("12:00-13:00", "08:00-20:00")
    )
    parent = law(rule(hours=narrow, severity="hold", may_relax=True))
    child = law(rule(hours=wide, severity="hold"), pack="xx-n", parent="xx", region="XX-N")
    there = {"places": (place("XX", "Etc/UTC", "XX-N"),)}
    assert ask(book(HOUSE, parent), NOON, **there).verdict is Verdict.WAIT
    assert ask(book(HOUSE, parent, child), NOON, **there).verdict is Verdict.SEND
    beside = child.replace('severity = "hold"', 'severity = "hold"\nmerge = "strictest"')
    assert ask(book(HOUSE, parent, beside), NOON, **there).verdict is Verdict.WAIT


def test_the_houses_own_hours_give_way_to_the_first_verified_law_about_hours():
    hours = {"classes": ["promotional"], "every_day": ["12:00-13:00"]}
    house = law(
        rule(hours=hours, severity="hold", layer="house", where_silent=True), pack="house", everywhere=True
    )
    own = rule(hours={**hours, "every_day": ["08:00-20:00"]}, severity="hold")
    assert ask(book(house), NOON).verdict is Verdict.WAIT
    assert ask(book(house, law(own)), NOON).verdict is Verdict.SEND
    assert ask(book(house, law(own | {"confidence": "known"})), NOON).verdict is Verdict.WAIT


def test_a_country_whose_law_nobody_wrote_down_has_no_exception_for_customers_until_somebody_does():
    soft = rule(soft_opt_in={"classes": ["promotional"], "origins": ["sale"], "is_own_similar": False})
    bought = granted(grant(basis=Basis.CUSTOMER, relation=RELATION))
    assert ask(book(HOUSE), state=bought).verdict is Verdict.REFUSE
    assert ask(book(HOUSE, law(soft)), state=bought).verdict is Verdict.SEND
    second = law(rule(conversation={"reply_within_s": 60}), pack="un", countries=["XX"])
    assert ask(book(HOUSE, law(soft), second), state=bought).verdict is Verdict.REFUSE


# --- order ----------------------------------------------------------------------------------------------------


@QUICK
@given(base=laws("xx", countries=["XX"]), added=lineages(), asked=asked_at, data=st.data())
def test_the_order_of_the_packs_changes_nothing(base, added, asked, data):
    facts, at = asked
    packs = book(HOUSE, base, *added)
    shuffled = RuleBook(data.draw(st.permutations(packs.packs)))
    assert shuffled.digest == packs.digest
    assert decide(facts, shuffled, at).to_bytes() == decide(facts, packs, at).to_bytes()


@settings(max_examples=15)
@given(asked=asked_at, data=st.data())
def test_the_order_of_the_packs_that_ship_changes_nothing(asked, data):
    facts, at = asked
    shipped = RuleBook.load()
    shuffled = RuleBook(data.draw(st.permutations(shipped.packs)))
    assert decide(facts, shuffled, at).to_bytes() == decide(facts, shipped, at).to_bytes()
