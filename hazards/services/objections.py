"""
What an enterprise states against a finding or what is decided of it (陈述、申辩,
行政处罚法 art. 45), and what the bureau answers; both on record for good.
"""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import EDITOR_ROLES, Acting, Role, User
from accounts.permissions import RefusedError
from accounts.queries.memberships import holders
from accounts.services import events, notices
from hazards.models import (
    Attachment,
    Finding,
    Objection,
    ObjectionAnswer,
    ObjectionFile,
)
from hazards.permissions.cases import may_answer_objection, may_object
from hazards.services.findings import locked


def state(
    *,
    finding_id: int,
    key: uuid.UUID,
    text: str,
    files: Sequence[Attachment] = (),
    by: Acting,
    at: dt.datetime,
) -> Objection:
    """
    State something for the enterprise; the bureau is told. Sent twice, it is one.

    :param key: of the form
    :raises NotPermittedError: if the person does not speak for the enterprise
    :raises RefusedError: if nothing is said, or a file is another enterprise's
    """
    with transaction.atomic():
        finding = locked(finding_id)
        may_object(by, finding).require()
        known = Objection.objects.filter(key=key).first()
        if known is not None:
            if known.finding_id != finding_id:
                raise RefusedError(_("This form was used already: open it again."))
            return known
        if not text.strip():
            raise RefusedError(
                _("Say what you object to, and why: the bureau reads it.")
            )
        if any(file.enterprise_id != finding.enterprise_id for file in files):
            raise RefusedError(_("The file is another enterprise's: choose it again."))
        objection = Objection.objects.create(
            key=key, finding=finding, text=text.strip(), at=at, by=by.membership
        )
        ObjectionFile.objects.bulk_create(
            ObjectionFile(objection=objection, attachment=file) for file in files
        )
        _record("object-to-finding", finding, by=by, at=at, note=text.strip())
        bureau = finding.spot_check.bureau
        roles = {Role.DECIDING_OFFICER, Role.BUREAU_HEAD}
        _tell(
            "objection_stated",
            objection,
            holders(roles=roles, on=by.on, bureau=bureau),
            by=by,
            at=at,
            text=objection.text,
        )
    return objection


def answer(
    *, objection_id: int, text: str, by: Acting, at: dt.datetime
) -> ObjectionAnswer:
    """
    Answer for the bureau, once; the enterprise is told.

    :raises NotPermittedError: if the person had a part in the check, or may not answer
    :raises RefusedError: if nothing is said, or it was answered already
    """
    with transaction.atomic():
        objection = Objection.objects.get(pk=objection_id)
        finding = locked(objection.finding_id)
        objection.finding = finding
        may_answer_objection(by, finding).require()
        if ObjectionAnswer.objects.filter(objection=objection).exists():
            raise RefusedError(_("This was answered already; an answer stands."))
        if not text.strip():
            raise RefusedError(
                _("Say what the bureau answers: the enterprise reads it.")
            )
        answered = ObjectionAnswer.objects.create(
            objection=objection, text=text.strip(), at=at, by=by.membership
        )
        _record("answer-objection", finding, by=by, at=at, note=text.strip())
        roles = {*EDITOR_ROLES, Role.PRINCIPAL}
        _tell(
            "objection_answered",
            objection,
            holders(roles=roles, on=by.on, enterprise=finding.enterprise),
            by=by,
            at=at,
            text=answered.text,
        )
    return answered


def _record(
    action: str, finding: Finding, *, by: Acting, at: dt.datetime, note: str
) -> None:
    events.record(
        action=action,
        subject=finding,
        by=by,
        at=at,
        enterprise=finding.enterprise,
        bureau=finding.spot_check.bureau,
        note=note,
        parameters={"finding": finding.number},
    )


def _tell(
    kind: str,
    objection: Objection,
    people: list[User],
    *,
    by: Acting,
    at: dt.datetime,
    text: str,
) -> None:
    finding = objection.finding
    notices.tell(
        kind=kind,
        cause=f"objection {objection.pk}",
        recipients=[user for user in people if user.pk != by.user.pk],
        at=at,
        enterprise=finding.enterprise,
        path=reverse("finding", args=[finding.public_id]),
        parameters={
            "enterprise": finding.enterprise.name,
            "finding": finding.number,
            "bureau": finding.spot_check.bureau.name,
            "name": by.user.full_name,
            "text": text,
        },
    )
