import type { Json } from '../../core/model/plan.js';

/** A number that an earlier run remembered, or null: an older version may have remembered other facts. */
export function rememberedNumber(facts: Json, name: string): number | null {
  const value = field(facts, name);
  return typeof value === 'number' ? value : null;
}

export function rememberedText(facts: Json, name: string): string | null {
  const value = field(facts, name);
  return typeof value === 'string' ? value : null;
}

export function rememberedTexts(facts: Json, name: string): readonly string[] | null {
  const value = field(facts, name);
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : null;
}

function field(facts: Json, name: string): Json {
  if (facts === null || typeof facts !== 'object' || Array.isArray(facts)) return null;
  return (facts as { readonly [key: string]: Json })[name] ?? null;
}
