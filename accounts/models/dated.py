"""Dated facts: when they hold, and when and by whom the portal learned it."""

import datetime as dt
from typing import Any, Self, TypeVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

M = TypeVar("M", bound="DatedFact")


def append_only() -> list[pgtrigger.Trigger]:
    """Triggers for a table whose rows are written once and never touched again."""
    return [
        pgtrigger.Protect(
            name="append_only_rows", operation=pgtrigger.Update | pgtrigger.Delete
        ),
        never_truncated("append_only_table"),
    ]


def never_truncated(name: str = "never_truncated") -> pgtrigger.Trigger:
    """A trigger that refuses TRUNCATE, on which row triggers do not fire."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        func="RAISE EXCEPTION 'this table is never truncated';",
    )


def noted_for_the_clock(
    column: str, *, condition: pgtrigger.Condition | None = None
) -> pgtrigger.Trigger:
    """
    A trigger of a dated fact that queues its beginning and its end, each for its day.

    :param column: whose fact it is: enterprise_id or bureau_id
    """
    return pgtrigger.Trigger(
        name="noted_for_the_clock",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=condition,
        func=NOTED.format(
            column=column,
            whose=column,
            from_on="CASE TG_OP WHEN 'INSERT' THEN NEW.starts_on "
            "ELSE NEW.ends_on + 1 END",
        ),
    )


def noted_for_whoever_employs(
    person: str,
    *,
    operation: pgtrigger.Operation,
    condition: pgtrigger.Condition | None = None,
) -> pgtrigger.Trigger:
    """
    A trigger that queues the enterprises of a person who may be reached otherwise now.

    :param person: the column with the key of the person
    """
    return pgtrigger.Trigger(
        name="noted_for_the_clock",
        when=pgtrigger.After,
        operation=operation,
        condition=condition,
        func=f"""
            INSERT INTO accounts_enterprisechange (enterprise_id, from_on)
            SELECT DISTINCT enterprise_id, CURRENT_DATE - 1 FROM accounts_membership
            WHERE user_id = NEW.{person} AND enterprise_id IS NOT NULL
                AND (ends_on IS NULL OR ends_on >= CURRENT_DATE - 1);
            RETURN NULL;
        """,  # noqa: S608 (our own columns)
    )


# Of our own columns' names only.
NOTED = """
    INSERT INTO accounts_enterprisechange ({column}, from_on)
    VALUES (NEW.{whose}, {from_on});
    RETURN NULL;
"""


def ended_never_edited() -> list[pgtrigger.Trigger]:
    """Triggers for dated facts: a row may be ended once, and nothing else."""
    return [
        pgtrigger.Trigger(
            name="ended_never_edited",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            declare=[
                (
                    "ending",
                    "text[] := '{ends_on,end_recorded_at,end_recorded_by_id}'",
                )
            ],
            func="""
                IF OLD.end_recorded_at IS NOT NULL
                   OR NEW.end_recorded_at IS NULL
                   OR to_jsonb(NEW) - ending <> to_jsonb(OLD) - ending
                THEN
                    RAISE EXCEPTION 'a dated fact is ended once, never edited';
                END IF;
                RETURN NEW;
            """,
        ),
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        never_truncated(),
    ]


class DatedQuerySet(models.QuerySet[M]):
    """Facts by the day on which they hold."""

    def holding_on(self, day: dt.date) -> Self:
        """Facts that hold on the day (both of their days included)."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day
        )


class DatedFact(models.Model):
    """
    A fact with two times: the days on which it holds (`starts_on` to `ends_on`, both
    included, Asia/Shanghai; no `ends_on` = still holds), and the instants at which the
    portal learned of its beginning and its end. Rows are ended, never edited.
    """

    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    end_recorded_at = models.DateTimeField(null=True, blank=True)
    end_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta:
        abstract = True

    def holds_on(self, day: dt.date) -> bool:
        """Tell whether the fact holds on the day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class _Days(Func):
    """
    The days of a dated fact as a range, empty for one that was never true: written
    with its last day included, PostgreSQL would refuse such a row altogether.
    """

    template = "daterange(%(expressions)s + 1)"
    output_field = DateRangeField()


def ends_after_start(noun: str) -> models.CheckConstraint:
    """A fact may end the day before it starts (it was never true), not earlier."""
    return models.CheckConstraint(
        condition=Q(ends_on__isnull=True)
        | Q(ends_on__gte=F("starts_on") - dt.timedelta(days=1)),
        name=f"{noun}_ends_after_it_starts",
    )


def no_overlap(
    name: str,
    *fields: str,
    days: tuple[str, str] = ("starts_on", "ends_on"),
    condition: Q | None = None,
) -> ExclusionConstraint:
    """Refuse two rows, alike in the fields, that hold on the same day."""
    same: list[tuple[Any, str]] = [(field, RangeOperators.EQUAL) for field in fields]
    first, last = days
    return ExclusionConstraint(
        name=name,
        expressions=[*same, (_Days(F(first), F(last)), RangeOperators.OVERLAPS)],
        condition=condition,
    )
