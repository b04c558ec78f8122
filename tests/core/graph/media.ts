import { readIntent } from '../../../src/core/intent/read-intent.js';
import type { Intent } from '../../../src/core/model/intent.js';

/** An intent of this text; fails the test when there is anything wrong with it. */
export function intentOf(name: string, text: string): Intent {
  const { intent, problems } = readIntent(text, `/intents/${name}.yaml`);
  if (!intent) throw new Error(JSON.stringify(problems, null, 2));
  return intent;
}

/** A backup of files, which the core's test executor knows. */
export function backupText(name: string, more = ''): string {
  return `action: backup\nbackup_type: files\nstack: media\nsource: /srv/${name}\ndestination: /mnt/${name}\n${more}`;
}
