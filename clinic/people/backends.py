"""Who the user of a request is."""

from allauth.account.auth_backends import AuthenticationBackend

from clinic.people.models import User


class PortalBackend(AuthenticationBackend):
    """allauth's, with both profiles read in the same query: every page asks for them."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("doctor__clinic", "patient").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
