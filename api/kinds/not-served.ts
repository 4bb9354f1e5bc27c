/** Parts of EMCO's API that have no successor here: they are refused by name, so that nobody takes them for done. */
import type { Request, Response, Router } from 'express';
import { HttpProblem } from '#api/engine/problem.ts';
import { toRoute } from '#api/engine/paths.ts';
import { groupPath } from '#api/groups/group-paths.ts';

interface Part {
  /** What it does in EMCO. */
  readonly what: string;
  /** Paths below `/v2`; what lies below them is refused as well. */
  readonly paths: readonly string[];
}

const cluster = '/cluster-providers/{clusterProvider}/clusters/{cluster}';
const below = (parent: string, names: string): readonly string[] => names.split(' ').map((name) => `${parent}/${name}`);

const parts: readonly Part[] = [
  {
    what: 'cluster networks (ncm)',
    paths: below(cluster, 'networks provider-networks apply terminate stop status'),
  },
  {
    what: 'distribution of CA certificates (ca-certs)',
    paths: ['/cluster-providers/{clusterProvider}/ca-certs', '/projects/{project}/ca-certs'],
  },
  { what: 'policies (policy)', paths: ['/projects/{project}/policy', `${groupPath}/policy-intents`] },
  { what: 'service function chains (sfc)', paths: below(groupPath, 'network-chains sfc-clients') },
  { what: 'network interfaces of workloads (ovnaction)', paths: below(groupPath, 'network-controller-intent') },
  { what: 'hardware platform awareness (hpa)', paths: below(groupPath, 'hpa-intents') },
  {
    what: "a user's own Temporal workflows (workflowmgr, tac)",
    paths: below(groupPath, 'temporal-workflow-intents temporal-action-controller'),
  },
];

export function mountNotServed(router: Router): void {
  for (const { what, paths } of parts) {
    for (const path of paths) router.all(`${toRoute(path)}{/*rest}`, refuse(what));
  }
}

const refuse =
  (what: string) =>
  (request: Request, _response: Response): never => {
    const object = `${request.method} ${request.baseUrl}${request.path}`.slice(0, 300);
    throw new HttpProblem({
      status: 501,
      code: 'not-implemented',
      text: `emco has no successor of EMCO's ${what}: nothing was stored`,
      problems: [{ object, expected: 'a part of EMCO that emco serves', found: what }],
    });
  };
