import { fileURLToPath } from 'node:url';

/** Who is measured. */
export type SubjectName = 'ours' | 'bare' | 'sapphire';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The built `chatops` command. */
export const CHATOPS = fromHere('../../bin/chatops.js');

/** What `node` is given to start each bot. */
export const SUBJECTS: Readonly<Record<SubjectName, readonly string[]>> = {
  ours: [CHATOPS, 'start'],
  bare: [fromHere('../bots/bare.js')],
  sapphire: [fromHere('../bots/sapphire.js')],
};

/** All of them in one of their orders; each order has its round. */
export function permuted<T>(subjects: readonly T[], round: number): readonly T[] {
  const orders = ordersOf(subjects);
  return orders[round % orders.length] ?? [];
}

function ordersOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length < 2) return [all];
  return all.flatMap((one) => ordersOf(all.filter((other) => other !== one)).map((rest) => [one, ...rest]));
}

/** The names in an order that differs from round to round, so that none always comes first. */
export function rotated<T>(subjects: readonly T[], round: number): readonly T[] {
  const first = round % subjects.length;
  return [...subjects.slice(first), ...subjects.slice(0, first)];
}
