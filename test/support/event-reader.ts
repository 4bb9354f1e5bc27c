/** Reads server-sent events as a browser does. */
export interface SentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface EventReader {
  readonly status: number;
  readonly headers: Headers;
  readonly events: readonly SentEvent[];
  /** Waits until so many events have come. */
  until(count: number): Promise<readonly SentEvent[]>;
  /** Waits until the server ends the stream. */
  ended(): Promise<void>;
  close(): void;
}

export async function readEvents(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
  const closing = new AbortController();
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: closing.signal,
  });
  const events: SentEvent[] = [];
  let wake: () => void = () => undefined;
  let isEnded = false;
  const reading = (async () => {
    try {
      for await (const block of toBlocks(response)) {
        const event = toEvent(block);
        if (event !== null) events.push(event);
        wake();
      }
    } catch (error) {
      if (!closing.signal.aborted) throw error;
    } finally {
      isEnded = true;
      wake();
    }
  })();
  return {
    status: response.status,
    headers: response.headers,
    events,
    until: async (count) => {
      while (events.length < count) {
        if (isEnded) throw new Error(`expected ${count} events, found ${events.length} and the end of the stream`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
      return events;
    },
    ended: () => reading,
    close: () => closing.abort(),
  };
}

async function* toBlocks(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    yield* blocks;
  }
}

function toEvent(block: string): SentEvent | null {
  const fields = new Map(
    block.split('\n').map((line) => {
      const at = line.indexOf(': ');
      return [line.slice(0, at), line.slice(at + 2)] as const;
    }),
  );
  const event = fields.get('event');
  if (event === undefined) return null;
  return { id: fields.get('id') ?? '', event, data: JSON.parse(fields.get('data') ?? '{}') };
}
