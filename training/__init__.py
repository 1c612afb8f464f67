"""Texts that understanding replies is trained and measured with, and the commands that do so. See README.md."""
