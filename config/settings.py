"""The one settings file. The environment decides; docs/operating.md lists what it may say."""

from pathlib import Path
from typing import Any

from config import env, navigation

ROOT = Path(__file__).resolve().parent.parent

DECISION_CACHE_SECONDS = env.whole("DECISION_CACHE_SECONDS", 0, most=60)
"""How long whoever asked may keep a yes, also while the registry cannot be reached. 0: not at all."""
ANSWERS_KEPT_DAYS = env.whole("ANSWERS_KEPT_DAYS", 400, most=36_500)
"""How long the counts of answers are kept as evidence; 0 keeps them for good."""
ANSWERS_FLUSH_SECONDS = env.whole("ANSWERS_FLUSH_SECONDS", 10, most=30)
"""How many seconds of counts a process that dies may lose. 0: nothing is written by itself."""

LOCAL = env.flag("CONCORDAT_LOCAL", default=False)
"""Local mode: plain HTTP on loopback, and mails kept where `/mailbox/` shows them."""

SECRET_KEY = env.text("SECRET_KEY")
SIGNING_KEY = env.key("SIGNING_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/")
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES", "")
DEBUG = False

INSTALLED_APPS = [
    "registry",
    "access",
    "notifications",
    "seeds",
    "config.apps.ConcordatConfig",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "oauth2_provider",
    "pgtrigger",
    "rest_framework",
]

MIDDLEWARE = [
    "config.requests.name_request",
    "config.headers.limit_content",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database("DATABASE_URL") | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True},
    # The owner of the tables: `migrate --database owner`. The application's role may not alter them.
    "owner": env.database("MIGRATION_DATABASE_URL") | {"TEST": {"MIRROR": "default"}},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# What processes share, and what stands in for it in each of them while it is away (`registry.attempts`).
