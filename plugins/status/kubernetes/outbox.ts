import type { Sha256 } from '#domain/names.ts';
import type { WatchRequest } from '#domain/ports/plugins.ts';
import type { Observation } from '#domain/status.ts';
import type { Connectivity } from './link.ts';

/** Holds what was not said yet, and a digest of what was, so that only news is said. */
export class Outbox {
  readonly #request: WatchRequest;
  readonly #sha256: Sha256;
  readonly #said = new Map<string, string>();
  #connectivity: Connectivity | null = null;

  constructor(request: WatchRequest, sha256: Sha256) {
    this.#request = request;
    this.#sha256 = sha256;
  }

  setConnectivity(connectivity: Connectivity): void {
    this.#connectivity = connectivity;
  }

  /**
   * Says the connectivity and all observations that differ from what was said of the same app. What fails to be taken is
   * said again the next time.
   */
  async send(observations: readonly Observation[]): Promise<void> {
    const connectivity = this.#connectivity;
    if (connectivity !== null) {
      await this.#request.connectivity(connectivity.state, connectivity.message);
      if (this.#connectivity === connectivity) this.#connectivity = null;
    }
    const news = observations
      .map((observation) => ({ observation, key: toKey(observation), digest: this.#toDigest(observation) }))
      .filter(({ key, digest }) => this.#said.get(key) !== digest);
    if (news.length === 0) return;
    await this.#request.report(news.map(({ observation }) => observation));
    for (const { key, digest } of news) this.#said.set(key, digest);
  }

  /** Makes these news again. */
  forget(observations: readonly Observation[]): void {
    for (const observation of observations) this.#said.delete(toKey(observation));
  }

  #toDigest(observation: Observation): string {
    return this.#sha256(JSON.stringify({ ...observation, observedAt: '' }));
  }
}

const toKey = ({ gid, app }: Observation): string => `${gid}/${app}`;
