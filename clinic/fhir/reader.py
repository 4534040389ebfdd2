"""Reader: who asks, and when."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from clinic.people.models import Doctor, Patient, User
from clinic.people.permissions import practising_doctor, works_at_desk


@dataclass(frozen=True)
class Reader:
    """Whoever asks, at the instant `at`; `base` is the address at which they found us, without a slash at its end."""

    user: User
    at: datetime
    base: str

    @cached_property
    def acting_for(self) -> set[int]:
        """The keys of the patients for whom they act, themselves among them."""
        return set(Patient.objects.represented_by(self.user, self.at).values_list("pk", flat=True))

    @property
    def doctor(self) -> Doctor | None:
        return practising_doctor(self.user)

    @property
    def is_at_desk(self) -> bool:
        return works_at_desk(self.user)
