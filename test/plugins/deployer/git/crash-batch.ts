import type { GroupKey } from '#domain/group.ts';
import type { ChangeSet } from '#domain/plan.ts';
import type { GitBatch } from '#domain/ports/plugins.ts';

import { addBundle, gid, toAddress, toBatch, token } from './support.ts';

const clusters = Array.from({ length: 20 }, (_, at) => `edge+c${at}`);

/** Three changes that are the same in every process. */
export function crashBatch(url: string, knownHead: string | null): GitBatch {
  const changes = ['one', 'two', 'three'].map((app, at) => {
    const bundle = addBundle({ 'a.yaml': `app: ${app}\n`, 'b.yaml': 'b: 1\n' });
    const change: ChangeSet = {
      group: '/projects/p/composite-apps/ca/v1/deployment-intent-groups/g' as GroupKey, // a test's key
      gid,
      operationId: 'op-1',
      operation: 1,
      tick: at,
      revision: 1,
      wave: at,
      plan: toAddress('plan'),
      url,
      branch: 'main',
      subject: `Instantiate g wave ${at}`,
      folders: [{ bundle, part: 'main', paths: clusters.map((one) => `deploy/${one}/${gid}/${app}`) }],
      files: clusters.map((one) => ({ path: `clusters/${one}/emco/${gid}.yaml`, text: `apps: ${at}\n` })),
      moves: [],
    };
    return { digest: toAddress(`crash ${app}`), change, trailers: [] };
  });
  return toBatch({ url, branch: 'main', credentials: { userName: 'emco', token } }, changes, knownHead);
}
