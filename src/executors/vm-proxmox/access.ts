/** Parameters of a call, as Proxmox names them. */
export type Params = Readonly<Record<string, string | number>>;

export type Method = 'GET' | 'POST' | 'DELETE';

/**
 * Where Proxmox VE is asked and told: its HTTPS API, or `pvesh` on one of its nodes. Both take the same
 * paths and parameters and give the same data (the API's official description: pve-docs/api-viewer).
 */
export interface Access {
  /**
   * @param path segments, not encoded: a volume's id may hold slashes
   * @returns what the API calls `data`, not checked
   * @throws ProxmoxError when there is no data
   */
  call(method: Method, path: readonly string[], params?: Params): Promise<unknown>;
}

/**
 * `unreachable`: no answer; `untrusted`: its certificate can't be verified; `node_down`: the cluster answers
 * and the node in the path doesn't; `token`: 401; `denied`: 403; `stopped`: the run was stopped;
 * `refused`: Proxmox said no for any other reason.
 */
export type ProxmoxFault =
  | 'unreachable'
  | 'untrusted'
  | 'node_down'
  | 'token'
  | 'denied'
  | 'stopped'
  | 'refused';

export class ProxmoxError extends Error {
  constructor(
    readonly fault: ProxmoxFault,
    /** What Proxmox said, on one line. Hostile text. */
    message: string,
    /** False when Proxmox can't have acted on the call. */
    readonly mayHaveActed: boolean,
  ) {
    super(message);
    this.name = 'ProxmoxError';
  }
}

/** Does it make sense to ask again in a moment? */
export function isPassing(error: unknown): boolean {
  return error instanceof ProxmoxError && (error.fault === 'unreachable' || error.fault === 'node_down');
}
