/** `busy-client.ts <url> <id>`: a client process whose every answer names its question. Prints how many did not. */
import { Pool } from 'pg';

const [, , connectionString = '', id = ''] = process.argv;
const pool = new Pool({ connectionString, max: 3 });

async function ask(question: number): Promise<boolean> {
  const large = Buffer.alloc(question % 3 === 0 ? 300_000 : 10, question % 200);
  const text = `select length($1::bytea) as size, '${id}-${question}' as question`;
  const { rows } = await pool.query<{ size: number; question: string }>(text, [large]);
  return rows[0]?.size === large.length && rows[0].question === `${id}-${question}`;
}

async function fail(): Promise<void> {
  await pool.query('select 1 / $1::int', [0]).catch(() => undefined);
  const client = await pool.connect();
  await client.query('begin');
  await client.query('select 1 / $1::int', [0]).catch(() => undefined);
  await client.query('rollback');
  client.release();
}

let wrong = 0;
const work = async (first: number): Promise<void> => {
  for (let question = first; question < first + 80; question += 1) {
    if (question % 5 === 0) await fail();
    if (!(await ask(question))) wrong += 1;
  }
};
await Promise.all([0, 1000, 2000].map(work));
await pool.end();
console.log(`wrong ${wrong} of 240`);
