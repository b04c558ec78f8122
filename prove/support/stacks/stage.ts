import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker } from '../../../tests/support/docker-cli.js';
import { look, tried } from './engine.js';
import type { Edit, Service, Story } from './story.js';

/** Ids of three images: what runs, what follows, and one that ends at once. */
export interface Images {
  readonly old: string;
  readonly next: string;
  readonly bad: string;
}

/** The Compose project of one story, and what is done to it by hand. */
export class Stage {
  readonly project: string;
  readonly root = mkdtempSync(join(tmpdir(), 'chatops-test-stacks-'));
  readonly folder: string;
  readonly #services: Record<string, Service>;
  #override: Record<string, Service> | null;

  constructor(
    readonly story: Story,
    seed: number,
    private readonly images: Images,
  ) {
    this.project = `chatops-test-${process.pid}-${seed}`;
    this.folder = join(this.root, this.project);
    this.#services = { ...story.services };
    this.#override = story.override && { ...story.override };
    mkdirSync(this.folder);
    mkdirSync(join(this.root, 'intents'));
    for (const name of Object.keys(story.services)) docker('tag', images.old, this.image(name));
    const profiles = story.profiles.length > 0 ? `profiles: [${story.profiles.join(', ')}]\n` : '';
    // A program of before folders were taken needs the file.
    const compose = process.env.STACKS_FILE ? join(this.folder, 'docker-compose.yml') : this.folder;
    const intent = `action: rollout\nstack: ${this.project}\ncompose: ${compose}\nstable_for: 1\ntimeout: 10\n${profiles}`;
    writeFileSync(join(this.root, 'intents', 'rollout_it.yaml'), intent);
    if (story.env !== null) writeFileSync(join(this.folder, '.env'), story.env);
    for (const [name, text] of Object.entries(story.envFiles))
      writeFileSync(join(this.folder, `${name}.env`), text);
    this.#write();
  }

  image(name: string): string {
    return `${this.project}/${name}:1`;
  }

  /** What somebody at the keyboard would do. */
  up(...args: readonly string[]): boolean {
    const on = this.story.profiles.flatMap((profile) => ['--profile', profile]);
    return tried(this.folder, 'compose', ...on, 'up', '-d', ...args);
  }

  /** Gives the images of the story's services, by their names, to what follows. */
  move(): void {
    for (const name of this.story.moved) docker('tag', this.images.next, this.#imageOf(name));
  }

  edit(edit: Edit): void {
    const { target, envFiles, env } = this.story;
    const change = (more: Service): void => {
      this.#services[target] = { ...this.#services[target], ...more };
      this.#write();
    };
    const volumes = (this.#services[target]?.volumes ?? []) as readonly string[];
    switch (edit) {
      case 'none':
        return;
      case 'bad image':
        docker('tag', this.images.bad, this.#imageOf(target));
        return;
      case 'another image':
        docker('tag', this.images.next, this.#imageOf(target));
        return;
      case 'variable':
        change({ environment: { OWN: target, EDITED: '1' } });
        return;
      case 'bind':
        change({ volumes: [...volumes, `${this.root}:/edited`] });
        return;
      case 'privileged':
        change({ privileged: true });
        return;
      case 'command':
        change({ command: ['/bin/sh', '-c', 'sleep 100001 & trap "exit 0" TERM; wait'] });
        return;
      case 'label':
        change({ labels: { edited: 'yes' } });
        return;
      case 'service removed':
        this.#remove(target);
        return;
      case 'service added': {
        docker('tag', this.images.old, this.image('z'));
        this.#services.z = { image: 'IMAGE-z', pull_policy: 'never' };
        this.#write();
        return;
      }
      case 'override':
        this.#override = { ...this.#override, [target]: { environment: { EDITED: 'over' } } };
        this.#write();
        return;
      case 'env file':
        if (env !== null) writeFileSync(join(this.folder, '.env'), 'VALUE=two\n');
        for (const name of Object.keys(envFiles))
          writeFileSync(join(this.folder, `${name}.env`), 'FILED=two\n');
        return;
      case 'stopped by hand':
        for (const { id } of this.#own(target)) tried(this.folder, 'stop', id);
        return;
      case 'scaled by hand':
        this.up('--no-deps', '--no-recreate', '--scale', `${target}=${this.#own(target).length + 1}`, target);
    }
  }

  clean(): void {
    tried(this.folder, 'compose', '--profile', '*', 'down', '-v', '-t', '1', '--remove-orphans');
    const rest = docker('ps', '-aq', '--filter', `label=chatops.twin.project=${this.project}`);
    for (const id of rest.split('\n').filter(Boolean)) tried(this.root, 'rm', '-f', '-v', id);
    const names = docker('images', '--format', '{{.Repository}}:{{.Tag}}', `${this.project}/*`);
    for (const name of names.split('\n').filter(Boolean)) tried(this.root, 'rmi', name);
    rmSync(this.root, { recursive: true, force: true });
  }

  #own(service: string) {
    return [...look(this.project).values()].filter((one) => one.service === service);
  }

  #imageOf(service: string): string {
    return this.#named(String(this.#services[service]?.image));
  }

  /** With whatever needs it. */
  #remove(target: string): void {
    const refers = (service: Service): boolean =>
      service.network_mode === `service:${target}` || target in ((service.depends_on ?? {}) as object);
    if (Object.values(this.#services).some(refers) || Object.keys(this.#services).length === 1) return;
    delete this.#services[target];
    if (this.#override) delete this.#override[target];
    this.#write();
  }

  #write(): void {
    const volumes = Object.keys(this.#services).map((name) => [`data-${name}`, {}]);
    const file = { services: this.#services, volumes: Object.fromEntries(volumes) };
    writeFileSync(join(this.folder, 'docker-compose.yml'), this.#named(JSON.stringify(file)));
    if (this.#override === null || Object.keys(this.#override).length === 0) return;
    const override = this.#named(JSON.stringify({ services: this.#override }));
    writeFileSync(join(this.folder, 'docker-compose.override.yml'), override);
  }

  #named(text: string): string {
    return text
      .replaceAll(/IMAGE-(\w+)/g, (_, name: string) => this.image(name))
      .replaceAll('CONTAINER-', `${this.project}-own-`);
  }
}
