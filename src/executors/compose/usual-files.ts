/** In Compose's own order: the first one that is there counts. */
export const BASES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDES = [
  ...['compose.override.yml', 'compose.override.yaml'],
  ...['docker-compose.override.yml', 'docker-compose.override.yaml'],
];

/** What Compose takes of a folder with these names in it: a file, and what overrides it; nothing without the file. */
export function usualFiles(names: readonly string[]): readonly string[] {
  const base = BASES.find((name) => names.includes(name));
  const override = OVERRIDES.find((name) => names.includes(name));
  return base === undefined ? [] : [base, ...(override === undefined ? [] : [override])];
}
