"""Lists of opt-outs that providers keep."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yesword.channels.http.opt_outs import OptOutListRefusedError
from yesword.channels.ports import CarrierUnreachableError
from yesword.domain.errors import YeswordError
from yesword.reporting.opt_outs import NobodyTextsFromItError
from yesword.worker.opt_outs import NoOptOutListError

WORDS: Final[Mapping[type[YeswordError], Promise]] = {
    NobodyTextsFromItError: gettext_lazy(
        "No program texts from a sender of the account {account}, so its opt-outs are about nobody's texts."
    ),
    NoOptOutListError: gettext_lazy(
        "The provider of {account} hands over no list of opt-outs. Download it there, and give the file."
    ),
    CarrierUnreachableError: gettext_lazy(
        "The carrier at {endpoint} cannot be reached ({why}). Check that it runs and that the address is right."
    ),
    OptOutListRefusedError: gettext_lazy(
        "The provider of {account} does not hand over its list of opt-outs: it answers {status}."
    ),
}
