/** What emco and controllers of one's own hand each other over HTTP: a request, and the results that were put for it. */
import type { ControllerActivity } from '#domain/controllers.ts';
import type { GroupKey } from '#domain/group.ts';
import type { BlobAddress } from './blobs.ts';

export interface NewExchange {
  /** 32 hex digits that nobody can guess; the same question of the same operation has the same. */
  readonly id: string;
  readonly group: GroupKey;
  readonly operationId: string;
  readonly operation: number;
  readonly controller: string;
  readonly intent: string;
  readonly activity: ControllerActivity;
  readonly request: BlobAddress;
}

export interface ExchangeRecord extends NewExchange {
  /** The result that counts; null before. */
  readonly taken: BlobAddress | null;
  /** The operation is under way and no newer one has begun. */
  readonly isUnderWay: boolean;
}

export interface Exchanges {
  /**
   * Opens it, or again after its operation was begun anew. Idempotent.
   * @throws Failure `operation-superseded` when its operation is not under way.
   */
  open(exchange: NewExchange): Promise<void>;
  find(id: string): Promise<ExchangeRecord | null>;
  /**
   * Notes that this result was put; idempotent.
   * @throws Failure `operation-superseded` when the operation is over or a result was taken, `document-too-large` beyond 32
   * different results.
   */
  answer(id: string, result: BlobAddress): Promise<void>;
  /** Makes the result the one that counts; idempotent. @throws Failure `document-not-found` when nobody put it, or as `answer`. */
  take(id: string, result: BlobAddress): Promise<void>;
}
