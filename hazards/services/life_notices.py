"""Telling those concerned of what was done about a major hazard."""

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from accounts.models import EDITOR_ROLES, Acting, Role, User
from accounts.queries.memberships import holders
from accounts.services import notices
from hazards.models import HazardAct, MajorHazard


def team_of(hazard: MajorHazard, *, on: dt.date) -> list[User]:
    """Who writes for the enterprise that day."""
    return holders(roles=EDITOR_ROLES, on=on, enterprise=hazard.enterprise)


def principal_of(hazard: MajorHazard, *, on: dt.date) -> list[User]:
    """The enterprise's principal that day."""
    return holders(roles={Role.PRINCIPAL}, on=on, enterprise=hazard.enterprise)


def office_of(hazard: MajorHazard, *, on: dt.date) -> list[User]:
    """The reviewers and the head of the bureau that holds the hazard, if one does."""
    if hazard.bureau is None:
        return []
    roles = {Role.REVIEWER, Role.BUREAU_HEAD}
    return holders(roles=roles, on=on, bureau=hazard.bureau)


def tell(
    kind: str,
    act: HazardAct,
    people: Iterable[User],
    *,
    hazard: MajorHazard,
    by: Acting,
    at: dt.datetime,
    **more: str | bool | None,
) -> None:
    """
    Tell people once of an act in the words of `templates/notices/<kind>.txt`, which
    know enterprise, hazard, bureau, name (who did it), text, and what `more` says. Who
    did it is not told.
    """
    notices.tell(
        kind=kind,
        cause=f"hazard act {act.pk}",
        recipients=[user for user in people if user.pk != by.user.pk],
        at=at,
        enterprise=hazard.enterprise,
        path=reverse("hazard", args=[hazard.public_id]),
        parameters={
            "enterprise": hazard.enterprise.name,
            "hazard": hazard.number,
            "bureau": hazard.bureau.name if hazard.bureau else "",
            "name": by.user.full_name,
            "text": act.text,
            **more,
        },
    )
