/** A program that could not be found or installed; the message says each way that was tried and what to do. */
export class MissingToolError extends Error {
  readonly tool: string;

  constructor(tool: string, tried: readonly string[]) {
    const variable = pathVariable(tool);
    super(
      [
        `program ${tool}: expected it on this machine, found none, and no way to get it worked:`,
        ...tried.map((reason) => `  - ${reason}`),
        `  Install it and put it on PATH, or set ${variable} to its file.`,
      ].join('\n'),
    );
    this.name = 'MissingToolError';
    this.tool = tool;
  }
}

/** The environment variable that names a program's file: `EMCO_KUBE_APISERVER_PATH`. */
export function pathVariable(tool: string): string {
  return `EMCO_${tool.toUpperCase().replaceAll('-', '_')}_PATH`;
}
