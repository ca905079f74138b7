# syntax=docker/dockerfile:1
# Small by default: no PyTorch; the built-in embedding model needs none. With other models on the CPU:
#   docker build --build-arg EXTRAS=models --build-arg PIP_EXTRA_INDEX_URL=<PyTorch's CPU wheels> -t yiju .
FROM python:3.12-slim-bookworm AS build
ARG EXTRAS=""
ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /app
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.cache/pip \
  /app/bin/pip install -c requirements.lock ".${EXTRAS:+[$EXTRAS]}"

FROM python:3.12-slim-bookworm
RUN useradd --uid 10001 --create-home yiju && install -d -o yiju -g yiju /data
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 YIJU_DATA=/data YIJU_PORT=8000
USER yiju
WORKDIR /data
VOLUME /data
EXPOSE 8000
# The start period covers the first start, which indexes the samples.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['YIJU_PORT'] + '/health/live', timeout=4)"]
CMD ["yiju", "serve", "--host", "0.0.0.0"]
