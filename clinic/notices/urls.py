from django.urls import path

from . import webhooks
from .views import AnswerView, NoticeBadgeView, NoticeListView, PreferencesView

app_name = "notices"
urlpatterns = [
    path("notices/", NoticeListView.as_view(), name="list"),
    path("notices/badge/", NoticeBadgeView.as_view(), name="badge"),
    path("settings/notices/", PreferencesView.as_view(), name="preferences"),
    path("answers/<str:token>/", AnswerView.as_view(), name="answer"),
    path("webhooks/mail/", webhooks.mail, name="mail"),
    path("webhooks/twilio/", webhooks.twilio, name="twilio"),
]
