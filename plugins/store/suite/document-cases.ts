import { expect } from 'vitest';

import type { DocumentKey } from '#domain/group.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';

import type { StoreCases } from './store-case.ts';
import { actor, toDocumentKey } from './store-case.ts';

const names = (documents: readonly { readonly key: DocumentKey }[]): readonly (string | undefined)[] =>
  documents.map(({ key }) => key.split('/').at(-1));

export const documentCases: StoreCases = {
  async 'gives back what was created, with secrets, files and references'(bench) {
    const file = { part: 'file', fileName: 'a.tgz', contentType: 'application/gzip', size: 3 };
    const document = bench.document('', {
      body: { spec: { z: 1, a: ['ü', null, true, 'line\nnul\u0000'] } },
      secrets: { kubeconfig: 'very secret' },
      // an address like those of blobs
      files: [{ ...file, content: 'ab'.repeat(32) as BlobAddress }],
      references: [toDocumentKey('/nowhere')],
    });
    const stored = await bench.store.documents.create(document, actor);
    expect(stored).toMatchObject(document);
    expect(await bench.store.documents.find(document.key)).toEqual(stored);
    expect(JSON.stringify(stored.body)).toBe(JSON.stringify(document.body));
    expect(stored.digest).toMatch(/^[0-9a-f]{64}$/);
  },

  async 'answers null and an empty list for what is not there'(bench) {
    const { documents } = bench.store;
    expect(await documents.find(bench.document('').key)).toBeNull();
    expect(await documents.list('thing', bench.document('').key)).toEqual([]);
    expect(await documents.findMany([bench.document('').key])).toEqual(new Map());
  },

  async 'reads the bodies of many children in creation order, and says by a number whether any of them changed'(bench) {
    const { documents } = bench.store;
    const [root, empty] = [bench.document(''), bench.document('/empty')];
    await documents.create(root, actor);
    const file = { part: 'files', fileName: 'a, "b".json', contentType: 'text/plain', size: 2 };
    const files = [{ ...file, content: 'cd'.repeat(32) as BlobAddress }];
    const first = bench.document('/z', { parent: root.key, kind: 'child', body: { spec: { text: '], {"' } }, files });
    const second = bench.document('/a', { parent: root.key, kind: 'child', body: { spec: { n: 1 } } });
    await documents.createMany([first, second], actor);
    const bodies = await documents.bodiesOfParents('child', [root.key, empty.key]);
    expect([...bodies]).toEqual([
      [root.key, [first, second].map((document) => ({ body: document.body, files: document.files }))],
    ]);
    const seen = new Set<number>();
    const isNew = async (): Promise<boolean> => {
      const versions = await documents.versionsOfChildren([root.key, empty.key]);
      expect([...versions.keys()]).toEqual([root.key]);
      const version = versions.get(root.key) ?? 0;
      const had = seen.has(version);
      seen.add(version);
      return !had;
    };
    expect(await isNew()).toBe(true);
    expect(await isNew()).toBe(false);
    await documents.put({ ...second, body: { spec: { n: 2 } } }, actor);
    expect(await isNew()).toBe(true);
    await documents.remove(second.key, actor);
    expect(await isNew()).toBe(true);
    await documents.remove(first.key, actor);
    await documents.remove(root.key, actor);
    await documents.createMany([root, first, second], actor);
    expect(await isNew()).toBe(true);
  },

  async 'refuses a name that is taken and a parent that is not there'(bench) {
    const { documents } = bench.store;
    const root = bench.document('');
    await documents.create(root, actor);
    await expect(documents.create(root, actor)).rejects.toMatchObject({
      code: 'already-exists',
      problems: [{ object: `document ${root.key}` }],
    });
    const orphan = bench.document('/a/b', { parent: bench.document('/a').key });
    await expect(documents.create(orphan, actor)).rejects.toMatchObject({
      code: 'parent-not-found',
      problems: [{ object: `parent ${orphan.parent}` }],
    });
    await expect(documents.put(orphan, actor)).rejects.toMatchObject({ code: 'parent-not-found' });
  },

  async 'creates one of two racing documents of one name'(bench) {
    const create = (who: string): Promise<unknown> =>
      bench.store.documents.create(bench.document('', { body: { who } }), { name: who });
    const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map(create));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = results.filter((result) => result.status === 'rejected');
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'already-exists' });
  },

  async 'creates many in order, or none of them'(bench) {
    const { documents } = bench.store;
    const root = bench.document('');
    const children = ['c', 'a', 'b'].map((name) => bench.document(`/apps/${name}`, { kind: 'app', parent: root.key }));
    await documents.createMany([root, ...children], actor);
    expect(names(await documents.list('app', root.key))).toEqual(['c', 'a', 'b']);
    const more = [bench.document('/apps/d', { kind: 'app', parent: root.key }), root];
    await expect(documents.createMany(more, actor)).rejects.toMatchObject({ code: 'already-exists' });
    expect(names(await documents.list('app', root.key))).toEqual(['c', 'a', 'b']);
  },

  async 'lists below a key by kind, not what merely begins with its name'(bench) {
    const { documents } = bench.store;
    const root = bench.document('/p');
    const child = bench.document('/p/x', { parent: root.key });
    const deep = bench.document('/p/x/y', { parent: child.key, kind: 'deep' });
    const similar = bench.document('/p-1');
    await documents.createMany([root, child, deep, similar, bench.document('/p0')], actor);
    expect(names(await documents.listBelow(root.key, ['thing', 'deep']))).toEqual(['x', 'y']);
    expect(names(await documents.listBelow(root.key, ['deep']))).toEqual(['y']);
    expect(names(await documents.listOfParents('thing', [root.key, similar.key]))).toEqual(['x']);
  },

  async 'replaces a document and keeps its place and its time of creation'(bench) {
    const { documents } = bench.store;
    const { stored: first, created } = await documents.put(bench.document('', { body: { v: 1 } }), actor);
    const changed = bench.document('', { body: { v: 2 }, secrets: { token: 't' }, references: [toDocumentKey('/x')] });
    const second = await documents.put(changed, actor);
    expect([created, second.created]).toEqual([true, false]);
    expect(second.stored).toMatchObject({ ...changed, sequence: first.sequence, createdAt: first.createdAt });
    expect(second.stored.digest).not.toBe(first.digest);
  },

  async 'replaces only the version that ifMatch names'(bench) {
    const { documents } = bench.store;
    await expect(documents.put(bench.document(''), actor, 'any')).rejects.toMatchObject({ code: 'document-not-found' });
    const { digest } = await documents.create(bench.document(''), actor);
    await documents.put(bench.document('', { body: { v: 2 } }), actor, digest);
    const late = documents.put(bench.document('', { body: { v: 3 } }), actor, digest);
    await expect(late).rejects.toMatchObject({ code: 'document-changed' });
    expect((await documents.find(bench.document('').key))?.body).toEqual({ v: 2 });
  },

  async 'creates once when many put one new document, and replaces for the rest'(bench) {
    const puts = [1, 2, 3, 4].map((v) => bench.store.documents.put(bench.document('', { body: { v } }), actor));
    const results = await Promise.all(puts);
    expect(results.filter(({ created }) => created)).toHaveLength(1);
  },

  async 'refuses to remove what is not there, has children, is referenced, in this order'(bench) {
    const { documents } = bench.store;
    const [root, user] = [
      bench.document('/root'),
      bench.document('/user', { references: [bench.document('/root').key] }),
    ];
    const child = bench.document('/root/child', { parent: root.key });
    await expect(documents.remove(root.key, actor)).rejects.toMatchObject({ code: 'document-not-found' });
    await documents.createMany([root, user, child], actor);
    await expect(documents.remove(root.key, actor)).rejects.toMatchObject({
      code: 'has-children',
      problems: [{ found: child.key }],
    });
    await documents.remove(child.key, actor);
    await expect(documents.remove(root.key, actor)).rejects.toMatchObject({
      code: 'is-referenced',
      problems: [{ found: user.key }],
    });
    await documents.remove(user.key, actor);
    await documents.remove(root.key, actor);
    expect(await documents.find(root.key)).toBeNull();
  },

  async 'forgets the references that a replaced document no longer makes'(bench) {
    const { documents } = bench.store;
    const target = bench.document('/target');
    await documents.create(target, actor);
    await documents.create(bench.document('/user', { references: [target.key] }), actor);
    await documents.put(bench.document('/user'), actor);
    await documents.remove(target.key, actor);
    expect(await documents.find(target.key)).toBeNull();
  },

  async 'leaves no child without its parent when both race'(bench) {
    const { documents } = bench.store;
    for (let round = 0; round < 8; round += 1) {
      const parent = bench.document(`/p${round}`);
      const child = bench.document(`/p${round}/c`, { parent: parent.key });
      await documents.create(parent, actor);
      const [created, removed] = await Promise.allSettled([
        documents.create(child, actor),
        documents.remove(parent.key, actor),
      ]);
      expect([created.status, removed.status].sort()).toEqual(['fulfilled', 'rejected']);
      const refusal = created.status === 'rejected' ? created.reason : removed.status === 'rejected' && removed.reason;
      expect(['parent-not-found', 'has-children']).toContain(refusal.code);
    }
  },

  async 'never removes a document under a reference that was made first'(bench) {
    const { documents } = bench.store;
    for (let round = 0; round < 8; round += 1) {
      const target = bench.document(`/t${round}`);
      await documents.create(target, actor);
      const user = bench.document(`/u${round}`, { references: [target.key] });
      const [, removed] = await Promise.allSettled([
        documents.create(user, actor),
        documents.remove(target.key, actor),
      ]);
      const isThere = (await documents.find(target.key)) !== null;
      expect(removed.status).toBe(isThere ? 'rejected' : 'fulfilled');
    }
  },

  async 'writes who did what, with digests before and after'(bench) {
    const { documents, audit } = bench.store;
    const key = bench.document('').key;
    const one = await documents.create(bench.document(''), { name: 'ann' });
    const two = await documents.put(bench.document('', { body: { v: 2 } }), { name: 'bob' });
    await documents.remove(key, { name: 'eve' });
    expect(await audit.list(key, 10)).toMatchObject([
      { actor: 'eve', action: 'delete', object: key, before: two.stored.digest, after: '' },
      { actor: 'bob', action: 'replace', object: key, before: one.digest, after: two.stored.digest },
      { actor: 'ann', action: 'create', object: key, before: '', after: one.digest },
    ]);
  },
};
