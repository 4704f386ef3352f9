"""What weakens a report but does not stop it, each with the rule it comes from."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Capacity
from hazards.models import (
    PLAN_FIELDS,
    Answer,
    HazardStatement,
    MajorHazard,
    ReportKind,
    ReportVersion,
    TeamKind,
)
from hazards.queries.completeness import Gap, Place, Standing, listed
from hazards.rules.catalogue import CLAUSES

_ITEM_10 = "circular-2025-11/item-10"
_ART_14 = "order-16/art-14"
_ART_15 = "order-16/art-15"
_ART_16 = "order-16/art-16"
_NO_PHOTO = gettext_lazy("Hazard %(number)s: no photo or document shows it.")
_NO_MEASURES = gettext_lazy(
    "Hazard %(number)s: say what is done until it is eliminated."
)
_SAID_OF_A_HAZARD = (
    "clause",
    "site_id",
    "place",
    "description",
    "causes",
    "harm",
    "difficulty",
    "interim_measures",
    *PLAN_FIELDS,
    "responsible_person",
    "funds_planned",
    "due_on",
    "rectified_on",
)


def warnings(version: ReportVersion, standing: Standing, *, on: dt.date) -> list[Gap]:
    """What is weak, in the order of the filing; no queries."""
    if not version.report.is_quarterly:
        return [
            gap
            for stated in standing.hazards
            for gap in _one_hazard(stated, version, standing)
        ]
    return [
        *_team(standing),
        *_checklist(standing),
        *(
            gap
            for stated in standing.hazards
            for gap in _hazard(stated, version, standing, on=on)
        ),
    ]


def unnamed(hazards: Iterable[MajorHazard]) -> Iterator[Gap]:
    """Open hazards on record of which the report is silent."""
    for hazard in hazards:
        sentence = _(
            "Hazard %(number)s is on record and not called eliminated, but this "
            "report does not name it."
        )
        yield Gap(sentence % {"number": hazard.number}, Place.UNNAMED, source=_ITEM_10)


def said_otherwise(
    standing: Standing, newer: Iterable[HazardStatement]
) -> list[HazardStatement]:
    """Of what was said later elsewhere, that which differs from what stands here."""
    here = {stated.hazard_id: stated for stated in standing.hazards}
    return [
        row
        for row in newer
        if any(
            getattr(row, column) != getattr(here[row.hazard_id], column)
            for column in _SAID_OF_A_HAZARD
        )
    ]


def described_anew(newer: Iterable[HazardStatement]) -> Iterator[Gap]:
    """Hazards that another report has described since this one was written."""
    for row in newer:
        sentence = _(
            "Hazard %(number)s was described anew in %(report)s since it was written "
            "here: take that over, or leave it if this is right."
        )
        said = {"number": row.hazard.number, "report": row.version.report.number}
        yield Gap(sentence % said, Place.NEWER)


def _one_hazard(
    stated: HazardStatement, version: ReportVersion, standing: Standing
) -> Iterator[Gap]:
    """Of a hazard reported at once its plan follows later; of a plan, who and what."""
    if version.report.kind == ReportKind.PLAN:
        wanted = (
            (stated.responsible_person, _("who is responsible")),
            (stated.funds_planned is not None, _("the funds planned")),
        )
        if absent := [label for value, label in wanted if not value]:
            sentence = _("Hazard %(number)s: say %(lacking)s.")
            yield _gap(stated, sentence, Place.PLAN, _ART_15, lacking=listed(absent))
        return
    yield from _report(stated)
    if stated.hazard_id not in standing.photographed:
        yield _gap(stated, str(_NO_PHOTO), Place.WHAT)
    if not stated.interim_measures:
        yield _gap(stated, str(_NO_MEASURES), Place.PLAN, _ART_16)


def _team(standing: Standing) -> Iterator[Gap]:
    teams = {team for _ended_on, team in standing.visits}
    if teams and TeamKind.INTERNAL not in teams:
        yield Gap(
            _(
                "Only external people inspected. Item 10 asks for an inspection by "
                "your own team; the quarter stays open to question without one."
            ),
            Place.VISITS,
            source=_ITEM_10,
        )
    wanted = (Capacity.UNION, Capacity.EMPLOYEE, Capacity.SAFETY_ENGINEER)
    absent = [each.label for each in wanted if each not in standing.capacities]
    if absent:
        yield Gap(
            _(
                "The team on record has no %(people)s. Item 10 names them as part of "
                "the internal team."
            )
            % {"people": listed(absent)},
            Place.PEOPLE,
            source=_ITEM_10,
        )


def _checklist(standing: Standing) -> Iterator[Gap]:
    if unchecked := standing.unchecked:
        yield Gap(
            _(
                "%(count)s of the %(all)s clauses that apply to you are not checked. "
                "What nobody checked stays open to question."
            )
            % {"count": len(unchecked), "all": len(standing.clauses)},
            Place.CHECKLIST,
            source=_ITEM_10,
        )
    for stated in standing.hazards:
        answer = standing.answers.get(stated.clause, Answer.NOT_CHECKED)
        if stated.clause and answer != Answer.HAZARD:
            yield Gap(
                _(
                    "Hazard %(hazard)s is described under clause %(clause)s, but the "
                    "checklist answers “%(answer)s”."
                )
                % {
                    "hazard": stated.hazard.number,
                    "clause": CLAUSES[stated.clause].number,
                    "answer": Answer(answer).label,
                },
                Place.CHECKLIST,
            )


def _hazard(
    stated: HazardStatement,
    version: ReportVersion,
    standing: Standing,
    *,
    on: dt.date,
) -> Iterator[Gap]:
    yield from _report(stated)
    if stated.hazard_id not in standing.photographed:
        yield _gap(stated, str(_NO_PHOTO), Place.WHAT)
    if stated.rectified_on is not None:
        return
    yield from _measures(stated)
    yield from _progress(stated, version, on=on)


def _report(stated: HazardStatement) -> Iterator[Gap]:
    """What Order 16 art. 14 wants to be reported of every major hazard."""
    wanted = (
        (stated.causes, _("how it came about")),
        (stated.harm, _("what harm it can do")),
        (stated.difficulty, _("how hard it is to put right")),
    )
    if absent := [label for value, label in wanted if not value]:
        sentence = _("Hazard %(number)s: say %(lacking)s.")
        yield _gap(stated, sentence, Place.EXTENT, _ART_14, lacking=listed(absent))


def _measures(stated: HazardStatement) -> Iterator[Gap]:
    if not stated.interim_measures:
        yield _gap(stated, str(_NO_MEASURES), Place.PLAN, _ART_16)
    given = sum(bool(getattr(stated, column)) for column in PLAN_FIELDS)
    if given < len(PLAN_FIELDS) or stated.due_on is None:
        sentence = _(
            "Hazard %(number)s: the plan has %(given)s of six elements and "
            "%(deadline)s."
        )
        deadline = _("a deadline") if stated.due_on else _("no deadline")
        yield _gap(
            stated, sentence, Place.PLAN, _ART_15, given=given, deadline=deadline
        )


def _progress(
    stated: HazardStatement, version: ReportVersion, *, on: dt.date
) -> Iterator[Gap]:
    if stated.due_on is not None and stated.due_on < on:
        sentence = _(
            "Hazard %(number)s: its deadline is past. Say that it is eliminated, or "
            "set a new deadline and say why."
        )
        yield _gap(stated, sentence, Place.PLAN, _ITEM_10)
    # Carried forward from an earlier quarter, and nobody has touched it.
    reported = stated.hazard.first_reported_at is not None
    if reported and version.ordinal == 1 and stated.revision == 1:
        sentence = _(
            "Hazard %(number)s: nothing is said yet of what was done since it was "
            "reported."
        )
        yield _gap(stated, sentence, Place.PLAN, _ITEM_10)


def _gap(
    stated: HazardStatement,
    sentence: str,
    place: Place,
    source: str = "",
    **values: object,
) -> Gap:
    said = sentence % {"number": stated.hazard.number, **values}
    return Gap(said, place, hazard=stated.hazard, source=source)
