"""C15: a sender that is an e-mail gateway cannot be made."""

import pytest

from factories.worlds import world
from yesword.domain.gateways import GatewayRefusedError
from yesword.store import models, programs


@pytest.mark.parametrize("address", ["vtext.com", "x@txt.att.net"])
def test_such_a_sender_is_refused(sqlite_store, address):
    with world(sqlite_store) as here:
        with pytest.raises(GatewayRefusedError):
            programs.sender_for(here.account, address)
        assert not models.Sender.objects.filter(address=address).exists()
