/** What the API asks of the engine that runs the groups. */
import type { GroupRef } from '#domain/group.ts';
import type { OperationAnswer, OperationKind, OperationPayload } from '#domain/operation.ts';

export interface ControlRequest {
  readonly kind: OperationKind;
  /** Carries the operation id, which makes a second sending of the same request harmless. */
  readonly payload: OperationPayload & { readonly operationId: string };
}

export interface GroupControl {
  /**
   * Hands the request to the group's workflow, starting it when it does not run, and waits until it is queued.
   * @throws Failure `temporal-unavailable` when the engine does not answer in time; the same request may be sent again.
   */
  submit(group: GroupRef, request: ControlRequest): Promise<OperationAnswer>;
  /** Starts the workflow of an approved group unless it runs. @throws Failure `temporal-unavailable`. */
  started(group: GroupRef): Promise<void>;
  /** Tells the workflow that its document is gone; none running is fine. @throws Failure `temporal-unavailable`. */
  deleted(group: GroupRef): Promise<void>;
  /** True when the engine answers. */
  isAlive(): Promise<boolean>;
}
