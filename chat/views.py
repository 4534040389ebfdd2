"""The chat as a page, and as a panel of other pages."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView, View

from appointments.models import Appointment
from appointments.permissions import is_its_doctor
from clinic.errors import RuleViolation
from televisit.visitors import Visitor

from .access import put_on_record
from .forms import MessageForm
from .models import Closing, Message, MessageQuerySet, ReadMark, reason_closed
from .models.answers import usual_answer
from .parts import Part, find_part

PAGE = 50


class ConversationMixin(LoginRequiredMixin):
    """Views of one chat: for who takes no part in it, a 404."""

    request: Any  # with user and htmx
    kwargs: dict[str, Any]

    @cached_property
    def found(self) -> Part | None:
        visitor = Visitor.of(self.request.user, self.request.session)
        return find_part(visitor, self.kwargs["reference"], timezone.now())

    @cached_property
    def part(self) -> Part:
        if self.found is None:
            raise Http404
        return self.found

    @property
    def appointment(self) -> Appointment:
        return self.part.appointment

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Who is not signed in needs a guest's part."""
        if request.user.is_authenticated or self.found is not None:
            return View.dispatch(self, request, *args, **kwargs)  # type: ignore[arg-type]
        return self.handle_no_permission()


class ConversationView(ConversationMixin, FormView):
    """The newest messages and the field for the next one; ``?before=<seq>`` gives older ones.

    For htmx the panel alone; ``?after=<seq>`` gives what is new since then, as a fragment.
    """

    form_class = MessageForm

    @property
    def is_whole_page(self) -> bool:
        return not self.request.htmx and "after" not in self.request.GET

    def get_template_names(self) -> list[str]:
        if self.is_whole_page:
            return ["chat/conversation.html"]
        if "after" in self.request.GET:
            return ["chat/_messages.html"]
        return ["chat/_earlier.html" if "before" in self.request.GET else "chat/_panel.html"]

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """What the whole page shows counts as read; the panel says by itself when it is looked at."""
        if self.is_whole_page and self.chat and self.part.user:
            ReadMark.objects.advance(self.appointment, user=self.part.user, to=self.chat[-1].seq)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The ids differ from those of the forms that pages have beside the panel."""
        return {**super().get_form_kwargs(), "auto_id": "chat-%s", "takes_files": not self.part.is_guest}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            appointment=self.appointment,
            part=self.part,
            chat=self.chat,
            earlier_than=self.chat[0].seq if self.has_earlier else None,
            closed=reason_closed(self.appointment, timezone.now()),
            is_doctor=is_its_doctor(self.request.user, self.appointment),
            usual=usual_answer(self.appointment.doctor) if self.appointment.doctor else None,
            read_to=ReadMark.objects.other_side(self.appointment, self.request.user),
            **kwargs,
        )

    @cached_property
    def chat(self) -> list[Message]:
        """At most a page of messages, oldest first; each says whether it `is_mine`."""
        chat = list(self.page_of(self.part.messages))
        for message in chat:
            message.is_mine = self.part.wrote(message)
        return chat

    def page_of(self, everything: MessageQuerySet) -> Iterable[Message]:
        if "after" in self.request.GET:
            return everything.after(self.number("after"))[:PAGE]
        older = (
            everything.before(self.number("before")) if "before" in self.request.GET else everything.order_by("-seq")
        )
        return reversed(older[:PAGE])

    @property
    def has_earlier(self) -> bool:
        return bool(self.chat) and self.part.messages.before(self.chat[0].seq).exists()

    def number(self, name: str) -> int:
        """The message's number in the query; 404 if it is none."""
        try:
            return int(self.request.GET[name])
        except ValueError:
            raise Http404 from None

    def form_valid(self, form: MessageForm) -> HttpResponse:
        try:
            message = Message.objects.post(self.appointment, **self.part.author, at=timezone.now(), **form.facts())
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        put_on_record(message, self.request)
        return redirect(reverse("chat:panel", args=[self.appointment.reference]) + "#newest")


class ClosingView(ConversationMixin, View):
    """With which the doctor closes the chat, or opens it again; 403 for the patient's side."""

    is_closing = True

    def post(self, request: Any, reference: str) -> HttpResponse:
        if not is_its_doctor(request.user, self.appointment):
            raise PermissionDenied
        if self.is_closing:
            Closing.objects.close(self.appointment, by=request.user, at=timezone.now())
        else:
            Closing.objects.reopen(self.appointment)
        return redirect("chat:panel", reference)
