import { absent, notKnown, unreadable } from './agent-report.ts';
import type { AgentReport } from './agent-report.ts';
import type { AgentObject } from './deps.ts';
import { keepKustomization, toTrouble } from './flux-objects.ts';
import type { KeptKustomization } from './flux-objects.ts';
import { KindWatch } from './kind-watch.ts';
import type { KindWatchOptions } from './kind-watch.ts';

const namespace = 'flux-system';
/** Name of the source and of the root Kustomization that `flux bootstrap` makes. */
const bootstrapName = 'flux-system';
const kustomizations = { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', kind: 'Kustomization' };
const sources = { group: 'source.toolkit.fluxcd.io', version: 'v1', kind: 'GitRepository' };
const broken = 'Cluster sync broken: ';

type Open = Pick<KindWatchOptions<unknown>, 'link' | 'signal' | 'random'>;

/** Reads what Flux says of its Kustomizations and sources on one cluster. */
export class FluxAgent {
  readonly #kustomizations: KindWatch<KeptKustomization>;
  /** Why a source is not Ready, by name. */
  readonly #sources: KindWatch<string>;

  constructor(open: Open, { onChange, onRevision }: { onChange: () => void; onRevision: () => void }) {
    const where = { namespace, labelSelector: '', metadataOnly: false };
    this.#kustomizations = new KindWatch<KeptKustomization>({
      ...open,
      target: { ...kustomizations, ...where },
      keep: (object, before) => {
        const kept = keepKustomization(object, before);
        if (kept.revision !== before?.revision) onRevision();
        return kept;
      },
      onChange,
    });
    this.#sources = new KindWatch<string>({ ...open, target: { ...sources, ...where }, keep: toTrouble, onChange });
    void this.#kustomizations.run();
    void this.#sources.run();
  }

  get isSettled(): boolean {
    return this.#kustomizations.state !== 'waiting' && this.#sources.state !== 'waiting';
  }

  /** What is said of one agent object. */
  report(object: AgentObject): AgentReport {
    switch (this.#kustomizations.state) {
      case 'waiting':
        return notKnown;
      case 'unserved':
        return absent(`${broken}Flux is not installed (the cluster serves no Kustomization v1)`);
      case 'refused':
        return unreadable(`${broken}Kustomizations cannot be read: ${this.#kustomizations.message}`);
      case 'listed':
        return this.isSettled ? this.#toReport(object) : notKnown;
    }
  }

  #toReport({ name, folder }: AgentObject): AgentReport {
    const found = this.#kustomizations.get(namespace, name);
    const syncTrouble = this.#findSyncTrouble(found);
    if (found === undefined) return absent(syncTrouble);
    const deviation = findDeviation(found, folder);
    return {
      known: true,
      present: true,
      revision: found.revision,
      attempted: found.attempted,
      seenAt: found.seenAt,
      current: deviation === '' && found.isObserved && !found.isGoing,
      message: syncTrouble || deviation || found.trouble,
      ownership: null,
    };
  }

  /** The bootstrap's source or root Kustomization, without which nothing of ours moves. */
  #findSyncTrouble(found: KeptKustomization | undefined): string {
    const root = found?.owner || bootstrapName;
    const source = found?.source || bootstrapName;
    const isReferred = found !== undefined;
    const problems = [
      this.#findSourceTrouble(source, isReferred),
      ...(found !== undefined && found.owner === '' ? [] : [this.#findRootTrouble(root)]),
    ];
    const problem = problems.find((one) => one !== '');
    return problem === undefined ? '' : `${broken}${problem}`;
  }

  #findSourceTrouble(name: string, isReferred: boolean): string {
    const trouble = this.#sources.get(namespace, name);
    const title = `GitRepository ${namespace}/${name}`;
    if (trouble !== undefined) return trouble === '' ? '' : `${title}: ${trouble}`;
    return isReferred && this.#sources.state === 'listed' ? `${title} is not there` : '';
  }

  #findRootTrouble(name: string): string {
    const root = this.#kustomizations.get(namespace, name);
    const title = `Kustomization ${namespace}/${name}`;
    if (root === undefined) return `${title} is not there`;
    if (root.isSuspended) return `${title} is suspended`;
    return root.trouble === '' ? '' : `${title}: ${root.trouble}`;
  }
}

/** How the live object differs from what was written to Git. */
function findDeviation(found: KeptKustomization, folder: string): string {
  if (found.isSuspended) return 'The Kustomization is suspended on the cluster';
  if (found.path !== folder) return `The Kustomization points to ${found.path}, expected ${folder}`;
  return '';
}
