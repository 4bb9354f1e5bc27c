import { describe, expect, it } from 'vitest';
import { toInstallRank } from '#domain/install-order.ts';

describe('the install order', () => {
  it('puts foundations first, custom kinds after all known ones, and webhooks last', () => {
    const kinds = [
      'ValidatingWebhookConfiguration',
      'Widget',
      'Deployment',
      'Service',
      'ConfigMap',
      'CustomResourceDefinition',
      'Namespace',
    ];
    expect(kinds.toSorted((a, b) => toInstallRank(a) - toInstallRank(b))).toEqual([
      'Namespace',
      'ConfigMap',
      'CustomResourceDefinition',
      'Service',
      'Deployment',
      'Widget',
      'ValidatingWebhookConfiguration',
    ]);
  });
});
