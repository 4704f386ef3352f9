"""The WSGI application that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("DATABASE_STATEMENT_SECONDS", "10")

application = get_wsgi_application()

# What is loaded now stays: the collector need not look through it at every turn, nor
# begin a turn with every few objects of a page (a tenth of a page's time).
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
