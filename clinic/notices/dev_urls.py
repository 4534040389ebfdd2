from django.urls import path

from . import dev_views

app_name = "outbox"
urlpatterns = [
    path("outbox/", dev_views.OutboxView.as_view(), name="list"),
    path("outbox/<slug:name>/", dev_views.LetterView.as_view(), name="letter"),
    path("outbox/<slug:name>/html/", dev_views.LetterHtmlView.as_view(), name="html"),
    path("outbox/<slug:name>/<int:number>/", dev_views.LetterFileView.as_view(), name="file"),
]
