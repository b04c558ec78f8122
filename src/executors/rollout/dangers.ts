import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { growthOf, movedData } from '../compose/difference/access.js';
import type { Setting } from '../compose/difference/setting.js';
import { joined } from '../shared/wording.js';

/** What of a changed configuration is so dangerous that people type the intent's name. */
export function dangersOf(service: string, changed: readonly Setting[], folder: string): readonly Notice[] {
  const grown = growthOf(changed, folder);
  const moved = movedData(changed);
  return [
    ...(grown.length > 0
      ? [notice('access_grows', phrase`${code(service)} gets more access to this host: ${joined(grown)}.`)]
      : []),
    ...(moved.length > 0
      ? [notice('data_moves', phrase`${code(service)} would no longer find its data: ${joined(moved)}.`)]
      : []),
  ];
}
