/** Archives as users and attackers make them. */
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

export interface ArchiveFile extends Partial<Header> {
  readonly name: string;
  readonly text?: string;
  readonly bytes?: Uint8Array;
}

export async function makeTar(files: readonly ArchiveFile[]): Promise<Buffer> {
  const tar = pack();
  const parts: Buffer[] = [];
  const reading = (async () => {
    // tar-stream's types leave the chunks open; they are buffers.
    for await (const part of tar) parts.push(part as Buffer);
  })();
  for (const { text, bytes, ...header } of files) {
    const isFile = header.type === undefined || header.type === 'file';
    if (isFile) tar.entry(header, Buffer.from(bytes ?? Buffer.from(text ?? '')));
    else tar.entry({ ...header, size: 0 });
  }
  tar.finalize();
  await reading;
  return Buffer.concat(parts);
}

export const makeTarGz = async (files: readonly ArchiveFile[]): Promise<Buffer> => gzipSync(await makeTar(files));

/** A chart that Helm renders: one ConfigMap. */
export const makeChart = (name: string): Promise<Buffer> =>
  makeTarGz([
    { name: `${name}/Chart.yaml`, text: `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n` },
    { name: `${name}/values.yaml`, text: 'text: hello\n' },
    {
      name: `${name}/templates/cm.yaml`,
      text: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-cm\ndata:\n  text: {{ .Values.text }}\n',
    },
  ]);

export const makeProfile = (): Promise<Buffer> =>
  makeTarGz([
    { name: 'manifest.yaml', text: 'version: v1\ntype:\n  values: override_values.yaml\n' },
    { name: 'override_values.yaml', text: 'text: profile\n' },
  ]);
