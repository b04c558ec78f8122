import * as z from 'zod';

const id = z.string().regex(/^\d{1,20}$/);
/** Chosen by the page; what comes of its deed carries it back. */
const ref = z.string().min(1).max(40);
const values = z.record(z.string().max(100), z.union([z.string().max(6000), z.number(), z.boolean()]));

/** What the page asks of the playground, always as the member that its connection acts as. */
export const ClientMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('act_as'), memberId: id }),
  z.object({ type: z.literal('slash'), ref, channelId: id, command: z.string().max(120), options: values }),
  z.object({
    type: z.literal('autocomplete'),
    ref,
    channelId: id,
    command: z.string().max(120),
    option: z.string().max(40),
    typed: z.string().max(6000),
    options: values,
  }),
  z.object({ type: z.literal('press'), ref, messageId: id, customId: z.string().max(100) }),
  z.object({
    type: z.literal('select'),
    ref,
    messageId: id,
    customId: z.string().max(100),
    values: z.array(z.string().max(100)).max(25),
  }),
  z.object({
    type: z.literal('submit'),
    ref,
    /** The `ref` of the deed whose answer was the form. */
    from: ref,
    values: z.record(z.string().max(100), z.union([z.string().max(4000), z.array(z.string().max(100))])),
  }),
  z.object({ type: z.literal('say'), ref, channelId: id, content: z.string().min(1).max(2000) }),
  z.object({ type: z.literal('dismiss'), messageId: id }),
  z.object({ type: z.literal('latency'), ms: z.number().int().min(0).max(60_000) }),
  z.object({
    type: z.literal('trouble'),
    kind: z.enum(['too_many_requests', 'server_errors', 'gateway_drop', 'dead_tokens']),
  }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;

export type Trouble = Extract<ClientMessage, { type: 'trouble' }>['kind'];
