"""The hazards of an enterprise as a board, those of a bureau as a list and a file."""

import datetime as dt
from collections.abc import Iterator

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Bureau, Enterprise
from accounts.permissions import NotPermittedError, RefusedError
from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.forms.boards import BoardFilterForm, HeldFilterForm
from hazards.queries import hazard_boards, held_hazards
from hazards.queries.hazard_pages import sites_of
from hazards.queries.held_hazards import HeldLine, HeldOrder
from hazards.queries.owed import bureaus_below
from hazards.rules.deadlines import SHANGHAI
from hazards.services import list_exports
from hazards.templatetags.stories import cited
from hazards.views.spreadsheets import XLSX_TYPE, csv_lines, xlsx_file

XLSX_ROWS = 20_000
"""A larger file takes longer to make than a request may; CSV has no limit."""
_WIDTHS = (24, 36, 22, 24, 24, 36, 14, 14, 12, 14, 14, 14, 14, 14)


@require_safe
@acting_required
def hazards(request: ActingRequest) -> HttpResponse:
    """An enterprise's board by state; a bureau's list by deadline or age."""
    acting = request.acting
    if acting.enterprise is not None:
        return _board(request, acting.enterprise)
    if acting.bureau is not None:
        return _list(request, acting.bureau)
    raise NotPermittedError(_operators_see_none())


def _operators_see_none() -> str:
    return _("Hazards are seen by the enterprise and its bureau; switch to that role.")


def _board(request: ActingRequest, enterprise: Enterprise) -> HttpResponse:
    on = request.acting.on
    form = BoardFilterForm(request.GET, on=on, sites=sites_of(enterprise))
    context: dict[str, object] = {
        "form": form,
        "enterprise": enterprise,
        "may_report": permissions.may_report_hazard(request.acting),
    }
    if request.GET.get("ended"):
        context["page"] = hazard_boards.ended_page(
            enterprise, wanted=form.wanted(), on=on, after=request.GET.get("after", "")
        )
        return TemplateResponse(request, "hazards/stories/ended.html", context)
    context["board"] = hazard_boards.board(enterprise, wanted=form.wanted(), on=on)
    return TemplateResponse(request, "hazards/stories/board.html", context)


def _list(request: ActingRequest, bureau: Bureau) -> HttpResponse:
    bureaus, order, on = bureaus_below(bureau), _order(request), request.acting.on
    form = HeldFilterForm(request.GET, on=on, bureaus=bureaus)
    page = held_hazards.held_page(
        bureaus, wanted=form.wanted(order), on=on, after=request.GET.get("after", "")
    )
    return TemplateResponse(
        request,
        "hazards/stories/list.html",
        {
            "page": page,
            "form": form,
            "order": order.value,
            "bureau": bureau,
            "bureaus": bureaus,
        },
    )


def _order(request: ActingRequest) -> HeldOrder:
    said = request.GET.get("order", "")
    return HeldOrder(said) if said in set(HeldOrder) else HeldOrder.DEADLINE


@require_safe
@acting_required
def export(request: ActingRequest, file_format: str) -> HttpResponseBase:
    """Hand a bureau's list over as a file; that it was taken is written down."""
    bureau, at = request.acting.bureau, timezone.now()
    if bureau is None:
        raise NotPermittedError(
            _("The list of hazards is a bureau's; switch to a bureau role.")
        )
    if file_format not in {"csv", "xlsx"}:
        raise Http404
    bureaus, order, on = bureaus_below(bureau), _order(request), request.acting.on
    form = HeldFilterForm(request.GET, on=on, bureaus=bureaus)
    wanted = form.wanted(order)
    if file_format == "xlsx":
        count = held_hazards.count_held(bureaus, wanted=wanted, up_to=XLSX_ROWS)
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
        "export-hazards",
        bureau=bureau,
        file_format=file_format,
        narrowed={"order": order.value, **dict(narrowed)},
        by=request.acting,
        at=at,
    )
    head = _head(bureau, order, narrowed, at=at)
    lines = held_hazards.all_held(bureaus, wanted=wanted, on=on)
    rows = _rows(head, lines, language=translation.get_language() or "en")
    name = f"hazards-{order.value}-{at:%Y%m%d}.{file_format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if file_format == "xlsx":
        book = xlsx_file(rows, title=_("Major hazards"), widths=_WIDTHS)
        return HttpResponse(book, content_type=XLSX_TYPE, headers=headers)
    return StreamingHttpResponse(
        csv_lines(rows), content_type="text/csv; charset=utf-8", headers=headers
    )


def _head(
    bureau: Bureau,
    order: HeldOrder,
    narrowed: list[tuple[str, str]],
    *,
    at: dt.datetime,
) -> list[list[str]]:
    """What the file is: whose, as of when, narrowed how."""
    said = "; ".join(f"{label}: {value}" for label, value in narrowed)
    ordered = {
        HeldOrder.DEADLINE: _("by the next day that counts; nobody is ranked"),
        HeldOrder.AGE: _("by the day first reported; nobody is ranked"),
        HeldOrder.ENDED: _("off the books, newest number first; nobody is ranked"),
    }
    taken = f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} (Asia/Shanghai)"
    return [
        [_("Major hazards"), bureau.name],
        [_("Taken"), taken],
        [_("Narrowed by"), said or _("nothing: all are listed")],
        [_("Order"), ordered[order]],
        [],
        [
            _("Number"),
            _("Enterprise"),
            _("Unified social credit code"),
            _("Bureau"),
            _("Clause"),
            _("Place"),
            _("State"),
            _("First reported"),
            _("Days since"),
            _("Deadline"),
            _("Suspected overdue, to be verified"),
            _("Listed supervision"),
            _("More time asked for"),
            _("Re-check due"),
        ],
    ]


def _rows(
    head: list[list[str]], lines: Iterator[HeldLine], *, language: str
) -> Iterator[list[str]]:
    yield from head
    for line in lines:
        # The file is written after the request has gone through the middleware.
        with translation.override(language):
            row = _row(line)
        yield row


def _row(line: HeldLine) -> list[str]:
    hazard, stated = line.hazard, line.stated
    first = hazard.first_reported_at
    return [
        hazard.number,
        hazard.enterprise.name,
        hazard.enterprise.uscc,
        hazard.bureau.name if hazard.bureau else "",
        cited(stated.clause) if stated else "",
        stated.place if stated else "",
        hazard.get_state_display(),
        _day(first.astimezone(SHANGHAI).date() if first else None),
        "" if line.age is None else str(line.age),
        _day(hazard.due_on),
        _("yes") if line.is_overdue else "",
        hazard.get_listed_display() if hazard.listed else "",
        _day(line.extension.to_on if line.extension else None),
        _day(hazard.recheck_due_on) if line.awaits_recheck else "",
    ]


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
