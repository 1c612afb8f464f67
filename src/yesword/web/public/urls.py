"""Which address leads to which open page. A private link is a random word, and never a number or a name."""

from django.urls import URLPattern, path, register_converter

from yesword.web.public import ledger, receipt


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
    path("r/<slug:word>", receipt.page, name="receipt"),
    path("r/<slug:word>/receipt", receipt.download, name="receipt-file"),
    path("r/<slug:word>/page", receipt.download_page, name="receipt-page"),
]
