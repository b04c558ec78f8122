/** How a run and a time are tied to each other when the run is recorded. `due` is null for one by hand. */
export interface ScheduleTie {
  readonly name: string;
  readonly due: number | null;
}
