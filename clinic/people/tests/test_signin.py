"""Signing in by password and by code, out again, and what strangers learn and may try."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from clinic.people.models import User
from clinic.people.tests.factories import (
    PASSWORD,
    ClinicFactory,
    DoctorFactory,
    PatientFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def make_account(**facts) -> User:
    """A user whose address is proven."""
    user = UserFactory(**{"email": "ana@example.org", "password": PASSWORD, **facts})
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client, email="ana@example.org", password=PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def code_in_last_mail() -> str:
    return re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", mail.outbox[-1].body, re.MULTILINE)[1]


def signed_in_user(client) -> str | None:
    return client.session.get("_auth_user_id")


def test_password_signs_in(client):
    user = make_account()

    response = sign_in(client, email="Ana@Example.org")

    assert response.url == reverse("home")
    assert signed_in_user(client) == str(user.pk)


@pytest.mark.parametrize(
    ("profile", "home"),
    [
        (PatientFactory, "appointments:list"),
        (DoctorFactory, "doctor:today"),
        (StaffFactory, "admin:index"),
        (UserFactory, "appointments:list"),
    ],
)
def test_roles_decide_the_home_page(client, profile, home):
    person = profile()
    client.force_login(getattr(person, "user", person))

    response = client.get(reverse("home"))

    assert response.url == reverse(home)


def test_a_code_signs_in_without_a_password(client):
    user = make_account(password=None)

    client.post(reverse("account_request_login_code"), {"email": user.email})
    client.post(reverse("account_confirm_login_code"), {"code": code_in_last_mail()})

    assert signed_in_user(client) == str(user.pk)


def test_a_code_works_only_in_the_browser_that_asked_for_it(client):
    user = make_account()
    client.post(reverse("account_request_login_code"), {"email": user.email})
    code = code_in_last_mail()
    client.cookies.clear()

    client.post(reverse("account_confirm_login_code"), {"code": code})

    assert signed_in_user(client) is None


def test_three_wrong_codes_end_the_try(client):
    user = make_account()
    client.post(reverse("account_request_login_code"), {"email": user.email})
    code = code_in_last_mail()
    for _try in range(3):
        client.post(reverse("account_confirm_login_code"), {"code": "WRONG1"})

    client.post(reverse("account_confirm_login_code"), {"code": code})

    assert signed_in_user(client) is None


@pytest.mark.parametrize("email", ["ana@example.org", "nobody@example.org"])
def test_asking_for_a_code_never_tells_whether_there_is_an_account(client, email):
    make_account()

    response = client.post(reverse("account_request_login_code"), {"email": email}, follow=True)

    assert response.redirect_chain == [(reverse("account_confirm_login_code"), 302)]
    assert "We sent a code to" in response.content.decode()
    assert mail.outbox[0].to == [email]


@pytest.mark.parametrize("email", ["ana@example.org", "nobody@example.org"])
def test_a_wrong_password_never_tells_whether_there_is_an_account(client, email):
    make_account()

    response = sign_in(client, email=email, password="wrong-password-1")

    assert response.context["form"].errors == {
        "__all__": ["The email address and/or password you specified are not correct."]
    }


@pytest.mark.parametrize("email", ["ana@example.org", "nobody@example.org"])
def test_a_forgotten_password_never_tells_whether_there_is_an_account(client, email):
    make_account()

    response = client.post(reverse("account_reset_password"), {"email": email})

    assert response.url == reverse("account_reset_password_done")
    assert mail.outbox[0].to == [email]


def test_a_forgotten_password_is_chosen_anew_by_an_emailed_link(client, settings):
    user = make_account()
    client.post(reverse("account_reset_password"), {"email": user.email})
    link = re.search(rf"{settings.PUBLIC_URL}(\S+)", mail.outbox[0].body)[1]

    page = client.get(link, follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": "another-long-1", "password2": "another-long-1"})

    user.refresh_from_db()
    assert user.check_password("another-long-1")
    assert client.get(link, follow=True).context["token_fail"]


def test_links_in_mails_begin_with_our_address_whatever_the_request_says(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    user = make_account()

    client.post(reverse("account_reset_password"), {"email": user.email}, headers={"host": "evil.example"})

    assert "evil.example" not in mail.outbox[0].body
    assert settings.PUBLIC_URL in mail.outbox[0].body


def test_five_wrong_passwords_are_enough(client):
    make_account()
    for _try in range(5):
        sign_in(client, password="wrong-password-1")

    response = sign_in(client)

    assert "Too many" in str(response.context["form"].errors)
    assert signed_in_user(client) is None


@pytest.mark.parametrize(("proxies", "refused"), [(0, True), (1, False)])
def test_limits_count_each_client_behind_our_proxy(client, settings, proxies, refused):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    for number in range(31):
        response = client.post(reverse("account_login"), {}, headers={"x-forwarded-for": f"10.0.0.{number}"})

    assert (response.status_code == 429) is refused


def test_who_may_not_sign_in_any_more_is_told_so_only_with_the_right_password(client):
    make_account(is_active=False)

    assert sign_in(client).url == reverse("account_inactive")
    assert sign_in(client, password="wrong-password-1").status_code == 200


def test_signing_out_ends_the_session(client):
    client.force_login(make_account())

    response = client.post(reverse("account_logout"))

    assert response.url == reverse("find")
    assert signed_in_user(client) is None


def test_looking_at_the_sign_out_page_signs_nobody_out(client):
    user = make_account()
    client.force_login(user)

    client.get(reverse("account_logout"))

    assert signed_in_user(client) == str(user.pk)


def test_the_session_gets_a_new_name_at_sign_in(client):
    make_account()
    client.get(reverse("account_login"))
    session = client.session
    session["hold"] = "kept"
    session.save()
    before = session.session_key

    sign_in(client)

    assert client.session.session_key != before
    assert client.session["hold"] == "kept"


def test_a_new_address_counts_once_it_is_proven(client):
    user = make_account()
    client.force_login(user)

    client.post(reverse("account_email"), {"action_add": "", "email": "new@example.org"})
    user.refresh_from_db()
    before = user.email
    client.post(reverse("account_email_verification_sent"), {"code": code_in_last_mail()})

    user.refresh_from_db()
    assert (before, user.email) == ("ana@example.org", "new@example.org")


def test_the_admin_has_no_door_of_its_own(client):
    response = client.get(reverse("admin:login"), {"next": reverse("admin:people_doctor_changelist")})

    assert response.url == f"{reverse('account_login')}?next=%2Fadmin%2Fpeople%2Fdoctor%2F"


def test_the_admin_is_closed_to_who_is_no_staff(client):
    client.force_login(PatientFactory().user)

    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_account_mails_come_under_the_clinics_name_like_all_others(client, mailoutbox, settings):
    settings.DEFAULT_FROM_EMAIL = "Portal <portal@clinic.example>"
    ClinicFactory(name="Harbour\r\nBcc: all@evil.example")

    client.post(reverse("account_request_login_code"), {"email": "nobody@example.org"})

    assert mailoutbox[0].from_email == '"Harbour Bcc: all@evil.example" <portal@clinic.example>'
