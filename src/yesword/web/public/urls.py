"""Which address leads to which open page. A private link is a random word, and never a number or a name."""

from django.urls import URLPattern, path, register_converter

from yesword.web.public import (
    audit,
    call_to_action,
    confirm,
    contests,
    forms,
    kiosk,
    leave,
    leave_api,
    leave_code,
    ledger,
    mail_links,
    my_data,
    my_preferences,
    my_rights,
    popups,
    receipt,
)


class Ordinal:
    """A count from 1 in its one spelling, so that each log has one address."""

    regex = "[1-9][0-9]{0,4}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Ordinal, "ordinal")

urlpatterns: list[URLPattern] = [
    path("ledger/<slug:key>/", ledger.page, name="ledger"),
    path("ledger/<slug:key>", ledger.page),
    path("ledger/<slug:key>/policy", ledger.policy, name="ledger-policy"),
    path("ledger/<slug:key>/verify_yesword.py", ledger.verifier, name="ledger-verifier"),
    path("ledger/<slug:key>/verify.html", ledger.verifier_page, name="ledger-verifier-page"),
    path("ledger/<slug:key>/<ordinal:generation>/checkpoint", ledger.checkpoint, name="ledger-checkpoint"),
    path("ledger/<slug:key>/<ordinal:generation>/tile/<path:name>", ledger.tile, name="ledger-tile"),
    path("f/accent/<slug:colour>.css", forms.accent, name="form-accent"),
    path("f/<slug:key>", forms.page, name="form"),
    path("f/<slug:key>/number", forms.number, name="form-number"),
    path("f/<slug:key>/next", forms.answered, name="form-answered"),
    path("w/popup.js", popups.script, name="popup-script"),
    path("w/<slug:key>", popups.options, name="popup"),
    path("w/<slug:key>/ask", popups.ask, name="popup-ask"),
    path("w/<slug:key>/send", popups.send, name="popup-send"),
    path("kiosk/<slug:key>", kiosk.start, name="kiosk"),
    path("kiosk/<slug:key>/form", kiosk.page, name="kiosk-form"),
    path("kiosk/<slug:key>/next", kiosk.answered, name="kiosk-answered"),
    path("c/<slug:key>", contests.page, name="contest"),
    path("c/<slug:key>/draw.json", contests.file, name="contest-file"),
    path("cta/<slug:brand>/<slug:program>", call_to_action.page, name="call-to-action"),
    path("m/<slug:word>.gif", mail_links.picture, name="mail-picture"),
    path("m/<slug:word>", mail_links.way_out, name="mail-leave"),
    path("y/<str:word>", confirm.page, name="confirm"),
    path("u/<str:word>", leave.page, name="leave"),
    path("u/<str:word>/undo", leave.take_back, name="leave-undo"),
    path("u/<str:word>/why", leave.why, name="leave-why"),
    path("u/<str:word>/code/send", leave_code.send, name="leave-code-send"),
    path("u/<str:word>/code", leave_code.enter, name="leave-code"),
    path("api/leave", leave_api.told, name="leave-api"),
    path("audit/<slug:word>", audit.page, name="audit"),
    path("audit/<slug:word>/answer", audit.download, name="audit-file"),
    path("r/<slug:word>", receipt.page, name="receipt"),
    path("r/<slug:word>/receipt", receipt.download, name="receipt-file"),
    path("r/<slug:word>/page", receipt.download_page, name="receipt-page"),
    path("r/<slug:word>/data", my_data.page, name="my-data"),
    path("r/<slug:word>/data/send", my_data.send, name="my-data-send"),
    path("r/<slug:word>/data/code", my_data.enter, name="my-data-code"),
    path("r/<slug:word>/data/close", my_data.close, name="my-data-close"),
    path("r/<slug:word>/data/held", my_rights.held, name="my-data-held"),
    path("r/<slug:word>/data/file", my_rights.held_file, name="my-data-file"),
    path("r/<slug:word>/data/preferences", my_preferences.page, name="my-preferences"),
    path("r/<slug:word>/data/preferences/stop", my_preferences.stop, name="my-preferences-stop"),
    path("r/<slug:word>/data/ask", my_rights.ask, name="my-data-ask"),
    path("r/<slug:word>/data/restrict", my_rights.restrict, name="my-data-restrict"),
    path("r/<slug:word>/data/erase", my_rights.erase, name="my-data-erase"),
]
