/** What one rendering may use. */
export interface RenderLimits {
  readonly timeoutMs: number;
  /** Resident memory of the helm process. */
  readonly memoryBytes: number;
  /** Manifests and messages together. */
  readonly outputBytes: number;
}

const mebibyte = 1 << 20;

/** Large public charts take 150 MB and two seconds. */
export const defaultRenderLimits: RenderLimits = {
  timeoutMs: 60_000,
  memoryBytes: 256 * mebibyte,
  outputBytes: 64 * mebibyte,
};
