"""Lists by pages: the next begins after the last row shown, never at a number."""

import uuid
from typing import Any, TypeVar

from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleLessThan,
)

PAGE_SIZE = 25
M = TypeVar("M", bound=Model)


def after_row(
    rows: QuerySet[M], *fields: str, after: str, newest_first: bool = False
) -> QuerySet[M]:
    """
    Keep the rows that follow the one with the public id, in the order of the fields.

    Compared as one row, `(a, b) > (x, y)`, which an index answers at any depth. An id
    that is no row of these gives the first page.
    """
    try:
        last: Any = rows.filter(public_id=uuid.UUID(after)).values_list(*fields).first()
    except ValueError:
        last = None
    order = [f"-{field}" if newest_first else field for field in fields]
    rows = rows.order_by(*order)
    if last is None:
        return rows
    lookup = TupleLessThan if newest_first else TupleGreaterThan
    return rows.filter(lookup(Tuple(*(F(field) for field in fields)), last))
