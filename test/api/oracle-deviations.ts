/** Where we answer otherwise than EMCO, by line of the recording, and why. */

export interface Deviation {
  readonly reason: string;
  /** Our status; absent: EMCO's. */
  readonly status?: number;
  /** Our text, or `other` where it is not compared; absent: EMCO's. */
  readonly text?: string;
}

const decoder: Deviation = { reason: "EMCO names Go's types, we name ours", text: 'other' };
const acceptAbsent: Deviation = { reason: 'without Accept a document with a file is JSON', status: 200, text: 'other' };
const missingGroup: Deviation = {
  reason: 'a missing group is 404, as EMCO itself has it for instantiate',
  status: 404,
  text: 'DeploymentIntentGroup not found\n',
};
const noVersion: Deviation = {
  reason: 'a composite app without a version has no path: it could never be read or deleted',
  status: 400,
  text: 'other',
};
const emcoFailed = 'EMCO failed on the name of the folder in the chart, here any name will do; ';
const running = (status: number): Deviation => ({ reason: `${emcoFailed}so the group runs`, status, text: 'other' });
const runningStatus: Deviation = { reason: `${emcoFailed}so the status shows more`, text: 'other' };

/** An action that the state forbids: EMCO's text and a line about the state, as 409. */
const forbidden = (text: string): Deviation => ({
  reason: 'a user asked for what the state forbids: 409, not 500',
  status: 409,
  text: `${text}\nstate Created, allowed: approve, delete\n`,
});

export const deviations: ReadonlyMap<number, Deviation> = new Map<number, Deviation>([
  [9, decoder],
  [10, decoder],
  [12, decoder],
  [43, decoder],
  [89, decoder],
  [71, { reason: 'clusters can be replaced', status: 200, text: 'other' }],
  [73, { reason: 'the code for "none of these" is 406', status: 406 }],
  [74, acceptAbsent],
  [169, acceptAbsent],
  [107, { reason: 'a sync object stays while a cluster uses it', status: 409, text: 'other' }],
  [176, { reason: 'a dependency that closes a circle could never be instantiated', status: 400, text: 'other' }],
  [177, { reason: 'no app can wait for itself', status: 400, text: 'other' }],
  [178, { reason: 'the list lacks the dependencies that were refused', text: 'other' }],
  [180, { reason: 'it was refused when it was created', status: 404, text: 'AppDependency not found\n' }],
  [184, { reason: 'it was refused when it was created', status: 404, text: 'AppDependency not found\n' }],
  [153, noVersion],
  [154, noVersion],
  [156, { reason: 'the list lacks the two composite apps without a version', text: 'other' }],
  [213, missingGroup],
  [215, missingGroup],
  [216, missingGroup],
  [217, missingGroup],
  [219, forbidden('DeploymentIntentGroup must be Approved before instantiatingd1')],
  [220, forbidden('DeploymentIntentGroup is not instantiated :d1')],
  [221, forbidden('DeploymentIntentGroup is not instantiated :d1')],
  [222, forbidden('DeploymentIntentGroup have not been approved: d1')],
  [223, forbidden('DeploymentIntentGroup is not instantiated :d1')],
  [224, forbidden('DeploymentIntentGroup is not instantiated :d1')],
  [
    240,
    { reason: 'the placement intent that the group names is not there yet', status: 404, text: 'Intent not found\n' },
  ],
  [259, { reason: 'app a5 has no place yet: said before anything else is done', status: 422, text: 'other' }],
  [263, { reason: 'a missing parent is 409 everywhere', status: 409, text: 'other' }],
  [282, { reason: 'a missing document is 404 everywhere', status: 404, text: 'genericK8sIntent not found\n' }],
  [283, { reason: 'children are 409 everywhere', status: 409, text: 'other' }],
  [286, running(202)],
  [287, running(409)],
  [288, running(202)],
  [289, running(202)],
  [290, runningStatus],
  [291, running(202)],
  [295, { reason: 'the app has references, not children', text: 'other' }],
  [296, running(202)],
  [297, running(409)],
  [298, runningStatus],
  [299, { reason: 'app a5 has lost its place', status: 422, text: 'other' }],
  [300, runningStatus],
  [301, running(409)],
  [302, runningStatus],
  [303, running(409)],
]);
