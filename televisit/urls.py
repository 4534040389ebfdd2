from django.urls import path

from .views import after, door, hours, notes, room

app_name = "televisit"
urlpatterns = [
    path("doctor/waiting/", room.WaitingListView.as_view(), name="waiting-list"),
    path("visits/<str:code>/", door.DoorView.as_view(), name="door"),
    path("visits/<str:code>/room/", room.RoomView.as_view(), name="room"),
    path("visits/<str:code>/waiting/", room.WaitingView.as_view(), name="waiting"),
    path("visits/<str:code>/people/", room.PeopleView.as_view(), name="people"),
    path("visits/<str:code>/people/<str:uid>/admit/", room.AdmitView.as_view(), name="admit"),
    path("visits/<str:code>/people/<str:uid>/remove/", room.RemoveView.as_view(), name="remove"),
    path("visits/<str:code>/note/", notes.NoteView.as_view(), name="note"),
    path("visits/<str:code>/note/addendum/", notes.AddendumView.as_view(), name="addendum"),
    path("visits/<str:code>/note/share/", notes.NoteShareView.as_view(), name="share-note"),
    path("visits/<str:code>/time/", hours.TimeView.as_view(), name="time"),
    path("visits/<str:code>/by-phone/", hours.ByPhoneView.as_view(), name="by-phone"),
    path("visits/<str:code>/by-phone/minutes/", hours.PhoneMinutesView.as_view(), name="phone-minutes"),
    path("visits/<str:code>/reopen/", hours.ReopenView.as_view(), name="reopen"),
    path("visits/<str:code>/finish/", after.FinishView.as_view(), name="finish"),
    path("visits/<str:code>/history/", after.HistoryView.as_view(), name="history"),
    path("visits/<str:code>/end/", room.EndView.as_view(), name="end"),
]
