/** Starts the work when nothing happened for a while, and stops it when something does. */
export class Housekeeping {
  private readonly idleMs: number;
  private readonly work: (signal: AbortSignal) => Promise<void>;
  private timer: NodeJS.Timeout | null = null;
  private running: AbortController | null = null;
  private stopped = false;

  constructor(idleMs: number, work: (signal: AbortSignal) => Promise<void>) {
    this.idleMs = idleMs;
    this.work = work;
  }

  schedule(): void {
    if (this.stopped) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), this.idleMs).unref();
  }

  interrupt(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.running?.abort();
  }

  stop(): void {
    this.stopped = true;
    this.interrupt();
  }

  private async run(): Promise<void> {
    const controller = new AbortController();
    this.running = controller;
    try {
      await this.work(controller.signal);
    } finally {
      if (this.running === controller) this.running = null;
    }
  }
}
