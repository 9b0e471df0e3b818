"""gunicorn settings of the service; see docs/adr/0001 for the measurements behind them.

Threads with keep-alive can land every connection on one worker unless the port is reused; a forked process hangs in
numerical libraries that started threads before the fork, hence one thread each, set before anything imports numpy.
"""

import gc
import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # the gunicorn command does not look beside this file
from service.config import ConfigError, Settings  # after the threads are limited

try:
    settings = Settings.from_environment()
except ConfigError as error:
    sys.exit(str(error))

wsgi_app = "service.api:create_app()"
bind = f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"
worker_class = "gthread"
workers = settings.workers
threads = 4
preload_app = True
reuse_port = True
timeout = 30
graceful_timeout = 20
keepalive = 5
# The application logs each request itself, without its text.
accesslog = None
errorlog = "-"
loglevel = "warning"


def when_ready(server: object) -> None:
    """Before the fork: what was loaded stays for good, so no collection looks at it or copies its pages."""
    gc.collect()
    gc.freeze()
