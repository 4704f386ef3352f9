"""Telling those concerned of what is done about a spot check."""

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from accounts.models import EDITOR_ROLES, Acting, Role, User
from accounts.queries.memberships import holders
from accounts.services import notices
from hazards.models import BEGUN, SpotCheck


def is_known_to_the_enterprise(check: SpotCheck) -> bool:
    """Whether the enterprise was told of it, or it took place."""
    return check.notified_at is not None or check.state in BEGUN


def heads_of(check: SpotCheck, *, on: dt.date) -> list[User]:
    """The head of the planning bureau."""
    return holders(roles={Role.BUREAU_HEAD}, on=on, bureau=check.bureau)


def heads_of_joining(check: SpotCheck, *, on: dt.date) -> list[User]:
    """The head of the bureau that joins, if one does."""
    if check.joint_bureau is None:
        return []
    return holders(roles={Role.BUREAU_HEAD}, on=on, bureau=check.joint_bureau)


def officers_of(check: SpotCheck) -> list[User]:
    """Who comes, and who planned it."""
    people = [officer.membership.user for officer in check.officers.all()]
    return [*people, check.planned_by.user]


def enterprise_of(check: SpotCheck, *, on: dt.date) -> list[User]:
    """The enterprise's editors and its principal that day."""
    roles = {*EDITOR_ROLES, Role.PRINCIPAL}
    return holders(roles=roles, on=on, enterprise=check.enterprise)


def tell(
    kind: str,
    check: SpotCheck,
    people: Iterable[User],
    *,
    by: Acting,
    at: dt.datetime,
    **more: str | bool,
) -> None:
    """
    Tell people once in the words of `templates/notices/<kind>.txt`, which know
    enterprise, check, bureau, planned_on, name (who did it), and what `more` says. Who
    did it is not told.
    """
    notices.tell(
        kind=kind,
        cause=f"spot check {check.pk} {at.isoformat()}",
        recipients=[user for user in people if user.pk != by.user.pk],
        at=at,
        # On the enterprise's pages only what it may know.
        enterprise=check.enterprise if is_known_to_the_enterprise(check) else None,
        path=reverse("check", args=[check.public_id]),
        parameters={
            "enterprise": check.enterprise.name,
            "check": check.number,
            "bureau": check.bureau.name,
            "planned_on": check.planned_on.isoformat(),
            "name": by.user.full_name,
            **more,
        },
    )
