"""Reasons that many refusals share."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Role


def only(roles: frozenset[Role]) -> str:
    """Who may do it."""
    names = [str(role.label) for role in sorted(roles)]
    return _("Only these may do this: %(roles)s.") % {
        "roles": pgettext("between the items of a list", ", ").join(names)
    }


def not_your_enterprise() -> str:
    """It belongs to another enterprise."""
    return _("This belongs to another enterprise.")


def own_member() -> str:
    """Whoever was ever of the enterprise does not judge it."""
    return _(
        "You are or were a member of this enterprise; a colleague must decide what "
        "concerns it."
    )
