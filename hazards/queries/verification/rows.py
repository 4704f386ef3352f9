"""
What the stored rows say of each chain entry, built by the database in one statement and
read without making models: enough to see that an entry stands, not to name what is
wrong with it. Whatever `stands` doubts is for `chains` to explain.
"""

import itertools
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import connection
from psycopg import sql

from hazards.queries.verification import found
from hazards.queries.verification.versions import FRAMES
from hazards.rules import seals


class Entry(NamedTuple):
    """A chain entry and what is stored of it, its seal and its version."""

    pk: int
    enterprise_id: int
    ordinal: int
    previous_sha256: str
    entry_sha256: str
    seal_format: str
    content_sha256: str
    # Whether the bytes give their digest and every row named is the one sealed; None
    # where something is missing.
    holds: bool | None
    # JSON: what `contents.said`, `hazard_content`, `checklist_of` and `envelope` say.
    stored: str


def batches(uscc: str | None) -> Iterator[list[Entry]]:
    """Yield the entries along each enterprise's chain, some at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ENTRIES, {"uscc": uscc})
        while batch := cursor.fetchmany(found.BATCH):
            yield list(itertools.starmap(Entry, batch))


def stands(entry: Entry, before: Entry | None) -> bool:
    """Tell whether the entry follows the one before and the rows give its hashes."""
    if (
        not entry.holds
        or entry.ordinal != (before.ordinal + 1 if before else 1)
        or entry.previous_sha256 != (before.entry_sha256 if before else "")
    ):
        return False
    try:
        stored = json.loads(entry.stored)
        return (
            seals.digest(_content(entry.seal_format, stored)) == entry.content_sha256
            and _is_all_sealed(entry.seal_format, stored)
            and _is_linked(entry, stored)
        )
    except (ValueError, KeyError, TypeError):
        return False


def _content(seal_format: str, stored: dict[str, Any]) -> bytes:
    """The bytes that the rows give, by the same projectors as ever."""
    if seal_format == seals.LATER_SIGNATURE_FORMAT:
        return seals.later_signature(stored["later"]["frame"] or {})
    return seals.project(
        seal_format,
        seals.Parts(
            version=stored["version"],
            frame=stored["frame"] or {},
            inspections=[facts or {} for facts in stored["inspections"]],
            hazards=[
                {**(facts or {}), **columns} for facts, columns in stored["hazards"]
            ],
            checklist=stored["checklist"],
        ),
    )


def _is_all_sealed(seal_format: str, stored: dict[str, Any]) -> bool:
    """Whether nothing is stored that the format leaves out."""
    if seal_format == seals.LATER_SIGNATURE_FORMAT:
        return True
    if seal_format == seals.FIRST_FORMAT and (
        stored["checklist"] or stored["later"] != _OF_FIRST_FORMAT
    ):
        return False
    return set(stored["frame"] or ()) == FRAMES[seal_format]


def _is_linked(entry: Entry, stored: dict[str, Any]) -> bool:
    """Whether the columns are those of the envelope, and give the entry's hash."""
    if entry.seal_format == seals.FIRST_FORMAT:
        columns, hashed = stored["columns"], None
    else:
        later = stored["later"]
        later["stated"].sort()
        later["photos"].sort()
        columns = hashed = {**stored["columns"], **later}
    again = seals.link(
        previous=entry.previous_sha256, ordinal=entry.ordinal, envelope=columns
    )
    return stored["envelope"] == hashed and again == entry.entry_sha256


_OF_FIRST_FORMAT = {
    "kind": "signed",
    "frame": None,
    "checklist_revision": 1,
    "stated": [],
    "photos": [],
}


def utc(column: str) -> sql.Composable:
    """Write an instant as `contents.instant` does: no fraction where it is zero."""
    return sql.SQL(
        "replace(to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'),"
        " '.000000', '') || '+00:00'"
    ).format(sql.Identifier(*column.split(".")))


