/** How many sends and edits a channel takes in how much time, in ms. */
export interface ChannelLimit {
  readonly count: number;
  readonly windowMs: number;
}

/** What Discord lets through; it publishes no number, and says so in its headers. */
export const CHANNEL_LIMIT: ChannelLimit = { count: 5, windowMs: 5000 };
/** Progress leaves so many places free, for an outcome that comes all of a sudden. */
const KEPT_FREE = 1;

/** `now`: outcomes, ends, alerts. `when_free`: progress, which is soon replaced by newer progress. */
export type Urgency = 'now' | 'when_free';

/** Shares each channel's limit among everything that the bot sends and edits there. */
export interface ChannelTurns {
  /**
   * Does `work` when its turn comes: urgent work first, else in the order in which it was asked for, so that
   * many runs in one channel get the same share. Work that returns null uses no turn. Null too when `signal`
   * came before the turn.
   */
  take<T>(
    channelId: string,
    urgency: Urgency,
    work: () => Promise<T> | null,
    signal?: AbortSignal,
  ): Promise<T | null>;
}

interface Channel {
  readonly waiting: Readonly<Record<Urgency, (() => Promise<unknown> | null)[]>>;
  underWay: number;
  /** When the requests of the last window ended, oldest first. */
  ended: number[];
  timer: NodeJS.Timeout | null;
}

/**
 * A request counts from its start until a whole window after its end: whenever in between Discord counted it,
 * no window of Discord's holds more than `limit.count`.
 */
export function channelTurns(limit: ChannelLimit = CHANNEL_LIMIT): ChannelTurns {
  const channels = new Map<string, Channel>();

  const begin = (channel: Channel, work: () => Promise<unknown> | null): void => {
    const done = work();
    if (done === null) return;
    channel.underWay += 1;
    const end = (): void => {
      channel.underWay -= 1;
      channel.ended.push(performance.now());
      serve(channel);
    };
    done.then(end, end);
  };

  const serve = (channel: Channel): void => {
    const { waiting } = channel;
    const now = performance.now();
    channel.ended = channel.ended.filter((at) => at + limit.windowMs > now);
    for (;;) {
      const left = limit.count - channel.underWay - channel.ended.length;
      const urgent = left > 0 ? waiting.now.shift() : undefined;
      const next = urgent ?? (left > KEPT_FREE ? waiting.when_free.shift() : undefined);
      if (next === undefined) break;
      begin(channel, next);
    }
    const [oldest] = channel.ended;
    const isWaiting = waiting.now.length + waiting.when_free.length > 0;
    if (!isWaiting || oldest === undefined || channel.timer !== null) return;
    const wake = (): void => {
      channel.timer = null;
      serve(channel);
    };
    channel.timer = setTimeout(wake, Math.ceil(oldest + limit.windowMs - now));
  };

  const channelOf = (id: string): Channel => {
    const known = channels.get(id);
    if (known !== undefined) return known;
    const channel: Channel = { waiting: { now: [], when_free: [] }, underWay: 0, ended: [], timer: null };
    channels.set(id, channel);
    return channel;
  };

  return {
    take: <T>(id: string, urgency: Urgency, work: () => Promise<T> | null, signal?: AbortSignal) =>
      new Promise<T | null>((resolve, reject) => {
        const channel = channelOf(id);
        const queue = channel.waiting[urgency];
        const turn = (): Promise<T> | null => {
          signal?.removeEventListener('abort', withdraw);
          const done = work();
          if (done === null) resolve(null);
          else done.then(resolve, reject);
          return done;
        };
        const withdraw = (): void => {
          const place = queue.indexOf(turn);
          if (place >= 0) queue.splice(place, 1);
          resolve(null);
        };
        if (signal?.aborted) return resolve(null);
        signal?.addEventListener('abort', withdraw, { once: true });
        queue.push(turn);
        serve(channel);
      }),
  };
}
