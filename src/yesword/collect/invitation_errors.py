"""Why an invitation by e-mail cannot be sent as it is written, or cannot go from one state to another."""

from yesword.domain.errors import YeswordError


class BadInvitationError(YeswordError):
    """The invitation cannot be sent."""

    code = "bad_invitation"


class EmptyLetterError(BadInvitationError):
    """The invitation cannot be sent: subject or text is empty in {language}."""

    code = "bad_invitation_empty"


class LongLetterError(BadInvitationError):
    """The invitation cannot be sent: in {language} the subject has at most {subject} characters, the text {body}."""

    code = "bad_invitation_long"


class BrokenSubjectError(BadInvitationError):
    """The invitation cannot be sent: the subject in {language} has a line break."""

    code = "bad_invitation_subject"


class LetterFieldError(BadInvitationError):
    """The invitation cannot be sent: in {language}: {why}"""

    code = "bad_invitation_field"


class SilentInvitationError(BadInvitationError):
    """The invitation cannot be sent: it says nothing in any language."""

    code = "bad_invitation_silent"


class ForeignFormError(BadInvitationError):
    """The invitation cannot be sent: the form belongs to another brand."""

    code = "bad_invitation_brand"


class NoPageError(BadInvitationError):
    """The invitation cannot be sent: {point} has no page that a letter could lead to."""

    code = "bad_invitation_page"


class UnpermittedError(BadInvitationError):
    """The invitation cannot be sent: say why these people may be written to by e-mail."""

    code = "bad_invitation_unpermitted"


# --- states --------------------------------------------------------------------------------------------------


class InvitationStateError(YeswordError):
    """The invitation is {state}, and that cannot be done now."""

    code = "invitation_state"


class NotChangeableError(InvitationStateError):
    """The invitation is {state}, so it cannot be changed now."""

    code = "invitation_not_changeable"


class TakesNobodyError(InvitationStateError):
    """The invitation is {state}, so it cannot be added to now."""

    code = "invitation_takes_nobody"


class NotStartableError(InvitationStateError):
    """The invitation is {state}, so it cannot be started now."""

    code = "invitation_not_startable"


class NotPausableError(InvitationStateError):
    """The invitation is {state}, so it cannot be paused now."""

    code = "invitation_not_pausable"


class NotResumableError(InvitationStateError):
    """The invitation is {state}, so it cannot be resumed now."""

    code = "invitation_not_resumable"


class NotCancellableError(InvitationStateError):
    """The invitation is {state}, so it cannot be cancelled now."""

    code = "invitation_not_cancellable"
