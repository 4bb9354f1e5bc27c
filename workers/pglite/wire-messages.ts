/** What of PostgreSQL's wire protocol (version 3) has to be understood to hand it on in whole turns. */

const startupCodes = { startup: 196_608, ssl: 80_877_103, gss: 80_877_104, cancel: 80_877_102 } as const;

/** Longest message taken; the store's statements stay near 1 MB. */
const longestMessage = 64 * 1024 * 1024;

export type Opening =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'encryption' | 'cancel' | 'startup'; readonly length: number };

/** Reads the first message of a connection, which has no type byte. */
export function readOpening(buffer: Buffer): Opening {
  if (buffer.length < 8) return { kind: 'incomplete' };
  const length = buffer.readInt32BE(0);
  if (length < 8 || length > 10_000) return { kind: 'refused' };
  if (buffer.length < length) return { kind: 'incomplete' };
  const code = buffer.readInt32BE(4);
  if (code === startupCodes.startup) return { kind: 'startup', length };
  if (code === startupCodes.cancel) return { kind: 'cancel', length };
  return code === startupCodes.ssl || code === startupCodes.gss ? { kind: 'encryption', length } : { kind: 'refused' };
}

/** End of the typed message at `start`, or null while bytes are missing; NaN when it is no message. */
export function findMessageEnd(buffer: Buffer, start: number): number | null {
  if (buffer.length < start + 5) return null;
  const length = buffer.readInt32BE(start + 1);
  if (length < 4 || length > longestMessage) return Number.NaN;
  const end = start + 1 + length;
  return buffer.length < end ? null : end;
}

/** Types after which the server owes an answer: Query, Sync, FunctionCall. Everything before belongs to the same turn. */
const turnEnds = new Set(['Q', 'S', 'F'].map((type) => type.charCodeAt(0)));

export const endsTurn = (type: number | undefined): boolean => type !== undefined && turnEnds.has(type);

export const isTerminate = (type: number | undefined): boolean => type === 'X'.charCodeAt(0);

/** AuthenticationCleartextPassword. */
export const passwordRequest = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]);

/** `N`: no encryption here. */
export const noEncryption = Buffer.from('N');

/** The text of a PasswordMessage, or null when the message is another one. */
export const readPassword = (message: Buffer): string | null =>
  message[0] === 'p'.charCodeAt(0) ? message.subarray(5, -1).toString('utf8') : null;

/** ErrorResponse of severity FATAL. */
export function makeFatal(code: string, text: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
