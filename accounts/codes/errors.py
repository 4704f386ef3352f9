"""How a code is refused."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class CodeError(ValueError):
    """
    A text is not a valid code.

    `message` is a lazy translation with named placeholders, `params` fill it and
    `code` names the reason: the three arguments of Django's own ValidationError.
    """

    def __init__(
        self, message: "str | _StrPromise", *, code: str, params: Mapping[str, object]
    ) -> None:
        """Keep the three; the sentence is made when it is read."""
        super().__init__(message, code, params)
        self.message = message
        self.code = code
        self.params = dict(params)

    def __str__(self) -> str:
        """Return the sentence in the language active now."""
        return str(self.message) % self.params
