"""Enterprises of which nobody can be reached: a flag of its own, while it is so."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection

from accounts.models import EDITOR_ROLES, Role
from hazards.services.poison import Keys, Step, left_in, past_faults

_ROLES = ", ".join(f"'{role}'" for role in sorted({*EDITOR_ROLES, Role.PRINCIPAL}))


def reachable(alias: str) -> str:
    """
    The condition that somebody who writes or signs for the enterprise of the row
    `alias` holds office on %(today)s and has an address outside the portal.
    """
    return f"""EXISTS (
        SELECT FROM accounts_membership member
        JOIN accounts_user person ON person.id = member.user_id
        WHERE member.enterprise_id = {alias}.enterprise_id
            AND member.role IN ({_ROLES})
            AND member.starts_on <= %(today)s
            AND (member.ends_on IS NULL OR member.ends_on >= %(today)s)
            AND person.is_active AND (person.email <> '' OR EXISTS (
                SELECT FROM accounts_outsideaddress added
                WHERE added.user_id = person.id AND added.ended_at IS NULL
            ))
    )"""  # noqa: S608 (our own words)


def raise_flags(enterprises: Sequence[int], *, at: dt.datetime) -> int:
    """Flag these enterprises, anew where the flag was cleared; return how many."""
    if not enterprises:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, {"ids": list(enterprises), "at": at})
        return int(cursor.rowcount)


def clear_flags(*, at: dt.datetime, today: dt.date) -> int:
    """Clear the flags of enterprises of which somebody can be reached again."""
    values: dict[str, Any] = {"at": at, "today": today, "step": _STEP}

    def run(only: Keys) -> int:
        with connection.cursor() as cursor:
            cursor.execute(_CLEAR, {**values, "only": only})
            return int(cursor.rowcount)

    def concerned() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(_CONCERNED, {**values, "only": None})
            return [pk for (pk,) in cursor.fetchall()]

    return sum(past_faults(Step(_STEP, at), run, concerned=concerned))


_RAISE = """
    WITH raised AS (
        INSERT INTO hazards_complianceflag AS flag (public_id, kind, enterprise_id,
            status, is_final, raised_at, basis)
        SELECT gen_random_uuid(), 'nobody_reachable', unnest(%(ids)s::bigint[]),
            'standing', true, %(at)s, '{"provisions": []}'
        ON CONFLICT (enterprise_id, kind)
            WHERE obligation_id IS NULL AND hazard_id IS NULL
            DO UPDATE SET status = 'standing', settled_at = NULL
            WHERE flag.status <> 'standing'
        RETURNING id, raised_at
    )
    INSERT INTO hazards_flagevent (flag_id, change, cause, at)
    SELECT id, CASE WHEN raised_at = %(at)s THEN 'raised' ELSE 'stood_again' END,
        'no-address', %(at)s FROM raised
"""

_STEP = "reachable"

_REACHED = f"""
    kind = 'nobody_reachable' AND status = 'standing' AND {reachable("flag")}
        AND (%(only)s::bigint[] IS NULL OR flag.enterprise_id = ANY(%(only)s))
        AND {left_in("flag.enterprise_id")}
"""

_CONCERNED = f"""
    SELECT enterprise_id FROM hazards_complianceflag flag WHERE {_REACHED}
"""  # noqa: S608 (our own words)

_CLEAR = f"""
    WITH cleared AS (
        UPDATE hazards_complianceflag flag SET status = 'cleared', settled_at = %(at)s
        WHERE {_REACHED}
        RETURNING id
    )
    INSERT INTO hazards_flagevent (flag_id, change, cause, at)
    SELECT id, 'cleared', 'reachable', %(at)s FROM cleared
"""  # noqa: S608 (our own words)
