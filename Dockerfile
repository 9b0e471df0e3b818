ARG BASE=python:3.11-slim

# The engine compiled to C extensions; what compiles it stays behind in this stage.
FROM ${BASE} AS engine
WORKDIR /app
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev
COPY requirements.txt requirements-compile.txt pyproject.toml ./
RUN python3 -m pip install --no-cache-dir --require-hashes -r requirements.txt -r requirements-compile.txt
COPY service service
COPY tools/compile_engine.py tools/
RUN python3 -m tools.compile_engine

FROM ${BASE}

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    HOST=0.0.0.0 \
    PORT=8000

WORKDIR /app
COPY requirements.txt requirements-postgres.txt requirements-oidc.txt ./
# --build-arg REQUIREMENTS="requirements-postgres.txt requirements-oidc.txt" adds what DATABASE_URL and OIDC_ISSUER need.
ARG REQUIREMENTS=
RUN python3 -m pip install --require-hashes $(printf -- '-r %s ' requirements.txt $REQUIREMENTS)

COPY --from=engine /app/service service
COPY models models
COPY gunicorn.conf.py .
# Without byte code the first start takes three times as long.
RUN python3 -m compileall -q service && useradd --system --uid 10001 sourcier \
    && install -d -m 0700 -o sourcier /app/data

USER sourcier
# What is kept when a caller sends "store": true.
VOLUME /app/data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s \
    CMD ["python3", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/readyz', timeout=2)"]
CMD ["python3", "-m", "gunicorn", "--config", "gunicorn.conf.py"]
