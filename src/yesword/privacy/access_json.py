"""What is held of a person as JSON, for programs (GDPR art. 20). Its members stand in docs/reference/personal-data-export.md.

Members may be added under the same name of the format; none changes its meaning.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final

from yesword.domain.decisions import Sentence
from yesword.domain.times import iso_millis
from yesword.privacy.holding import Holding
from yesword.privacy.sentences import render

FORMAT: Final = "yesword-access-1"


def write_json(holding: Holding) -> str:
    """One object, in UTF-8, indented. Numbers and names are in the clear: it is for the person alone."""
    members = {"format": FORMAT, **_plain(holding)}
    return json.dumps(members, ensure_ascii=False, indent=2) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Sentence):
        return {"id": value.id, "text": render(value)}
    if isinstance(value, datetime):
        return iso_millis(value)
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value
