"""Measuring: speed and memory with ratios from the same run, and the torture that counts what a killed worker leaves."""
