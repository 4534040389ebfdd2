from django.urls import path

from . import views

app_name = "televisit"
urlpatterns = [
    path("doctor/waiting/", views.WaitingListView.as_view(), name="waiting-list"),
    path("visits/<str:code>/", views.DoorView.as_view(), name="door"),
    path("visits/<str:code>/room/", views.RoomView.as_view(), name="room"),
    path("visits/<str:code>/waiting/", views.WaitingView.as_view(), name="waiting"),
    path("visits/<str:code>/people/", views.PeopleView.as_view(), name="people"),
    path("visits/<str:code>/people/<str:uid>/admit/", views.AdmitView.as_view(), name="admit"),
    path("visits/<str:code>/people/<str:uid>/remove/", views.RemoveView.as_view(), name="remove"),
    path("visits/<str:code>/note/", views.NoteView.as_view(), name="note"),
    path("visits/<str:code>/end/", views.EndView.as_view(), name="end"),
]
