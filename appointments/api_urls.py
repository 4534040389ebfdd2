from rest_framework.routers import SimpleRouter

from .api.appointments import AppointmentViewSet
from .api.finding import DoctorViewSet, SlotViewSet
from .api.hours import AvailabilityViewSet, OnCallViewSet, TimeOffViewSet

router = SimpleRouter()
router.register("doctors", DoctorViewSet, basename="doctor")
router.register("slots", SlotViewSet, basename="slot")
router.register("availability", AvailabilityViewSet)
router.register("time-off", TimeOffViewSet)
router.register("on-call", OnCallViewSet)
router.register("appointments", AppointmentViewSet)

urlpatterns = router.urls
