"""How the life of a major hazard is told: its state, its next step, what was done."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from accounts.models import EDITOR_ROLES, Acting, Role
from hazards.models import (
    PLAN_FIELDS,
    Attachment,
    HazardAct,
    HazardActKind,
    HazardState,
    HazardStatement,
    MajorHazard,
    Reminder,
    SelfInspectionReport,
)
from hazards.queries.hazard_boards import Column
from hazards.queries.hazard_stories import Story
from hazards.queries.next_steps import NextStep, Party, Step
from hazards.rules import catalogue
from hazards.rules.catalogue import Clause
from hazards.rules.provisions import Provision, provision
from hazards.templatetags.reports import plan_rows, quarter_name
from hazards.templatetags.standards import clause_number

register = template.Library()

_KINDS: Mapping[str, str] = {
    HazardState.FOUND: "neutral",
    HazardState.REGISTERED: "attention",
    HazardState.REPORTED: "waiting",
    HazardState.PLANNED: "waiting",
    HazardState.RECTIFYING: "waiting",
    HazardState.ACCEPTED: "good",
    HazardState.AWAITING_RECHECK: "waiting",
    HazardState.CLOSED: "good",
}

_SENTENCES: Mapping[str, Any] = {
    HazardState.FOUND: gettext_lazy(
        "Not on record yet: only the enterprise sees it, and it is evidence for nobody."
    ),
    HazardState.REGISTERED: gettext_lazy(
        "On record at the enterprise; the bureau has not received a report of it yet."
    ),
    HazardState.REPORTED: gettext_lazy(
        "Reported to the bureau; its treatment plan is still awaited."
    ),
    HazardState.PLANNED: gettext_lazy(
        "Reported, with a treatment plan; no work on it is recorded yet."
    ),
    HazardState.RECTIFYING: gettext_lazy("Being rectified."),
    HazardState.ACCEPTED: gettext_lazy(
        "The enterprise says that it is eliminated; it is not closed yet."
    ),
    HazardState.AWAITING_RECHECK: gettext_lazy(
        "The bureau looks at it on site; it stays on the books until then."
    ),
    HazardState.CLOSED: gettext_lazy("Eliminated and closed."),
    HazardState.DOWNGRADED: gettext_lazy(
        "Judged a general hazard; it is kept in the list of general hazards."
    ),
    HazardState.VOIDED: gettext_lazy("Struck out: it was reported in error."),
    HazardState.HANDED_OVER: gettext_lazy("Another department deals with it now."),
}

_STEPS: Mapping[Step, Any] = {
    Step.FINISH_REPORT: gettext_lazy("Finish the report and send it to the principal."),
    Step.SIGN_REPORT: gettext_lazy("Read the report and sign it."),
    Step.REPORT: gettext_lazy("Report it to the bureau."),
    Step.PLAN: gettext_lazy("Write the treatment plan with its six elements."),
    Step.SIGN_PLAN: gettext_lazy("Read the treatment plan and sign it."),
    Step.RECTIFY: gettext_lazy("Rectify it, and record what is done with photos."),
    Step.ANSWER_EXTENSION: gettext_lazy("Answer whether there is more time."),
    Step.CONFIRM_ACCEPTANCE: gettext_lazy(
        "Read the acceptance, then confirm it or give it back."
    ),
    Step.APPLY_FOR_RECHECK: gettext_lazy("Apply to the bureau for its re-check."),
    Step.CLOSE: gettext_lazy("Close it."),
    Step.RECHECK: gettext_lazy("Look on site with two officers."),
}


_COLUMNS: Mapping[Column, Any] = {
    Column.TO_REPORT: gettext_lazy("To report"),
    Column.TO_PLAN: gettext_lazy("Plan awaited"),
    Column.TO_RECTIFY: gettext_lazy("To rectify"),
    Column.TO_CLOSE: gettext_lazy("To close"),
    Column.RECHECK: gettext_lazy("Re-check awaited"),
}


@register.filter
def column_words(column: Column) -> str:
    """What a column of the board is called."""
    return str(_COLUMNS[column])


@register.inclusion_tag("components/status_badge.html")
def life_badge(hazard: MajorHazard) -> dict[str, object]:
    """Where the hazard stands in its life, by word and shape."""
    state = HazardState(hazard.state)
    return {"kind": _KINDS.get(state, "neutral"), "label": state.label}


@register.filter
def state_sentence(hazard: MajorHazard) -> str:
    """Where the hazard stands, in a sentence."""
    return str(_SENTENCES[hazard.state])


@register.filter
def overdue_days(due_on: dt.date, on: dt.date) -> str:
    """How many days a deadline has passed, or how many are left."""
    days = (due_on - on).days
    if days < 0:
        return ngettext(
            "%(days)s day past its deadline", "%(days)s days past its deadline", -days
        ) % {"days": -days}
    if days == 0:
        return _("the deadline is today")
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}


@register.filter
def next_words(step: NextStep) -> str:
    """What is done next, in a sentence."""
    return str(_STEPS[step.step])


@register.filter
def that_wait_for(steps: list[NextStep], acting: Acting) -> list[NextStep]:
    """Of these steps, those that the reader takes."""
    return [step for step in steps if step.waits_for(acting)]


@register.simple_tag
def party(step: NextStep, hazard: MajorHazard, acting: Acting) -> str:
    """Who takes the step, as seen by the reader."""
    match step.party:
        case Party.BUREAU:
            return hazard.bureau.name if hazard.bureau else _("the bureau")
        case Party.PRINCIPAL:
            if acting.role == Role.PRINCIPAL:
                return _("you, the principal")
            return _("the principal of the enterprise")
        case Party.LEADERS:
            return _("the principal, or the leader of the team")
    if acting.role in EDITOR_ROLES:
        return _("you, or a colleague of the team")
    return _("the team of the enterprise")


Titles = Mapping[HazardActKind, object]
"""The acts that the reader may do now, by kind, and what their pages are called."""


@register.simple_tag
def main_link(story: Story, titles: Titles, acting: Acting) -> dict[str, object] | None:
    """The button of the first step that the reader takes; None where none is."""
    links = (_link(step, story.hazard, titles, acting) for step in story.steps)
    return next((link for link in links if link is not None), None)


def _link(
    step: NextStep, hazard: MajorHazard, titles: Titles, acting: Acting
) -> dict[str, object] | None:
    if step.act is not None:
        return _act_link(hazard, step.act, titles) if step.act in titles else None
    if acting.enterprise is None:
        return None
    if step.party == Party.PRINCIPAL:
        signs = acting.role == Role.PRINCIPAL
        return _signing(step) if signs else None
    return _writing(step, hazard) if acting.role in EDITOR_ROLES else None


def _signing(step: NextStep) -> dict[str, object]:
    assert step.report is not None  # noqa: S101  # who signs, signs a report
    url = reverse("report-sign", args=[step.report.public_id])
    return {"url": url, "label": _("Read and sign"), "posts": False}


def _writing(step: NextStep, hazard: MajorHazard) -> dict[str, object] | None:
    """Where the report or plan is written."""
    if step.step == Step.PLAN:
        label = _("Finish the treatment plan") if step.report else _("Write the plan")
        return _posting("hazard-plan", hazard, label)
    if step.report is None:
        return _posting("hazard-report-at-once", hazard, _("Report it now"))
    report = step.report
    name = "report-edit" if report.is_quarterly else "hazard-report-edit"
    url = _address(name, report.public_id)
    label = _("Finish the report")
    return {"url": url, "label": label, "posts": False} if url else None


def _posting(name: str, hazard: MajorHazard, label: str) -> dict[str, object] | None:
    url = _address(name, hazard.public_id)
    return {"url": url, "label": label, "posts": True} if url else None


def _address(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _act_link(
    hazard: MajorHazard, kind: HazardActKind, titles: Titles
) -> dict[str, object]:
    url = reverse("hazard-act", args=[hazard.public_id, kind.value])
    return {"url": url, "label": titles[kind], "posts": False}


@register.simple_tag
def other_links(
    story: Story, titles: Titles, acting: Acting
) -> list[dict[str, object]]:
    """What else the reader may do about the hazard now, beside the main button."""
    main = main_link(story, titles, acting)
    links = [_act_link(story.hazard, kind, titles) for kind in titles]
    return [link for link in links if main is None or link["url"] != main["url"]]


@register.simple_tag
def stepper(story: Story) -> list[dict[str, object]]:
    """The six stages, each done, current or ahead, and since when (UTC)."""
    hazard = story.hazard
    stages = [
        (pgettext_lazy("stage", "Found"), hazard.found_at),
        (pgettext_lazy("stage", "Registered"), hazard.registered_at),
        (pgettext_lazy("stage", "Reported"), hazard.first_reported_at),
        # What is accepted is rectified; nobody says the moment otherwise.
        (pgettext_lazy("stage", "Rectified"), hazard.accepted_at),
        (pgettext_lazy("stage", "Accepted"), hazard.accepted_at),
        (pgettext_lazy("stage", "Closed"), hazard.closed_at),
    ]
    ended = hazard.state in _ENDS
    shown: list[dict[str, object]] = []
    current = False
    for label, at in stages:
        stage = "done" if at else "ahead" if current or ended else "current"
        current = current or stage == "current"
        shown.append({"label": label, "at": at, "stage": stage})
    return shown


_ENDS = (HazardState.DOWNGRADED, HazardState.VOIDED, HazardState.HANDED_OVER)


@register.filter
def clause_of(code: str) -> Clause | None:
    """The clause of a code; None for none, and for one unknown by now."""
    return catalogue.CLAUSES.get(code)


@register.filter
def cited(code: str) -> str:
    """A clause by its number and that of its standard; its code if it is unknown."""
    clause = clause_of(code)
    return f"{clause.standard.number} {clause_number(clause)}" if clause else code


@register.filter
def offences_of(clause: Clause) -> list[Provision]:
    """Articles under which the state of affairs may be an offence in itself."""
    return [provision(key) for key in clause.offences]


@register.filter
def consequences_of(clause: Clause) -> list[Provision]:
    """What may follow where it is not inspected for, reported or rectified."""
    keys = [key for key in clause.consequences if key not in clause.offences]
    return [provision(key) for key in keys]


@register.filter
def files_of(act: HazardAct) -> list[Attachment]:
    """The photos and documents that came with an act."""
    return [file.attachment for file in act.files.all()]


@register.filter
def plan_of(stated: HazardStatement) -> list[tuple[str, str]]:
    """The six elements of the plan by name, in the order of the law; none if blank."""
    names = [field.removeprefix("plan_") for field in PLAN_FIELDS]
    return plan_rows(dict(zip(names, stated.plan_elements(), strict=True)))


_REMINDED: Mapping[str, Any] = {
    "hazard_before": gettext_lazy("its deadline comes near"),
    "hazard_after": gettext_lazy("its deadline has passed"),
    "hazard_plan": gettext_lazy("its plan is awaited"),
    "hazard_extension": gettext_lazy("more time is not answered yet"),
    "hazard_extension_own": gettext_lazy("more time is not answered yet"),
    "hazard_acceptance": gettext_lazy("its acceptance is not answered yet"),
    "hazard_recheck": gettext_lazy("its re-check is awaited"),
}


@register.filter
def reminded_of(reminder: Reminder) -> str:
    """Why the clock reminded of the hazard."""
    return str(_REMINDED.get(reminder.kind, ""))


@register.filter
def report_called(report: SelfInspectionReport) -> str:
    """What a report is called among those that name a hazard."""
    kind = report.get_kind_display()
    called = f"{kind[:1].upper()}{kind[1:]}"
    if report.is_quarterly:
        return f"{called} {quarter_name(report.quarter)}"
    return f"{called} {report.number}"


@register.filter
def act_words(act: HazardAct) -> str:
    """What was done, with how it came out where that is what matters."""
    kind = HazardActKind(act.kind)
    if kind == HazardActKind.ANSWER_EXTENSION:
        answered = getattr(act, "answers_extension", None)
        if answered is not None:
            granted = _("More time granted")
            return granted if answered.approved else _("More time refused")
    if kind == HazardActKind.TELL:
        telling = getattr(act, "telling", None)
        if telling is not None:
            return _("Told of it: %(who)s") % {"who": telling.get_audience_display()}
    words = str(kind.label)
    return words[:1].upper() + words[1:]


@register.filter
def act_facts(act: HazardAct) -> list[tuple[Any, object]]:
    """What an act of its kind says beside its words, by name."""
    facts = [
        fact for name, read in _FACTS.items() for fact in read(getattr(act, name, None))
    ]
    if act.on is not None:
        facts.insert(0, (_("Day"), act.on))
    return [(label, value) for label, value in facts if value not in (None, "")]


Facts = list[tuple[Any, object]]


def _of_progress(row: Any) -> Facts:
    if row is None:
        return []
    spent = row.funds_spent
    return [
        (_("Funds spent"), None if spent is None else wan(spent)),
        (_("Work stopped"), row.get_stopped_display()),
    ]


def _of_extension(row: Any) -> Facts:
    if row is None:
        return []
    return [
        (_("Deadline until then"), row.from_on),
        (_("More time until"), row.to_on),
        (_("Interim measures"), row.interim_measures),
    ]


def _of_answer(row: Any) -> Facts:
    return [(_("More time until"), row.to_on)] if row and row.approved else []


def _of_acceptance(row: Any) -> Facts:
    if row is None:
        return []
    return [
        (_("Judged by"), row.get_accepted_by_display()),
        (_("Agency"), row.agency),
        (_("Names and qualifications"), row.people),
    ]


def _of_recheck(row: Any) -> Facts:
    if row is None:
        return []
    return [
        (_("Asked for"), _("re-check, and to resume work") if row.resumes else ""),
        (_("The bureau looks on site by"), row.due_on),
    ]


def _of_result(row: Any) -> Facts:
    if row is None:
        return []
    officers = (row.first_officer, row.second_officer)
    names = [each.user.full_name for each in officers if each is not None]
    return [(_("Officers"), pgettext("between the items of a list", ", ").join(names))]


def _of_order(row: Any) -> Facts:
    if row is None:
        return []
    return [
        (_("Document"), row.document_number),
        (_("To be eliminated by"), row.due_on),
        (_("Work stopped"), row.get_stop_display()),
    ]


def _of_listing(row: Any) -> Facts:
    if row is None:
        return []
    return [
        (_("Level"), row.get_level_display()),
        (_("Document"), row.document_number),
    ]


def _of_grading(row: Any) -> Facts:
    if row is None:
        return []
    grade = _("major") if row.is_major else _("general")
    return [(_("Grade"), grade), (_("Clause"), cited(row.clause))]


def _of_handover(row: Any) -> Facts:
    return [] if row is None else [(_("To"), row.department)]


_FACTS: Mapping[str, Any] = {
    "progress": _of_progress,
    "extension": _of_extension,
    "answers_extension": _of_answer,
    "acceptance": _of_acceptance,
    "recheck": _of_recheck,
    "settles_recheck": _of_result,
    "order": _of_order,
    "listing": _of_listing,
    "grading": _of_grading,
    "handover": _of_handover,
}


@register.filter
def is_day(value: object) -> bool:
    """Whether it is shown as a day."""
    return isinstance(value, dt.date)


@register.filter
def wan(amount: Any) -> str:
    """An amount in 万元, ten thousand yuan, without zeros that say nothing."""
    return f"{amount.normalize():f} 万元"
