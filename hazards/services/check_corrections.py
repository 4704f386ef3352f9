"""
What stands beside a check that took place, and never in its place: corrections that
the bureau's head approves (circular 应急〔2025〕11号, item 14), and the rectification
opinion as the enterprise signed it (item 9).
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Acting
from accounts.permissions import RefusedError
from hazards.models import (
    Attachment,
    CheckCorrection,
    SignedOpinion,
    SpotCheck,
)
from hazards.permissions.spot_checks import may_answer_correction
from hazards.services import check_notices
from hazards.services.spot_checks import doing, locked, record
from hazards.workflow import CheckAction


def ask_correction(
    *,
    check_id: int,
    text: str,
    reason: str,
    finding_id: int | None = None,
    by: Acting,
    at: dt.datetime,
) -> CheckCorrection:
    """
    Say what is wrong in the record of a check, or of a finding of it, and why. The
    head of the bureau is told and answers; until then only the bureau sees it.

    :raises NotPermittedError: if the person is none of the check's officers
    :raises RefusedError: if something is not said, or the finding is another check's
    """
    if not text.strip() or not reason.strip():
        raise RefusedError(_("Say how it should read, and why."))
    with doing(check_id, CheckAction.CORRECT, by=by, at=at, note=reason) as check:
        if finding_id is not None:
            _require_own(check, finding_id)
        asked = CheckCorrection.objects.create(
            spot_check=check,
            finding_id=finding_id,
            text=text.strip(),
            reason=reason.strip(),
            asked_at=at,
            asked_by=by.membership,
        )
        heads = check_notices.heads_of(check, on=by.on)
        check_notices.tell(
            "check_correction_asked", check, heads, by=by, at=at, text=asked.text
        )
    return asked


def answer_correction(
    *, correction_id: int, approved: bool, answer: str, by: Acting, at: dt.datetime
) -> CheckCorrection:
    """
    Approve or refuse a correction. Who asked is told; of an approved one the enterprise
    as well, which sees it from then.

    :raises NotPermittedError: if the person may not, asked for it, or it is answered
    :raises RefusedError: if no reason is given
    """
    if not answer.strip():
        raise RefusedError(_("Say why, so that the officers know."))
    with transaction.atomic():
        correction = CheckCorrection.objects.select_for_update(of=("self",)).get(
            pk=correction_id
        )
        check = correction.spot_check = locked(correction.spot_check_id)
        may_answer_correction(by, correction).require()
        correction.approved, correction.answer = approved, answer.strip()
        correction.answered_at, correction.answered_by = at, by.membership
        correction.save()
        action = "approve-correction" if approved else "refuse-correction"
        record(action, check, by=by, at=at, note=answer)
        people = [correction.asked_by.user]
        if approved:
            people += check_notices.enterprise_of(check, on=by.on)
        check_notices.tell(
            "check_correction_answered",
            check,
            people,
            by=by,
            at=at,
            approved=approved,
            text=correction.text,
            answer=correction.answer,
        )
    return correction


def file_opinion(
    *, check_id: int, opinion: Attachment, signed_by: str, by: Acting, at: dt.datetime
) -> SignedOpinion:
    """
    Put the signed rectification opinion (整改意见) on record: scan or photo, and who of
    the enterprise signed it.

    :raises NotPermittedError: if the person is none of the check's officers
    :raises RefusedError: if nobody is named, or the file is another enterprise's
    """
    if not signed_by.strip():
        raise RefusedError(_("Name who signed for the enterprise."))
    with doing(check_id, CheckAction.FILE_OPINION, by=by, at=at) as check:
        if opinion.enterprise_id != check.enterprise_id:
            raise RefusedError(
                _("The file is kept for another enterprise: choose it again.")
            )
        signed = SignedOpinion.objects.create(
            spot_check=check,
            attachment=opinion,
            signed_by=signed_by.strip(),
            at=at,
            by=by.membership,
        )
        told = check_notices.enterprise_of(check, on=by.on)
        check_notices.tell(
            "check_opinion_filed", check, told, by=by, at=at, text=signed.signed_by
        )
    return signed


def _require_own(check: SpotCheck, finding_id: int) -> None:
    if not check.findings.filter(pk=finding_id).exists():
        raise RefusedError(_("This finding is of another check: choose it again."))
