"""Files and lists that cannot be taken."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yesword.collect.imports.errors import (
    BadColumnError,
    EmptyFileError,
    FileChangedError,
    ForbiddenProvenanceError,
    ImportStoppedError,
    ImportTakenOverError,
    NoHeaderError,
    NoPhoneColumnError,
    NotTextError,
    RejectedIsSourceError,
    SpreadsheetGivenError,
    WordingTableError,
)
from yesword.domain.errors import YeswordError
from yesword.reporting.audit_answers.asking import NoNumbersError, TooManyNumbersError

WORDS: Final[Mapping[type[YeswordError], Promise]] = {
    SpreadsheetGivenError: gettext_lazy(
        "The file is a spreadsheet, not a text file. Save the sheet as CSV (UTF-8) and import that."
    ),
    NotTextError: gettext_lazy(
        "The file holds bytes that no text file has. Save it as CSV (UTF-8) and import that."
    ),
    EmptyFileError: gettext_lazy("There is nothing in the file: no line of column names, no rows."),
    NoHeaderError: gettext_lazy(
        "The first line looks like a person, not like column names. Put a line above it such as: phone,name,consent date."
    ),
    NoPhoneColumnError: gettext_lazy(
        'No column is known to hold telephone numbers; the columns are: {columns}. Call one of them "phone".'
    ),
    BadColumnError: gettext_lazy(
        'There is no column "{name}", or nothing that it could be taken for. Look at the names in the first line of the file.'
    ),
    WordingTableError: gettext_lazy(
        "Row {line} of the table of wordings cannot be read. Give source, first day, last day and wording; days as 2024-03-31."
    ),
    ImportStoppedError: gettext_lazy(
        "The import was stopped after {done} rows. What was written stays; the same file goes on from there."
    ),
    ImportTakenOverError: gettext_lazy("Somebody else goes on with this import. Wait for theirs to end."),
    FileChangedError: gettext_lazy(
        "The file was changed while it was being read. Nothing is lost: import it again."
    ),
    ForbiddenProvenanceError: gettext_lazy(
        "The file is {provenance}, and consent given to somebody else is no consent ({rule}). Nobody of it is imported; opt-outs recorded from it: {stopped}. Ask these people yourself."
    ),
    RejectedIsSourceError: gettext_lazy(
        "The file for the rejected rows is the file that is being imported. Give another name."
    ),
    NoNumbersError: gettext_lazy(
        "There is no telephone number in the list. Give those that the carrier asks about, one a line."
    ),
    TooManyNumbersError: gettext_lazy(
        "The list holds {count} numbers, and one answer takes {most}. Part it, and answer each part."
    ),
}
