import { open } from 'node:fs/promises';

const TAIL_BYTES = 3_000;

/** The last lines of a log file, for an error message. */
export async function readLogTail(logFile: string): Promise<string> {
  try {
    await using file = await open(logFile, 'r');
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start);
    const lines = buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n');
    return (start > 0 ? lines.slice(1) : lines).slice(-12).join('\n');
  } catch {
    return '(no log)';
  }
}
