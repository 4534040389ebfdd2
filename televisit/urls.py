from django.urls import path

from .views import after, devices, door, guests, hours, notes, room

app_name = "televisit"
urlpatterns = [
    path("doctor/waiting/", room.WaitingListView.as_view(), name="waiting-list"),
    path("doctor/knock/", room.KnockView.as_view(), name="knock"),
    path("doctor/instant/", guests.InstantView.as_view(), name="instant"),
    path("i/<str:secret>/", guests.InvitedView.as_view(), name="invited"),
    path("visits/", door.CodeView.as_view(), name="code"),
    path("visits/<str:code>/", door.DoorView.as_view(), name="door"),
    path("visits/<str:code>/device-check/", devices.DeviceCheckView.as_view(), name="device-check"),
    path("visits/<str:code>/invitations/", guests.InvitationsView.as_view(), name="invitations"),
    path("visits/<str:code>/invitations/<str:uid>/revoke/", guests.RevokeView.as_view(), name="revoke"),
    path("visits/<str:code>/patient/", guests.NamePatientView.as_view(), name="name-patient"),
    path("visits/<str:code>/room/", room.RoomView.as_view(), name="room"),
    path("visits/<str:code>/waiting/", room.WaitingView.as_view(), name="waiting"),
    path("visits/<str:code>/whereabouts/", room.WhereaboutsView.as_view(), name="whereabouts"),
    path("visits/<str:code>/waiting/call-me/", room.CallMeView.as_view(), name="call-me"),
    path("visits/<str:code>/soon/", room.SoonView.as_view(), name="soon"),
    path("visits/<str:code>/people/", room.PeopleView.as_view(), name="people"),
    path("visits/<str:code>/people/<str:uid>/admit/", room.AdmitView.as_view(), name="admit"),
    path("visits/<str:code>/people/<str:uid>/remove/", room.RemoveView.as_view(), name="remove"),
    path("visits/<str:code>/people/<str:uid>/call/", room.CallView.as_view(), name="call"),
    path("visits/<str:code>/people/<str:uid>/identity/", room.IdentityView.as_view(), name="identity"),
    path("visits/<str:code>/note/", notes.NoteView.as_view(), name="note"),
    path("visits/<str:code>/note/addendum/", notes.AddendumView.as_view(), name="addendum"),
    path("visits/<str:code>/note/share/", notes.NoteShareView.as_view(), name="share-note"),
    path("visits/<str:code>/time/", hours.TimeView.as_view(), name="time"),
    path("visits/<str:code>/by-phone/", hours.ByPhoneView.as_view(), name="by-phone"),
    path("visits/<str:code>/by-phone/minutes/", hours.PhoneMinutesView.as_view(), name="phone-minutes"),
    path("visits/<str:code>/reopen/", hours.ReopenView.as_view(), name="reopen"),
    path("visits/<str:code>/finish/", after.FinishView.as_view(), name="finish"),
    path("visits/<str:code>/history/", after.HistoryView.as_view(), name="history"),
    path("visits/<str:code>/other-room/", room.OtherRoomView.as_view(), name="other-room"),
    path("visits/<str:code>/end/", room.EndView.as_view(), name="end"),
]
