"""
What is done about a major hazard after it is registered: one act a row, written once,
and beside it what acts of its kind say. Together they are its story.
"""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Bureau, Membership
from accounts.models.dated import append_only, never_truncated
from hazards.models.attachments import Attachment
from hazards.models.hazard_guards import HazardState
from hazards.models.hazards import ListedLevel, MajorHazard, Stop


class HazardActKind(models.TextChoices):
    """A verb; what it does to the state stands in `hazards.workflow`."""

    REGISTER = "register", _("put on record")
    REPORT = "report", _("reported")
    RECEIVE_PLAN = "receive-plan", _("treatment plan received")
    PROGRESS = "progress", _("progress")
    TELL = "tell", _("people told of it")
    ASK_EXTENSION = "ask-extension", _("more time asked for")
    ANSWER_EXTENSION = "answer-extension", _("more time answered")
    RECORD_ACCEPTANCE = "record-acceptance", _("acceptance recorded")
    RETURN_ACCEPTANCE = "return-acceptance", _("acceptance given back")
    CONFIRM_ACCEPTANCE = "confirm-acceptance", _("accepted by the enterprise")
    APPLY_FOR_RECHECK = "apply-for-recheck", _("re-check applied for")
    ORDER_RECHECK = "order-recheck", _("re-check ordered")
    PASS_RECHECK = "pass-recheck", _("re-check passed, closed")
    FAIL_RECHECK = "fail-recheck", _("re-check failed")
    CLOSE = "close", _("closed by the enterprise")
    DOWNGRADE = "downgrade", _("graded down to general")
    GRADE_MAJOR = "grade-major", _("graded major again")
    VOID = "void", _("struck out as reported in error")
    HAND_OVER = "hand-over", _("handed over to another department")
    ORDER = "order", _("ordered by the bureau")
    LIFT_ORDER = "lift-order", _("order lifted")
    LIST = "list", _("supervision listed")
    DELIST = "delist", _("supervision ended")


