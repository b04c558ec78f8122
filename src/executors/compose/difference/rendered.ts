import * as z from 'zod';

const TEXTS = z.array(z.coerce.string()).nullish();
const PAIRS = z.record(z.string(), z.coerce.string().nullable()).nullish();
/** Compose writes sizes as text, and takes numbers as well. */
const NUMBER = z.coerce.number().nullish();

const MOUNT = z.object({
  type: z.string(),
  source: z.string().nullish(),
  target: z.string(),
  read_only: z.boolean().nullish(),
  bind: z.object({ propagation: z.string().nullish() }).nullish(),
  volume: z.object({ subpath: z.string().nullish() }).nullish(),
  tmpfs: z.object({ size: NUMBER }).nullish(),
});

const FILE_MOUNT = z.object({ source: z.string(), target: z.string().nullish() });

const PORT = z.object({
  target: z.coerce.number(),
  published: z.coerce.string().nullish(),
  host_ip: z.string().nullish(),
  protocol: z.string().nullish(),
});

const DEVICE = z.union([
  z.string(),
  z.object({ source: z.string(), target: z.string().nullish(), permissions: z.string().nullish() }),
]);

const DEVICE_REQUEST = z.object({
  driver: z.string().nullish(),
  count: z.coerce.string().nullish(),
  device_ids: TEXTS,
  capabilities: TEXTS,
});

const ULIMIT = z.union([z.number(), z.object({ soft: z.number(), hard: z.number() })]);

const ATTACHED = z.object({
  aliases: TEXTS,
  ipv4_address: z.string().nullish(),
  ipv6_address: z.string().nullish(),
});

const DEPLOY = z.object({
  resources: z
    .object({
      limits: z.object({ memory: NUMBER, cpus: NUMBER, pids: NUMBER }).nullish(),
      reservations: z.object({ memory: NUMBER, devices: z.array(DEVICE_REQUEST).nullish() }).nullish(),
    })
    .nullish(),
  restart_policy: z.object({ condition: z.string().nullish(), max_attempts: NUMBER }).nullish(),
});

/** One service as `docker compose config --format json` prints it, as far as its containers show it. */
export const RENDERED = z.object({
  command: TEXTS,
  entrypoint: TEXTS,
  environment: PAIRS,
  labels: PAIRS,
  image: z.string().nullish(),
  container_name: z.string().nullish(),
  volumes: z.array(MOUNT).nullish(),
  tmpfs: TEXTS,
  secrets: z.array(FILE_MOUNT).nullish(),
  configs: z.array(FILE_MOUNT).nullish(),
  ports: z.array(PORT).nullish(),
  expose: TEXTS,
  networks: z.record(z.string(), ATTACHED.nullish()).nullish(),
  network_mode: z.string().nullish(),
  pid: z.string().nullish(),
  ipc: z.string().nullish(),
  uts: z.string().nullish(),
  cgroup: z.string().nullish(),
  userns_mode: z.string().nullish(),
  privileged: z.boolean().nullish(),
  cap_add: TEXTS,
  cap_drop: TEXTS,
  security_opt: TEXTS,
  devices: z.array(DEVICE).nullish(),
  device_cgroup_rules: TEXTS,
  gpus: z.array(DEVICE_REQUEST).nullish(),
  group_add: TEXTS,
  read_only: z.boolean().nullish(),
  user: z.coerce.string().nullish(),
  working_dir: z.string().nullish(),
  hostname: z.string().nullish(),
  domainname: z.string().nullish(),
  init: z.boolean().nullish(),
  tty: z.boolean().nullish(),
  stdin_open: z.boolean().nullish(),
  stop_signal: z.string().nullish(),
  stop_grace_period: z.string().nullish(),
  healthcheck: z
    .object({
      disable: z.boolean().nullish(),
      test: TEXTS,
      interval: z.string().nullish(),
      timeout: z.string().nullish(),
      start_period: z.string().nullish(),
      retries: NUMBER,
    })
    .nullish(),
  restart: z.string().nullish(),
  runtime: z.string().nullish(),
  logging: z.object({ driver: z.string().nullish(), options: PAIRS }).nullish(),
  dns: TEXTS,
  dns_search: TEXTS,
  extra_hosts: TEXTS,
  sysctls: PAIRS,
  ulimits: z.record(z.string(), ULIMIT).nullish(),
  mem_limit: NUMBER,
  mem_reservation: NUMBER,
  cpus: NUMBER,
  cpu_shares: NUMBER,
  cpuset: z.string().nullish(),
  pids_limit: NUMBER,
  shm_size: NUMBER,
  deploy: DEPLOY.nullish(),
});
export type Rendered = z.output<typeof RENDERED>;

const NAMED = z.looseObject({ name: z.string().nullish(), external: z.unknown().optional() });
const FILED = z.looseObject({ file: z.string().nullish() });

/** What the services of a rendered project refer to. */
export const DEFINITIONS = z.object({
  networks: z.record(z.string(), NAMED.nullish()).nullish(),
  volumes: z.record(z.string(), NAMED.nullish()).nullish(),
  secrets: z.record(z.string(), FILED.nullish()).nullish(),
  configs: z.record(z.string(), FILED.nullish()).nullish(),
});
export type Definitions = z.output<typeof DEFINITIONS>;
