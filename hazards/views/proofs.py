"""One POST proves who signs and seals what the page showed, alike for every act."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.permissions import RefusedError
from accounts.services import credentials
from accounts.views.access import ActingRequest
from hazards.forms.reports import SignForm
from hazards.models import Seal, SelfInspectionReport
from hazards.rules import seals
from hazards.services.sealing import ChangedSinceShownError


def seal_as_shown(
    request: ActingRequest,
    report: SelfInspectionReport,
    form: SignForm,
    *,
    act: Callable[..., Seal],
    wrong_proof: Callable[[SignForm], HttpResponse],
    changed: Callable[[ChangedSinceShownError], HttpResponse],
) -> HttpResponse:
    """
    Prove who it is, do the act on the bytes that the valid form carries, and go to the
    receipt; or show the page again, by `wrong_proof` or `changed`.

    :param act: a service that takes report_id, shown, proof, by and at
    :raises RefusedError: if it is nothing that the page can show
    """
    typed, now = form.cleaned_data, timezone.now()
    try:
        proof = credentials.prove(
            user=request.acting.user,
            password=typed["password"],
            code=typed["code"],
            at=now,
        )
        act(
            report_id=report.pk,
            shown=typed["shown"],
            proof=proof,
            by=request.acting,
            at=now,
        )
    except RefusedError as error:
        # Of two presses at once the second finds the work of the first.
        if is_sealed_already(request, report, typed["shown"]):
            return redirect("report-done", report.public_id)
        if isinstance(error, ChangedSinceShownError):
            return changed(error)
        if isinstance(
            error, credentials.WrongCredentialError | credentials.TooSoonError
        ):
            form.add_error("password", str(error))
            return wrong_proof(form)
        raise
    return redirect("report-done", report.public_id)


def is_sealed_already(
    request: ActingRequest, report: SelfInspectionReport, shown: bytes
) -> bool:
    """A second press of the button finds the work done, not a refusal."""
    return Seal.objects.filter(
        version__report=report,
        signed_by=request.acting.membership,
        content_sha256=seals.digest(shown),
    ).exists()


def proof_context(
    request: ActingRequest, shown: bytes, form: SignForm | None
) -> dict[str, object]:
    """What `_proof.html` shows; a password is never sent back."""
    carried = SignForm.carry(shown)
    if form is None:
        form = SignForm(initial={"shown": carried})
    else:
        form.data = {"shown": carried}
    return {
        "form": form,
        "carried": carried,
        "digest": seals.digest(shown),
        "has_factor": credentials.has_factor(user=request.acting.user),
    }
