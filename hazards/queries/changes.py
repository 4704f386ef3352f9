"""What a correction says otherwise than the version received before it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from hazards.models import ReportVersion, SealKind
from hazards.queries.contents import live_bytes
from hazards.queries.report_pages import content_of, last_receipt, sealed_content
from hazards.rules.differences import Difference, differences, says_the_same


def changes_since_receipt(
    version: ReportVersion, content: Mapping[str, Any]
) -> Difference | None:
    """
    What the version's content says otherwise than the version received before it; None
    if it is the first. At most 1 query.
    """
    if version.ordinal == 1:
        return None
    seal = last_receipt(version.report, before=version.ordinal)
    if seal is None:
        return None
    return Difference(
        since=seal.version.ordinal,
        changes=differences(sealed_content(seal), content),
    )


def repeats(version: ReportVersion, *, unsigned: bool, on: dt.date) -> int | None:
    """
    The ordinal of the received version of which the open one is a mere repetition:
    the team says the same, and no signature is added to it. None if it is none. The
    reason for the correction does not count.

    :param unsigned: whether it is to be lodged without the principal's signature
    """
    if version.ordinal == 1:
        return None
    seal = last_receipt(version.report, before=version.ordinal)
    if seal is None:
        return None
    if not unsigned and _waits_for_a_signature(seal.version, kind=seal.kind):
        return None
    now = content_of(live_bytes(version, bureau=None, principal=None, on=on))
    same = says_the_same(sealed_content(seal), now)
    return seal.version.ordinal if same else None


def _waits_for_a_signature(version: ReportVersion, *, kind: str) -> bool:
    """Lodged unsigned and not signed since: signing the same words adds something."""
    return (
        kind == SealKind.UNSIGNED
        and not version.seals.filter(kind=SealKind.LATER_SIGNATURE).exists()
    )
