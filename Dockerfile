# The product: one image, one process a container. Build with: docker build -t relance .
FROM node:24.11.1-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Only what the compiler and the bundler need is built; the local stack's own PostgreSQL is not.
RUN npm ci --no-audit --no-fund --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.ts scripts/build.ts
COPY scripts/stack/places.ts scripts/stack/places.ts
COPY domain domain
COPY contracts contracts
COPY workflows workflows
COPY activities activities
COPY client client
COPY mail mail
COPY db db
COPY config config
COPY metrics metrics
COPY tracing tracing
COPY api api
COPY relay relay
COPY worker worker
COPY operations operations
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24.11.1-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
USER node
CMD ["node", "dist/api/main.js"]
