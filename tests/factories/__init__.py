"""Builders of domain values for tests: whole by default, changed by keyword."""
