"""The day an enterprise was founded, corrected by the bureau that receives from it."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import EDITOR_ROLES, Acting, Enterprise, Role
from accounts.permissions import RefusedError
from accounts.queries.memberships import holders
from accounts.services import enterprises, notices
from hazards import permissions
from hazards.services.obligations import follow, hold


def correct(
    *,
    enterprise: Enterprise,
    established_on: dt.date,
    reason: str,
    by: Acting,
    at: dt.datetime,
) -> None:
    """
    Correct the day. The enterprise is told, and its duties follow at once: a quarter
    on whose first day it was not yet founded is not asked for.

    :raises NotPermittedError: if the person may not
    :raises RefusedError: if the day has not come or is the one on record, or there is
        no reason
    """
    permissions.may_correct_founding(by, enterprise).require()
    if not reason.strip():
        raise RefusedError(_("Say why, so that the enterprise knows."))
    if established_on > by.on:
        raise RefusedError(_("This day has not come yet: correct it."))
    with transaction.atomic():
        hold(enterprise.pk)
        was = enterprises.correct_founding(
            enterprise=enterprise,
            established_on=established_on,
            reason=reason.strip(),
            by=by,
            at=at,
        )
        follow([enterprise.pk], at=at)
        notices.tell(
            kind="founding_corrected",
            cause=f"enterprise {enterprise.pk} {at.isoformat()}",
            recipients=holders(
                roles={*EDITOR_ROLES, Role.PRINCIPAL}, on=by.on, enterprise=enterprise
            ),
            at=at,
            enterprise=enterprise,
            path=reverse("enterprise-flags", args=[enterprise.public_id]),
            parameters={
                "enterprise": enterprise.name,
                "bureau": by.bureau.name if by.bureau else "",
                "was": was.isoformat(),
                "now": established_on.isoformat(),
                "reason": reason.strip(),
            },
        )
