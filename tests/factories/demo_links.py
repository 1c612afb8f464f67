"""Links of the demo, as its texts and letters carry them: at night no campaign brings one, and tests run at night, too."""

import json
import subprocess
import sys
from typing import Any

_BEGIN = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from yesword.store.opening import open_store
store = open_store(Path(sys.argv[1]))
from yesword.store import contacts, programs
at = datetime.now(UTC)
brand = programs.brand(1)
def program_called(key):
    return next(each for each in programs.of_brand(brand.id) if each.key == key)
"""
_LEAVE = """
from yesword.domain.composing import LEAVE_LINK
from yesword.store import leave_links
found = []
with store.database.write() as session:
    program = program_called(sys.argv[2])
    for number in sys.argv[3:]:
        contact = contacts.find(store, session, brand.id, number)
        _, word = leave_links.LINKS.give(leave_links.LINKS.shown(LEAVE_LINK))
        row = leave_links.row(
            store, word, brand=brand.id, program=program.id, contact=contact,
            message=store.ids.make(contact >> 53), campaign=None, at=at,
        )
        session.run("insert_leave_link", **row)
        found.append(leave_links.LINKS.path + word)
"""
_RECEIPT = """
from yesword.web.public.addresses import make_receipt_link
with store.database.write() as session:
    found = [
        make_receipt_link(session, brand, contacts.find(store, session, brand.id, each), program_called("club").id, at)
        for each in sys.argv[2:]
    ]
"""
_QUESTION = """
from dataclasses import fields, replace
from yesword.collect import forms, points
from yesword.collect.forms import Submission
from yesword.domain import phone
from yesword.domain.collecting.points import Confirming, PointDefinition, PointKind, Wording
from yesword.domain.composing import CONFIRM_LINK
from yesword.store import confirm_links, models
def told_by_a_name(texts):
    # Nobody can text a name, so no text says what to text.
    silent = {each.name: "[Brand]: it is noted." for each in fields(texts) if "[Keyword]" in str(getattr(texts, each.name))}
    return replace(texts, **silent)
with store.database.write():
    account = models.Account.objects.get(key="simulator")
    sender = models.Sender.objects.create(account=account, address="WINTELROOS", kind="alphanumeric")
    club = program_called("club")
    post = replace(
        club, key="post", name="Post", sender="WINTELROOS", keywords=(),
        texts=tuple((language, told_by_a_name(each)) for language, each in club.texts),
    )
    post = programs.publish(post, sender)
point = points.publish(brand.id, "post", PointDefinition(
    kind=PointKind.FORM, name="Post", program=post.id, program_version=post.version, confirming=Confirming.ASK,
    wordings=tuple((language, Wording(consent=words)) for language, words in json.loads(sys.argv[2]).items()),
))
found = []
for number, language in zip(sys.argv[3::2], sys.argv[4::2], strict=True):
    sent = Submission(
        point=point, language=language, number=phone.parse(number, country=None), nonce=f"nonce {number}",
    )
    asked = forms.take(store, sent, at).joined.event
    with store.database.write() as session:
        contact = contacts.find(store, session, brand.id, number)
        _, word = confirm_links.LINKS.give(confirm_links.LINKS.shown(CONFIRM_LINK))
        row = confirm_links.row(
            store, word, brand=brand.id, program=post.id, contact=contact,
            message=store.ids.make(contact >> 53), request=asked, at=at,
        )
        session.run("insert_confirm_link", **row)
        found.append(confirm_links.LINKS.path + word)
"""
_LETTER = """
from yesword.collect import invitations, inviting
from yesword.collect.invitations import Opens
from yesword.collect.inviting import NewCampaign
from yesword.collect.invitee_lists import reader
from yesword.collect.letters import Wording
from yesword.store import invitations as store_invitations
words = {each: Wording(subject="Hello", body="Dear [First name|friend],\\n\\njoin [Program]?") for each in ("en", "nl")}
new = NewCampaign(point=sys.argv[2], name="Autumn", wordings=words, permitted_by="newsletter")
campaign = inviting.create(new)
lines = ["email,name,language,phone", *sys.argv[3:]]
inviting.add_people(store, campaign, reader("\\n".join(lines).encode()), at)
inviting.start(campaign, at)
with store.database.read() as session:
    rows = [each.id for each in store_invitations.due(session, campaign.pk, at, 100)]
found = [
    [f"/f/{sys.argv[2]}?i={invitations.word(store, each, Opens.PAGE)}", f"/m/{invitations.word(store, each, Opens.WAY_OUT)}"]
    for each in rows
]
"""
_END = """
print(json.dumps(found))
store.close()
"""


def leave_paths(folder, numbers, program="club"):
    """The path of a link for each number."""
    return _made(_LEAVE, folder, program, *numbers)


def receipt_paths(folder, numbers):
    """The path of each person's own page."""
    return _made(_RECEIPT, folder, *numbers)


def question_paths(folder, people, words):
    """The path of the question of a name as sender, for each number and language; `words` were shown on the form."""
    return _made(_QUESTION, folder, json.dumps(words), *(each for person in people for each in person))


def letter_paths(folder, point, people):
    """For each line of a list, e-mail,name,language,phone: the path to the form, and the one that ends letters."""
    return _made(_LETTER, folder, point, *people)


def _made(script: str, folder: Any, *arguments: str) -> Any:
    command = [sys.executable, "-c", _BEGIN + script + _END, str(folder), *arguments]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
