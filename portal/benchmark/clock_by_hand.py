"""
What the clock does, written by hand for exactly these rows: one statement that moves,
flags, reminds and tells; one INSERT … SELECT that opens. No share, no fault that is set
aside, no reminder that waits, one language, one due instant known beforehand.
"""

import datetime as dt
import json
from typing import Any

from django.db import connection, transaction

from accounts.models import EDITOR_ROLES, Role
from hazards.queries.reminder_words import words
from hazards.rules import reminders
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter
from hazards.services import openings
from hazards.services.obligations import midnight

_LANGUAGE = "zh-hans"


def move(quarter: Quarter, *, at: dt.datetime) -> int:
    """
    Move what is due with the quarter, its year among them, and do all that follows;
    return how many moved.
    """
    (group,) = openings.groups(quarter, at=at)
    steps = reminders.steps("quarter", year=quarter.year, due_on=group.due.on)
    step, coming = reminders.current(steps, at), reminders.following(steps, at)
    assert step is not None  # noqa: S101 (something is to be told)
    assert coming is not None  # noqa: S101
    said: dict[str, Any] = words()[_LANGUAGE]
    today = at.astimezone(SHANGHAI).date()
    line: str = said[step.kind]["one"]
    for token, text in (
        ("{period}", said["quarter"]),
        ("{year}", str(quarter.year)),
        ("{number}", str(quarter.number)),
        ("{due}", group.due.on.isoformat()),
        ("{days}", str((today - group.due.on).days)),
    ):
        line = line.replace(token, text)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _MOVE,
            {
                "year": quarter.year,
                "number": quarter.number,
                "due_at": group.due.at,
                "at": at,
                "today": today,
                "next": coming.at,
                "kind": step.kind,
                "step": step.ordinal,
                "step_on": step.on,
                "roles": [*sorted(EDITOR_ROLES), Role.PRINCIPAL],
                "subject": said["subject"],
                "opening": said["opening"],
                "line": line,
                "closing": said["closing"],
                "parameters": json.dumps({"day": today.isoformat()}),
            },
        )
        row = cursor.fetchone()
    return row[0] if row else 0


def open_quarter(quarter: Quarter, *, at: dt.datetime) -> int:
    """Open the quarter for everybody; return how many duties."""
    (group,) = openings.groups(quarter, at=at)
    steps = reminders.steps("quarter", year=quarter.year, due_on=group.due.on)
    coming = reminders.following(steps, at)
    named: dict[str, Any] = {"year": quarter.year, "number": quarter.number, "at": at}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _OPEN,
            {
                **named,
                "due_at": group.due.at,
                "named_on": group.due.rolled_from or group.due.on,
                "provisional": group.due.provisional,
                "over_at": midnight(quarter.next().starts_on),
                "remind_at": coming.at if coming else None,
            },
        )
        opened = int(cursor.rowcount)
        cursor.execute(_OPENED, {**named, "opened": opened})
    return opened


_OPEN = """
    INSERT INTO hazards_obligation (public_id, enterprise_id, kind, year,
        quarter_number, bureau_id, due_at, named_on, due_is_provisional, state, outlook,
        opened_at, look_at, remind_at)
    SELECT gen_random_uuid(), enterprise_id, 'quarter', %(year)s, %(number)s, bureau_id,
        %(due_at)s, %(named_on)s, %(provisional)s, 'not_due', 'missing', %(at)s,
        %(over_at)s::timestamptz, %(remind_at)s::timestamptz
    FROM accounts_supervisionassignment
"""
_OPENED = """
    INSERT INTO hazards_opening (kind, year, quarter_number, at, opened)
    VALUES ('quarter', %(year)s, %(number)s, %(at)s, %(opened)s)
"""

_MOVE = """
    WITH moved AS (
        UPDATE hazards_obligation SET state = outlook,
            remind_at = CASE WHEN outlook = 'missing' THEN %(next)s::timestamptz END
        WHERE state = 'not_due' AND due_at = %(due_at)s
        RETURNING id, enterprise_id, due_at, outlook
    ), missing AS (
        SELECT * FROM moved WHERE outlook = 'missing'
    ), flagged AS (
        INSERT INTO hazards_complianceflag (public_id, kind, enterprise_id,
            obligation_id, status, is_final, raised_at, basis)
        SELECT gen_random_uuid(), 'missing_quarter', missing.enterprise_id, missing.id,
            'standing', true, %(at)s, jsonb_build_object(
                'provisions', '["circular-2025-11/item-10"]'::jsonb,
                'year', %(year)s::int, 'quarter', %(number)s::int,
                'due_at', missing.due_at,
                'report', report.number, 'report_status', report.status
            )
        FROM missing LEFT JOIN hazards_selfinspectionreport report
            ON report.enterprise_id = missing.enterprise_id
            AND report.year = %(year)s AND report.quarter_number = %(number)s
        RETURNING id
    ), raised AS (
        INSERT INTO hazards_flagevent (flag_id, change, cause, at)
        SELECT id, 'raised', 'missing', %(at)s FROM flagged
    ), taken AS (
        INSERT INTO hazards_reminder (obligation_id, kind, step, step_on, at)
        SELECT id, %(kind)s, %(step)s, %(step_on)s, %(at)s FROM missing
        RETURNING id, obligation_id
    ), people AS (
        SELECT taken.id AS reminder_id, person.id, person.email, person.full_name,
            replace(%(line)s, '{enterprise}', enterprise.name) AS text
        FROM taken JOIN missing ON missing.id = taken.obligation_id
        JOIN accounts_enterprise enterprise ON enterprise.id = missing.enterprise_id
        JOIN accounts_membership member ON member.enterprise_id = missing.enterprise_id
        JOIN accounts_user person ON person.id = member.user_id
        WHERE member.role = ANY(%(roles)s) AND member.starts_on <= %(today)s
            AND (member.ends_on IS NULL OR member.ends_on >= %(today)s)
            AND person.is_active
    ), told AS (
        INSERT INTO accounts_notice (public_id, key, kind, recipient_id, language,
            subject, body, path, parameters, at)
        SELECT gen_random_uuid(), 'digest:' || %(today)s::date || ':' || id, 'digest',
            id, 'zh-hans', replace(%(subject)s, '{count}', count(*)::text),
            replace(%(opening)s, '{name}', full_name) || E'\\n\\n'
                || string_agg(text, E'\\n\\n') || E'\\n\\n' || %(closing)s,
            '/desk/', %(parameters)s::jsonb, %(at)s
        FROM people GROUP BY id, full_name
        RETURNING id, recipient_id
    ), lines AS (
        INSERT INTO hazards_reminderline (reminder_id, recipient_id, notice_id, text)
        SELECT people.reminder_id, people.id, told.id, people.text
        FROM people JOIN told ON told.recipient_id = people.id
    ), delivered AS (
        INSERT INTO accounts_delivery (notice_id, channel, address, state, attempts,
            next_try_at, sent_at, error)
        SELECT told.id, way.channel, way.address, way.state, 0, %(at)s,
            CASE WHEN way.state = 'sent' THEN %(at)s::timestamptz END, ''
        FROM told JOIN accounts_user person ON person.id = told.recipient_id
        CROSS JOIN LATERAL (
            SELECT 'inbox' AS channel, '' AS address, 'sent' AS state
            UNION ALL
            SELECT 'email', person.email, 'waiting' WHERE person.email <> ''
        ) way
    )
    SELECT count(*) FROM moved
"""
