import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderApps } from '#domain/waves.ts';

const app = (name: string, ...dependencies: string[]) => ({
  name,
  dependencies: dependencies.map((one) => ({ app: one })),
});

describe('orderApps', () => {
  it('puts an app right after the last wave that it waits for', () => {
    const result = orderApps([app('web', 'db', 'cache'), app('db'), app('cache', 'db'), app('jobs')]);
    expect(result).toEqual({ ok: true, value: [['db', 'jobs'], ['cache'], ['web']] });
  });

  it('gives no waves for no apps', () => {
    expect(orderApps([])).toEqual({ ok: true, value: [] });
  });

  it('names a cycle, whatever leads into it', () => {
    const result = orderApps([app('front', 'web'), app('web', 'db'), app('db', 'web')]);
    expect(result).toEqual({
      ok: false,
      code: 'document-invalid',
      problems: [{ object: 'app db', expected: 'dependencies without a cycle', found: 'db -> web -> db' }],
    });
  });

  it('names every cycle, every self dependency and every unknown app at once', () => {
    const apps = [app('a', 'b'), app('b', 'a'), app('x', 'a', 'x', 'y', 'ghost'), app('y', 'x', 'spectre')];
    const result = orderApps(apps);
    expect(result.ok || result.problems.map((one) => one.found)).toEqual([
      'no such app',
      'no such app',
      'a -> b -> a',
      'x depends on itself',
      'x -> y -> x',
    ]);
  });

  it('answers an unknown app alone with its own code', () => {
    expect(orderApps([app('web', 'nope')])).toMatchObject({ ok: false, code: 'reference-not-found' });
  });

  it('orders a chain of 20,000 apps without running out of stack', () => {
    const names = Array.from({ length: 20_000 }, (_, at) => `a${String(at).padStart(5, '0')}`);
    const chain = names.map((name, at) => (at === 0 ? app(name) : app(name, names[at - 1] ?? '')));
    const result = orderApps(chain);
    expect(result.ok && result.value.length).toBe(20_000);
  });

  it('keeps every app in exactly one wave, after all that it waits for, whatever the order of the input', () => {
    const graph = fc
      .array(fc.array(fc.nat(30), { maxLength: 4 }), { maxLength: 30 })
      .map((rows) => rows.map((row, at) => app(`a${at}`, ...row.filter((one) => one < at).map((one) => `a${one}`))));
    fc.assert(
      fc.property(graph, fc.integer(), (apps, seed) => {
        const result = orderApps(apps);
        const turned = orderApps(apps.map((one, at) => apps[(at + Math.abs(seed)) % apps.length] ?? one));
        expect(turned).toEqual(result);
        if (!result.ok) throw new Error('an acyclic graph was refused');
        const level = new Map(result.value.flatMap((names, at) => names.map((name) => [name, at] as const)));
        expect(level.size).toBe(apps.length);
        for (const one of apps) {
          const before = one.dependencies.map((dependency) => level.get(dependency.app) ?? -1);
          expect(level.get(one.name)).toBe(Math.max(-1, ...before) + 1);
        }
      }),
    );
  });
});
