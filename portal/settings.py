"""
Settings, one file. Everything that differs between places is an environment
variable, named in `.env.example`; `python3 start.py` sets them for its own servers.
"""

from pathlib import Path

import dj_database_url
from celery.beat import BeatLazyFunc
from celery.schedules import crontab
from csp.constants import NONE, SELF

from portal.celery import moment_of_sending
from portal.env import env_bool, env_list, env_secret, env_str

BASE_DIR = Path(__file__).resolve().parent.parent

# Start
DEBUG = False
SECRET_KEY = env_secret("SECRET_KEY")
# Old keys, so that a changed key does not void links already sent.
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", "")
# True on the demo's own database only: a band on every page says so.
DEMO = env_bool("PORTAL_DEMO", "False")
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "accounts.apps.AccountsConfig",
    "hazards.apps.HazardsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_include_bootstrap",
    "js_lib_bootstrap_icons",
    "pgtrigger",
]

MIDDLEWARE = [
    "portal.health.HealthMiddleware",
    "portal.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.ClearedDeviceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.ActingMiddleware",
    "portal.middleware.LargestRequestMiddleware",
    "portal.middleware.RefusalMiddleware",
]

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
                "django.template.context_processors.i18n",
                "portal.context.portal",
            ],
        },
    },
]

# Database: the application's role owns nothing; the owner's role migrates.
# With PORTAL_ROLE=owner this process is the owner (migrations, nothing else).
DATABASE_ROLE = env_str("PORTAL_ROLE", "application")
DATABASES = {
    "default": {
        **dj_database_url.parse(
            env_str(
                "DATABASE_OWNER_URL" if DATABASE_ROLE == "owner" else "DATABASE_URL"
            ),
            conn_max_age=60,
            conn_health_checks=True,
        ),
        "ATOMIC_REQUESTS": False,
    }
}
# No statement of a page may hold one of the few threads for long; jobs and commands may
# take their time. The web sets it (portal.wsgi); 0 = as long as it takes.
STATEMENT_SECONDS = float(env_str("DATABASE_STATEMENT_SECONDS", "0"))
_OPTIONS: dict[str, str] = dict(DATABASES["default"].get("OPTIONS") or {})  # type: ignore[call-overload]
_OPTIONS["options"] = " ".join(
    [_OPTIONS.get("options", ""), f"-c statement_timeout={STATEMENT_SECONDS}s"]
).strip()
DATABASES["default"]["OPTIONS"] = _OPTIONS
# The role to which the owner grants what the application may do.
DATABASE_APPLICATION_ROLE = env_str("DATABASE_APPLICATION_ROLE", "portal_application")

# Files: photos and documents of reports, each under the digest of its bytes.
STORAGES = {
    "default": {
        "BACKEND": "portal.storage.DurableStorage",
        "OPTIONS": {
            "location": env_str(
                "ATTACHMENTS_DIR", str(BASE_DIR / ".state" / "attachments")
            ),
        },
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Bytes of a whole request, told by its head before anything is read: three files of the
# largest size (hazards/rules/limits.toml) and the form around them.
LARGEST_REQUEST = 64 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 12

# Cache and broker: nothing lives there that must not be lost.
REDIS_URL = env_str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://"),
    }
}

