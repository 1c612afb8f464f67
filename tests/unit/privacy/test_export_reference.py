"""The reference of the export names every member that the export has, and no other format."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from yesword.privacy import holding
from yesword.privacy.access_json import FORMAT

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "personal-data-export.md").read_text(
    encoding="utf-8"
)
SECTIONS = {
    "controller": holding.Controller,
    "identity": holding.Identity,
    "permitted": holding.Permitted,
    "record": holding.Occurrence,
    "sent": holding.SentText,
    "received": holding.ReceivedText,
    "requests": holding.Asked,
    "registries": holding.Listing,
    "files": holding.File,
    "recipients": holding.Recipient,
    "kept": holding.Kept,
    "withheld": holding.Withheld,
}  # fmt: skip


def named(text: str) -> set[str]:
    return set(re.findall(r"`([a-z_0-9]+)`", text))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_member_of_a_part_is_named_there(section):
    words = PAGE.partition(f"## `{section}`\n")[2].partition("\n## ")[0]
    missing = {each.name for each in fields(SECTIONS[section])} - named(words)
    assert not missing


def test_every_part_is_named_and_so_is_the_format():
    head = PAGE.partition("\n## ")[0]
    assert {each.name for each in fields(holding.Holding)} <= named(head)
    assert f"`{FORMAT}`" in head
