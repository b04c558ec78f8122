import * as z from 'zod';
import { type WebhookDeps, webhookOperations } from '../webhooks/operations.js';
import { circuitOperations } from './circuits.js';
import type { ApiDeps } from './deps.js';
import { openApiDocument } from './openapi.js';
import { json, type Operation, operation } from './operation.js';
import { orchestrateOperation } from './orchestrate.js';
import { overview } from './overview.js';
import { probes } from './probes.js';
import { runOperation } from './run.js';
import { runEventsOperation } from './run-events.js';
import { runsOperations } from './runs.js';
import { schedulesOperations } from './schedules.js';
import { validateOperation } from './validate.js';

/** Everything that the side port serves; the last one describes them all. */
export function operationsOf(deps: ApiDeps, webhooks: WebhookDeps): readonly Operation[] {
  const described: Operation[] = [
    ...probes(deps),
    ...overview(deps),
    runOperation(deps),
    orchestrateOperation(deps),
    validateOperation(deps),
    ...runsOperations(deps),
    ...schedulesOperations(deps),
    ...circuitOperations(deps),
    runEventsOperation(deps),
    ...webhookOperations(webhooks),
  ];
  const itself = operation({
    id: 'openapi',
    method: 'GET',
    path: '/openapi.json',
    summary: 'This description',
    endpoint: 'openapi',
    answers: { 200: { description: 'OpenAPI 3.1.', schema: z.looseObject({ openapi: z.string() }) } },
    handle: () => json(200, document()),
  });
  const all = [...described, itself];
  // Made when it is first asked for: it costs as much as a tenth of the start.
  let made: ReturnType<typeof openApiDocument> | null = null;
  const document = () => {
    made ??= openApiDocument(all, deps.version);
    return made;
  };
  return all;
}
