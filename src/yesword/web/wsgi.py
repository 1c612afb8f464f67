"""What granian serves: `granian --interface wsgi yesword.web.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from yesword.worker.supervisor import die_with_parent

# The server's workers load this; one whose server was killed must not go on listening.
die_with_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yesword.web.settings")
application = get_wsgi_application()
