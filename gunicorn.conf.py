"""gunicorn settings of the service; see docs/adr/0001 for the measurements behind them.

Threads with keep-alive can land every connection on one worker unless the port is reused; a forked process hangs in
numerical libraries that started threads before the fork, hence one thread each, set before anything imports numpy.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

wsgi_app = "service.api:create_app()"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
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
