import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { loadWorkflowBundle } from '#workers/bundle.ts';
import { shapes } from './shapes.ts';

const folder = fileURLToPath(new URL('./histories/', import.meta.url));

describe('stored histories', () => {
  it('exist for every shape', async () => {
    const names = (await readdir(folder)).map((name) => name.replace('.json', ''));
    expect(names).toEqual(expect.arrayContaining(shapes.map((shape) => shape.name)));
  });

  it('replay on the present code without a difference', async () => {
    const workflowBundle = await loadWorkflowBundle(join(tmpdir(), 'emco-test-bundles'));
    const names = (await readdir(folder)).toSorted();
    const histories = async function* () {
      for (const name of names) {
        yield { workflowId: name, history: JSON.parse(await readFile(join(folder, name), 'utf8')) };
      }
    };
    expect(names).not.toEqual([]);
    const outcomes: string[] = [];
    for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories())) {
      outcomes.push(`${workflowId}: ${error?.message ?? 'same'}`);
    }
    expect(outcomes).toEqual(names.map((name) => `${name}: same`));
  });
});
