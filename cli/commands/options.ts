import { CliError } from '#cli/cli-error.ts';
import { outputFormats } from '#cli/output/print.ts';
import type { OutputFormat } from '#cli/output/print.ts';
import { Option } from 'commander';
import type { Command } from 'commander';

export interface ConnectionFlags {
  readonly server?: string;
  readonly config?: string;
  readonly tokenFile?: string;
}

export interface OutputFlags extends ConnectionFlags {
  readonly output: OutputFormat;
}

/** `--server`, `--config` and `--token-file`. */
export const withConnection = (command: Command): Command =>
  command
    .addOption(new Option('--server <url>', 'the API (default: EMCO_URL, else http://127.0.0.1:9015)'))
    .addOption(new Option('--config <file>', "emcoctl's configuration, whose ingress or orchestrator is the API"))
    .addOption(new Option('--token-file <file>', 'file with the bearer token (default: EMCO_TOKEN_FILE)'));

/** The same and `-o`. */
export const withOutput = (command: Command): Command =>
  withConnection(command).addOption(
    new Option('-o, --output <format>', 'how data is printed').choices(outputFormats).default('table'),
  );

/** The same and `-f`, `-v`. */
export const withDocuments = (command: Command): Command =>
  withOutput(command)
    .option(
      '-f, --filename <file>',
      'EMCO YAML with one or more documents, or a folder of such files; - is standard input; may be repeated',
      collect,
      [],
    )
    .option(
      '-v, --values <file>',
      "YAML with the values for the documents' templates, which are Go's: {{ .Name }}, {{ range .Clusters }}",
    );

export interface DocumentFlags extends OutputFlags {
  readonly filename: readonly string[];
  readonly values?: string;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** `90`, `90s`, `5m`, `1h` → milliseconds. */
export function toMilliseconds(text: string): number {
  const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const factors: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const factor = factors[unit];
  if (digits === undefined || factor === undefined) {
    throw new CliError('usage', `--timeout: expected a time such as 90s or 5m, found ${text}`);
  }
  return Number(digits) * factor;
}
