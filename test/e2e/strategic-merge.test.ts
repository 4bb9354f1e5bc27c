/** The strategic merge against its two authorities: a real API server for the table, kubectl for what it makes of patches. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { resolveTool } from '#lab/resolver/index.ts';
import { makeTable, toText } from '#lab/strategic-merge/make-table.ts';
import { readGoTypes } from '#lab/strategic-merge/read-go-types.ts';
import { readOpenApi } from '#lab/strategic-merge/read-open-api.ts';
import { runCases } from '#test/strategic-merge/run-cases.ts';

describe('the table of the strategic merge', () => {
  it('is what npm run generate:strategic-merge makes of a real API server', async () => {
    const openApi = await readOpenApi();
    const table = makeTable(openApi, await readGoTypes(openApi.version.replace(/^v1/, 'v0')));
    const file = new URL(import.meta.resolve('#plugins/action/gac/strategic-merge/table.json'));
    expect(await readFile(file, 'utf8')).toBe(toText(table));
  });
});

describe('the strategic merge', () => {
  it('makes of 2,000 generated patches what kubectl makes of them, over all kinds', async () => {
    const result = await runCases({ kubectl: await resolveTool('kubectl'), cases: 2_000, seed: 1 });
    expect(result.differences).toEqual([]);
    expect(result.kinds.length).toBeGreaterThan(120);
  });
});
