/** Content-addressed, sealed storage of bytes. */

/** HMAC-SHA-256 of the bytes under the installation's address key, 64 hex digits. */
export type BlobAddress = string & { readonly brand: 'BlobAddress' };

export interface Blobs {
  /** Stores the bytes once (compressed, sealed, in pieces of at most 1 MB) and gives their address. */
  put(bytes: Uint8Array): Promise<BlobAddress>;
  /** Stores many in few statements; addresses in the order given. */
  putMany(all: readonly Uint8Array[]): Promise<readonly BlobAddress[]>;
  /** @throws Failure `document-not-found` when nothing has this address. */
  get(address: BlobAddress): Promise<Uint8Array>;
  getMany(addresses: readonly BlobAddress[]): Promise<ReadonlyMap<BlobAddress, Uint8Array>>;
  /** The address that the bytes would have, without storing them. */
  addressOf(bytes: Uint8Array): BlobAddress;
}
