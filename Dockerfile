FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
COPY commands ./commands
RUN npm run build && npm prune --omit=dev

FROM docker:28-cli AS docker

FROM node:24-bookworm-slim
# What the executors call; tini reaps the children of children.
RUN apt-get update \
  && apt-get install -y --no-install-recommends curl openssh-client pigz rsync tini zstd \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node -m 0700 /data && install -d /app && ln -s /data /app/data
COPY --from=docker /usr/local/bin/docker /usr/local/bin/docker
COPY --from=docker /usr/local/libexec/docker/cli-plugins/docker-compose /usr/local/libexec/docker/cli-plugins/docker-compose
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist/bin ./dist/bin
COPY --from=build /app/dist/page ./dist/page
COPY intents ./intents
ENV NODE_ENV=production CHATOPS_DATA_DIR=/data CHATOPS_INTENTS_DIR=/app/intents
USER node
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.CHATOPS_HTTP_PORT || 8000) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "node", "dist/bin/chatops.js"]
CMD ["start"]
