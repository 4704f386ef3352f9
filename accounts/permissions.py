"""Who may do what to people and organisations, and how a refusal is said."""

from dataclasses import dataclass


class RefusedError(Exception):
    """
    What was asked cannot be done as things stand. The message is one sentence in the
    reader's language that says what is wrong and what to do.
    """


class NotPermittedError(RefusedError):
    """The person may not do this; the message says why."""


@dataclass(frozen=True)
class Decision:
    """Yes, or no with the reason."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def require(self) -> None:
        """Go on if allowed.

        :raises NotPermittedError: with the reason if not
        """
        if not self.allowed:
            raise NotPermittedError(self.reason)


ALLOWED = Decision(allowed=True)


def denied(reason: str) -> Decision:
    """A no with its reason."""
    return Decision(allowed=False, reason=reason)
