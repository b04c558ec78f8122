import {
  type Client,
  GatewayDispatchEvents,
  type GatewayInteractionCreateDispatchData,
  InteractionType,
  RESTEvents,
} from 'discord.js';

/** Who wants to know how soon interactions are answered. */
export interface AnswerWatch {
  /** Discord accepted the first answer, `ms` after the interaction had arrived here. */
  answered(kind: AnswerKind, ms: number): void;
  /** There was none within Discord's deadline. */
  missed(kind: AnswerKind): void;
}

export type AnswerKind = 'command' | 'button' | 'autocomplete' | 'modal';

/** Discord gives an interaction up after 3 s (docs.discord.com: "Receiving and responding"). */
const DEADLINE_MS = 3000;
/** A later answer can't come any more: its request has timed out. */
const FORGET_MS = 60_000;

const KINDS: Readonly<Record<number, AnswerKind>> = {
  [InteractionType.ApplicationCommand]: 'command',
  [InteractionType.MessageComponent]: 'button',
  [InteractionType.ApplicationCommandAutocomplete]: 'autocomplete',
  [InteractionType.ModalSubmit]: 'modal',
};

const CALLBACK = /^\/interactions\/(\d+)\/[^/]+\/callback/;

/** Watches from the packet's arrival to the first callback that Discord accepted. */
export function watchFirstAnswers(client: Client, watch: AnswerWatch): void {
  const open = new Map<string, { readonly kind: AnswerKind; readonly at: number }>();

  client.ws.on(GatewayDispatchEvents.InteractionCreate, (data: GatewayInteractionCreateDispatchData) => {
    const { id, type } = data;
    const kind = KINDS[type];
    if (kind === undefined) return;
    open.set(id, { kind, at: performance.now() });
    setTimeout(() => {
      if (!open.has(id)) return;
      watch.missed(kind);
      setTimeout(() => open.delete(id), FORGET_MS).unref();
    }, DEADLINE_MS).unref();
  });
  client.rest.on(RESTEvents.Response, ({ path }, { status }) => {
    const [, id = ''] = CALLBACK.exec(path) ?? [];
    const interaction = open.get(id);
    if (interaction === undefined || status >= 300) return;
    open.delete(id);
    watch.answered(interaction.kind, performance.now() - interaction.at);
  });
}
