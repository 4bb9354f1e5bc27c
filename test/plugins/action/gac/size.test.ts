import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '#domain/manifest.ts';
import { add, byLabel, byName, cluster, customization, customise, deployment, jsonPatch, resource } from './support.ts';

describe('size', () => {
  const many = Array.from({ length: 1_000 }, (_, at) =>
    cluster(`edge+c${String(at).padStart(4, '0')}`, at % 2 ? 'odd' : 'even'),
  );
  const chart = Array.from(
    { length: 30 },
    (_, at): KubernetesObject => ({ ...deployment, metadata: { name: `d${at}` } }),
  );
  const patchFor = (at: number) =>
    many.map((one, place) => ({
      ...jsonPatch(`c${place}`, {
        op: 'replace',
        path: '/spec/template/spec/containers/0/image',
        value: `web:${at}.${place}`,
      }),
      clusters: byName('edge', one.key.slice(5)),
    }));

  it('customises 30 objects on each of 1,000 clusters differently in 2 seconds of processor time', () => {
    const resources = chart.map((object, at) =>
      resource(`r${at}`, 'Deployment', {
        newObject: false,
        objectName: object.metadata.name,
        customizations: patchFor(at),
      }),
    );
    const begin = process.cpuUsage();
    const { variants } = customise({ objects: chart, clusters: many, resources });
    expect(process.cpuUsage(begin).user / 1_000).toBeLessThan(2_000);
    expect(variants).toHaveLength(1_000);
    expect(JSON.stringify(variants[999]?.objects[29])).toContain('web:29.999');
  });

  it('costs little where 30,000 resources fall on one cluster each, or one label makes two variants', () => {
    const resources = many.flatMap((one, place) =>
      Array.from({ length: 30 }, (_, at) =>
        resource(`r${place}-${at}`, 'ConfigMap', {
          customizations: [
            { ...jsonPatch('c', add('/data/x', String(place))), clusters: byName('edge', one.key.slice(5)) },
          ],
        }),
      ),
    );
    const begin = process.cpuUsage();
    const { variants } = customise({ objects: chart, clusters: many, resources });
    expect(process.cpuUsage(begin).user / 1_000).toBeLessThan(2_500);
    expect(variants).toHaveLength(1_000);
    expect(variants[3]?.objects).toHaveLength(60);
    const two = customise({
      objects: chart,
      clusters: many,
      resources: [
        resource('cm', 'ConfigMap', { customizations: [customization('c', { clusters: byLabel('edge', 'odd') })] }),
      ],
    });
    expect(two.variants.map((one) => one.clusters.length)).toEqual([500, 500]);
  });
});
