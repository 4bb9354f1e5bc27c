export interface Migration {
  /** Counts from 1 without gaps. */
  readonly version: number;
  readonly sql: string;
}
