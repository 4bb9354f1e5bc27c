import { Failure } from '#domain/failure.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { ExchangeRecord, Exchanges, NewExchange } from '#domain/ports/exchanges.ts';

import type { Database } from './database.ts';

/** Different results that one exchange keeps: attempts of a controller that failed after its PUT. */
const mostResults = 32;

/** Its operation has begun, has not ended, and no newer one has begun. */
const underWay = `exists (select 1 from operations o join groups g on g.id = o.group_id
  where o.group_id = e.group_id and o.operation_id = e.operation_id and o.state = 'accepted' and g.fence = e.operation)`;

const insertOpen = `insert into exchanges as e (id, group_id, operation_id, operation, controller, intent, activity, request)
  select $1, g.id, o.operation_id, o.number, $5, $6, $7, $8
  from groups g join operations o on o.group_id = g.id
  where g.key = $2 and o.operation_id = $3 and o.number = $4 and o.state = 'accepted' and g.fence = o.number
  on conflict (id) do update set taken = null`;

const addResult = `update exchanges e
  set results = case when $2 = any(e.results) then e.results else array_append(e.results, $2) end
  where e.id = $1 and e.taken is null and ${underWay}
    and ($2 = any(e.results) or cardinality(e.results) < ${mostResults})`;

const takeResult = `update exchanges e set taken = $2
  where e.id = $1 and $2 = any(e.results) and (e.taken is null or e.taken = $2) and ${underWay}`;

export function makeExchanges(database: Database): Exchanges {
  return {
    open: (exchange) => open(database, exchange),
    find: (id) => find(database, id),
    answer: (id, result) => answer(database, id, result),
    take: (id, result) => take(database, id, result),
  };
}

async function open(database: Database, exchange: NewExchange): Promise<void> {
  const { id, group, operationId, operation, controller, intent, activity, request } = exchange;
  const values = [id, group, operationId, operation, controller, intent, activity, request];
  const { count } = await database.query(insertOpen, values);
  if (count === 0) throw isOver(exchange);
}

const columns = `e.id, e.operation_id, e.operation, e.controller, e.intent, e.activity, e.request, e.taken`;

type Row = Pick<
  ExchangeRecord,
  'id' | 'group' | 'operation' | 'controller' | 'intent' | 'activity' | 'request' | 'taken'
> & {
  readonly operation_id: string;
  readonly is_under_way: boolean;
};

async function find(database: Database, id: string): Promise<ExchangeRecord | null> {
  const { rows } = await database.query<Row>(
    `select ${columns}, g.key as group, ${underWay} as is_under_way
     from exchanges e join groups g on g.id = e.group_id where e.id = $1`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { operation_id: operationId, is_under_way: isUnderWay, ...rest } = row;
  return { ...rest, operationId, isUnderWay };
}

async function answer(database: Database, id: string, result: BlobAddress): Promise<void> {
  const { count } = await database.query(addResult, [id, result]);
  if (count > 0) return;
  const record = await findOpen(database, id);
  const found = `${mostResults} different ones already`;
  throw new Failure('document-too-large', [{ object: toObject(record), expected: 'a few results', found }]);
}

async function take(database: Database, id: string, result: BlobAddress): Promise<void> {
  const { count } = await database.query(takeResult, [id, result]);
  if (count > 0) return;
  const record = await findOpen(database, id);
  const expected = `the result ${result} that its activity names`;
  throw new Failure('document-not-found', [{ object: toObject(record), expected, found: 'no PUT of it' }]);
}

/** @throws Failure `document-not-found`, `operation-superseded` */
async function findOpen(database: Database, id: string): Promise<ExchangeRecord> {
  const record = await find(database, id);
  if (record === null) {
    const object = `exchange ${id}`;
    throw new Failure('document-not-found', [{ object, expected: 'an open exchange', found: 'none' }]);
  }
  if (!record.isUnderWay) throw isOver(record);
  if (record.taken === null) return record;
  const expected = 'an exchange without a result that counts';
  throw new Failure('operation-superseded', [{ object: toObject(record), expected, found: `result ${record.taken}` }]);
}

const toObject = ({ controller, operation, group }: NewExchange): string =>
  `exchange with controller ${controller} in operation ${operation} of group ${group}`;

const isOver = (exchange: NewExchange): Failure =>
  new Failure('operation-superseded', [
    { object: toObject(exchange), expected: 'the operation under way', found: 'one that has ended or was superseded' },
  ]);
