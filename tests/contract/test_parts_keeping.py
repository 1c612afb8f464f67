"""What every keeper of the parts of long inbound texts must do."""

from datetime import UTC, datetime, timedelta

import pytest

from yesword.channels.smpp import KeptInMemory
from yesword.channels.smpp.parts import KeptPart, PartKey
from yesword.sending.inbound_parts import StoredParts

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(params=["in memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def keeping(request):
    if request.param == "in memory":
        return KeptInMemory()
    return StoredParts(request.getfixturevalue(f"{request.param}_store"))


def key(reference=7, *, account="main", number="+46701200001", total=3):
    return PartKey(account=account, number=number, to_address="800123", reference=reference, total=total)


def part(number, *, of=None, text=None, at=AT):
    return KeptPart(
        key=of or key(), number=number, text=text or f"<{number}>", provider_id=f"id{number}", at=at
    )


def by_number(parts):
    return sorted(parts, key=lambda each: each.number)


def test_what_is_kept_comes_back_whole(keeping):
    kept = [part(1, text="Grüße 👩\u200d👩"), part(3, at=AT + timedelta(seconds=1))]
    keeping.keep(kept)
    assert by_number(keeping.kept(key())) == kept


def test_a_part_that_comes_again_replaces_the_first(keeping):
    keeping.keep([part(1), part(2)])
    keeping.keep([part(1, text="again")])
    assert [each.text for each in by_number(keeping.kept(key()))] == ["again", "<2>"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(key(8), id="another reference"),
        pytest.param(key(account="other"), id="another account"),
        pytest.param(key(number="+46701200002"), id="another person"),
        pytest.param(key(total=2), id="another number of parts"),
    ],
)
def test_two_texts_do_not_mix(other, keeping):
    keeping.keep([part(1), part(1, of=other, text="other")])
    assert [each.text for each in keeping.kept(key())] == ["<1>"]
    keeping.forget([key()])
    assert list(keeping.kept(key())) == []
    assert [each.text for each in keeping.kept(other)] == ["other"]


def test_texts_of_which_no_part_came_since_are_found_by_account(keeping):
    keeping.keep([part(1), part(2, at=AT + timedelta(minutes=5)), part(1, of=key(account="other"))])
    assert list(keeping.older_than("main", AT + timedelta(minutes=1))) == []
    assert list(keeping.older_than("main", AT + timedelta(hours=1))) == [key()]


def test_nothing_kept_is_nothing_found(keeping):
    keeping.forget([key()])
    keeping.keep([])
    assert list(keeping.kept(key())) == []
    assert list(keeping.older_than("main", AT)) == []


def test_half_a_surrogate_pair_comes_back_as_it_was(keeping):
    keeping.keep([part(1, text="ok \ud83d"), part(2, text="\udc69 stop")])
    assert [each.text for each in by_number(keeping.kept(key()))] == ["ok \ud83d", "\udc69 stop"]
