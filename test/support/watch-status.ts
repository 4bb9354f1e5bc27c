/** A client of EMCO's status notification, as `emcoctl watch` is one. */
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { loadService, type Notification, type Registration } from '#api/notify/protocol.ts';

export interface StatusWatch {
  /** All that has been heard. */
  readonly heard: readonly Notification[];
  /** `code details` when the server has ended it: code 0 is a plain end. */
  readonly ended: Promise<string>;
  close(): void;
}

export async function watchStatus(
  address: string,
  registration: Partial<Registration>,
  authorization = '',
): Promise<StatusWatch> {
  const { StatusRegister } = await loadService();
  if (StatusRegister === undefined) throw new Error('statusnotify.proto: expected StatusRegister, found none');
  const client = new Client(address, credentials.createInsecure());
  const metadata = new Metadata();
  if (authorization !== '') metadata.set('authorization', authorization);
  const { path, requestSerialize, responseDeserialize } = StatusRegister;
  const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, registration, metadata);
  const heard: Notification[] = [];
  const { promise, resolve } = Promise.withResolvers<string>();
  call.on('data', (notification: Notification) => heard.push(notification));
  call.on('error', () => undefined);
  call.on('status', ({ code, details }) => resolve(`${code} ${details}`));
  return {
    heard,
    ended: promise,
    close: () => {
      call.cancel();
      client.close();
    },
  };
}

export async function deregister(address: string, clientId: string): Promise<void> {
  const { StatusDeregister } = await loadService();
  if (StatusDeregister === undefined) throw new Error('statusnotify.proto: expected StatusDeregister, found none');
  const client = new Client(address, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = StatusDeregister;
  await new Promise<void>((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { clientId }, (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  client.close();
}
