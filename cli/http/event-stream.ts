/** Server-sent events over `fetch`, parsed as the standard has it, as far as the API writes them. */
export interface ServerEvent {
  /** Empty for an event without a place of its own. */
  readonly id: string;
  readonly type: string;
  /** Empty where only the place is told. */
  readonly data: string;
}

/** Yields every event, and null for every comment: the connection lives. */
export async function* readServerEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent | null> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    yield* blocks.map(toServerEvent);
  }
}

function toServerEvent(block: string): ServerEvent | null {
  const fields = block.split('\n').map((line): readonly [string, string] => {
    const at = line.indexOf(':');
    return [line.slice(0, at), line.slice(at + 1).replace(/^ /, '')];
  });
  const valueOf = (name: string): string => fields.find(([field]) => field === name)?.[1] ?? '';
  const lines = fields.filter(([field]) => field === 'data').map(([, value]) => value);
  const id = valueOf('id');
  return lines.length === 0 && id === '' ? null : { id, type: valueOf('event'), data: lines.join('\n') };
}
