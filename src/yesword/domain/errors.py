"""The one family of errors. A class's docstring is its message; its fields fill the placeholders."""

from typing import ClassVar


class YeswordError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """What happened, to which thing, and what to do next."""
        return (type(self).__doc__ or "").strip().format(**self.fields)

    def __str__(self) -> str:
        return self.message