class HazardAct(models.Model):
    """
    One act: who, when (server time, UTC), what was said in words, and the state before
    and after. `on` is a day that the act states (Asia/Shanghai), such as the day on
    which workers were told. `key` is made with the form: sent twice, it is one act.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    hazard = models.ForeignKey(
        MajorHazard, on_delete=models.PROTECT, related_name="acts"
    )
    kind = models.CharField(max_length=20, choices=HazardActKind)
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    on = models.DateField(null=True, blank=True)
    from_state = models.CharField(max_length=20, choices=HazardState)
    to_state = models.CharField(max_length=20, choices=HazardState)
    # What a device that was offline says of when it was typed: a claim.
    typed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["hazard", "id"], name="act_by_hazard")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.hazard_id} {self.kind}"


class Moment(models.TextChoices):
    """What a photo or document of an act shows."""

    BEFORE = "before", _("before rectification")
    AFTER = "after", _("after rectification")
    DOCUMENT = "document", _("document")


class HazardActFile(models.Model):
    """A photo or document that belongs to an act; written with it."""

    act = models.ForeignKey(HazardAct, on_delete=models.PROTECT, related_name="files")
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="act_files"
    )
    moment = models.CharField(max_length=10, choices=Moment)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["act", "attachment"], name="act_shows_a_file_once"
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.act_id} {self.attachment_id}"


def _of_act(name: str) -> "models.OneToOneField[HazardAct, HazardAct]":
    return models.OneToOneField(
        HazardAct, on_delete=models.PROTECT, related_name=name, primary_key=True
    )


def _settled_by(
    name: str,
) -> "models.OneToOneField[HazardAct | None, HazardAct | None]":
    return models.OneToOneField(
        HazardAct, on_delete=models.PROTECT, related_name=name, null=True, blank=True
    )


def _settled_once(settled: str, *columns: str) -> list[pgtrigger.Trigger]:
    """A row may be settled once, by these columns; nothing else of it ever changes."""
    allowed = ", ".join(f"'{name}'" for name in (settled, *columns))
    return [
        pgtrigger.Trigger(
            name="settled_once_never_edited",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=f"""
                IF TG_OP = 'UPDATE' AND OLD.{settled} IS NULL
                   AND NEW.{settled} IS NOT NULL
                   AND to_jsonb(NEW) - ARRAY[{allowed}]
                     = to_jsonb(OLD) - ARRAY[{allowed}] THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'an act is settled once and never edited';
            """,
        ),
        never_truncated(),
    ]


class HazardProgress(models.Model):
    """
    What progress says beside its words: funds spent with it, in ten thousand yuan
    (万元), and how much of the work stands still from then on.
    """

    act = _of_act("progress")
    funds_spent = models.DecimalField(
        max_digits=12, decimal_places=4, null=True, blank=True
    )
    stopped = models.CharField(max_length=10, choices=Stop, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(funds_spent__isnull=True) | Q(funds_spent__gte=0),
                name="progress_funds_are_not_negative",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return str(self.act_id)


class Audience(models.TextChoices):
    """Who is told of a hazard and its plan (双报告)."""

    WORKERS = "workers", _("workers")
    CONGRESS = "congress", _("workers’ congress")


class HazardTelling(models.Model):
    """Workers, or their congress, were told; the act says when, how, with evidence."""

    act = _of_act("telling")
    audience = models.CharField(max_length=10, choices=Audience)

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.act_id} {self.audience}"


class HazardExtension(models.Model):
    """
    More time, asked for before the deadline (`from_on`, which itself is in time) with
    reason and interim measures, until `to_on`. Answered by the bureau where it ordered
    the rectification or the hazard is listed, else by the principal. Days are days in
    Asia/Shanghai.
    """

    asked = _of_act("extension")
    from_on = models.DateField()
    to_on = models.DateField()
    interim_measures = models.TextField()
    by_bureau = models.BooleanField()
    answered = _settled_by("answers_extension")
    approved = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__gt=F("from_on")), name="extension_gives_more_time"
            ),
            models.CheckConstraint(
                condition=Q(answered__isnull=True, approved__isnull=True)
                | Q(answered__isnull=False, approved__isnull=False),
                name="extension_answer_is_whole",
            ),
        ]
        triggers = _settled_once("answered_id", "approved")

    def __str__(self) -> str:
        return f"{self.asked_id} until {self.to_on}"


class AcceptedBy(models.TextChoices):
    """Who judged whether a hazard is eliminated."""

    OWN = "own", _("own technicians or experts")
    AGENCY = "agency", _("a qualified safety evaluation agency")


class HazardAcceptance(models.Model):
    """
    The enterprise's own judgement that the hazard is eliminated (Order 16, art. 18):
    recorded by the team, confirmed or given back by the principal.
    """

    recorded = _of_act("acceptance")
    accepted_by = models.CharField(max_length=10, choices=AcceptedBy)
    # Names and qualifications of those who judged.
    people = models.TextField()
    agency = models.CharField(max_length=200, blank=True)
    answered = _settled_by("answers_acceptance")
    confirmed = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_by=AcceptedBy.OWN, agency="")
                | (Q(accepted_by=AcceptedBy.AGENCY) & ~Q(agency="")),
                name="acceptance_names_its_agency",
            ),
            models.CheckConstraint(
                condition=Q(answered__isnull=True, confirmed__isnull=True)
                | Q(answered__isnull=False, confirmed__isnull=False),
                name="acceptance_answer_is_whole",
            ),
        ]
        triggers = _settled_once("answered_id", "confirmed")

    def __str__(self) -> str:
        return str(self.recorded_id)


class HazardRecheck(models.Model):
    """
    The bureau looks on site (复查), by `due_on` (Asia/Shanghai), with two officers:
    after an application, or because it says so.
    """

    asked = _of_act("recheck")
    # The application is one to resume stopped work (Order 16, art. 23).
    resumes = models.BooleanField(default=False)
    due_on = models.DateField()
    done = _settled_by("settles_recheck")
    passed = models.BooleanField(null=True, blank=True)
    first_officer = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    second_officer = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    done__isnull=True,
                    passed__isnull=True,
                    first_officer__isnull=True,
                    second_officer__isnull=True,
                )
                | Q(
                    done__isnull=False,
                    passed__isnull=False,
                    first_officer__isnull=False,
                    second_officer__isnull=False,
                ),
                name="recheck_result_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(first_officer__isnull=True)
                | ~Q(first_officer=F("second_officer")),
                name="recheck_is_by_two_officers",
            ),
        ]
        triggers = _settled_once(
            "done_id", "passed", "first_officer_id", "second_officer_id"
        )

    def __str__(self) -> str:
        return f"{self.asked_id} by {self.due_on}"


class HazardOrder(models.Model):
    """
    What the bureau ordered (现场处理措施、整改指令): rectification by a day, and how
    much of the work has to stand still; in force until lifted or the hazard is off the
    books. Several may stand; one act may lift all of them.
    """

    act = _of_act("order")
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    # Of the paper that was served, if there is one.
    document_number = models.CharField(max_length=60, blank=True)
    due_on = models.DateField(null=True, blank=True)
    stop = models.CharField(max_length=10, choices=Stop, blank=True)
    lifted = models.ForeignKey(
        HazardAct,
        on_delete=models.PROTECT,
        related_name="lifts_orders",
        null=True,
        blank=True,
    )

    class Meta:
        triggers = _settled_once("lifted_id")

    def __str__(self) -> str:
        return str(self.act_id)


class HazardListing(models.Model):
    """Listed supervision (挂牌督办) by a level of government, until it is ended."""

    act = _of_act("listing")
    level = models.CharField(max_length=10, choices=ListedLevel)
    document_number = models.CharField(max_length=60, blank=True)
    ended = _settled_by("ends_listing")

    class Meta:
        triggers = _settled_once("ended_id")

    def __str__(self) -> str:
        return f"{self.act_id} {self.level}"


class HazardGrading(models.Model):
    """The grade that the act gives, under which clause (a code of the catalogue)."""

    act = _of_act("grading")
    is_major = models.BooleanField()
    clause = models.CharField(max_length=60, blank=True)

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.act_id} {self.is_major}"


class HazardHandover(models.Model):
    """To which other department the hazard went (移送), as that one is called."""

    act = _of_act("handover")
    department = models.CharField(max_length=200)

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.act_id} {self.department}"
