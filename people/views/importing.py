"""People from a file, for HR: hand it in, see what would happen, then take it."""

from __future__ import annotations

import io
from pathlib import PurePath

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kit import jobs
from kit.models import Job
from kit.tables import write_xlsx
from people import uploads
from people.importing.report import problems_frame
from people.jobs import IMPORT
from people.permissions import can_manage_people

LARGEST = 10 * 1024 * 1024
SHOWN = 200


class ImportForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File (CSV or Excel)"))
    create = forms.BooleanField(
        label=gettext_lazy("Create teams and roles that don't exist yet"),
        required=False,
        help_text=gettext_lazy("Without it, an unknown name counts as a typing error."),
    )

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise ValidationError(_("The file is larger than 10 MB. Split it."))
        return file


def _job(request: HttpRequest, pk: int) -> Job:
    if not can_manage_people(request.user):
        raise Http404
    return get_object_or_404(Job.objects.visible_to(request.user).filter(kind=IMPORT), pk=pk)


@require_http_methods(["GET", "POST"])
@login_required
def import_file(request: HttpRequest) -> HttpResponse:
    """Takes the file and tries it out, without keeping anything."""
    if not can_manage_people(request.user):
        raise Http404
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        job = jobs.enqueue(
            IMPORT,
            owner=request.user,
            file=uploads.keep(file),
            filename=PurePath(file.name).name,
            create=form.cleaned_data["create"],
            dry_run=True,
        )
        return redirect("people:import_job", pk=job.pk)
    return render(request, "people/import.html", {"form": form})


@require_http_methods(["GET", "POST"])
@login_required
def import_job(request: HttpRequest, pk: int) -> HttpResponse:
    """What the file would do or did; a POST takes what was tried out without a problem."""
    job = _job(request, pk)
    report = job.result if job.state == Job.State.SUCCEEDED else None
    if request.method == "POST":
        if report is None or not report["dry_run"] or report["problems"]:
            raise Http404
        taken = jobs.enqueue(IMPORT, owner=request.user, **(job.payload | {"dry_run": False}))
        return redirect("people:import_job", pk=taken.pk)
    context = {
        "job": job,
        "filename": job.payload["filename"],
        "report": report,
        "changes": report["changes"][:SHOWN] if report else [],
        "problems": report["problems"][:SHOWN] if report else [],
        "shown": SHOWN,
    }
    return render(request, "people/import_job.html", context)


@require_safe
@login_required
def import_problems(request: HttpRequest, pk: int) -> FileResponse:
    """The problems as a workbook, to mend the file by."""
    job = _job(request, pk)
    if job.state != Job.State.SUCCEEDED or not job.result["problems"]:
        raise Http404
    buffer = io.BytesIO()
    write_xlsx(buffer, {_("Problems"): problems_frame(job.result["problems"])})
    buffer.seek(0)
    name = f"{PurePath(job.payload['filename']).stem}-problems.xlsx"
    return FileResponse(buffer, as_attachment=True, filename=name)
