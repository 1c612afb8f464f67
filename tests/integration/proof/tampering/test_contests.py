"""Contests, changed: what was announced, who takes part, the published list, the draw, and what the log says of them."""

import hashlib
import json
from dataclasses import replace

import pytest

from factories.collected import COLOUR, SEED
from factories.tampering import BACK_US, traced
from yesword.domain import codec
from yesword.domain.collecting import drawing
from yesword.domain.collecting.contests import ContestDefinition
from yesword.domain.ids import to_text
from yesword.store.misfits import Fault

OTHER_SEED = "1 2 3 4 5 6"
INVENTED = "ab" * 32
LIST, DRAW = f"Contest {COLOUR}, its published list", f"Contest {COLOUR}, its draw"


def changed(table, column, value, named):
    def act(hands):
        hands.sql(f"UPDATE {table} SET {column} = %s", value)
        return named

    return act


def leaves(hands):
    return [digest for (digest,) in hands.sql("SELECT digest FROM contest_leaf ORDER BY digest")]


def statement(hands, kind):
    return to_text("sta", hands.one("SELECT id FROM ledger_statement WHERE kind = %s", kind))


# --- what was announced -----------------------------------------------------------------------------------------


def rewritten(hands):
    data = hands.one("SELECT definition FROM store_contest")
    assert b"the lottery of Saturday" in data
    forged = data.replace(b"the lottery of Saturday", b"the lottery of Tuesday!")
    hands.sql("UPDATE store_contest SET definition = %s", forged)
    return hashlib.sha256(forged).hexdigest()


def definition_rewritten(hands):
    return f"Contest {COLOUR}: it has the digest {rewritten(hands)}"


def definition_rewritten_with_its_terms(hands):
    """And the terms that pin it, in a version whose digest fits itself."""
    before = hashlib.sha256(hands.one("SELECT definition FROM store_contest")).hexdigest()
    after = rewritten(hands)
    version, data = hands.sql(
        "SELECT v.id, v.definition FROM store_pointversion v JOIN store_contest c ON c.point_id = v.point_id"
    )[0]
    forged = bytes(data).replace(before.encode(), after.encode())
    digest = hashlib.sha256(forged).hexdigest()
    hands.sql(
        "UPDATE store_pointversion SET definition = %s, digest = %s WHERE id = %s", forged, digest, version
    )
    hands.sql("UPDATE store_contest SET point_digest = %s", digest)
    return f"it names version 1 of collection point contest-{COLOUR}"


def definition_rewritten_where_nobody_is_asked(hands):
    """Nothing but the log says then what was announced."""
    data = hands.one("SELECT definition FROM store_contest")
    forged = codec.dumps(replace(codec.loads(ContestDefinition, data), takes_yes=False))
    hands.sql("UPDATE store_contest SET definition = %s, point_id = NULL, point_digest = ''", forged)
    return f"{LIST}: its terms_sha256 is"


def dropped(hands):
    hands.sql("DELETE FROM store_contest")
    return f"Contest {COLOUR}: {statement(hands, 'contest_closed')} tells of it"


def all_of_it_dropped(hands):
    for table in ("contest_draw", "contest_leaf", "contest_commitment", "contest_entry", "store_contest"):
        hands.sql(f"DELETE FROM {table}")
    return f"Contest {COLOUR}: {statement(hands, 'contest_closed')} tells of it"


def closed_early(hands):
    hands.sql("UPDATE store_contest SET closed_at = created_at")
    return f"Contest {COLOUR}: its row says"


# --- who takes part ---------------------------------------------------------------------------------------------


def leaf_dropped(hands):
    hands.sql("DELETE FROM contest_leaf WHERE digest = %s", leaves(hands)[0])
    return LIST


def leaf_invented(hands):
    contest = hands.one("SELECT id FROM store_contest")
    hands.sql("INSERT INTO contest_leaf (contest_id, digest) VALUES (%s, %s)", contest, INVENTED)
    return LIST


def list_made_anew(hands):
    """With an entry that nobody made, and all that follows from it."""
    leaf_invented(hands)
    made = leaves(hands)
    digest, winners = drawing.list_digest(COLOUR, made), drawing.winners(COLOUR, made, SEED, 2)
    hands.sql("UPDATE contest_commitment SET list_digest = %s, entries = %s", digest, len(made))
    hands.sql("UPDATE contest_draw SET winners = %s", json.dumps(list(winners)))
    return f"{LIST}: its list_digest is {digest}, and {statement(hands, 'contest_closed')} says"


def votes_recounted(hands):
    hands.sql("UPDATE contest_commitment SET counts = %s", json.dumps({"A": 9, "B": 1}))
    return f"{LIST}: its counts is"


