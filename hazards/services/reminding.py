"""
Reminding, set-based: a step is taken once for a duty, each person it concerns gets a
line, and once a day a person's lines become one notice, the digest.
"""

import datetime as dt
import json
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.urls import reverse

from accounts.models import EDITOR_ROLES, Role
from accounts.services import notices
from hazards.models import OWED, Scan
from hazards.queries.reminder_words import words
from hazards.rules import reminders
from hazards.rules.deadlines import SHANGHAI
from hazards.services import unreachable
from hazards.services.clock import Bureaus, Done, Period, each_period
from hazards.services.poison import Keys, Step, left_in, past_faults

LATE = dt.timedelta(days=2)
"""A step whose time is longer past was not on schedule: an import, an outage."""

PEOPLE_AT_ONCE = 2000
"""People whose digests are written in one transaction."""

_AUDIENCES = {
    "team": sorted(EDITOR_ROLES),
    "principal": [Role.PRINCIPAL],
    "bureau": [Role.REVIEWER, Role.BUREAU_HEAD],
}


def late_steps(*, at: dt.datetime) -> int:
    """Count the steps not on schedule that wait, up to one more than a run may send."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_LATE, [at - LATE, settings.LATE_REMINDERS_A_RUN + 1])
        row = cursor.fetchone()
    return row[0] if row else 0


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


def write_digests(*, at: dt.datetime, bureaus: Bureaus = None) -> Done:
    """
    Turn the lines that wait into one notice for each person who has none of today; what
    is done by now, or overtaken by a later kind, is dropped. Lines of later the same
    day wait for tomorrow.

    Some people at a time, each time in a transaction of their own: so much is held in
    memory, and so much is done again where a run is cut short.
    """
    values = {
        "at": at,
        "day": at.astimezone(SHANGHAI).date(),
        "words": json.dumps(words()),
        "path": reverse("desk"),
        "owed": OWED,
        "bureaus": list(bureaus) if bureaus is not None else None,
        "step": _DIGESTS,
        "count": PEOPLE_AT_ONCE,
    }
    written, after = 0, 0
    while people := _keys(_READERS, {**values, "after": after}):

        def write(only: Keys, people: list[int] = people) -> int:
            return _write(only or people, values, at=at)

        step = Step(_DIGESTS, at, by="person")
        written += sum(past_faults(step, write, concerned=people.copy))
        after = people[-1]
    return Done(notices=written)


def _write(people: list[int], values: dict[str, Any], *, at: dt.datetime) -> int:
    """Write the digests of these people and their deliveries."""
    with connection.cursor() as cursor:
        cursor.execute(_DROP_DONE, {**values, "people": people})
    # By their keys, so that the statement is planned for as many as there are.
    lines = _keys(_LINES, {"people": people})
    written = _keys(_DIGEST, {**values, "lines": lines})
    # In the same transaction: a digest without a way out would never leave.
    notices.open_deliveries(written, at=at)
    return len(written)


def _keys(statement: str, values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [pk for (pk,) in cursor.fetchall()]


def _take(
    period: Period, values: dict[str, Any], where: str, *, at: dt.datetime
) -> Done:
    steps = reminders.steps(
        period.kind,
        year=period.year,
        due_on=period.due_at.astimezone(SHANGHAI).date(),
    )
    step, coming = reminders.current(steps, at), reminders.following(steps, at)
    roles = step.audience if step else frozenset()
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
                "late": step is not None and step.at < at - LATE,
                "owed": OWED,
                "own": [role for who in roles - {"bureau"} for role in _AUDIENCES[who]],
                "above": _AUDIENCES["bureau"] if "bureau" in roles else [],
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

_DIGESTS = "digest"

_WAITING = """
    line.notice_id IS NULL AND line.parked_in_id IS NULL AND line.dropped_at IS NULL
"""

_READERS = f"""
    SELECT DISTINCT line.recipient_id FROM hazards_reminderline line
    WHERE {_WAITING} AND line.recipient_id > %(after)s
        AND {left_in("line.recipient_id", by="person")}
        AND NOT EXISTS (
            -- Of today, or of a later day where the clock was set back.
            SELECT FROM accounts_notice known
            WHERE known.recipient_id = line.recipient_id AND known.kind = 'digest'
                AND known.at >= %(day)s::date::timestamp AT TIME ZONE 'Asia/Shanghai'
        )
        AND (%(bureaus)s::bigint[] IS NULL OR EXISTS (
            SELECT FROM hazards_reminder reminder
            JOIN hazards_obligation duty ON duty.id = reminder.obligation_id
            WHERE reminder.id = line.reminder_id
                AND duty.bureau_id = ANY(%(bureaus)s::bigint[])
        ))
    ORDER BY line.recipient_id LIMIT %(count)s
