/** What a level 1 cloud needs before it can be brought up; mistakes stand in the answer. */
import { documentKinds } from '#domain/document-kinds.ts';
import { textAt } from '#domain/document-secrets.ts';
import type { Problem } from '#domain/failure.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { ApiDeps } from '#api/deps.ts';
import { HttpProblem } from '#api/engine/problem.ts';

/** Kubernetes' own, Flux's and emco's: a cloud would take them over, and take them along when it goes. */
const reserved = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease', 'flux-system', 'emco-system']);
const namespacePattern = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

export async function checkLevelOne(deps: ApiDeps, cloud: StoredDocument): Promise<void> {
  const namespace = textAt(cloud.body, ['spec', 'namespace']);
  const userName = textAt(cloud.body, ['spec', 'user', 'userName']);
  const problems: Problem[] = [];
  const expect = (isGood: boolean, expected: string, found: string): void => {
    if (!isGood) problems.push({ object: cloud.key, expected, found: found === '' ? 'none' : found });
  };
  expect(namespacePattern.test(namespace), 'spec.namespace, a name that Kubernetes allows', namespace);
  expect(!reserved.has(namespace), 'spec.namespace of its own', `${namespace}, which is not a cloud's`);
  expect(userName !== '' && !userName.startsWith('system:'), 'spec.user.userName, not one of Kubernetes', userName);
  if (problems.length > 0) {
    const text = `Level-1 Logical Clouds require a namespace and a user of their own`;
    throw new HttpProblem({ status: 400, code: 'document-invalid', text, problems });
  }
  const permissions = await deps.store.documents.list(documentKinds.userPermission, cloud.key);
  if (permissions.some(({ body }) => textAt(body, ['spec', 'namespace']) === namespace)) return;
  throw new HttpProblem({
    status: 409,
    code: 'document-invalid',
    text: 'Level-1 Logical Clouds require a User Permission assigned to its primary namespace',
    problems: [
      {
        object: cloud.key,
        expected: `a user permission for namespace ${namespace}`,
        found: permissions.length === 0 ? 'none' : 'permissions for other namespaces',
      },
    ],
  });
}
