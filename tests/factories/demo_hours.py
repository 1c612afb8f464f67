"""Somebody in the demo whom a campaign reaches at any time of day: tests run at night, too."""

import subprocess
import sys

_AGREE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from yesword.store.opening import open_store
store = open_store(Path(sys.argv[1]))
from yesword.consent.record import Draft, append
from yesword.domain.events import Actor, Basis, EventKind, Grade, Scope
from yesword.store import contacts, programs
at = datetime.now(UTC)
program = next(each for each in programs.of_brand(1) if each.key == sys.argv[3])
with store.database.write() as session:
    contact = contacts.find(store, session, program.brand, sys.argv[2])
    person = contacts.read(store, session, contact)
    session.first("raise_standing", events=0, bucket=person.bucket, contact_id=contact)
    draft = Draft(
        kind=EventKind.GRANTED,
        scope=Scope(
            program=program.id, purposes=(program.purpose,), categories=program.categories, at_any_hour=True
        ),
        actor=Actor.HANDSET, route="text", occurred_at=at, received_at=at, program=program,
        basis=Basis.EXPRESS_WRITTEN, grade=Grade.B, language=person.language,
    )
    append(store, session, programs.brand(program.brand), person, [draft], at)
store.close()
"""


def agree_to_any_hour(folder, number, program="club"):
    """This person of the demo agrees to the program's texts at any hour."""
    command = [sys.executable, "-c", _AGREE, str(folder), number, program]
    subprocess.run(command, check=True, capture_output=True)
