"""Packs from TOML: what is read, and what is refused, with file, line and what was expected."""

from datetime import date

import pytest

from factories.books import law, rule
from yesword.domain.rules import PackError, RuleBook
from yesword.domain.rules.loader import read_pack, read_packs
from yesword.domain.rules.model import (
    ALWAYS,
    PARAMETERS,
    Confidence,
    Layer,
    Merge,
    OnRecord,
    Severity,
    Status,
)

PACK = """
[pack]
id = "xx"
name = "Exland"
countries = ["XX"]

[pack.defaults]
layer = "statute"
confidence = "found"
verified_on = 2026-11-22
source = "facts"
citation = "Act 1"

[[rule]]
id = "xx.tm"
severity = "hold"
[rule.hours]
classes = ["promotional"]
every_day = ["09:00-12:00", "14:00-18:00"]
sun = []
"""
CHILD = PACK.replace('id = "xx"', 'id = "xx-a"\nparent = "xx"').replace('"xx.tm"', '"xx-a.tm"')
CHILD = CHILD.replace('countries = ["XX"]', 'region = "XX-A"').replace("Exland", "A-region")
HOLDS = 'severity = "hold"'
RELAXED = PACK.replace(HOLDS, f"{HOLDS}\nmay_relax = true")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        pytest.param("every_day", "sat", 17, "every_day, or each of mon", id="a day without windows"),
        pytest.param(HOLDS, 'severity = "strong"', 16, "one of block, hold, warn", id="a severity"),
        pytest.param(
            "every_day",
            "evry_day",
            19,
            "hours has an unknown key evry_day. Expected one of every_day, mon, .*, sun, calendar, holidays, zone, "
            "classes, exempt_kinds, measured, unlocked_by",
            id="a misspelt day",
        ),
        pytest.param("sun = []", 'sun = ["14:00-18:00", "08:00-12:00"]', 20, "one after the other", id="unordered"),
        pytest.param("sun = []", 'sun = ["08:00-12:00", "11:59-18:00"]', 20, "none overlaps", id="overlapping"),
        pytest.param("sun = []", 'holidays = ["08:00-12:00", "09:00-10:00"]', 20, "none overlaps", id="on holidays"),
        pytest.param('"facts"', '"fl-112O"', 11, 'a key of the table of sources, .* "facts" or "house"', id="a source nobody knows"),
        pytest.param(HOLDS, f'{HOLDS}\nsource = "it.is"', 17, "source = 'it.is'", id="a rule's own source"),
        pytest.param('"Act 1"', '""', 12, "citation to say something", id="an empty citation, by default"),
        pytest.param(HOLDS, f'{HOLDS}\ncitation = " "', 17, "citation to say something", id="an empty citation"),
        pytest.param('name = "Exland"', 'name = ""', 4, "name to say something", id="an empty name"),
        pytest.param('id = "xx"', 'id = ""', 3, "id to say something", id="an empty id"),
        pytest.param('id = "xx"', 'id = "Xx"', 3, "the id of a pack to be small letters", id="a pack's id in capitals"),
        pytest.param('"xx.tm"', '"xx."', 15, "the id of a rule to be small letters", id="an id that ends in a dot"),
        pytest.param('"xx.tm"', '"xx..tm"', 15, "in parts with a dot between", id="an id with an empty part"),
        pytest.param('"xx.tm"', '"xx.t m"', 15, "the id of a rule", id="an id with a space"),
        pytest.param('countries = ["XX"]', 'region = "US-XX"', 5, "a region of US: one of .*US-FL", id="no such state"),
        pytest.param('countries = ["XX"]', 'region = "CA-XX"', 5, "a region of CA: .*CA-ON", id="no such province"),
        pytest.param("[[rule]]", "[[rules]]", 14, "the tables pack and rule only", id="a table that is none"),
        pytest.param(HOLDS, "", 15, "has no severity", id="no severity"),
        pytest.param(HOLDS, f"{HOLDS}\nbreezy = 1", 17, "unknown key breezy", id="a key nobody knows"),
        pytest.param("sun = []", "sun = []\nnoon = 1", 21, "unknown key noon", id="a key of a parameter"),
        pytest.param('"09:00-12:00"', '"9-12"', 19, "window within one day", id="hours without minutes"),
        pytest.param('"14:00-18:00"', '"18:00-14:00"', 19, "window within one day", id="a backward window"),
        pytest.param('"14:00-18:00"', '"14:00-24:30"', 19, "window within one day", id="a day too long"),
        pytest.param('["promotional"]', '["promotion"]', 18, "one of promotional", id="a class that is none"),
        pytest.param("[rule.hours]", "[rule.ours]", 17, "unknown key ours. Expected exactly one of", id="a parameter that is none"),
        pytest.param('"xx.tm"', '"yy.tm"', 15, 'starts with "xx."', id="an id of another pack"),
        pytest.param('id = "xx.tm"\n', "", 14, "has no id", id="a rule without an id"),
        pytest.param('countries = ["XX"]', "", 3, "reaches nobody", id="a pack that reaches nobody"),
        pytest.param('["XX"]', '["Exland"]', 5, "two-letter country codes", id="a country in words"),
        pytest.param('countries = ["XX"]', 'region = "Exeter"', 5, "such as US-FL", id="a region in words"),
        pytest.param('name = "Exland"', 'name = "Exland"\nparent = "yy"', 5, "id of another pack", id="a parent"),
        pytest.param("verified_on = 2026-11-22", 'verified_on = "lately"', 10, "a date", id="a date in words"),
        pytest.param('id = "xx"', "id = xx", 3, "valid TOML", id="broken TOML"),
        pytest.param("sun = []", 'sun = []\ncalendar = "xx"', 21, "one of .*us-federal", id="a calendar"),
        pytest.param("sun = []", 'sun = []\nzone = "Mars/Olympus"', 21, "IANA name", id="a zone"),
        pytest.param(HOLDS, 'severity = "record"', 16, "hours decides texts", id="deciding, and for the record"),
        pytest.param(
            HOLDS, f"{HOLDS}\nstayed_until = 2027-01-31", 17, 'status = "stayed"', id="stayed until, not stayed"
        ),
        pytest.param(
            HOLDS,
            f"{HOLDS}\neffective_from = 2027-01-02\neffective_to = 2027-01-01",
            18,
            "effective_to to be later",
            id="an end before the beginning",
        ),
        pytest.param(
            HOLDS,
            f"{HOLDS}\neffective_from = 2027-01-01\neffective_to = 2027-01-01",
            18,
            "effective_to to be later",
            id="an end on the first day",
        ),
        pytest.param(
            HOLDS,
            f'{HOLDS}\n[rule.when]\nroute = "short_code"',
            18,
            "unknown key route",
            id="a key of when",
        ),
        pytest.param(
            HOLDS,
            f'{HOLDS}\n[rule.when]\nroutes = ["satellite"]',
            18,
            "one of short_code",
            id="a route that is none",
        ),
        pytest.param(
            "[rule.hours]", "[rule.mixed]\nis_promotional = true\n[rule.hours]", 15, "2 parameters", id="two"
        ),
    ],
)  # fmt: skip
def test_a_pack_that_breaks_the_schema_is_refused_with_its_line(old, new, line, message):
    with pytest.raises(PackError, match=message) as refused:
        read_packs({"xx.toml": PACK.replace(old, new, 1)})
    assert refused.value.fields["file"] == "xx.toml"
    assert int(refused.value.fields["line"]) == line


