"""What FHIR refuses. Each has the code of an OperationOutcome beside its status."""

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException


class BadSearch(APIException):
    """Said with words that name the parameter, never what was found."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "invalid"


class NotOffered(BadSearch):
    """Well-formed FHIR that this portal does not have."""

    default_code = "not-supported"


class NoSuchType(APIException):
    status_code = status.HTTP_404_NOT_FOUND
    default_code = "not-supported"
    default_detail = _("This portal has no such resources. [base]/metadata lists those that it has.")


class PageGone(APIException):
    status_code = status.HTTP_410_GONE
    default_code = "expired"
    default_detail = _("What this page began after is no longer there. Search anew.")
