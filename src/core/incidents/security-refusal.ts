/** A refusal for security reasons that never became a request: a wrong key, a blocked address. */
export interface SecurityRefusal {
  /** As `chatops_auth_failures_total` names it: `invalid_key`, `missing_key`, `ip_blocked`, … */
  readonly reason: string;
  /** Where it came from, such as an address. */
  readonly from: string;
}
