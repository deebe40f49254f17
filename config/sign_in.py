"""Signing in: a password, with failed attempts limited before it is looked at."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from unfold.forms import AuthenticationForm

from registry.attempts import STAFF, Attempt, Outcome, TooManyAttempts, attempt, find_address


class SignInForm(AuthenticationForm):  # type: ignore[misc]  # ships no types
    """A wrong password counts against the account, from where it came; whether there is the account or not."""

    refused: TooManyAttempts | None = None

    def clean(self) -> dict[str, Any]:
        said = str(self.cleaned_data.get("username", "")).casefold()
        address = find_address(self.request.META, settings.TRUSTED_PROXIES)
        try:
            with attempt(STAFF, said, address, at=now()) as made:
                return self._judge(made)
        except TooManyAttempts as refusal:
            self.refused = refusal
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal

    def _judge(self, made: Attempt) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except forms.ValidationError:
            made.outcome = Outcome.FAILED
            raise
        if self.get_user() is not None:
            made.outcome = Outcome.PASSED
        return cleaned


def sign_in(request: HttpRequest) -> HttpResponse:
    """The page, with 429 and `Retry-After` where there were too many attempts."""
    response: HttpResponse = admin.site.login(request)
    form = (getattr(response, "context_data", None) or {}).get("form")
    if isinstance(form, SignInForm) and form.refused is not None:
        response.status_code = 429
        response["Retry-After"] = str(form.refused.values["seconds"])
    return response
