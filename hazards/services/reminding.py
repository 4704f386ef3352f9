"""
Reminding of duties, set-based: a step is taken once for a duty, and each person it
concerns gets a line, until a digest takes it (hazards/services/digests.py).
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F

from hazards.models import OWED, Scan
from hazards.rules import reminders
from hazards.rules.deadlines import SHANGHAI
from hazards.services import hazard_reminding, unreachable
from hazards.services.audiences import audience
from hazards.services.clock import Bureaus, Done, Period, each_period


def late_steps(*, at: dt.datetime) -> int:
    """Count the steps not on schedule that wait, up to one more than a run may send."""
    before, limit = at - reminders.LATE, settings.LATE_REMINDERS_A_RUN + 1
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_LATE, [before, limit])
        row = cursor.fetchone()
    duties = row[0] if row else 0
    return duties + hazard_reminding.count_late(before=before, limit=limit)


def remind(
    *, at: dt.datetime, park_in: int | None = None, bureaus: Bureaus = None
) -> Done:
    """
    Take the steps whose time has come; of several for one duty only the latest.

    :param park_in: the run in which late steps are kept for an operator to decide
    """

    def take(period: Period, values: dict[str, Any], where: str) -> Done:
        return _take(period, {**values, "park_in": park_in}, where, at=at)

    return each_period("remind", "o.remind_at <= %(at)s", take, at=at, bureaus=bureaus)


def _take(
    period: Period, values: dict[str, Any], where: str, *, at: dt.datetime
) -> Done:
    steps = reminders.steps(
        period.kind,
        year=period.year,
        due_on=period.due_at.astimezone(SHANGHAI).date(),
    )
    step, coming = reminders.current(steps, at), reminders.following(steps, at)
    own, above = audience(step.audience if step else ())
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE.format(where=where, reachable=unreachable.reachable("duty")),
            {
                **values,
                "next": coming.at if coming else None,
                "taken": step is not None,
                "name": step.kind if step else "",
                "ordinal": step.ordinal if step else 0,
                "step_on": step.on if step else None,
                "final": step.final if step else True,
                "muted_as": list(reminders.muted_as(step.kind)) if step else [],
                "late": step is not None and step.at < at - reminders.LATE,
                "owed": OWED,
                "own": own,
                "above": above,
                "today": at.astimezone(SHANGHAI).date(),
            },
        )
        taken, parked, unreached = cursor.fetchone() or (0, 0, [])
    if parked:
        # At once: cut short after this, the run must still be found and decided on.
        Scan.objects.filter(pk=values["park_in"]).update(parked=F("parked") + parked)
    raised = unreachable.raise_flags(unreached, at=at)
    return Done(reminders=taken, parked=parked, flags_raised=raised)


_COUNT_LATE = """
    SELECT count(*) FROM (
        SELECT 1 FROM hazards_obligation WHERE remind_at < %s LIMIT %s
    ) late
"""

# Each join goes by an index of a table: of a list within the statement PostgreSQL does
# not know how long it is, and may compare each of its rows with each of another.
_TAKE = """
    WITH come AS (
        UPDATE hazards_obligation o SET remind_at = %(next)s WHERE {where}
        RETURNING o.id, o.outlook
    ), taken AS (
        INSERT INTO hazards_reminder (obligation_id, kind, step, step_on, at)
        SELECT id, %(name)s, %(ordinal)s, %(step_on)s, %(at)s FROM come
        WHERE %(taken)s AND outlook = ANY(%(owed)s)
        ON CONFLICT (obligation_id, kind, step) DO NOTHING
        RETURNING id, obligation_id
    ), people AS (
        SELECT taken.id AS reminder_id, member.user_id FROM taken
        JOIN hazards_obligation duty ON duty.id = taken.obligation_id
        JOIN accounts_membership member ON member.enterprise_id = duty.enterprise_id
            AND member.role = ANY(%(own)s)
        WHERE member.starts_on <= %(today)s
            AND (member.ends_on IS NULL OR member.ends_on >= %(today)s)
        UNION
        SELECT taken.id, member.user_id FROM taken
        JOIN hazards_obligation duty ON duty.id = taken.obligation_id
        JOIN accounts_membership member ON member.bureau_id = duty.bureau_id
            AND member.role = ANY(%(above)s)
        WHERE member.starts_on <= %(today)s
            AND (member.ends_on IS NULL OR member.ends_on >= %(today)s)
    ), lines AS (
        INSERT INTO hazards_reminderline (reminder_id, recipient_id, parked_in_id, text)
        SELECT people.reminder_id, people.user_id,
            CASE WHEN %(late)s THEN %(park_in)s::bigint END, ''
        FROM people JOIN accounts_user person ON person.id = people.user_id
        WHERE person.is_active AND (%(final)s OR NOT EXISTS (
            SELECT FROM accounts_mute mute
            WHERE mute.user_id = person.id AND mute.kind = ANY(%(muted_as)s)
        ))
        ON CONFLICT (reminder_id, recipient_id) DO NOTHING
        RETURNING parked_in_id
    )
    SELECT (SELECT count(*) FROM taken),
        (SELECT count(*) FROM lines WHERE parked_in_id IS NOT NULL),
        ARRAY(
            SELECT DISTINCT duty.enterprise_id FROM taken
            JOIN hazards_obligation duty ON duty.id = taken.obligation_id
            WHERE NOT {reachable}
        )
"""
