/** What a kind of document declares; the engine does the rest. */
import type { z } from 'zod';
import type { DocumentKind } from '#domain/document-kinds.ts';
import type { DocumentKey } from '#domain/group.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { ApiDeps } from '#api/deps.ts';
import type { UploadedFile } from './multipart.ts';
import type { FailureTexts } from './problem.ts';

/** Values of a path's parameters by name. */
export type PathNames = Readonly<Record<string, string>>;

export interface KindTexts {
  /** The object in a sentence: `cluster label`. */
  readonly object: string;
  /** EMCO's texts. */
  readonly notFound: string;
  readonly exists: string;
  /** DELETE of nothing; default `The requested resource not found`. */
  readonly deleteMissing?: string;
  /** PUT under another name than the body's: text and code, default 400. */
  readonly mismatch?: { readonly status: number; readonly text: string };
  /** POST under a parent that is not there, where EMCO answers 404; default 409 with the common text. */
  readonly parentMissing?: string;
  readonly empty?: string;
  readonly undecodable?: string;
}

/** A write of one document, as hooks see it. */
export interface Draft<Body = JsonObject> {
  readonly deps: ApiDeps;
  readonly key: DocumentKey;
  readonly parent: DocumentKey | null;
  /** Parameters of the collection's path. */
  readonly names: PathNames;
  readonly body: Body;
  readonly files: readonly UploadedFile[];
  /** What is there now: null on create. */
  readonly existing: StoredDocument | null;
  /** Adds a `Warning` header: accepted, but the user should know. */
  warn(text: string): void;
}

export interface Removal {
  readonly deps: ApiDeps;
  readonly document: StoredDocument;
  readonly names: PathNames;
}

export interface UploadDeclaration<Body = JsonObject> {
  readonly part: 'file' | 'files';
  readonly description: string;
  readonly fileBytes: number;
  readonly files: number;
  readonly isRequired: (body: Body) => boolean;
  /** EMCO's text when the file is missing. */
  readonly missingText?: string;
  /** PUT without files keeps those that are there. */
  readonly keepsFiles: boolean;
  readonly dropsEmptyFiles?: boolean;
  /** @throws HttpProblem or Failure for content that may not come in */
  readonly check?: (draft: Draft<Body>) => Promise<void>;
  /** Says which files are kept; absent: all. A file that is not kept was accepted with a warning. */
  readonly isUsable?: (draft: Draft<Body>, file: UploadedFile) => boolean;
  /** Part name of the JSON in a multipart answer. */
  readonly documentPart: string;
  /** File name in a multipart answer, EMCO's; absent: the uploaded one. */
  readonly answerName?: string;
  readonly acceptText: string;
  /** Takes secrets out of a file that is read. */
  readonly redact?: (deps: ApiDeps, bytes: Uint8Array) => Uint8Array;
}

export interface SealedMember {
  readonly path: readonly string[];
  /** What stays readable in the stored body. */
  readonly shown: (value: Json) => Json;
  /** Whether GET puts the sealed value back. */
  readonly isRevealed: boolean;
  /** A PUT of what a redacting GET gave keeps the secrets that it could not show. */
  readonly restore?: (incoming: Json, present: Json) => Json;
}

export interface ViewRequest {
  readonly deps: ApiDeps;
  readonly query: Readonly<Record<string, unknown>>;
  readonly names: PathNames;
}

/** The answer of a view: other JSON, one of the documents, or nothing special. */
export type View = { readonly json: Json } | { readonly item: StoredDocument } | undefined;

export interface QueryParameter {
  readonly name: string;
  readonly description: string;
}

/** One way to use a kind, for the description of the API. */
export interface KindExample<Body> {
  readonly summary: string;
  readonly body: Body;
  /** Text by file name. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface KindOptions<S extends z.ZodObject> {
  readonly kind: DocumentKind;
  /** Group of operations in the OpenAPI document. */
  readonly tag: string;
  readonly description: string;
  /** Path of the collection below `/v2`: `/projects/{project}/composite-apps`. */
  readonly collection: string;
  /** Parameters of one document below the collection. */
  readonly params: readonly string[];
  readonly schema: S;
  readonly example: z.input<S>;
  /** Where one does not say it all: shown in place of `example`, by name. */
  readonly examples?: Readonly<Record<string, KindExample<z.input<S>>>>;
  readonly texts: KindTexts;
  /** The body's values for `params`; default `metadata.name`. */
  readonly identify?: (body: z.output<S>) => readonly string[];
  readonly firstChecks?: (body: JsonObject) => readonly string[];
  /** Puts a judged body into the form that EMCO gives back. */
  readonly tidy?: (body: z.output<S>) => JsonObject;
  /** Codes of PUT; default 201 for both. */
  readonly putCodes?: { readonly replaced: 200 | 201; readonly created: 200 | 201 };
  /** False where PUT of an absent document is 404. */
  readonly putCreates?: boolean;
  readonly listForm?: 'null' | 'empty';
  /** What a list answers when the parent is missing; absent: an empty list. */
  readonly listParentMissing?: string;
  readonly listContent?: 'metadata';
  readonly upload?: UploadDeclaration<z.output<S>>;
  readonly sealed?: readonly SealedMember[];
  readonly references?: (body: z.output<S>, names: PathNames) => readonly DocumentKey[];
  readonly beforeWrite?: (draft: Draft<z.output<S>>) => Promise<void>;
  readonly afterWrite?: (draft: Draft<z.output<S>>, stored: StoredDocument) => Promise<void>;
  readonly beforeRemove?: (removal: Removal) => Promise<void>;
  readonly afterRemove?: (removal: Removal) => Promise<void>;
  readonly listView?: (request: ViewRequest, documents: readonly StoredDocument[]) => Promise<View> | View;
  readonly itemView?: (request: ViewRequest, shown: JsonObject) => View;
  readonly listQueries?: readonly QueryParameter[];
  readonly itemQueries?: readonly QueryParameter[];
  /** Queries that EMCO serves at the collection with a trailing slash. */
  readonly slashView?: (request: ViewRequest, documents: readonly StoredDocument[]) => View;
}

/** A declared kind with the type of its body forgotten. */
export type Kind = KindOptions<z.ZodObject> & { readonly failureTexts: FailureTexts };

/** Declares a kind; its own functions see their body typed by the schema. */
export function defineKind<S extends z.ZodObject>(options: KindOptions<S>): Kind {
  const { exists, parentMissing } = options.texts;
  const failureTexts: FailureTexts = {
    'already-exists': { text: exists },
    ...(parentMissing === undefined ? {} : { 'parent-not-found': { text: parentMissing, status: 404 } }),
  };
  // The engine hands every function a body that this schema gave, so forgetting its type is safe.
  return { ...options, failureTexts } as unknown as Kind;
}
