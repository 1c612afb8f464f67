"""Faults on purpose: a scratch installation whose processes are killed, paused and cut off while it works, and the checker
that then looks for whatever should not have happened.
"""
