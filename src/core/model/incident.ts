import { isDown, type LeftDown } from './left-down.js';
import type { Phrase } from './phrase.js';
import type { Action, ActorRef } from './request.js';

/** What an alert tells: trouble first, then what ends it, then what people did about it. */
export type AlertKind =
  | 'failed'
  | 'rolled_back'
  | 'interrupted'
  /** A run that nobody attends could not begin. */
  | 'refused'
  /** The bot was down when a schedule's run should have begun. */
  | 'missed'
  /** A request was turned down for security reasons. */
  | 'denied'
  /** Something is wrong with the installation itself. */
  | 'fault'
  | 'recovered'
  | 'acknowledged'
  | 'muted'
  /** A mute ended while the incident is open. */
  | 'unmuted'
  | 'resolved';

/** Kinds that open an incident, or count in the one that is open. */
export const TROUBLE = [
  'failed',
  'rolled_back',
  'interrupted',
  'refused',
  'missed',
  'denied',
  'fault',
] as const satisfies readonly AlertKind[];

/** What an incident is about: one intent, one fault of the installation, or all security refusals together. */
export interface Subject {
  /** Of one subject at most one incident is open. */
  readonly key: string;
  /** Null: a fault, or security refusals. */
  readonly intent: {
    readonly name: string;
    readonly action: Action;
    readonly stack: string;
  } | null;
}

/** One entry of an incident's story, before it is stored. Texts are redacted already. */
export interface NewAlertEvent {
  readonly kind: AlertKind;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly runId: string | null;
  /** A reason code of the catalogue, or of the HTTP surface's refusals. */
  readonly reason: string;
  readonly by: ActorRef | null;
  /** What happened, in sentences. */
  readonly text: readonly Phrase[];
  /** How many times, for kinds that are counted. */
  readonly count: number;
  /** Events of an incident with the same mark become one, with the counts added; null: each stands alone. */
  readonly mark: string | null;
}

/** An event and what it is about: all that the store needs to open, continue or end an incident. */
export interface NewAlert {
  readonly subject: Subject;
  readonly event: NewAlertEvent;
  /** What is known of things that ran before; of those that aren't named nothing is. */
  readonly left?: readonly LeftDown[];
}

/** A stored event. `seq` grows over all incidents; an event whose count grew has a new one. */
export interface AlertEvent extends NewAlertEvent {
  readonly seq: number;
}

/** Something that went wrong, until it is resolved. */
export interface Incident extends Subject {
  /** Short and typeable: `i-12`. Never given twice. */
  readonly id: string;
  readonly openedAt: string;
  readonly lastAt: string;
  /** How many times it went wrong. */
  readonly count: number;
  /** `seq` of its newest event. */
  readonly newest: number;
  /** The last success before it began; null when none is known. `checked`: its artifact passed its check. */
  readonly lastGood: { readonly at: string; readonly checked: boolean } | null;
  /** What it is about besides its runs: things that ran before. It isn't over while one is down. */
  readonly about: readonly LeftDown[];
  readonly acknowledged: { readonly by: ActorRef; readonly at: string } | null;
  readonly muted: { readonly by: ActorRef; readonly until: string } | null;
  /** `by` is null when a success, or a look at what it is about, resolved it. */
  readonly resolved: { readonly by: ActorRef | null; readonly at: string } | null;
}

export function isTrouble(kind: AlertKind): boolean {
  return (TROUBLE as readonly AlertKind[]).includes(kind);
}

/** Muted at this instant? An incident that is over is not. */
export function isMuted({ muted, resolved }: Incident, now: Date): boolean {
  return resolved === null && muted !== null && Date.parse(muted.until) > now.getTime();
}

/** What it is about that does not run; empty: nothing, or it is over. */
export function downIn({ about, resolved }: Pick<Incident, 'about' | 'resolved'>): readonly LeftDown[] {
  return resolved === null ? about.filter(isDown) : [];
}

const FAULT = 'fault:';

/** The subject of a fault of the installation. */
export function faultSubject(key: string): Subject {
  return { key: `${FAULT}${key}`, intent: null };
}

/** The fault's key; null when the subject is none. */
export function faultKey({ key }: Pick<Subject, 'key'>): string | null {
  return key.startsWith(FAULT) ? key.slice(FAULT.length) : null;
}

/** What a fault is about, as people read it: `Data directory`. */
export function faultName(key: string): string {
  const words = key.replaceAll('-', ' ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
