"""
What the stored rows say of each chain entry, read in one statement and without making
models.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from django.db import connection
from psycopg import sql

from hazards.queries.verification import found


class Entry(NamedTuple):
    """A chain entry and what is stored of it, its seal and its version."""

    pk: int
    enterprise_id: int
    ordinal: int
    previous_sha256: str
    entry_sha256: str
    envelope: str | None
    # Whether the bytes give their digest and every row named is the one sealed; None
    # where something is missing.
    holds: bool | None
    # What stands in lists and frames, as JSON; None = nothing.
    frame: str | None
    inspections: str | None
    hazards: str | None
    checklist: str | None
    stated: str | None
    photos: str | None
    seal_frame: str | None
    table: str | None
    # By name, the same as in `contents.said` and `envelopes.envelope`.
    said: dict[str, Any]
    saving: dict[str, Any]
    seal: dict[str, Any]
    later: dict[str, Any]
    about: dict[str, Any]


def batches(uscc: str | None) -> Iterator[Iterable[Entry]]:
    """
    Yield the entries along each enterprise's chain, some at a time. The database reads
    the next ones while the caller looks at these.
    """
    with connection.chunked_cursor() as cursor, ThreadPoolExecutor(1) as ahead:
        cursor.execute(_ENTRIES, {"uscc": uscc})
        coming = ahead.submit(cursor.fetchmany, found.BATCH)
        while batch := coming.result():
            coming = ahead.submit(cursor.fetchmany, found.BATCH)
            yield map(_entry, batch)


def _entry(row: tuple[Any, ...]) -> Entry:
    own, values = row[:_OWN], iter(row[_OWN:])
    # A name is taken before its value, so that none is lost between two of them.
    return Entry(*own, *(dict(zip(names, values)) for names in _NAMED))  # noqa: B905


def utc(column: str) -> sql.Composable:
    """Write an instant as `contents.instant` does: no fraction where it is zero."""
    return sql.SQL(
        "replace(to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'),"
        " '.000000', '') || '+00:00'"
    ).format(sql.Identifier(*column.split(".")))


def _same(table: str, *columns: str) -> dict[str, sql.Composable]:
    """Columns under their own names; instants as they are sealed."""
    return {
        name: utc(f"{table}.{name}")
        if name.endswith("_at")
        else sql.Identifier(table, name)
        for name in columns
    }


_SAID = {
    **_same("report", "number"),
    "quarter": sql.SQL(
        "to_char(report.year, 'FM0000') || 'Q' || report.quarter_number"
    ),
    "hazard": sql.Identifier("subject", "number"),
    "version": sql.Identifier("version", "ordinal"),
    **_same(
        "version", "correction_reason", "nothing_found", "scope", "coverage", "remarks"
    ),
}
_SAVING = _same(
    "version",
    "id",
    "report_id",
    "ordinal",
    "revision",
    "created_at",
    "created_by_id",
    "saved_at",
    "saved_by_id",
    "sealed_at",
)
_SEAL = {
    **_same("report", "enterprise_id"),
    **_same(
        "seal",
        "id",
        "seal_format",
        "content_sha256",
        "statement_key",
        "statement",
        "signed_by_id",
        "signed_at",
        "factor",
        "receipt_number",
        "received_at",
        "bureau_id",
        "due_at",
        "due_is_provisional",
        "in_time",
    ),
}
_LATER = {**_same("seal", "kind"), **_same("version", "checklist_revision")}
_ABOUT = {
    "report_kind": sql.Identifier("report", "kind"),
    "report_hazard_id": sql.Identifier("report", "hazard_id"),
}
_NAMED = (_SAID, _SAVING, _SEAL, _LATER, _ABOUT)
_OWN = len(Entry._fields) - len(_NAMED)

# Counting what is not TRUE also finds what is missing: a row that a key names, a key
# of the facts, a value.
_ENTRIES = sql.SQL("""
SELECT entry.id, entry.enterprise_id, entry.ordinal, entry.previous_sha256,
    entry.entry_sha256, entry.envelope,
    encode(sha256(seal.content), 'hex') = seal.content_sha256
    AND entry.enterprise_id = report.enterprise_id
    AND (report.hazard_id IS NULL OR subject.enterprise_id = report.enterprise_id)
    AND (
        seal.seal_format = 'later-signature/1' OR split_part(seal.seal_format, '/', 1)
        = CASE report.kind WHEN 'quarterly' THEN 'quarterly-report'
            WHEN 'hazard' THEN 'hazard-report' WHEN 'plan' THEN 'treatment-plan' END
    )
    AND CASE WHEN seal.seal_format = 'later-signature/1'
        THEN seal.kind = 'later_signature'
        ELSE version.sealed_at IS NOT NULL
        AND listed.others = 0 AND stated.others = 0 AND photos.others = 0
        AND CASE WHEN seal.kind = 'paper' THEN (
            SELECT count(*) = 1 AND bool_and((
                scan.enterprise_id = report.enterprise_id
                AND version.frame -> 'act' -> 'scan' = jsonb_build_object(
                    'sha256', scan.sha256, 'media_type', scan.media_type
                )
            ) IS TRUE)
            FROM hazards_paperreceipt paper
            LEFT JOIN hazards_attachment scan ON scan.id = paper.scan_id
            WHERE paper.version_id = version.id
        ) ELSE NOT EXISTS (
            SELECT FROM hazards_paperreceipt paper
            WHERE paper.version_id = version.id
        ) END
    END,
    version.frame, listed.facts, stated.hazards, (
        SELECT json_agg(json_build_object(
            'clause', answer.clause, 'answer', answer.answer, 'reason', answer.reason
        ))::text
        FROM hazards_checklistanswer answer WHERE answer.version_id = version.id
    ), stated.columns, photos.columns, seal.frame, version.table, {named}
