"""
Raising and settling flags: set-based, in one statement with the events they leave. The
same words decide for one enterprise that filed and for all whose day has come.
"""

from psycopg import sql


def _stands_already(kind: str) -> str:
    """The condition that keeps a flag standing though a clock be set back."""
    return (
        "EXISTS (SELECT FROM hazards_complianceflag known"
        f" WHERE known.obligation_id = o.id AND known.kind = '{kind}'"
        " AND known.status = 'standing')"
    )


# Whether a flag stands for a duty `o` at the instant, and whether it is final.
_KINDS = {
    "missing_quarter": (
        sql.SQL("o.kind = 'quarter' AND o.state = 'missing'"),
        sql.SQL("true"),
    ),
    # Provisional from the first instant of the next year on.
    "principal_absent": (
        sql.SQL(
            "o.kind = 'participation' AND o.outlook = 'missing' AND (%(at)s >= "
            "make_timestamptz(o.year + 1, 1, 1, 0, 0, 0, 'Asia/Shanghai')"
            " OR " + _stands_already("principal_absent") + ")"
        ),
        sql.SQL("o.state <> 'not_due'"),
    ),
    # From the day after the quarter on, until an inspection of it is on record.
    "quarter_not_inspected": (
        sql.SQL(
            "o.kind = 'quarter' AND o.outlook = 'missing' AND CASE WHEN"
            " o.kind = 'quarter' THEN"
            " (%(at)s >= (make_date(o.year, 3 * o.quarter_number - 2, 1)"
            " + interval '3 months') AT TIME ZONE 'Asia/Shanghai'"
            " OR " + _stands_already("quarter_not_inspected") + ")"
            " AND NOT EXISTS (SELECT FROM hazards_selfinspection visit"
            " WHERE visit.enterprise_id = o.enterprise_id"
            " AND visit.started_on >= make_date(o.year, 3 * o.quarter_number - 2, 1)"
            " AND visit.started_on < make_date(o.year, 3 * o.quarter_number - 2, 1)"
            " + interval '3 months') END"
        ),
        sql.SQL("false"),
    ),
}
ALL_KINDS = tuple(_KINDS)

# `judged` is the source's duties with each kind; what it finds is written beside what
# was known. One event a flag: to stand again says more than to be final.
_SETTLE = sql.SQL("""
judged AS MATERIALIZED (
    SELECT o.id, o.enterprise_id, o.year, o.quarter_number, o.due_at, o.outlook,
        flag.kind, flag.stands, flag.is_final
    FROM ({source}) o CROSS JOIN LATERAL (VALUES {kinds})
        AS flag (kind, stands, is_final)
), raised AS (
    INSERT INTO hazards_complianceflag (public_id, kind, enterprise_id, obligation_id,
        status, is_final, raised_at, basis)
    SELECT gen_random_uuid(), judged.kind, judged.enterprise_id, judged.id,
        'standing', judged.is_final, %(at)s, jsonb_build_object(
            'provisions', '["circular-2025-11/item-10"]'::jsonb,
            'year', judged.year, 'quarter', judged.quarter_number,
            'due_at', judged.due_at,
            'report', report.number, 'report_status', report.status
        )
    FROM judged LEFT JOIN hazards_selfinspectionreport report
        ON report.enterprise_id = judged.enterprise_id AND report.year = judged.year
        AND report.quarter_number = judged.quarter_number
    WHERE judged.stands
    ON CONFLICT (obligation_id, kind) WHERE obligation_id IS NOT NULL DO NOTHING
    RETURNING id, is_final
), settled AS (
    UPDATE hazards_complianceflag flag SET
        status = CASE WHEN judged.stands THEN 'standing' WHEN judged.outlook = 'exempt'
            AND waived.holds THEN 'waived' ELSE 'cleared' END,
        settled_at = CASE WHEN judged.stands THEN NULL ELSE %(at)s END,
        is_final = flag.is_final OR (judged.stands AND judged.is_final)
    FROM judged JOIN hazards_complianceflag old
        ON old.obligation_id = judged.id AND old.kind = judged.kind
    CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT FROM hazards_waiver waiver WHERE waiver.obligation_id = judged.id
            AND (waiver.expires_on IS NULL OR waiver.expires_on
                >= (%(at)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date)
    ) AS holds) waived
    WHERE flag.id = old.id AND (
        judged.stands <> (old.status = 'standing')
        OR (judged.stands AND judged.is_final AND NOT old.is_final)
    )
    RETURNING flag.id, CASE
        WHEN judged.kind = 'quarter_not_inspected' AND judged.outlook = 'missing'
        THEN 'inspected' ELSE judged.outlook END AS cause, CASE
        WHEN flag.status <> 'standing' THEN flag.status
        WHEN old.status <> 'standing' THEN 'stood_again' ELSE 'made_final' END AS change
), told AS (
    INSERT INTO hazards_flagevent (flag_id, change, cause, at)
    SELECT id, 'raised', CASE WHEN is_final THEN 'missing' ELSE 'provisional' END,
        %(at)s FROM raised
    UNION ALL
    SELECT id, change, cause, %(at)s FROM settled
)
""")
COUNTS = sql.SQL("(SELECT count(*) FROM raised), (SELECT count(*) FROM settled)")


def settling(source: sql.Composable, *, kinds: tuple[str, ...]) -> sql.Composed:
    """
    The common table expressions that raise, clear, waive and make final the flags of
    these kinds, for the duties that `source` selects; %(at)s is the instant. What they
    did is counted by `COUNTS`.
    """
    rows = sql.SQL(", ").join(
        sql.SQL("({}, {}, {})").format(sql.Literal(kind), *_KINDS[kind])
        for kind in kinds
    )
    return _SETTLE.format(source=source, kinds=rows)
