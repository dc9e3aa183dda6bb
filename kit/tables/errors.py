"""The one error that reading a table raises."""

from typing import Any


class TableError(Exception):
    """The file can't be read as a table. `str()` says why and how to mend it.

    The text is translated when it is shown, so that an error kept from one request or job reads
    in the language of whoever looks at it.
    """

    def __init__(self, message: Any, **params: object) -> None:
        super().__init__(message, params)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return str(self.message) % self.params
