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
/** Between two looks at what is overdue. */
const LOOK_MS = 500;

const KINDS: Readonly<Record<number, AnswerKind>> = {
  [InteractionType.ApplicationCommand]: 'command',
  [InteractionType.MessageComponent]: 'button',
  [InteractionType.ApplicationCommandAutocomplete]: 'autocomplete',
  [InteractionType.ModalSubmit]: 'modal',
};

const CALLBACK = /^\/interactions\/(\d+)\/[^/]+\/callback/;

interface Waiting {
  readonly kind: AnswerKind;
  /** When it arrived, on the clock of `performance.now()`. */
  readonly at: number;
}

/**
 * Watches from the packet's arrival to the first callback that Discord accepted.
 * @returns takes the id of an interaction whose callback was accepted and that `client.rest` knows nothing of
 */
export function watchFirstAnswers(client: Client, watch: AnswerWatch): (interactionId: string) => void {
  // In the order of their arrival. One timer looks at all: a timer each would outlive its interaction by seconds.
  const open = new Map<string, Waiting>();
  const late = new Map<string, Waiting>();
  let isWatching = false;

  const look = (): void => {
    isWatching = false;
    for (const [id, one] of olderThan(open, DEADLINE_MS)) {
      open.delete(id);
      late.set(id, one);
      watch.missed(one.kind);
    }
    for (const [id] of olderThan(late, FORGET_MS)) late.delete(id);
    if (open.size + late.size > 0) lookLater();
  };
  const lookLater = (): void => {
    if (isWatching) return;
    isWatching = true;
    setTimeout(look, LOOK_MS).unref();
  };

  const accepted = (id: string): void => {
    const interaction = open.get(id) ?? late.get(id);
    if (interaction === undefined) return;
    open.delete(id);
    late.delete(id);
    watch.answered(interaction.kind, performance.now() - interaction.at);
  };

  client.ws.on(GatewayDispatchEvents.InteractionCreate, (data: GatewayInteractionCreateDispatchData) => {
    const kind = KINDS[data.type];
    if (kind === undefined) return;
    open.set(data.id, { kind, at: performance.now() });
    lookLater();
  });
  client.rest.on(RESTEvents.Response, ({ path }, { status }) => {
    const [, id] = CALLBACK.exec(path) ?? [];
    if (id !== undefined && status < 300) accepted(id);
  });
  return accepted;
}

/** The first of them, up to the one that is younger. */
function olderThan(
  waiting: ReadonlyMap<string, Waiting>,
  ms: number,
): readonly (readonly [string, Waiting])[] {
  const before = performance.now() - ms;
  const all = [...waiting];
  const young = all.findIndex(([, { at }]) => at > before);
  return young === -1 ? all : all.slice(0, young);
}
