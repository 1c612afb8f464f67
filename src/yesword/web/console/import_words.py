"""What imports are told in: outcomes, reasons, columns, and how people may be asked anew."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yesword.collect.imports.claims import Note
from yesword.collect.imports.headings import ATTRIBUTE, Column
from yesword.collect.imports.remedies import Remedy
from yesword.collect.imports.report import Outcome

OUTCOMES: Final[dict[Outcome, tuple[str, Promise]]] = {
    Outcome.CREATED: ("leaf", gettext_lazy("New people")),
    Outcome.UPDATED: ("leaf", gettext_lazy("Known already, with something new")),
    Outcome.UNCHANGED: ("slate", gettext_lazy("Known already, nothing new")),
    Outcome.STOPPED: ("brick", gettext_lazy("Opted out, recorded now")),
    Outcome.ALREADY_STOPPED: ("slate", gettext_lazy("Opted out, known already")),
    Outcome.CAME_BACK: (
        "slate",
        gettext_lazy("Opted out in the file, but joined again from the phone since: left as they are"),
    ),
    Outcome.KEPT_STOPPED: ("amber", gettext_lazy("Had stopped or said no: not revived")),
    Outcome.DUPLICATE: ("slate", gettext_lazy("The same number as another row that counts for more")),
    Outcome.REJECTED: ("brick", gettext_lazy("Rejected")),
    Outcome.LEFT_ALONE: ("slate", gettext_lazy("No opt-out, and only opt-outs were to be taken")),
}
REMEDIES: Final[dict[Remedy, Promise]] = {
    Remedy.TEXT: gettext_lazy(
        "One text may ask them: no law where they are bars it, and the program allows it"
    ),
    Remedy.MAIL: gettext_lazy("Ask them by e-mail, with a link to a form"),
    Remedy.CHECKOUT: gettext_lazy("Ask them where they come to you: at checkout, in the shop, on the phone"),
}
COLUMNS: Final[dict[str, Promise]] = {
    Column.MOBILE: gettext_lazy("Mobile number"),
    Column.PHONE: gettext_lazy("Telephone number"),
    Column.NAME: gettext_lazy("Name"),
    Column.FIRST_NAME: gettext_lazy("First name"),
    Column.INFIX: gettext_lazy("Between first and last name"),
    Column.LAST_NAME: gettext_lazy("Last name"),
    Column.LANGUAGE: gettext_lazy("Language"),
    Column.COUNTRY: gettext_lazy("Country"),
    Column.LOCATION: gettext_lazy("City"),
    Column.REGION: gettext_lazy("State or province"),
    Column.POSTCODE: gettext_lazy("Postcode"),
    Column.ZONE: gettext_lazy("Time zone"),
    Column.RECIPIENT: gettext_lazy("Kind of recipient"),
    Column.LAST_PURCHASE: gettext_lazy("Last purchase"),
    Column.BOUGHT: gettext_lazy("What they bought"),
    Column.CONSENT_DATE: gettext_lazy("Date of consent"),
    Column.CONSENT_SOURCE: gettext_lazy("Source of consent"),
    Column.CONSENT_WORDING: gettext_lazy("Wording of consent"),
    Column.STATUS: gettext_lazy("Status: subscribed or not"),
    Column.OPTED_IN: gettext_lazy("Opted in: yes or no"),
    Column.OPTED_OUT: gettext_lazy("Opted out: yes, or since when"),
    Column.CHANNELS: gettext_lazy("Channels agreed to"),
    ATTRIBUTE: gettext_lazy("Keep as an attribute"),
    "": gettext_lazy("Leave out"),
}
NOTES: Final[dict[str, Promise]] = {
    Note.LANGUAGE_UNKNOWN: gettext_lazy(
        "The language is not one that we know, so the one of the number's country is used."
    ),
    Note.REGION_UNKNOWN: gettext_lazy(
        "The state or province is not understood, so the number alone says where the person may be."
    ),
    Note.NUMBER_LEFT_OUT: gettext_lazy(
        "A telephone number or address stood in another column; it is only kept sealed, with the evidence."
    ),
    Note.VALUE_TOO_LONG: gettext_lazy(
        "A value was too long to keep beside the person; it is only kept sealed, with the evidence."
    ),
    Note.STOP_NOT_READ: gettext_lazy(
        "A rejected row seems to be an opt-out. Correct these first: the stop is not recorded."
    ),
    Note.ON_ITS_WAY: gettext_lazy(
        "A text was being handed over when the stop was recorded; nothing after it goes out."
    ),
}
LACKS: Final[dict[str, Promise]] = {
    "source": gettext_lazy("Where the consent was given is missing"),
    "date": gettext_lazy("When it was given is missing"),
    "wording": gettext_lazy("The wording that they agreed to is missing"),
    "confirmation": gettext_lazy("The confirmation is missing"),
    "purchase": gettext_lazy("The last purchase is missing"),
}
# Why rows are rejected, in a few words; the file of rejected rows says it in full beside each.
REJECTED: Final[dict[str, Promise]] = {
    "fields_missing": gettext_lazy("Fields are missing"),
    "fields_extra": gettext_lazy("There are more fields than columns"),
    "quote_not_closed": gettext_lazy("A quote is opened and never closed"),
    "row_too_long": gettext_lazy("The row is too long"),
    "phone_landline": gettext_lazy("A landline or service number, which cannot receive texts"),
    "country_unclear": gettext_lazy("A national number, and the row's country is not understood"),
    "consent_date_unreadable": gettext_lazy("The consent date is not understood"),
    "consent_date_impossible": gettext_lazy("There is no such day as the consent date"),
    "consent_date_ambiguous": gettext_lazy("The consent date can be read as two different days"),
    "consent_date_future": gettext_lazy("The consent date lies in the future"),
    "consent_date_too_old": gettext_lazy("The consent date lies before there was consent to texts"),
    "consent_bought": gettext_lazy("The list was bought, rented or exchanged: consent cannot be"),
    "status_unclear": gettext_lazy("The status may or may not be an opt-out"),
    "phone_none": gettext_lazy("There is no telephone number"),
    "phone_too_short": gettext_lazy("The number has too few digits"),
    "phone_too_long": gettext_lazy("The number has too many digits"),
    "phone_letters": gettext_lazy("The number contains letters"),
    "phone_extension": gettext_lazy("The number has an extension, so it is a switchboard"),
    "phone_lost_digits": gettext_lazy("A spreadsheet has rounded the number"),
    "phone_several": gettext_lazy("There is more than one number in the field"),
    "phone_needs_country": gettext_lazy("A national number, and no country is known"),
    "phone_unknown_country": gettext_lazy("The country of the number is not known"),
    "phone_unknown_calling_code": gettext_lazy("No country has the code that the number starts with"),
    "phone_not_assigned": gettext_lazy("No such number can be in use"),
    "phone_premium": gettext_lazy("A premium-rate number"),
    "phone_short_code": gettext_lazy("A short code, which is not a person's number"),
}
# Why a whole file could not be taken.
FAILED: Final[dict[str, Promise]] = {
    "import_spreadsheet": gettext_lazy(
        "The file is a spreadsheet, not a text file. Save the sheet as CSV (UTF-8) and import that."
    ),
    "import_not_text": gettext_lazy(
        "The file holds bytes that no text file has. Save it as CSV (UTF-8) and import that."
    ),
    "import_empty": gettext_lazy("There is nothing in the file: no line of column names, no rows."),
    "import_no_header": gettext_lazy(
        "The first line looks like a person, not like column names. Put a line above it such as: phone,name,consent date."
    ),
    "import_no_phone_column": gettext_lazy(
        "No column is known to hold telephone numbers. Call one of them “phone”."
    ),
    "cut_off": gettext_lazy(
        "The server was stopped in the middle. What was written stays; import the same file again to go on, nothing is done twice."
    ),
    "unreadable": gettext_lazy("The file could not be read or written. Is the disk full?"),
    "import_stopped": gettext_lazy("Somebody stopped it. What was written stays; it can go on from there."),
    "import_taken_over": gettext_lazy("Somebody else goes on with this import. Wait for theirs to end."),
    "import_bad_column": gettext_lazy("The columns do not fit the file. Choose them again."),
    "import_file_changed": gettext_lazy(
        "The file was changed while it was being read. Nothing is lost: import it again."
    ),
    "import_forbidden_provenance": gettext_lazy(
        "Consent given to somebody else is no consent, so nobody of this file was imported. Its opt-outs are recorded."
    ),
    "broken": gettext_lazy(
        "Something broke on our side. What was written stays; the server's log says what happened."
    ),
}
