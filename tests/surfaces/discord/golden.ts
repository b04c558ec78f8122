import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import type { Message } from '../../../src/surfaces/discord/render/fit.js';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'golden');

/** Compares a message with its golden file; `UPDATE_GOLDEN=1` writes the file instead. */
export function expectGolden(name: string, message: Message): void {
  const file = join(FOLDER, `${name}.json`);
  const files = message.files.map(({ name: fileName, data }) => ({
    name: fileName,
    bytes: data.length,
    start: data.subarray(0, 300).toString('utf8').split('\n').slice(0, 8),
  }));
  const embeds = message.embeds.map(({ description, ...embed }) => ({
    ...embed,
    lines: description?.split('\n'),
  }));
  const actual = JSON.parse(JSON.stringify({ ...message, embeds, files }));
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, `${JSON.stringify(actual, null, 2)}\n`);
  }
  expect(actual).toEqual(JSON.parse(readFileSync(file, 'utf8')));
}
