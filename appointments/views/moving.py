"""Another time for an appointment: moved, offered, taken or refused."""

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from appointments.forms import TimeForm
from appointments.models import Slot
from appointments.models.slots import SlotQuerySet
from appointments.permissions import can_answer, can_answer_offer, can_move
from appointments.strip import day_strip
from clinic.errors import RuleViolation

from .answers import ButtonView, QuestionView
from .asked import asked_day


class ChooseTimeView(QuestionView):
    """The free times of the appointment's doctor, a day at a time. The day is in the address."""

    form_class = TimeForm
    template_name = "appointments/move.html"
    is_offer = False

    @property
    def refusal(self) -> RuleViolation | None:
        return self.appointment.why_not_move(self.user, self.now)

    @cached_property
    def is_of_clinic(self) -> bool:
        return self.appointment.is_of_clinic(self.user)

    @property
    def free(self) -> SlotQuerySet:
        """What the reader may choose; the notice that patients keep does not bind the clinic."""
        theirs = Slot.objects.filter(doctor=self.appointment.doctor)
        if not self.is_of_clinic:
            return theirs.bookable(self.now)
        return theirs.free(self.now).filter(starts_at__gt=self.now).order_by("starts_at", "pk")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "slots": Slot.objects.filter(doctor=self.appointment.doctor)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        strip = day_strip(self.free, wanted=asked_day(self.request), at=self.now)
        return super().get_context_data(strip=strip, is_offer=self.is_offer, **kwargs)


class MoveView(ChooseTimeView):
    """To another time at once; at a doctor who wants to be asked, the patient asks, and the old time stands."""

    may = can_move
    done = gettext_lazy("The time is changed. Both sides are told by email.")
    asked = gettext_lazy("The doctor is asked for the new time. Until there is an answer, the old time stands.")

    def act(self, **answers: Any) -> None:
        if not self.appointment.move(at=self.now, **answers):
            self.done = self.asked

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asks_first = not self.is_of_clinic and self.appointment.asks_before_moving
        return super().get_context_data(asks_first=asks_first, **kwargs)


class OfferView(ChooseTimeView):
    may = can_answer
    is_offer = True
    done = gettext_lazy("Offered. The time is kept until the patient answers or the offer expires.")

    def act(self, **answers: Any) -> None:
        self.appointment.offer(at=self.now, **answers)


class TakeOfferView(ButtonView):
    may = can_answer_offer
    done = gettext_lazy("The new time is agreed. Both sides are told by email.")

    def act(self, seen: int | None) -> None:
        self.appointment.take_offer(by=self.user, at=self.now, seen=seen)


class RefuseOfferView(ButtonView):
    may = can_answer_offer
    done = gettext_lazy("The other time is turned down. Everything else stays as it was.")

    def act(self, seen: int | None) -> None:
        self.appointment.refuse_offer(by=self.user, at=self.now, seen=seen)
