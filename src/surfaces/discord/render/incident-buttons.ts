import type { Incident } from '../../../core/model/incident.js';
import type { Button } from './fit.js';

export const INCIDENT_VERBS = ['ack', 'retry', 'mute', 'resolve', 'details'] as const;
/** What a press on an alert card asks for. */
export type IncidentVerb = (typeof INCIDENT_VERBS)[number];

/** What every custom id on a card of this incident begins with. */
export function cardMark(incidentId: string): string {
  return `incident:${incidentId}:`;
}

/** Reads `incident:<id>:<verb>`; null when it is no such button. */
export function parseIncidentId(text: string): { incidentId: string; verb: IncidentVerb } | null {
  const [, incidentId, name] = /^incident:(i-\d{1,15}):([a-z]+)$/.exec(text) ?? [];
  const verb = INCIDENT_VERBS.find((known) => known === name);
  return incidentId === undefined || verb === undefined ? null : { incidentId, verb };
}

/** The buttons that fit the incident's state: there is always one, by which a card is recognised. */
export function incidentButtons({ id, intent, acknowledged, resolved }: Incident, muted: boolean): Button[] {
  const button = (verb: IncidentVerb, label: string, style: Button['style'] = 'quiet'): Button => ({
    id: `${cardMark(id)}${verb}`,
    label,
    style,
  });
  if (resolved !== null) return [button('details', 'Details')];
  return [
    ...(acknowledged === null ? [button('ack', 'Acknowledge')] : []),
    ...(intent === null ? [] : [button('retry', 'Retry', 'go')]),
    ...(muted ? [] : [button('mute', 'Mute 8 h')]),
    button('resolve', 'Resolve'),
  ];
}
