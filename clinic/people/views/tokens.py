"""Tokens with which a person's own programs use the API: made and shown once, seen, revoked."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView, View

from clinic.errors import RuleViolation
from clinic.people.access import SignedInMixin
from clinic.people.forms import TokenForm
from clinic.people.models import ApiToken


class TokensView(SignedInMixin, FormView):
    """The tokens that there are, and a form for one more, whose text the answer shows this once."""

    form_class = TokenForm
    template_name = "settings/tokens.html"
    extra_context: Any = {"tab": "settings"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = timezone.now()
        tokens = [(token, token.is_over(at)) for token in ApiToken.objects.of_user(self.user)]
        return super().get_context_data(tokens=tokens, **kwargs)

    def form_valid(self, form: TokenForm) -> HttpResponse:
        at = timezone.now()
        try:
            made, text = ApiToken.objects.make(self.user, at=at, **form.facts(at))
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        answer = self.render_to_response(self.get_context_data(form=TokenForm(), made=made, text=text))
        answer["Cache-Control"] = "no-store"
        return answer


class RevokeTokenView(SignedInMixin, View):
    def post(self, request: HttpRequest, uid: str) -> HttpResponse:
        token = get_object_or_404(ApiToken.objects.of_user(self.user), uid=uid)
        ApiToken.objects.filter(pk=token.pk).revoke(timezone.now())
        messages.success(request, _("Revoked. The program that used it is shut out."))
        return redirect("settings:tokens")
