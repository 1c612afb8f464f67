"""Why a whole file cannot be imported. Why one row of it is refused is in `refusals`."""

from typing import ClassVar

from yesword.domain.errors import YeswordError


class ImportFileError(YeswordError):
    """The file cannot be imported."""

    # No error here quotes a cell: any of them may hold a number.
    code: ClassVar[str] = "import"


class SpreadsheetGivenError(ImportFileError):
    """The file is a spreadsheet, not a text file. Save the sheet as CSV (UTF-8) and import that."""

    code = "import_spreadsheet"


class NotTextError(ImportFileError):
    """The file holds bytes that no text file has. Save it as CSV (UTF-8) and import that."""

    code = "import_not_text"


class EmptyFileError(ImportFileError):
    """There is nothing in the file: no line of column names, no rows."""

    code = "import_empty"


class NoHeaderError(ImportFileError):
    """The first line looks like a person, not like column names. Put a line above it such as: phone,name,consent date."""

    code = "import_no_header"


class NoPhoneColumnError(ImportFileError):
    """No column is known to hold telephone numbers; the columns are: {columns}. Call one of them "phone"."""

    code = "import_no_phone_column"


class BadColumnError(ImportFileError):
    """There is no column "{name}", or nothing that it could be taken for. Look at the names in the first line of the file."""

    code = "import_bad_column"


class WordingTableError(ImportFileError):
    """Row {line} of the table of wordings cannot be read. Give source, first day, last day and wording; days as 2024-03-31."""

    code = "import_wording_table"


class ImportStoppedError(ImportFileError):
    """The import was stopped after {done} rows. What was written stays; the same file goes on from there."""

    code = "import_stopped"


class ImportTakenOverError(ImportFileError):
    """Somebody else goes on with this import. Wait for theirs to end."""

    code = "import_taken_over"


class FileChangedError(ImportFileError):
    """The file was changed while it was being read. Nothing is lost: import it again."""

    code = "import_file_changed"


class ForbiddenProvenanceError(ImportFileError):
    """The file is {provenance}, and consent given to somebody else is no consent ({rule}). Nobody of it is imported; opt-outs recorded from it: {stopped}. Ask these people yourself."""

    code = "import_forbidden_provenance"


class RejectedIsSourceError(ImportFileError):
    """The file for the rejected rows is the file that is being imported. Give another name."""

    code = "import_rejected_is_source"
