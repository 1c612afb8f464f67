"""A list of numbers that somebody gives as a file, read whatever program wrote it."""

from typing import IO

from django import forms
from django.utils.translation import gettext as _

from yesword.collect.imports.errors import ImportFileError
from yesword.collect.imports.reading import text_of


def read_list(file: IO[bytes], most: int = -1) -> str:
    """`most`: bytes; what comes after them is left. Raises ValidationError."""
    try:
        return text_of(file.read(most))
    except ImportFileError as error:
        raise forms.ValidationError(
            _(
                "This file cannot be read as a list of numbers: it is a spreadsheet, or holds bytes that no text has. Save it as text or CSV (UTF-8), with one number a line."
            )
        ) from error
