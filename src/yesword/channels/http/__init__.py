"""HTTP providers: one frozen `Provider` a file, one channel for all of them, and cards for those that need no code."""

from yesword.channels.http.channel import HttpChannel
from yesword.channels.http.provider import Call, Kind, Provider, Reply, Request, Secret, Setup, Taken, take

__all__ = ["Call", "HttpChannel", "Kind", "Provider", "Reply", "Request", "Secret", "Setup", "Taken", "take"]
