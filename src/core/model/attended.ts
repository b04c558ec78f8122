import type { RunRequest } from './request.js';
import type { Run, Shown } from './run.js';

/** What a request says of who sees its answer. */
type Asked = Pick<RunRequest, 'source' | 'attended'>;

/** Does nobody see it when this can't begin? A caller of the API can say that somebody does. */
export function isUnattended({ source, attended }: Asked): boolean {
  return source === 'schedule' || source === 'webhook' || (source === 'http' && attended !== true);
}

/** How a run remembers that a caller of the API sees what becomes of it: nothing else shows such a run. */
export function attendedMark({ source, attended }: Asked): Shown | null {
  return source === 'http' && attended === true ? { surface: 'http', attended: true } : null;
}

/** What the request said of which this run was made. */
export function attendedOf({ shown }: Pick<Run, 'shown'>): Pick<RunRequest, 'attended'> {
  return shown?.attended === true ? { attended: true } : {};
}
