/** Writes docs/reference/controllers.v1.schema.json: `node test/support/write-contract.ts`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toContractSchema } from './contract-schema.ts';
import { repositoryRoot } from './source-tree.ts';

const file = join(repositoryRoot, 'docs', 'reference', 'controllers.v1.schema.json');
await writeFile(file, `${JSON.stringify(toContractSchema(), null, 2)}\n`);
