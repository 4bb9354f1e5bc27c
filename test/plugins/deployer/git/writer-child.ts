/** A process of its own that writes one batch, to be killed. Arguments: URL, cache folder, PATH, known head. */
import { makeGitDeployer } from '#plugins/deployer/git/index.ts';

import { crashBatch } from './crash-batch.ts';

const [url = '', cacheFolder = '', path = '', knownHead = ''] = process.argv.slice(2);
const deployer = makeGitDeployer({
  cacheFolder,
  environment: { PATH: path },
  clock: () => new Date(),
  random: Math.random,
});
const result = await deployer.write(crashBatch(url, knownHead === '' ? null : knownHead));
await deployer.close();
process.stdout.write(JSON.stringify(result));
