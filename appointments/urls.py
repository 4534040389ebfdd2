"""Finding and booking are open to all; /appointments/ is for patients, /doctor/ for doctors, /desk/ for staff."""

from django.urls import include, path

from .views import (
    answers,
    attending,
    booking,
    calendar,
    day,
    day_hours,
    desk,
    emergencies,
    finding,
    follow_up,
    hand_over,
    hours,
    moving,
    own,
)

doctors = [
    path("", finding.DoctorListView.as_view(), name="list"),
    path("<slug:slug>/", finding.DoctorDetailView.as_view(), name="detail"),
]

book = [
    path("", booking.ChooseView.as_view(), name="choose"),
    path("<str:uid>/", booking.BookView.as_view(), name="book"),
    path("<str:uid>/hold/", booking.HoldView.as_view(), name="book-hold"),
    path("<str:uid>/you/", booking.ProfileView.as_view(), name="book-profile"),
    path("<str:uid>/who/", booking.WhoView.as_view(), name="book-who"),
    path("<str:uid>/reason/", booking.ReasonView.as_view(), name="book-reason"),
    path("<str:uid>/check/", booking.CheckView.as_view(), name="book-check"),
]

own_pages = [
    path("", own.HomeView.as_view(), name="list"),
    path("past/", own.PastListView.as_view(), name="past"),
    path("emergency/", emergencies.EmergencyView.as_view(), name="emergency"),
    path("<str:reference>/", own.AppointmentDetailView.as_view(), name="detail"),
    path("<str:reference>/booked/", own.BookedView.as_view(), name="booked"),
    path("<str:reference>/calendar/", own.CalendarView.as_view(), name="calendar"),
    path("<str:reference>/follow-up/", follow_up.FollowUpView.as_view(), name="follow-up"),
    path("<str:reference>/cancel/", answers.CancelView.as_view(), name="cancel"),
    path("<str:reference>/move/", moving.MoveView.as_view(), name="move"),
    path("<str:reference>/offer/", moving.OfferView.as_view(), name="offer"),
    path("<str:reference>/offer/take/", moving.TakeOfferView.as_view(), name="take-offer"),
    path("<str:reference>/offer/refuse/", moving.RefuseOfferView.as_view(), name="refuse-offer"),
    path("<str:reference>/accept/", answers.AcceptView.as_view(), name="accept"),
    path("<str:reference>/decline/", answers.DeclineView.as_view(), name="decline"),
    path("<str:reference>/no-show/", answers.NoShowView.as_view(), name="no-show"),
    path("<str:reference>/no-show/undo/", attending.UndoNoShowView.as_view(), name="undo-no-show"),
    path("<str:reference>/complete/", answers.CompleteView.as_view(), name="complete"),
    path("<str:reference>/link/", attending.SendLinkView.as_view(), name="send-link"),
    path("<str:reference>/call/", attending.AskForCallView.as_view(), name="ask-for-call"),
]

doctor = [
    path("", day.TodayView.as_view(), name="today"),
    path("visits/add/", follow_up.AddVisitView.as_view(), name="add-visit"),
    path("late/", attending.LateView.as_view(), name="late"),
    path("emergencies/<str:reference>/take/", emergencies.TakeView.as_view(), name="take"),
    path("requests/", day.RequestListView.as_view(), name="requests"),
    path("hours/", hours.HoursView.as_view(), name="hours"),
    path("hours/<str:weekday>/", day_hours.DayHoursView.as_view(), name="day-hours"),
    path("slots/add/", hours.AddSlotView.as_view(), name="add-slot"),
    path("slots/withdraw/", hours.WithdrawSlotView.as_view(), name="withdraw-slot"),
    path("time-off/add/", hours.AddTimeOffView.as_view(), name="add-time-off"),
    path("time-off/<str:uid>/remove/", hours.RemoveTimeOffView.as_view(), name="remove-time-off"),
    path("on-call/add/", hours.AddOnCallView.as_view(), name="add-on-call"),
    path("on-call/<str:uid>/remove/", hours.RemoveOnCallView.as_view(), name="remove-on-call"),
]

desk_pages = [
    path("hand-over/", hand_over.HandOverView.as_view(), name="hand-over"),
    path("", desk.WhoCallsView.as_view(), name="who"),
    path("patients/new/", desk.NewPatientView.as_view(), name="new-patient"),
    path("patients/<str:uid>/", desk.TimesView.as_view(), name="times"),
    path("patients/<str:uid>/book/", desk.PhoneBookView.as_view(), name="book"),
    path("patients/<str:uid>/own-time/", desk.OverrideView.as_view(), name="own-time"),
    path("booked/<str:reference>/", desk.PhoneBookedView.as_view(), name="booked"),
]

appointments = [path("book/", include(book)), path("appointments/", include(own_pages))]

urlpatterns = [
    path("", finding.FindView.as_view(), name="find"),
    path("doctors/", include((doctors, "doctors"))),
    path("", include((appointments, "appointments"))),
    path("doctor/", include((doctor, "doctor"))),
    path("calendar/<str:token>.ics", calendar.FeedView.as_view(), name="calendar-feed"),
    path("settings/calendar/", calendar.FeedSettingsView.as_view(), name="calendar-settings"),
    path("settings/calendar/remove/", calendar.RemoveFeedView.as_view(), name="calendar-remove"),
    path("desk/", include((desk_pages, "desk"))),
]
