"""Whoever has the files can change them: a filled store to change, and an audit of it that has to name what was changed."""

import shutil

import pytest

from factories.stamping import authority, stamper
from factories.tampering import Hands, fill
from factories.worlds import world
from yesword.proof.auditing import Trust, audit
from yesword.proof.auditing.vouching import trusted
from yesword.proof.timestamps import request_token
from yesword.store.misfits import Fault
from yesword.store.opening import open_store


@pytest.fixture(scope="session")
def clock(tmp_path_factory):
    if shutil.which("openssl") is None:
        return None
    return stamper(tmp_path_factory.mktemp("stamping") / "clock")


def stamping(clock):
    if clock is None:
        return None
    return lambda data: request_token(authority(clock), data, lambda url, body, kind: clock.reply(body))


@pytest.fixture(scope="session")
def filled(sqlite_template, tmp_path_factory, clock):
    folder = tmp_path_factory.mktemp("filled") / "data"
    shutil.copytree(sqlite_template, folder)
    opened = open_store(folder)
    with world(opened) as here:
        fill(here, stamping(clock))
    opened.close()
    return folder


@pytest.fixture
def hands(filled, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(filled, folder)
    opened = open_store(folder)
    yield Hands(store=opened)
    opened.close()


def trust(clock):
    found = trusted()
    return Trust(witnesses=found.witnesses, roots={"clock": clock.roots} if clock else {})


@pytest.fixture
def look_again(hands, clock):
    """The audit, as the next start would find it."""

    def look():
        hands.store.close()
        opened = open_store(hands.store.folder, needs_keys=False)
        try:
            return audit(opened, trust=trust(clock))
        finally:
            opened.close()

    return look


@pytest.fixture
def check(hands, look_again, clock, request):
    """That a change is noticed, and that it is the first thing that is named."""

    def check(act, fault):
        if clock is None and request.node.callspec.id.startswith("a timestamp"):
            pytest.skip("openssl is not on this machine: timestamps are not tested")
        hands.drop_guards()
        named = act(hands)
        report = look_again()
        assert report.first is not None, "nobody noticed"
        assert named in report.first.sentence
        if fault is not None:
            assert report.first.fault is fault
        assert not report.is_sound

    return check


@pytest.fixture
def check_on_both(store):
    """The same on either database, whose guards are put aside in different ways."""

    def check(act, fault, prepare=None):
        with world(store) as here:
            fill(here)
            hands = Hands(store=store)
            if prepare is not None:
                prepare(hands)
            hands.drop_guards()
            named = act(hands)
            report = audit(store, here.club.brand)
        told = [each for each in report.misfits.told if each.fault is not Fault.GUARD_MISSING]
        assert any(each.fault is Fault.GUARD_MISSING for each in report.misfits.told)
        assert named in told[0].sentence
        assert told[0].fault is fault

    return check
