"""Yesword: self-hosted SMS permission."""

__version__ = "0.1.0"
