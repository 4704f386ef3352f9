"""Every column of a seal and its version that the content leaves out, for the chain."""

import datetime as dt

from hazards.models import ReportVersion, Seal


def envelope(seal: Seal) -> dict[str, object]:
    """
    Plain values of the columns of the seal and of its version that the sealed bytes
    do not hold; instants in UTC. A column added to either must be added here under a
    new seal format.
    """
    return {
        "id": seal.pk,
        "enterprise_id": seal.version.report.enterprise_id,
        "version": _saving(seal.version),
        "seal_format": seal.seal_format,
        "content_sha256": seal.content_sha256,
        "statement_key": seal.statement_key,
        "statement": seal.statement,
        "signed_by_id": seal.signed_by_id,
        "signed_at": _instant(seal.signed_at),
        "factor": seal.factor,
        "receipt_number": seal.receipt_number,
        "received_at": _instant(seal.received_at),
        "bureau_id": seal.bureau_id,
        "due_at": _instant(seal.due_at),
        "due_is_provisional": seal.due_is_provisional,
        "in_time": seal.in_time,
    }


def _saving(version: ReportVersion) -> dict[str, object]:
    """Who wrote the version and when: on the record, but not in what is signed."""
    return {
        "id": version.pk,
        "report_id": version.report_id,
        "ordinal": version.ordinal,
        "revision": version.revision,
        "created_at": _instant(version.created_at),
        "created_by_id": version.created_by_id,
        "saved_at": _instant(version.saved_at),
        "saved_by_id": version.saved_by_id,
        "sealed_at": _instant(version.sealed_at),
    }


def _instant(at: dt.datetime | None) -> str | None:
    return at.astimezone(dt.UTC).isoformat() if at else None
