"""
Spot checks: planned, answered by the bureau's head, announced or not, begun on arrival,
ended. The one place where the state of a check is set; every instant is the server's.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Acting, Enterprise
from accounts.permissions import RefusedError
from accounts.services import events
from hazards.models import SpotCheck, SpotCheckOfficer
from hazards.permissions.spot_checks import may_check, may_plan
from hazards.queries.check_counts import counts_before
from hazards.services import check_notices
from hazards.services.check_plans import (
    CheckPlan,
    name_assistants,
    officers_of,
    require_sound,
    require_two_today,
)
from hazards.services.numbers import check_number
from hazards.workflow import SPOT_CHECK_TRANSITIONS, CheckAction


class CountsChangedError(RefusedError):
    """Since the page was shown, this year's counts have changed."""


def digest_of(counts: Mapping[str, Any]) -> str:
    """A digest of counts as shown, for the form that begins the check."""
    written = json.dumps(counts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def plan(
    *, enterprise_id: int, plan: CheckPlan, by: Acting, at: dt.datetime
) -> SpotCheck:
    """
    Plan a spot check. The bureau's head is told and answers; the enterprise is not.

    :raises NotPermittedError: if the person may not
    :raises RefusedError: if the plan cannot be
    """
    enterprise = Enterprise.objects.get(pk=enterprise_id)
    may_plan(by, enterprise).require()
    require_sound(plan, enterprise=enterprise, by=by)
    bureau = by.bureau
    assert bureau is not None  # noqa: S101 (planners are of a bureau)
    with transaction.atomic():
        officers = officers_of(plan, enterprise=enterprise, by=by)
        check = SpotCheck.objects.create(
            number=check_number(at),
            enterprise=enterprise,
            bureau=bureau,
            joint_bureau_id=plan.joint_bureau_id,
            site_id=plan.site_id,
            kind=plan.kind,
            matters=list(plan.matters),
            purpose=plan.purpose.strip(),
            plan_reference=plan.plan_reference.strip(),
            planned_on=plan.planned_on,
            planned_at=at,
            planned_by=by.membership,
        )
        SpotCheckOfficer.objects.bulk_create(
            SpotCheckOfficer(
                spot_check=check,
                membership=officer,
                certificate_number=officer.certificate_number,
            )
            for officer in officers
        )
        name_assistants(check, plan)
        record("plan-check", check, by=by, at=at)
        heads = check_notices.heads_of(check, on=by.on)
        check_notices.tell("check_planned", check, heads, by=by, at=at)
    return check


def approve(
    *, check_id: int, answer: str = "", by: Acting, at: dt.datetime
) -> SpotCheck:
    """
    Approve a plan (item 6). Its officers and the head of the joining bureau are told.

    :raises NotPermittedError: if the person may not, or planned it
    """
    with doing(check_id, CheckAction.APPROVE, by=by, at=at, note=answer) as check:
        _answer(check, answer, by=by, at=at)
        people = [
            *check_notices.officers_of(check),
            *check_notices.heads_of_joining(check, on=by.on),
        ]
        check_notices.tell(
            "check_answered", check, people, by=by, at=at, approved=True, text=answer
        )
    return check


def refuse(*, check_id: int, answer: str, by: Acting, at: dt.datetime) -> SpotCheck:
    """
    Refuse a plan, with the reason. Its officers are told.

    :raises NotPermittedError: if the person may not, or planned it
    :raises RefusedError: if no reason is given
    """
    _require(answer, _("Say why, so that the officers know."))
    with doing(check_id, CheckAction.REFUSE, by=by, at=at, note=answer) as check:
        _answer(check, answer, by=by, at=at)
        people = check_notices.officers_of(check)
        check_notices.tell(
            "check_answered", check, people, by=by, at=at, approved=False, text=answer
        )
    return check


def withdraw(*, check_id: int, reason: str, by: Acting, at: dt.datetime) -> SpotCheck:
    """
    Give a spot check up before it begins. Whoever was told of it is told.

    :raises NotPermittedError: if the person may not
    :raises RefusedError: if no reason is given
    """
    _require(reason, _("Say why it is given up."))
    with doing(check_id, CheckAction.WITHDRAW, by=by, at=at, note=reason) as check:
        check.withdrawn_at, check.withdrawn_by = at, by.membership
        people = [
            *check_notices.officers_of(check),
            *check_notices.heads_of(check, on=by.on),
            *check_notices.heads_of_joining(check, on=by.on),
        ]
        said = reason.strip()
        check_notices.tell("check_withdrawn", check, people, by=by, at=at, text=said)
        if check.notified_at is not None:
            told = check_notices.enterprise_of(check, on=by.on)
            check_notices.tell("check_called_off", check, told, by=by, at=at)
    return check


def announce(*, check_id: int, notice: str, by: Acting, at: dt.datetime) -> SpotCheck:
    """
    Tell the enterprise beforehand (告知), in these words; it sees the check from then.

    :raises NotPermittedError: if the person may not, or it was told already
    :raises RefusedError: if nothing is said
    """
    _require(notice, _("Write what the enterprise has to know and to prepare."))
    with doing(check_id, CheckAction.ANNOUNCE, by=by, at=at, note=notice) as check:
        check.notified_at, check.notified_by = at, by.membership
        check.notice = notice.strip()
        told = check_notices.enterprise_of(check, on=by.on)
        check_notices.tell(
            "check_announced", check, told, by=by, at=at, text=check.notice
        )
    return check


def start(
    *,
    check_id: int,
    shown: str,
    reason_to_go_on: str = "",
    by: Acting,
    at: dt.datetime,
) -> SpotCheck:
    """
    Arrive: the check begins now. What was shown of this year's checks is stored with
    it. The enterprise is told and sees the check.

    :param shown: `digest_of` the counts that the page showed
    :raises NotPermittedError: if the person is none of its officers
    :raises CountsChangedError: if the counts are others than those shown
    :raises RefusedError: if the page warned and no reason is given, or fewer than two
        of its officers hold their office today
    """
    with doing(check_id, CheckAction.START, by=by, at=at, note=reason_to_go_on) as it:
        require_two_today(it, on=by.on)
        # Of two bureaus that arrive at once the second counts the first.
        Enterprise.objects.select_for_update(no_key=True).get(pk=it.enterprise_id)
        counts = counts_before(it, on=by.on)
        if digest_of(counts) != shown:
            raise CountsChangedError(
                _(
                    "This year’s checks have changed since the page was shown: read "
                    "them again, then begin."
                )
            )
        if counts["warnings"]:
            _require(
                reason_to_go_on,
                _("The rules advise against this check: say why it goes on."),
            )
        it.started_at, it.started_by, it.counts = at, by.membership, counts
        it.reason_to_go_on = reason_to_go_on.strip() if counts["warnings"] else ""
        told = check_notices.enterprise_of(it, on=by.on)
        check_notices.tell("check_started", it, told, by=by, at=at)
    return it


def end(*, check_id: int, summary: str, by: Acting, at: dt.datetime) -> SpotCheck:
    """
    Leave: the check ends, with what came of it. The enterprise is told.

    :raises NotPermittedError: if the person is none of its officers
    :raises RefusedError: if nothing is said
    """
    _require(summary, _("Say what came of the check."))
    with doing(check_id, CheckAction.END, by=by, at=at, note=summary) as check:
        check.ended_at, check.ended_by = at, by.membership
        check.summary = summary.strip()
        told = check_notices.enterprise_of(check, on=by.on)
        check_notices.tell("check_ended", check, told, by=by, at=at, text=check.summary)
    return check


@contextmanager
def doing(
    check_id: int,
    action: CheckAction,
    *,
    by: Acting,
    at: dt.datetime,
    note: str = "",
) -> Iterator[SpotCheck]:
    """
    Lock the check, decide, let the caller fill in what is new, save and record it.

    :raises NotPermittedError: if the person may not do this to the check now
    """
    with transaction.atomic():
        check = locked(check_id)
        may_check(by, action, check).require()
        target = SPOT_CHECK_TRANSITIONS[action].target
        if target is not None:
            check.state = target
        yield check
        check.save()
        record(f"{action.value}-check", check, by=by, at=at, note=note)


def locked(check_id: int) -> SpotCheck:
    """The check with its people, locked: two who act at once act one by one."""
    return (
        SpotCheck.objects.select_for_update(of=("self",))
        .select_related("enterprise", "bureau", "joint_bureau", "planned_by__user")
        .prefetch_related("officers__membership__user")
        .get(pk=check_id)
    )


def record(
    action: str, check: SpotCheck, *, by: Acting, at: dt.datetime, note: str = ""
) -> None:
    """Write down the act; on the enterprise's pages only what it may know."""
    known = check_notices.is_known_to_the_enterprise(check)
    events.record(
        action=action,
        subject=check,
        by=by,
        at=at,
        enterprise=check.enterprise if known else None,
        bureau=check.bureau,
        note=note.strip(),
        parameters={"check": check.number},
    )


def _answer(check: SpotCheck, answer: str, *, by: Acting, at: dt.datetime) -> None:
    check.answered_at, check.answered_by = at, by.membership
    check.answer = answer.strip()


def _require(words: str, otherwise: str) -> None:
    if not words.strip():
        raise RefusedError(otherwise)