def test_a_rule_stands_once():
    twice = PACK + PACK[PACK.index("[[rule]]") :]
    with pytest.raises(PackError, match=r"line 22: rule xx\.tm stands twice"):
        read_pack(twice, "xx.toml")


@pytest.mark.parametrize(
    "windows",
    [
        pytest.param('["08:00-12:00", "12:00-18:00"]', id="one begins as the other ends"),
        pytest.param('["00:00-24:00"]', id="all day"),
    ],
)
def test_windows_that_do_not_overlap_are_read(windows):
    assert read_pack(PACK.replace("sun = []", f"sun = {windows}"), "xx.toml")


def test_every_mistake_of_a_file_is_told_each_at_its_line():
    """One a rule, and one each for what the pack itself says."""
    rest = PACK[PACK.index("[[rule]]") :]
    wrong = (
        PACK.replace('"statute"', '"statue"').replace('name = "Exland"', 'name = ""').replace("sun", "sunday")
    )
    wrong += (
        rest.replace("xx.tm", "xx.two").replace(HOLDS, f'{HOLDS}\nlayer = "code"').replace("9:00", "9.00")
    )
    wrong += rest.replace("xx.tm", "xx.three").replace(HOLDS, f'{HOLDS}\nlayer = "code"')
    wrong += rest.replace("xx.tm", "xx.four")
    with pytest.raises(PackError) as refused:
        read_pack(wrong, "xx.toml")
    told = [refused.value, *refused.value.others]
    assert [(each.fields["line"], str(each.fields["what"])) for each in told] == [
        (4, "name is empty"),
        (20, "hours has an unknown key sunday"),
        (27, "every_day has '09.00-12:00'"),
        (8, "layer = 'statue'"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        pytest.param("2026-11-22", '"lately"', 10, id="of another kind"),
        pytest.param('"statute"', '"statue"', 8, id="a word that is none"),
    ],
)
def test_what_is_wrong_in_the_defaults_is_told_once_and_not_for_each_rule(old, new, line):
    wrong = PACK.replace(old, new) + PACK[PACK.index("[[rule]]") :].replace("xx.tm", "xx.two")
    with pytest.raises(PackError, match=f"line {line}: ") as refused:
        read_pack(wrong, "xx.toml")
    assert refused.value.others == ()


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("fl-1120", id="a key of the table"),
        pytest.param("facts", id="general knowledge"),
        pytest.param("house", id="the house"),
        pytest.param("https://example.org/act", id="an address of one's own"),
    ],
)
def test_a_source_that_can_be_found_is_taken(source):
    read = read_pack(PACK.replace('"facts"', f'"{source}"'), "xx.toml").rules[0]
    assert read.source == source


