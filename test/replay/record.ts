/** Records the histories that the replay test plays again: `node test/replay/record.ts [name …]` after a new shape or a new type. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { resolveTool, runCommand } from '#lab/resolver/index.ts';
import { toGroupKey } from '#domain/group.ts';
import { startTemporalEnv } from '#test/support/temporal-env.ts';
import { signals, taskQueues, workflowTypes } from '#workflows/messages.ts';
import { shapes } from './shapes.ts';

const folder = fileURLToPath(new URL('./histories/', import.meta.url));
const group = toGroupKey({ project: 'p', compositeApp: 'ca', version: 'v1', group: 'g' });
const temporal = await resolveTool('temporal');
const env = await startTemporalEnv();
const wanted = process.argv.slice(2);
for (const shape of shapes.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const steps = shape.steps();
  await env.withWorkers(steps, async () => {
    const options = { workflowId: `dig:${shape.name}`, taskQueue: taskQueues.emco, args: [{ group }] };
    const handle = await env.client.workflow.start(workflowTypes.group, options);
    await shape.play(handle, steps);
    await handle.signal(signals.deleted);
    await handle.result();
    const show = ['workflow', 'show', '--workflow-id', options.workflowId, '--output', 'json'];
    const stdout = await runCommand([temporal, ...show, '--address', env.address, '--namespace', env.namespace]);
    await writeFile(`${folder}${shape.name}.json`, stdout);
    process.stderr.write(`recorded ${shape.name}\n`);
  });
}
await env.stop();
