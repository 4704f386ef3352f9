"""Who owes what to a bureau: the list, and the same list as a file."""

import datetime as dt
from collections.abc import Iterator

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Bureau
from accounts.permissions import NotPermittedError, RefusedError
from accounts.views.access import ActingRequest, acting_required
from hazards.forms.owed import OwedFilterForm
from hazards.models import STATE_WORDS
from hazards.queries import owed as owed_queries
from hazards.queries.owed import OwedLine, Tab
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.obligations import ObligationState
from hazards.services import list_exports
from hazards.templatetags.duties import period, report_words
from hazards.views.spreadsheets import XLSX_TYPE, csv_lines, xlsx_file

XLSX_ROWS = 20_000
"""A larger file takes longer to make than a request may; CSV has no limit."""
_WIDTHS = (36, 22, 24, 24, 12, 14, 10, 24, 20, 14, 14, 14)


@acting_required
def owed(request: ActingRequest) -> HttpResponse:
    """List who owes what, oldest due day first."""
    bureau, at = _bureau(request), timezone.now()
    bureaus = owed_queries.bureaus_below(bureau)
    form = OwedFilterForm(request.GET, on=request.acting.on, bureaus=bureaus)
    tab = _tab(request)
    page = owed_queries.owed_page(
        bureaus, wanted=form.wanted(tab), at=at, after=request.GET.get("after", "")
    )
    return TemplateResponse(
        request,
        "hazards/owed/list.html",
        {
            "page": page,
            "form": form,
            "tab": tab.value,
            "bureau": bureau,
            "bureaus": bureaus,
            "clock_ran_at": owed_queries.clock_ran_at(),
        },
    )


@acting_required
def export(request: ActingRequest, file_format: str) -> HttpResponseBase:
    """Hand the list over as a file; that it was taken is written down."""
    bureau, at = _bureau(request), timezone.now()
    if file_format not in {"csv", "xlsx"}:
        raise Http404
    bureaus = owed_queries.bureaus_below(bureau)
    form = OwedFilterForm(request.GET, on=request.acting.on, bureaus=bureaus)
    tab = _tab(request)
    wanted = form.wanted(tab)
    if file_format == "xlsx":
        count = owed_queries.count_owed(bureaus, wanted=wanted, up_to=XLSX_ROWS)
        if count > XLSX_ROWS:
            raise RefusedError(
                _(
                    "The list has more than %(rows)s rows, too many for XLSX: narrow "
                    "it, or take it as CSV."
                )
                % {"rows": XLSX_ROWS}
            )
    narrowed = form.in_words()
    list_exports.record(
        "export-owed",
        bureau=bureau,
        file_format=file_format,
        narrowed={"tab": tab.value, **dict(narrowed)},
        by=request.acting,
        at=at,
    )
    head = _head(bureau, tab, narrowed, at=at)
    lines = owed_queries.all_owed(bureaus, wanted=wanted, at=at)
    rows = _rows(head, lines, language=translation.get_language() or "en")
    name = f"{'owed' if tab == Tab.OWED else 'coming-due'}-{at:%Y%m%d}.{file_format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if file_format == "xlsx":
        title = _("Who owes what")
        book = xlsx_file(rows, title=title, widths=_WIDTHS)
        return HttpResponse(book, content_type=XLSX_TYPE, headers=headers)
    return StreamingHttpResponse(
        csv_lines(rows), content_type="text/csv; charset=utf-8", headers=headers
    )


def _bureau(request: ActingRequest) -> Bureau:
    bureau = request.acting.bureau
    if bureau is None:
        raise NotPermittedError(
            _("Who owes what is a bureau's list; switch to a bureau role.")
        )
    return bureau


def _tab(request: ActingRequest) -> Tab:
    return Tab.COMING if request.GET.get("tab") == Tab.COMING else Tab.OWED


def _head(
    bureau: Bureau, tab: Tab, narrowed: list[tuple[str, str]], *, at: dt.datetime
) -> list[list[str]]:
    """What the file is: whose, as of when, by which clock, narrowed how."""
    ran_at = owed_queries.clock_ran_at()
    said = "; ".join(f"{label}: {value}" for label, value in narrowed)
    which = _("owed") if tab == Tab.OWED else _("coming due")
    return [
        [_("Who owes what"), f"{bureau.name} · {which}"],
        [_("Taken"), _instant(at)],
        [_("Last change by the clock"), _instant(ran_at) if ran_at else "—"],
        [_("Narrowed by"), said or _("nothing: all are listed")],
        [_("Order"), _("by due day alone; nobody is ranked")],
        [],
        [
            _("Enterprise"),
            _("Unified social credit code"),
            _("Bureau"),
            _("What is owed"),
            _("Period"),
            _("Due day"),
            _("Days since"),
            _("State"),
            _("Report"),
            _("Last reminder"),
            _("Bureau reminded"),
            _("Nobody reachable"),
        ],
    ]


def _rows(
    head: list[list[str]], lines: Iterator[OwedLine], *, language: str
) -> Iterator[list[str]]:
    yield from head
    for line in lines:
        # The file is written after the request has gone through the middleware.
        with translation.override(language):
            row = _row(line)
        yield row


def _row(line: OwedLine) -> list[str]:
    duty = line.duty
    state = ObligationState(duty.state)
    return [
        duty.enterprise.name,
        duty.enterprise.uscc,
        duty.bureau.name,
        duty.get_kind_display(),
        period(duty),
        duty.due_at.astimezone(SHANGHAI).date().isoformat(),
        str(line.age),
        str(STATE_WORDS[state]),
        report_words(line),
        line.reminder.step_on.isoformat() if line.reminder else "",
        _("yes") if line.escalated else "",
        _("yes") if line.unreachable else "",
    ]


def _instant(at: dt.datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} (Asia/Shanghai)"
