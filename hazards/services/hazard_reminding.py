"""
Reminding about hazards: the steps whose time has come are taken, some hazards at a time
by a few statements; what is settled before anybody was told is dropped.
"""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet

from hazards.models import ClockFault, MajorHazard, Reminder, ReminderLine, Scan
from hazards.queries.hazard_matters import matters_of
from hazards.rules import reminders
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.hazard_reminders import Come, come, following, matter_of
from hazards.services import unreachable
from hazards.services.audiences import audience
from hazards.services.clock import Bureaus, Done
from hazards.services.poison import Keys, Step, past_faults

HAZARDS_AT_ONCE = 1000
"""Hazards whose steps are taken in one transaction."""

_STEP = "remind-hazards"


def count_late(*, before: dt.datetime, limit: int) -> int:
    """Count the hazards with a step of before the instant, up to the limit."""
    return MajorHazard.objects.filter(remind_at__lt=before)[:limit].count()


def remind(
    *, at: dt.datetime, park_in: int | None = None, bureaus: Bureaus = None
) -> Done:
    """
    Take the steps whose time has come; of several about one matter only the latest.

    :param park_in: the run in which late steps are kept for an operator to decide
    """
    done, after = Done(), 0
    while some := _due(at=at, bureaus=bureaus, after=after):

        def take(only: Keys, some: list[int] = some) -> Done:
            rows = MajorHazard.objects.filter(pk__in=some)
            if only is not None:
                rows = rows.filter(enterprise__in=only)
            return _take(rows, park_in=park_in, at=at)

        def concerned(some: list[int] = some) -> list[int]:
            rows = MajorHazard.objects.filter(pk__in=some)
            return list(rows.values_list("enterprise_id", flat=True).distinct())

        for part in past_faults(Step(_STEP, at), take, concerned=concerned):
            done += part
        after = some[-1]
    return done


def drop_settled(people: Sequence[int], *, at: dt.datetime) -> None:
    """
    Drop the lines of these people that wait and no longer stand: what it was about is
    settled, its day has moved, or a step of another kind about it has overtaken it.
    """
    lines = ReminderLine.objects.filter(
        recipient__in=people,
        notice__isnull=True,
        parked_in__isnull=True,
        dropped_at__isnull=True,
        reminder__hazard__isnull=False,
    )
    told_of = Reminder.objects.filter(pk__in=lines.values("reminder"))
    gone = gone_among(list(told_of.select_related("hazard")), overtaken=True)
    if gone:
        lines.filter(reminder__in=gone).update(dropped_at=at)


def gone_among(about: Sequence[Reminder], *, overtaken: bool = False) -> set[int]:
    """
    Return which of these reminders about hazards stand no longer.

    :param overtaken: whether also those that a later step of another kind overtook
    """
    hazards = {each.hazard_id: each.hazard for each in about if each.hazard}
    matters = matters_of(list(hazards.values()))
    gone = {
        each.pk
        for each in about
        if matters[each.hazard_id or 0].get(matter_of(each.kind)) != each.from_on
    }
    if overtaken:
        later = list(Reminder.objects.filter(hazard__in=hazards))
        gone |= {
            each.pk for each in about if any(_overtakes(other, each) for other in later)
        }
    return gone


def _overtakes(other: Reminder, each: Reminder) -> bool:
    return (
        other.hazard_id == each.hazard_id
        and other.kind != each.kind
        and matter_of(other.kind) == matter_of(each.kind)
        and other.from_on == each.from_on
        and other.step_on > each.step_on
    )


def _due(*, at: dt.datetime, bureaus: Bureaus, after: int) -> list[int]:
    """The next hazards with a step whose time has come, by their keys."""
    kept_out = ClockFault.objects.filter(step=_STEP, next_try_at__gt=at)
    rows = MajorHazard.objects.filter(remind_at__lte=at, pk__gt=after).exclude(
        enterprise__in=kept_out.values("enterprise")
    )
    if bureaus is not None:
        rows = rows.filter(bureau__in=bureaus)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:HAZARDS_AT_ONCE])


