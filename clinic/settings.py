"""Settings of the portal; machines differ by environment variable only.

`.env.example` says what each variable is for. With DEBUG off, a missing or weak secret stops the start.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from corsheaders.defaults import default_headers
from django.utils.translation import gettext_lazy as _
from django_guid.integrations import CeleryIntegration

from clinic.api_document import DOCUMENT
from clinic.content_policy import policy_for
from clinic.logging_settings import logging_for
from clinic.schedule import SCHEDULE
from clinic.variables import keys_of_32_bytes, public_url, secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# Who and where we are

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret_key(env)
ENCRYPTION_KEYS = keys_of_32_bytes(env, "ENCRYPTION_KEYS")
SIGNING_KEYS = keys_of_32_bytes(env, "SIGNING_KEYS")
PUBLIC_URL = public_url(env, debug=DEBUG)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(PUBLIC_URL).hostname or "127.0.0.1"])
CLINIC_DATA = Path(env.str("CLINIC_DATA", default=str(BASE_DIR / "var")))
IS_HTTPS = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "clinic",
    "clinic.people",
    "clinic.audit",
    "appointments",
    "televisit",
    "prescriptions",
    "chat",
    "clinic.notices",
    "clinic.record",
    "clinic.admin.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "clinic.staticfiles.PortalStaticFilesConfig",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "corsheaders",
    "csp",
    "django_celery_beat",
    "django_filters",
    "django_guid",
    "django_htmx",
    "drf_spectacular",
    "pghistory",
    "pgtrigger",
    "rest_framework",
]
MIDDLEWARE = [
    "django_guid.middleware.guid_middleware",
    "clinic.metrics.MeasureMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "clinic.headers.HeadersMiddleware",
    "clinic.staticfiles.StaticFilesMiddleware",
    "clinic.fhir.middleware.OutcomeMiddleware",
    "clinic.nul.NoNulMiddleware",
    "csp.middleware.CSPMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clinic.people.sessions.SeenMiddleware",
    "clinic.people.second_factor.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clinic.context.ReaderZoneMiddleware",
    "clinic.errors.RuleViolationMiddleware",
    "clinic.errors.NotFoundMiddleware",
    "clinic.limits.AllowanceMiddleware",
]
ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
ASGI_APPLICATION = "clinic.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "clinic.forms.PortalRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.context.portal",
                "appointments.context.requests_waiting",
            ],
        },
    },
]

# Database, Redis, files

DATABASES = {"default": {"CONN_HEALTH_CHECKS": True, **env.db("DATABASE_URL")}}
REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL},
    # what any process may know for itself for a minute, so that pages need no Redis
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",  # the other one loses messages when a socket closes
        "CONFIG": {"hosts": [REDIS_URL], "prefix": f"{REDIS_URL.rpartition('/')[2]}:"},  # all databases share channels
    },
}
ON_DISK = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": CLINIC_DATA / "files", "base_url": None},
}
S3_BUCKET = env.str("S3_BUCKET", default="")  # empty: files lie on the disk
ON_S3 = {  # the account's keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from the machine's role
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": S3_BUCKET,
        "endpoint_url": env.str("S3_ENDPOINT", default="") or None,
        "region_name": env.str("S3_REGION", default="") or None,
        "file_overwrite": False,
        "default_acl": None,
    },
}
CLAMAV_URL = env.str("CLAMAV_URL", default="")  # tcp://host:3310 or unix:///path; empty: nobody looks for viruses
STORAGES = {
    "default": ON_S3 if S3_BUCKET else ON_DISK,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "clinic.staticfiles.PortalStaticFilesStorage"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "clinic.people.uploads.LimitedUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6_000  # too many rows are refused by their form, in words

# Signing in

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["clinic.people.backends.PortalBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "find"
ACCOUNT_ADAPTER = "clinic.people.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_FORMS = {
    "signup": "clinic.people.forms.PatientSignupForm",
    "login": "clinic.people.forms.account.LoginForm",
    "reauthenticate": "clinic.people.forms.account.ReauthenticateForm",
    "request_login_code": "clinic.people.forms.account.RequestLoginCodeForm",
    "confirm_login_code": "clinic.people.forms.account.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "clinic.people.forms.account.ConfirmEmailVerificationCodeForm",
    "reset_password": "clinic.people.forms.account.ResetPasswordForm",
    "reset_password_from_key": "clinic.people.forms.account.ResetPasswordKeyForm",
    "change_password": "clinic.people.forms.account.ChangePasswordForm",
    "set_password": "clinic.people.forms.account.SetPasswordForm",
    "add_email": "clinic.people.forms.account.AddEmailForm",
    "change_email": "clinic.people.forms.account.ChangeEmailForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/m/ip", "reset_password": "20/m/ip"}  # by account: people/guessing.py
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", default=720)  # then doctors and staff sign in again
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=not DEBUG)  # of doctors and staff
MFA_ADAPTER = "clinic.people.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # half a minute before and after: clocks differ
MFA_FORMS = {
    "authenticate": "clinic.people.forms.second_factor.AuthenticateForm",
    "reauthenticate": "clinic.people.forms.second_factor.ReauthenticateForm",
    "activate_totp": "clinic.people.forms.second_factor.ActivateAppForm",
    "add_webauthn": "clinic.people.forms.second_factor.AddPasskeyForm",
    "edit_webauthn": "clinic.people.forms.second_factor.RenamePasskeyForm",
}
HEADLESS_CLIENTS = ["app"]
HEADLESS_TOKEN_STRATEGY = "clinic.people.sessions.SessionTokens"  # noqa: S105  (a class)
HEADLESS_FRONTEND_URLS = {  # in e-mails, whichever host name a request came in by
    "account_signup": f"{PUBLIC_URL}/accounts/signup/",
    "account_reset_password": f"{PUBLIC_URL}/accounts/password/reset/",
    "account_reset_password_from_key": f"{PUBLIC_URL}/accounts/password/reset/key/{{key}}/",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# What browsers may do

CONTENT_SECURITY_POLICY = policy_for(PUBLIC_URL)
SESSION_COOKIE_NAME = "__Host-sessionid" if IS_HTTPS else "sessionid"  # browsers take it from this very host only
CSRF_COOKIE_NAME = "__Host-csrftoken" if IS_HTTPS else "csrftoken"
DEVICE_COOKIE_NAME = "__Host-device" if IS_HTTPS else "device"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "clinic.views.csrf_failure"
SECURE_SSL_REDIRECT = IS_HTTPS and env.bool("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_ALLOW_HEADERS = [*default_headers, "x-session-token", "idempotency-key", "if-match"]
CORS_EXPOSE_HEADERS = ["etag", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after"]
CORS_URLS_REGEX = r"^/(api|fhir|_allauth)/"

# How long things are kept, in whole months; `manage.py purge` and a task of every hour drop what is older

AUDIT_MONTHS = env.int("AUDIT_MONTHS", default=120)
NOTICE_MONTHS = env.int("NOTICE_MONTHS", default=24)

# Languages and times

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["clinic.formats"]
TIME_ZONE = "UTC"

# The API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "clinic.api.TokenAuthentication",
        "clinic.api.SessionTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["clinic.api.JsonBody"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "clinic.api.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "clinic.api.api_exception_handler",
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
    "DEFAULT_THROTTLE_CLASSES": ["clinic.limits.CallThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "call": f"{env.int('API_CALLS_PER_MINUTE', default=600)}/min",
        "code": "20/min",
        "hold": "60/hour",
        "report": "30/min",
    },
}
SPECTACULAR_SETTINGS = DOCUMENT

# Celery: what runs, and when

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
if CELERY_BROKER_URL.startswith("redis+socket://"):
    CELERY_BROKER_URL = CELERY_BROKER_URL.replace("?db=", "?virtual_host=", 1)  # as Celery calls the database's number
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "clinic.beat:SingleScheduler"
CELERY_BEAT_SCHEDULE = SCHEDULE

# Mail, text messages, video, logs

EMAIL_OUTBOX = CLINIC_DATA / "outbox"
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
if DEBUG and not env.str("EMAIL_URL", default=""):
    EMAIL_BACKEND = "clinic.notices.outbox.EmailBackend"
EMAIL_SERVICE = env.str("EMAIL_SERVICE", default="")  # amazon_ses, mailgun, postmark or sendgrid; else EMAIL_URL holds
if EMAIL_SERVICE:
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_SERVICE}.EmailBackend"
EMAIL_TIMEOUT = 20
ANYMAIL = {
    **{
        name.removeprefix("ANYMAIL_"): value
        for name, value in env.ENVIRON.items()
        if name.startswith("ANYMAIL_") and value
    },
    "REQUESTS_TIMEOUT": (5, EMAIL_TIMEOUT),
    "WEBHOOK_SECRET": env.str("ANYMAIL_WEBHOOK_SECRET", default=""),
}
TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default="")
TWILIO_FROM = env.str("TWILIO_FROM", default="")
TWILIO_API_URL = env.str("TWILIO_API_URL", default="https://api.twilio.com")
SMS_SERVICE = "clinic.notices.sms.twilio.Twilio" if TWILIO_ACCOUNT_SID else ""  # none: nobody gets text messages
if DEBUG and not SMS_SERVICE:
    SMS_SERVICE = "clinic.notices.sms.outbox.Outbox"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Clinic portal <portal@localhost>")
TURN_URLS = env.list("TURN_URLS", default=[])
TURN_SECRET = env.str("TURN_SECRET", default="")
TURN_SECONDS = env.int("TURN_SECONDS", default=3600)  # how long credentials are good; pages renew them half-way
VIDEO_HTTP_ON_LOOPBACK = env.bool("VIDEO_HTTP_ON_LOOPBACK", default=False)  # for tests with services of their own
LOGGING = logging_for(level=env.str("LOG_LEVEL", default="INFO"), debug=DEBUG)
DJANGO_GUID = {  # the request that a line of the log, and what it set going, belongs to
    "GUID_HEADER_NAME": "X-Request-ID",
    "VALIDATE_GUID": True,
    "EXPOSE_HEADER": False,
    "INTEGRATIONS": [CeleryIntegration()],
}
METRICS_PORT = env.int("METRICS_PORT", default=0)  # 0: none; else each process takes the first free one from it on
METRICS_ADDRESS = env.str("METRICS_ADDRESS", default="127.0.0.1")
