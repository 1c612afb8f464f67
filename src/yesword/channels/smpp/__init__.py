"""SMPP 3.4: the channel and the receiver of an account with a carrier that speaks it.

What the protocol writes is in `pdu` and `status`, what a text becomes on it in `alphabets`, `parts`, `addresses` and
`submits`, what comes back in `reports` and `identity`; `session` and `binds` hold the connections.
"""

from yesword.channels.smpp.account import Binding, BindKind, Reports, SmppAccount, Tls
from yesword.channels.smpp.binds import Binds
from yesword.channels.smpp.channel import SmppChannel
from yesword.channels.smpp.parts import KeptInMemory, PartsKeeping
from yesword.channels.smpp.receiver import SmppReceiver
from yesword.channels.smpp.reports import IdForm, ReportDialect

__all__ = [
    "BindKind",
    "Binding",
    "Binds",
    "IdForm",
    "KeptInMemory",
    "PartsKeeping",
    "ReportDialect",
    "Reports",
    "SmppAccount",
    "SmppChannel",
    "SmppReceiver",
    "Tls",
]
