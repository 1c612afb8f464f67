"""What registries say of numbers, from a file: do-not-text lists and their like. Nobody becomes a contact by it."""

from yesword.collect.registries.known import (
    Registry,
    UnknownRegistryError,
    number_registries,
    number_registry,
    sender_registry,
)
from yesword.collect.registries.running import Answered, Asking, keep_answers

__all__ = [
    "Answered",
    "Asking",
    "Registry",
    "UnknownRegistryError",
    "keep_answers",
    "number_registries",
    "number_registry",
    "sender_registry",
]
