/** The charts of the workloads: one a app, six namespaced objects each. */
import { makeTarGz } from '#test/support/make-archive.ts';

/** Kind and API version of the six objects; all have the chart's name. */
export const chartObjects = [
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'v1', kind: 'ServiceAccount' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' },
] as const;

export const makeBenchChart = (name: string, owner: string): Promise<Buffer> =>
  makeTarGz([
    { name: `${name}/Chart.yaml`, text: `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n` },
    {
      name: `${name}/values.yaml`,
      text: `owner: ${owner}\nreplicas: 2\nimage:\n  name: registry.example/${name}\n  tag: "1.0"\n`,
    },
    { name: `${name}/templates/all.yaml`, text: objects(name).join('---\n') },
  ]);

/** Owner makes the objects of a case its own, so that no case pushes what an earlier one has pushed. */
const head = (name: string, { apiVersion, kind }: (typeof chartObjects)[number]): string => `apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: ${name}
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/instance: {{ .Release.Name }}
    app.kubernetes.io/managed-by: {{ .Release.Service }}
  annotations:
    bench.example/owner: {{ .Values.owner | quote }}
`;

const bodies: Readonly<Record<(typeof chartObjects)[number]['kind'], (name: string) => string>> = {
  Deployment: (name) => `spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels:
      app.kubernetes.io/name: ${name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${name}
    spec:
      serviceAccountName: ${name}
      containers:
        - name: ${name}
          image: "{{ .Values.image.name }}:{{ .Values.image.tag }}"
          ports:
            - name: http
              containerPort: 8080
          readinessProbe:
            httpGet:
              path: /ready
              port: http
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
          envFrom:
            - configMapRef:
                name: ${name}
`,
  Service: (name) =>
    `spec:\n  selector:\n    app.kubernetes.io/name: ${name}\n  ports:\n    - name: http\n      port: 80\n      targetPort: http\n`,
  ConfigMap: () => 'data:\n  LOG_LEVEL: info\n  CACHE_SECONDS: "60"\n',
  ServiceAccount: () => '',
  Role: (name) =>
    `rules:\n  - apiGroups: [""]\n    resources: [configmaps]\n    resourceNames: [${name}]\n    verbs: [get, watch]\n`,
  RoleBinding: (name) =>
    `roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: ${name}\nsubjects:\n  - kind: ServiceAccount\n    name: ${name}\n`,
};

const objects = (name: string): readonly string[] =>
  chartObjects.map((object) => `${head(name, object)}${bodies[object.kind](name)}`);

/** What W3 changes: the image's tag. */
export const makeBenchProfile = (tag: string): Promise<Buffer> =>
  makeTarGz([
    { name: 'manifest.yaml', text: 'version: v1\ntype:\n  values: override_values.yaml\n' },
    { name: 'override_values.yaml', text: `image:\n  tag: "${tag}"\n` },
  ]);
