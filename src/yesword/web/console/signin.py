"""Signing in and out, and the owner's first visit."""

from django import forms
from django.conf import settings
from django.contrib.auth import logout, password_validation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from yesword.accounts.owner import OwnerExistsError, OwnerLinkError, create_owner, is_owner_link, owner_exists
from yesword.accounts.signin import TooManyTriesError, WrongSignInError, sign_in
from yesword.store.configuration import data_folder
from yesword.store.models import User
from yesword.web.access import open_to_all


class SignInForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class OwnerForm(forms.Form):
    display_name = forms.CharField(
        label=_("Your name"),
        help_text=_("As your colleagues know you."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    name = forms.CharField(
        label=_("Name to sign in with"),
        help_text=_("Short and without spaces. Not an e-mail address: none is kept in the clear."),
        max_length=80,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters. A sentence that only you would say is good."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "minlength": "12"}),
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if "@" in name or any(character.isspace() for character in name):
            raise forms.ValidationError(_("Use no spaces and no @ in the name to sign in with."))
        return name

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        password = cleaned.get("password")
        if password:
            user = User(name=cleaned.get("name", ""), display_name=cleaned.get("display_name", ""))
            try:
                password_validation.validate_password(password, user)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


@open_to_all
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    target = _target(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(target)
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            sign_in(request, name=form.cleaned_data["name"], password=form.cleaned_data["password"])
        except TooManyTriesError as error:
            form.add_error(
                None,
                ngettext(
                    "Signing in failed too often from here. Wait %(minutes)s minute and try again.",
                    "Signing in failed too often from here. Wait %(minutes)s minutes and try again.",
                    int(str(error.fields["minutes"])),
                )
                % error.fields,
            )
            status = 429
        except WrongSignInError:
            form.add_error(None, _("Name and password do not belong together. Check both and try again."))
            status = 422
        else:
            return HttpResponseRedirect(target)
    elif request.method == "POST":
        status = 422
    return render(
        request,
        "console/sign_in.html",
        {"form": form, "next": target, "is_new": not owner_exists()},
        status=status,
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@open_to_all
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome_page(request: HttpRequest, token: str) -> HttpResponse:
    """The owner's account, for whoever holds the link that the server printed."""
    if owner_exists():
        return render(request, "console/welcome_closed.html", {"has_owner": True}, status=410)
    if not is_owner_link(data_folder(), token):
        return render(request, "console/welcome_closed.html", {"has_owner": False}, status=410)
    form = OwnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            create_owner(
                data_folder(),
                token,
                name=wanted["name"],
                password=wanted["password"],
                display_name=wanted["display_name"],
            )
        except (OwnerExistsError, OwnerLinkError) as error:
            has_owner = isinstance(error, OwnerExistsError)
            return render(request, "console/welcome_closed.html", {"has_owner": has_owner}, status=410)
        sign_in(request, name=wanted["name"], password=wanted["password"])
        return redirect("console:home")
    return render(
        request, "console/welcome.html", {"form": form}, status=422 if request.method == "POST" else 200
    )


def _target(request: HttpRequest) -> str:
    """Where to go after signing in: a page of ours, or else the front page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)
