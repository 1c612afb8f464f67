"""What the tests of witnessing share: a witness with one log, on the loopback."""

from pathlib import Path

import pytest

from factories.witnessing import serving
from yesword.proof.witness_folder import make_key


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def folder(tmp_path) -> Path:
    make_key(tmp_path / "witness", "witness.example/w1")
    return tmp_path / "witness"


@pytest.fixture
def witness(folder):
    with serving(folder) as found:
        yield found
