"""When a doctor works: weekly rules in the doctor's local time, and the exceptions."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from clinic.codes import uid
from clinic.people.models import Clinic, Doctor


def same(field: str) -> Func:
    """`field` as a range of one number: equality that GiST can index without an extension."""
    return Func(F(field), F(field), Value("[]"), function="int8range")


def has_two_ends(name: str) -> models.CheckConstraint:
    """The constraint, under this name, that `period` has a start and an end."""
    bounded = Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False)
    return models.CheckConstraint(condition=bounded, name=name)


class Availability(models.Model):
    """A weekly rule: on `weekday`, from `starts` to `ends` by the doctor's wall clock, between two dates."""

    class Weekday(models.IntegerChoices):
        """As date.weekday() counts."""

        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    doctor = models.ForeignKey(Doctor, models.CASCADE, verbose_name=_("doctor"), related_name="availabilities")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))
    valid_from = models.DateField(_("first day"), help_text=_("By the doctor’s calendar."))
    valid_until = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        ordering = ["weekday", "starts"]
        verbose_name = _("weekly hours")
        verbose_name_plural = _("weekly hours")
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="availability_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="availability_valid_until_not_before_from",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"

    @property
    def starts_minute(self) -> int:
        """Since midnight."""
        return self.starts.hour * 60 + self.starts.minute

    @property
    def minutes(self) -> int:
        return self.ends.hour * 60 + self.ends.minute - self.starts_minute

    def clean(self) -> None:
        """Ends after it starts, and overlaps no other rule of the doctor's weekday."""
        if self.starts and self.ends and self.ends <= self.starts:
            raise ValidationError({"ends": _("The end must come after the start. Split hours that pass midnight.")})
        if self.doctor_id and self.overlapping().exists():
            raise ValidationError(_("These hours overlap other hours of the same weekday."), code="hours_overlap")

    def overlapping(self) -> models.QuerySet["Availability"]:
        """The doctor's other rules that share a minute of a weekday with this one while both are valid."""
        others = Availability.objects.filter(doctor=self.doctor, weekday=self.weekday).exclude(pk=self.pk)
        others = others.filter(starts__lt=self.ends, ends__gt=self.starts)
        if self.valid_until:
            others = others.filter(valid_from__lte=self.valid_until)
        return others.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=self.valid_from))

    def says_the_same(self, other: "Availability") -> bool:
        """Whether both are the same hours of the same weekday, in the same season."""
        facts = ("weekday", "starts", "ends", "valid_from", "valid_until")
        return all(getattr(self, fact) == getattr(other, fact) for fact in facts)

    def is_over(self, day: date) -> bool:
        """Whether its last day lies before the local day `day`."""
        return self.valid_until is not None and self.valid_until < day

    def holds_on(self, day: date) -> bool:
        """Whether the rule is about the local day `day`."""
        return self.weekday == day.weekday() and self.valid_from <= day and not self.is_over(day)


class TimeOff(models.Model):
    """An exception: no slots in `period`, whatever the weekly rules say."""

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    doctor = models.ForeignKey(Doctor, models.CASCADE, verbose_name=_("doctor"), related_name="times_off")
    period = DateTimeRangeField(_("period"))

    class Meta:
        ordering = ["period"]
        verbose_name = _("time off")
        verbose_name_plural = _("times off")
        constraints = [has_two_ends("time_off_has_a_start_and_an_end")]

    def __str__(self) -> str:
        return f"{self.doctor}: {self.period.lower:%Y-%m-%d %H:%M}–{self.period.upper:%Y-%m-%d %H:%M}"


class Closure(models.Model):
    """Days on which a clinic is closed: no slots of its doctors in `period`, whatever their hours say."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, verbose_name=_("clinic"), related_name="closures")
    name = models.CharField(_("name"), max_length=80, help_text=_("Why, as doctors read it: Christmas."))
    period = DateTimeRangeField(_("period"))

    class Meta:
        ordering = ["period"]
        verbose_name = _("clinic closure")
        verbose_name_plural = _("clinic closures")
        constraints = [has_two_ends("closure_has_a_start_and_an_end")]

    def __str__(self) -> str:
        return f"{self.name}: {self.first_day:%Y-%m-%d}–{self.last_day:%Y-%m-%d}"

    @property
    def first_day(self) -> date:
        """By the clinic's calendar."""
        return self.period.lower.astimezone(ZoneInfo(self.clinic.zone)).date()

    @property
    def last_day(self) -> date:
        return (self.period.upper - timedelta(microseconds=1)).astimezone(ZoneInfo(self.clinic.zone)).date()


class OnCall(models.Model):
    """A period in which a doctor answers emergencies."""

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    doctor = models.ForeignKey(Doctor, models.CASCADE, verbose_name=_("doctor"), related_name="on_call_times")
    period = DateTimeRangeField(_("period"))

    class Meta:
        ordering = ["period"]
        verbose_name = _("on-call time")
        verbose_name_plural = _("on-call times")
        constraints = [
            ExclusionConstraint(
                name="on_call_doctor_once",
                expressions=[(same("doctor"), RangeOperators.OVERLAPS), ("period", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.doctor}: {self.period.lower:%Y-%m-%d %H:%M}–{self.period.upper:%Y-%m-%d %H:%M}"
