"""Logs as JSON: the whole story is told with a careless line at every number that is read, and no number comes through."""

import json
import os
import re
import subprocess
import sys

from yesword.demo.seed import read_people

# Whoever reads a number here also logs it, in every form that comes to mind. And everybody else logs all they have.
_CARELESS = """
import logging, sys, tempfile
from pathlib import Path
from yesword.store.opening import set_up_django

with tempfile.TemporaryDirectory() as folder:
    set_up_django(Path(folder), None)
    logging.getLogger().setLevel(logging.DEBUG)
    import structlog
    from yesword.domain import phone

    log, parse = structlog.get_logger("yesword.careless"), phone.parse

    def careless(text, **more):
        number = parse(text, **more)
        digits = int(number.e164[1:])
        log.info("read " + text, number=number, digits=digits, both=[text, {"in": text}], of=repr(number))
        logging.getLogger("elsewhere").warning("read %s", number.e164)
        try:
            raise ValueError(text)
        except ValueError:
            log.exception("not_read")
        return number

    phone.parse = careless
    from yesword.demo.story import tell

    sys.exit(0 if tell(Path(folder), say=None).is_held else 1)
"""


def test_no_number_of_the_whole_story_stands_in_the_log() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CARELESS],
        env=os.environ | {"YESWORD_LOG": "json"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {"yesword.careless", "elsewhere"} <= {line["logger"] for line in lines}
    assert sum(line["event"] == "read •••" for line in lines) > 20
    assert all(line.keys() >= {"timestamp", "level", "event", "logger"} for line in lines)
    assert [line for line in lines if "ValueError: •••" in line.get("exception", "")]
    told = "\n".join(
        json.dumps({name: value for name, value in line.items() if name != "timestamp"}, ensure_ascii=False)
        for line in lines
    )
    for person in read_people():
        assert person.number.e164[3:] not in told
    # What is left are ids and times in microseconds, which have more digits than any number has.
    assert not re.findall(r"(?<!\d)\d{8,15}(?!\d)", told)
