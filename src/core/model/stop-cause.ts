import type { ActorRef } from './request.js';

/** Why a run of this process is ended early; the reason of its AbortSignal. */
export type StopCause = { readonly kind: 'stop'; readonly by: ActorRef } | { readonly kind: 'shutdown' };
