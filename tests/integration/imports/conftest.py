"""What the tests of imports share: a program, a file of people, and an import of it."""

import pytest

from factories.imports import HEADER, NOW, brand_of, published
from yesword.collect.imports import Options, run_import


@pytest.fixture
def club(store):
    return published(brand_of())


@pytest.fixture
def people(tmp_path):
    """Writes a file of these rows."""

    def write(*rows, name="people.csv", header=HEADER):
        file = tmp_path / name
        file.write_text("\n".join([header, *rows]) + "\n")
        return file

    return write


@pytest.fixture
def imported(store, club):
    def run(file, program=None, at=NOW, **options):
        return run_import(store, program or club, file, Options(**options), clock=lambda: at)

    return run
