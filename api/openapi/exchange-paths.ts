/** The two paths through which controllers of one's own work. */
import { exchangeExamples } from '#api/exchanges/exchange-examples.ts';
import { exchangePath } from '#api/exchanges/mount-exchanges.ts';
import { type OpenApiOperation, parameters, problems, reference } from './operation.ts';

const tag = 'Controllers';

const either = (one: keyof typeof exchangeExamples, other: keyof typeof exchangeExamples) => ({
  'application/json': {
    schema: { oneOf: [reference(one), reference(other)] },
    examples: {
      place: { summary: 'place', value: exchangeExamples[one] },
      customise: { summary: 'customise', value: exchangeExamples[other] },
    },
  },
});

const read: OpenApiOperation = {
  operationId: 'readExchangeRequest',
  tags: [tag],
  summary: 'What a controller is asked',
  description: 'Its address stands in the input of the activity (`ControllerCall`). 409 once the operation is over.',
  parameters: parameters(exchangePath),
  responses: {
    '200': { description: 'The request', content: either('PlaceRequest', 'CustomiseRequest') },
    ...problems(404, 409),
  },
};

const put: OpenApiOperation = {
  operationId: 'putExchangeResult',
  tags: [tag],
  summary: 'What a controller answers',
  description:
    'At most 32 MiB. Judged against the request at once; the same content has the same digest, which the activity returns. ' +
    '409 once the operation is over, a newer one has begun, or a result was taken.',
  parameters: parameters(exchangePath),
  requestBody: { required: true, content: either('PlaceResult', 'CustomiseResult') },
  responses: {
    '200': {
      description: 'Kept',
      content: {
        'application/json': { schema: reference('ResultDigest'), example: exchangeExamples.ResultDigest },
      },
    },
    ...problems(400, 404, 409, 413, 422),
  },
};

export const toExchangePaths = (): Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>> => ({
  [`/v2${exchangePath}/request`]: { get: read },
  [`/v2${exchangePath}/result`]: { put },
});
