/** Medians over rounds, ratios to the floor, growth over sizes. */
import { cpus, loadavg, totalmem } from 'node:os';
import type { Workload } from './cases.ts';
import type { CaseResult } from './run-case.ts';

export interface ResultRow {
  readonly workload: Workload;
  readonly size: number;
  readonly seconds: number;
  readonly floorSeconds: number;
  readonly ratio: number;
  readonly pushes: number;
  readonly commits: number;
  readonly historyEvents: number;
  readonly historyBytes: number;
  readonly filesWritten: number;
  readonly rssMb: number;
  readonly floor: CaseResult['floor'];
  /** Of the last round. */
  readonly steps: CaseResult['steps'];
}

export interface Report {
  readonly machine: { readonly cores: number; readonly memoryGb: number; readonly load: number; readonly node: string };
  readonly results: readonly ResultRow[];
  /** Exponent b of seconds = a * size^b over the sizes, by workload; null for a single size. */
  readonly growth: Readonly<Record<string, number | null>>;
}

export function toReport(cases: readonly CaseResult[]): Report {
  const groups = Map.groupBy(cases, (one) => `${one.case.workload} ${one.case.clusters}`);
  const results = [...groups.values()].map(toRow);
  const byWorkload = Map.groupBy(results, (row) => row.workload);
  return {
    machine: {
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      load: loadavg()[0] ?? 0,
      node: process.version,
    },
    results,
    growth: Object.fromEntries([...byWorkload].map(([name, rows]) => [name, toExponent(rows)])),
  };
}

function toRow(rounds: readonly CaseResult[]): ResultRow {
  const [first] = rounds;
  if (first === undefined) throw new Error('result: expected at least one round, found none');
  const median = (pick: (one: CaseResult) => number): number => toMedian(rounds.map(pick));
  const seconds = median((one) => one.seconds);
  const floorSeconds = median((one) => one.floorSeconds);
  return {
    workload: first.case.workload,
    size: first.case.clusters,
    seconds: toRounded(seconds, 3),
    floorSeconds: toRounded(floorSeconds, 3),
    ratio: toRounded(seconds / floorSeconds, 2),
    pushes: median((one) => one.pushes),
    commits: median((one) => one.commits),
    historyEvents: median((one) => one.historyEvents),
    historyBytes: median((one) => one.historyBytes),
    filesWritten: median((one) => one.filesWritten),
    rssMb: median((one) => one.rssMb),
    steps: rounds.at(-1)?.steps ?? {},
    floor: {
      renderSeconds: toRounded(
        median((one) => one.floor.renderSeconds),
        3,
      ),
      importSeconds: toRounded(
        median((one) => one.floor.importSeconds),
        3,
      ),
      pushSeconds: toRounded(
        median((one) => one.floor.pushSeconds),
        3,
      ),
      workflowSeconds: toRounded(
        median((one) => one.floor.workflowSeconds),
        3,
      ),
    },
  };
}

function toMedian(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor((sorted.length - 1) / 2);
  const upper = sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0;
  return ((sorted[middle] ?? 0) + upper) / 2;
}

const toRounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Slope of the straight line through (log size, log seconds) by least squares. */
export function toExponent(rows: readonly { readonly size: number; readonly seconds: number }[]): number | null {
  if (new Set(rows.map((row) => row.size)).size < 2) return null;
  const points = rows.map(({ size, seconds }) => ({ x: Math.log(size), y: Math.log(seconds) }));
  const mean = (pick: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [meanX, meanY] = [mean((p) => p.x), mean((p) => p.y)];
  const above = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  const below = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  return toRounded(above / below, 2);
}

export function toTable({ results, growth }: Report): string {
  const head = [
    'workload',
    'clusters',
    'seconds',
    'floor',
    'ratio',
    'pushes',
    'commits',
    'events',
    'bytes',
    'files',
    'rss MB',
  ];
  const rows = results.map((row) =>
    [
      row.workload,
      row.size,
      row.seconds.toFixed(2),
      row.floorSeconds.toFixed(2),
      row.ratio.toFixed(2),
      row.pushes,
      row.commits,
      row.historyEvents,
      row.historyBytes,
      row.filesWritten,
      row.rssMb,
    ].map(String),
  );
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const lines = [head, ...rows].map((row) => row.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  '));
  const exponents = Object.entries(growth).map(([name, value]) => `${name} grows with the power ${value ?? 'unknown'}`);
  return [...lines, ...exponents].join('\n');
}
