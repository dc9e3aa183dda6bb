"""Operations data: the imports, one import, a new one."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring import permissions
from scoring.forms.operations import ImportForm
from scoring.importing.reasons import REASONS
from scoring.importing.rejected import Rejected
from scoring.models import OperationsImport
from scoring.services import imports

SHOWN = 20
PAGE = 50
LISTINGS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@require_safe
@login_required
def import_list(request: HttpRequest) -> HttpResponse:
    """All imports, the latest first."""
    if not permissions.can_read_imports(request.user):
        raise Http404
    items = OperationsImport.objects.visible_to(request.user).select_related("source")
    context = {
        "page": Paginator(items, PAGE).get_page(request.GET.get("page")),
        "may_import": permissions.can_import(request.user),
    }
    return render(request, "scoring/operations/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_new(request: HttpRequest) -> HttpResponse:
    """A file with its source and mapping; a worker then checks it."""
    if not permissions.can_import(request.user):
        raise Http404
    replaces = None
    if "replaces" in request.GET:
        committed = OperationsImport.objects.visible_to(request.user).committed()
        pk = request.GET["replaces"]
        replaces = get_object_or_404(committed, pk=pk if pk.isdecimal() else None)
    form = ImportForm(request.POST or None, request.FILES or None, replaces=replaces)
    if request.method == "POST" and form.is_valid():
        try:
            item = _receive(request, form.cleaned_data, replaces)
        except imports.AlreadyImported as known:
            messages.info(request, str(known))
            return redirect("scoring:import", known.item.pk)
        imports.ask_for_check(item=item, by=request.user)
        return redirect("scoring:import", item.pk)
    context = {
        "form": form,
        "replaces": replaces,
        "crumbs": _crumbs(_("Import a file")),
    }
    return render(request, "scoring/operations/new.html", context)


def _crumbs(here: str) -> list[tuple[str, str | None]]:
    return [(_("Operations data"), reverse("scoring:imports")), (here, None)]


def _receive(
    request: HttpRequest, data: dict[str, Any], replaces: OperationsImport | None
) -> OperationsImport:
    at = timezone.now()
    mapping = imports.use_mapping(source=data["slug"], text=data["mapping"], by=request.user, at=at)
    file: UploadedFile = data["file"]
    with tempfile.NamedTemporaryFile() as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        return imports.receive(
            path=Path(copy.name),
            filename=file.name or "upload",
            mapping=mapping,
            by=request.user,
            at=at,
            create_people=data["create_people"],
            supersedes=replaces,
        )


@require_safe
@login_required
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What an import found: counts, the first problems, what can be done now."""
    items = OperationsImport.objects.visible_to(request.user)
    item = get_object_or_404(items.select_related("source", "mapping", "job", "supersedes"), pk=pk)
    rejected = Rejected.load(item.folder)
    context = {
        "item": item,
        "crumbs": _crumbs(item.filename),
        "problems": rejected.spoken(SHOWN),
        "problem_count": len(rejected.problems),
        "reasons": [(REASONS[code].title, count) for code, count in item.reasons.items()],
        "replacement": item.replacements.committed().first(),
        "may_import": permissions.can_import(request.user),
    }
    return render(request, "scoring/operations/detail.html", context)


@require_POST
@login_required
def import_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a checked file: all its rows if all were right, else those that are."""
    if not permissions.can_import(request.user):
        raise Http404
    item = get_object_or_404(OperationsImport.objects.visible_to(request.user), pk=pk)
    try:
        imports.ask_to_take(
            item=item,
            by=request.user,
            at=timezone.now(),
            all_or_nothing=not item.rejected_rows,
        )
    except imports.NotInThatState as error:
        messages.warning(request, str(error))
    return redirect("scoring:import", item.pk)


@require_safe
@login_required
def import_rejected(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The rejected rows as a file, in the reader's language."""
    item = get_object_or_404(OperationsImport.objects.visible_to(request.user), pk=pk)
    rejected = Rejected.load(item.folder)
    content = rejected.as_xlsx() if kind == "xlsx" else rejected.as_csv()
    name = f"rejected-{item.source.slug}-{item.pk}.{kind}"
    return HttpResponse(
        content,
        content_type=LISTINGS[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
