"""Preference: that a person wants a kind of notice on a channel, or does not."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.notices.choices import Kind
from clinic.notices.kinds import KINDS
from clinic.people.models import User

if TYPE_CHECKING:
    from .notices import Notice

Choices = dict[tuple[int, str, str], bool]


class PreferenceQuerySet(models.QuerySet["Preference"]):
    def of(self, user_ids: Iterable[int]) -> Choices:
        """What these people chose, by user, kind and channel; in one query."""
        rows = self.filter(user__in=user_ids).values_list("user", "kind", "channel", "is_on")
        return {(user, kind, channel): is_on for user, kind, channel, is_on in rows}

    def choose(self, user: User, kind: str, channel: str, *, is_on: bool) -> None:
        """What the rule has anyway needs no row; what cannot be switched off gets none."""
        rule = KINDS[kind]
        mine = self.filter(user=user, kind=kind, channel=channel)
        if is_on == (channel in rule.on) or not rule.may_switch_off(channel):
            mine.delete()
        else:
            mine.model.objects.update_or_create(user=user, kind=kind, channel=channel, defaults={"is_on": is_on})


class Preference(models.Model):
    """One choice that differs from what clinic/notices/kinds has for everybody."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("who"), related_name="notice_preferences"
    )
    kind = models.CharField(_("what"), max_length=30, choices=Kind)
    channel = models.CharField(_("channel"), max_length=10)
    is_on = models.BooleanField(_("wanted"))

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [models.UniqueConstraint(fields=["user", "kind", "channel"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}, {self.channel}"


def is_wanted(notice: "Notice", channel: str, chosen: Choices) -> bool:
    """Whether `notice` goes out on `channel`: by what its recipient chose, else by the rule of its kind."""
    rule = KINDS[notice.kind]
    if not rule.may_switch_off(channel) or notice.recipient_id is None:
        return channel in rule.on
    return chosen.get((notice.recipient_id, notice.kind, channel), channel in rule.on)
