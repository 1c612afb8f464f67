"""Which errors mean that a command was not understood, and so end it with 2 instead of 1.

Where a command's own sentence gives 1 the meaning of a finding, nobody should take a misspelt name for one.
"""

from typing import Final

from yesword.domain.errors import YeswordError

FAILED: Final = 1
NOT_UNDERSTOOD: Final = 2


class MisuseError(YeswordError):
    """The command was not understood."""

    code = "misuse"


def exit_code(error: YeswordError) -> int:
    """How a command ends that met this error."""
    from yesword.domain.ids import BadIdError
    from yesword.domain.phone import PhoneError

    is_misuse = isinstance(error, MisuseError | PhoneError | BadIdError)
    return NOT_UNDERSTOOD if is_misuse else FAILED
