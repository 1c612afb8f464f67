"""A simulated carrier in a process of its own, and the channel, receiver and control that speak to it.

Only names are gathered here; the carrier itself is imported where it is started.
"""

from yesword.channels.simulator.behaviour import CarrierBehaviour
from yesword.channels.simulator.channel import SimulatorChannel
from yesword.channels.simulator.control import SimulatorControl
from yesword.channels.simulator.protocol import Endpoint
from yesword.channels.simulator.receiver import SimulatorReceiver

__all__ = ["CarrierBehaviour", "Endpoint", "SimulatorChannel", "SimulatorControl", "SimulatorReceiver"]
