/** Orders apps by their dependencies into waves. */
import { type FailureCode, type Problem, type Result, refused, success } from './failure.ts';

/** What the order needs to know of an app; `AppInput` fits. */
export interface OrderedApp {
  readonly name: string;
  readonly dependencies: readonly { readonly app: string }[];
}

/** Wave by wave, names sorted inside each wave. An app stands right after the last wave that it waits for. */
export type Waves = readonly (readonly string[])[];

type Graph = ReadonlyMap<string, readonly string[]>;

/** Topological levels, or every unknown app (`reference-not-found`) and every cycle (`document-invalid`) by name. */
export function orderApps(apps: readonly OrderedApp[]): Result<Waves> {
  const unknown = findUnknown(apps);
  const graph = toGraph(apps);
  const levels = toLevels(graph);
  const cycles = findCycles(graph, levels);
  if (unknown.length + cycles.length === 0) return success(toWaves(levels));
  const code: FailureCode = cycles.length === 0 ? 'reference-not-found' : 'document-invalid';
  return refused(code, [...unknown, ...cycles]);
}

function findUnknown(apps: readonly OrderedApp[]): readonly Problem[] {
  const names = new Set(apps.map((app) => app.name));
  return apps.flatMap((app) =>
    [...new Set(app.dependencies.map((dependency) => dependency.app))]
      .filter((name) => !names.has(name))
      .sort()
      .map((name) => ({
        object: `app ${app.name}`,
        expected: `its dependency ${name} to be an app`,
        found: 'no such app',
      })),
  );
}

/** Known dependencies only, each once, sorted. */
function toGraph(apps: readonly OrderedApp[]): Graph {
  const names = new Set(apps.map((app) => app.name));
  const sorted = [...apps].sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(
    sorted.map((app) => [
      app.name,
      [...new Set(app.dependencies.map((dependency) => dependency.app))].filter((name) => names.has(name)).sort(),
    ]),
  );
}

/** Level of every app that is on no cycle and waits for none; peels off what is free, level by level. */
function toLevels(graph: Graph): ReadonlyMap<string, number> {
  const waiting = new Map([...graph].map(([name, dependencies]) => [name, dependencies.length]));
  const dependants = new Map<string, string[]>([...graph.keys()].map((name) => [name, []]));
  for (const [name, dependencies] of graph) for (const one of dependencies) dependants.get(one)?.push(name);
  const levels = new Map<string, number>();
  let free = [...graph.keys()].filter((name) => waiting.get(name) === 0);
  for (let level = 0; free.length > 0; level += 1) {
    const next: string[] = [];
    for (const name of free) {
      levels.set(name, level);
      for (const dependant of dependants.get(name) ?? []) {
        const left = (waiting.get(dependant) ?? 0) - 1;
        waiting.set(dependant, left);
        if (left === 0) next.push(dependant);
      }
    }
    free = next;
  }
  return levels;
}

/** A depth-first walk over the apps without a level; every step back onto the walk's own path closes a cycle. */
function findCycles(graph: Graph, levels: ReadonlyMap<string, number>): readonly Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const start of graph.keys()) {
    const path: string[] = [];
    const ahead: Iterator<string>[] = [[start].values()];
    while (ahead.length > 0) {
      const step = ahead.at(-1)?.next();
      if (step === undefined || step.done === true) {
        ahead.pop();
        path.pop();
        continue;
      }
      const name = step.value;
      const at = path.indexOf(name);
      if (at >= 0) problems.push(toCycleProblem(path.slice(at)));
      if (seen.has(name) || levels.has(name)) continue;
      seen.add(name);
      path.push(name);
      ahead.push((graph.get(name) ?? []).values());
    }
  }
  return problems;
}

/** The cycle begins with its first name, so that the same cycle always reads the same. */
function toCycleProblem(cycle: readonly string[]): Problem {
  const first = [...cycle].sort()[0] ?? '';
  const at = cycle.indexOf(first);
  const turned = [...cycle.slice(at), ...cycle.slice(0, at), first];
  return {
    object: `app ${first}`,
    expected: 'dependencies without a cycle',
    found: cycle.length === 1 ? `${first} depends on itself` : turned.join(' -> '),
  };
}

function toWaves(levels: ReadonlyMap<string, number>): Waves {
  const waves: string[][] = [];
  for (const [name, level] of levels) (waves[level] ??= []).push(name);
  return waves.map((names) => names.sort());
}
