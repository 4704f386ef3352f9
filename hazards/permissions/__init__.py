"""Who may do what to inspections, reports and duties, as they now stand."""

from django.utils.translation import gettext as _

from accounts.models import EDITOR_ROLES, Acting, Enterprise, Membership, Role
from accounts.permissions import ALLOWED, Decision, denied
from accounts.queries.memberships import receiving_bureau
from hazards.models import (
    ON_THE_BOOKS,
    GeneralHazard,
    MajorHazard,
    Obligation,
    ObligationKind,
    ReportStatus,
    SelfInspection,
    SelfInspectionReport,
    Suspension,
)
from hazards.permissions.words import not_your_enterprise, only, own_member
from hazards.workflow import REPORT_TRANSITIONS, ReportAction

_OFFICE = frozenset({Role.REVIEWER, Role.BUREAU_HEAD})


def may(acting: Acting, action: ReportAction, report: SelfInspectionReport) -> Decision:
    """Decide whether the person may do the action to the report as it now stands."""
    by_table = _by_the_table(acting, action, report)
    if not by_table:
        return by_table
    if action == ReportAction.ENTER_PAPER:
        # By assignment: before its first receipt a report is at no bureau.
        return may_enter_paper(acting, report.enterprise)
    return _as_its_own(acting, report)


def may_each(
    acting: Acting, report: SelfInspectionReport
) -> dict[ReportAction, Decision]:
    """
    Decide like `may` on every action but the entry of a paper, which begins on a page
    of its own; asks once whose report it is.
    """
    decisions: dict[ReportAction, Decision] = {
        action: _by_the_table(acting, action, report)
        for action in ReportAction
        if action != ReportAction.ENTER_PAPER
    }
    if not any(decisions.values()):
        return decisions
    own = _as_its_own(acting, report)
    return {action: own if yes else yes for action, yes in decisions.items()}


def _by_the_table(
    acting: Acting, action: ReportAction, report: SelfInspectionReport
) -> Decision:
    transition = REPORT_TRANSITIONS[action]
    if acting.role not in transition.actors:
        return denied(only(transition.actors))
    if report.status not in transition.sources:
        return denied(
            _("The report is “%(status)s” now, so this cannot be done to it.")
            % {"status": report.get_status_display()}
        )
    return ALLOWED


def _as_its_own(acting: Acting, report: SelfInspectionReport) -> Decision:
    if acting.enterprise is not None:
        return _of_own_enterprise(acting, report.enterprise_id)
    return _as_its_bureau(acting, report)


def may_edit(acting: Acting, report: SelfInspectionReport) -> Decision:
    """Decide whether the person may write the report's open version."""
    if acting.role not in EDITOR_ROLES:
        return denied(only(EDITOR_ROLES))
    if report.status != ReportStatus.DRAFT:
        return denied(
            _(
                "The report is “%(status)s” now. Only a draft can be changed: take it "
                "back first, or correct it after the bureau has returned it."
            )
            % {"status": report.get_status_display()}
        )
    return _of_own_enterprise(acting, report.enterprise_id)


def may_enter_papers(acting: Acting) -> Decision:
    """Decide whether the person may enter papers at all."""
    roles = REPORT_TRANSITIONS[ReportAction.ENTER_PAPER].actors
    return ALLOWED if acting.role in roles else denied(only(roles))


def may_enter_paper(acting: Acting, enterprise: Enterprise) -> Decision:
    """Decide whether the person may enter what the enterprise sent on paper."""
    by_role = may_enter_papers(acting)
    if not by_role:
        return by_role
    if receiving_bureau(enterprise, on=acting.on) != acting.bureau:
        return denied(
            _("Another bureau receives from this enterprise; it enters its papers.")
        )
    return _never_its_member(acting, enterprise.pk)


def may_sign_later(acting: Acting, report: SelfInspectionReport) -> Decision:
    """Decide whether the person may sign what was received without a signature."""
    if acting.role != Role.PRINCIPAL:
        return denied(only(frozenset({Role.PRINCIPAL})))
    if not report.is_unsigned:
        return denied(
            _(
                "Nothing of this report waits for a later signature: what was received "
                "last is not marked as unsigned."
            )
        )
    return _of_own_enterprise(acting, report.enterprise_id)


def may_report_hazard(acting: Acting, hazard: MajorHazard | None = None) -> Decision:
    """Decide whether the person may write a report, or a plan, about one hazard."""
    if acting.role not in EDITOR_ROLES:
        return denied(only(EDITOR_ROLES))
    if hazard is None:
        return ALLOWED
    if hazard.state not in ON_THE_BOOKS:
        return denied(
            _("The hazard is “%(state)s” now, so nothing is reported about it.")
            % {"state": hazard.get_state_display()}
        )
    return _of_own_enterprise(acting, hazard.enterprise_id)


def may_keep_general_hazards(
    acting: Acting, hazard: GeneralHazard | None = None
) -> Decision:
    """Decide whether the person records general hazards, or says one is eliminated."""
    return _of_team(acting, hazard, EDITOR_ROLES | {Role.TEAM_MEMBER})


def may_settle_general_hazard(acting: Acting, hazard: GeneralHazard) -> Decision:
    """Decide whether the person may strike out a general hazard, or grade it up."""
    return _of_team(acting, hazard, EDITOR_ROLES)


def _of_team(
    acting: Acting, hazard: GeneralHazard | None, roles: frozenset[Role]
) -> Decision:
    if acting.role not in roles:
        return denied(only(roles))
    if hazard is None:
        return ALLOWED
    return _of_own_enterprise(acting, hazard.enterprise_id)


