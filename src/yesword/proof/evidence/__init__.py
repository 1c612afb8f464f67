"""Evidence of one person's consent: keeping its files, taking what a browser tells, adding what comes later, grading all of it.

How evidence is weighed stands in the domain; what everybody was shown, and so is nobody's, is in `proof.renders`.
"""
