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

  /** Writes the Compose file: its services, as JSON is YAML. */
  write(services: Readonly<Record<string, object>>, more: object = {}): void {
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
    return [...new Set(this.ids(service).map((id) => docker('inspect', '--format', '{{.Image}}', id)))];
  }

  clean(): void {
    const twins = `label=chatops.twin.project=${this.name}`;
    const all = [...idsOf('ps', '-aq', ...this.#filters()), ...idsOf('ps', '-aq', '--filter', twins)];
    if (all.length > 0) spawnSync('docker', ['rm', '-f', '-v', ...all]);
    // A busy engine may hold a removed container's endpoint for a moment.
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const networks = idsOf('network', 'ls', '-q', '--filter', `name=${this.name}`);
      if (networks.length === 0) break;
      spawnSync('docker', ['network', 'rm', ...networks]);
    }
    spawnSync('docker', ['volume', 'rm', ...idsOf('volume', 'ls', '-q', '--filter', `name=${this.name}`)]);
    const images = idsOf('images', '--format', '{{.Repository}}:{{.Tag}}').filter((image) =>
      image.includes(this.name),
    );
    const digests = idsOf('images', '--digests', '--format', '{{.Repository}}@{{.Digest}}');
    const ours = digests.filter((image) => image.includes(this.name) && !image.endsWith('<none>'));
    if (images.length + ours.length > 0) spawnSync('docker', ['rmi', '-f', ...images, ...ours]);
    const untagged = idsOf('images', '-q', '--no-trunc', '--filter', `label=${OWNER_LABEL}=${this.name}`);
    if (untagged.length > 0) spawnSync('docker', ['rmi', '-f', ...new Set(untagged)]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #filters(): string[] {
    return ['--filter', `label=com.docker.compose.project=${this.name}`];
  }
}
