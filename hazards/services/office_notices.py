"""Telling an enterprise, and other bureaus, of what was decided about a hazard."""

import datetime as dt
from collections.abc import Iterable

from accounts.models import Acting, Bureau, Role
from accounts.queries.memberships import holders
from hazards.services import life_notices
from hazards.services.life_notices import principal_of, team_of
from hazards.services.lives import Living


def tell(
    kind: str,
    life: Living,
    *,
    bureaus: Iterable[Bureau | None] = (),
    by: Acting,
    at: dt.datetime,
    **more: str | bool | None,
) -> None:
    """
    Tell the enterprise's team and its principal of an act, and the offices of these
    bureaus. In the words of the notice `bureau` is the one that acted, if one did.
    """
    hazard = life.hazard
    people = [*team_of(hazard, on=by.on), *principal_of(hazard, on=by.on)]
    for bureau in bureaus:
        if bureau is not None:
            roles = {Role.REVIEWER, Role.BUREAU_HEAD}
            people += holders(roles=roles, on=by.on, bureau=bureau)
    more.setdefault("bureau", by.bureau.name if by.bureau else "")
    life_notices.tell(kind, life.act, people, hazard=hazard, by=by, at=at, **more)


def day(value: dt.date | None) -> str:
    """A day as notices keep it."""
    return value.isoformat() if value else ""
