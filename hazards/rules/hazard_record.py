"""The matched hazard as it stood at the cut-off: report, plan, deadline, measures."""

import datetime as dt
from typing import Final, NamedTuple

from hazards.rules.cutoff import AtCutoff, Once, day_of
from hazards.rules.facts import PLAN_ELEMENTS, ExtensionFacts
from hazards.rules.questions import Word

PROGRESS_WITHIN: Final = dt.timedelta(hours=30 * 24)
"""After the plan, for so long no progress is asked for."""

_LONGEST_HOURS: Final = 24 * (dt.date.max - dt.date.min).days


class Deadline(NamedTuple):
    """A hazard's deadline at the cut-off, and the requests undecided by then."""

    on: dt.date
    was_on: dt.date
    """That of the plan, before any extension."""
    undecided: tuple[ExtensionFacts, ...]


class HazardRecord(AtCutoff):
    """What questions about a hazard of the record read."""

    __slots__ = ()

    @Once
    def is_prompt_window_open(self) -> bool:
        """Whether the hours for a prompt report still run since it was found."""
        return self.at - self.same.found_at < self.prompt_hours

    @Once
    def prompt_hours(self) -> dt.timedelta:
        """How long after it was found a report is still prompt."""
        return _hours(self.integer("prompt_report_hours"))

    @Once
    def is_late(self) -> bool:
        """Whether it was reported so late that a person must judge it."""
        reported_at = self.same.reported_at
        latest = _hours(24 * self.integer("late_report_days"))
        return reported_at is not None and reported_at - self.same.found_at > latest

    @Once
    def is_closed(self) -> bool:
        """Whether the enterprise had accepted the rectification, or it was closed."""
        ends = (self.same.accepted_at, self.same.closed_at)
        return any(end is not None and end < self.at for end in ends)

    @Once
    def report_defects(self) -> tuple[Word, ...]:
        """What is wrong with the hazard's report, as it stood."""
        hazard, found = self.same, []
        if hazard.signed_by is None:
            found.append(Word("defect.unsigned"))
        if hazard.report_state == "returned":
            found.append(Word("defect.returned"))
        if hazard.reported_to is None:
            found.append(Word("defect.addressee-unknown"))
        elif hazard.reported_to != self.facts.enterprise.responsible_bureau:
            found.append(Word("defect.other-bureau"))
        return tuple(found)

    @Once
    def planned_at(self) -> dt.datetime | None:
        """The receipt of its first complete plan, if that was before the cut-off."""
        planned_at = self.same.planned_at
        return planned_at if planned_at is not None and planned_at < self.at else None

    @Once
    def deadline(self) -> Deadline | None:
        """Its deadline, moved by extensions in the order in which they were asked."""
        due_on = self.same.due_on
        if due_on is None or self.planned_at is None:
            return None
        on, undecided = due_on, []
        for extension in sorted(self.same.extensions, key=lambda e: e.asked_at):
            asked_at = extension.asked_at
            if extension.refused or asked_at >= self.at or day_of(asked_at) > on:
                continue
            approved_at = extension.approved_at
            if approved_at is not None and approved_at < self.at:
                on = max(on, extension.due_on)
            else:
                undecided.append(extension)
        return Deadline(on, due_on, tuple(undecided))

    @Once
    def is_past_deadline(self) -> bool:
        """Whether the deadline's day had ended at the cut-off."""
        return self.deadline is not None and self.on > self.deadline.on

    @Once
    def pending_extension(self) -> ExtensionFacts | None:
        """Past the deadline, an undecided request for a day that had not ended."""
        if self.deadline is None or not self.is_past_deadline:
            return None
        asked = [e for e in self.deadline.undecided if e.due_on >= self.on]
        return max(asked, key=lambda e: e.due_on, default=None)

    @Once
    def plan_gaps(self) -> tuple[Word, ...]:
        """What was missing of plan, interim measures and progress."""
        hazard, planned_at, found = self.same, self.planned_at, []
        if planned_at is None or not set(PLAN_ELEMENTS) <= set(hazard.plan):
            found.append(Word("gap.plan"))
        if hazard.due_on is None:
            found.append(Word("gap.deadline"))
        if not hazard.interim_measures:
            found.append(Word("gap.interim-measures"))
        if planned_at is not None and self.at - planned_at > PROGRESS_WITHIN:
            entries = (planned_at <= entry < self.at for entry in hazard.progress)
            if not any(entries):
                found.append(Word("gap.progress"))
        return tuple(found)

    @Once
    def is_good_but_for_time(self) -> bool:
        """Whether it was properly reported and is being eliminated."""
        return not (
            self.is_closed
            or self.came_in_notice_window
            or self.report_defects
            or self.is_past_deadline
            or self.plan_gaps
            or self.finding.measures_effective is not True
        )

    @Once
    def is_good(self) -> bool:
        """Whether it was, and not too late."""
        return self.is_good_but_for_time and not self.is_late

    @Once
    def came_in_notice_window(self) -> bool:
        """
        Whether its report came after the check was announced and before it arrived, or
        on site before the finding where that is the cut-off.
        """
        reported_at, finding = self.same.reported_at, self.finding
        if reported_at is None:
            return False
        arrival_at = finding.arrival_at
        until = arrival_at or finding.found_at
        if finding.notice_at is not None and finding.notice_at <= reported_at < until:
            return True
        return (
            self.choice("cutoff") == "finding"
            and arrival_at is not None
            and arrival_at <= reported_at < finding.found_at
        )


def _hours(count: int) -> dt.timedelta:
    """So many hours, or as many as any two instants lie apart."""
    return dt.timedelta(hours=max(-_LONGEST_HOURS, min(count, _LONGEST_HOURS)))
