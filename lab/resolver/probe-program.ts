import { tryCommand } from './run-command.ts';
import type { Tool } from './tool.ts';

/** The version that a program reports (`''` where it reports none), or undefined when it is not that program. */
export async function probeProgram(tool: Tool, file: string): Promise<string | undefined> {
  try {
    const result = await tryCommand([file, ...tool.probe.args], { timeoutMs: 30_000 });
    const match = tool.probe.answer.exec(`${result.stdout}\n${result.stderr}`);
    return match === null ? undefined : (match[1] ?? '');
  } catch {
    return undefined;
  }
}

export async function verifyProgram(tool: Tool, file: string): Promise<void> {
  if ((await probeProgram(tool, file)) !== undefined) return;
  const asked = [file, ...tool.probe.args].join(' ');
  throw new Error(`${asked}: expected an answer like ${tool.probe.answer.source}, found something else`);
}

/** Whether `version` is `lowest` or later, number by number. */
export function isAtLeast(version: string, lowest: string): boolean {
  const [have, want] = [version, lowest].map((text) => text.split('.').map(Number));
  for (const [index, part] of (want ?? []).entries()) {
    const difference = (have?.[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
