import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

import { Failure } from '#domain/failure.ts';

/** Key id (8 bytes), nonce (12), tag (16), ciphertext. */
const keyIdBytes = 8;
const nonceBytes = 12;
const headBytes = keyIdBytes + nonceBytes + 16;

/** The row that a sealed value belongs to; sealed values of other rows do not open in its place. */
export interface SealedRow {
  readonly table: string;
  readonly key: string;
}

/** Says which key sealed a record, and nothing about the key. */
const toKeyId = (key: Buffer): string =>
  createHmac('sha256', key).update('emco key id').digest().subarray(0, keyIdBytes).toString('hex');

/** AES-256-GCM with the first key; opens what any of the keys sealed. */
export class Sealer {
  readonly #key: Buffer;
  readonly #keyId: Buffer;
  readonly #keys: ReadonlyMap<string, Buffer>;

  /** @param keys of 32 bytes: the present one, then former ones. */
  constructor(keys: readonly [Buffer, ...(readonly Buffer[])]) {
    this.#key = keys[0];
    this.#keyId = Buffer.from(toKeyId(keys[0]), 'hex');
    this.#keys = new Map(keys.map((key) => [toKeyId(key), key]));
  }

  seal(plain: Uint8Array, row: SealedRow): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    cipher.setAAD(toBinding(row));
    const text = [cipher.update(plain), cipher.final()];
    return Buffer.concat([this.#keyId, nonce, cipher.getAuthTag(), ...text]);
  }

  /** @throws Failure `internal` when the record was sealed with an unknown key, for another row, or was changed. */
  open(sealed: Buffer, row: SealedRow): Buffer {
    const keyId = sealed.subarray(0, keyIdBytes).toString('hex');
    const key = this.#keys.get(keyId);
    if (key === undefined) throw notOpened(row, `one of the keys ${[...this.#keys.keys()].join(', ')}`, keyId);
    const nonce = sealed.subarray(keyIdBytes, keyIdBytes + nonceBytes);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
    decipher.setAAD(toBinding(row));
    decipher.setAuthTag(sealed.subarray(keyIdBytes + nonceBytes, headBytes));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(headBytes)), decipher.final()]);
    } catch {
      throw notOpened(row, 'the record that was sealed for it', 'a changed or foreign one');
    }
  }
}

const toBinding = (row: SealedRow): Buffer => Buffer.from(`${row.table}\0${row.key}`);

const notOpened = (row: SealedRow, expected: string, found: string): Failure =>
  new Failure('internal', [{ object: `row ${row.key} of ${row.table}`, expected, found }]);
