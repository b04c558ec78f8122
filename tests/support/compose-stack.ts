import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker, idsOf, testName } from './docker-cli.js';
import { OWNER_LABEL } from './docker-images.js';

/** A Compose project of a test's own, with everything that is removed in the end. */
export class ComposeStack {
  readonly name = testName();
  readonly folder = mkdtempSync(join(tmpdir(), 'chatops-test-stack-'));
  readonly file = join(this.folder, 'docker-compose.yml');

  /** `none`: services have no network unless they name one, as each one takes an engine a while. */
  constructor(private readonly network: 'default' | 'none' = 'default') {}

  /** Writes the Compose file: its services, as JSON is YAML. */
  write(given: Readonly<Record<string, object>>, more: object = {}): void {
    const alone = (service: object): object =>
      this.network === 'default' || 'networks' in service ? service : { network_mode: 'none', ...service };
    const services = Object.fromEntries(Object.entries(given).map(([name, one]) => [name, alone(one)]));
    writeFileSync(this.file, JSON.stringify({ name: this.name, services, ...more }));
  }

  compose(...args: readonly string[]): void {
    docker('compose', '-f', this.file, ...args);
  }

  /** What somebody at the keyboard would do. */
  up(...args: readonly string[]): void {
    this.compose('up', '-d', ...args);
  }

  /** Names of the containers without the project's, running or not: `web-1`. */
  names(...filters: readonly string[]): string[] {
    const ids = idsOf('ps', '-a', '--format', '{{.Names}}', ...this.#filters(), ...filters);
    return ids.map((name) => name.replace(`${this.name}-`, '')).sort();
  }

  running(): string[] {
    return this.names('--filter', 'status=running');
  }

  /** A service's container ids, sorted. */
  ids(service: string): string[] {
    const label = `label=com.docker.compose.service=${service}`;
    return idsOf('ps', '-aq', '--no-trunc', ...this.#filters(), '--filter', label).sort();
  }

  /** The image ids that a service's containers were made from, without repetition. */
  images(service: string): string[] {
    const ids = this.ids(service);
    return ids.length === 0 ? [] : [...new Set(idsOf('inspect', '--format', '{{.Image}}', ...ids))];
  }

  clean(): void {
    const labels = '{{.Label "com.docker.compose.project"}} {{.Label "chatops.twin.project"}}';
    const all = idsOf('ps', '-a', '--format', `{{.ID}} ${labels}`).filter(this.#isOurs);
    if (all.length > 0)
      spawnSync('docker', ['rm', '-f', '-v', ...all.map((line) => line.split(' ')[0] ?? '')]);
    // A busy engine may hold a removed container's endpoint for a moment.
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const networks = idsOf('network', 'ls', '-q', '--filter', `name=${this.name}`);
      if (networks.length === 0) break;
      if (spawnSync('docker', ['network', 'rm', ...networks]).status === 0) break;
    }
    const volumes = idsOf('volume', 'ls', '-q', '--filter', `name=${this.name}`);
    if (volumes.length > 0) spawnSync('docker', ['volume', 'rm', ...volumes]);
    const format = '{{.Repository}}:{{.Tag}} {{.Repository}}@{{.Digest}}';
    const names = idsOf('images', '--digests', '--format', format).filter(this.#isOurs).join(' ').split(' ');
    const images = new Set(names.filter((name) => name !== '' && !name.endsWith('<none>')));
    if (images.size > 0) spawnSync('docker', ['rmi', '-f', ...images]);
    const untagged = idsOf('images', '-q', '--no-trunc', '--filter', `label=${OWNER_LABEL}=${this.name}`);
    if (untagged.length > 0) spawnSync('docker', ['rmi', '-f', ...new Set(untagged)]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  readonly #isOurs = (line: string): boolean => line.includes(this.name);

  #filters(): string[] {
    return ['--filter', `label=com.docker.compose.project=${this.name}`];
  }
}
