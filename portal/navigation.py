"""Which desks a role has: the entries of the main navigation."""

from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Acting, Role
from accounts.permissions import may_see_people

# Address name and word, in the order shown.
ENTERPRISE_DESKS: Final = (
    ("desk", _("Desk")),
    ("inspections", _("Inspections")),
    ("hazards", _("Hazards")),
    ("general-hazards", _("General hazards")),
    ("reports", _("Reports")),
    ("checks", _("Spot checks")),
    ("findings", _("Findings")),
    ("standards", _("Standards")),
    ("signatures", _("What I signed")),
    ("people", _("People")),
)
BUREAU_DESKS: Final = (
    ("desk", _("Desk")),
    ("review-queue", _("To review")),
    ("hazards", _("Hazards")),
    ("owed", _("Who owes what")),
    ("checks", _("Spot checks")),
    ("findings", _("Findings")),
    ("reports", _("Reports")),
    ("standards", _("Standards")),
    ("enterprises", _("Enterprises")),
    ("policies", _("Policies")),
    ("people", _("People")),
)
SIGNERS: Final = frozenset({Role.PRINCIPAL, Role.TEAM_LEADER})
OPERATOR_DESKS: Final = (
    ("desk", _("Desk")),
    ("bureaus", _("Bureaus")),
    ("clock", _("Clock")),
    ("standards", _("Standards")),
    ("people", _("People")),
)


@dataclass(frozen=True)
class NavigationItem:
    """A link, and whether the page shown lies under it."""

    url: str
    label: str | Promise
    current: bool


def navigation(acting: Acting, *, path: str) -> list[NavigationItem]:
    """The entries for the role; an address that does not exist is left out."""
    items = []
    for name, label in _desks(acting):
        if name == "people" and not may_see_people(acting):
            continue
        # Everybody else who ever signed finds it on their profile.
        if name == "signatures" and acting.role not in SIGNERS:
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        items.append(NavigationItem(url, label, current=path.startswith(url)))
    return items


def _desks(acting: Acting) -> tuple[tuple[str, Promise], ...]:
    if acting.enterprise is not None:
        return ENTERPRISE_DESKS
    if acting.bureau is not None:
        return BUREAU_DESKS
    return OPERATOR_DESKS
