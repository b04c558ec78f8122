/** What can be bound to a statement. The driver ends the whole process on anything else, so types must hold. */
export type SqlValue = string | number | null | Uint8Array;

/** SQL against one connection. Statements are prepared once and kept. */
export interface Sql {
  /** Runs a statement; returns how many rows it changed. */
  run(sql: string, ...values: readonly SqlValue[]): number;
  /** The first row. */
  get<Row>(sql: string, ...values: readonly SqlValue[]): Row | undefined;
  all<Row>(sql: string, ...values: readonly SqlValue[]): Row[];
  /** Several statements without values. */
  script(sql: string): void;
}
