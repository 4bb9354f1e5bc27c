# One image for API and worker; which of them a container is, its argument says.
FROM node:24-bookworm-slim

RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

COPY activities ./activities
COPY api ./api
COPY domain ./domain
COPY lab ./lab
COPY plugins ./plugins
COPY workers ./workers
COPY workflows ./workflows
COPY docker/entrypoint.sh ./docker/entrypoint.sh
COPY LICENSE ./LICENSE

RUN mkdir -p /var/cache/emco && chown node:node /var/cache/emco
USER node
# Helm in the version that this emco was tested with, into the user's cache.
RUN node lab/install.ts --only helm

ENV EMCO_CACHE=/var/cache/emco
EXPOSE 9015
ENTRYPOINT ["/bin/sh", "/app/docker/entrypoint.sh"]
CMD ["all"]