"""  # noqa: S608 (our own words)

# Also what a step of another kind has overtaken: nobody is told in how many days
# something is due of which the same message says that it was.
_DROP_DONE = f"""
    UPDATE hazards_reminderline line SET dropped_at = %(at)s
    FROM hazards_reminder reminder
    JOIN hazards_obligation duty ON duty.id = reminder.obligation_id
    WHERE reminder.id = line.reminder_id AND line.recipient_id = ANY(%(people)s)
        AND {_WAITING} AND (duty.outlook <> ALL(%(owed)s) OR EXISTS (
            SELECT FROM hazards_reminder later
            WHERE later.obligation_id = reminder.obligation_id
                AND later.kind <> reminder.kind AND later.step_on > reminder.step_on
        ))
"""  # noqa: S608 (our own words)

_LINES = f"""
    SELECT line.id FROM hazards_reminderline line
    WHERE line.recipient_id = ANY(%(people)s) AND {_WAITING}
"""  # noqa: S608 (our own words)

# A person's lines of one kind and period become one line of the digest: the enterprise
# by its name, or how many there are. The tokens stand in words of our own; the name,
# which may hold anything, is put in last.
_DIGEST = """
    WITH waiting AS (
        SELECT line.id, line.recipient_id, person.language, person.full_name,
            reminder.kind, duty.enterprise_id, duty.year, duty.quarter_number,
            duty.due_at, enterprise.name,
            report.status = 'awaiting_signature' IS TRUE AS is_signed
        FROM hazards_reminderline line
        JOIN hazards_reminder reminder ON reminder.id = line.reminder_id
        JOIN hazards_obligation duty ON duty.id = reminder.obligation_id
        JOIN accounts_enterprise enterprise ON enterprise.id = duty.enterprise_id
        JOIN accounts_user person ON person.id = line.recipient_id
        LEFT JOIN hazards_selfinspectionreport report
            ON report.enterprise_id = duty.enterprise_id AND report.year = duty.year
            AND report.quarter_number = duty.quarter_number
        WHERE line.id = ANY(%(lines)s) AND duty.outlook = ANY(%(owed)s)
            AND (%(bureaus)s::bigint[] IS NULL
                OR duty.bureau_id = ANY(%(bureaus)s::bigint[]))
    ), grouped AS (
        SELECT recipient_id, language, full_name, kind, year, quarter_number, due_at,
            count(DISTINCT enterprise_id) AS enterprises, min(name) AS name,
            bool_or(is_signed) AS is_signed
        FROM waiting
        GROUP BY recipient_id, language, full_name, kind, year, quarter_number, due_at
    ), worded AS (
        SELECT grouped.*, replace(replace(replace(replace(replace(
            %(words)s::jsonb -> language -> kind ->>
                CASE WHEN enterprises > 1 THEN 'many'
                    WHEN is_signed THEN 'waiting' ELSE 'one' END,
            '{period}', CASE WHEN quarter_number = 0 THEN year::text
                ELSE replace(replace(%(words)s::jsonb -> language ->> 'quarter',
                    '{year}', year::text), '{number}', quarter_number::text) END),
            '{due}', to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')),
            '{days}', abs((due_at AT TIME ZONE 'Asia/Shanghai')::date - %(day)s::date
                )::text),
            '{count}', enterprises::text),
            '{enterprise}', name) AS text
        FROM grouped
    ), written AS (
        INSERT INTO accounts_notice (public_id, key, kind, recipient_id, language,
            subject, body, path, parameters, at)
        SELECT gen_random_uuid(), 'digest:' || %(day)s::date || ':' || recipient_id,
            'digest', recipient_id, language,
            left(replace(%(words)s::jsonb -> language ->> 'subject',
                '{count}', sum(enterprises)::text), 200),
            replace(%(words)s::jsonb -> language ->> 'opening', '{name}', full_name)
                || E'\\n\\n' || string_agg(text, E'\\n\\n' ORDER BY due_at, kind)
                || E'\\n\\n' || (%(words)s::jsonb -> language ->> 'closing'),
            %(path)s, jsonb_build_object('day', %(day)s::date), %(at)s
        FROM worded GROUP BY recipient_id, language, full_name
        ORDER BY recipient_id
        ON CONFLICT (key) DO NOTHING
        RETURNING id, recipient_id
    ), taken AS (
        UPDATE hazards_reminderline line SET notice_id = written.id, text = worded.text
        FROM waiting
        JOIN worded USING (recipient_id, kind, year, quarter_number, due_at)
        JOIN written USING (recipient_id)
        WHERE line.id = waiting.id
    )
    SELECT id FROM written
"""
