/** Judges a decoded body by its schema and words the findings as EMCO does. */
import type { z } from 'zod';
import type { Problem } from '#domain/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import { HttpProblem } from './problem.ts';
import { toShape } from './shape.ts';

export interface JudgeOptions {
  readonly schema: z.ZodObject;
  /** What the body is, in a sentence: `project`. */
  readonly object: string;
  /** EMCO's own text for any body that does not decode, where it has one. */
  readonly undecodableText?: string;
  /** EMCO's checks that come before the schema's; each text is one line of the answer. */
  readonly firstChecks?: (body: JsonObject) => readonly string[];
}

/** Messages of schemas with this beginning are EMCO's own and mean a refused value, not an undecodable one. */
const refusedTypePrefix = 'Invalid type. Expected:';

export function judgeBody(json: Json, options: JudgeOptions): JsonObject {
  if (json !== null && !isJsonObject(json)) throw undecodable(options, [wrongType(options.object, 'object', json)]);
  const shaped = toShape(options.schema, json ?? {});
  const body = isJsonObject(shaped) ? shaped : {};
  const result = options.schema.safeParse(body, { reportInput: true });
  const issues = result.success ? [] : result.error.issues;
  const mistyped = issues.filter(isUndecodable);
  if (mistyped.length > 0)
    throw undecodable(
      options,
      mistyped.map((issue) => toProblem(issue, options.object)),
    );
  const texts = options.firstChecks?.(body) ?? [];
  if (texts.length > 0) {
    const problems = texts.map((text) => ({ object: options.object, expected: 'a complete body', found: text }));
    throw new HttpProblem({ status: 400, code: 'document-invalid', text: texts.join('\n'), problems });
  }
  // What a schema of JSON values gives is JSON.
  if (result.success) return result.data as JsonObject;
  throw new HttpProblem({
    status: 400,
    code: 'document-invalid',
    text: ['Invalid Input:', ...issues.map(toEmcoText)].join('\n'),
    problems: issues.map((issue) => toProblem(issue, options.object)),
  });
}

type Issue = z.core.$ZodIssue;

const isUndecodable = (issue: Issue): boolean =>
  issue.code === 'invalid_type' && issue.input !== undefined && !issue.message.startsWith(refusedTypePrefix);

function undecodable(options: JudgeOptions, problems: readonly Problem[]): HttpProblem {
  const [first] = problems;
  const text = `json: cannot unmarshal ${first?.found ?? 'value'} into ${first?.object ?? 'body'} of type ${first?.expected ?? 'object'}`;
  return new HttpProblem({
    status: 422,
    code: 'document-undecodable',
    text: options.undecodableText ?? text,
    problems,
  });
}

const wrongType = (object: string, expected: string, value: unknown): Problem => ({
  object,
  expected,
  found: typeOf(value),
});

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** gojsonschema's wording, which says nothing of the member except for enumerations. */
function toEmcoText(issue: Issue): string {
  if (issue.code === 'invalid_format') return `Does not match pattern '${toPatternText(issue.pattern)}'`;
  if (issue.code === 'too_big') {
    const subject = issue.origin === 'string' ? 'String length must' : 'Must';
    return `${subject} be less than or equal to ${issue.maximum}`;
  }
  if (issue.code === 'too_small') return `Must be greater than or equal to ${issue.minimum}`;
  if (issue.code === 'invalid_value') {
    return `${issue.path.join('.')} must be one of the following: ${toAlternatives(issue.values)}`;
  }
  if (issue.code !== 'invalid_type' || issue.message.startsWith(refusedTypePrefix)) return issue.message;
  return `${refusedTypePrefix} ${issue.expected}, given: null`;
}

const toAlternatives = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(', ');

/** Zod prints a pattern with its slashes. */
const toPatternText = (pattern: string | undefined): string => (pattern ?? '').replace(/^\/|\/[a-z]*$/g, '');

export function toProblem(issue: Issue, object: string): Problem {
  const member = issue.path.length === 0 ? object : `${object} ${issue.path.map(String).join('.')}`;
  if (issue.code === 'invalid_type') return wrongType(member, issue.expected, issue.input);
  return { object: member, expected: toExpectation(issue), found: describe(issue.input) };
}

function toExpectation(issue: Issue): string {
  if (issue.code === 'invalid_format') return `to match ${toPatternText(issue.pattern)}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`;
  if (issue.code === 'too_small') return `at least ${issue.minimum}`;
  return issue.code === 'invalid_value' ? `one of ${toAlternatives(issue.values)}` : issue.message;
}

/** Short, and nothing of long values: they may be secret. */
function describe(value: unknown): string {
  if (typeof value === 'string') return value.length > 64 ? `${value.length} characters` : JSON.stringify(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeOf(value);
}
