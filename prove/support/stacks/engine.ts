import { execFileSync, spawnSync } from 'node:child_process';
import { docker } from '../../../tests/support/docker-cli.js';

/** A container as the engine tells of it, as far as it is judged. Nothing of the product is used to look. */
export interface Seen {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly image: string;
  readonly isUp: boolean;
  readonly exitCode: number;
  /** What it was made with: sorted texts, and no ids that a new container can't have. */
  readonly spec: Spec;
}

export interface Spec {
  readonly env: readonly string[];
  readonly mounts: readonly string[];
  readonly command: string;
  readonly privileged: boolean;
  readonly labels: readonly string[];
}

interface Raw {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly State: { readonly Status: string; readonly ExitCode: number };
  readonly Config: {
    readonly Env: readonly string[] | null;
    readonly Cmd: readonly string[] | null;
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly HostConfig: { readonly Privileged: boolean };
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Source: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
}

/** Whether it went well; what it says is nobody's business. */
export function tried(cwd: string, ...args: readonly string[]): boolean {
  return spawnSync('docker', args, { cwd, stdio: 'ignore', env: { ...process.env, PWD: cwd } }).status === 0;
}

/** All containers of a project, by their names. */
export function look(project: string): ReadonlyMap<string, Seen> {
  const ids = docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${project}`);
  if (ids === '') return new Map();
  const raw = JSON.parse(docker('inspect', ...ids.split('\n'))) as readonly Raw[];
  return new Map(raw.map((one) => [one.Name.slice(1), seenOf(one)]));
}

function seenOf({ Id, Name, Image, State, Config, HostConfig, Mounts }: Raw): Seen {
  const own = Object.entries(Config.Labels).filter(
    ([name]) => !/^(com\.docker\.compose|chatops)\b/.test(name),
  );
  return {
    id: Id,
    name: Name.slice(1),
    service: Config.Labels['com.docker.compose.service'] ?? '',
    image: Image,
    isUp: State.Status === 'running',
    exitCode: State.ExitCode,
    spec: {
      env: [...(Config.Env ?? [])].sort(),
      mounts: Mounts.map(
        ({ Type, Name: volume, Source, Destination, RW }) =>
          `${Type} ${volume ?? Source} ${Destination} ${RW ? 'rw' : 'ro'}`,
      ).sort(),
      command: JSON.stringify(Config.Cmd),
      privileged: HostConfig.Privileged,
      labels: own.map(([name, value]) => `${name}=${value}`).sort(),
    },
  };
}

/** What Compose itself would make of a service now: its image's id, and what its configuration says. */
export interface Shown {
  readonly image: string;
  readonly env: readonly string[];
  readonly binds: readonly string[];
  readonly privileged: boolean;
  readonly command: string;
}

interface Config {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image: string;
        readonly environment?: Readonly<Record<string, string>>;
        readonly volumes?: readonly {
          readonly type: string;
          readonly source?: string;
          readonly target: string;
        }[];
        readonly privileged?: boolean;
        readonly command?: readonly string[];
      }
    >
  >;
}

/** As the files and the images' names are at this moment. */
export function shownNow(folder: string, profiles: readonly string[]): ReadonlyMap<string, Shown> {
  const on = profiles.flatMap((profile) => ['--profile', profile]);
  const argv = ['compose', ...on, 'config', '--format', 'json'];
  const env = { ...process.env, PWD: folder };
  const { services } = JSON.parse(
    execFileSync('docker', argv, { cwd: folder, encoding: 'utf8', env }),
  ) as Config;
  return new Map(
    Object.entries(services).map(([name, { image, environment = {}, volumes = [], privileged, command }]) => [
      name,
      {
        image: docker('image', 'inspect', '--format', '{{.Id}}', image),
        env: Object.entries(environment).map(([key, value]) => `${key}=${value}`),
        binds: volumes.flatMap(({ type, source, target }) => (type === 'bind' ? `${source} ${target}` : [])),
        privileged: privileged ?? false,
        // What is rendered is escaped once more for the next reader.
        command: JSON.stringify(command ?? null).replaceAll('$$', '$'),
      },
    ]),
  );
}
