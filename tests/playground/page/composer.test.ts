import { expect, test } from '@jest/globals';
import { choicesFor, startCommand } from '../../../src/playground/page/composer/state.js';

type Pick = Parameters<typeof startCommand>[0];

const intent = {
  type: 3,
  name: 'intent',
  description: 'What to back up',
  required: true,
  autocomplete: true,
};
const command = { name: 'backup', description: 'Back up', options: [intent] } as unknown as Pick['command'];
const begun = startCommand({ command, words: 'backup', description: 'Back up', options: command.options });
const choices = ['demo', 'library', 'photos'].map((name) => ({ name, value: name }));
const names = (typed: string, asking: string | null) =>
  choicesFor({ ...begun, choices, typed: { intent: typed }, asking }).map(({ name }) => name);

test('what the bot offers is shown as it is', () => {
  expect(names('lib', null)).toEqual(['demo', 'library', 'photos']);
});

test('what it offered for an earlier text stays only where it fits, so that Enter takes nothing else', () => {
  expect(names('', 'ask-2')).toEqual(['demo', 'library', 'photos']);
  expect(names('LIB', 'ask-2')).toEqual(['library']);
  expect(names('x', 'ask-2')).toEqual([]);
});
