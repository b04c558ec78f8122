/** The `code` of an error of the system or of SQLite, such as `ENOSPC` or `SQLITE_FULL`; empty without one. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