def test_a_stay_without_an_end_is_one():
    assert (
        read_pack(PACK.replace(HOLDS, f'{HOLDS}\nstatus = "stayed"'), "xx.toml").rules[0].stayed_until is None
    )


def test_a_pack_stands_once():
    with pytest.raises(PackError, match="pack xx stands twice"):
        read_packs({"a.toml": PACK, "b.toml": PACK})


def test_a_calendar_of_business_days_has_to_exist():
    stopping = {"within": 10, "count": "business", "calendar": "nowhere"}
    with pytest.raises(PackError, match="calendar = 'nowhere'"):
        RuleBook.read({"x": law(rule(stopping=stopping, severity="record"))})


# --- within a lineage -----------------------------------------------------------------------------------------


def test_a_region_is_one_of_its_parents_countries():
    abroad = CHILD.replace("XX-A", "YY-A")
    with pytest.raises(
        PackError, match=r"line 6: region = 'YY-A'\. Expected a region of .* its parent xx: XX"
    ):
        read_packs({"child.toml": abroad, "xx.toml": RELAXED})


def test_a_child_may_not_replace_what_may_not_be_relaxed():
    with pytest.raises(PackError, match="may not be relaxed"):
        read_packs({"child.toml": CHILD, "xx.toml": PACK})


def test_a_child_that_holds_for_some_texts_only_replaces_nothing_for_all():
    some = CHILD.replace(HOLDS, f'{HOLDS}\n[rule.when]\nroutes = ["short_code"]')
    with pytest.raises(PackError, match="holds for some texts only") as refused:
        read_packs({"child.toml": some, "xx.toml": RELAXED})
    assert refused.value.fields["file"] == "child.toml"
    beside = some.replace(HOLDS, f'{HOLDS}\nmerge = "strictest"')
    assert len(read_packs({"child.toml": beside, "xx.toml": RELAXED})) == 2


def test_a_child_for_the_same_texts_as_its_parent_may_replace_it():
    some = f'{HOLDS}\n[rule.when]\nroutes = ["short_code"]'
    parent = PACK.replace(HOLDS, f"may_relax = true\n{some}")
    assert len(read_packs({"child.toml": CHILD.replace(HOLDS, some), "xx.toml": parent})) == 2


def test_a_child_that_is_not_enforced_replaces_nothing_so_it_is_not_refused():
    noted = CHILD.replace(HOLDS, 'severity = "warn"')
    assert len(read_packs({"child.toml": noted, "xx.toml": PACK})) == 2


# --- what is read ---------------------------------------------------------------------------------------------


def test_the_envelope_is_typed():
    read = read_pack(PACK, "xx.toml").rules[0]
    assert (read.layer, read.confidence, read.severity) == (Layer.STATUTE, Confidence.FOUND, Severity.HOLD)
    assert (read.verified_on, read.merge, read.citation) == (date(2026, 11, 22), Merge.REPLACE, "Act 1")
    assert (read.status, read.when, read.may_relax) == (Status.IN_FORCE, ALWAYS, False)


def test_a_rule_may_say_otherwise_than_its_packs_defaults():
    read = read_pack(PACK.replace(HOLDS, f'{HOLDS}\ncitation = "Act 2"'), "xx.toml").rules[0]
    assert (read.citation, read.source) == ("Act 2", "facts")


def test_depth_counts_the_packs_above():
    parent, child = read_packs({"xx.toml": RELAXED, "child.toml": CHILD})
    assert (parent.rules[0].depth, child.rules[0].depth) == (0, 1)


def test_the_day_that_is_named_goes_before_every_day():
    (hours,) = (each.parameter for each in read_pack(PACK, "xx.toml").rules)
    assert hours.week.days[0] == ((540, 720), (840, 1080))
    assert hours.week.days[6] == ()


@pytest.mark.parametrize("table", sorted(PARAMETERS))
def test_only_what_decides_nothing_may_be_for_the_record(table):
    is_on_record = issubclass(PARAMETERS[table], OnRecord)
    on_record = rule(severity="record", **{table: SMALLEST[table]})
    if is_on_record:
        assert RuleBook.read({"x": law(on_record)}).pack("xx").rules[0].severity is Severity.RECORD
    else:
        with pytest.raises(PackError, match=f"for {table} decides texts"):
            RuleBook.read({"x": law(on_record)})


