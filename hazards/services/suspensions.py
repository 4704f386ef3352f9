"""
Stops of a whole enterprise (停产停业): declared by it with evidence, ended by it,
confirmed or refused by its bureau; a wrong last day is corrected by either. Its duties
follow at once.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import EDITOR_ROLES, Acting, Enterprise, Role, User
from accounts.permissions import RefusedError
from accounts.queries.memberships import holders, receiving_bureau
from accounts.services import events, notices
from hazards import permissions
from hazards.models import Attachment, Suspension
from hazards.services.obligations import follow, hold


@dataclass(frozen=True)
class Stop:
    """
    What an enterprise declares of itself as a whole. Days are days in Asia/Shanghai,
    both included; no `to_on` = it still stands still.
    """

    from_on: dt.date
    to_on: dt.date | None
    reason: str
    evidence: Attachment


def declare(*, stop: Stop, by: Acting, at: dt.datetime) -> Suspension:
    """
    Declare that the whole enterprise has stopped. Its bureau and its principal are
    told.

    :raises NotPermittedError: if the person may not
    :raises RefusedError: if the days cannot be or are declared already, or the evidence
        is not the enterprise's
    """
    permissions.may_declare_suspension(by).require()
    enterprise = by.enterprise
    assert enterprise is not None  # noqa: S101 (editors are of an enterprise)
    _check(stop, enterprise=enterprise, on=by.on)
    try:
        with transaction.atomic():
            # Two at once would wait for each other's days in a circle.
            hold(enterprise.pk)
            Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise.pk)
            declared = Suspension.objects.create(
                enterprise=enterprise,
                from_on=stop.from_on,
                to_on=stop.to_on,
                reason=stop.reason.strip(),
                evidence=stop.evidence,
                declared_at=at,
                declared_by=by.membership,
            )
            _record("declare-suspension", declared, by=by, at=at, note=stop.reason)
            follow([enterprise.pk], at=at)
            _tell(
                "suspension_declared",
                declared,
                [*_office(declared, by=by), *_principal(declared, by=by)],
                by=by,
                at=at,
            )
    except IntegrityError as error:
        # Declared twice at once: the database refuses the second.
        if "suspension_is_declared_once_a_day" not in str(error):
            raise
        raise _overlap() from error
    return declared


def resume(
    *, suspension_id: int, to_on: dt.date, by: Acting, at: dt.datetime
) -> Suspension:
    """
    Say that the enterprise works again: `to_on` was the last day on which all stood
    still. The bureau is told.

    :raises NotPermittedError: if the person may not, or the end is on record
    :raises RefusedError: if the day cannot be
    """
    with transaction.atomic():
        stop = _locked(suspension_id)
        permissions.may_resume(by, stop).require()
        _check_end(stop, to_on, on=by.on)
        stop.to_on, stop.resumed_at, stop.resumed_by = to_on, at, by.membership
        stop.save(update_fields=["to_on", "resumed_at", "resumed_by"])
        _record("resume", stop, by=by, at=at)
        follow([stop.enterprise_id], at=at)
        people = [*_office(stop, by=by), *_principal(stop, by=by)]
        _tell("suspension_ended", stop, people, by=by, at=at)
    return stop


def correct_end(
    *, suspension_id: int, to_on: dt.date, reason: str, by: Acting, at: dt.datetime
) -> Suspension:
    """
    Correct the last day of a stop: the enterprise until the bureau has answered, the
    bureau once it has confirmed. The other side is told; the duties follow at once.

    :raises NotPermittedError: if the person may not
    :raises RefusedError: if there is no reason, or the day cannot be, is the one on
        record, or lies in another stop
    """
    if not reason.strip():
        raise RefusedError(_("Say why, so that the other side knows."))
    with transaction.atomic():
        stop = _locked(suspension_id)
        permissions.may_correct_end(by, stop).require()
        _check_end(stop, to_on, on=by.on)
        was = stop.to_on
        if to_on == was:
            raise RefusedError(_("This last day is on record already."))
        if _overlapping(stop.enterprise, stop.from_on, to_on, but=stop).exists():
            raise _overlap()
        stop.to_on, stop.end_corrected_at = to_on, at
        stop.end_corrected_by = by.membership
        stop.save(update_fields=["to_on", "end_corrected_at", "end_corrected_by"])
        was_on = was.isoformat() if was else None
        _record(
            "correct-suspension-end", stop, by=by, at=at, note=reason, was_on=was_on
        )
        follow([stop.enterprise_id], at=at)
        others = _team(stop, by=by) if by.bureau else _office(stop, by=by)
        people = [*others, *_principal(stop, by=by)]
        more = {"was_on": was_on, "note": reason.strip()}
        _tell("suspension_end_corrected", stop, people, by=by, at=at, **more)
    return stop


def answer(
    *, suspension_id: int, confirmed: bool, reason: str, by: Acting, at: dt.datetime
) -> Suspension:
    """
    Confirm or refuse a declared stop, with reasons. The enterprise is told.

    :raises NotPermittedError: if the person may not, or somebody answered meanwhile
    :raises RefusedError: if no reason is given
    """
    if not reason.strip():
        raise RefusedError(_("Say why, so that the enterprise knows."))
    with transaction.atomic():
        stop = _locked(suspension_id)
        permissions.may_answer_suspension(by, stop).require()
        stop.confirmed, stop.answer = confirmed, reason.strip()
        stop.answered_at, stop.answered_by = at, by.membership
        stop.save(update_fields=["confirmed", "answer", "answered_at", "answered_by"])
        action = "confirm-suspension" if confirmed else "refuse-suspension"
        _record(action, stop, by=by, at=at, note=stop.answer)
        follow([stop.enterprise_id], at=at)
        _tell("suspension_answered", stop, _team(stop, by=by), by=by, at=at)
    return stop


def _check(stop: Stop, *, enterprise: Enterprise, on: dt.date) -> None:
    """Refuse what cannot be, with the sentence that says what to do."""
    if stop.from_on < enterprise.established_on:
        raise RefusedError(
            _(
                "The stop cannot begin before the enterprise was founded "
                "(%(day)s): correct the day."
            )
            % {"day": enterprise.established_on.isoformat()}
        )
    if stop.from_on > on:
        raise RefusedError(
            _("The stop cannot begin after today: declare it once it has begun.")
        )
    if stop.to_on is not None and stop.to_on < stop.from_on:
        raise _end_before_start()
    if stop.to_on is not None and stop.to_on > on:
        raise RefusedError(
            _(
                "The last day has not come yet: leave it empty while the stop runs, "
                "and say so once you work again."
            )
        )
    if not stop.reason.strip():
        raise RefusedError(_("Say why everything stands still."))
    if stop.evidence.enterprise_id != enterprise.pk:
        raise RefusedError(_("The evidence is another enterprise's: choose it again."))
    if _overlapping(enterprise, stop.from_on, stop.to_on).exists():
        raise _overlap()


def _check_end(stop: Suspension, to_on: dt.date, *, on: dt.date) -> None:
    """Refuse a last day of a stop on record that cannot be."""
    if to_on < stop.from_on:
        raise _end_before_start()
    if to_on > on:
        raise RefusedError(_("This day has not come yet: say so once you work again."))


def _end_before_start() -> RefusedError:
    return RefusedError(_("The last day lies before the first: correct it."))


def _overlapping(
    enterprise: Enterprise,
    from_on: dt.date,
    to_on: dt.date | None,
    *,
    but: Suspension | None = None,
) -> QuerySet[Suspension]:
    """The enterprise's other stops, not refused, that share a day with these days."""
    others = Suspension.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=from_on), enterprise=enterprise
    ).exclude(confirmed=False)
    if but is not None:
        others = others.exclude(pk=but.pk)
    return others if to_on is None else others.filter(from_on__lte=to_on)


