"""Who hears of what is done about a hazard."""

import datetime as dt
from collections.abc import Collection

from django.urls import reverse

from accounts.models import EDITOR_ROLES, Acting, Bureau, Role, User
from accounts.queries.memberships import holders
from accounts.services import notices
from hazards.services.lives import Living


def tell(
    life: Living,
    kind: str,
    *,
    bureaus: Collection[Bureau | None] = (),
    by: Acting,
    at: dt.datetime,
    **parameters: object,
) -> None:
    """
    Tell the enterprise's team and its principal of an act, and the offices of the
    bureaus; not whoever did it.

    :param parameters: plain JSON values for `templates/notices/<kind>.txt`, beside
        enterprise, hazard, bureau, text
    """
    hazard, act = life.hazard, life.act
    people: list[User] = holders(
        roles={*EDITOR_ROLES, Role.PRINCIPAL}, on=by.on, enterprise=hazard.enterprise
    )
    for bureau in bureaus:
        if bureau is not None:
            people += holders(
                roles={Role.REVIEWER, Role.BUREAU_HEAD}, on=by.on, bureau=bureau
            )
    notices.tell(
        kind=kind,
        cause=f"hazard act {act.pk}",
        recipients=[person for person in people if person != by.user],
        at=at,
        enterprise=hazard.enterprise,
        path=reverse("hazard", args=[hazard.public_id]),
        parameters={
            "enterprise": hazard.enterprise.name,
            "hazard": hazard.number,
            "bureau": by.bureau.name if by.bureau else "",
            "text": act.text,
            **parameters,
        },
    )


def day(value: dt.date | None) -> str:
    """A day as notices keep it."""
    return value.isoformat() if value else ""
