"""First sign-in, or sign-in after a forgotten password, by a one-time code from HR."""

from __future__ import annotations

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from people import services
from people.numbers import fold_number
from people.sign_in_forms import CodeForm


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@never_cache
def enter_code(request: HttpRequest) -> HttpResponse:
    """`?number=` fills in the employee number: the slip's QR code carries it."""
    if request.user.is_authenticated:
        return redirect("home")
    number = request.GET.get("number", "")
    posted = request.method == "POST"
    form = CodeForm(request.POST) if posted else CodeForm(initial={"employee_number": number})
    if form.is_valid():
        number = form.cleaned_data["employee_number"]
        if refused := ratelimit.consume_or_429(
            request, action="sign_in_code", key=fold_number(number).lower()
        ):
            return refused
        try:
            person = services.redeem_sign_in_code(
                employee_number=number,
                code=form.cleaned_data["code"],
                password=form.cleaned_data["password1"],
            )
        except services.CodeRefused as error:
            form.add_error("code", str(error))
        except ValidationError as error:
            form.add_error("password1", error)
        else:
            return perform_login(request, person)
    return render(request, "people/code.html", {"form": form})
