"""
The one place where a major hazard's state, and what stands beside it, is written: by
its acts, and by the receipts of what is reported of it.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Acting, Bureau, Membership
from accounts.permissions import RefusedError
from accounts.services import events
from hazards.models import (
    ON_THE_BOOKS,
    Attachment,
    HazardAct,
    HazardActFile,
    HazardActKind,
    HazardState,
    HazardStatement,
    MajorHazard,
    Moment,
    ReportVersion,
)
from hazards.permissions.lives import may_act
from hazards.queries.hazard_matters import matters_of
from hazards.rules.hazard_reminders import following
from hazards.rules.lives import plan_is_complete
from hazards.workflow import HAZARD_TRANSITIONS

LIFE = (
    "state",
    "bureau",
    "planned_at",
    "due_on",
    "is_ordered",
    "stop_ordered",
    "listed",
    "extension_asked_at",
    "accepted_at",
    "recheck_due_on",
    "closed_at",
    "remind_at",
)
"""
The columns of a hazard that only this module saves; the clock moves `remind_at` on.
"""


@dataclass(frozen=True)
class Evidence:
    """A photo or document that comes with an act."""

    attachment: Attachment
    moment: Moment = Moment.DOCUMENT


@dataclass(frozen=True)
class Doing:
    """
    What every act says: words, the day it states (Asia/Shanghai), evidence, the key of
    its form (sent twice, it is one act) and when a device says it was typed.
    """

    text: str = ""
    on: dt.date | None = None
    evidence: Sequence[Evidence] = ()
    key: uuid.UUID | None = None
    typed_at: dt.datetime | None = None

    def require_words(self, refusal: str) -> None:
        """
        Require that something is said.

        :raises RefusedError: with the sentence given, if nothing is
        """
        if not self.text.strip():
            raise RefusedError(refusal)


@dataclass(frozen=True)
class Living:
    """The locked hazard and the act; `is_repeated` = this very act was done before."""

    hazard: MajorHazard
    act: HazardAct
    is_repeated: bool = False


@contextmanager
def living(
    hazard_id: int,
    kind: HazardActKind,
    *,
    doing: Doing,
    by: Acting,
    at: dt.datetime,
) -> Iterator[Living]:
    """
    Lock the hazard, check the act, write it, let the caller add what acts of its kind
    say and set the hazard's columns, then save. A caller does nothing where the act
    `is_repeated`.

    :raises NotPermittedError: if the person may not do this about the hazard now
    :raises RefusedError: if the key belongs to another act
    """
    with transaction.atomic():
        hazard = MajorHazard.objects.select_for_update().get(pk=hazard_id)
        done = HazardAct.objects.filter(key=doing.key).first() if doing.key else None
        if done is not None:
            if (done.hazard_id, done.kind) != (hazard_id, kind):
                raise RefusedError(_("This form was used already: open it again."))
            yield Living(hazard, done, is_repeated=True)
            return
        may_act(by, kind, hazard).require()
        act = _write(hazard, kind, doing=doing, by=by.membership, at=at)
        yield Living(hazard, act)
        _reckon_reminders([hazard], at=at)
        hazard.save(update_fields=LIFE)
        events.record(
            action=f"hazard-{kind.value}",
            subject=hazard,
            by=by,
            at=at,
            enterprise=hazard.enterprise,
            bureau=hazard.bureau,
            note=doing.text,
            parameters={"hazard": hazard.number, "state": hazard.state},
        )


def _write(
    hazard: MajorHazard,
    kind: HazardActKind,
    *,
    doing: Doing,
    by: Membership,
    at: dt.datetime,
) -> HazardAct:
    """Write the act and move the hazard in hand; the caller saves it."""
    before = HazardState(hazard.state)
    hazard.state = HAZARD_TRANSITIONS[kind].moves[before]
    act = HazardAct.objects.create(
        key=doing.key or uuid.uuid4(),
        hazard=hazard,
        kind=kind,
        at=at,
        by=by,
        text=doing.text,
        on=doing.on,
        from_state=before,
        to_state=hazard.state,
        typed_at=doing.typed_at,
    )
    for each in doing.evidence:
        if each.attachment.enterprise_id != hazard.enterprise_id:
            raise RefusedError(_("The file is another enterprise's: choose it again."))
    HazardActFile.objects.bulk_create(
        HazardActFile(act=act, attachment=each.attachment, moment=each.moment)
        for each in doing.evidence
    )
    return act


def go_on(life: Living, *, doing: Doing, by: Acting, at: dt.datetime) -> None:
    """
    Take a hazard that the act put on record again on to where its receipts had brought
    it before: reported, planned. Each move has its act; no time of a receipt moves.
    """
    hazard = life.hazard
    receipts = (
        (HazardActKind.REPORT, hazard.first_reported_at),
        (HazardActKind.RECEIVE_PLAN, hazard.planned_at),
    )
    for kind, received_at in receipts:
        if received_at is not None:
            # The database looks at each move by itself.
            hazard.save(update_fields=LIFE)
            _write(hazard, kind, doing=doing, by=by.membership, at=at)


def put_on_record(hazard: MajorHazard, *, by: Acting, at: dt.datetime) -> None:
    """Move a hazard that its caller has locked and registered; the caller saves it."""
    _write(hazard, HazardActKind.REGISTER, doing=Doing(), by=by.membership, at=at)


def take_receipt(
    version: ReportVersion,
    *,
    bureau: Bureau,
    received: dt.datetime,
    by: Membership,
    at: dt.datetime,
) -> None:
    """
    Let the hazards that a version names take its receipt: their first report, the
    bureau that holds them, and the first complete plan with its deadline. Leaving a
    hazard out later, or naming it again, moves none of these.
    """
    stated = {row.hazard_id: row for row in version.stated.all()}
    if not stated:
        return
    hazards = list(
        MajorHazard.objects.select_for_update().filter(pk__in=stated).order_by("pk")
    )
    for hazard in hazards:
        if hazard.first_reported_at is None:
            hazard.first_reported_at, hazard.first_reported_to = received, bureau
        if hazard.state in ON_THE_BOOKS:
            hazard.bureau = bureau
    reported = [one for one in hazards if one.state == HazardState.REGISTERED]
    _move(reported, HazardActKind.REPORT, by=by, at=at)
    first = ("first_reported_at", "first_reported_to")
    MajorHazard.objects.bulk_update(hazards, [*first, "bureau", "state"])
    planned = [one for one in hazards if _is_planned_by(one, stated[one.pk])]
    for hazard in planned:
        hazard.planned_at = received
        # A day that the bureau ordered stands.
        hazard.due_on = hazard.due_on or stated[hazard.pk].due_on
    _move(planned, HazardActKind.RECEIVE_PLAN, by=by, at=at)
    _reckon_reminders(hazards, at=at)
    moved = ["planned_at", "due_on", "state", "remind_at"]
    MajorHazard.objects.bulk_update(hazards, moved)


def remind_anew(hazards: Collection[int], *, at: dt.datetime) -> None:
    """Set when these are reminded of next, where that was found wrong."""
    rows = list(
        MajorHazard.objects.select_for_update().filter(pk__in=hazards).order_by("pk")
    )
    _reckon_reminders(rows, at=at)
    MajorHazard.objects.bulk_update(rows, ["remind_at"])


def _reckon_reminders(hazards: Sequence[MajorHazard], *, at: dt.datetime) -> None:
    """Set when each is reminded of next; the caller saves it."""
    matters = matters_of(hazards)
    for hazard in hazards:
        hazard.remind_at = following(
            matters[hazard.pk], at=at, waiting_since=hazard.remind_at
        )


def _is_planned_by(hazard: MajorHazard, stated: HazardStatement) -> bool:
    return hazard.state == HazardState.REPORTED and plan_is_complete(
        stated.plan_elements(), stated.due_on
    )


def _move(
    hazards: Iterable[MajorHazard],
    kind: HazardActKind,
    *,
    by: Membership,
    at: dt.datetime,
) -> None:
    """Write the same act of each and move them in hand; the caller saves them."""
    acts = []
    for hazard in hazards:
        before = HazardState(hazard.state)
        hazard.state = HAZARD_TRANSITIONS[kind].moves[before]
        acts.append(
            HazardAct(
                hazard=hazard,
                kind=kind,
                at=at,
                by=by,
                from_state=before,
                to_state=hazard.state,
            )
        )
    HazardAct.objects.bulk_create(acts)


def hand_on(report_id: int, *, sender: Bureau, to: Bureau) -> None:
    """Let hazards on the books that a transferred report names go with it."""
    MajorHazard.objects.filter(
        statements__version__report=report_id, bureau=sender, state__in=ON_THE_BOOKS
    ).update(bureau=to)
