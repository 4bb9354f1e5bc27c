import { CliError } from '#cli/cli-error.ts';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

import { asText, isRecord } from './problem.ts';

/**
 * The server that a configuration file of EMCO's client names: its `ingress`, else its `orchestrator`. One address serves
 * everything here, so the other services of the file are not looked at.
 */
export async function readServerOf(file: string): Promise<string> {
  const config = parseConfig(await readConfig(file), file);
  for (const service of ['ingress', 'orchestrator']) {
    const { host = '', port = '' } = toTexts(config[service]);
    if (host !== '' && port !== '') return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }
  throw new CliError('usage', `config ${file}: expected ingress or orchestrator with host and port, found neither`);
}

async function readConfig(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CliError('usage', `config ${file}: expected a readable file, found ${code === 'ENOENT' ? 'none' : code}`);
  }
}

function parseConfig(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    return toLowerKeys(parse(text));
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new CliError('usage', `config ${file}: expected YAML, found ${found}`);
  }
}

/** Names of this file are read in any case. */
const toLowerKeys = (value: unknown): Readonly<Record<string, unknown>> =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, of]) => [key.toLowerCase(), of])) : {};

const toTexts = (service: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(toLowerKeys(service)).map(([key, of]) => [key, asText(of)]));
