"""How the processes tell what they do: counts, files of them, traces, and the mask that keeps numbers out of all of it.

Knows neither the store nor a channel. What is shown of it, `reporting.metrics` and the command line say.
"""
