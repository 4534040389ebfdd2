"""Who gets a socket of a visit, when, and with which token."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async

from clinic.people.tests.factories import PatientFactory, UserFactory
from televisit.tests.factories import a_seat_of_the_patient, a_visit
from televisit.tests.pages import Page, in_loop
from televisit.tokens import join_token, seat_token

pytestmark = pytest.mark.django_db(transaction=True)
in_db = sync_to_async


@pytest.mark.parametrize(
    ("starts_in", "closed"),
    [(timedelta(hours=2), (4425, "early")), (-timedelta(hours=2), (4408, "expired"))],
)
def test_outside_its_hours_the_visit_has_no_socket(starts_in, closed):
    @in_loop
    async def come():
        visit = await in_db(a_visit)(starts_in=starts_in)
        page = await Page.open(visit, visit.host.user)
        await page.hello()
        assert await page.is_closed_with() == closed

    come()


@in_loop
async def test_patient_without_a_seat_is_sent_to_the_door():
    visit = await in_db(a_visit)()
    page = await Page.open(visit, visit.appointment.patient.user)

    await page.hello()

    assert await page.is_closed_with() == (4403, "no_seat")


@pytest.mark.parametrize("who", [UserFactory, lambda: PatientFactory().user])
def test_strangers_do_not_learn_that_the_visit_exists(who):
    @in_loop
    async def come():
        visit = await in_db(a_visit)()
        stranger = await in_db(who)()
        ours = await Page.open(visit, stranger)
        nobodys = await Page.open("000000000000", stranger)
        assert await ours.is_closed_with() == await nobodys.is_closed_with() == (4404, "not_found")

    come()


@in_loop
async def test_who_is_not_signed_in_is_refused():
    page = await Page.open(await in_db(a_visit)(), None)

    await page.hello()

    assert await page.is_closed_with() == (4401, "not_signed_in")


@in_loop
async def test_page_of_another_site_gets_no_socket():
    visit = await in_db(a_visit)()
    page = await in_db(Page)(visit.code, visit.host.user, origin=b"https://elsewhere.example")

    assert not await page.connects()


@in_loop
async def test_join_token_opens_the_socket_without_a_session():
    visit = await in_db(a_visit)()
    page = await Page.open(visit, None)

    await page.hello(token=join_token(visit, visit.host.user, "doctor"))

    assert (await page.hears("admitted"))["you"]["role"] == "doctor"


@pytest.mark.parametrize("fault", ["another visit", "tampered", "not a token"])
def test_bad_join_token_opens_nothing(fault):
    @in_loop
    async def come():
        visit = await in_db(a_visit)()
        other = await in_db(a_visit)(doctor=visit.host, starts_in=timedelta(hours=2))
        good = join_token(visit, visit.host.user, "doctor")
        tokens = {
            "another visit": join_token(other, visit.host.user, "doctor"),
            "tampered": good[:-6] + "AAAAAA",
            "not a token": "abc",
        }
        page = await Page.open(visit, None)
        await page.hello(token=tokens[fault])
        assert await page.is_closed_with() == (4404, "not_found")

    come()


@pytest.mark.parametrize("which", ["the doctor's", "a guest's"])
def test_token_is_good_for_nothing_in_the_browser_of_somebody_else(which):
    @in_loop
    async def come():
        visit = await in_db(a_visit)()
        await in_db(a_seat_of_the_patient)(visit, admitted=True)
        guest = await in_db(visit.seat_guest)("Ines", role="interpreter")
        tokens = {"the doctor's": join_token(visit, visit.host.user, "doctor"), "a guest's": seat_token(guest)}
        page = await Page.open(visit, visit.appointment.patient.user)
        await page.hello(token=tokens[which])
        assert await page.is_closed_with() == (4404, "not_found")
        assert not await in_db(visit.participants.present().exists)()

    come()