def _take(rows: QuerySet[MajorHazard], *, park_in: int | None, at: dt.datetime) -> Done:
    # In the order of their keys, as whoever files locks them; asked again under the
    # lock, as another run may have come to them.
    hazards = list(
        rows.filter(remind_at__lte=at).select_for_update(no_key=True).order_by("pk")
    )
    matters = matters_of(hazards)
    taken = []
    for hazard in hazards:
        assert hazard.remind_at is not None  # noqa: S101 (asked for above)
        found = come(matters[hazard.pk], since=hazard.remind_at, at=at)
        taken += [_row(hazard.pk, each, at=at) for each in found]
        hazard.remind_at = following(matters[hazard.pk], at=at)
    MajorHazard.objects.bulk_update(hazards, ["remind_at"])
    if not taken:
        return Done()
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE,
            {
                "come": json.dumps(taken, default=str),
                "at": at,
                "today": at.astimezone(SHANGHAI).date(),
                "park_in": park_in,
            },
        )
        count, parked, unreached = cursor.fetchone() or (0, 0, [])
    if parked and park_in is not None:
        # At once: cut short after this, the run must still be found and decided on.
        Scan.objects.filter(pk=park_in).update(parked=F("parked") + parked)
    raised = unreachable.raise_flags(unreached, at=at)
    return Done(reminders=count, parked=parked, flags_raised=raised)


def _row(hazard: int, each: Come, *, at: dt.datetime) -> dict[str, Any]:
    """A step as the statement takes it."""
    step = each.step
    own, above = audience(step.audience)
    return {
        "hazard_id": hazard,
        "kind": step.kind,
        "step": step.ordinal,
        "step_on": step.on,
        "from_on": each.from_on,
        "final": step.final,
        "muted_as": reminders.muted_as(step.kind),
        "late": step.at < at - reminders.LATE,
        "own": own,
        "above": above,
    }


_TAKE = f"""
    WITH come AS (
        SELECT * FROM jsonb_to_recordset(%(come)s::jsonb) AS come(
            hazard_id bigint, kind text, step smallint, step_on date, from_on date,
            final boolean, muted_as text[], late boolean, own text[], above text[]
        )
    ), taken AS (
        INSERT INTO hazards_reminder (hazard_id, kind, from_on, step, step_on, at)
        SELECT hazard_id, kind, from_on, step, step_on, %(at)s FROM come
        ON CONFLICT (hazard_id, kind, from_on, step) WHERE hazard_id IS NOT NULL
            DO NOTHING
        RETURNING id, hazard_id, kind
    ), about AS (
        SELECT taken.id, come.final, come.muted_as, come.late, come.own, come.above,
            hazard.enterprise_id, hazard.bureau_id
        FROM taken JOIN come USING (hazard_id, kind)
        JOIN hazards_majorhazard hazard ON hazard.id = taken.hazard_id
    ), people AS (
        SELECT about.id, about.final, about.muted_as, about.late, member.user_id
        FROM about JOIN accounts_membership member
            ON member.enterprise_id = about.enterprise_id
            AND member.role = ANY(about.own)
        WHERE member.starts_on <= %(today)s
            AND (member.ends_on IS NULL OR member.ends_on >= %(today)s)
        UNION
        SELECT about.id, about.final, about.muted_as, about.late, member.user_id
        FROM about JOIN accounts_membership member
            ON member.bureau_id = about.bureau_id
            AND member.role = ANY(about.above)
        WHERE member.starts_on <= %(today)s
            AND (member.ends_on IS NULL OR member.ends_on >= %(today)s)
    ), lines AS (
        INSERT INTO hazards_reminderline (reminder_id, recipient_id, parked_in_id, text)
        SELECT people.id, people.user_id,
            CASE WHEN people.late THEN %(park_in)s::bigint END, ''
        FROM people JOIN accounts_user person ON person.id = people.user_id
        WHERE person.is_active AND (people.final OR NOT EXISTS (
            SELECT FROM accounts_mute mute
            WHERE mute.user_id = person.id AND mute.kind = ANY(people.muted_as)
        ))
        ON CONFLICT (reminder_id, recipient_id) DO NOTHING
        RETURNING parked_in_id
    )
    SELECT (SELECT count(*) FROM taken),
        (SELECT count(*) FROM lines WHERE parked_in_id IS NOT NULL),
        ARRAY(
            SELECT DISTINCT about.enterprise_id FROM about
            WHERE about.own <> '{{}}' AND NOT {unreachable.reachable("about")}
        )
"""  # noqa: S608 (our own words)
