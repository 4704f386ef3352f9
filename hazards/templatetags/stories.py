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
    HazardAct,
    HazardActKind,
    HazardState,
    MajorHazard,
)
from hazards.queries.hazard_stories import Story
from hazards.queries.next_steps import NextStep, Party, Step
from hazards.rules import catalogue
from hazards.rules.catalogue import Clause
from hazards.rules.provisions import Provision, provision

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

ACT_LABELS: Mapping[HazardActKind, Any] = {
    HazardActKind.PROGRESS: gettext_lazy("Record progress"),
    HazardActKind.TELL: gettext_lazy("Record who was told"),
    HazardActKind.ASK_EXTENSION: gettext_lazy("Ask for more time"),
    HazardActKind.ANSWER_EXTENSION: gettext_lazy("Answer about more time"),
    HazardActKind.RECORD_ACCEPTANCE: gettext_lazy("Record the acceptance"),
    HazardActKind.RETURN_ACCEPTANCE: gettext_lazy("Give the acceptance back"),
    HazardActKind.CONFIRM_ACCEPTANCE: gettext_lazy("Read and confirm the acceptance"),
    HazardActKind.APPLY_FOR_RECHECK: gettext_lazy("Apply for re-check"),
    HazardActKind.ORDER_RECHECK: gettext_lazy("Order a re-check"),
    HazardActKind.PASS_RECHECK: gettext_lazy("Record the re-check: passed"),
    HazardActKind.FAIL_RECHECK: gettext_lazy("Record the re-check: failed"),
    HazardActKind.CLOSE: gettext_lazy("Close the hazard"),
    HazardActKind.DOWNGRADE: gettext_lazy("Grade down to general"),
    HazardActKind.GRADE_MAJOR: gettext_lazy("Grade major again"),
    HazardActKind.VOID: gettext_lazy("Strike out: reported in error"),
    HazardActKind.HAND_OVER: gettext_lazy("Hand over to another department"),
    HazardActKind.ORDER: gettext_lazy("Order rectification"),
    HazardActKind.LIFT_ORDER: gettext_lazy("Lift the order"),
    HazardActKind.LIST: gettext_lazy("List for supervision"),
    HazardActKind.DELIST: gettext_lazy("End listed supervision"),
}


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
    if acting.role in EDITOR_ROLES:
        return _("you, or a colleague of the team")
    return _("the team of the enterprise")


@register.simple_tag
def step_link(step: NextStep, story: Story, acting: Acting) -> dict[str, object] | None:
    """The button by which the reader takes the step; None where it is another's."""
    if step.act is not None:
        return act_link(story, step.act)
    if acting.enterprise is None:
        return None
    if step.party == Party.PRINCIPAL:
        signs = acting.role == Role.PRINCIPAL and step.report is not None
        return _signing(step) if signs else None
    return _writing(step, story.hazard) if acting.role in EDITOR_ROLES else None


def _signing(step: NextStep) -> dict[str, object] | None:
    assert step.report is not None  # noqa: S101  # asked before
    url = reverse("report-sign", args=[step.report.public_id])
    return {"url": url, "label": _("Read and sign"), "posts": False}


def _writing(step: NextStep, hazard: MajorHazard) -> dict[str, object] | None:
    """Where the report or plan is written."""
    if step.step == Step.PLAN:
        label = _("Finish the treatment plan") if step.report else _("Write the plan")
        return _posting("hazard-plan", hazard, label)
    if step.report is None:
        return _posting("hazard-report-begin", hazard, _("Report it now"))
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


def act_link(story: Story, kind: HazardActKind) -> dict[str, object] | None:
    """The page on which the reader does an act; None where they may not."""
    if not story.may[kind]:
        return None
    url = _address("hazard-act", story.hazard.public_id, kind.value)
    return {"url": url, "label": ACT_LABELS[kind], "posts": False} if url else None


@register.simple_tag
def other_links(story: Story) -> list[dict[str, object]]:
    """What else the reader may do about the hazard."""
    next_ones = {step.act for step in story.steps}
    links = (act_link(story, kind) for kind in story.may if kind not in next_ones)
    return [link for link in links if link is not None]


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
def offences_of(clause: Clause) -> list[Provision]:
    """Articles under which the state of affairs may be an offence in itself."""
    return [provision(key) for key in clause.offences]


@register.filter
def consequences_of(clause: Clause) -> list[Provision]:
    """What may follow where it is not inspected for, reported or rectified."""
    keys = [key for key in clause.consequences if key not in clause.offences]
    return [provision(key) for key in keys]


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
    clause = catalogue.CLAUSES.get(row.clause)
    cited = f"{clause.standard.number} {clause.number_zh}" if clause else row.clause
    return [(_("Grade"), grade), (_("Clause"), cited)]


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
}


@register.filter
def is_day(value: object) -> bool:
    """Whether it is shown as a day."""
    return isinstance(value, dt.date)


@register.filter
def wan(amount: Any) -> str:
    """An amount in 万元, ten thousand yuan, without zeros that say nothing."""
    return f"{amount.normalize():f} 万元"
