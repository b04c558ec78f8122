const PATH = 'path:';

/** Do two lease keys stand in each other's way? Equal keys do, and paths of which one contains the other. */
export function overlaps(a: string, b: string): boolean {
  if (a === b) return true;
  if (!a.startsWith(PATH) || !b.startsWith(PATH)) return false;
  return (
    contains(a.slice(PATH.length), b.slice(PATH.length)) ||
    contains(b.slice(PATH.length), a.slice(PATH.length))
  );
}

function contains(outer: string, inner: string): boolean {
  return inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}
