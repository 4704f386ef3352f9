"""What the teams of the demonstration find: hazards and answers to the clauses."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import Acting
from hazards.models import PLAN_FIELDS, Answer, HazardStatement, ReportVersion
from hazards.queries.standards import checklist_clauses
from hazards.rules.deadlines import SHANGHAI
from hazards.services import attachments, checklists, hazards
from hazards.services.checklists import Given
from hazards.services.descriptions import Description
from portal.demo.material import Danger, dice
from portal.demo.pictures import picture
from portal.demo.world import Company


def write(
    version: ReportVersion, company: Company, *, ago: int, by: Acting, at: dt.datetime
) -> None:
    """
    Describe what was found in the quarter so many before the present, say which of the
    older hazards is gone by now, and answer the clauses that apply.
    """
    carried = list(version.stated.select_related("hazard"))
    for danger in company.dangers:
        if danger.ago == ago:
            _describe(danger, version, company, by=by, at=at)
        elif danger.gone is not None and danger.ago - ago == danger.gone:
            for stated in carried:
                if stated.place == danger.place:
                    _say_gone(stated, version, by=by, at=at)
    _answer(version, company, by=by, at=at)


def _describe(
    danger: Danger,
    version: ReportVersion,
    company: Company,
    *,
    by: Acting,
    at: dt.datetime,
) -> None:
    found_at = at - dt.timedelta(hours=5)
    site = next(site for site in company.sites if site.name == danger.site)
    description = Description(
        found_at=found_at,
        clause=danger.clause,
        site_id=site.pk,
        place=danger.place,
        description=danger.description,
        causes=danger.causes,
        harm=danger.harm,
        difficulty=danger.difficulty,
        interim_measures=danger.interim,
        responsible_person=danger.responsible,
        funds_planned=danger.funds,
        due_on=found_at.astimezone(SHANGHAI).date() + dt.timedelta(days=danger.due),
    )
    plan: dict[str, Any] = dict(zip(PLAN_FIELDS, danger.plan, strict=True))
    stated = hazards.describe(
        report_id=version.report_id,
        description=replace(description, **plan),
        by=by,
        at=at,
    )
    for number in range(1, danger.photos + 1):
        attachments.add_photo(
            ContentFile(
                picture(dice(danger.place, number)), name=f"现场照片{number}.jpg"
            ),
            report_id=version.report_id,
            hazard_id=stated.hazard_id,
            keep_position=False,
            by=by,
            at=at,
        )


def _say_gone(
    stated: HazardStatement, version: ReportVersion, *, by: Acting, at: dt.datetime
) -> None:
    columns = {
        name: getattr(stated, name)
        for name in Description.__dataclass_fields__
        if name != "found_at"
    }
    gone_on = min(stated.due_on or by.on, by.on)
    description = Description(found_at=stated.hazard.found_at, **columns)
    hazards.save(
        report_id=version.report_id,
        hazard_id=stated.hazard_id,
        made_from=stated.revision,
        description=replace(description, rectified_on=gone_on),
        by=by,
        at=at,
    )


def _answer(
    version: ReportVersion, company: Company, *, by: Acting, at: dt.datetime
) -> None:
    """Everything that applies is fine, but for what is described."""
    clauses = checklist_clauses(company.enterprise, on=by.on)
    answers = {clause.code: Given(Answer.FINE) for clause in clauses}
    for code in version.stated.exclude(clause="").values_list("clause", flat=True):
        answers[code] = Given(Answer.HAZARD)
    if answers:
        version.refresh_from_db(fields=["checklist_revision"])
        checklists.save_answers(
            report_id=version.report_id,
            made_from=version.checklist_revision,
            answers=answers,
            by=by,
            at=at,
        )
