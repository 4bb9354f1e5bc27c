/** `GET …/cluster-references/{ref}/kubeconfig`: the kubeconfig of a level 1 cloud's user for one cluster. */
import { orThrow } from '#domain/failure.ts';
import { textAt } from '#domain/document-secrets.ts';
import { type ClusterKey, type DocumentKey, toClusterKey } from '#domain/group.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import { parseCertificateFact, toUserCertificateFact, type UserCertificate } from '#domain/user-certificate.ts';
import { toUserKubeconfig } from '#domain/user-kubeconfig.ts';
import type { ApiDeps } from '#api/deps.ts';
import { type Handler, namesOf } from '#api/engine/endpoint.ts';
import type { PathNames } from '#api/engine/kind.ts';
import { HttpProblem, type HttpProblemOptions } from '#api/engine/problem.ts';
import { sendBytes } from '#api/engine/respond.ts';
import type { FoundCloud } from './logical-cloud-life.ts';

export const showingKubeconfig =
  (deps: ApiDeps, findCloud: (deps: ApiDeps, names: PathNames) => Promise<FoundCloud>): Handler =>
  async (request, response) => {
    const names = namesOf(request);
    const cloud = await findCloud(deps, names);
    const name = names['clusterReference'] ?? '';
    const reference = await deps.store.documents.find(`${cloud.group}/cluster-references/${name}` as DocumentKey);
    if (reference === null) throw missing(cloud, { text: 'Cluster reference not found', status: 404 });
    response.setHeader('Cache-Control', 'no-store');
    const text = await makeKubeconfig(deps, cloud, { reference, name });
    sendBytes(response.status(200), 'application/yaml', Buffer.from(text));
  };

interface NamedReference {
  readonly reference: StoredDocument;
  readonly name: string;
}

async function makeKubeconfig(deps: ApiDeps, cloud: FoundCloud, { reference, name }: NamedReference): Promise<string> {
  const text = "Logical Cloud hasn't been instantiated";
  if (cloud.state === 'Created' || cloud.state === 'Terminated') throw missing(cloud, { text });
  if (cloud.level === '0') throw missing(cloud, { text: 'A level 0 Logical Cloud has no user of its own' });
  const provider = textAt(reference.body, ['spec', 'clusterProvider']);
  const key = toClusterKey({ provider, cluster: textAt(reference.body, ['spec', 'cluster']) });
  const document = await deps.store.documents.find(
    `/cluster-providers/${provider}/clusters/${textAt(reference.body, ['spec', 'cluster'])}` as DocumentKey,
  );
  const file = document?.files[0];
  const isGit = textAt(document?.body ?? {}, ['spec', 'gitOps', 'gitOpsType']) !== '';
  if (isGit || file === undefined) {
    throw missing(cloud, { text: `Cluster ${key} is reached through Git: its agent applies by a service account` });
  }
  const certificate = await loadCertificate(deps, cloud, key);
  const own = orThrow(
    deps.parseYaml(new TextDecoder().decode(await deps.store.blobs.get(file.content)), { object: key }),
  );
  return orThrow(
    toUserKubeconfig({
      own: own[0] ?? null,
      cluster: name,
      user: textAt(cloud.document.body, ['spec', 'user', 'userName']),
      namespace: textAt(cloud.document.body, ['spec', 'namespace']),
      certificate,
      toBase64: (pem) => Buffer.from(pem).toString('base64'),
    }),
  );
}

async function loadCertificate(deps: ApiDeps, cloud: FoundCloud, cluster: ClusterKey): Promise<UserCertificate> {
  const note = parseCertificateFact(await deps.store.facts.get(toUserCertificateFact(cloud.group, cluster)));
  if (note === null) {
    const text = "A status for the CSR hasn't been returned";
    throw missing(cloud, { text, headers: { 'Retry-After': '2' } });
  }
  // What the step that fetched the certificate wrote.
  const bytes = await deps.store.blobs.get(note.address);
  return JSON.parse(new TextDecoder().decode(bytes)) as UserCertificate;
}

/** 409 unless said otherwise. */
const missing = (
  cloud: FoundCloud,
  options: Pick<HttpProblemOptions, 'text'> & Partial<HttpProblemOptions>,
): HttpProblem =>
  new HttpProblem({
    status: 409,
    code: options.status === 404 ? 'document-not-found' : 'transition-illegal',
    problems: [{ object: cloud.group, expected: 'a certificate of its user on the cluster', found: cloud.state }],
    ...options,
  });
