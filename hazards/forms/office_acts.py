"""Input of what a bureau does about a major hazard, and of grading."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import DayField, LineField
from accounts.models import Bureau, Membership
from hazards.forms.acts import DocumentsForm, FilesField
from hazards.forms.hazards import ClauseGroups, ClauseSelect
from hazards.models import HazardOrder, Moment, Stop
from hazards.permissions.lives import levels_listed_by
from hazards.queries.officers import second_officers
from hazards.services.supervision import standing_orders


def _document_number() -> LineField:
    return LineField(
        label=_("Number of the document served, if there is one"),
        required=False,
        max_length=60,
    )


def _choices_of(
    form: forms.Form, name: str, offered: Iterable[tuple[str, str]]
) -> None:
    """Offer these; where there is one only, it is chosen."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for mypy)
    field.choices = list(offered)
    if len(field.choices) == 1:
        field.initial = field.choices[0][0]


class WordsForm(DocumentsForm):
    """Words with documents; `says` is what the words are asked for."""

    says: Any = _("Reason")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = self.says


class OrderForm(WordsForm):
    """A day for the rectification, a stop, or both."""

    says = _("What is ordered, and why")

    due_on = DayField(
        label=_("To be eliminated by"),
        required=False,
        help_text=_("That day included. It becomes the hazard's deadline."),
    )
    stop = forms.ChoiceField(
        label=_("What has to stand still"),
        required=False,
        choices=[("", _("No work has to stand still")), *Stop.choices],
        widget=forms.RadioSelect,
    )
    document_number = _document_number()

    field_order = (
        "key",
        "typed_at",
        "due_on",
        "stop",
        "text",
        "document_number",
        "documents",
    )

    def said(self) -> dict[str, Any]:
        """The day, the stop and the document."""
        return {
            name: self.cleaned_data[name]
            for name in ("due_on", "stop", "document_number")
        }


class LiftOrderForm(WordsForm):
    """Which of the orders that stand."""

    order = forms.ChoiceField(
        label=_("Which order"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the order that is lifted."),
            "invalid_choice": _("This order does not stand any more: choose another."),
        },
    )

    field_order = ("key", "typed_at", "order", "text", "documents")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        standing = standing_orders(self.hazard).select_related("act")
        _choices_of(
            self, "order", ((str(row.pk), _order_words(row)) for row in standing)
        )

    def said(self) -> dict[str, Any]:
        """The key of the order."""
        return {"order_id": int(self.cleaned_data["order"])}


def _order_words(order: HazardOrder) -> str:
    """An order as one line: document, day, stop, words."""
    parts = (
        order.document_number,
        order.due_on.isoformat() if order.due_on else "",
        order.get_stop_display(),
        order.act.text[:60],
    )
    return " · ".join(part for part in parts if part)


class ListForm(WordsForm):
    """At which level."""

    level = forms.ChoiceField(
        label=_("Level"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who supervises the rectification.")},
    )
    document_number = _document_number()

    field_order = ("key", "typed_at", "level", "text", "document_number", "documents")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        bureau = self.acting.bureau
        levels = levels_listed_by(bureau) if isinstance(bureau, Bureau) else ()
        _choices_of(self, "level", ((each.value, str(each.label)) for each in levels))

    def said(self) -> dict[str, Any]:
        """The level and the document."""
        return {
            "level": self.cleaned_data["level"],
            "document_number": self.cleaned_data["document_number"],
        }


class RecheckForm(WordsForm):
    """What two officers found on site."""

    says = _("What you found on site")
    moments = {"after": Moment.AFTER, "documents": Moment.DOCUMENT}

    second = forms.ChoiceField(
        label=_("Who looked with you"),
        error_messages={
            "required": _("Two officers look on site: name the second."),
            "invalid_choice": _("Choose one of the officers on this page."),
        },
        help_text=_(
            "Officers of your bureau who never were members of this enterprise."
        ),
    )
    after = FilesField(label=_("Photos taken on site"))
    documents = FilesField(label=_("Opinion of the re-check (photo or PDF)"))

    field_order: tuple[str, ...] = (
        "key",
        "typed_at",
        "second",
        "text",
        "after",
        "documents",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.officers = {
            str(each.public_id): each
            for each in second_officers(self.acting, self.hazard)
        }
        _choices_of(
            self,
            "second",
            [("", "—"), *((key, _seat(each)) for key, each in self.officers.items())],
        )

    def said(self) -> dict[str, Any]:
        """The second officer."""
        return {"second": self.officers[self.cleaned_data["second"]]}


def _seat(officer: Membership) -> str:
    return f"{officer.user.full_name} · {officer.get_role_display()}"


class FailRecheckForm(RecheckForm):
    """The findings, and until when it must be eliminated now."""

    due_on = DayField(
        label=_("To be eliminated by"),
        help_text=_("That day included. It becomes the hazard's deadline."),
        error_messages={"required": _("Say until when it must be eliminated now.")},
    )
    document_number = _document_number()

    field_order = (
        "key",
        "typed_at",
        "second",
        "text",
        "due_on",
        "document_number",
        "after",
        "documents",
    )

    def said(self) -> dict[str, Any]:
        """The second officer, the day and the document."""
        return {
            **super().said(),
            "due_on": self.cleaned_data["due_on"],
            "document_number": self.cleaned_data["document_number"],
        }


class GradeForm(WordsForm):
    """Under which clause, and why."""

    says = _("Reason: what the clause asks for, and what was found")

    words = forms.CharField(
        label=_("Find the clause by words or number"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "autocomplete": "off",
                "data-narrow": "id_clause",
            }
        ),
    )
    clause = forms.ChoiceField(
        label=_("Clause that was looked at"),
        widget=ClauseSelect,
        error_messages={
            "required": _("Choose a clause from the list."),
            "invalid_choice": _("Choose a clause from the list."),
        },
    )

    field_order = ("key", "typed_at", "words", "clause", "text", "documents")

    def offer(self, clauses: ClauseGroups, *, stated: str) -> None:
        """Offer the clauses; the one under which it was described is chosen."""
        field: Any = self.fields["clause"]
        field.choices = [
            ("", "—"),
            *(
                (heading, [(each.code, each.label) for each in group])
                for heading, group in clauses
            ),
        ]
        field.widget.known = {
            each.code: each for _heading, group in clauses for each in group
        }
        field.initial = stated

    def said(self) -> dict[str, Any]:
        """The clause."""
        return {"clause": self.cleaned_data["clause"]}


class HandOverForm(WordsForm):
    """To which department."""

    department = LineField(
        label=_("Department that takes it over"),
        max_length=200,
        error_messages={"required": _("Name the department that takes it over.")},
    )

    field_order = ("key", "typed_at", "department", "text", "documents")

    def said(self) -> dict[str, Any]:
        """The department."""
        return {"department": self.cleaned_data["department"]}
