"""Addresses of inspections, reports and reviews."""

from django.urls import URLPattern, path

from hazards.views import (
    acts,
    attachments,
    boards,
    cases,
    check_acts,
    checklists,
    clock,
    copies,
    desk,
    enterprise_codes,
    findings,
    flags,
    foundings,
    general_hazards,
    hazard_reports,
    hazards,
    inspections,
    lodging,
    matches,
    obligations,
    owed,
    papers,
    policies,
    protection,
    rechecks,
    reports,
    reviews,
    signing,
    spot_checks,
    standards,
    statistics,
    stories,
    suspensions,
    transfers,
    verification,
    waivers,
)

urlpatterns: list[URLPattern] = [
    path("desk/", desk.desk, name="desk"),
    # attachments
    path("attachments/<uuid:public_id>/", attachments.full, name="attachment"),
    path(
        "attachments/<uuid:public_id>/preview/",
        attachments.preview,
        name="attachment-preview",
    ),
    # duties, what takes them away, what was noticed
    path("duties/<uuid:public_id>/", obligations.detail, name="obligation"),
    path("duties/<uuid:public_id>/waive/", waivers.waive, name="obligation-waive"),
    path("flags/<uuid:public_id>/", flags.detail, name="flag"),
    path(
        "enterprises/<uuid:public_id>/flags/",
        flags.of_enterprise,
        name="enterprise-flags",
    ),
    path(
        "enterprises/<uuid:public_id>/founding/",
        foundings.correct,
        name="enterprise-founding",
    ),
    path("suspensions/", suspensions.listing, name="suspensions"),
    path("suspensions/new/", suspensions.declare, name="suspension-declare"),
    path("suspensions/<uuid:public_id>/", suspensions.detail, name="suspension"),
    path(
        "suspensions/<uuid:public_id>/resume/",
        suspensions.resume,
        name="suspension-resume",
    ),
    path(
        "suspensions/<uuid:public_id>/end/",
        suspensions.correct_end,
        name="suspension-end",
    ),
    path(
        "suspensions/<uuid:public_id>/answer/",
        suspensions.answer,
        name="suspension-answer",
    ),
    # inspections
    path("inspections/", inspections.listing, name="inspections"),
    path("inspections/new/", inspections.new, name="inspection-new"),
    path("inspections/<uuid:public_id>/", inspections.detail, name="inspection"),
    path(
        "inspections/<uuid:public_id>/edit/", inspections.edit, name="inspection-edit"
    ),
    path(
        "inspections/<uuid:public_id>/sign-in/",
        inspections.sign_in,
        name="inspection-sign-in",
    ),
    path(
        "inspections/<uuid:public_id>/confirm-participation/",
        inspections.confirm_participation,
        name="participation-confirm",
    ),
    # policies
    path("bureau/policies/", policies.index, name="policies"),
    path("bureau/policies/<slug:name>/", policies.policy, name="policy"),
    path("bureau/days/", policies.days, name="bureau-days"),
    # the clock, for operators
    path("clock/", clock.clock, name="clock"),
    path("clock/parked/", clock.settle_parked, name="clock-parked"),
    # standards
    path("standards/", standards.index, name="standards"),
    path("standards/<slug:slug>/", standards.clause, name="standard-clause"),
    # reports
    path("reports/", reports.index, name="reports"),
    path("reports/start/", reports.start, name="report-start"),
    path("reports/<uuid:public_id>/", reports.detail, name="report"),
    path("reports/<uuid:public_id>/edit/", reports.edit, name="report-edit"),
    path(
        "reports/<uuid:public_id>/checklist/",
        checklists.edit,
        name="report-checklist",
    ),
    path("reports/<uuid:public_id>/send/", reports.send, name="report-send"),
    path(
        "reports/<uuid:public_id>/withdraw/", reports.withdraw, name="report-withdraw"
    ),
    path("reports/<uuid:public_id>/sign/", signing.sign, name="report-sign"),
    path(
        "reports/<uuid:public_id>/return-to-team/",
        signing.return_to_team,
        name="report-return-to-team",
    ),
    path("reports/<uuid:public_id>/done/", signing.done, name="report-done"),
    path("reports/<uuid:public_id>/lodge/", lodging.lodge, name="report-lodge"),
    path(
        "reports/<uuid:public_id>/sign-later/",
        lodging.sign_later,
        name="report-sign-later",
    ),
    path(
        "reports/<uuid:public_id>/versions/<int:ordinal>/",
        reports.version,
        name="report-version",
    ),
    path(
        "reports/<uuid:public_id>/correct/",
        reports.begin_correction,
        name="report-begin-correction",
    ),
    # the life of a hazard
    path("hazards/", boards.hazards, name="hazards"),
    path("hazards/export/<slug:file_format>/", boards.export, name="hazards-export"),
    path("hazards/<uuid:public_id>/", stories.hazard, name="hazard"),
    path("hazards/<uuid:public_id>/acts/<slug:kind>/", acts.act, name="hazard-act"),
    # before anyone comes, and where a bureau looks again
    path("protection/", protection.protection, name="protection"),
    path("what-if/", protection.what_if, name="what-if"),
    path("re-checks/", rechecks.candidates, name="recheck-candidates"),
    # what spot checks found
    path("findings/", findings.listing, name="findings"),
    path("checks/<uuid:public_id>/findings/new/", findings.new, name="finding-new"),
    path("findings/<uuid:public_id>/", findings.detail, name="finding"),
    path("findings/<uuid:public_id>/assess/", findings.assess, name="finding-assess"),
    path("findings/<uuid:public_id>/match/", matches.match, name="finding-match"),
    path("findings/<uuid:public_id>/second/", matches.second, name="finding-second"),
    # hazards
    path(
        "reports/<uuid:public_id>/hazards/new/", hazards.new, name="report-hazard-new"
    ),
    path(
        "reports/<uuid:public_id>/hazards/<uuid:hazard>/",
        hazards.what,
        name="report-hazard",
    ),
    path(
        "reports/<uuid:public_id>/hazards/<uuid:hazard>/plan/",
        hazards.plan,
        name="report-hazard-plan",
    ),
    path(
        "reports/<uuid:public_id>/hazards/<uuid:hazard>/register/",
        hazards.register,
        name="report-hazard-register",
    ),
    path(
        "reports/<uuid:public_id>/hazards/<uuid:hazard>/take-up/",
        hazards.take_up,
        name="report-hazard-take-up",
    ),
    path(
        "reports/<uuid:public_id>/hazards/<uuid:hazard>/leave-out/",
        hazards.leave_out,
        name="report-hazard-leave-out",
    ),
    path(
        "reports/<uuid:public_id>/hazards/<uuid:hazard>/photos/",
        attachments.add,
        name="hazard-photos",
    ),
    path(
        "reports/<uuid:public_id>/hazards/<uuid:hazard>/photos/<uuid:attachment>/remove/",
        attachments.remove,
        name="hazard-photo-remove",
    ),
    path(
        "reports/<uuid:public_id>/hazards/<uuid:hazard>/take-over/",
        hazards.take_over,
        name="report-hazard-take-over",
    ),
    # what is about one hazard
    path("hazards/report/", hazard_reports.new, name="hazard-report-new"),
    path(
        "hazards/<uuid:public_id>/report/",
        hazard_reports.at_once,
        name="hazard-report-at-once",
    ),
    path(
        "hazards/<uuid:public_id>/plan/",
        hazard_reports.begin_plan,
        name="hazard-plan",
    ),
    path(
        "reports/<uuid:public_id>/hazard/",
        hazard_reports.edit,
        name="hazard-report-edit",
    ),
    path(
        "reports/<uuid:public_id>/hazard/check/",
        hazard_reports.check,
        name="hazard-report-check",
    ),
    # general hazards, and the statistics that count them
    path("general-hazards/", general_hazards.listing, name="general-hazards"),
    path("general-hazards/new/", general_hazards.new, name="general-hazard-new"),
    path(
        "general-hazards/<uuid:public_id>/",
        general_hazards.detail,
        name="general-hazard",
    ),
    path(
        "general-hazards/<uuid:public_id>/rectify/",
        general_hazards.rectify,
        name="general-hazard-rectify",
    ),
    path(
        "general-hazards/<uuid:public_id>/strike-out/",
        general_hazards.strike_out,
        name="general-hazard-strike-out",
    ),
    path(
        "general-hazards/<uuid:public_id>/grade-up/",
        general_hazards.grade_up,
        name="general-hazard-grade-up",
    ),
    path("statistics/", statistics.statistics, name="statistics"),
    path(
        "statistics/<str:quarter>/<slug:file_format>/",
        statistics.live_file,
        name="statistics-file",
    ),
    path(
        "reports/<uuid:public_id>/versions/<int:ordinal>/statistics/<slug:file_format>/",
        statistics.signed_file,
        name="report-statistics",
    ),
    # spot checks
    path("checks/", spot_checks.listing, name="checks"),
    path("checks/new/", spot_checks.new, name="check-new"),
    path("checks/<uuid:public_id>/", spot_checks.detail, name="check"),
    path("checks/<uuid:public_id>/<slug:action>/", check_acts.act, name="check-act"),
    path(
        "enterprises/<uuid:public_id>/code/",
        enterprise_codes.code,
        name="enterprise-code",
    ),
    path("scan/<uuid:public_id>/", enterprise_codes.scan, name="enterprise-scan"),
    # copies of record
    path(
        "reports/<uuid:public_id>/versions/<int:ordinal>/copy/",
        copies.report_copy,
        name="report-copy",
    ),
    path(
        "reports/<uuid:public_id>/versions/<int:ordinal>/copy/later-signature/",
        copies.report_later_copy,
        name="report-later-copy",
    ),
    path("signatures/", copies.signatures, name="signatures"),
    path(
        "signatures/<slug:receipt>/copy/", copies.signature_copy, name="signature-copy"
    ),
    path(
        "signatures/<slug:receipt>/repudiate/",
        copies.signature_repudiate,
        name="signature-repudiate",
    ),
    path("verify/", verification.verify, name="verify"),
    path("verify/<str:code>/", verification.verify_code, name="verify-code"),
    # who owes what
    path("owed/", owed.owed, name="owed"),
    path("owed/export/<slug:file_format>/", owed.export, name="owed-export"),
    # review
    path("review/", reviews.queue, name="review-queue"),
    path("review/paper/", papers.new, name="report-paper-new"),
    path("reports/<uuid:public_id>/review/", reviews.begin, name="report-begin-review"),
    path(
        "reports/<uuid:public_id>/transfer/",
        transfers.transfer,
        name="report-transfer",
    ),
    path("reports/<uuid:public_id>/accept/", reviews.accept, name="report-accept"),
    path(
        "reports/<uuid:public_id>/return/",
        reviews.return_for_correction,
        name="report-return",
    ),
    # cases of findings
    path(
        "findings/<uuid:public_id>/determine/",
        cases.determine,
        name="finding-determine",
    ),
    path(
        "findings/<uuid:public_id>/decide/<slug:respondent>/",
        cases.decide,
        name="finding-decide",
    ),
    path(
        "findings/<uuid:public_id>/object/",
        cases.state_objection,
        name="finding-object",
    ),
    path(
        "findings/<uuid:public_id>/opinion/",
        cases.opinion_pdf,
        name="finding-opinion",
    ),
    path(
        "objections/<uuid:public_id>/answer/",
        cases.answer_objection,
        name="finding-answer-objection",
    ),
    path(
        "determinations/<uuid:public_id>/pdf/",
        cases.determination_pdf,
        name="determination-pdf",
    ),
]
