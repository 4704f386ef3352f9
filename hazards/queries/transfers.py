"""To which bureau a report might be handed."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q

from accounts.models import Bureau, BureauCoverage, Enterprise

SHOWN = 20
"""How many bureaus are offered at once."""


def proposed_bureaus(
    enterprise: Enterprise, *, besides: Bureau, on: dt.date
) -> list[Bureau]:
    """Other bureaus that cover the enterprise's county, or one of its sites'."""
    counties = {
        enterprise.county_id,
        *enterprise.sites.values_list("county", flat=True),
    }
    return _some(Q(jurisdiction__in=counties), besides=besides, on=on)


def bureaus_like(words: str, *, besides: Bureau, on: dt.date) -> list[Bureau]:
    """Other bureaus by a part of their name, or of the name or code of a place."""
    place = Q(jurisdiction__name__icontains=words) | Q(
        jurisdiction__code__startswith=words
    )
    return _some(place, named=words, besides=besides, on=on)


def _some(place: Q, *, besides: Bureau, on: dt.date, named: str = "") -> list[Bureau]:
    covers = BureauCoverage.objects.holding_on(on).filter(place, bureau=OuterRef("pk"))
    wanted = Q(Exists(covers))
    if named:
        wanted |= Q(name__icontains=named)
    rows = Bureau.objects.filter(wanted).exclude(pk=besides.pk).order_by("path")
    return list(rows[:SHOWN])
