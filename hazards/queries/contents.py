"""What a report version says, as plain JSON values: live, or as it was sealed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from accounts.models import Bureau, Enterprise, Membership
from hazards.models import (
    PLAN_FIELDS,
    Attachment,
    HazardStatement,
    ReportKind,
    ReportVersion,
    SealKind,
    SelfInspection,
)
from hazards.queries.ledger import live_table
from hazards.rules import catalogue, seals
from hazards.rules.statements import (
    HAZARD_REPORTED,
    HAZARDS_REPORTED,
    NOTHING_FOUND,
    PLAN_SET,
    Statement,
    statement,
)


def said(version: ReportVersion) -> dict[str, Any]:
    """What the team wrote, with the report's number and quarter."""
    report = version.report
    return {
        "number": report.number,
        "quarter": str(report.quarter) if report.is_quarterly else None,
        "hazard": report.hazard.number if report.hazard else None,
        "version": version.ordinal,
        "correction_reason": version.correction_reason,
        "nothing_found": version.nothing_found,
        "scope": version.scope,
        "coverage": version.coverage,
        "remarks": version.remarks,
        "table": version.table,
    }


def live_frame(
    enterprise: Enterprise,
    *,
    bureau: Bureau | None,
    principal: Membership | None,
    declaration: str,
    act: Mapping[str, Any],
) -> dict[str, Any]:
    """Who the enterprise, its bureau and principal are, and what is declared how."""
    return {
        "act": dict(act),
        "declaration": declaration,
        "enterprise": {
            "uscc": enterprise.uscc,
            "name": enterprise.name,
            "registered_address": enterprise.registered_address,
            "industry": enterprise.industry,
        },
        "bureau": {"name": bureau.name if bureau else ""},
        "principal": {"name": principal.user.full_name if principal else ""},
    }


def declaration_of(version: ReportVersion, *, on: dt.date) -> Statement:
    """The wording that the principal signs under what the version says."""
    kind = version.report.kind
    if kind == ReportKind.HAZARD:
        return statement(HAZARD_REPORTED, on=on)
    if kind == ReportKind.PLAN:
        return statement(PLAN_SET, on=on)
    name = NOTHING_FOUND if version.nothing_found else HAZARDS_REPORTED
    return statement(name, on=on)


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
                "signed_in_at": instant(person.signed_in_at),
            }
            for person in sorted(inspection.attendances.all(), key=lambda p: p.pk)
        ],
        "principal_took_part": None
        if participation is None
        else {
            "name": participation.principal.user.full_name,
            "evidence": participation.evidence,
            "confirmed_at": instant(participation.confirmed_at),
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


def stated_hazards(version: ReportVersion) -> list[HazardStatement]:
    """What a version says of each hazard, with all that `hazard_facts` reads."""
    return list(
        version.stated.select_related("hazard", "site__county").order_by(
            "hazard__number"
        )
    )


def photos_of(version: ReportVersion) -> dict[int, list[Attachment]]:
    """What a version shows of its hazards, by hazard, in order; 1 query."""
    shown: dict[int, list[Attachment]] = {}
    rows = version.photos.select_related("attachment").order_by("ordinal", "id")
    for photo in rows:
        shown.setdefault(photo.hazard_id, []).append(photo.attachment)
    return shown


def hazard_facts(
    stated: HazardStatement, photos: Sequence[Attachment]
) -> dict[str, Any]:
    """What belongs to other rows, as it stands now."""
    hazard, site = stated.hazard, stated.site
    clause = catalogue.clause(stated.clause) if stated.clause else None
    return {
        "number": hazard.number,
        "found_at": instant(hazard.found_at),
        "registered_at": instant(hazard.registered_at),
        # Empty = this report is the first to name it.
        "first_reported_at": instant(hazard.first_reported_at),
        "clause": None
        if clause is None
        else {
            "code": clause.code,
            "standard": clause.standard.zh,
            "standard_number": clause.standard.number,
            "number": clause.number,
            "text": clause.zh,
            "confidence": clause.confidence.value,
        },
        "site": None
        if site is None
        else {"name": site.name, "address": site.address, "county": site.county.name},
        "photos": [
            {"sha256": photo.sha256, "media_type": photo.media_type} for photo in photos
        ],
    }


def hazard_content(stated: HazardStatement, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What a version says of a hazard, with the facts of other rows."""
    funds = stated.funds_planned
    return {
        **facts,
        "place": stated.place,
        "description": stated.description,
        "causes": stated.causes,
        "harm": stated.harm,
        "difficulty": stated.difficulty,
        "interim_measures": stated.interim_measures,
        "plan": {
            field.removeprefix("plan_"): getattr(stated, field) for field in PLAN_FIELDS
        },
        "responsible_person": stated.responsible_person,
        # 万元, written without a trailing zero.
        "funds_planned": None if funds is None else f"{funds.normalize():f}",
        "due_on": _day(stated.due_on),
        "rectified_on": _day(stated.rectified_on),
    }


def checklist_of(version: ReportVersion) -> list[dict[str, Any]]:
    """The answers to the clauses; no row = not checked."""
    return [
        {"clause": row.clause, "answer": row.answer, "reason": row.reason}
        for row in version.checklist.all()
    ]


def live_parts(
    version: ReportVersion, *, frame: Mapping[str, Any], on: dt.date
) -> seals.Parts:
    """Everything that a version says as it stands now; up to 12 queries."""
    photos = photos_of(version)
    return seals.Parts(
        version={**said(version), "table": live_table(version, on=on)},
        frame=frame,
        inspections=[live_facts(visit) for visit in listed_inspections(version)],
        hazards=[
            hazard_content(
                stated, hazard_facts(stated, photos.get(stated.hazard_id, []))
            )
            for stated in stated_hazards(version)
        ],
        checklist=checklist_of(version),
    )


def live_bytes(
    version: ReportVersion,
    *,
    bureau: Bureau | None,
    principal: Membership | None,
    on: dt.date,
) -> bytes:
    """What a principal is shown and would sign on the day."""
    frame = live_frame(
        version.report.enterprise,
        bureau=bureau,
        principal=principal,
        declaration=declaration_of(version, on=on).zh,
        act={"kind": SealKind.SIGNED.value},
    )
    seal_format = seals.current_format(version.report.kind)
    return seals.project(seal_format, live_parts(version, frame=frame, on=on))


def sealed_parts(version: ReportVersion) -> seals.Parts:
    """What the stored rows of a sealed version hold."""
    return seals.Parts(
        version=said(version),
        frame=version.frame or {},
        inspections=[listing.facts or {} for listing in version.listed.all()],
        hazards=[
            hazard_content(stated, stated.facts or {})
            for stated in version.stated.all()
        ],
        checklist=checklist_of(version),
    )


def sealed_bytes(version: ReportVersion, *, seal_format: str) -> bytes:
    """The bytes that the stored rows of a sealed version give under its format."""
    return seals.project(seal_format, sealed_parts(version))


def instant(at: dt.datetime | None) -> str | None:
    """The instant in UTC, as it stands in what is sealed."""
    return at.astimezone(dt.UTC).isoformat() if at else None


def _day(on: dt.date | None) -> str | None:
    return on.isoformat() if on else None
