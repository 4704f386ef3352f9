"""Which roles the words of law/reminders.toml mean."""

from collections.abc import Iterable
from typing import NamedTuple

from accounts.models import EDITOR_ROLES, Role

_OWN = {"team": sorted(EDITOR_ROLES), "principal": [Role.PRINCIPAL]}
_ABOVE = {
    "reviewers": [Role.REVIEWER],
    "bureau": [Role.REVIEWER, Role.BUREAU_HEAD],
}


class Audience(NamedTuple):
    """Roles in the enterprise, and in the bureau that holds what it is about."""

    own: list[str]
    above: list[str]


def audience(words: Iterable[str]) -> Audience:
    """Return the roles that these words mean."""
    chosen = frozenset(words)
    return Audience(
        [role for word in chosen & _OWN.keys() for role in _OWN[word]],
        [role for word in chosen & _ABOVE.keys() for role in _ABOVE[word]],
    )
