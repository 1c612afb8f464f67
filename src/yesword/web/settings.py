"""Django's settings. Importing them touches neither the database nor the keys."""

import os
from typing import Any

from django.utils.functional import SimpleLazyObject

from yesword.store.configuration import data_folder, databases
from yesword.store.keyfiles import django_secret
from yesword.web import languages
from yesword.web.environment import read_environment
from yesword.web.logs import logging_settings
from yesword.web.paths import LOCALE_FOLDER, STATIC_FOLDER, TEMPLATE_FOLDER

ENVIRONMENT = read_environment(os.environ)

DEBUG = ENVIRONMENT.is_debug
# Read when first used, so that looking at the settings makes no key.
SECRET_KEY: Any = SimpleLazyObject(lambda: django_secret(data_folder()))
ALLOWED_HOSTS = ENVIRONMENT.hosts
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "yesword.store",
]
MIDDLEWARE = [
    "yesword.web.proxies.Proxies",
    "django.middleware.security.SecurityMiddleware",
    "yesword.web.security.SecurityHeaders",
    "yesword.web.probes.Probes",
    "yesword.web.requests.Requests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # A page is closed unless its view says `login_not_required`.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "yesword.web.buttons.ToTheButton",
]
ROOT_URLCONF = "yesword.web.urls"
WSGI_APPLICATION = "yesword.web.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [TEMPLATE_FOLDER],
        "APP_DIRS": False,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "yesword.web.formats",
                "yesword.web.states",
                "yesword.web.figures",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yesword.web.context.shell",
            ],
        },
    }
]

DATABASES = databases()
AUTH_USER_MODEL = "store.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "display_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "console:home"
LOGOUT_REDIRECT_URL = "sign-in"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "yesword"}}

# Over plain HTTP (this machine only) a browser would drop secure cookies; the name says which kind it is.
_COOKIE_PREFIX = "__Host-" if ENVIRONMENT.is_encrypted else ""
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}yesword-session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENVIRONMENT.is_encrypted
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60  # a working day, in seconds
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}yesword-form"
CSRF_FAILURE_VIEW = "yesword.web.console.shell.csrf_failure"
LANGUAGE_COOKIE_NAME = "yesword-language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if ENVIRONMENT.is_encrypted else 0

LANGUAGE_CODE = "en"
LANGUAGES = languages.NAMES
LOCALE_PATHS = [LOCALE_FOLDER]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [STATIC_FOLDER]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
LOGGING = logging_settings(is_debug=DEBUG, as_json=ENVIRONMENT.logs_json)
