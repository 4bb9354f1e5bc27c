/** The fast reader: js-yaml's events as nodes. Strict YAML 1.2 syntax. */
import {
  EVENT_ID,
  type Event,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
  YAMLException,
  getScalarValue,
  parseEvents,
} from 'js-yaml';
import { type MappingNode, YamlError, type YamlNode } from './node.ts';

interface Cursor {
  readonly text: string;
  readonly events: readonly Event[];
  at: number;
}

/** One node for each document. @throws YamlError */
export function readStrictly(text: string, maxDepth: number): readonly YamlNode[] {
  const cursor: Cursor = { text, events: readEvents(text, maxDepth), at: 0 };
  const documents: YamlNode[] = [];
  while (cursor.at < cursor.events.length) {
    if (cursor.events[cursor.at++]?.type !== EVENT_ID.DOCUMENT) continue;
    const node = readNode(cursor);
    if (node !== null) documents.push(node);
  }
  return documents;
}

function readEvents(text: string, maxDepth: number): readonly Event[] {
  try {
    return parseEvents(text, { maxDepth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new YamlError(error.reason, error.mark?.position ?? 0, error.reason.startsWith('nesting exceeded'));
  }
}

/** Null at the end of a collection or document. */
function readNode(cursor: Cursor): YamlNode | null {
  const event = cursor.events[cursor.at++];
  switch (event?.type) {
    case EVENT_ID.SCALAR:
      return readScalar(cursor.text, event);
    case EVENT_ID.ALIAS:
      return { kind: 'alias', at: event.anchorStart, name: cursor.text.slice(event.anchorStart, event.anchorEnd) };
    case EVENT_ID.SEQUENCE:
      return { ...toMarks(cursor.text, event, event.start), kind: 'sequence', items: [...readAll(cursor)] };
    case EVENT_ID.MAPPING:
      return { ...toMarks(cursor.text, event, event.start), kind: 'mapping', pairs: readPairs(cursor) };
    case EVENT_ID.DOCUMENT:
    case EVENT_ID.POP:
    case undefined:
      return null;
  }
}

function* readAll(cursor: Cursor): Generator<YamlNode> {
  for (let node = readNode(cursor); node !== null; node = readNode(cursor)) yield node;
}

function readPairs(cursor: Cursor): MappingNode['pairs'] {
  const pairs: [YamlNode, YamlNode][] = [];
  for (let key = readNode(cursor); key !== null; key = readNode(cursor)) {
    const value = readNode(cursor);
    if (value !== null) pairs.push([key, value]);
  }
  return pairs;
}

function readScalar(text: string, event: ScalarEvent): YamlNode {
  return {
    ...toMarks(text, event, event.valueStart),
    kind: 'scalar',
    text: readText(text, event),
    plain: event.style === SCALAR_STYLE.PLAIN,
  };
}

/** A block that ends with the text, without a newline, has none to keep: js-yaml adds one. */
function readText(text: string, event: ScalarEvent): string {
  const value = getScalarValue(text, event);
  const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
  return isBlock && event.valueEnd >= text.length && !text.endsWith('\n') && value.endsWith('\n')
    ? value.slice(0, -1)
    : value;
}

const toMarks = (text: string, event: ScalarEvent | SequenceEvent | MappingEvent, at: number) => ({
  at: Math.max(0, at),
  tag: event.tagStart < 0 ? '' : text.slice(event.tagStart, event.tagEnd),
  anchor: event.anchorStart < 0 ? '' : text.slice(event.anchorStart, event.anchorEnd),
});
