"""What the team found out about each clause that applies."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hazards.models.report_guards import version_child_guards
from hazards.models.reports import ReportVersion


class Answer(models.TextChoices):
    """No row = not checked."""

    FINE = "fine", _("checked and fine")
    HAZARD = "hazard", _("hazard")
    NOT_APPLICABLE = "not_applicable", _("not applicable")
    NOT_CHECKED = "not_checked", _("not checked")


class ChecklistAnswer(models.Model):
    """The answer of a version to one clause of hazards.rules.catalogue."""

    version = models.ForeignKey(
        ReportVersion, on_delete=models.PROTECT, related_name="checklist"
    )
    clause = models.CharField(max_length=60)
    answer = models.CharField(max_length=20, choices=Answer)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "clause"], name="version_answers_a_clause_once"
            ),
            models.CheckConstraint(
                condition=~Q(answer="not_applicable") | ~Q(reason=""),
                name="not_applicable_has_a_reason",
            ),
        ]
        triggers = version_child_guards("version_id")

    def __str__(self) -> str:
        return f"{self.clause} {self.answer}"
