// Adds to package-lock.json the optional platform packages that the registry in use does not have: `npm ci` wants every
// optional dependency named, although it installs only those of its own platform. Run after each change of dependencies.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const systems = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  openharmony: 'openharmony',
  win32: 'win32',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  sunos: 'sunos',
  aix: 'aix',
};
const processors = new Set([
  'arm64',
  'x64',
  'ia32',
  'arm',
  'ppc64',
  's390x',
  'riscv64',
  'loong64',
  'mips64el',
  'wasm32',
]);

/** `@swc/core-linux-arm-gnueabihf` is for linux, arm, glibc. */
function toPlatform(name) {
  const words = name.split(/[-/]/);
  const os = words.map((word) => systems[word]).find(Boolean);
  const cpu = words.find((word) => processors.has(word)) ?? (words.includes('armv7') ? 'arm' : undefined);
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : undefined;
  return { ...(cpu ? { cpu: [cpu] } : {}), ...(os ? { os: [os] } : {}), ...(os === 'linux' && libc ? { libc } : {}) };
}

let added = 0;
for (const entry of Object.values({ ...lock.packages })) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (lock.packages[key] !== undefined || Object.keys(lock.packages).some((known) => known.endsWith(`/${key}`)))
      continue;
    const version = range.replace(/^[~^]/, '');
    const platform = toPlatform(name);
    // Without a platform npm would try to install it here, where it cannot be had.
    if (!/^\d+\.\d+\.\d+/.test(version) || (platform.os === undefined && platform.cpu === undefined))
      throw new Error(`${name}@${range}: expected a pinned platform package`);
    lock.packages[key] = {
      version,
      ...platform,
      ...(entry.dev ? { dev: true } : {}),
      license: entry.license,
      optional: true,
    };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.error(`${added} platform packages added`);
