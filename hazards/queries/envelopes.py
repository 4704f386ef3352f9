"""Every column of a seal that is not its content, as the chain hashes it."""

import datetime as dt

from hazards.models import Seal


def envelope(seal: Seal) -> dict[str, object]:
    """
    Plain values of the seal's columns; instants in UTC. A column added to `Seal` must
    be added here under a new seal format.
    """
    return {
        "version_id": seal.version_id,
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


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat()
