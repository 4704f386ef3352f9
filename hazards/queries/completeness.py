"""What a report still lacks before its principal can be asked to sign."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Bureau, Membership, Role
from accounts.queries.memberships import receiving_bureau
from hazards.models import (
    Answer,
    HazardStatement,
    MajorHazard,
    ReportKind,
    ReportVersion,
)
from hazards.queries.changes import repeats
from hazards.queries.standards import checklist_clauses
from hazards.rules.catalogue import CLAUSES, Clause


class Place(StrEnum):
    """Where in the filing a gap is closed."""

    VISITS = "visits"
    CHECKLIST = "checklist"
    HAZARDS = "hazards"
    UNNAMED = "unnamed"
    NEWER = "newer"
    WHAT = "what"
    EXTENT = "extent"
    PLAN = "plan"
    WORDS = "words"
    PEOPLE = "people"
    NOWHERE = "nowhere"


@dataclass(frozen=True)
class Gap:
    """
    One thing that is missing: a sentence that says what to do, where it is done, and
    the provision that asks for it (a key of hazards.rules.provisions; empty = none).
    """

    sentence: str
    place: Place
    hazard: MajorHazard | None = None
    source: str = ""


@dataclass(frozen=True)
class Standing:
    """What a version rests on, on a day: visits, hazards, answers, who is in office."""

    # The last day of each visit, and who inspected.
    visits: tuple[tuple[dt.date, str], ...]
    principal: Membership | None
    bureau: Bureau | None
    capacities: frozenset[str] = frozenset()
    hazards: tuple[HazardStatement, ...] = ()
    # Keys of the hazards of which there is a photo or document.
    photographed: frozenset[int] = frozenset()
    # Answers by code of clause; the clauses that apply on the day.
    answers: Mapping[str, str] = field(default_factory=dict)
    clauses: tuple[Clause, ...] = ()

    @property
    def unchecked(self) -> tuple[Clause, ...]:
        """The clauses that apply and have no answer."""
        return tuple(each for each in self.clauses if each.code not in self.answers)


def standing_of(version: ReportVersion, *, on: dt.date) -> Standing:
    """Read what the version rests on; 7 queries."""
    enterprise = version.report.enterprise
    members = list(
        Membership.objects.holding_on(on)
        .filter(enterprise=enterprise, role__in=[Role.PRINCIPAL, Role.TEAM_MEMBER])
        .select_related("user")
    )
    principals = [member for member in members if member.role == Role.PRINCIPAL]
    stated = version.stated.select_related("hazard", "site").order_by("hazard__number")
    return Standing(
        visits=tuple(
            version.listed.values_list("inspection__ended_on", "inspection__team")
        ),
        principal=principals[0] if principals else None,
        bureau=receiving_bureau(enterprise, on=on),
        capacities=frozenset(member.capacity for member in members),
        hazards=tuple(stated),
        photographed=frozenset(version.photos.values_list("hazard_id", flat=True)),
        answers=dict(version.checklist.values_list("clause", "answer")),
        clauses=checklist_clauses(enterprise, on=on),
    )


def blockers(
    version: ReportVersion, standing: Standing, *, on: dt.date, unsigned: bool = False
) -> list[str]:
    """What `errors` finds, as sentences."""
    found = errors(version, standing, on=on, unsigned=unsigned)
    return [gap.sentence for gap in found]


def errors(
    version: ReportVersion, standing: Standing, *, on: dt.date, unsigned: bool = False
) -> list[Gap]:
    """
    What the report cannot be signed without, each with where it is cured; or,
    `unsigned`, lodged without the signature of a principal.
    """
    own = (
        [
            *_visits(version, standing, on=on),
            *_words(version),
            *_hazards(standing),
            *_checklist(standing),
        ]
        if version.report.is_quarterly
        else [
            *_hazards(standing),
            *_plan(version, standing, on=on),
            *_correction(version),
        ]
    )
    return [
        *own,
        *_people(standing, unsigned=unsigned),
        *_repetition(version, unsigned=unsigned, on=on),
    ]


def lacking(stated: HazardStatement) -> list[str]:
    """What is missing without which nobody could find the hazard again."""
    wanted = (
        (stated.clause, _("the clause")),
        (stated.site_id, _("the site")),
        (stated.place, _("the exact place")),
        (stated.description, _("what is wrong")),
    )
    return [label for value, label in wanted if not value]


def listed(words: Iterable[object]) -> str:
    """Several things in one sentence."""
    return pgettext("between the items of a list", ", ").join(map(str, words))


def _visits(
    version: ReportVersion, standing: Standing, *, on: dt.date
) -> Iterator[Gap]:
    quarter = version.report.quarter
    ends = [ended_on for ended_on, _team in standing.visits]
    if not ends:
        sentence = _(
            "List at least one inspection held in %(quarter)s; record it first."
        ) % {"quarter": quarter}
    elif any(day not in quarter for day in ends):
        sentence = _(
            "An inspection listed here is dated in another quarter by now: save "
            "the report again with the inspections of %(quarter)s."
        ) % {"quarter": quarter}
    elif max(ends) > on:
        sentence = _(
            "An inspection listed here has not ended yet; send the report after it."
        )
    else:
        return
    yield Gap(sentence, Place.VISITS)


def _words(version: ReportVersion) -> Iterator[Gap]:
    wanted = (
        (
            version.nothing_found is not None,
            _(
                "State that the inspections found no major accident hazard, or "
                "describe each hazard that was found."
            ),
            Place.HAZARDS,
        ),
        (
            version.scope,
            _("Say what was inspected: sites, equipment, work."),
            Place.WORDS,
        ),
        (
            version.coverage,
            _("Say by which standards it was checked, and what was left out."),
            Place.WORDS,
        ),
    )
    for given, sentence, place in wanted:
        if not given:
            yield Gap(sentence, place)
    yield from _correction(version)


def _correction(version: ReportVersion) -> Iterator[Gap]:
    if version.ordinal > 1 and not version.correction_reason:
        yield Gap(_("Say why the report is corrected."), Place.WORDS)


def _plan(version: ReportVersion, standing: Standing, *, on: dt.date) -> Iterator[Gap]:
    """A plan says all six elements (Order 16, art. 15), by when, and meanwhile what."""
    if version.report.kind != ReportKind.PLAN:
        return
    for stated in standing.hazards:
        wanted = (
            (stated.plan_goals, _("goals and tasks")),
            (stated.plan_measures, _("methods and measures")),
            (stated.plan_funds, _("funds and materials")),
            (stated.plan_people, _("bodies and persons in charge")),
            (stated.plan_schedule, _("time limit and requirements")),
            (stated.plan_emergency, _("safety measures and emergency plan")),
            (stated.due_on, _("the day by which it is eliminated")),
            (stated.interim_measures, _("the interim measures")),
        )
        missing = [label for value, label in wanted if not value]
        if missing:
            sentence = _("The plan still has to say: %(missing)s.") % {
                "missing": listed(missing)
            }
            yield Gap(sentence, Place.PLAN, stated.hazard, "order-16/art-15")
        if stated.due_on and stated.due_on < on and stated.hazard.planned_at is None:
            yield Gap(
                _("The plan's deadline lies in the past: correct the day."),
                Place.PLAN,
                stated.hazard,
            )


def _hazards(standing: Standing) -> Iterator[Gap]:
    for stated in standing.hazards:
        if lacks := lacking(stated):
            sentence = _("Hazard %(number)s: say %(lacking)s.") % {
                "number": stated.hazard.number,
                "lacking": listed(lacks),
            }
            yield Gap(sentence, Place.WHAT, hazard=stated.hazard)


def _checklist(standing: Standing) -> Iterator[Gap]:
    """An answer "hazard" without a hazard says two things at once."""
    described = {stated.clause for stated in standing.hazards}
    for code, answer in sorted(standing.answers.items()):
        if answer == Answer.HAZARD and code not in described and code in CLAUSES:
            sentence = _(
                "The checklist answers “hazard” to clause %(number)s: describe the "
                "hazard, or correct the answer."
            ) % {"number": CLAUSES[code].number}
            yield Gap(sentence, Place.CHECKLIST)


def _people(standing: Standing, *, unsigned: bool) -> Iterator[Gap]:
    if standing.principal is None and not unsigned:
        yield Gap(
            _(
                "The portal knows no principal of this enterprise today: ask your "
                "bureau to invite the principal."
            ),
            Place.NOWHERE,
        )
    if standing.bureau is None:
        yield Gap(
            _(
                "No bureau is assigned to receive this report: telephone the "
                "emergency management bureau of your county."
            ),
            Place.NOWHERE,
        )


def _repetition(
    version: ReportVersion, *, unsigned: bool, on: dt.date
) -> Iterator[Gap]:
    """A correction has to correct something."""
    repeated = repeats(version, unsigned=unsigned, on=on)
    if repeated is not None:
        sentence = _(
            "Nothing differs from version %(number)s, which the bureau has returned: "
            "change what it commented on. The reason alone corrects nothing."
        )
        yield Gap(sentence % {"number": repeated}, Place.WORDS)
