"""What granian serves: `granian --interface wsgi yesword.web.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yesword.web.settings")
application = get_wsgi_application()
