import * as z from 'zod';
import { timezone } from '../documents/policy-forms.js';
import { LIMITS, SECTIONS } from './schema.js';

/** The JSON Schema (draft 7, as YAML editors understand it) of a policy file, made of what reads it. */
export function policyJsonSchema(): Readonly<Record<string, unknown>> {
  const sections = Object.fromEntries(
    Object.entries(SECTIONS).map(([name, schema]) => [
      name,
      z.record(z.string(), z.strictObject(schema.shape)).nullable().optional(),
    ]),
  );
  const whole = z
    .strictObject({
      timezone: timezone.optional(),
      limits: z.strictObject(LIMITS.shape).nullable().optional(),
      ...sections,
    })
    .meta({
      title: 'ChatOps policy',
      description: 'Who may do what. docs/policy.md explains every section.',
    });
  return { ...z.toJSONSchema(whole, { target: 'draft-7', io: 'input' }), required: ['roles'] };
}
