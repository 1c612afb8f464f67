"""Why a contest is not announced, closed or drawn: one error for each reason. How one has to be written stands in `domain.collecting`."""

from yesword.domain.collecting.contest_errors import ContestError


class NoSuchContestError(ContestError):
    """There is no contest {key}. `yesword contest list` shows those that there are."""

    code = "no_such_contest"


class ContestKeyTakenError(ContestError):
    """The name {key} in the address is taken by another contest. Choose another."""

    code = "contest_key_taken"


class AnnouncedContestError(ContestError):
    """{name} is open, or was. What people were told when they entered does not change any more."""

    code = "contest_is_open"


class BadTermsError(ContestError):
    """The contest cannot be announced as its terms are."""

    code = "contest_terms"


class PastContestError(BadTermsError):
    """{name} cannot be announced: it would have closed already. Give it a time that is still to come."""

    code = "contest_past"


class UnplainTermsError(BadTermsError):
    """The terms of {name} do not do: ({language}) {what} Mend them; what a yes means has to be plain."""

    code = "contest_terms_unplain"


class NotAnnouncedError(ContestError):
    """{name} was never announced, so nobody has entered it. Announce it first."""

    code = "contest_not_announced"


class StillOpenError(ContestError):
    """{name} is open until {until}. People were told so; to close it earlier, say so expressly."""

    code = "contest_still_open"


class ClosedTwiceError(ContestError):
    """{name} was closed at {at}, and its list is fixed."""

    code = "contest_closed"


class SeedDueError(ContestError):
    """The seed of {name} was to be published at {due}, which is over: it would be known before the list is fixed. Name a seed that comes later."""

    code = "contest_seed_due"


class NothingToDrawError(ContestError):
    """{name} draws nobody: it is a vote, or nobody took part."""

    code = "nothing_to_draw"


class NotClosedError(ContestError):
    """{name} is not closed yet. Its list has to be fixed and published before there is a seed."""

    code = "contest_not_closed"


class DrawnTwiceError(ContestError):
    """{name} was drawn at {at}. A draw stands: the same seed draws the same winners."""

    code = "contest_drawn"


class EarlySeedError(ContestError):
    """The seed was published at {seed_at}, and the list was fixed at {committed_at}: whoever fixed it could have known the seed. Take one that came later."""

    code = "seed_too_early"


class FutureSeedError(ContestError):
    """The seed cannot have been published at {seed_at}, which is still to come."""

    code = "seed_in_future"
