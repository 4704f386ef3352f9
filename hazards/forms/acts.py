"""Input of the acts about a major hazard: shape only, the services decide."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import InstantField
from accounts.models import Acting
from hazards.forms.reports import TEXT_LIMIT
from hazards.models import MajorHazard, Moment
from hazards.rules.limits import limit
from hazards.services.lives import Doing, Evidence

ACCEPTED_FILES = "image/jpeg,image/png,.heic,.heif,application/pdf"


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of photos and documents, as a list."""

    def __init__(self, **options: Any) -> None:
        widget = _ManyFiles(attrs={"accept": ACCEPTED_FILES})
        super().__init__(required=False, widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return what was chosen, each file looked at."""
        chosen = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in chosen if one]


class ActForm(forms.Form):
    """
    What every act says. `key` is made with the page, so that a form sent twice is one
    act; `typed_at` is what a device says that was offline.
    """

    moments: Mapping[str, Moment] = {}
    """Which fields hold files, and what these show."""
    demands_evidence = False

    key = forms.UUIDField(widget=forms.HiddenInput)
    typed_at = InstantField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("In words"),
        min_length=2,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Say it in words: the others read it."),
            "min_length": _("Say a little more: the others read it."),
        },
    )

    def __init__(
        self, *args: Any, hazard: MajorHazard, acting: Acting, **options: Any
    ) -> None:
        self.hazard, self.acting = hazard, acting
        super().__init__(*args, **options)
        self.fields["key"].initial = uuid.uuid4

    def clean(self) -> dict[str, Any]:
        """Not more files than a page shows, and some where they are demanded."""
        said = super().clean() or self.cleaned_data
        number = sum(len(files) for _moment, files in self.uploads())
        number += len(self.kept())
        most = limit("photos_per_hazard", on=self.acting.on)
        if not self.moments:
            return said
        last = list(self.moments)[-1]
        if number > most:
            self.add_error(
                last,
                forms.ValidationError(
                    _("Choose at most %(number)s files; more can follow later."),
                    params={"number": most},
                ),
            )
        if self.demands_evidence and not number and not self.errors.get(last):
            self.add_error(last, _("Choose the evidence: a photo or a document."))
        return said

    def uploads(self) -> list[tuple[Moment, list[Any]]]:
        """The sound files that came with the form, by what they show."""
        return [
            (moment, self.cleaned_data.get(field) or [])
            for field, moment in self.moments.items()
        ]

    def kept(self) -> dict[uuid.UUID, Moment]:
        """The files of an earlier try that the form names: `after:<uuid>`."""
        named: dict[uuid.UUID, Moment] = {}
        values = self.data.getlist("kept") if hasattr(self.data, "getlist") else []
        for value in values:
            moment, _colon, key = value.partition(":")
            try:
                named[uuid.UUID(key)] = Moment(moment)
            except ValueError:
                continue
        return named

    def day(self) -> dt.date | None:
        """The day that the act states, once the form is valid."""
        day: dt.date | None = self.cleaned_data.get("on")
        return day

    def doing(self, evidence: list[Evidence], *, at: dt.datetime) -> Doing:
        """What every act says, for the service, once the form is valid."""
        said = self.cleaned_data
        typed_at = said.get("typed_at")
        return Doing(
            text=said.get("text", ""),
            on=self.day(),
            evidence=evidence,
            key=said["key"],
            # A device's clock may be anything; a claim about the future is none.
            typed_at=typed_at if typed_at and typed_at <= at else None,
        )

    def said(self) -> dict[str, Any]:
        """What acts of this kind say beside, as arguments of the service."""
        return {}


class PhotosForm(ActForm):
    """An act with photos before and after, and documents."""

    moments = {
        "before": Moment.BEFORE,
        "after": Moment.AFTER,
        "documents": Moment.DOCUMENT,
    }

    before = FilesField(label=_("Photos before rectification"))
    after = FilesField(label=_("Photos after rectification"))
    documents = FilesField(label=_("Documents (photo or PDF)"))


class DocumentsForm(ActForm):
    """An act with documents as evidence."""

    moments = {"documents": Moment.DOCUMENT}

    documents = FilesField(label=_("Evidence (photo or PDF)"))


class ProvenForm(ActForm):
    """An act for which the person proves anew who they are."""

    password = forms.CharField(
        required=False,
        strip=False,
        max_length=200,
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        required=False,
        max_length=20,
        label=_("or a code from your authenticator app"),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
    )
