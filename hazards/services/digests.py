"""Digests: once a day the lines that wait for a person become one notice."""

import datetime as dt
import json
from typing import Any

from django.db import connection
from django.urls import reverse

from accounts.services import notices
from hazards.models import OWED
from hazards.queries.reminder_words import words
from hazards.rules.deadlines import SHANGHAI
from hazards.services import hazard_reminding
from hazards.services.clock import Bureaus, Done
from hazards.services.poison import Keys, Step, left_in, past_faults

PEOPLE_AT_ONCE = 2000
"""People whose digests are written in one transaction."""


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
    hazard_reminding.drop_settled(people, at=at)
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
            LEFT JOIN hazards_obligation duty ON duty.id = reminder.obligation_id
            LEFT JOIN hazards_majorhazard hazard ON hazard.id = reminder.hazard_id
            WHERE reminder.id = line.reminder_id
                AND coalesce(duty.bureau_id, hazard.bureau_id)
                    = ANY(%(bureaus)s::bigint[])
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

# A person's lines of one kind, period and day become one line of the digest: the
# enterprise by its name, or how many there are; of hazards those with one deadline. The
# tokens stand in words of our own; the name, which may hold anything, is put in last.
_DIGEST = """
    WITH waiting AS (
        SELECT line.id, line.recipient_id, person.language, person.full_name,
            reminder.kind, enterprise.name, hazard.number,
            coalesce(duty.year, 0) AS year,
            coalesce(duty.quarter_number, 0) AS quarter_number,
            coalesce(
                (duty.due_at AT TIME ZONE 'Asia/Shanghai')::date, reminder.from_on
            ) AS due_on,
            CASE WHEN reminder.hazard_id IS NULL THEN duty.enterprise_id
                ELSE reminder.hazard_id END AS about,
            report.status = 'awaiting_signature' IS TRUE AS is_signed
        FROM hazards_reminderline line
        JOIN hazards_reminder reminder ON reminder.id = line.reminder_id
        LEFT JOIN hazards_obligation duty ON duty.id = reminder.obligation_id
        LEFT JOIN hazards_majorhazard hazard ON hazard.id = reminder.hazard_id
        JOIN accounts_enterprise enterprise
            ON enterprise.id = coalesce(duty.enterprise_id, hazard.enterprise_id)
        JOIN accounts_user person ON person.id = line.recipient_id
        LEFT JOIN hazards_selfinspectionreport report
            ON report.enterprise_id = duty.enterprise_id AND report.year = duty.year
            AND report.quarter_number = duty.quarter_number
        WHERE line.id = ANY(%(lines)s)
            AND (hazard.id IS NOT NULL OR duty.outlook = ANY(%(owed)s))
            AND (%(bureaus)s::bigint[] IS NULL
                OR coalesce(duty.bureau_id, hazard.bureau_id)
                    = ANY(%(bureaus)s::bigint[]))
    ), grouped AS (
        SELECT recipient_id, language, full_name, kind, year, quarter_number, due_on,
            count(DISTINCT about) AS several, min(name) AS name,
            (array_agg(DISTINCT number))[1:10] AS numbers,
            bool_or(is_signed) AS is_signed
        FROM waiting
        GROUP BY recipient_id, language, full_name, kind, year, quarter_number, due_on
    ), worded AS (
        SELECT grouped.*, replace(replace(replace(replace(replace(replace(
            %(words)s::jsonb -> language -> kind ->>
                CASE WHEN several > 1 THEN 'many'
                    WHEN is_signed THEN 'waiting' ELSE 'one' END,
            '{period}', CASE WHEN quarter_number = 0 THEN year::text
                ELSE replace(replace(%(words)s::jsonb -> language ->> 'quarter',
                    '{year}', year::text), '{number}', quarter_number::text) END),
            '{due}', to_char(due_on, 'YYYY-MM-DD')),
            '{days}', abs(due_on - %(day)s::date)::text),
            '{count}', several::text),
            '{hazard}', array_to_string(numbers, ', ')
                || CASE WHEN several > 10 THEN ' …' ELSE '' END),
            '{enterprise}', name) AS text
        FROM grouped
    ), written AS (
        INSERT INTO accounts_notice (public_id, key, kind, recipient_id, language,
            subject, body, path, parameters, at)
        SELECT gen_random_uuid(), 'digest:' || %(day)s::date || ':' || recipient_id,
            'digest', recipient_id, language,
            left(replace(%(words)s::jsonb -> language ->> 'subject',
                '{count}', sum(several)::text), 200),
            replace(%(words)s::jsonb -> language ->> 'opening', '{name}', full_name)
                || E'\\n\\n' || string_agg(text, E'\\n\\n' ORDER BY due_on, kind)
                || E'\\n\\n' || (%(words)s::jsonb -> language ->> 'closing'),
            %(path)s, jsonb_build_object('day', %(day)s::date), %(at)s
        FROM worded GROUP BY recipient_id, language, full_name
        ORDER BY recipient_id
        ON CONFLICT (key) DO NOTHING
        RETURNING id, recipient_id
    ), taken AS (
        UPDATE hazards_reminderline line SET notice_id = written.id, text = worded.text
        FROM waiting
        JOIN worded USING (recipient_id, kind, year, quarter_number, due_on)
        JOIN written USING (recipient_id)
        WHERE line.id = waiting.id
    )
    SELECT id FROM written
"""
