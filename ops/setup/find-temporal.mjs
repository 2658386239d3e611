// Finds the Temporal server's binary, or gets one: TEMPORAL_CLI, PATH, the project's cache, the official download, a
// build through the Go module proxy. Prints its path on standard output, what it is doing on standard error, and on
// failure one sentence there. Plain JavaScript for Node 20 without packages, because a first start runs it while npm
// still installs them: the build needs minutes of processor, npm minutes of network.
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { buildWithGo, cacheFolder, makeCacheFolder, note, printFound, run, Sentence } from './go-build.mjs';

const cliVersion = '1.8.2';
const serverVersion = '1.32.1';
const oldestServer = '1.32';
const cli = 'github.com/temporalio/cli';
/** The CLI's go.mod replaces this module by a folder; outside its repository the same commit has to be named. */
const extension = `${cli}/cliext@v0.0.0-20260731000218-c579925f193f`;
const instead = `Or put a temporal binary (command line >= ${cliVersion}, server >= ${oldestServer}) on this machine and name it in TEMPORAL_CLI.`;

const cached = cacheFolder('temporal', `${cliVersion}-server-${serverVersion}`, 'temporal');
const cache = join(cached, '..');

const atLeast = (version, wanted) => version.localeCompare(wanted, 'en', { numeric: true }) >= 0;

/** True for versions that have what resets rely on; older ones lack it. */
async function isWanted(binary) {
  if (!existsSync(binary)) return false;
  const { said } = await run(binary, ['--version'], { timeout: 10_000, env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' } });
  const match = /temporal version (\S+) \(Server ([^\s,]+)/.exec(said);
  return match !== null && atLeast(match[1], cliVersion) && atLeast(match[2], oldestServer);
}

async function find() {
  const named = process.env.TEMPORAL_CLI;
  if (named) {
    if (await isWanted(named)) return named;
    throw new Sentence(
      `TEMPORAL_CLI names ${named}, which is not a temporal command line >= ${cliVersion} with server >= ${oldestServer}. Name another, or unset it.`,
    );
  }
  for (const folder of (process.env.PATH ?? '').split(delimiter))
    if (folder && (await isWanted(join(folder, 'temporal')))) return join(folder, 'temporal');
  if (await isWanted(cached)) return cached;
  makeCacheFolder(cache, instead);
  if ((await download()) && (await isWanted(cached))) return cached;
  rmSync(cached, { force: true });
  await build();
  if (await isWanted(cached)) return cached;
  throw new Sentence(`${cached} does not run. Delete it and run the same command again.`);
}

/** Gives up after five seconds without an answer, because many machines cannot reach it. It may bring an older server. */
async function download() {
  const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch];
  if (!architecture) return false;
  const folder = mkdtempSync(join(cache, 'download-'));
  try {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), 5_000);
    const answer = await fetch(`https://temporal.download/cli/archive/v${cliVersion}?platform=linux&arch=${architecture}`, {
      signal: silence.signal,
    });
    clearTimeout(timer);
    if (!answer.ok || !answer.body) return false;
    note('downloading Temporal from temporal.download');
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(join(folder, 'temporal.tar.gz')));
    if ((await run('tar', ['-xzf', join(folder, 'temporal.tar.gz'), '-C', folder, 'temporal'])).code !== 0) return false;
    renameSync(join(folder, 'temporal'), cached);
    return true;
  } catch {
    note('temporal.download does not answer');
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** About four minutes on two cores. */
function build() {
  const options = {
    what: 'Temporal',
    missing: `Temporal is not on this machine, and its download brings no server >= ${oldestServer} here`,
    instead,
    cache,
    gigabytes: 10,
    seconds: 240,
  };
  return buildWithGo(options, async (folder, go) => {
    const module = join(folder, 'module');
    mkdirSync(module);
    await go(['mod', 'init', 'local/temporal'], module, 'begin the module');
    await go(['mod', 'edit', `-replace=${cli}/cliext=${extension}`], module, 'name the extension');
    await go(['get', `${cli}/cmd/temporal@v${cliVersion}`, `go.temporal.io/server@v${serverVersion}`], module, 'fetch the modules');
    const flags = ['-mod=mod', '-trimpath', '-ldflags', `-s -w -X ${cli}/internal/temporalcli.Version=${cliVersion}`];
    await go(['build', ...flags, '-o', join(folder, 'temporal'), `${cli}/cmd/temporal`], module, 'compile');
    renameSync(join(folder, 'temporal'), cached);
  });
}

await printFound(find, 'Temporal', instead);
