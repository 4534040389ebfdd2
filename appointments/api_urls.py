from django.urls import path
from rest_framework.routers import SimpleRouter

from .api.appointments import AppointmentViewSet
from .api.calendar import FeedView
from .api.desk import ClaimOfferView, ClosureListView, HandOverView, PatientListView
from .api.finding import DoctorViewSet, SlotViewSet
from .api.hours import AvailabilityViewSet, OnCallViewSet, TimeOffViewSet

router = SimpleRouter()
router.register("doctors", DoctorViewSet, basename="doctor")
router.register("slots", SlotViewSet, basename="slot")
router.register("availability", AvailabilityViewSet)
router.register("time-off", TimeOffViewSet)
router.register("on-call", OnCallViewSet)
router.register("appointments", AppointmentViewSet)

urlpatterns = [
    path("patients/", PatientListView.as_view(), name="patients"),
    path("patients/<str:uid>/claim/", ClaimOfferView.as_view(), name="patient-claim"),
    path("hand-over/", HandOverView.as_view(), name="hand-over"),
    path("closures/", ClosureListView.as_view(), name="closures"),
    path("me/calendar/", FeedView.as_view(), name="own-calendar"),
    *router.urls,
]
