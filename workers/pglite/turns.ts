/** Gives one thing to one holder at a time, in the order of asking. A holder that asks again has it already. */
export class Turns<Holder> {
  #holder: Holder | null = null;
  readonly #waiting: { readonly holder: Holder; readonly start: () => void }[] = [];

  isHeldBy(holder: Holder): boolean {
    return this.#holder === holder;
  }

  async take(holder: Holder): Promise<void> {
    if (this.#holder === holder) return;
    if (this.#holder === null) {
      this.#holder = holder;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ holder, start: resolve });
    await promise;
  }

  give(holder: Holder): void {
    if (this.#holder !== holder) return;
    const next = this.#waiting.shift();
    this.#holder = next?.holder ?? null;
    next?.start();
  }
}
