// Finds the programs of others that the tests hold our evidence against, or builds them from test/oracle: oracle (a small
// program over their libraries), fsck and posix-oneshot (a log) of Tessera, and litewitness. Prints their folder on standard output, what it is doing
// on standard error, and on failure one sentence there.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWithGo, cacheFolder, makeCacheFolder, printFound } from './go-build.mjs';

const module = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'test/oracle');
const programs = [
  '.',
  ...['cmd/fsck', 'cmd/examples/posix-oneshot'].map((name) => `github.com/transparency-dev/tessera/${name}`),
  'filippo.io/torchwood/cmd/litewitness',
];
const instead = 'Only tests need them.';

/** Named after what they are built from: versions and hashes of all modules are in go.mod and go.sum. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const name of readdirSync(module).toSorted()) hash.update(`${name}\n`).update(readFileSync(join(module, name)));
  return hash.digest('hex').slice(0, 16);
}

async function find() {
  const cache = cacheFolder('oracle');
  const built = join(cache, fingerprint());
  if (existsSync(built)) return built;
  makeCacheFolder(cache, instead);
  const options = {
    what: "the tests' oracle",
    missing: "The programs of others that the evidence is tested against are not in the project's cache",
    instead,
    cache,
    gigabytes: 2,
    seconds: 90,
  };
  await buildWithGo(options, async (folder, go) => {
    const programsFolder = join(folder, 'programs');
    mkdirSync(programsFolder);
    await go(['build', '-trimpath', '-ldflags', '-s -w', '-o', `${programsFolder}/`, ...programs], module, 'compile');
    try {
      renameSync(programsFolder, built);
    } catch (error) {
      // Another run was faster and has put the same programs there.
      if (!existsSync(built)) throw error;
    }
  });
  return built;
}

await printFound(find, "the tests' oracle", instead);
