#!/usr/bin/env node
// Runs under whatever Node the machine has (20 or newer) and becomes the CLI under the Node 24 of the npm package `node`.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function findNode24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  try {
    return join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
  } catch {
    console.error(`emco: expected Node 24 or the npm package "node", found Node ${process.versions.node} alone`);
    console.error(`emco: run "npm ci" in ${root}`);
    process.exit(5);
  }
}

// Halves the time to start; Node leaves it out where the folder cannot be written.
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'node');

const argv = [findNode24(), join(root, 'cli', 'main.ts'), ...process.argv.slice(2)];
if (typeof process.execve === 'function' && process.platform !== 'win32') process.execve(argv[0], argv, process.env);
else becomeByChild();

// Node 20 cannot replace itself, so it stays as a parent. A watcher of 1 MB reads descriptor 3, whose other end only this process
// holds: when this process is killed, the CLI is asked to end as well, and nothing stays behind that holds a data folder.
function becomeByChild() {
  const watch =
    '(trap "" TERM INT HUP; exec </dev/null >/dev/null 2>&1; read -r _ <&3 || kill -TERM $$) & exec "$@" 3<&-';
  const child =
    process.platform === 'win32'
      ? spawn(argv[0], argv.slice(1), { stdio: 'inherit' })
      : spawn('sh', ['-c', watch, 'emco', ...argv], { stdio: ['inherit', 'inherit', 'inherit', 'pipe'] });
  child.stdio[3]?.on('error', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR2']) process.on(signal, () => child.kill(signal));
  // A terminal sends Ctrl-C to both; a second one would mean "at once" to the child.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  child.once('error', (error) => {
    console.error(`emco: expected ${argv[0]} to start, found ${error.code ?? error.message}`);
    process.exitCode = 5;
  });
  child.once('exit', (code, signal) => {
    const leave = () => {
      if (signal === null) process.exit(code ?? 1);
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    };
    if (child.stdio[3]) child.stdio[3].end('done\n', leave);
    else leave();
  });
}
