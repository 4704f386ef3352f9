"""
Major hazards registered and not reported (安全生产法 art. 41: 及时; 应急〔2025〕11号,
item 10): a flag once the hours that the bureau's policy allows are over.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection

from accounts.models import Bureau
from hazards.queries.deadlines import BureauRules
from hazards.rules.deadlines import SHANGHAI
from hazards.services.poison import Keys, Step, left_in, past_faults, past_unreadable


def raise_flags(*, at: dt.datetime, bureaus: Sequence[int] | None = None) -> int:
    """Flag what was registered and is unreported for too long; return how many."""
    chosen = Bureau.objects.all()
    if bureaus is not None:
        chosen = chosen.filter(pk__in=bureaus)
    today = at.astimezone(SHANGHAI).date()
    rules = BureauRules(chosen, on=today)
    by_hours: dict[int, list[int]] = defaultdict(list)

    def hours_of(bureau: Bureau) -> int:
        return rules.policies(bureau).integer("prompt_report_hours", on=today)

    for bureau, hours in past_unreadable(chosen, hours_of, at=at):
        by_hours[hours].append(bureau.pk)
    return sum(
        _raise(
            {
                "at": at,
                "today": today,
                "hours": hours,
                "registered_by": at - dt.timedelta(hours=hours),
                "bureaus": pks,
                "step": _STEP,
            },
            at=at,
        )
        for hours, pks in by_hours.items()
    )


def _raise(values: dict[str, Any], *, at: dt.datetime) -> int:
    def run(only: Keys) -> int:
        with connection.cursor() as cursor:
            cursor.execute(_RAISE, {**values, "only": only})
            return int(cursor.rowcount)

    def concerned() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(_CONCERNED, {**values, "only": None})
            return [pk for (pk,) in cursor.fetchall()]

    return sum(past_faults(Step(_STEP, at), run, concerned=concerned))


def clear_flags(enterprise: int, *, at: dt.datetime) -> int:
    """
    Clear the flags of hazards of the enterprise that are reported by now, or graded
    down.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLEAR, {"enterprise": enterprise, "at": at})
        return int(cursor.rowcount)


def stand_again(hazard: int, *, at: dt.datetime) -> int:
    """Let the flag of a hazard that is major again and unreported stand as before."""
    with connection.cursor() as cursor:
        cursor.execute(_STAND_AGAIN, {"hazard": hazard, "at": at})
        return int(cursor.rowcount)


_STEP = "unreported"

# Locked: whoever reports it at this moment either is seen, or sees the flag.
_LATE = f"""
    SELECT hazard.id, hazard.enterprise_id, hazard.number, hazard.registered_at
    FROM hazards_majorhazard hazard
    JOIN accounts_supervisionassignment assignment
        ON assignment.enterprise_id = hazard.enterprise_id
        AND assignment.site_id IS NULL AND assignment.starts_on <= %(today)s
        AND (assignment.ends_on IS NULL OR assignment.ends_on >= %(today)s)
    WHERE hazard.first_reported_at IS NULL AND hazard.state = 'registered'
        AND hazard.registered_at <= %(registered_by)s
        AND assignment.bureau_id = ANY(%(bureaus)s)
        AND (%(only)s::bigint[] IS NULL OR hazard.enterprise_id = ANY(%(only)s))
        AND NOT EXISTS (
            SELECT FROM hazards_complianceflag known
            WHERE known.hazard_id = hazard.id
        )
        AND {left_in("hazard.enterprise_id")}
    ORDER BY hazard.id
    FOR NO KEY UPDATE OF hazard
"""  # noqa: S608 (our own words)

_CONCERNED = f"WITH late AS ({_LATE}) SELECT DISTINCT enterprise_id FROM late"  # noqa: S608

_RAISE = f"""
    WITH late AS ({_LATE}), raised AS (
        INSERT INTO hazards_complianceflag (public_id, kind, enterprise_id, hazard_id,
            status, is_final, raised_at, basis)
        SELECT gen_random_uuid(), 'hazard_unreported', enterprise_id, id,
            'standing', true, %(at)s, jsonb_build_object(
                'provisions', '["circular-2025-11/item-10",
                    "work-safety-law-2021/art-41"]'::jsonb,
                'hazard', number, 'registered_at', registered_at,
                'prompt_report_hours', %(hours)s
            )
        FROM late
        ON CONFLICT DO NOTHING
        RETURNING id
    )
    INSERT INTO hazards_flagevent (flag_id, change, cause, at)
    SELECT id, 'raised', 'unreported', %(at)s FROM raised
"""  # noqa: S608 (our own words)

_CLEAR = """
    WITH cleared AS (
        UPDATE hazards_complianceflag flag SET status = 'cleared', settled_at = %(at)s
        FROM hazards_majorhazard hazard
        WHERE flag.enterprise_id = %(enterprise)s AND flag.kind = 'hazard_unreported'
            AND flag.status = 'standing' AND hazard.id = flag.hazard_id
            AND (hazard.first_reported_at IS NOT NULL OR hazard.state = 'downgraded')
        RETURNING flag.id, CASE WHEN hazard.first_reported_at IS NULL
            THEN 'graded_down' ELSE 'reported' END AS cause
    )
    INSERT INTO hazards_flagevent (flag_id, change, cause, at)
    SELECT id, 'cleared', cause, %(at)s FROM cleared
"""

_STAND_AGAIN = """
    WITH standing AS (
        UPDATE hazards_complianceflag SET status = 'standing', settled_at = NULL
        WHERE hazard_id = %(hazard)s AND kind = 'hazard_unreported'
            AND status = 'cleared'
        RETURNING id
    )
    INSERT INTO hazards_flagevent (flag_id, change, cause, at)
    SELECT id, 'stood_again', 'graded_major', %(at)s FROM standing
"""
