/** The examples of a kind as bodies that clients send and get. */
import type { z } from 'zod';
import type { Kind, KindExample } from '#api/engine/kind.ts';

export interface MediaExamples {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;
}

/** What a client sends. */
export const toSent = (kind: Kind): MediaExamples =>
  toMedia(kind, ({ body, files = {} }) => {
    if (kind.upload === undefined) return body;
    const texts = Object.values(files);
    const part = texts.length === 0 ? {} : { [kind.upload.part]: kind.upload.files === 1 ? texts[0] : texts };
    return { metadata: body, ...part };
  });

/** What a client gets: absent members are filled in, as the API does. */
export const toAnswered = (kind: Kind): MediaExamples => toMedia(kind, ({ body }) => toStored(kind, body));

export function toListed(kind: Kind): MediaExamples {
  const bodies = kind.examples === undefined ? [kind.example] : Object.values(kind.examples).map(({ body }) => body);
  const stored = bodies.map((body) => toStored(kind, body));
  return { example: kind.listContent === 'metadata' ? stored.map(({ metadata }) => ({ metadata })) : stored };
}

type Example = Pick<KindExample<z.input<Kind['schema']>>, 'body' | 'files'>;

function toMedia(kind: Kind, toValue: (example: Example) => unknown): MediaExamples {
  if (kind.examples === undefined) return { example: toValue({ body: kind.example }) };
  const examples = Object.entries(kind.examples).map(([name, one]) => [
    name,
    { summary: one.summary, value: toValue(one) },
  ]);
  return { examples: Object.fromEntries(examples) as NonNullable<MediaExamples['examples']> };
}

function toStored(kind: Kind, body: z.input<Kind['schema']>): Readonly<Record<string, unknown>> {
  const parsed = kind.schema.parse(body);
  return kind.tidy?.(parsed) ?? parsed;
}
