"""Links to leave by in the demo, as its texts carry them: at night no campaign brings one, and tests run at night, too."""

import json
import subprocess
import sys

_MAKE = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from yesword.store.opening import open_store
store = open_store(Path(sys.argv[1]))
from yesword.domain.composing import LEAVE_LINK
from yesword.store import contacts, leave_links, programs
found = []
with store.database.write() as session:
    program = next(each for each in programs.of_brand(1) if each.key == sys.argv[2])
    for number in sys.argv[3:]:
        contact = contacts.find(store, session, program.brand, number)
        _, word = leave_links.LINKS.give(leave_links.LINKS.shown(LEAVE_LINK))
        row = leave_links.row(
            store, word, brand=program.brand, program=program.id, contact=contact,
            message=store.ids.make(contact >> 53), campaign=None, at=datetime.now(UTC),
        )
        session.run("insert_leave_link", **row)
        found.append(leave_links.LINKS.path + word)
print(json.dumps(found))
store.close()
"""


def leave_paths(folder, numbers, program="club"):
    """The path of a link for each number."""
    command = [sys.executable, "-c", _MAKE, str(folder), program, *numbers]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
