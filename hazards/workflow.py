"""
What may happen to a report, to a major hazard and to a spot check, in one place, as
data. The diagrams in `docs/` are drawn from it, and the database refuses any other move
(hazards.models.REPORT_MOVES, HAZARD_MOVES, CHECK_MOVES).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from accounts.models import EDITOR_ROLES, Role
from hazards.models import (
    BEGUN,
    ON_THE_BOOKS,
    TO_BE_ELIMINATED,
    CheckState,
    HazardActKind,
    HazardState,
    ReportStatus,
)


class ReportAction(StrEnum):
    """A verb; also the code of the event that it leaves."""

    SEND_FOR_SIGNATURE = "send-for-signature"
    WITHDRAW = "withdraw"
    RETURN_TO_TEAM = "return-to-team"
    SIGN_OFF = "sign-off"
    LODGE_UNSIGNED = "lodge-unsigned"
    ENTER_PAPER = "enter-paper"
    BEGIN_REVIEW = "begin-review"
    ACCEPT = "accept"
    RETURN_FOR_CORRECTION = "return-for-correction"
    BEGIN_CORRECTION = "begin-correction"
    TRANSFER = "transfer"


@dataclass(frozen=True)
class Transition:
    """From any of the sources to the target, by one of the actors."""

    sources: frozenset[ReportStatus]
    target: ReportStatus
    actors: frozenset[Role]


_REVIEWERS = frozenset({Role.REVIEWER, Role.BUREAU_HEAD})
_PRINCIPAL = frozenset({Role.PRINCIPAL})
_WAITING = frozenset({ReportStatus.AWAITING_SIGNATURE})
_IN_REVIEW = frozenset({ReportStatus.RECEIVED, ReportStatus.UNDER_REVIEW})

REPORT_TRANSITIONS: Mapping[ReportAction, Transition] = MappingProxyType(
    {
        ReportAction.SEND_FOR_SIGNATURE: Transition(
            sources=frozenset({ReportStatus.DRAFT}),
            target=ReportStatus.AWAITING_SIGNATURE,
            actors=EDITOR_ROLES,
        ),
        ReportAction.WITHDRAW: Transition(
            sources=_WAITING, target=ReportStatus.DRAFT, actors=EDITOR_ROLES
        ),
        ReportAction.RETURN_TO_TEAM: Transition(
            sources=_WAITING, target=ReportStatus.DRAFT, actors=_PRINCIPAL
        ),
        ReportAction.SIGN_OFF: Transition(
            sources=_WAITING, target=ReportStatus.RECEIVED, actors=_PRINCIPAL
        ),
        ReportAction.LODGE_UNSIGNED: Transition(
            sources=frozenset({ReportStatus.DRAFT, ReportStatus.AWAITING_SIGNATURE}),
            target=ReportStatus.RECEIVED,
            actors=frozenset({Role.TEAM_LEADER}),
        ),
        ReportAction.ENTER_PAPER: Transition(
            sources=frozenset({ReportStatus.DRAFT}),
            target=ReportStatus.RECEIVED,
            actors=_REVIEWERS,
        ),
        ReportAction.BEGIN_REVIEW: Transition(
            sources=frozenset({ReportStatus.RECEIVED}),
            target=ReportStatus.UNDER_REVIEW,
            actors=_REVIEWERS,
        ),
        ReportAction.ACCEPT: Transition(
            sources=_IN_REVIEW, target=ReportStatus.ACCEPTED, actors=_REVIEWERS
        ),
        ReportAction.RETURN_FOR_CORRECTION: Transition(
            sources=_IN_REVIEW, target=ReportStatus.RETURNED, actors=_REVIEWERS
        ),
        ReportAction.BEGIN_CORRECTION: Transition(
            sources=frozenset({ReportStatus.RETURNED}),
            target=ReportStatus.DRAFT,
            actors=EDITOR_ROLES,
        ),
        ReportAction.TRANSFER: Transition(
            sources=_IN_REVIEW, target=ReportStatus.RECEIVED, actors=_REVIEWERS
        ),
    }
)


def diagram() -> str:
    """Return the table as a Mermaid state diagram, one line a move."""
    lines = ["stateDiagram-v2", f"    [*] --> {ReportStatus.DRAFT.value}"]
    for action, move in REPORT_TRANSITIONS.items():
        actors = ", ".join(sorted(actor.value for actor in move.actors))
        lines += [
            f"    {source} --> {move.target.value}: {action.value} ({actors})"
            for source in sorted(s.value for s in move.sources)
        ]
    return "\n".join([*lines, f"    {ReportStatus.ACCEPTED.value} --> [*]", ""])


@dataclass(frozen=True)
class HazardTransition:
    """
    From which state to which (the same = it stays), by one of the actors; without
    actors it comes with another act: a registration, a receipt.
    """

    moves: Mapping[HazardState, HazardState]
    actors: frozenset[Role] = frozenset()


_TEAM = EDITOR_ROLES | {Role.TEAM_MEMBER}
_REPORTED = (HazardState.REPORTED, HazardState.PLANNED, HazardState.RECTIFYING)
_KNOWN = tuple(state for state in ON_THE_BOOKS if state != HazardState.REGISTERED)


def _to(
    target: HazardState | None,
    *sources: HazardState,
    by: frozenset[Role] = frozenset(),
) -> HazardTransition:
    """To the target from each source; without one, it stays."""
    moves = {source: target or source for source in sources}
    return HazardTransition(MappingProxyType(moves), by)


HAZARD_TRANSITIONS: Mapping[HazardActKind, HazardTransition] = MappingProxyType(
    {
        HazardActKind.REGISTER: _to(HazardState.REGISTERED, HazardState.FOUND),
        HazardActKind.REPORT: _to(HazardState.REPORTED, HazardState.REGISTERED),
        HazardActKind.RECEIVE_PLAN: _to(HazardState.PLANNED, HazardState.REPORTED),
        # Before its plan is received, a hazard may be worked on; it waits for the plan.
        HazardActKind.PROGRESS: HazardTransition(
            MappingProxyType(
                {
                    HazardState.REPORTED: HazardState.REPORTED,
                    HazardState.PLANNED: HazardState.RECTIFYING,
                    HazardState.RECTIFYING: HazardState.RECTIFYING,
                }
            ),
            _TEAM,
        ),
        HazardActKind.TELL: _to(None, *ON_THE_BOOKS, by=_TEAM),
        HazardActKind.ASK_EXTENSION: _to(None, *_REPORTED, by=EDITOR_ROLES),
        HazardActKind.ANSWER_EXTENSION: _to(
            None, *_REPORTED, by=_REVIEWERS | _PRINCIPAL
        ),
        HazardActKind.RECORD_ACCEPTANCE: _to(None, *_REPORTED, by=EDITOR_ROLES),
        HazardActKind.RETURN_ACCEPTANCE: _to(None, *_REPORTED, by=_PRINCIPAL),
        HazardActKind.CONFIRM_ACCEPTANCE: _to(
            HazardState.ACCEPTED, *_REPORTED, by=_PRINCIPAL
        ),
        HazardActKind.APPLY_FOR_RECHECK: _to(
            HazardState.AWAITING_RECHECK, HazardState.ACCEPTED, by=EDITOR_ROLES
        ),
        HazardActKind.ORDER_RECHECK: _to(
            HazardState.AWAITING_RECHECK, HazardState.ACCEPTED, by=_REVIEWERS
        ),
        HazardActKind.PASS_RECHECK: _to(
            HazardState.CLOSED, HazardState.AWAITING_RECHECK, by=_REVIEWERS
        ),
        HazardActKind.FAIL_RECHECK: _to(
            HazardState.RECTIFYING, HazardState.AWAITING_RECHECK, by=_REVIEWERS
        ),
        HazardActKind.CLOSE: _to(
            HazardState.CLOSED,
            HazardState.ACCEPTED,
            by=_PRINCIPAL | {Role.TEAM_LEADER},
        ),
        HazardActKind.DOWNGRADE: _to(
            HazardState.DOWNGRADED, *TO_BE_ELIMINATED, by=EDITOR_ROLES | _REVIEWERS
        ),
        HazardActKind.GRADE_MAJOR: _to(
            HazardState.REGISTERED,
            HazardState.DOWNGRADED,
            by=EDITOR_ROLES | _REVIEWERS,
        ),
        HazardActKind.VOID: _to(HazardState.VOIDED, *_REPORTED, by=_REVIEWERS),
        HazardActKind.HAND_OVER: _to(
            HazardState.HANDED_OVER, *_REPORTED, by=_REVIEWERS
        ),
        HazardActKind.ORDER: _to(None, *_KNOWN, by=_REVIEWERS),
        HazardActKind.LIFT_ORDER: _to(None, *_KNOWN, by=_REVIEWERS),
        HazardActKind.LIST: _to(None, *_KNOWN, by=_REVIEWERS),
        HazardActKind.DELIST: _to(None, *_KNOWN, by=_REVIEWERS),
    }
)


def hazard_moves() -> frozenset[tuple[HazardState, HazardState]]:
    """Every change of state that the table of hazards holds."""
    return frozenset(
        (source, target)
        for transition in HAZARD_TRANSITIONS.values()
        for source, target in transition.moves.items()
        if source != target
    )


def hazard_diagram() -> str:
    """Return the table of hazards as a Mermaid state diagram, one line a move."""
    lines = ["stateDiagram-v2", f"    [*] --> {HazardState.FOUND.value}"]
    for kind, transition in HAZARD_TRANSITIONS.items():
        actors = ", ".join(sorted(actor.value for actor in transition.actors))
        said = f"{kind.value} ({actors})" if actors else kind.value
        lines += [
            f"    {source.value} --> {target.value}: {said}"
            for source, target in transition.moves.items()
        ]
    ends = (
        HazardState.CLOSED,
        HazardState.VOIDED,
        HazardState.HANDED_OVER,
        HazardState.DOWNGRADED,
    )
    return "\n".join([*lines, *(f"    {end.value} --> [*]" for end in ends), ""])


class CheckAction(StrEnum):
    """What is done about a spot check; also the last part of its page's address."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    ANNOUNCE = "announce"
    START = "start"
    END = "end"
    CORRECT = "correct"
    ANSWER_CORRECTION = "answer-correction"
    FILE_OPINION = "file-opinion"