CACHES: dict[str, dict[str, Any]] = {
    "default": env.cache("CACHE_URL"),
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

STORAGE = env.folder("STORAGE_URL")
CHECKPOINT_FILE = STORAGE / "checkpoints.txt"
MAILBOX = STORAGE / "mailbox"
vars().update(env.mail("EMAIL_URL"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL")

DUTY_UNOWNED_PATIENCE = env.hours("DUTY_UNOWNED_HOURS", "4")
"""For how long a duty may be nobody's, or access given go untold, before others hear of it."""
DUTY_LATE_PATIENCE = env.hours("DUTY_LATE_HOURS", "0")
"""For how long a duty may be past its target before others hear of it."""
# A restriction imposed without words for those it stops: how long they wait for a neutral text instead.
STOP_WORDING_AFTER = env.minutes("STOP_WORDING_MINUTES", "30")[0]
# How long after its commit an enforcement point that has not applied a stop is an alarm, and again.
STOP_SILENCE_AFTER = env.minutes("STOP_SILENCE_MINUTES", "10,30,120")
# A function of the installation's own that says of a file's bytes whether it may be given out; none by default.
ATTACHMENT_SCANNER = env.text("ATTACHMENT_SCANNER", "")
SCREENING_READERS = {
    "sheet": "registry.operations.screening_readers.read_plain_sheet",
    **env.places("SCREENING_READERS"),
}

AUTH_USER_MODEL = "registry.User"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
# Secrets of clients are 256 random bits: SHA-256 suffices, and costs no worker 200 ms a token.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "config.hashers.RandomSecretHasher",
]

SCOPES = {
    "registry:read": "Read organizations, models, programs and authorities",
    "requests:read": "Read your organization's access requests",
    "requests:write": "Draft, submit and withdraw your organization's access requests",
    "grants:read": "Read your organization's grants",
    "grants:write": "Give back your organization's grants",
    "members:read": "Read your organization's members and what was asserted of them",
    "members:write": "Enroll your organization's members and attest their status",
    "attestations:read": "Read your organization's attestations, and how it stands to what tiers require",
    "attestations:write": "Hand in and withdraw your organization's attestations",
    "holdings:read": "Read who holds access, as far as you may know",
    "events:read": "Read the events that concern your organization",
    "access:evaluate": "Ask whether your own organization, or a surface you serve, has access",
    "access:evaluate_any": "Ask whether any organization holds access",
    "access:history": "Ask about a past moment",
    "access:explain": "Be told every reason behind an answer",
    "answers:read": "Read which answers were given, for staff tooling",
    "review:write": "Act in review, for staff tooling",
    "filings:read": "Read notifications to authorities, for staff tooling",
    "filings:write": "Prepare, review, sign off and send notifications, for staff tooling",
    "incidents:read": "Read incidents: those that your organization told of; for staff tooling, all",
    "incidents:write": "Tell of incidents at your organization; for staff tooling, work on all",
    "obligations:read": "Read duties to notify and their clocks, for staff tooling",
    "obligations:write": "Assign, explain and void duties to notify, for staff tooling",
    "restrictions:write": "Except from restrictions and lift them, for staff tooling",
    "restrictions:impose": "Impose restrictions, for staff tooling",
    "enforcement:report": "Report what your enforcement point has applied",
}
OAUTH2_PROVIDER_APPLICATION_MODEL = "registry.Client"
OAUTH2_PROVIDER = {
    "SCOPES": SCOPES,
    "DEFAULT_SCOPES": [],
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "CLIENT_SECRET_HASHER": "sha256_random",
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    # Only client credentials are used; everything else that the toolkit could do is closed.
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "SCOPES_BACKEND_CLASS": "registry.api.scopes.ClientScopes",
    "APPLICATION_ADMIN_CLASS": "registry.admin.people.ClientAdmin",
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["registry.api.authentication.ClientAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["registry.api.permissions.DenyUnlessScoped"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "registry.api.pagination.ByCursor",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.problems.answer_problem",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Concordat",
    "DESCRIPTION": "Who may use a frontier AI model, why, until when, and who was told.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "OAUTH2_FLOWS": ["clientCredentials"],
    "OAUTH2_TOKEN_URL": "/oauth/token",
    "OAUTH2_SCOPES": SCOPES,
    "ENUM_NAME_OVERRIDES": {
        "AssertionKindEnum": "registry.choices.AssertionKind",
        "GrantEndKindEnum": "access.choices.GrantEndKind",
        "FilingStatusEnum": "notifications.choices.FilingStatus",
        "RequestStatusEnum": "access.choices.RequestStatus",
        "ObligationStatusEnum": "notifications.choices.ObligationStatus",
        "OriginEnum": "access.choices.Origin",
        "RestrictionKindEnum": "access.choices.RestrictionKind",
        "RestrictionBasisEnum": "access.choices.RestrictionBasis",
        "MarkingEnum": "access.choices.Marking",
        "SubjectOriginEnum": "registry.choices.SubjectOrigin",
        "DialogueKindEnum": "notifications.choices.DialogueKind",
        "DemandBasisEnum": "notifications.choices.DemandBasis",
        "NoticeKindEnum": "access.choices.NoticeKind",
        "FindingEnum": "access.choices.Finding",
        "ConditionFindingEnum": "access.choices.ConditionFinding",
        "ExpansionStatusEnum": "access.choices.ExpansionStatus",
        "DecisionReasonEnum": "access.choices.DecisionReason",
        "StageStateEnum": "access.choices.StageState",
        "LineActEnum": "access.choices.LineAct",
        "LineResultEnum": "access.choices.LineResult",
        "BatchStatusEnum": "access.choices.BatchStatus",
        "ImportStatusEnum": "access.choices.ImportStatus",
        "ActionEnum": "access.choices.Action",
        "DisclosureBasisEnum": "access.choices.DisclosureBasis",
        "AuthorizationKindEnum": "access.choices.AuthorizationKind",
        "InterestKindEnum": "registry.choices.InterestKind",
        "AttestationFindingEnum": "registry.choices.AttestationFinding",
        "DenyEffectEnum": "access.choices.DenyEffect",
        "ClockStateEnum": "notifications.choices.ClockState",
        "CampaignStatusEnum": "access.choices.CampaignStatus",
        "RecertificationStatusEnum": "access.choices.RecertificationStatus",
        "ChannelEnum": "registry.choices.Channel",
        "ScreeningListKindEnum": "registry.choices.ScreeningListKind",
        "FileKindEnum": "registry.choices.FileKind",
        "SnapshotStatusEnum": "registry.choices.SnapshotStatus",
    },
}

CELERY_BROKER_URL = env.text("BROKER_URL")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 5}
# Safe, because each task is a loop over claims: a second run of one finds nothing left to do.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1

LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "config" / "static"]
STATIC_ROOT = STORAGE / "static"
WHITENOISE_USE_FINDERS = LOCAL
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = not LOCAL
CSRF_COOKIE_SECURE = not LOCAL
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_SSL_REDIRECT = not LOCAL
SECURE_HSTS_SECONDS = 0 if LOCAL else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not LOCAL
SECURE_HSTS_PRELOAD = not LOCAL
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    # A sweep that finds nothing is no news: the tasks themselves say what they did.
    "loggers": {
        name: {"level": "WARNING"}
        for name in ("celery.app.trace", "celery.worker.strategy", "celery.beat")
    },
}

UNFOLD = navigation.UNFOLD
