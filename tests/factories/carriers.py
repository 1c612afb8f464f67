"""The four networks that every channel is tried against, each asked in the same way."""

from factories import http_carrier
from yesword.channels.http import HttpChannel
from yesword.channels.http.provider import HttpSettings
from yesword.channels.memory import MemoryCarrier
from yesword.channels.simulator import SimulatorChannel, SimulatorControl, SimulatorReceiver
from yesword.channels.simulator.smsc import REFERENCE, STATUSES
from yesword.channels.smpp import Binding, KeptInMemory, SmppAccount, SmppChannel, SmppReceiver

TOKEN = "a token of some length"


class Memory:
    """The carrier in memory."""

    patience_s = 0.0  # it answers at once, or never

    def __init__(self):
        self.network = MemoryCarrier()

    def channel(self, **settings):
        return self.network.channel(account="main", **settings)

    def receiver(self, account="main"):
        return self.network.receiver(account=account)

    def close(self):
        pass


class Simulator:
    """The carrier in a process of its own."""

    patience_s = 10.0  # a busy machine is slow, and not silent

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.network = SimulatorControl(endpoint)
        self.channels = []
        self.network.reset()

    def channel(self, **settings):
        channel = SimulatorChannel(
            self.endpoint, account="main", answer_timeout_s=self.patience_s, **settings
        )
        self.channels.append(channel)
        return channel

    def receiver(self, account="main"):
        return SimulatorReceiver(self.endpoint, account=account)

    def close(self):
        for channel in self.channels:
            channel.close()
        self.network.close()


class Smpp(Simulator):
    """The same carrier, spoken to in SMPP: a transmitter to hand over, a receiver to take in."""

    def __init__(self, endpoint, port):
        super().__init__(endpoint)
        self.port = port

    def account(self, name="main", **settings):
        return SmppAccount(
            name=name,
            host="127.0.0.1",
            port=self.port,
            system_id=name,
            password=TOKEN,
            binding=Binding.PAIRS,
            answer_timeout_s=self.patience_s,
            own_codes={number: code for code, number in STATUSES.items()},
            reference_tag=REFERENCE,
            **settings,
        )

    def channel(self, *, takes_per_second=20_000, window=1_000, **settings):
        channel = SmppChannel(self.account(max_per_second=takes_per_second, window=window, **settings))
        self.channels.append(channel)
        return channel

    def receiver(self, account="main"):
        return SmppReceiver(self.account(account), keeping=KeptInMemory())


class Http:
    """The network in memory behind HTTP, as a card describes it."""

    patience_s = 10.0

    def __init__(self):
        self.network = http_carrier.HttpCarrier()
        self.channels = []

    def channel(self, *, takes_per_second=20_000, window=20, chunk=20):
        settings = HttpSettings(
            per_second=takes_per_second,
            parallel=min(window, 50),
            connect_timeout_s=2,
            answer_timeout_s=self.patience_s,
        )
        if window <= 10:  # a chunk is taken whole, though the machine stands still while it is written
            self.network.together_s = 0.1
        provider = http_carrier.provider(self.network.origin)
        channel = HttpChannel(provider, settings, account="main", chunk=chunk)
        channel.warm(chunk)
        self.channels.append(channel)
        return channel

    def receiver(self, account="main"):
        return http_carrier.Doorman(self.network, account)

    def close(self):
        for channel in self.channels:
            channel.close()
        self.network.close()
