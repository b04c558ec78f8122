import { canonicalJson } from '../text/canonical.js';
import { code, type Phrase, type PhrasePart, phrase } from './phrase.js';
import { INSTANCES, type Json } from './plan.js';

/** The facts of a part's targets that are others now, each in a sentence. */
export function targetChanges(shown: Json, now: Json, name = ''): readonly Phrase[] {
  if (canonicalJson(shown) === canonicalJson(now)) return [];
  if (isFacts(shown) && isFacts(now)) {
    const names = [...new Set([...Object.keys(shown), ...Object.keys(now)])];
    return names.flatMap((key) =>
      targetChanges(shown[key] ?? null, now[key] ?? null, key === INSTANCES || key === 'plan' ? name : key),
    );
  }
  if (name === '') return [];
  const subject = name
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);
  if (Array.isArray(shown) && Array.isArray(now)) return listChanges(subject, shown, now);
  return [phrase`${capital(subject)}: ${value(now)} now, not ${value(shown)}.`];
}

function isFacts(json: Json): json is { readonly [key: string]: Json } {
  return json !== null && typeof json === 'object' && !Array.isArray(json);
}

function listChanges(subject: string, shown: readonly Json[], now: readonly Json[]): readonly Phrase[] {
  const missing = (all: readonly Json[], from: readonly Json[]): readonly Json[] => {
    const texts = new Set(from.map(canonicalJson));
    return all.filter((one) => !texts.has(canonicalJson(one)));
  };
  return [
    ...missing(now, shown).map((one) => phrase`${capital(subject)}: ${value(one)} is new.`),
    ...missing(shown, now).map((one) => phrase`${capital(subject)}: ${value(one)} is gone.`),
  ];
}

const ID = /^(sha256:)?([0-9a-f]{12})[0-9a-f]{52}$/;

function value(json: Json): PhrasePart {
  if (json === null || json === '') return 'none';
  const text = typeof json === 'object' ? canonicalJson(json) : String(json);
  return code(text.replace(ID, '$2').slice(0, 80));
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
