"""`yesword faults`: what it is asked for is what it does."""

from click.testing import CliRunner

from yesword.cli.faults import command


def test_a_server_that_is_not_named_is_no_run_that_held():
    nowhere = {"YESWORD_TEST_POSTGRES_URL": None}
    done = CliRunner().invoke(command, ["--minutes", "1", "--only", "postgresql"], env=nowhere)
    assert done.exit_code == 2
    assert "wants --server-url" in done.output
