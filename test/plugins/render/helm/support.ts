import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '#domain/failure.ts';
import type { RenderRequest } from '#domain/ports/plugins.ts';
import { makeTarArchives } from '#plugins/archive/tar/index.ts';
import { type RenderLimits, makeHelmRenderer } from '#plugins/render/helm/index.ts';
import { parseYamlDocuments } from '#plugins/yaml/index.ts';
import { findHelm } from '#test/plugins/yaml/support.ts';
import { makeTarGz } from '#test/support/make-archive.ts';

export const helm = findHelm() ?? '';
export const chartYaml = 'apiVersion: v2\nname: web\nversion: 0.1.0\n';
export const configMap = (name: string, value = 'x') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  v: ${value}\n`;

export type Files = Readonly<Record<string, string>>;
export const archive = (files: Files) => makeTarGz(Object.entries(files).map(([name, text]) => ({ name, text })));
export const chartOf = (templates: Files, more: Files = {}) =>
  archive({
    'web/Chart.yaml': chartYaml,
    ...Object.fromEntries(Object.entries(templates).map(([name, text]) => [`web/templates/${name}`, text])),
    ...more,
  });

/** Every rendering of this file works below it, and leaves nothing. */
const tempFolder = mkdtempSync(join(tmpdir(), 'emco-render-test-'));
export const leftOver = (): readonly string[] => readdirSync(tempFolder);
export const removeTempFolder = (): void => rmSync(tempFolder, { recursive: true });
export const renderer = (limits: Partial<RenderLimits> = {}, path = helm) =>
  makeHelmRenderer({
    helm: path,
    version: 'v3',
    archives: makeTarArchives(),
    parseYaml: parseYamlDocuments,
    limits,
    tempFolder,
  });

export const idle = () => new AbortController().signal;
export async function render(
  chart: Promise<Uint8Array> | Uint8Array,
  rest: Partial<RenderRequest> = {},
  limits: Partial<RenderLimits> = {},
) {
  const request = {
    app: 'web',
    chart: await chart,
    profile: null,
    overrideValues: {},
    release: 'r1',
    namespace: 'shop',
    ...rest,
  };
  return renderer(limits).render(request, idle());
}

export const refusal = async (...args: Parameters<typeof render>) => {
  try {
    await render(...args);
  } catch (error) {
    if (error instanceof Failure) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'rendered';
};
