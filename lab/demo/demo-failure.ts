/** The story did not go as told: what was looked at, what was expected and what was found. */
export class DemoFailure extends Error {
  constructor(object: string, expected: string, found: string) {
    super(`${object}: expected ${expected}, found ${found}`);
    this.name = 'DemoFailure';
  }
}
