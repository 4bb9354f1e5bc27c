// Runs the steps of CI one after another, counts the tests of all of them and prints the closing line.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const reports = mkdtempSync(join(tmpdir(), 'emco-ci-'));
let passed = 0;
let failed = 0;

function run(name, args) {
  console.log(`\n=== ${name}`);
  const { status } = spawnSync('npm', args, { stdio: 'inherit' });
  return status === 0;
}

function step(name, args) {
  if (run(name, args)) passed += 1;
  else failed += 1;
}

function tests(name, script) {
  const report = join(reports, `${script.replace(':', '-')}.json`);
  const ok = run(name, ['run', script, '--', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]);
  const result = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : { numPassedTests: 0, numFailedTests: 0 };
  passed += result.numPassedTests;
  failed += result.numFailedTests;
  if (!ok && result.numFailedTests === 0) failed += 1;
}

step('static checks', ['run', 'check']);
tests('unit tests (npm test)', 'test');
step('lab: install', ['run', 'lab:install']);
tests('lab tests', 'test:lab');

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