@dataclass(frozen=True)
class CheckTransition:
    """From any of the sources to the target, or it stays, by one of the actors."""

    sources: frozenset[CheckState]
    target: CheckState | None
    actors: frozenset[Role]


_INSPECTORS = frozenset({Role.INSPECTOR})
_HEADS = frozenset({Role.BUREAU_HEAD})
_UNANSWERED = frozenset({CheckState.PLANNED})
_TO_BEGIN = frozenset({CheckState.APPROVED})
_ON_SITE = frozenset({CheckState.STARTED})
_TOOK_PLACE = frozenset(BEGUN)

SPOT_CHECK_TRANSITIONS: Mapping[CheckAction, CheckTransition] = MappingProxyType(
    {
        CheckAction.APPROVE: CheckTransition(_UNANSWERED, CheckState.APPROVED, _HEADS),
        CheckAction.REFUSE: CheckTransition(_UNANSWERED, CheckState.REFUSED, _HEADS),
        CheckAction.WITHDRAW: CheckTransition(
            _UNANSWERED | _TO_BEGIN, CheckState.WITHDRAWN, _INSPECTORS | _HEADS
        ),
        CheckAction.ANNOUNCE: CheckTransition(_TO_BEGIN, None, _INSPECTORS),
        CheckAction.START: CheckTransition(_TO_BEGIN, CheckState.STARTED, _INSPECTORS),
        CheckAction.END: CheckTransition(_ON_SITE, CheckState.ENDED, _INSPECTORS),
        CheckAction.CORRECT: CheckTransition(_TOOK_PLACE, None, _INSPECTORS),
        CheckAction.ANSWER_CORRECTION: CheckTransition(_TOOK_PLACE, None, _HEADS),
        CheckAction.FILE_OPINION: CheckTransition(_TOOK_PLACE, None, _INSPECTORS),
    }
)


def check_moves() -> frozenset[tuple[CheckState, CheckState]]:
    """Every change of state that the table of spot checks holds."""
    return frozenset(
        (source, transition.target)
        for transition in SPOT_CHECK_TRANSITIONS.values()
        if transition.target is not None
        for source in transition.sources
    )


def check_diagram() -> str:
    """Return the table of spot checks as a Mermaid state diagram, one line a move."""
    lines = ["stateDiagram-v2", f"    [*] --> {CheckState.PLANNED.value}"]
    for action, move in SPOT_CHECK_TRANSITIONS.items():
        actors = ", ".join(sorted(actor.value for actor in move.actors))
        lines += [
            f"    {source} --> {(move.target or source)}: {action.value} ({actors})"
            for source in sorted(s.value for s in move.sources)
        ]
    ends = (CheckState.ENDED, CheckState.REFUSED, CheckState.WITHDRAWN)
    return "\n".join([*lines, *(f"    {end.value} --> [*]" for end in ends), ""])
