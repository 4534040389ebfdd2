# One image for web, live, worker, beat and migrations; docker-compose.yml says which command each runs.
FROM python:3.13-slim-trixie AS packages
WORKDIR /
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --requirement requirements.txt

FROM python:3.13-slim-trixie
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin clinic \
    && install --directory --owner=clinic --mode=700 /data
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CLINIC_DATA=/data
WORKDIR /app
COPY . .
# The settings ask for secrets that a build does not need, so it gets some that are forgotten at once.
# hadolint ignore=SC2046
RUN env $(python -m clinic.keys) \
    PUBLIC_URL=https://build.invalid DATABASE_URL=postgres://build.invalid/clinic REDIS_URL=redis://build.invalid \
    python manage.py collectstatic --no-input
USER 10001
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "clinic.wsgi", "--bind=0.0.0.0:8000", "--workers=2", "--threads=8", "--no-control-socket"]
