"""What a report version says, as plain JSON values: live, or as it was sealed."""

import datetime as dt
from typing import Any

from accounts.models import Bureau, Enterprise, Membership
from hazards.models import ReportVersion, SelfInspection
from hazards.rules import seals
from hazards.rules.statements import NOTHING_FOUND, statement


def said(version: ReportVersion) -> dict[str, Any]:
    """What the team wrote, with the report's number and quarter."""
    report = version.report
    return {
        "number": report.number,
        "quarter": str(report.quarter),
        "version": version.ordinal,
        "correction_reason": version.correction_reason,
        "nothing_found": version.nothing_found,
        "scope": version.scope,
        "coverage": version.coverage,
        "remarks": version.remarks,
    }


def live_frame(
    enterprise: Enterprise,
    *,
    bureau: Bureau | None,
    principal: Membership | None,
    on: dt.date,
) -> dict[str, Any]:
    """Who the enterprise, its bureau and principal are, and what is signed that day."""
    return {
        "declaration": statement(NOTHING_FOUND, on=on).zh,
        "enterprise": {
            "uscc": enterprise.uscc,
            "name": enterprise.name,
            "registered_address": enterprise.registered_address,
            "industry": enterprise.industry,
        },
        "bureau": {"name": bureau.name if bureau else ""},
        "principal": {"name": principal.user.full_name if principal else ""},
    }


def live_facts(inspection: SelfInspection) -> dict[str, Any]:
    """A visit as it stands now; expects sites, attendances, participation loaded."""
    participation = getattr(inspection, "participation", None)
    return {
        "number": inspection.number,
        "started_on": inspection.started_on.isoformat(),
        "ended_on": inspection.ended_on.isoformat(),
        "team": inspection.team,
        "external_organisation": inspection.external_organisation,
        "areas": inspection.areas,
        "sites": sorted(
            (
                {
                    "name": site.name,
                    "address": site.address,
                    "county": site.county.name,
                }
                for site in inspection.sites.all()
            ),
            key=lambda site: str(site["name"]),
        ),
        "people": [
            {
                "name": person.full_name,
                "capacity": person.capacity,
                "took_part": person.took_part,
                "signed_in_at": _instant(person.signed_in_at),
            }
            for person in sorted(inspection.attendances.all(), key=lambda p: p.pk)
        ],
        "principal_took_part": None
        if participation is None
        else {
            "name": participation.principal.user.full_name,
            "evidence": participation.evidence,
            "confirmed_at": _instant(participation.confirmed_at),
        },
    }


def listed_inspections(version: ReportVersion) -> list[SelfInspection]:
    """The visits that a version lists, with all that `live_facts` reads; 4 queries."""
    return list(
        SelfInspection.objects.filter(listings__version=version)
        .select_related("participation__principal__user")
        .prefetch_related("sites__county", "attendances")
        .order_by("started_on", "number")
    )


def live_bytes(
    version: ReportVersion,
    *,
    bureau: Bureau | None,
    principal: Membership | None,
    on: dt.date,
) -> bytes:
    """What a principal is shown and would sign on the day."""
    return seals.project(
        seals.CURRENT_FORMAT,
        version=said(version),
        frame=live_frame(
            version.report.enterprise, bureau=bureau, principal=principal, on=on
        ),
        inspections=[live_facts(i) for i in listed_inspections(version)],
    )


def sealed_bytes(version: ReportVersion, *, seal_format: str) -> bytes:
    """The bytes that the stored rows of a sealed version give under its format."""
    return seals.project(
        seal_format,
        version=said(version),
        frame=version.frame or {},
        inspections=[listing.facts or {} for listing in version.listed.all()],
    )


def _instant(at: dt.datetime | None) -> str | None:
    return at.astimezone(dt.UTC).isoformat() if at else None
