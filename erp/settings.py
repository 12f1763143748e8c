"""Settings of every installation; what differs between them comes from the environment only."""

import os
from datetime import timedelta

import django_stubs_ext
from corsheaders.defaults import default_headers
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from apps.common.names import named_in
from erp import env as environment
from erp import logs, schema

django_stubs_ext.monkeypatch()  # lets ModelAdmin[Model] be written where classes are made

# ---------------------------------------------------------------- environment
env = environment.load(os.environ)
BASE_DIR = environment.BASE_DIR
DEBUG = env.debug
SECRET_KEY = env.secret_key
SECRET_KEY_FALLBACKS = env.secret_key_fallbacks
FIELD_KEYS = env.field_keys
BASE_URL = env.base_url
BASE_CURRENCY = env.base_currency
PROXIES = env.proxies

# ---------------------------------------------------------------- apps
INSTALLED_APPS = [
    "modeltranslation",  # before the admin, whose forms it extends
    "apps.common.admin_site.ERPAdminConfig",  # django.contrib.admin with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "corsheaders",
    "rest_framework",
    "rest_framework_simplejwt",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "guardian",
    "auditlog",
    "axes",
    "health_check",
    "django_tasks_db",
    "apps.common",
    "apps.accounts",
    "apps.catalog",
    "apps.budgets",
    "apps.approvals",
    "apps.requisitions",
    "apps.procurement",
    "apps.support",
    "apps.audit",
    "apps.operations",
]

MIDDLEWARE = [
    "apps.common.stack.with_room",  # for all of them, and the views
    "apps.common.middleware.measure.MeasureMiddleware",  # measures all below
    "apps.common.middleware.request.RequestContextMiddleware",  # every reply has its id
    "django.middleware.security.SecurityMiddleware",
    "apps.common.middleware.security.IsolationHeadersMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "apps.operations.probes.middleware.ProbeMiddleware",  # before hosts, sessions and databases
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "apps.common.middleware.security.SessionLifeMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "apps.accounts.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # last, so that it sees what log-in answered
]

ROOT_URLCONF = "erp.urls"
context_processors = [
    "django.template.context_processors.request",
    "django.template.context_processors.i18n",
    "django.template.context_processors.csp",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "apps.common.context_processors.look",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": context_processors},
    }
]

# ---------------------------------------------------------------- database
DATABASES = {"default": env.database}  # SQLite or PostgreSQL with its options: erp/databases.py
DATABASES |= {"replica": env.replica} if env.replica else {}
DATABASE_ROUTERS = ["apps.common.replica.ReplicaRouter"] if env.replica else []
REPLICA_LAG_SECONDS = env.replica_lag_seconds

# ---------------------------------------------------------------- cache, sessions, tasks, mail
cache_backend = "redis.RedisCache" if env.redis_url else "locmem.LocMemCache"
cache_backend = f"django.core.cache.backends.{cache_backend}"
CACHES = {"default": {"BACKEND": cache_backend, "LOCATION": env.redis_url}}
SESSION_ENGINE = f"django.contrib.sessions.backends.{'cached_db' if env.redis_url else 'db'}"
SESSION_COOKIE_AGE = 30 * 60  # idle; SessionLifeMiddleware moves it on and ends it for good
SESSION_LONGEST = 12 * 60 * 60
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
mail_kind = "console" if DEBUG and not env.mail else "smtp"
mail_backend = f"django.core.mail.backends.{mail_kind}.EmailBackend"
MAILERS = {"default": {"BACKEND": mail_backend, "OPTIONS": env.mail}}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.mail_from

# ---------------------------------------------------------------- files
STATIC_URL = f"{env.static_host}/static/"
STATIC_ROOT = env.static_root
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.media_root  # private: no route serves it but the one that asks who may
static = "django.contrib.staticfiles.storage." if DEBUG else "whitenoise.storage.CompressedManifest"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": f"{static}StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
UPLOAD_MAX_BYTES = env.upload_max_mb * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000_000  # a form of a thousand lines, with room to spare
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_PERMISSIONS = 0o600

# ---------------------------------------------------------------- people and log-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "apps.accounts.backends.RoleBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
validation = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{validation}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{validation}.CommonPasswordValidator"},
    {"NAME": f"{validation}.UserAttributeSimilarityValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
ANONYMOUS_USER_NAME = None  # guardian's stand-in account is one more account to guard
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False  # its pages would let log-in attempts be edited; users have an action
AXES_DISABLE_ACCESS_LOG = True  # log-ins are in the audit, which nobody can empty
AXES_ALLOWED_CORS_ORIGINS = ""
AXES_CLIENT_IP_CALLABLE = "apps.common.middleware.request.remote_addr_of"
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_VERBOSE = False

ERP_DEMO_LOGINS = DEBUG  # the log-in page offers the demo log-ins; production refuses them anyway

# ---------------------------------------------------------------- security
ALLOWED_HOSTS = env.allowed_hosts
CSRF_TRUSTED_ORIGINS = env.trusted_origins
CORS_ALLOWED_ORIGINS = env.cors_origins
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = [*default_headers, "idempotency-key", "if-match", "x-request-id"]
CORS_EXPOSE_HEADERS = ["ETag", "Retry-After", "X-Request-ID"]
own = [CSP.SELF, *([env.static_host] if env.static_host else [])]
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": own,
    "style-src": own,
    "img-src": [*own, "data:"],
    "font-src": own,
    "media-src": own,  # recordings of the help centre and their captions
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0 if DEBUG else 2 * 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_SSL_REDIRECT = not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz|startupz|metrics)$", r"^api/health"]  # by plain HTTP
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"

# ---------------------------------------------------------------- languages and time
LANGUAGE_CODE = env.language
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
FORMAT_MODULE_PATH = ["erp.formats"]
MODELTRANSLATION_BUILD_LOCALIZED_VERBOSE_NAME = named_in
MODELTRANSLATION_FALLBACK_LANGUAGES = {"default": ("en", "zh-hans")}
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USER_TIME_ZONE = env.time_zone  # on screen, until a person chooses another

# ---------------------------------------------------------------- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.accounts.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["apps.common.api.permissions.DeclaredPolicy"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "apps.common.api.pagination.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        f"rest_framework.throttling.{caller}RateThrottle" for caller in ("Anon", "User")
    ],
    "DEFAULT_THROTTLE_RATES": env.throttles,
    "EXCEPTION_HANDLER": "apps.common.api.errors.problem_handler",
    "NUM_PROXIES": PROXIES,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=10),
    "REFRESH_TOKEN_LIFETIME": timedelta(hours=12),
    "SIGNING_KEY": env.jwt_key,
    "AUDIENCE": "erp-api",
    "ISSUER": "erp",
}
SPECTACULAR_SETTINGS = schema.SETTINGS

# ---------------------------------------------------------------- audit and log
AUDITLOG_LOGENTRY_MODEL = "audit.Entry"
MIGRATION_MODULES = {"auditlog": None}  # they would make the table of the model swapped out above
AUDITLOG_DISABLE_ON_RAW_SAVE = True
AUDITLOG_STORE_JSON_CHANGES = True  # None stays None, not the word
AUDITLOG_MASK_CALLABLE = "apps.audit.masking.mask"
LOGGING = logs.config(env.operating, env.log_level)
OPERATING = env.operating  # probes, metrics, backups, slowness: erp/operating.py
