"""Why the socket of a visit closes. A page that is closed with 44xx must not come back by itself."""

from televisit.models import Visit

CLEAN = {1000, 1001}  # the page said goodbye, or was closed
NOT_SIGNED_IN = (4401, "not_signed_in")
REMOVED = (4403, "removed")
NO_SEAT = (4403, "no_seat")
NOT_FOUND = (4404, "not_found")
TAKEN_OVER = (4409, "taken_over")
FULL = (4409, "full")
TOO_LARGE = (4413, "too_large")
FLOODING = (4429, "flooding")
CLOSED_DOORS = {
    Visit.Phase.EARLY: (4425, "early"),
    Visit.Phase.OVER: (4408, "expired"),
    Visit.Phase.ENDED: (4410, "ended"),
    Visit.Phase.CANCELLED: (4410, "cancelled"),
}