def commitment_back_dated(hands):
    hands.sql("UPDATE contest_commitment SET committed_at = committed_at - %s", BACK_US // 24)
    return f"{LIST}: its at is"


def commitment_dropped(hands):
    hands.sql("DELETE FROM contest_commitment")
    return LIST


def entry(change, answer="B"):
    """One that is right and takes part, or answered otherwise and does not."""

    def act(hands):
        found = hands.one("SELECT min(id) FROM contest_entry WHERE choice = %s", answer)
        change(hands, found)
        return f"Contest {COLOUR}, entry {found}"

    return act


def flipped(column):
    return entry(lambda hands, found: hands.flip("contest_entry", column, "id = %s", found), "A")


def answered_otherwise(hands, found):
    hands.sql("UPDATE contest_entry SET choice = 'A' WHERE id = %s", found)


def given_to_another(hands, found):
    """Of the same bucket, so that the row is well formed."""
    hands.sql("UPDATE contest_entry SET contact_id = contact_id + 1 WHERE id = %s", found)


def kept_waiting(hands, found):
    hands.sql("UPDATE contest_entry SET state = 'age' WHERE id = %s", found)


def taken_out(hands, found):
    hands.sql("UPDATE contest_entry SET is_right = 0 WHERE id = %s", found)


# --- the draw ---------------------------------------------------------------------------------------------------


def another_seed(hands):
    """And the winners that it draws."""
    winners = drawing.winners(COLOUR, leaves(hands), OTHER_SEED, 2)
    hands.sql("UPDATE contest_draw SET seed = %s, winners = %s", OTHER_SEED, json.dumps(list(winners)))
    return f"{DRAW}: its seed is {OTHER_SEED}, and {statement(hands, 'contest_drawn')} says {SEED}"


def winners_swapped(hands):
    winners = json.loads(hands.one("SELECT winners FROM contest_draw"))
    hands.sql("UPDATE contest_draw SET winners = %s", json.dumps(winners[::-1]))
    return DRAW


def draw_dropped(hands):
    hands.sql("DELETE FROM contest_draw")
    return f"{DRAW}: {statement(hands, 'contest_drawn')} tells of it, and it is missing"


def seed_back_dated(hands):
    hands.sql("UPDATE contest_draw SET seed_at = seed_at - %s", BACK_US)
    return f"{DRAW}: its seed_at is"


# --- what the log says ------------------------------------------------------------------------------------------


def statement_dropped(hands):
    """One that has no place yet, with what waits for it."""
    found = hands.one("SELECT id FROM ledger_statement WHERE kind = 'contest_drawn'")
    hands.sql("DELETE FROM ledger_outbox WHERE event_id = %s", found)
    hands.sql("DELETE FROM ledger_statement WHERE id = %s", found)
    return f"{DRAW}: no statement of the log tells of it"


CASES = {
    "what was announced": (definition_rewritten, Fault.CONTEST_DIFFERS),
    "what was announced, with its terms": (
        traced(definition_rewritten_with_its_terms),
        Fault.POINT_NOT_AS_NAMED,
    ),
    "what was announced, without a question": (
        definition_rewritten_where_nobody_is_asked,
        Fault.CONTEST_LIST_DIFFERS,
    ),
    "the name": (
        changed("store_contest", "name", "Mine", f"Contest {COLOUR}: its row"),
        Fault.CONTEST_DIFFERS,
    ),
    "the key": (changed("store_contest", "key", "mine", "Contest mine"), Fault.CONTEST_LIST_DIFFERS),
    "the keywords": (
        changed("store_contest", "keywords", " MINE ", f"Contest {COLOUR}: its row"),
        Fault.CONTEST_DIFFERS,
    ),
    "a contest, dropped": (dropped, Fault.CONTEST_DIFFERS),
    "a contest, dropped with all of it": (all_of_it_dropped, Fault.CONTEST_DIFFERS),
    "a contest, as if closed early": (closed_early, Fault.CONTEST_DIFFERS),
    "an entry of the list, dropped": (leaf_dropped, Fault.CONTEST_LIST_DIFFERS),
    "an entry of the list, invented": (leaf_invented, Fault.CONTEST_LIST_DIFFERS),
    "a list, made anew": (list_made_anew, Fault.CONTEST_LIST_DIFFERS),
    "the votes, counted otherwise": (votes_recounted, Fault.CONTEST_LIST_DIFFERS),
    "a list, back-dated": (commitment_back_dated, Fault.CONTEST_LIST_DIFFERS),
    "a list, dropped": (commitment_dropped, Fault.CONTEST_LIST_DIFFERS),
    "an entry's digest": (flipped("digest"), Fault.CONTEST_ENTRY_DIFFERS),
    "an entry, sealed": (flipped("sealed"), Fault.CONTEST_ENTRY_DIFFERS),
    "an entry's answer": (entry(answered_otherwise), Fault.CONTEST_ENTRY_DIFFERS),
    "an entry's person": (entry(given_to_another), Fault.CONTEST_ENTRY_DIFFERS),
    "an entry, waiting for an age": (entry(kept_waiting, "A"), Fault.CONTEST_ENTRY_DIFFERS),
    "an entry, taken out": (entry(taken_out), Fault.CONTEST_ENTRY_DIFFERS),
    "another seed": (another_seed, Fault.CONTEST_DRAW_DIFFERS),
    "the winners, swapped": (winners_swapped, Fault.CONTEST_DRAW_DIFFERS),
    "a draw, dropped": (draw_dropped, Fault.CONTEST_DRAW_DIFFERS),
    "a seed, back-dated": (seed_back_dated, Fault.CONTEST_DRAW_DIFFERS),
    "a statement, dropped": (statement_dropped, Fault.CONTEST_DRAW_DIFFERS),
}

# What PostgreSQL might tell otherwise: its queries have their own forms.
ON_BOTH = (
    "what was announced",
    "a contest, as if closed early",
    "a list, made anew",
    "an entry's answer",
    "another seed",
    "a statement, dropped",
)


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(check, case):
    check(*CASES[case])


@pytest.mark.parametrize("case", ON_BOTH)
@pytest.mark.postgres
def test_it_is_found_on_both_databases(check_on_both, case):
    check_on_both(*CASES[case])
