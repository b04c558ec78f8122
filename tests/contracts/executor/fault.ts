/** One thing that goes wrong in one round; plain data, because it is handed to a process of its own. */
export type Fault =
  | { readonly on: 'nothing' }
  /**
   * A host's call or a request to a service: the `nth` one, from 0, that is `what`. Its number among all calls would say
   * little, as looks run side by side and come in another order each time.
   */
  | {
      readonly on: 'call';
      readonly what: string;
      readonly nth: number;
      readonly how: CallFault;
      readonly code: FileCode;
    }
  /** The journal row with this number. */
  | { readonly on: 'row'; readonly at: number; readonly how: RowFault };

/**
 * `fail`: exit 1, status 500 or a file error, and nothing was done. `hang`: no answer until the deadline. `lost`: a
 * service did it, and its answer got lost. `stop`: somebody stops the run right before. `kill`: SIGKILL for the
 * process right before; `kill-during`: while it works.
 */
export type CallFault = 'fail' | 'hang' | 'lost' | 'stop' | 'kill' | 'kill-during';

/** The row isn't written; it is written, but that isn't said; nothing is written from it on; SIGKILL around it. */
export type RowFault = 'before' | 'after' | 'from-on' | 'kill-before' | 'kill-after';

export type FileCode = 'EIO' | 'ENOSPC' | 'EACCES';

/** What a clean round did, in order. */
export interface Recording {
  /** Such as `run exec docker stop`. */
  readonly calls: readonly Call[];
  readonly rows: readonly string[];
}

export interface Call {
  readonly what: string;
  readonly kind: 'command' | 'file' | 'request';
  readonly phase: 'plan' | 'run';
}

export function isKill(fault: Fault): boolean {
  return fault.on !== 'nothing' && fault.how.startsWith('kill');
}

/** For people: `hang at call 2 of run exec docker stop`. */
export function faultText(fault: Fault, { rows }: Recording): string {
  if (fault.on === 'nothing') return 'no fault';
  if (fault.on === 'row') return `${fault.how} at row ${fault.at} (${rows[fault.at]})`;
  return `${fault.how}${fault.how === 'fail' ? ` ${fault.code}` : ''} at call ${fault.nth + 1} of ${fault.what}`;
}

/** Every fault that can be injected into what was recorded. `code` turns with the number, so that each one comes. */
export function allFaults({ calls, rows }: Recording): readonly Fault[] {
  const codes = ['EIO', 'ENOSPC', 'EACCES'] as const;
  const seen = new Map<string, number>();
  const onCalls = calls.flatMap(({ what, kind, phase }, at): Fault[] => {
    const nth = seen.get(what) ?? 0;
    seen.set(what, nth + 1);
    const code = codes[at % codes.length] ?? 'EIO';
    const hows: readonly CallFault[] = [
      'fail',
      'hang',
      ...(kind === 'request' ? (['lost'] as const) : []),
      ...(phase === 'run' ? (['stop', 'kill'] as const) : []),
      ...(phase === 'run' && kind === 'command' ? (['kill-during'] as const) : []),
    ];
    return hows.map((how) => ({ on: 'call', what, nth, how, code }));
  });
  const ROW_FAULTS: readonly RowFault[] = ['before', 'after', 'from-on', 'kill-before', 'kill-after'];
  return [...onCalls, ...rows.flatMap((_, at): Fault[] => ROW_FAULTS.map((how) => ({ on: 'row', at, how })))];
}
