import { currentUpdateInfo, uuid4 } from '@temporalio/workflow';

/** A fresh id, the same again on replay. */
export const nextId = (): string => uuid4();

/** The id of the Update under way, for callers who named no operation. */
export const currentUpdateId = (): string => currentUpdateInfo()?.id ?? uuid4();
