"""Ports to listen at, for what has to be told one beforehand."""

import random
import socket


def free_port() -> int:
    """One outside of those that a machine gives to whoever asks for any: it stays free until it is used, and between two
    that use it one after the other.
    """
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
