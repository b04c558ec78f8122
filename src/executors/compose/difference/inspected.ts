import * as z from 'zod';

const TEXTS = z.array(z.string()).nullish();
const PAIRS = z.record(z.string(), z.string()).nullish();

const HEALTH = z
  .object({
    Test: TEXTS,
    Interval: z.number().nullish(),
    Timeout: z.number().nullish(),
    StartPeriod: z.number().nullish(),
    Retries: z.number().nullish(),
  })
  .nullish();

const PROCESS = {
  Env: TEXTS,
  Cmd: TEXTS,
  Entrypoint: TEXTS,
  User: z.string().nullish(),
  WorkingDir: z.string().nullish(),
  Labels: PAIRS,
  ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
  Volumes: z.record(z.string(), z.unknown()).nullish(),
  StopSignal: z.string().nullish(),
  Healthcheck: HEALTH,
};

/** What an image gives to containers that say nothing else. */
export const DEFAULTS = z.object(PROCESS);
export type Defaults = z.output<typeof DEFAULTS>;

const HOST_CONFIG = z.object({
  Binds: TEXTS,
  Mounts: z
    .array(
      z.object({
        Type: z.string(),
        Source: z.string().nullish(),
        Target: z.string(),
        ReadOnly: z.boolean().nullish(),
        BindOptions: z.object({ Propagation: z.string().nullish() }).nullish(),
        VolumeOptions: z.object({ Subpath: z.string().nullish() }).nullish(),
        TmpfsOptions: z.object({ SizeBytes: z.number().nullish() }).nullish(),
      }),
    )
    .nullish(),
  Tmpfs: PAIRS,
  PortBindings: z
    .record(
      z.string(),
      z.array(z.object({ HostIp: z.string().nullish(), HostPort: z.string().nullish() })).nullish(),
    )
    .nullish(),
  NetworkMode: z.string().nullish(),
  PidMode: z.string().nullish(),
  IpcMode: z.string().nullish(),
  UTSMode: z.string().nullish(),
  UsernsMode: z.string().nullish(),
  CgroupnsMode: z.string().nullish(),
  Privileged: z.boolean().nullish(),
  CapAdd: TEXTS,
  CapDrop: TEXTS,
  SecurityOpt: TEXTS,
  Devices: z
    .array(z.object({ PathOnHost: z.string(), PathInContainer: z.string(), CgroupPermissions: z.string() }))
    .nullish(),
  DeviceCgroupRules: TEXTS,
  DeviceRequests: z
    .array(
      z.object({
        Driver: z.string().nullish(),
        Count: z.number().nullish(),
        DeviceIDs: TEXTS,
        Capabilities: z.array(z.array(z.string())).nullish(),
      }),
    )
    .nullish(),
  GroupAdd: TEXTS,
  ReadonlyRootfs: z.boolean().nullish(),
  RestartPolicy: z.object({ Name: z.string(), MaximumRetryCount: z.number() }).nullish(),
  Runtime: z.string().nullish(),
  LogConfig: z.object({ Type: z.string(), Config: PAIRS }).nullish(),
  Dns: TEXTS,
  DnsSearch: TEXTS,
  ExtraHosts: TEXTS,
  Sysctls: PAIRS,
  Ulimits: z.array(z.object({ Name: z.string(), Soft: z.number(), Hard: z.number() })).nullish(),
  Init: z.boolean().nullish(),
  Memory: z.number().nullish(),
  MemoryReservation: z.number().nullish(),
  NanoCpus: z.number().nullish(),
  CpuShares: z.number().nullish(),
  CpusetCpus: z.string().nullish(),
  PidsLimit: z.number().nullish(),
  ShmSize: z.number().nullish(),
});

/** What `docker container inspect` prints of a container, as far as its making decided it. */
export const MADE = z.object({
  Id: z.string(),
  Name: z.string(),
  Image: z.string(),
  Config: z.object({
    ...PROCESS,
    Image: z.string(),
    Hostname: z.string().nullish(),
    Domainname: z.string().nullish(),
    Tty: z.boolean().nullish(),
    OpenStdin: z.boolean().nullish(),
    StopTimeout: z.number().nullish(),
  }),
  HostConfig: HOST_CONFIG,
  NetworkSettings: z.object({
    Networks: z
      .record(
        z.string(),
        z
          .object({
            Aliases: TEXTS,
            IPAMConfig: z
              .object({ IPv4Address: z.string().nullish(), IPv6Address: z.string().nullish() })
              .nullish(),
          })
          .nullish(),
      )
      .nullish(),
  }),
  Mounts: z
    .array(z.object({ Type: z.string(), Name: z.string().nullish(), Destination: z.string() }))
    .nullish(),
});
export type Made = z.output<typeof MADE>;
