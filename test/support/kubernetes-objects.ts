/** Small Kubernetes objects for tests against API servers. */
import type { JsonObject } from '#domain/json.ts';
import type { KubernetesObject } from '#domain/manifest.ts';

export const configMap = (name: string, content: JsonObject = {}, namespace = 'default'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: content,
});

export const secret = (name: string, content: JsonObject, namespace = 'default'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  stringData: content,
});

export const namespace = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});

const podTemplate = (name: string, image: string): JsonObject => ({
  metadata: { labels: { app: name } },
  spec: { containers: [{ name: 'main', image }], restartPolicy: 'Always' },
});

export const deployment = (name: string, options: { image?: string; replicas?: number } = {}): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas: options.replicas ?? 1,
    selector: { matchLabels: { app: name } },
    template: podTemplate(name, options.image ?? 'example/web:1'),
  },
});

export const service = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { selector: { app: name }, ports: [{ port: 80 }] },
});

export const job = (name: string, image: string): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'default' },
  spec: { template: { spec: { containers: [{ name: 'main', image }], restartPolicy: 'Never' } } },
});

/** A CRD with one string field `size`. */
export const widgetDefinition = (group: string): KubernetesObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { size: { type: 'string' } } },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
});

export const widget = (group: string, name: string, spec: JsonObject): KubernetesObject => ({
  apiVersion: `${group}/v1`,
  kind: 'Widget',
  metadata: { name, namespace: 'default' },
  spec,
});