def _overlap() -> RefusedError:
    return RefusedError(
        _(
            "Some of these days are in a stop that you have declared already: see the "
            "list of stops, and declare only the other days."
        )
    )


def _locked(suspension_id: int) -> Suspension:
    # The duties first, as whoever declares or files does.
    hold(Suspension.objects.values_list("enterprise", flat=True).get(pk=suspension_id))
    # Who answered is read after the lock: joined, it would be as before the wait.
    return (
        Suspension.objects.select_for_update(of=("self",))
        .select_related("enterprise")
        .get(pk=suspension_id)
    )


def _record(
    action: str,
    stop: Suspension,
    *,
    by: Acting,
    at: dt.datetime,
    note: str = "",
    **more: str | None,
) -> None:
    events.record(
        action=action,
        subject=stop,
        by=by,
        at=at,
        enterprise=stop.enterprise,
        bureau=receiving_bureau(stop.enterprise, on=by.on),
        note=note.strip(),
        parameters={
            "from_on": stop.from_on.isoformat(),
            "to_on": stop.to_on.isoformat() if stop.to_on else None,
            "evidence": stop.evidence.sha256,
            **more,
        },
    )


def _office(stop: Suspension, *, by: Acting) -> list[User]:
    """The reviewers and the head of the bureau that receives from it."""
    bureau = receiving_bureau(stop.enterprise, on=by.on)
    if bureau is None:
        return []
    return holders(roles={Role.REVIEWER, Role.BUREAU_HEAD}, on=by.on, bureau=bureau)


def _principal(stop: Suspension, *, by: Acting) -> list[User]:
    return holders(roles={Role.PRINCIPAL}, on=by.on, enterprise=stop.enterprise)


def _team(stop: Suspension, *, by: Acting) -> list[User]:
    roles = {*EDITOR_ROLES, Role.PRINCIPAL}
    return holders(roles=roles, on=by.on, enterprise=stop.enterprise)


def _tell(
    kind: str,
    stop: Suspension,
    people: list[User],
    *,
    by: Acting,
    at: dt.datetime,
    **more: str | None,
) -> None:
    notices.tell(
        kind=kind,
        cause=f"suspension {stop.pk} {at.isoformat()}",
        recipients=people,
        at=at,
        enterprise=stop.enterprise,
        path=reverse("suspension", args=[stop.public_id]),
        parameters={
            "enterprise": stop.enterprise.name,
            "from_on": stop.from_on.isoformat(),
            "to_on": stop.to_on.isoformat() if stop.to_on else "",
            "reason": stop.reason,
            "confirmed": stop.confirmed,
            "answer": stop.answer,
            "bureau": by.bureau.name if by.bureau else "",
            **more,
        },
    )
