/** Writes the table of the strategic merge anew: `npm run generate:strategic-merge`. */
import { writeFile } from 'node:fs/promises';

import { makeTable, toText } from './make-table.ts';
import { readGoTypes } from './read-go-types.ts';
import { readOpenApi } from './read-open-api.ts';

const TABLE = new URL(import.meta.resolve('#plugins/action/gac/strategic-merge/table.json'));
const openApi = await readOpenApi();
const table = makeTable(openApi, await readGoTypes(openApi.version.replace(/^v1/, 'v0')));
await writeFile(TABLE, toText(table));
process.stdout.write(`${Object.keys(table.types).length} types of Kubernetes ${table.version}\n`);