# Jobs: one schedule, reviewed like code.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Where the broker went away, the worker ends and its supervisor starts a new one: one
# that reconnected by itself was seen to stop taking jobs, now and then (celery#9054).
CELERY_BROKER_CONNECTION_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Seconds after which a job that nobody finished is handed out again.
    "visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT,
    # Seconds between two looks whether the broker still answers; by default 25, and a
    # worker that waits for a lost one would be found after 51.
    "health_check_interval": 5,
}
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_TASK_DEFAULT_QUEUE = "celery"
# Beat sends a sign of life this often; /healthz calls it late after that long.
HEARTBEAT_SECONDS = float(env_str("HEARTBEAT_SECONDS", "15"))
HEARTBEAT_LATE_SECONDS = float(env_str("HEARTBEAT_LATE_SECONDS", "60"))
# The clock looks this often; what nobody began for that long is left to the next look.
SCAN_SECONDS = float(env_str("SCAN_SECONDS", "60"))
SCAN_EXPIRES = SCAN_SECONDS + 30
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {
        "task": "portal.tasks.heartbeat",
        "schedule": HEARTBEAT_SECONDS,
        "kwargs": {"sent_at": BeatLazyFunc(moment_of_sending)},
        "options": {"expires": 3 * HEARTBEAT_SECONDS},
    },
    # Two runs, so that a receiver who lets the portal wait holds up no mail.
    "deliver-mails": {
        "task": "hazards.tasks.deliver_notices",
        "schedule": 10.0,
        "kwargs": {"mails": True},
        "options": {"expires": 15},
    },
    "deliver-posts": {
        "task": "hazards.tasks.deliver_notices",
        "schedule": 10.0,
        "kwargs": {"mails": False},
        "options": {"expires": 15},
    },
    # Duties that come due; one cheap question where there is nothing.
    "scan": {
        "task": "hazards.tasks.scan",
        "schedule": SCAN_SECONDS,
        "options": {"expires": SCAN_EXPIRES},
    },
    # Once a night: what is stored beside what the rules say; later hours go on with a
    # walk that was cut short, else find it done.
    "check-duties": {
        "task": "hazards.tasks.check_duties",
        "schedule": crontab(hour="1-5", minute="20"),
        "options": {"expires": 30 * 60},
    },
    # Once a day, early; later hours catch up what was missed, else find it done.
    "export-heads": {
        "task": "hazards.tasks.export_heads",
        "schedule": crontab(hour="3-23", minute="10"),
        "options": {"expires": 30 * 60},
    },
    "keep-copies": {
        "task": "hazards.tasks.keep_copies",
        "schedule": 30.0,
        "options": {"expires": 45},
    },
    # A queue's page sums what has moved since: a minute's moves, however many they are.
    "fold-tallies": {
        "task": "hazards.tasks.fold_tallies",
        "schedule": 60.0,
        "options": {"expires": 90},
    },
    "sweep": {
        "task": "hazards.tasks.sweep",
        "schedule": crontab(hour="3", minute="30"),
        "options": {"expires": 60 * 60},
    },
}

# Heads of chains, written and signed daily outside the database (docs/records.md): the
# folder of the files, and the private key that signs them, beside it its public one.
HEADS_DIR = env_str("HEADS_DIR", "")
HEADS_KEY = env_str("HEADS_KEY", "")

# The clock: into how many parts a run is shared out among the workers, and how many
# late reminders (of an import, after an outage) it sends without asking an operator.
SCAN_SHARES = int(env_str("SCAN_SHARES", "2"))
LATE_REMINDERS_A_RUN = int(env_str("LATE_REMINDERS_A_RUN", "1000"))

# What Prometheus must say to read /metrics; empty = there is no such page.
METRICS_TOKEN = env_str("METRICS_TOKEN", "")

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.UsernameOrMobileBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_DJANGO_RULES = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": name, **options}
    for name, options in (
        (f"{_DJANGO_RULES}.UserAttributeSimilarityValidator", {}),
        (
            "accounts.passwords.MinimumLengthValidator",
            {"OPTIONS": {"min_length": 10}},
        ),
        (f"{_DJANGO_RULES}.CommonPasswordValidator", {}),
        (f"{_DJANGO_RULES}.NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {"login": "accounts.forms.sign_in.LoginForm"}
# Passwords are throttled by accounts.services.sign_in, in the database and by what is
# typed; behind a proxy every person may come from one address. What remains of
# "login_failed" counts wrong second factors, per person.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/300s/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_TOTP_ISSUER = "Hazard portal"

# Sessions
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 2 * 60 * 60  # idle seconds; see accounts.middleware
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Mail
EMAIL_BACKEND = env_str(
    "EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = env_str("EMAIL_HOST", "localhost")
EMAIL_PORT = int(env_str("EMAIL_PORT", "25"))
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", "False")
EMAIL_TIMEOUT = 10
# Other ways out (docs/operations.md): robots of chat groups, webhooks, and text
# messages by a provider's class of the place's own.
CHANNELS = env_list("CHANNELS", "wecom,dingtalk,feishu,webhook")
CHANNELS = [] if CHANNELS == ["none"] else CHANNELS
SMS_PROVIDER = env_str("SMS_PROVIDER", "")
CHANNELS_LOOPBACK = env_bool("CHANNELS_LOOPBACK", "False")  # tests only
# Where this portal is found, for links in mail.
PORTAL_URL = env_str("PORTAL_URL", "http://127.0.0.1:8000")
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "portal@localhost")

# Language and time: stored in UTC, judged and shown in Asia/Shanghai.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Look
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = env_bool("WHITENOISE_AUTOREFRESH", "False")  # tests only
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Security. HTTPS is demanded unless the address is this machine's own.
HTTPS = env_bool("PORTAL_HTTPS", "True")
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's own icons are data: images
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Logs: one line an event, no personal data.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "portal.logs.LineFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "propagate": True, "level": "INFO"}},
}
