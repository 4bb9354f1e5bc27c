/** A patch that kubectl refuses too; the message is kubectl's wherever kubectl has one. */
export class StrategicMergeError extends Error {
  override readonly name = 'StrategicMergeError';
}
