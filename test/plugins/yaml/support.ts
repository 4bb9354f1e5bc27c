import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** The newest helm that the lab has installed; undefined where there is none. */
export function findHelm(): string | undefined {
  const cache = join(homedir(), '.cache', 'emco');
  const folders = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith('helm-v')) : [];
  return folders
    .sort()
    .map((name) => join(cache, name, 'helm'))
    .findLast((path) => existsSync(path));
}

/** What Go's sigs.k8s.io/yaml reads in each text, asked of helm's `fromYaml`; `{"Error": …}` where it refuses. */
export function readLikeGo(helm: string, texts: readonly string[]): readonly unknown[] {
  const chart = mkdtempSync(join(tmpdir(), 'emco-go-yaml-'));
  try {
    mkdirSync(join(chart, 'templates'));
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: go\nversion: 0.1.0\n');
    for (const [at, text] of texts.entries()) writeFileSync(join(chart, `text${at}.txt`), text);
    const lines = texts.map((_, at) => `v${at}: '{{ .Files.Get "text${at}.txt" | fromYaml | toJson | b64enc }}'`);
    writeFileSync(join(chart, 'templates', 'all.yaml'), lines.join('\n'));
    const out = execFileSync(helm, ['template', 'r', chart], { encoding: 'utf8', maxBuffer: 1 << 28 });
    return [...out.matchAll(/^v\d+: '(.*)'$/gm)].map((match) =>
      JSON.parse(Buffer.from(match[1] ?? '', 'base64').toString()),
    );
  } finally {
    rmSync(chart, { recursive: true, force: true });
  }
}
