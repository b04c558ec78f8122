import * as z from 'zod';
import { intentJson, statusJson } from '../../../core/views/views.js';
import type { ApiDeps } from './deps.js';
import { json, type Operation, operation } from './operation.js';
import { IntentView, StackView } from './schemas.js';

/** What there is, and how it is. */
export function overview({ pipeline, catalogue }: ApiDeps): readonly Operation[] {
  return [
    operation({
      id: 'status',
      method: 'GET',
      path: '/status',
      summary: 'What runs in each stack, and what was last done to it',
      endpoint: 'status',
      answers: { 200: { description: 'By stack, as `chatops status --json`.', schema: z.array(StackView) } },
      handle: async ({ actor }) => json(200, (await pipeline.status(actor)).map(statusJson)),
    }),
    operation({
      id: 'intents',
      method: 'GET',
      path: '/intents',
      summary: 'The intents that this key may run',
      endpoint: 'intents',
      answers: { 200: { description: 'By name, as `chatops intents --json`.', schema: z.array(IntentView) } },
      handle: ({ actor }) =>
        json(
          200,
          pipeline.visible(actor).map((intent) => intentJson(intent, catalogue.warning(intent.name))),
        ),
    }),
  ];
}