@pytest.mark.parametrize("table", sorted(PARAMETERS))
def test_every_table_is_read_into_its_own_class_and_refuses_a_key_that_nobody_knows(table):
    (read,) = RuleBook.read({"x": law(rule(**{table: SMALLEST[table]}))}).pack("xx").rules
    assert type(read.parameter) is PARAMETERS[table]
    with pytest.raises(PackError, match="unknown key breezy"):
        RuleBook.read({"x": law(rule(**{table: {**SMALLEST[table], "breezy": True}}))})


CLASSES = {"classes": ["promotional"]}
# The least that each table has to say.
SMALLEST = {
    "consent": {"class": "promotional", "standard": "express"},
    "soft_opt_in": {**CLASSES, "origins": []},
    "double_opt_in": {**CLASSES, "mode": "required"},
    "expiry": {**CLASSES, "anchor": "grant", "days": 1},
    "reconfirm": {**CLASSES, "every_days": 1, "on_silence": "keep"},
    "asking_by_text": {"is_promotional": True},
    "provenance": {"forbidden": ["purchased"]},
    "conversation": {"reply_within_s": 1},
    "mixed": {"is_promotional": True},
    "age": {"categories": ["alcohol"]},
    "consent_age": {"minimum": 13},
    "hours": {**CLASSES, "every_day": []},
    "suspension": CLASSES,
    "after_event": {**CLASSES, "within_s": 1},
    "cap": {**CLASSES, "count": 1, "seconds": 1, "key": "brand"},
    "way_out": {"kinds": ["campaign"], "policy": "each"},
    "stop_confirmation": {"is_allowed": True},
    "stop_reach": {"scope": "brand"},
    "words": {"use": "stop", "words": ["STOP"]},
    "stopping": {"within": 0},
    "reply_language": {"words": ["STOP"], "language": "en"},
    "naming": {"kinds": ["campaign"]},
    "length": {"segments": 1},
    "label": {**CLASSES, "literal": "Ad", "position": "first"},
    "without": {**CLASSES, "elements": ["link"]},
    "disclosure": {"parts": ["brand"]},
    "elements": {"kind": "welcome", "parts": ["brand"]},
    "sender_id": CLASSES,
    "scrub": {**CLASSES, "registry": "list", "listing": "refuses"},
    "retention": {"anchor": "withdrawal"},
    "information": {"topic": "scope", "summary": "Nothing."},
}


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        ("cap", "count", 0),
        ("cap", "seconds", 0),
        ("expiry", "days", 0),
        ("reconfirm", "every_days", 0),
        ("reconfirm", "notice_days", -1),
        ("conversation", "reply_within_s", 0),
        ("after_event", "within_s", 0),
        ("age", "minimum", 0),
        ("soft_opt_in", "max_age_days", -1),
        ("stop_confirmation", "max_latency_s", 0),
        ("scrub", "grace_days", -1),
        ("length", "characters", -1),
        ("asking_by_text", "at_most", -1),
    ],
)
def test_a_number_below_the_least_is_refused(table, key, value):
    with pytest.raises(PackError, match=f"{key} to be {value + 1} or more"):
        RuleBook.read({"x": law(rule(**{table: {**SMALLEST[table], key: value}}))})


@pytest.mark.parametrize(
    ("table", "key"),
    [(table, key) for table, least in SMALLEST.items() for key in least if table != "length"],
)
def test_what_a_table_needs_may_not_be_left_out(table, key):
    left = {name: value for name, value in SMALLEST[table].items() if name != key}
    with pytest.raises(PackError, match=r"has no|exactly one of|not every weekday"):
        RuleBook.read({"x": law(rule(**{table: left}))})


@pytest.mark.parametrize(
    ("table", "key", "value", "expected"),
    [
        pytest.param("cap", "count", True, "a whole number", id="a boolean is no number"),
        pytest.param("cap", "count", "3", "a whole number", id="a string is no number"),
        pytest.param("mixed", "is_promotional", 1, "true or false", id="a number is no boolean"),
        pytest.param("label", "literal", ["Ad"], "a string", id="a list is no string"),
        pytest.param("words", "words", [1], "a list of strings", id="numbers are no words"),
        pytest.param("without", "elements", "link", "a list", id="one is no list"),
        pytest.param("consent", "standard", "EXPRESS", "one of none, implied, express", id="capitals"),
        pytest.param("stop_reach", "scope", "everything", "one of program, brand", id="a scope that is none"),
    ],
)
def test_a_value_of_another_kind_is_refused(table, key, value, expected):
    with pytest.raises(PackError, match=expected):
        RuleBook.read({"x": law(rule(**{table: {**SMALLEST[table], key: value}}))})
