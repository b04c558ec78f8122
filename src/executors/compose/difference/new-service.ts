import type { ComposeProject } from '../project.js';
import { differences } from './compare.js';
import { MADE } from './inspected.js';
import { DEFINITIONS, RENDERED } from './rendered.js';
import type { ServiceChange } from './service.js';
import type { Setting, Topic } from './setting.js';
import { changeWords } from './words.js';

/** A container that was given nothing. */
const BARE = MADE.parse({
  ...{ Id: '', Name: '', Image: '', HostConfig: {}, NetworkSettings: {} },
  Config: { Image: '' },
});

/** What people want to see of something that they have never seen running. */
const SHOWN: readonly Topic[] = ['privileged', 'capability', 'security', 'device', 'mount', 'port'];

/** What the first container of a service would be given, as if it were a change from nothing. */
export function newService({ config }: ComposeProject, service: string): ServiceChange {
  const raw = config.services?.[service] ?? {};
  const around = { defaults: null, definitions: DEFINITIONS.parse(config), serviceOf: () => null };
  const settings = differences(RENDERED.parse(raw), BARE, around).filter(isShown);
  return { isChanged: false, settings, words: changeWords(settings), note: null };
}

function isShown({ topic, wanted }: Setting): boolean {
  return SHOWN.includes(topic) || (topic === 'namespace' && wanted === 'host');
}
