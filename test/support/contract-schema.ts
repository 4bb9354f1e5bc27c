/** The contract with controllers as one JSON Schema file, for tools that generate types from it. */
import { toSchema } from '#api/openapi/openapi-document.ts';
import { exchangeSchemas } from '#api/exchanges/exchange-schemas.ts';

export const toContractSchema = (): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: "emco's contract with controllers of one's own, controllers.emco/v1",
  $defs: Object.fromEntries(Object.entries(exchangeSchemas).map(([name, schema]) => [name, toSchema(schema, 'input')])),
});
