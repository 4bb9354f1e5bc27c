import { describe, expect, it } from 'vitest';
import type { HealthCheck } from '#domain/health-check.ts';
import type { JsonObject } from '#domain/json.ts';
import { makeHealthExpressions } from '#plugins/health/cel/index.ts';

const expressions = makeHealthExpressions();

const widget = (status: JsonObject, spec: JsonObject = { replicas: 3 }): JsonObject => ({
  apiVersion: 'example.org/v1',
  kind: 'Widget',
  metadata: { name: 'w', generation: 2 },
  spec,
  status,
});

const check = (current: string, more: Partial<HealthCheck> = {}): HealthCheck => ({
  apiVersion: 'example.org/v1',
  kind: 'Widget',
  current,
  ...more,
});

const statusOf = (made: HealthCheck, object: JsonObject): string => expressions.judge(made, object).status;
const condition = (type: string, status: string): JsonObject => ({ conditions: [{ type, status }] });

describe('health by expressions', () => {
  it('asks failed, then inProgress, then current', () => {
    const made = check("status.conditions.exists(e, e.type == 'Synced' && e.status == 'True')", {
      inProgress: "status.conditions.exists(e, e.type == 'Synced' && e.status == 'Unknown')",
      failed: "status.conditions.exists(e, e.type == 'Broken' && e.status == 'True')",
    });
    expect(statusOf(made, widget(condition('Synced', 'True')))).toBe('Current');
    expect(statusOf(made, widget(condition('Synced', 'Unknown')))).toBe('InProgress');
    expect(statusOf(made, widget(condition('Broken', 'True')))).toBe('Failed');
    expect(statusOf(made, widget(condition('Synced', 'False')))).toBe('InProgress');
  });

  it('counts whole numbers as int, as Kubernetes does', () => {
    expect(statusOf(check('status.ready == spec.replicas * 1'), widget({ ready: 3 }))).toBe('Current');
    expect(statusOf(check('status.observedGeneration >= metadata.generation'), widget({ observedGeneration: 1 }))).toBe(
      'InProgress',
    );
    expect(statusOf(check('status.share > 0.5'), widget({ share: 0.75 }))).toBe('Current');
  });

  it('says of a member that is not there yet that the object is on its way, and which it is', () => {
    expect(expressions.judge(check("status.phase == 'Ready'"), widget({}))).toEqual({
      status: 'InProgress',
      message: 'healthCheckExprs: current: No such key: phase',
    });
    const { status: _, ...bare } = widget({});
    expect(statusOf(check("has(status.phase) && status.phase == 'Ready'"), bare)).toBe('InProgress');
    expect(statusOf(check("status.?phase.orValue('') == ''"), bare)).toBe('Current');
  });

  it('ends however large the object is', () => {
    const items = Array.from({ length: 20_000 }, (_, at) => ({ at }));
    const made = check('status.items.all(a, status.items.all(b, a.at + b.at >= 0))');
    expect(expressions.judge(made, widget({ items }))).toEqual({
      status: 'InProgress',
      message: 'healthCheckExprs: current: looks at too many members of the object',
    });
    expect(statusOf(check('status.items.exists(a, a.at == 19999)'), widget({ items }))).toBe('Current');
  });

  it('sees nothing but the object', () => {
    for (const text of ['process.env', 'globalThis', 'status.constructor', 'now()', "status['__proto__'] == null"]) {
      expect(statusOf(check(`${text} != null`), widget({})), text).toBe('InProgress');
    }
  });
});

describe('what can be written', () => {
  it.each([
    ["status.phase == 'Ready'"],
    ['status.ready'],
    ["status.conditions.filter(e, e.type == 'Ready').all(e, e.status == 'True')"],
    ["data['state'] == 'done' && kind == 'Widget'"],
    ['size(spec.items) == size(status.items)'],
  ])('%s can be used', (text) => {
    expect(expressions.check([check(text)])).toEqual([]);
  });

  it.each([
    ['status.phase ==', /^Unexpected token: EOF at column 16$/],
    ['phase == 1', /^Unknown variable: phase at column 1$/],
    ["'Ready'", /^an expression of type string$/],
    ["status.phase.matches('(a+)+$')", /^matches at column 1; use contains/],
    ['status.a.all(a, a.all(b, b.all(c, c.all(d, d))))', /^loops in loops deeper than 3 at column \d+$/],
    [`status.phase == '${'x'.repeat(2000)}'`, /^2018 characters, more than 2000$/],
    [`${'('.repeat(60)}1${')'.repeat(60)} == 1`, /depth/i],
  ])('%s is refused', (text, fault) => {
    const [problem] = expressions.check([check('true', { failed: text })]);
    expect(problem?.object).toBe('healthCheckExprs of Widget (example.org/v1), failed');
    expect(problem?.found).toMatch(fault);
  });
});
