import { afterAll, beforeAll, describe, it } from 'vitest';

import type { Store } from '#domain/ports/store.ts';

import { blobCases } from './suite/blob-cases.ts';
import { claimCases } from './suite/claim-cases.ts';
import { documentCases } from './suite/document-cases.ts';
import { eventCases } from './suite/event-cases.ts';
import { exchangeCases } from './suite/exchange-cases.ts';
import { factCases } from './suite/fact-cases.ts';
import { groupCases } from './suite/group-cases.ts';
import { handOverCases, stoppedCases } from './suite/hand-over-cases.ts';
import { hookCases } from './suite/hook-cases.ts';
import { planCases } from './suite/plan-cases.ts';
import { rollbackCases } from './suite/rollback-cases.ts';
import type { StoreCases } from './suite/store-case.ts';
import { StoreBench } from './suite/store-case.ts';
import { targetCases } from './suite/target-cases.ts';

const suites: Readonly<Record<string, StoreCases>> = {
  documents: documentCases,
  blobs: blobCases,
  groups: groupCases,
  rollback: rollbackCases,
  plans: planCases,
  hooks: hookCases,
  claims: claimCases,
  'hand over': handOverCases,
  'a stopped group': stoppedCases,
  targets: targetCases,
  events: eventCases,
  exchanges: exchangeCases,
  'audit and facts': factCases,
};

/** What every store has to do. `open` gives a store on an empty database. */
export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(name, () => {
    let store: Store | undefined;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(async () => {
      await store?.close();
    });
    for (const [subject, cases] of Object.entries(suites)) {
      describe(subject, () => {
        for (const [sentence, run] of Object.entries(cases)) {
          it(sentence, async () => {
            if (store === undefined) throw new Error('expected an open store, found none');
            await run(new StoreBench(store));
          });
        }
      });
    }
  });
}
