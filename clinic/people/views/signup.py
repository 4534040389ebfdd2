"""Registration of doctors; patients register on allauth's own page, with our form."""

from allauth.account.views import SignupView

from clinic.people.forms import DoctorSignupForm


class DoctorSignupView(SignupView):
    """As allauth's, with what the clinic needs to know of a doctor."""

    template_name = "people/doctor_signup.html"

    def get_form_class(self) -> type[DoctorSignupForm]:
        return DoctorSignupForm
