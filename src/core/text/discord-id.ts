/** Ids of Discord have 17 to 20 digits. A role or channel that is *named* like an id is not that id. */
export function isId(text: string): boolean {
  return /^\d{17,20}$/.test(text);
}
