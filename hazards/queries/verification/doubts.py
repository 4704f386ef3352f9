"""
Reports and hazards that do not agree with their receipts, found by the database alone:
their keys, in order. `receipts` says what is wrong with each.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection
from psycopg import sql

from hazards.models import ReportStatus, SelfInspectionReport
from hazards.queries.verification import found
from hazards.queries.verification.rows import utc
from hazards.workflow import REPORT_TRANSITIONS

OPEN = frozenset({ReportStatus.DRAFT, ReportStatus.AWAITING_SIGNATURE})
"""Where a report stands while a version of it is open."""


def reports(uscc: str | None) -> Iterator[list[int]]:
    """Yield the keys of doubtful reports, some at a time."""
    return _batches(
        _reports(uscc),
        {
            "uscc": uscc,
            "kind": SelfInspectionReport._meta.model_name,
            "actions": [str(action) for action in REPORT_TRANSITIONS],
            "targets": [str(move.target) for move in REPORT_TRANSITIONS.values()],
            "open": sorted(map(str, OPEN)),
        },
    )


def hazards(uscc: str | None) -> Iterator[list[int]]:
    """Yield the keys of doubtful hazards, some at a time."""
    return _batches(_HAZARDS, {"uscc": uscc})


def _batches(
    statement: sql.Composable, parameters: Mapping[str, Any]
) -> Iterator[list[int]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, parameters)
        while batch := cursor.fetchmany(found.BATCH):
            yield [key for (key,) in batch]


def _reports(uscc: str | None) -> sql.Composable:
    """The statement for all reports, or for those of one enterprise by its indexes."""
    chosen = sql.SQL("true") if uscc is None else sql.SQL("{} IN ({})")
    return _REPORTS.format(
        of_report=chosen.format(sql.Identifier("version", "report_id"), _ITS_REPORTS),
        of_subject=chosen.format(sql.Identifier("subject_id"), _ITS_REPORTS),
    )


_ITS_REPORTS = sql.SQL("""
    SELECT its.id FROM hazards_selfinspectionreport its
    JOIN accounts_enterprise ON accounts_enterprise.id = its.enterprise_id
    WHERE accounts_enterprise.uscc = %(uscc)s
""")

# The conditions of `receipts._columns`, for all reports at once: tables are joined
# whole, which costs half as much as looking up each report's rows.
_REPORTS = sql.SQL("""
SELECT report.id
FROM hazards_selfinspectionreport report
LEFT JOIN (
    SELECT report_id, bool_or(sealed_at IS NULL) AS is_open
    FROM hazards_reportversion version WHERE {of_report}
    GROUP BY report_id
) versions ON versions.report_id = report.id
LEFT JOIN (
    SELECT DISTINCT ON (report_id) report_id, received_at, seal.in_time
    FROM hazards_reportversion version
    JOIN hazards_seal seal ON version_id = version.id
    WHERE kind <> 'later_signature' AND {of_report}
    ORDER BY report_id, ordinal
) first ON first.report_id = report.id
LEFT JOIN (
    SELECT DISTINCT ON (report_id)
        report_id, version_id, received_at, bureau_id, signed_at
    FROM hazards_reportversion version
    JOIN hazards_seal seal ON version_id = version.id
    WHERE kind <> 'later_signature' AND {of_report}
    ORDER BY report_id, ordinal DESC
) last ON last.report_id = report.id
LEFT JOIN LATERAL (
    SELECT to_bureau_id FROM hazards_reporttransfer
    WHERE report_id = report.id AND at >= last.signed_at
    ORDER BY at DESC, id DESC LIMIT 1
) handed ON true
LEFT JOIN (
    SELECT DISTINCT ON (subject_id) subject_id, action FROM accounts_event
    WHERE subject_kind = %(kind)s AND action = ANY(%(actions)s::text[])
        AND {of_subject}
    ORDER BY subject_id, id DESC
) move ON move.subject_id = report.id
LEFT JOIN accounts_enterprise enterprise ON enterprise.id = report.enterprise_id
WHERE (%(uscc)s::text IS NULL OR enterprise.uscc = %(uscc)s)
AND (
    report.first_received_at,
    report.in_time,
    report.received_at,
    report.bureau_id,
    report.hazard_count,
    report.is_unsigned,
    report.status,
    report.status = ANY(%(open)s::text[])
) IS DISTINCT FROM (
    first.received_at,
    first.in_time,
    last.received_at,
    coalesce(handed.to_bureau_id, last.bureau_id),
    (SELECT count(*) FROM hazards_hazardstatement
        WHERE version_id = last.version_id),
    EXISTS (SELECT FROM hazards_seal
        WHERE version_id = last.version_id AND kind = 'unsigned')
    AND NOT EXISTS (SELECT FROM hazards_seal
        WHERE version_id = last.version_id AND kind = 'later_signature'),
    coalesce(
        (%(targets)s::text[])[array_position(%(actions)s::text[], move.action::text)],
        'draft'
    ),
    coalesce(versions.is_open, false)
)
ORDER BY report.id
""")

# The conditions of `receipts._hazard_columns`, likewise.
_HAZARDS = sql.SQL("""
SELECT hazard.id
FROM hazards_majorhazard hazard
LEFT JOIN LATERAL (
    SELECT seal.received_at, seal.bureau_id
    FROM hazards_hazardstatement stated
    JOIN hazards_reportversion version ON version.id = stated.version_id
    JOIN hazards_seal seal ON seal.version_id = version.id
    LEFT JOIN hazards_chainentry entry ON entry.seal_id = seal.id
    WHERE stated.hazard_id = hazard.id AND seal.kind <> 'later_signature'
    ORDER BY entry.ordinal LIMIT 1
) first ON true
LEFT JOIN accounts_enterprise enterprise ON enterprise.id = hazard.enterprise_id
WHERE (%(uscc)s::text IS NULL OR enterprise.uscc = %(uscc)s)
AND (
    hazard.first_reported_at,
    hazard.first_reported_to_id,
    to_jsonb(hazard.number),
    to_jsonb({found_at})
) IS DISTINCT FROM (
    first.received_at,
    first.bureau_id,
    coalesce(hazard.registered_as -> 'number', to_jsonb(hazard.number)),
    coalesce(hazard.registered_as -> 'found_at', to_jsonb({found_at}))
)
ORDER BY hazard.id
""").format(found_at=utc("hazard.found_at"))
