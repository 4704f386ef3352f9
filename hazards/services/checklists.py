"""The answers of a report to the clauses that apply."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Acting
from accounts.permissions import RefusedError
from hazards import permissions
from hazards.models import (
    Answer,
    ChecklistAnswer,
    ReportVersion,
    SelfInspectionReport,
)
from hazards.rules import catalogue
from hazards.services.versions import StaleSaveError, locked_open_version


@dataclass(frozen=True)
class Given:
    """An answer to one clause; a reason only where it does not apply."""

    answer: Answer
    reason: str = ""


def save_answers(
    *,
    report_id: int,
    made_from: int,
    answers: Mapping[str, Given],
    by: Acting,
    at: dt.datetime,
) -> ReportVersion:
    """
    Store the answers by code of clause; clauses left out, and those not checked, are
    answered "not checked". Made from the version's `checklist_revision`.

    :raises NotPermittedError: if the person may not write the report now
    :raises StaleSaveError: if another save came first; nothing is overwritten
    :raises RefusedError: if a clause does not exist or "not applicable" has no reason
    """
    with transaction.atomic():
        report = (
            SelfInspectionReport.objects.select_for_update(of=("self",))
            .select_related("enterprise")
            .get(pk=report_id)
        )
        permissions.may_edit(by, report).require()
        version = locked_open_version(report)
        given = _checked(answers)
        if version.checklist_revision != made_from:
            if _says(version, given):
                return version  # the same save, sent twice
            raise StaleSaveError(version.saved_by, by=by)
        version.checklist_revision += 1
        version.saved_at, version.saved_by = at, by.membership
        version.save(update_fields=["checklist_revision", "saved_at", "saved_by"])
        version.checklist.exclude(clause__in=given).delete()
        ChecklistAnswer.objects.bulk_create(
            [
                ChecklistAnswer(
                    version=version,
                    clause=code,
                    answer=row.answer,
                    reason=row.reason,
                )
                for code, row in given.items()
            ],
            update_conflicts=True,
            unique_fields=["version", "clause"],
            update_fields=["answer", "reason"],
        )
    return version


def _checked(answers: Mapping[str, Given]) -> dict[str, Given]:
    """The answers that are kept, each as it is kept."""
    kept = {}
    for code, row in answers.items():
        try:
            clause = catalogue.clause(code)
        except ValueError as error:
            raise RefusedError(_("Choose clauses from the list.")) from error
        if row.answer == Answer.NOT_CHECKED:
            continue
        reason = row.reason.strip() if row.answer == Answer.NOT_APPLICABLE else ""
        if row.answer == Answer.NOT_APPLICABLE and not reason:
            raise RefusedError(
                _("Say why clause %(number)s does not apply to you.")
                % {"number": clause.number}
            )
        kept[code] = Given(row.answer, reason)
    return kept


def _says(version: ReportVersion, given: Mapping[str, Given]) -> bool:
    """Whether the version says just that already."""
    return {
        row.clause: Given(Answer(row.answer), row.reason)
        for row in version.checklist.all()
    } == dict(given)
