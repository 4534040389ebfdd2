"""The demo's mail in the browser. clinic/urls.py has these pages with DEBUG on only."""

from typing import Any

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.views import View
from django.views.generic import TemplateView

from .outbox import Letter, letter, letters

MAIL_POLICY = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [NONE], "sandbox": []}


def find_letter(name: str) -> Letter:
    """The message of that name; 404 if there is none."""
    found = letter(name)
    if found is None:
        raise Http404
    return found


class OutboxView(TemplateView):
    template_name = "notices/outbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(letters=list(letters()), **kwargs)


class LetterView(TemplateView):
    """One message: its text with links that work, its attachments, and a way to its HTML."""

    template_name = "notices/letter.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(letter=find_letter(self.kwargs["name"]), **kwargs)


class LetterHtmlView(View):
    """The HTML as it was sent, on its own: it may have its style, and neither scripts nor anything from elsewhere."""

    @method_decorator(csp(MAIL_POLICY))
    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        html = find_letter(name).html
        if not html:
            raise Http404
        return HttpResponse(html)


class LetterFileView(View):
    """The attachment at that position, as a download."""

    def get(self, request: HttpRequest, name: str, number: int) -> HttpResponse:
        attachments = find_letter(name).attachments
        if number >= len(attachments):
            raise Http404
        part = attachments[number]
        response = HttpResponse(part.get_payload(decode=True), content_type=part.get_content_type())
        name = part.get_filename("attachment")
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
        return response
