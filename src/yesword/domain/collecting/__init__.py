"""Collection points: the places where consent is asked. What one says, and by which way a yes reaches the record.

Pure: `points` is what is published, `asking` decides what may be done with a number that somebody gave. Keeping points,
showing them and acting on what comes in are elsewhere.
"""
