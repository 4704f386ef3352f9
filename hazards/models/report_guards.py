"""
What the database itself refuses of reports and their versions, whoever asks: moves that
the table does not hold, another first receipt, a change of what is sealed.
"""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.dated import never_truncated


class ReportStatus(models.TextChoices):
    """
    Where the current version stands. A correction is a new version in `draft`;
    whether anything was ever filed is told by `first_received_at`.
    """

    DRAFT = "draft", _("draft")
    AWAITING_SIGNATURE = "awaiting_signature", _("awaiting signature")
    RECEIVED = "received", pgettext_lazy("state of a report", "received")
    UNDER_REVIEW = "under_review", _("under review")
    RETURNED = "returned", _("returned for correction")
    ACCEPTED = "accepted", _("accepted")


# The moves that the database lets pass; hazards.workflow says who makes them, and a
# test holds the two against each other.
REPORT_MOVES: tuple[tuple[ReportStatus, ReportStatus], ...] = (
    (ReportStatus.DRAFT, ReportStatus.AWAITING_SIGNATURE),
    # Lodged unsigned, or entered from paper.
    (ReportStatus.DRAFT, ReportStatus.RECEIVED),
    (ReportStatus.AWAITING_SIGNATURE, ReportStatus.DRAFT),
    (ReportStatus.AWAITING_SIGNATURE, ReportStatus.RECEIVED),
    (ReportStatus.RECEIVED, ReportStatus.UNDER_REVIEW),
    (ReportStatus.RECEIVED, ReportStatus.ACCEPTED),
    (ReportStatus.RECEIVED, ReportStatus.RETURNED),
    (ReportStatus.UNDER_REVIEW, ReportStatus.ACCEPTED),
    (ReportStatus.UNDER_REVIEW, ReportStatus.RETURNED),
    # Transferred to the bureau that has jurisdiction.
    (ReportStatus.UNDER_REVIEW, ReportStatus.RECEIVED),
    (ReportStatus.RETURNED, ReportStatus.DRAFT),
)


def report_guards() -> list[pgtrigger.Trigger]:
    """Triggers of a report."""
    return [
        pgtrigger.FSM(
            name="status_moves_as_the_table_says",
            field="status",
            transitions=[(str(a), str(b)) for a, b in REPORT_MOVES],
        ),
        pgtrigger.Trigger(
            name="received_with_a_seal",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            # Judged at commit: status and seal are written by one transaction.
            timing=pgtrigger.Deferred,
            condition=pgtrigger.Q(new__status="received"),
            func="""
                IF NOT EXISTS (
                    SELECT FROM hazards_seal AS seal
                    JOIN hazards_reportversion AS version
                      ON version.id = seal.version_id
                    WHERE version.report_id = NEW.id
                      AND seal.received_at = NEW.received_at
                ) OR EXISTS (
                    SELECT FROM hazards_selfinspectionreport AS report
                    JOIN hazards_reportversion AS version
                      ON version.report_id = report.id
                    WHERE report.id = NEW.id AND report.status = 'received'
                      AND version.sealed_at IS NULL
                ) THEN
                    RAISE EXCEPTION 'a report is received with its seal';
                END IF;
                RETURN NULL;
            """,
        ),
        pgtrigger.Protect(
            name="starts_as_a_draft",
            operation=pgtrigger.Insert,
            condition=pgtrigger.Q(new__status__df="draft")
            | pgtrigger.Q(new__first_received_at__isnull=False),
        ),
        pgtrigger.Protect(
            name="first_receipt_is_kept",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__first_received_at__isnull=False)
            & pgtrigger.Q(
                old__first_received_at__df=pgtrigger.F("new__first_received_at")
            ),
        ),
        pgtrigger.Protect(
            name="identity_is_kept",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__enterprise__df=pgtrigger.F("new__enterprise"))
            | pgtrigger.Q(old__year__df=pgtrigger.F("new__year"))
            | pgtrigger.Q(old__quarter_number__df=pgtrigger.F("new__quarter_number"))
            | pgtrigger.Q(old__kind__df=pgtrigger.F("new__kind"))
            | pgtrigger.Q(old__hazard__df=pgtrigger.F("new__hazard"))
            | pgtrigger.Q(old__number__df=pgtrigger.F("new__number")),
        ),
        pgtrigger.Protect(
            name="filed_is_never_deleted",
            operation=pgtrigger.Delete,
            condition=pgtrigger.Q(old__first_received_at__isnull=False),
        ),
        pgtrigger.Trigger(
            name="tally_follows",
            when=pgtrigger.After,
            operation=pgtrigger.Insert | pgtrigger.Update,
            # Added, never changed: two moves at once do not wait for each other.
            func="""
                IF TG_OP = 'UPDATE' THEN
                    IF (OLD.status, OLD.bureau_id)
                       IS NOT DISTINCT FROM (NEW.status, NEW.bureau_id) THEN
                        RETURN NULL;
                    END IF;
                    IF OLD.bureau_id IS NOT NULL THEN
                        INSERT INTO hazards_reporttally (bureau_id, status, change)
                        VALUES (OLD.bureau_id, OLD.status, -1);
                    END IF;
                END IF;
                IF NEW.bureau_id IS NOT NULL THEN
                    INSERT INTO hazards_reporttally (bureau_id, status, change)
                    VALUES (NEW.bureau_id, NEW.status, 1);
                END IF;
                RETURN NULL;
            """,
        ),
        never_truncated(),
    ]


def version_guards() -> list[pgtrigger.Trigger]:
    """Triggers of a version: frozen from the moment it is sealed."""
    return [
        pgtrigger.Protect(
            name="sealed_is_kept",
            operation=pgtrigger.Update | pgtrigger.Delete,
            condition=pgtrigger.Q(old__sealed_at__isnull=False),
        ),
        pgtrigger.Protect(
            name="is_not_born_sealed",
            operation=pgtrigger.Insert,
            condition=pgtrigger.Q(new__sealed_at__isnull=False),
        ),
        never_truncated(),
    ]


def version_child_guards(column: str) -> list[pgtrigger.Trigger]:
    """Triggers of what belongs to a version by the column."""
    return [
        _sealed_with_parent("hazards_reportversion", column),
        never_truncated(),
    ]


def _sealed_with_parent(parent_table: str, column: str) -> pgtrigger.Trigger:
    """
    Refuse any change to a child of a sealed version. The parent is share-locked, so
    that a child inserted while another connection signs waits, and is then refused.
    """
    check = f"""
        PERFORM 1 FROM {parent_table}
          WHERE id = %s.{column} AND sealed_at IS NULL FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a sealed version takes no change';
        END IF;
    """  # names of our own tables
    return pgtrigger.Trigger(
        name="sealed_with_parent",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP <> 'INSERT' THEN {check % "OLD"} END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            {check % "NEW"}
            RETURN NEW;
        """,
    )
