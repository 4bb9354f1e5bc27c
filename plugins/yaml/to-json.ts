/** From nodes to JSON: keys checked, scalars resolved, aliases shared and counted. */
import type { Json } from '#domain/json.ts';
import {
  type AliasNode,
  type MappingNode,
  type ScalarNode,
  type SequenceNode,
  YamlError,
  type YamlNode,
} from './node.ts';
import { type Scalar, ScalarError, resolvePlain, resolveTagged, toCoreTag } from './resolve-scalar.ts';

interface Anchored {
  readonly value: Json;
  /** Characters and nodes that writing it out takes. */
  readonly weight: number;
}

interface Builder {
  readonly anchors: Map<string, Anchored>;
  readonly maxAliasWeight: number;
  /** Written out so far, aliases included. */
  weight: number;
  /** Of that, what aliases added. */
  aliasWeight: number;
}

/** @throws YamlError */
export function toJson(document: YamlNode, maxAliasWeight: number): Json {
  return build({ anchors: new Map(), maxAliasWeight, weight: 0, aliasWeight: 0 }, document);
}

function build(builder: Builder, node: YamlNode): Json {
  if (node.kind === 'alias') return followAlias(builder, node);
  const before = builder.weight;
  builder.weight += 1;
  // An anchor inside its own value would be endless: the older value of the name must not be found there.
  if (node.anchor !== '') builder.anchors.delete(node.anchor);
  const value = buildValue(builder, node);
  if (node.anchor !== '') builder.anchors.set(node.anchor, { value, weight: builder.weight - before });
  return value;
}

function buildValue(builder: Builder, node: ScalarNode | SequenceNode | MappingNode): Json {
  switch (node.kind) {
    case 'scalar':
      builder.weight += node.text.length;
      return resolve(node);
    case 'sequence':
      checkTag(node, 'seq');
      return node.items.map((item) => build(builder, item));
    case 'mapping':
      checkTag(node, 'map');
      return buildMapping(builder, node);
  }
}

function buildMapping(builder: Builder, node: MappingNode): Json {
  const value: Record<string, Json> = {};
  for (const [keyNode, valueNode] of node.pairs) {
    const key = buildKey(builder, keyNode);
    if (Object.hasOwn(value, key)) throw new YamlError(`expected each key once, found ${quote(key)} again`, keyNode.at);
    value[key] = build(builder, valueNode);
  }
  return value;
}

/** Keys are strings for JSON: numbers and booleans become their text, as in Go. */
function buildKey(builder: Builder, node: YamlNode): string {
  if (node.kind === 'scalar' && node.plain && node.tag === '' && node.text === '<<')
    throw new YamlError('expected plain mappings, found a merge key (<<)', node.at);
  const key = build(builder, node);
  if (key === null || typeof key === 'object') throw new YamlError('expected text as key, found another node', node.at);
  const text = String(key);
  if (text === '__proto__') throw new YamlError('expected another key, found __proto__', node.at);
  return text;
}

function followAlias(builder: Builder, node: AliasNode): Json {
  const anchored = builder.anchors.get(node.name);
  if (!anchored) throw new YamlError(`expected an anchor &${node.name} before its alias, found none`, node.at);
  builder.weight += anchored.weight;
  builder.aliasWeight += anchored.weight;
  if (builder.aliasWeight > builder.maxAliasWeight)
    throw new YamlError(
      `expected aliases that add at most ${builder.maxAliasWeight} characters, found more`,
      node.at,
      true,
    );
  return anchored.value;
}

function resolve(node: ScalarNode): Scalar {
  try {
    if (node.tag === '') return node.plain ? resolvePlain(node.text) : node.text;
    const tag = toCoreTag(node.tag);
    if (tag === null) throw new ScalarError(`no custom tags, found ${quote(node.tag)}`);
    return resolveTagged(node.text, tag);
  } catch (error) {
    if (error instanceof ScalarError) throw new YamlError(`expected ${error.message}`, node.at);
    throw error;
  }
}

function checkTag(node: SequenceNode | MappingNode, own: 'seq' | 'map'): void {
  if (node.tag === '' || node.tag === '!' || toCoreTag(node.tag) === own) return;
  throw new YamlError(`expected no custom tags, found ${quote(node.tag)}`, node.at);
}

const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
