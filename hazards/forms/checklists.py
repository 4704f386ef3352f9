"""Input of the checklist: shape only, the service decides."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hazards.models import Answer, ReportVersion
from hazards.queries.standards import by_standard
from hazards.rules.catalogue import Article, Clause, Standard
from hazards.services.checklists import Given

REASON_LIMIT = 300


@dataclass(frozen=True)
class ClauseRow:
    """A clause with its fields, and the hazards described under it."""

    clause: Clause
    answer: forms.BoundField
    reason: forms.BoundField
    described: Sequence[str]

    @property
    def answered(self) -> bool:
        """Whether something other than "not checked" is chosen."""
        chosen = self.answer.value() or Answer.NOT_CHECKED
        return bool(self.described) or chosen != Answer.NOT_CHECKED


@dataclass(frozen=True)
class ArticleRows:
    """The rows of one article."""

    standard: Standard
    article: Article
    rows: tuple[ClauseRow, ...]

    @property
    def answered(self) -> int:
        """How many of the clauses are answered."""
        return sum(row.answered for row in self.rows)

    @property
    def wrong(self) -> bool:
        """Whether an answer of it was refused."""
        return any(row.answer.errors or row.reason.errors for row in self.rows)


class ChecklistForm(forms.Form):
    """
    An answer to each clause, and why where it does not apply. A clause under which a
    hazard is described is answered by that and asked no more.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        clauses: Collection[Clause],
        described: Mapping[str, Sequence[str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.clauses, self.described = clauses, described
        for clause in clauses:
            self.fields[_answer(clause)] = forms.ChoiceField(
                choices=Answer.choices, required=False, widget=forms.RadioSelect
            )
            self.fields[_reason(clause)] = forms.CharField(
                required=False,
                max_length=REASON_LIMIT,
                label=_("Why it does not apply"),
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )

    @staticmethod
    def initial_of(
        version: ReportVersion, clauses: Collection[Clause]
    ) -> dict[str, Any]:
        """What stands in the version now; one query."""
        stored = {row.clause: row for row in version.checklist.all()}
        initial: dict[str, Any] = {"revision": version.checklist_revision}
        for clause in clauses:
            row = stored.get(clause.code)
            initial[_answer(clause)] = row.answer if row else Answer.NOT_CHECKED.value
            initial[_reason(clause)] = row.reason if row else ""
        return initial

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where a clause is said not to apply."""
        typed = super().clean() or self.cleaned_data
        for clause in self.clauses:
            if (
                typed.get(_answer(clause)) == Answer.NOT_APPLICABLE
                and typed.get(_reason(clause)) == ""
                and clause.code not in self.described
            ):
                self.add_error(
                    _reason(clause),
                    _("Say why clause %(number)s does not apply to you.")
                    % {"number": clause.number},
                )
        return typed

    def answers(self, *, rest: Answer = Answer.NOT_CHECKED) -> dict[str, Given]:
        """
        What was chosen, by code of clause. `rest` is the answer to clauses that the
        page showed and that were left unanswered.
        """
        given = {}
        for clause in self.clauses:
            shown = _answer(clause) in self.data
            chosen = self.cleaned_data[_answer(clause)] or Answer.NOT_CHECKED
            if clause.code in self.described:
                chosen = Answer.HAZARD
            elif chosen == Answer.NOT_CHECKED and shown:
                chosen = rest
            given[clause.code] = Given(
                Answer(chosen), self.cleaned_data[_reason(clause)]
            )
        return given

    def articles(self) -> list[ArticleRows]:
        """The fields, by article."""
        return [
            ArticleRows(group.standard, part.article, self._rows(part.clauses))
            for group in by_standard(self.clauses)
            for part in group.articles
        ]

    def _rows(self, clauses: Sequence[Clause]) -> tuple[ClauseRow, ...]:
        return tuple(
            ClauseRow(
                clause=clause,
                answer=self[_answer(clause)],
                reason=self[_reason(clause)],
                described=self.described.get(clause.code, ()),
            )
            for clause in clauses
        )


def _answer(clause: Clause) -> str:
    return f"answer-{clause.slug}"


def _reason(clause: Clause) -> str:
    return f"reason-{clause.slug}"