# "IS NOT TRUE" also finds what is missing: a row that a key names, a value, a key.
_ENTRIES = sql.SQL("""
SELECT entry.id, entry.enterprise_id, entry.ordinal, entry.previous_sha256,
    entry.entry_sha256, seal.seal_format, seal.content_sha256,
    encode(sha256(seal.content), 'hex') = seal.content_sha256
    AND entry.enterprise_id = report.enterprise_id
    AND CASE WHEN seal.seal_format = 'later-signature/1'
        THEN seal.kind = 'later_signature'
        ELSE version.sealed_at IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM hazards_versioninspection listed
            LEFT JOIN hazards_selfinspection visit ON visit.id = listed.inspection_id
            WHERE listed.version_id = version.id AND (
                visit.enterprise_id = report.enterprise_id
                AND listed.facts -> 'number' = to_jsonb(visit.number)
            ) IS NOT TRUE
        )
        AND NOT EXISTS (
            SELECT FROM hazards_hazardstatement stated
            LEFT JOIN hazards_majorhazard hazard ON hazard.id = stated.hazard_id
            WHERE stated.version_id = version.id AND (
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
            ) IS NOT TRUE
        )
        AND NOT EXISTS (
            SELECT FROM hazards_hazardphoto photo
            LEFT JOIN hazards_attachment shown ON shown.id = photo.attachment_id
            LEFT JOIN hazards_hazardstatement stated
                ON stated.version_id = photo.version_id
                AND stated.hazard_id = photo.hazard_id
            WHERE photo.version_id = version.id AND (
                shown.enterprise_id = report.enterprise_id AND stated.id IS NOT NULL
            ) IS NOT TRUE
        )
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
    json_build_object(
        'envelope', entry.envelope,
        'frame', version.frame,
        'version', json_build_object(
            'number', report.number,
            'quarter',
            to_char(report.year, 'FM0000') || 'Q' || report.quarter_number,
            'version', version.ordinal,
            'correction_reason', version.correction_reason,
            'nothing_found', version.nothing_found,
            'scope', version.scope,
            'coverage', version.coverage,
            'remarks', version.remarks
        ),
        'inspections', (
            SELECT coalesce(json_agg(listed.facts), '[]')
            FROM hazards_versioninspection listed
            WHERE listed.version_id = version.id
        ),
        'hazards', stated.hazards,
        'checklist', (
            SELECT coalesce(json_agg(json_build_object(
                'clause', answer.clause,
                'answer', answer.answer,
                'reason', answer.reason
            )), '[]')
            FROM hazards_checklistanswer answer
            WHERE answer.version_id = version.id
        ),
        'columns', json_build_object(
            'id', seal.id,
            'enterprise_id', report.enterprise_id,
            'version', json_build_object(
                'id', version.id,
                'report_id', version.report_id,
                'ordinal', version.ordinal,
                'revision', version.revision,
                'created_at', {created_at},
                'created_by_id', version.created_by_id,
                'saved_at', {saved_at},
                'saved_by_id', version.saved_by_id,
                'sealed_at', {sealed_at}
            ),
            'seal_format', seal.seal_format,
            'content_sha256', seal.content_sha256,
            'statement_key', seal.statement_key,
            'statement', seal.statement,
            'signed_by_id', seal.signed_by_id,
            'signed_at', {signed_at},
            'factor', seal.factor,
            'receipt_number', seal.receipt_number,
            'received_at', {received_at},
            'bureau_id', seal.bureau_id,
            'due_at', {due_at},
            'due_is_provisional', seal.due_is_provisional,
            'in_time', seal.in_time
        ),
        'later', json_build_object(
            'kind', seal.kind,
            'frame', seal.frame,
            'checklist_revision', version.checklist_revision,
            'stated', stated.columns,
            'photos', (
                SELECT coalesce(json_agg(json_build_array(
                    photo.hazard_id, photo.ordinal, photo.attachment_id
                )), '[]')
                FROM hazards_hazardphoto photo
                WHERE photo.version_id = version.id
            )
        )
    )::text
FROM hazards_chainentry entry
JOIN accounts_enterprise enterprise ON enterprise.id = entry.enterprise_id
JOIN hazards_seal seal ON seal.id = entry.seal_id
JOIN hazards_reportversion version ON version.id = seal.version_id
JOIN hazards_selfinspectionreport report ON report.id = version.report_id
JOIN accounts_enterprise owner ON owner.id = report.enterprise_id
CROSS JOIN LATERAL (
    SELECT
        coalesce(json_agg(json_build_array(
            stated.hazard_id, stated.site_id, stated.clause, stated.revision,
            {stated_saved_at}, stated.saved_by_id
        )), '[]') AS columns,
        coalesce(json_agg(json_build_array(stated.facts, json_build_object(
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
        ))), '[]') AS hazards
    FROM hazards_hazardstatement stated WHERE stated.version_id = version.id
) stated
WHERE %(uscc)s::text IS NULL OR enterprise.uscc = %(uscc)s
ORDER BY entry.enterprise_id, entry.ordinal, entry.id
""").format(
    found_at=utc("hazard.found_at"),
    registered_at=utc("hazard.registered_at"),
    created_at=utc("version.created_at"),
    saved_at=utc("version.saved_at"),
    sealed_at=utc("version.sealed_at"),
    signed_at=utc("seal.signed_at"),
    received_at=utc("seal.received_at"),
    due_at=utc("seal.due_at"),
    stated_saved_at=utc("stated.saved_at"),
)
