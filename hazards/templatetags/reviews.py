"""Comments beside the items of a report, and the boxes in which they are typed."""

from typing import Protocol

from django import template

from hazards.queries.comments import Comment, Comments

register = template.Library()


class Commenting(Protocol):
    """A form in which comments are typed: hazards.forms.reviews.ReturnForm."""

    def box(self, item: str) -> object:
        """The box beside an item."""


@register.inclusion_tag("hazards/reviews/_comments.html")
def comments_on(comments: Comments | None, item: str) -> dict[str, object]:
    """What the bureau wrote on an item ("statement.scope"); nothing if it did not."""
    return {"comments": (comments or {}).get(item, [])}


@register.inclusion_tag("hazards/reviews/_beside.html", takes_context=True)
def beside(
    context: template.Context, part: str, name: str = "", field: str = ""
) -> dict[str, object]:
    """
    What stands beside an item of a sheet: `comments` on it, and the box of the form
    `commenting`, where the page has them. `part` with `name` is a row of a list, with
    `field` a place in the row: {% beside "hazards" hazard.number "causes" %}.
    """
    item = f"{part}[{name}]" if name else part
    item = f"{item}.{field}" if field else item
    comments: Comments = context.get("comments") or {}
    form: Commenting | None = context.get("commenting")
    return {
        "item": item,
        "comments": comments.get(item, []),
        "box": form.box(item) if form else None,
    }


@register.filter
def in_order(comments: Comments) -> list[Comment]:
    """All comments of a round, one after the other."""
    return [comment for given in comments.values() for comment in given]