FROM hazards_chainentry entry
JOIN accounts_enterprise enterprise ON enterprise.id = entry.enterprise_id
JOIN hazards_seal seal ON seal.id = entry.seal_id
JOIN hazards_reportversion version ON version.id = seal.version_id
JOIN hazards_selfinspectionreport report ON report.id = version.report_id
JOIN accounts_enterprise owner ON owner.id = report.enterprise_id
LEFT JOIN hazards_majorhazard subject ON subject.id = report.hazard_id
CROSS JOIN LATERAL (
    SELECT json_agg(listed.facts)::text AS facts,
        count(*) FILTER (WHERE (
            visit.enterprise_id = report.enterprise_id
            AND listed.facts -> 'number' = to_jsonb(visit.number)
        ) IS NOT TRUE) AS others
    FROM hazards_versioninspection listed
    LEFT JOIN hazards_selfinspection visit ON visit.id = listed.inspection_id
    WHERE listed.version_id = version.id
) listed
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(
            stated.hazard_id, stated.site_id, stated.clause, stated.revision,
            {stated_saved_at}, stated.saved_by_id
        ))::text AS columns,
        json_agg(json_build_array(stated.facts, json_build_object(
            'place', stated.place,
            'description', stated.description,
            'causes', stated.causes,
            'harm', stated.harm,
            'difficulty', stated.difficulty,
            'interim_measures', stated.interim_measures,
            'plan', json_build_object(
                'goals', stated.plan_goals,
                'measures', stated.plan_measures,
                'funds', stated.plan_funds,
                'people', stated.plan_people,
                'schedule', stated.plan_schedule,
                'emergency', stated.plan_emergency
            ),
            'responsible_person', stated.responsible_person,
            'funds_planned', trim_scale(stated.funds_planned)::text,
            'due_on', stated.due_on,
            'rectified_on', stated.rectified_on
        )))::text AS hazards,
        count(*) FILTER (WHERE (
            hazard.enterprise_id = report.enterprise_id
            AND stated.facts -> 'number' = to_jsonb(hazard.number)
            AND stated.facts -> 'found_at' = to_jsonb({found_at})
            AND stated.facts -> 'registered_at'
                = coalesce(to_jsonb({registered_at}), 'null')
            AND stated.facts -> 'photos' = (
                SELECT coalesce(jsonb_agg(
                    jsonb_build_object(
                        'sha256', shown.sha256, 'media_type', shown.media_type
                    ) ORDER BY photo.ordinal, photo.id
                ), '[]')
                FROM hazards_hazardphoto photo
                JOIN hazards_attachment shown ON shown.id = photo.attachment_id
                WHERE photo.version_id = version.id
                    AND photo.hazard_id = stated.hazard_id
            )
        ) IS NOT TRUE) AS others
    FROM hazards_hazardstatement stated
    LEFT JOIN hazards_majorhazard hazard ON hazard.id = stated.hazard_id
    WHERE stated.version_id = version.id
) stated
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(
            photo.hazard_id, photo.ordinal, photo.attachment_id
        ))::text AS columns,
        count(*) FILTER (WHERE (
            shown.enterprise_id = report.enterprise_id AND EXISTS (
                SELECT FROM hazards_hazardstatement named
                WHERE named.version_id = photo.version_id
                    AND named.hazard_id = photo.hazard_id
            )
        ) IS NOT TRUE) AS others
    FROM hazards_hazardphoto photo
    LEFT JOIN hazards_attachment shown ON shown.id = photo.attachment_id
    WHERE photo.version_id = version.id
) photos
WHERE %(uscc)s::text IS NULL OR enterprise.uscc = %(uscc)s
ORDER BY entry.enterprise_id, entry.ordinal, entry.id
""").format(
    named=sql.SQL(", ").join(
        expression for names in _NAMED for expression in names.values()
    ),
    found_at=utc("hazard.found_at"),
    registered_at=utc("hazard.registered_at"),
    stated_saved_at=utc("stated.saved_at"),
)
