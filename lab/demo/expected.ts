/** What the shop example must look like in Git, said once and by hand: the demo compares, it does not derive. */

const files = {
  db: [
    'backupplan.shop.emco.example-default-shop-db.yaml',
    'configmap-default-shop-db.yaml',
    'poddisruptionbudget.policy-default-shop-db.yaml',
    'role.rbac.authorization.k8s.io-default-shop-db.yaml',
    'rolebinding.rbac.authorization.k8s.io-default-shop-db.yaml',
    'secret-default-shop-db.yaml',
    'service-default-shop-db.yaml',
    'serviceaccount-default-shop-db.yaml',
    'statefulset.apps-default-shop-db.yaml',
  ],
  'db.crds': ['customresourcedefinition.apiextensions.k8s.io--backupplans.shop.emco.example.yaml'],
  api: [
    'clusterrole.rbac.authorization.k8s.io--default-shop-api.yaml',
    'clusterrolebinding.rbac.authorization.k8s.io--default-shop-api.yaml',
    'configmap-default-shop-api.yaml',
    'deployment.apps-default-shop-api.yaml',
    'secret-default-shop-api-session.yaml',
    'service-default-shop-api.yaml',
    'serviceaccount-default-shop-api.yaml',
  ],
  web: [
    'configmap-default-shop-web.yaml',
    'configmap-default-storefront.yaml',
    'deployment.apps-default-shop-web.yaml',
    'ingress.networking.k8s.io-default-shop-web.yaml',
    'service-default-shop-web.yaml',
  ],
} as const;

type Folder = keyof typeof files;

/** Which folders each cluster has: db where data may be, api on the edge, web on c1 and on the first public cluster. */
export const placed: Readonly<Record<string, readonly Folder[]>> = {
  'core+c3': ['db', 'db.crds', 'web'],
  'edge+c1': ['api', 'web'],
  'edge+c2': ['api'],
};

export const clusterNames: readonly string[] = Object.keys(placed);

/** `app@cluster`, in the order in which things happen. */
export const targets = ['db@core+c3', 'api@edge+c1', 'api@edge+c2', 'web@core+c3', 'web@edge+c1'] as const;

export const toFolder = (cluster: string, gid: string, folder: Folder): string => `deploy/${cluster}/${gid}/${folder}`;

export const toAgentFile = (cluster: string, gid: string): string => `clusters/${cluster}/emco/${gid}.yaml`;

/** Every file that emco owns while the group runs. */
export function toExpectedFiles(gid: string): readonly string[] {
  return Object.entries(placed).flatMap(([cluster, folders]) => [
    toAgentFile(cluster, gid),
    `deploy/${cluster}/.emco`,
    ...folders.flatMap((folder) => files[folder].map((file) => `${toFolder(cluster, gid, folder)}/${file}`)),
  ]);
}

/** What hooks write while they run, where somebody reports that they ended: db and api have one each. */
export const toHookFiles = (gid: string): readonly string[] => [
  `deploy/core+c3/${gid}/db.hooks/job.batch-default-shop-db-schema.yaml`,
  ...['edge+c1', 'edge+c2'].map(
    (cluster) => `deploy/${cluster}/${gid}/api.hooks/job.batch-default-shop-api-smoke.yaml`,
  ),
];

/** Names of the Kustomizations in the agent file of a cluster. */
export const toExpectedAgents = (cluster: string, gid: string): readonly string[] =>
  (placed[cluster] ?? []).map((folder) => `emco-${gid}-${folder.replace('.', '-')}`);

/** Files that the update changes: the API's Deployment on both of its clusters, nothing else. */
export const toChangedFiles = (gid: string): readonly string[] =>
  ['edge+c1', 'edge+c2'].map((cluster) => `${toFolder(cluster, gid, 'api')}/deployment.apps-default-shop-api.yaml`);

/** What the operator's own bootstrap keeps in the repository; emco never touches it. */
export const toBootstrapFiles = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    clusterNames.map((cluster) => [
      `clusters/${cluster}/flux-system/cluster-info.yaml`,
      [
        'apiVersion: v1',
        'kind: ConfigMap',
        'metadata:',
        '  name: cluster-info',
        '  namespace: flux-system',
        'data:',
        `  name: ${cluster}`,
        '',
      ].join('\n'),
    ]),
  );
