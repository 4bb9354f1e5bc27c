import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A chart of one template, as a folder. */
export async function makeChartFolder(folder: string, template: string): Promise<void> {
  await mkdir(join(folder, 'templates'), { recursive: true });
  await writeFile(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: chart\nversion: 0.1.0\n');
  await writeFile(join(folder, 'templates', 'all.yaml'), template);
}
