import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Failure, type FailureCode } from '#domain/failure.ts';
import { makeTarArchives } from '#plugins/archive/tar/index.ts';
import { type ArchiveFile, makeChart, makeTar, makeTarGz } from '#test/support/make-archive.ts';

const archives = makeTarArchives();
const read = (bytes: Uint8Array) => archives.readTarGz(bytes, 'app web');

async function refusalOf(bytes: Uint8Array, limits = {}): Promise<{ code: FailureCode; message: string }> {
  try {
    await archives.readTarGz(bytes, 'app web', limits);
  } catch (error) {
    if (error instanceof Failure) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('the archive was read');
}

const refusalOfFiles = async (...files: ArchiveFile[]) => refusalOf(await makeTarGz(files));

describe('the tar.gz reader', () => {
  it('reads the files of a chart in their order, with "./" taken out of paths', async () => {
    const entries = await read(
      await makeTarGz([
        { name: './web/', type: 'directory' },
        { name: './web/Chart.yaml', text: 'name: web\n' },
        { name: './web/values.yaml', text: '' },
      ]),
    );
    expect(entries.map(({ path, content }) => [path, Buffer.from(content).toString()])).toEqual([
      ['web/Chart.yaml', 'name: web\n'],
      ['web/values.yaml', ''],
    ]);
  });

  it('reads long names, which travel in extended headers', async () => {
    const name = `web/${'d'.repeat(120)}/${'f'.repeat(120)}.yaml`;
    const entries = await read(await makeTarGz([{ name, text: 'x' }]));
    expect(entries[0]?.path).toBe(name);
  });

  it.each([
    ['a parent path', { name: 'web/../../etc/passwd', text: 'x' }, '".."'],
    ['an absolute path', { name: '/etc/passwd', text: 'x' }, 'absolute path'],
    ['a Windows drive', { name: 'C:evil', text: 'x' }, 'absolute path'],
    ['a backslash', { name: 'web\\..\\evil', text: 'x' }, 'backslash'],
    ['a newline in a name', { name: 'web/a\nb', text: 'x' }, 'control character'],
    ['a symbolic link', { name: 'web/link', type: 'symlink', linkname: '/etc/passwd' }, 'symlink web/link'],
    ['a hard link', { name: 'web/link', type: 'link', linkname: 'web/other' }, 'link web/link'],
    ['a device', { name: 'web/null', type: 'character-device', devmajor: 1, devminor: 3 }, 'character-device'],
    ['a pipe', { name: 'web/pipe', type: 'fifo' }, 'fifo web/pipe'],
    ['a path of 33 levels', { name: `${'d/'.repeat(32)}f`, text: 'x' }, '33 levels deep'],
    ['a name of 4 KB', { name: `web/${'n'.repeat(4096)}`, text: 'x' }, 'a path of 4100 bytes'],
  ] as const)('refuses %s and says what it found', async (_case, file, found) => {
    const refusal = await refusalOfFiles({ name: 'web/Chart.yaml', text: 'name: web' }, file);
    expect(refusal.code).toBe('document-undecodable');
    expect(refusal.message).toContain(found);
  });

  it('refuses a file that comes twice, also when only the case differs', async () => {
    const twice = await refusalOfFiles({ name: 'web/a', text: '1' }, { name: 'web/a', text: '2' });
    const clash = await refusalOfFiles({ name: 'web/a', text: '1' }, { name: 'web/A', text: '2' });
    expect(twice.message).toContain('web/a twice');
    expect(clash.message).toContain('web/A twice');
  });

  it('refuses what is no gzip, no tar, or cut off', async () => {
    const chart = await makeChart('web');
    const inner = await makeTar([{ name: 'web/Chart.yaml', text: 'x'.repeat(5000) }]);
    const cases = [Buffer.from('plain text'), gzipSync('no tar at all'), chart.subarray(0, chart.length - 20)];
    for (const bytes of [...cases, gzipSync(inner.subarray(0, 1500)), Buffer.alloc(0), gzipSync(Buffer.alloc(1024))]) {
      expect((await refusalOf(bytes)).code).toBe('document-undecodable');
    }
  });

  it('refuses a nested gzip, which is no tar', async () => {
    expect((await refusalOf(gzipSync(await makeChart('web')))).code).toBe('document-undecodable');
  });

  it('stops a bomb before it has unpacked much of it', async () => {
    const bomb = await makeTarGz([{ name: 'web/zeros', bytes: Buffer.alloc(64 * 1024 * 1024) }]);
    expect(bomb.length).toBeLessThan(100_000);
    const before = process.memoryUsage().rss;
    const refusal = await refusalOf(bomb);
    expect(refusal.code).toBe('document-too-large');
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
  });

  it('refuses too many entries, too many bytes and too large a file, each by its limit', async () => {
    const many = await makeTarGz(Array.from({ length: 20 }, (_, index) => ({ name: `web/f${index}`, text: 'x' })));
    expect((await refusalOf(many, { entries: 10 })).message).toContain('at most 10 entries');
    expect((await refusalOf(many, { totalBytes: 2000 })).message).toContain('at most 2000 bytes unpacked');
    expect((await refusalOf(many, { compressedBytes: 50 })).message).toContain('at most 50 bytes');
  });

  it('refuses a header that claims more bytes than follow', async () => {
    const tar = await makeTar([{ name: 'web/a', text: 'x' }]);
    tar.write('77777777777', 124, 'ascii');
    const sum = [...tar.subarray(0, 512)].reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte), 0);
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
    expect((await refusalOf(gzipSync(tar))).code).toBe('document-undecodable');
  });
});
