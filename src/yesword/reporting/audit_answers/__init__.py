"""The answer to a carrier's audit of consent: for each number on its list, what the record says and the proof of it.

A carrier names a source and numbers, and wants to know within 24 hours how each of them opted in. The answer is one zip
file: a table, the story of how people join and leave, and a proof for each line that anybody can check.
"""

from yesword.reporting.audit_answers import keeping
from yesword.reporting.audit_answers.answer import Answer, Line, Part, Status
from yesword.reporting.audit_answers.asking import (
    CLOCK,
    MOST_NUMBERS,
    Asked,
    Clock,
    Question,
    clock,
    read_numbers,
)
from yesword.reporting.audit_answers.collecting import collect

__all__ = [
    "CLOCK",
    "MOST_NUMBERS",
    "Answer",
    "Asked",
    "Clock",
    "Line",
    "Part",
    "Question",
    "Status",
    "clock",
    "collect",
    "keeping",
    "read_numbers",
]
