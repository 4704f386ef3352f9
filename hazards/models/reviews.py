"""What a bureau adds to a report: comments, transfers, papers."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Bureau, Membership
from accounts.models.dated import append_only
from hazards.models.attachments import Attachment
from hazards.models.reports import ReportVersion, SelfInspectionReport


class ReviewComment(models.Model):
    """
    A reviewer's words on one item of a received version, given when it was returned.
    `item` is a path into its content ("statement.scope", "hazards[YH-…].causes",
    "report" for the whole).
    """

    version = models.ForeignKey(
        ReportVersion, on_delete=models.PROTECT, related_name="comments"
    )
    item = models.CharField(max_length=120)
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="comment_says_something")
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.version_id} {self.item}"


class ReportTransfer(models.Model):
    """A report handed to the bureau that has jurisdiction; its receipts stand."""

    report = models.ForeignKey(
        SelfInspectionReport, on_delete=models.PROTECT, related_name="transfers"
    )
    from_bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    to_bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_bureau=F("to_bureau")),
                name="transfer_goes_to_another_bureau",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="transfer_has_a_reason"
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.report_id} → {self.to_bureau_id}"


class PaperReceipt(models.Model):
    """The scan behind a version that a bureau entered from paper."""

    version = models.OneToOneField(
        ReportVersion, on_delete=models.PROTECT, related_name="paper"
    )
    scan = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="papers"
    )

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.version_id}"


class ReportTally(models.Model):
    """
    How many reports of a bureau stand at a status, kept rather than counted: a trigger
    adds a row with every move, the sum is the number, a job folds the rows together.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="tallies")
    status = models.CharField(max_length=20)
    change = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["bureau", "status"], name="tally_by_bureau")]

    def __str__(self) -> str:
        return f"{self.bureau_id} {self.status} {self.change:+d}"
