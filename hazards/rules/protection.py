"""
If this were found now: the same rule, before anyone comes.

A finding is made up for a hazard of the record, or for one that is not on it, and put
through `determine`. The officer's view of the measures is taken as effective.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, NamedTuple

from hazards.rules.cutoff import day_of
from hazards.rules.deadlines import SHANGHAI, WorkdayCalendar
from hazards.rules.determine import determine
from hazards.rules.facts import Facts, FindingFacts, MatchFacts
from hazards.rules.flags import MISSING_QUARTER, PRINCIPAL_ABSENT
from hazards.rules.hazard_record import PROGRESS_WITHIN
from hazards.rules.outcomes import NO_PENALTY, NONE, Determination
from hazards.rules.quarter_record import EFFECTS
from hazards.rules.quarters import Quarter
from hazards.rules.questions import said_in, word
from hazards.rules.record import Case
from hazards.rules.rulebook import RULEBOOKS, Rulebook, rulebook_on
from hazards.rules.terms import terms_of

ASSUMED: Final = "what-if.assumed"
"""The word for what a what-if takes for granted."""

_TICK: Final = dt.timedelta(microseconds=1)
_NOTHING_AGAINST: Final = frozenset({"undetermined", "before-regime"})
"""Of a hazard that is on no record, more than this cannot be said in advance."""


class ProtectionStatus(StrEnum):
    """How a finding would go now."""

    PROTECTED = "protected"
    AT_RISK = "at_risk"
    """Protected, until an instant that is known."""
    EXPOSED = "exposed"


class Todo(NamedTuple):
    """What to do, and the last instant for it; None = at once."""

    code: str
    params: Mapping[str, Any]
    by: dt.datetime | None = None

    def sentence(self, language: str = "zh") -> str:
        """Say it in ``zh`` or ``en``."""
        return said_in(word(f"todo.{self.code}", language), self.params, language)


@dataclass(frozen=True, slots=True)
class Protection:
    """The status; why (`determination`), and why it ends (`ending`) where it does."""

    status: ProtectionStatus
    determination: Determination
    todo: tuple[Todo, ...] = ()
    ends_at: dt.datetime | None = None
    """The first instant at which a finding would no longer be protected."""
    ending: Determination | None = None
    """What a finding at that instant would lead to."""


def what_if(facts: Facts, *, hazard: str | None, at: dt.datetime) -> Facts:
    """Return the facts with a finding made up: that hazard, or one on no record."""
    match = MatchFacts(hazard, "none" if hazard is None else "same")
    finding = FindingFacts(
        found_at=at, visit="planned", major=True, match=match, measures_effective=True
    )
    return replace(facts, finding=finding, decided_on=None)


def protection(
    facts: Facts,
    *,
    hazard: str | None,
    at: dt.datetime,
    calendar: WorkdayCalendar,
    rulebooks: Sequence[Rulebook] = RULEBOOKS,
) -> Protection:
    """
    Say what a finding at the instant would lead to; the facts' own finding is ignored.

    :param hazard: the hazard found, by its id; None for one that is on no record
    """
    supposed = what_if(facts, hazard=hazard, at=at)
    now = determine(supposed, calendar, rulebooks)
    case = _case(supposed, calendar, rulebooks)
    if not _is_protected(now, hazard):
        return Protection(ProtectionStatus.EXPOSED, now, tuple(_cures(now, case)))
    for instant in sorted({one for one in _instants(case) if one > at}):
        later = what_if(facts, hazard=hazard, at=instant)
        ending = determine(later, calendar, rulebooks)
        if not _is_protected(ending, hazard):
            todo = tuple(
                _steps(ending, case, _case(later, calendar, rulebooks), instant)
            )
            status = ProtectionStatus.AT_RISK
            return Protection(status, now, todo, instant, ending)
    return Protection(ProtectionStatus.PROTECTED, now)


def _case(
    facts: Facts, calendar: WorkdayCalendar, rulebooks: Sequence[Rulebook]
) -> Case:
    found_on = day_of(facts.finding.found_at)
    terms = terms_of(facts.policy, calendar, found_on)
    first_year = rulebook_on(found_on, rulebooks).first_year
    return Case(facts, terms, found_on=found_on, first_year=first_year)


def _is_protected(found: Determination, hazard: str | None) -> bool:
    if hazard is None:
        return found.decisive in _NOTHING_AGAINST
    outcomes = {found.enterprise.outcome, found.principal.outcome}
    return outcomes <= {NONE, NO_PENALTY}


def _instants(case: Case) -> Iterator[dt.datetime]:
    """Yield when protection may end, as far as that is known in advance."""
    current = Quarter.containing(case.on)
    for quarter in (current.previous(), current, current.next(), current.shifted(2)):
        yield case.facts_of(quarter).due_at + _TICK
    if case.hazard is None:
        return
    window_end = _window_end(case)
    if window_end is not None:
        yield window_end + _TICK
    if case.planned_at is not None:
        yield case.planned_at + PROGRESS_WITHIN + _TICK
    if case.deadline is not None:
        yield _end_of(case.deadline.on) + _TICK


def _cures(now: Determination, case: Case) -> Iterator[Todo]:
    """Yield what would help an exposed finding, by what decides it."""
    if now.decisive in _CURES:
        yield _todo(_CURES[now.decisive], case, by=_by(now.decisive, case))
    elif case.hazard is None or now.decisive == "relief-but-flagged":
        yield from _flag_cures(now, case)
    if now.decisive == "quarter-pending":
        yield Todo("ask-bureau", {})


def _flag_cures(now: Determination, case: Case) -> Iterator[Todo]:
    for missing in case.missing if _counts(MISSING_QUARTER, now, case) else ():
        yield Todo("cure-quarter", {"quarter": missing.quarter})
    if _counts(PRINCIPAL_ABSENT, now, case) and case.year is not None:
        yield Todo("show-taking-part", {"year": case.year[0]})


def _counts(flag: str, found: Determination, case: Case) -> bool:
    """Whether the flag stands and has an effect."""
    return flag in found.flags and case.choice(EFFECTS[flag]) != NONE


_CURES: Final = {
    "known-unreported": "report-hazard",
    "prompt-window-open": "report-hazard",
    "graded-general": "report-hazard",
    "reported-after-cutoff": "report-hazard",
    "closed-but-found": "report-again",
    "report-defect": "mend-report",
    "extension-pending": "ask-for-answer",
    "rectification-overdue": "finish-or-extend",
    "plan-window-open": "complete-plan",
    "plan-incomplete": "complete-plan",
    "reported-late": "ask-bureau",
}
"""What helps, by the question that decides."""


def _by(decisive: str, case: Case) -> dt.datetime | None:
    is_window = decisive in {"prompt-window-open", "plan-window-open"}
    return _window_end(case) if is_window else None


def _window_end(case: Case) -> dt.datetime | None:
    """The last instant of the hours for a report, while they run and if they end."""
    if not case.is_prompt_window_open:
        return None
    try:
        return case.same.found_at + case.prompt_hours - _TICK
    except OverflowError:
        return None


def _steps(
    ending: Determination, case: Case, later: Case, ends_at: dt.datetime
) -> Iterator[Todo]:
    """Yield what keeps the protection, to be done before the instant it ends."""
    by = ends_at - _TICK
    if ending.decisive in {"rectification-overdue", "extension-pending"}:
        yield _todo("finish-or-extend", case, by=by)
    elif ending.decisive == "plan-incomplete":
        yield _todo("record-progress", case, by=by)
    else:
        yield from _duties(ending, case, later, by)


def _duties(
    ending: Determination, case: Case, later: Case, by: dt.datetime
) -> Iterator[Todo]:
    for missing in later.missing if _counts(MISSING_QUARTER, ending, later) else ():
        quarter = missing.quarter
        held = (i.internal and i.held_on in quarter for i in case.facts.inspections)
        if not any(held):
            ends_on = quarter.ends_on
            params = {"quarter": quarter, "ends_on": ends_on}
            yield Todo("inspect", params, _end_of(ends_on))
        due_on = missing.due_on
        yield Todo("report-quarter", {"quarter": quarter, "due_on": due_on}, by)
    if _counts(PRINCIPAL_ABSENT, ending, later) and later.year is not None:
        year = later.year[0]
        yield Todo("take-part", {"year": year}, _end_of(dt.date(year, 12, 31)))
    if later.pending:
        yield Todo("ask-bureau", {}, by)


def _todo(code: str, case: Case, *, by: dt.datetime | None) -> Todo:
    hazard, deadline = case.same, case.deadline
    params = {
        "hazard": hazard.id,
        "defects": case.report_defects,
        "gaps": case.plan_gaps,
        "due_on": deadline.on if deadline is not None else None,
    }
    return Todo(code, params, by)


def _end_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.max, tzinfo=SHANGHAI)
