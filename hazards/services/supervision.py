"""
What a bureau orders about a hazard (安全生产法 art. 65, 70; Order 16 art. 20), and its
listed supervision (挂牌督办).
"""

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Acting
from accounts.permissions import RefusedError
from hazards.models import (
    HazardAct,
    HazardActKind,
    HazardListing,
    HazardOrder,
    MajorHazard,
    Stop,
)
from hazards.permissions.lives import levels_listed_by
from hazards.services.lives import Doing, Living, living
from hazards.services.office_notices import day, tell


def order(
    *,
    hazard_id: int,
    due_on: dt.date | None,
    stop: str,
    document_number: str,
    doing: Doing,
    by: Acting,
    at: dt.datetime,
) -> HazardAct:
    """
    Order the rectification by a day, or that a part or the whole of the work stands
    still, or both. The day becomes the hazard's deadline; orders that stood stand on.

    :param stop: a `Stop`, or nothing
    :raises NotPermittedError: if the person may not do this now
    :raises RefusedError: if nothing is ordered, or the day is over
    """
    with living(hazard_id, HazardActKind.ORDER, doing=doing, by=by, at=at) as life:
        if not life.is_repeated:
            doing.require_words(_("Say what is ordered, so that it can be followed."))
            if due_on is None and not stop:
                raise RefusedError(
                    _("Order something: a day for the rectification, or a stop.")
                )
            put_order(
                life, due_on=due_on, stop=stop, document_number=document_number, by=by
            )
            tell(
                "hazard_ordered",
                life,
                by=by,
                at=at,
                due_on=day(due_on),
                stop=stop,
                document_number=document_number,
            )
    return life.act


def put_order(
    life: Living,
    *,
    due_on: dt.date | None,
    stop: str = "",
    document_number: str,
    by: Acting,
) -> None:
    """
    Put an order beside the act and into the hazard in hand.

    :raises RefusedError: if the day is over
    """
    if due_on is not None and due_on < by.on:
        raise RefusedError(_("This day is over already: choose today or a later day."))
    assert by.bureau is not None  # noqa: S101  # the table lets only a bureau in
    HazardOrder.objects.create(
        act=life.act,
        bureau=by.bureau,
        document_number=document_number,
        due_on=due_on,
        stop=stop,
    )
    life.hazard.due_on = due_on or life.hazard.due_on
    _sum_up(life.hazard)


def lift_order(
    *, hazard_id: int, order_id: int, doing: Doing, by: Acting, at: dt.datetime
) -> HazardAct:
    """
    Lift an order that stands. The deadline stays: a day that was set is not forgotten.

    :param order_id: the key of the order, which is that of its act
    :raises NotPermittedError: if none stands, or the person may not
    :raises RefusedError: if this one does not stand any more, or nothing is said
    """
    with living(hazard_id, HazardActKind.LIFT_ORDER, doing=doing, by=by, at=at) as life:
        if not life.is_repeated:
            doing.require_words(_("Say why, so that the enterprise knows."))
            standing = standing_orders(life.hazard).filter(pk=order_id).first()
            if standing is None:
                raise RefusedError(
                    _("This order does not stand any more: open the hazard again.")
                )
            standing.lifted = life.act
            standing.save(update_fields=["lifted"])
            _sum_up(life.hazard)
            tell(
                "hazard_order_lifted",
                life,
                by=by,
                at=at,
                stop=life.hazard.stop_ordered,
                is_ordered=life.hazard.is_ordered,
                document_number=standing.document_number,
            )
    return life.act


def standing_orders(hazard: MajorHazard) -> QuerySet[HazardOrder]:
    """The orders about the hazard that are not lifted, in the order of their acts."""
    return HazardOrder.objects.filter(act__hazard=hazard, lifted__isnull=True).order_by(
        "pk"
    )


def _sum_up(hazard: MajorHazard) -> None:
    """Let the hazard say what its standing orders come to: the widest stop holds."""
    stops = set(standing_orders(hazard).values_list("stop", flat=True))
    hazard.is_ordered = bool(stops)
    widest = (stop.value for stop in (Stop.WHOLE, Stop.PART) if stop.value in stops)
    hazard.stop_ordered = next(widest, "")


def begin_listing(
    *,
    hazard_id: int,
    level: str,
    document_number: str,
    doing: Doing,
    by: Acting,
    at: dt.datetime,
) -> HazardAct:
    """
    List the hazard for supervision by a level of government; the enterprise and, if
    another bureau holds the hazard, that one are told.

    :param level: a `ListedLevel`, the bureau's own or one below it
    :raises NotPermittedError: if it is listed, or the person may not
    :raises RefusedError: if the level is above the bureau's, or nothing is said
    """
    with living(hazard_id, HazardActKind.LIST, doing=doing, by=by, at=at) as life:
        if not life.is_repeated:
            doing.require_words(_("Say why, so that the enterprise knows."))
            assert by.bureau is not None  # noqa: S101  # the table lets only a bureau in
            if level not in levels_listed_by(by.bureau):
                raise RefusedError(
                    _("Your bureau lists at its own level or one below: choose it.")
                )
            listing = HazardListing.objects.create(
                act=life.act, level=level, document_number=document_number
            )
            life.hazard.listed = listing.level
            _tell_of_listing(life, "hazard_listed", listing, by=by, at=at)
    return life.act


def end_listing(
    *, hazard_id: int, doing: Doing, by: Acting, at: dt.datetime
) -> HazardAct:
    """
    End the listed supervision of a hazard that is still on the books.

    :raises NotPermittedError: if it is not listed, or by a level above the bureau's
    :raises RefusedError: if nothing is said
    """
    with living(hazard_id, HazardActKind.DELIST, doing=doing, by=by, at=at) as life:
        if not life.is_repeated:
            doing.require_words(_("Say why, so that the enterprise knows."))
            listing = HazardListing.objects.get(
                act__hazard=life.hazard, ended__isnull=True
            )
            listing.ended = life.act
            listing.save(update_fields=["ended"])
            life.hazard.listed = ""
            _tell_of_listing(life, "hazard_delisted", listing, by=by, at=at)
    return life.act


def _tell_of_listing(
    life: Living, kind: str, listing: HazardListing, *, by: Acting, at: dt.datetime
) -> None:
    """A bureau above the one that holds the hazard may list it: that one hears too."""
    holder = life.hazard.bureau
    tell(
        kind,
        life,
        bureaus=[holder] if holder != by.bureau else [],
        by=by,
        at=at,
        level=listing.level,
        document_number=listing.document_number,
    )
