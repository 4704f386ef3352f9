"""What a principal signs later under a report that was received without a signature."""

import datetime as dt
from typing import Any

from accounts.models import Membership
from hazards.models import ReportVersion, Seal, SealKind, SelfInspectionReport
from hazards.rules.statements import SIGNED_LATER, statement


def lodged_seal(report: SelfInspectionReport) -> Seal:
    """The seal by which the report was last received; expects it to be unsigned."""
    return (
        Seal.objects.filter(version__report=report, kind=SealKind.UNSIGNED)
        .select_related("version", "bureau", "signed_by__user")
        .latest("version__ordinal")
    )


def later_signature(version: ReportVersion) -> Seal | None:
    """The signature that was put under the version later; None if there is none."""
    return (
        Seal.objects.filter(version=version, kind=SealKind.LATER_SIGNATURE)
        .select_related("signed_by__user")
        .first()
    )


def later_frame(lodged: Seal, *, principal: Membership, on: dt.date) -> dict[str, Any]:
    """Who signs what on the day: the lodged bytes are named by their digest."""
    report = lodged.version.report
    return {
        "declaration": statement(SIGNED_LATER, on=on).zh,
        "principal": {"name": principal.user.full_name},
        "lodged": {
            "report": report.number,
            **(
                {"hazard": report.hazard.number}
                if report.hazard
                else {"quarter": str(report.quarter)}
            ),
            "version": lodged.version.ordinal,
            "receipt": lodged.receipt_number,
            "received_at": lodged.received_at.astimezone(dt.UTC).isoformat(),
            "sha256": lodged.content_sha256,
        },
    }