def may_register(acting: Acting, report: SelfInspectionReport) -> Decision:
    """Decide whether the person may put a hazard of the open version on record."""
    roles = EDITOR_ROLES | {Role.TEAM_MEMBER}
    if acting.role not in roles:
        return denied(only(roles))
    if report.status != ReportStatus.DRAFT:
        return denied(
            _(
                "The report is “%(status)s” now. Sending it to the principal registers "
                "its hazards."
            )
            % {"status": report.get_status_display()}
        )
    return _of_own_enterprise(acting, report.enterprise_id)


def may_start_report(acting: Acting) -> Decision:
    """Decide whether the person may open a quarter's report."""
    return ALLOWED if acting.role in EDITOR_ROLES else denied(only(EDITOR_ROLES))


def may_record_inspection(
    acting: Acting, inspection: SelfInspection | None = None
) -> Decision:
    """Decide whether the person may record a visit, or change the one given."""
    if acting.role not in EDITOR_ROLES:
        return denied(only(EDITOR_ROLES))
    if inspection is None:
        return ALLOWED
    return _of_own_enterprise(acting, inspection.enterprise_id)


def may_confirm_participation(acting: Acting, inspection: SelfInspection) -> Decision:
    """Decide whether the person may confirm having taken part as principal."""
    participation = getattr(inspection, "participation", None)
    if participation is None:
        return denied(_("Nobody has recorded that the principal took part."))
    if participation.principal.user_id != acting.user.pk:
        return denied(_("Only the principal who took part can confirm it."))
    if participation.confirmed_at is not None:
        return denied(_("You have confirmed this already; nothing more is needed."))
    return _of_own_enterprise(acting, inspection.enterprise_id)


def may_watch_clock(acting: Acting) -> Decision:
    """Decide whether the person watches the clock and settles what it parked."""
    roles = frozenset({Role.OPERATOR})
    return ALLOWED if acting.role in roles else denied(only(roles))


def may_declare_suspension(acting: Acting) -> Decision:
    """Decide whether the person may declare that the whole enterprise has stopped."""
    return ALLOWED if acting.role in EDITOR_ROLES else denied(only(EDITOR_ROLES))


def may_resume(acting: Acting, suspension: Suspension) -> Decision:
    """Decide whether the person may say that the enterprise works again."""
    if acting.role not in EDITOR_ROLES:
        return denied(only(EDITOR_ROLES))
    if suspension.to_on is not None:
        return denied(_("The last day of this stop is on record already."))
    if suspension.confirmed is False:
        return denied(_("The bureau refused this stop, so nothing has to be ended."))
    return _of_own_enterprise(acting, suspension.enterprise_id)


def may_answer_suspension(acting: Acting, suspension: Suspension) -> Decision:
    """Decide whether the person may confirm or refuse a declared stop."""
    if suspension.answered_by is not None:
        return denied(
            _("%(name)s has answered this declaration already; an answer stands.")
            % {"name": suspension.answered_by.user.full_name}
        )
    return _as_receiving_office(acting, suspension.enterprise)


def may_correct_end(acting: Acting, suspension: Suspension) -> Decision:
    """
    Decide whether the person may correct the last day of a stop: the enterprise until
    the bureau has answered, whoever receives from it once it is confirmed.
    """
    if suspension.to_on is None:
        return denied(_("This stop still runs: no last day is on record."))
    if suspension.confirmed is False:
        return denied(_("The bureau refused this stop, so its days count for nothing."))
    if suspension.confirmed:
        return _as_receiving_office(acting, suspension.enterprise)
    if acting.role not in EDITOR_ROLES:
        return denied(only(EDITOR_ROLES))
    return _of_own_enterprise(acting, suspension.enterprise_id)


def may_waive(acting: Acting, obligation: Obligation) -> Decision:
    """Decide whether the person may say that a quarter is not asked for."""
    if obligation.kind != ObligationKind.QUARTER:
        return denied(
            _("Only a quarter can be waived, not the principal’s taking part.")
        )
    return _as_receiving_office(acting, obligation.enterprise)


def may_correct_founding(acting: Acting, enterprise: Enterprise) -> Decision:
    """Decide whether the person may correct the day an enterprise was founded."""
    return _as_receiving_office(acting, enterprise)


def _of_own_enterprise(acting: Acting, enterprise_id: int) -> Decision:
    if acting.enterprise is None or acting.enterprise.pk != enterprise_id:
        return denied(not_your_enterprise())
    return ALLOWED


def _as_its_bureau(acting: Acting, report: SelfInspectionReport) -> Decision:
    if acting.bureau is None or report.bureau_id != acting.bureau.pk:
        return denied(
            _("Another bureau received this report; only that bureau answers it.")
        )
    return _never_its_member(acting, report.enterprise_id)


def _as_receiving_office(acting: Acting, enterprise: Enterprise) -> Decision:
    """The reviewers and the head of the bureau that receives from it today."""
    if acting.role not in _OFFICE:
        return denied(only(_OFFICE))
    if receiving_bureau(enterprise, on=acting.on) != acting.bureau:
        return denied(
            _("Another bureau receives from this enterprise; it decides this.")
        )
    return _never_its_member(acting, enterprise.pk)


def _never_its_member(acting: Acting, enterprise_id: int) -> Decision:
    """Whoever was ever of the enterprise does not judge it (promise S11)."""
    if Membership.objects.filter(
        user=acting.user, enterprise_id=enterprise_id
    ).exists():
        return denied(own_member())
    return ALLOWED
