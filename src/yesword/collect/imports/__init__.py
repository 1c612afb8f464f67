"""People from a file, with what backs their consent: `run_import`.

Imports grant at most grade D, and never bring back anybody who has stopped.
"""

from yesword.collect.imports.claims import Ground
from yesword.collect.imports.report import Outcome, Report
from yesword.collect.imports.running import Options, Progress, run_import

__all__ = ["Ground", "Options", "Outcome", "Progress", "Report", "run_import"]
