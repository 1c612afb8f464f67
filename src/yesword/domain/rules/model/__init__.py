"""What a rule pack may say: an envelope around each rule, and one typed parameter inside it.

The shapes only. Reading TOML is in `loader`, finding what applies to a text in `resolve`, and holding a text against
it in the gate. A law that no parameter here can express is not enforced, so the list grows with the packs.
"""

from typing import Final

from yesword.domain.rules.model.consent import (
    Age,
    AskingByText,
    Consent,
    ConsentAge,
    Conversation,
    DoubleOptIn,
    Expiry,
    Mixed,
    Provenances,
    Reconfirm,
    SoftOptIn,
)
from yesword.domain.rules.model.content import Disclosure, Elements, Label, Length, Naming, Without
from yesword.domain.rules.model.envelope import (
    Confidence,
    Layer,
    Merge,
    Pack,
    Reach,
    Rule,
    Severity,
    Status,
)
from yesword.domain.rules.model.parameter import OnRecord, Parameter
from yesword.domain.rules.model.records import Information, Retention
from yesword.domain.rules.model.senders import Scrub, SenderId
from yesword.domain.rules.model.stopping import (
    ReplyLanguage,
    StopConfirmation,
    Stopping,
    StopReach,
    WayOut,
    Words,
)
from yesword.domain.rules.model.times import AfterEvent, Cap, Hours, Suspension
from yesword.domain.rules.model.when import ALWAYS, When

PARAMETERS: Final[dict[str, type[Parameter]]] = {
    kind.table: kind
    for kind in (
        *(Consent, SoftOptIn, DoubleOptIn, Expiry, Reconfirm, AskingByText, Provenances, Conversation, Mixed),
        *(Age, ConsentAge, Hours, Suspension, AfterEvent, Cap),
        *(WayOut, StopConfirmation, StopReach, Words, Stopping, ReplyLanguage),
        *(Naming, Length, Label, Without, Disclosure, Elements),
        *(SenderId, Scrub, Retention, Information),
    )
}

__all__ = [
    "ALWAYS",
    "PARAMETERS",
    "Confidence",
    "Layer",
    "Merge",
    "OnRecord",
    "Pack",
    "Parameter",
    "Reach",
    "Rule",
    "Severity",
    "Status",
    "Suspension",
    "When",
]
