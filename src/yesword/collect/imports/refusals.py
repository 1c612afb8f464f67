"""Why one row is refused. A docstring is the sentence that the operator reads beside the row; none quotes a cell."""

from typing import ClassVar

from yesword.domain.errors import YeswordError


class RefusedRowError(YeswordError):
    """The row cannot be imported."""

    code: ClassVar[str] = "row"


class FieldsMissingError(RefusedRowError):
    """The row has {found} fields where the column names are {needed}, so nobody can tell which are missing. Complete it."""

    code = "fields_missing"


class FieldsExtraError(RefusedRowError):
    """The row has {found} fields where the column names are {needed}. Put quotes around a field that holds the separator."""

    code = "fields_extra"


class QuoteNotClosedError(RefusedRowError):
    """A quote is opened in this line and never closed. Close it, or double a quote that is meant as one."""

    code = "quote_not_closed"


class RowTooLongError(RefusedRowError):
    """The row is longer than {most} characters. Shorten it."""

    code = "row_too_long"


class LandlineError(RefusedRowError):
    """The number is a landline or a service number, which cannot receive texts. Ask the person for a mobile number."""

    code = "phone_landline"


class CountryUnclearError(RefusedRowError):
    """The number is national, and the row's country is not understood. Write the country as two letters, such as NL."""

    code = "country_unclear"


class ConsentDateUnreadableError(RefusedRowError):
    """The consent date is not understood. Write it as 2024-03-31, or leave it empty if it is not known."""

    code = "consent_date_unreadable"


class ConsentDateImpossibleError(RefusedRowError):
    """There is no such day or hour as the consent date. Look it up where the consent was given."""

    code = "consent_date_impossible"


class ConsentDateAmbiguousError(RefusedRowError):
    """The consent date can be read as two different days. Write it as 2024-03-31, or name the country with --country."""

    code = "consent_date_ambiguous"


class ConsentDateFutureError(RefusedRowError):
    """The consent date lies in the future. Look it up where the consent was given."""

    code = "consent_date_future"


class ConsentDateTooOldError(RefusedRowError):
    """The consent date lies before 1990, when nobody consented to texts. Look it up where the consent was given."""

    code = "consent_date_too_old"


class ConsentBoughtError(RefusedRowError):
    """The source says that the list was bought, rented or exchanged. Consent cannot be: ask these people yourself."""

    code = "consent_bought"


class StatusUnclearError(RefusedRowError):
    """The row has a status that may or may not be an opt-out. Write yes, no, subscribed or unsubscribed; or rename the column if it is about something else."""

    code = "status_unclear"
