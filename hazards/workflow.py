"""
What may happen to a report, in one place, as data. The diagram in `docs/` is drawn
from it, and the database refuses any other move (hazards.models.REPORT_MOVES).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from accounts.models import EDITOR_ROLES, Role
from hazards.models import ReportStatus


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
