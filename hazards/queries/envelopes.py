"""Every column of a seal and its version that the content leaves out, for the chain."""

from hazards.models import ReportVersion, Seal
from hazards.queries.contents import instant
from hazards.rules.seals import FIRST_FORMAT


def envelope(seal: Seal) -> dict[str, object]:
    """
    Plain values of the columns of the seal, of its version and of what the version
    holds, that the sealed bytes do not hold; instants in UTC. A column added to any of
    them must be added here under a new seal format.
    """
    columns: dict[str, object] = {
        "id": seal.pk,
        "enterprise_id": seal.version.report.enterprise_id,
        "version": _saving(seal.version),
        "seal_format": seal.seal_format,
        "content_sha256": seal.content_sha256,
        "statement_key": seal.statement_key,
        "statement": seal.statement,
        "signed_by_id": seal.signed_by_id,
        "signed_at": instant(seal.signed_at),
        "factor": seal.factor,
        "receipt_number": seal.receipt_number,
        "received_at": instant(seal.received_at),
        "bureau_id": seal.bureau_id,
        "due_at": instant(seal.due_at),
        "due_is_provisional": seal.due_is_provisional,
        "in_time": seal.in_time,
    }
    if seal.seal_format == FIRST_FORMAT:
        return columns
    version = seal.version
    if not version.report.is_quarterly:
        # Of a quarterly report the constraint says them.
        columns["report_kind"] = version.report.kind
        columns["report_hazard_id"] = version.report.hazard_id
    return {
        **columns,
        "kind": seal.kind,
        "frame": seal.frame,
        "checklist_revision": version.checklist_revision,
        "stated": sorted(
            [
                row.hazard_id,
                row.site_id,
                row.clause,
                row.revision,
                instant(row.saved_at),
                row.saved_by_id,
            ]
            for row in version.stated.all()
        ),
        "photos": sorted(
            [row.hazard_id, row.ordinal, row.attachment_id]
            for row in version.photos.all()
        ),
    }


def _saving(version: ReportVersion) -> dict[str, object]:
    """Who wrote the version and when: on the record, but not in what is signed."""
    return {
        "id": version.pk,
        "report_id": version.report_id,
        "ordinal": version.ordinal,
        "revision": version.revision,
        "created_at": instant(version.created_at),
        "created_by_id": version.created_by_id,
        "saved_at": instant(version.saved_at),
        "saved_by_id": version.saved_by_id,
        "sealed_at": instant(version.sealed_at),
    }
