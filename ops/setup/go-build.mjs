// Builds a program with Go, once, into the project's cache. Plain JavaScript for Node 20 without packages, because a first
// start needs it while npm still installs them. Says what it does on standard error, and what failed in one sentence.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export class Sentence extends Error {}
export const note = (text) => console.error(text);

/** In the user's cache folder, so that a fresh clone finds what another has built. */
export const cacheFolder = (...names) => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'countersign', ...names);

export function makeCacheFolder(folder, instead) {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Sentence(`${folder} cannot be made (${error.code}). Name another folder in XDG_CACHE_HOME. ${instead}`);
  }
}

/** Runs a command to its end; -1 when it could not be started. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const { onLine, onStart, ...rest } = options;
    const child = spawn(command, args, { ...rest, stdio: ['ignore', 'pipe', 'pipe'] });
    onStart?.(child);
    let said = '';
    const hear = (chunk) => {
      said = (said + chunk).slice(-100_000);
      if (onLine) String(chunk).split('\n').forEach(onLine);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', (error) => resolve({ code: -1, said: error.message }));
    child.on('close', (code) => resolve({ code: code ?? -1, said }));
  });
}

async function findGo(missing, what, instead) {
  for (const candidate of ['go', '/usr/local/go/bin/go', '/usr/lib/go/bin/go']) {
    const found = /go version go1\.(\d+)/.exec((await run(candidate, ['version'])).said);
    // From 1.21 on Go fetches the newer toolchain that a module asks for by itself.
    if (found && Number(found[1]) >= 21) return candidate;
  }
  throw new Sentence(
    `${missing}, and there is no Go >= 1.21 to build ${what}. Install Go from https://go.dev/dl and run the same command again. ${instead}`,
  );
}

/** Go makes its module cache read-only, so its folders are opened before they are deleted. */
function deleteBuildFolder(folder) {
  const open = (path) => {
    chmodSync(path, 0o700);
    for (const entry of readdirSync(path, { withFileTypes: true })) if (entry.isDirectory()) open(join(path, entry.name));
  };
  try {
    open(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** What builds left that were killed; one whose process still runs is somebody else's, at work. */
function deleteLeftovers(cache) {
  for (const name of readdirSync(cache).filter((name) => name.startsWith('build-')))
    if (!existsSync(`/proc/${/^build-(\d+)-/.exec(name)?.[1] ?? 'none'}`)) deleteBuildFolder(join(cache, name));
}

function goEnvironment(folder) {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    GOPATH: join(folder, 'path'),
    GOMODCACHE: join(folder, 'modules'),
    GOCACHE: join(folder, 'cache'),
    GOTMPDIR: folder,
    GOTOOLCHAIN: process.env.GOTOOLCHAIN ?? 'auto',
    GOFLAGS: '-buildvcs=false',
    CGO_ENABLED: '0',
  };
  for (const name of ['GOPROXY', 'GONOSUMDB', 'GOSUMDB', 'GOPRIVATE', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'SSL_CERT_FILE'])
    if (process.env[name]) env[name] = process.env[name];
  return env;
}

/**
 * Everything that Go keeps is in one folder of the cache, which is deleted whatever happens, Ctrl-C included. `work` gets
 * that folder and a function that runs go with these arguments in this folder; it moves what is to stay out of it.
 * `what` names it in sentences, `missing` says why it has to be built, `instead` what else would do.
 */
export async function buildWithGo({ what, missing, instead, cache, gigabytes, seconds }, work) {
  const go = await findGo(missing, what, instead);
  deleteLeftovers(cache);
  const disk = statfsSync(cache);
  const free = disk.bavail * disk.bsize;
  if (free < gigabytes * 1e9)
    throw new Sentence(
      `Building ${what} needs ${gigabytes} GB for a few minutes; ${(free / 1e9).toFixed(1)} GB are free on the disk of ${cache}. Free some, or name another folder in XDG_CACHE_HOME. ${instead}`,
    );
  const folder = mkdtempSync(join(cache, `build-${process.pid}-`));
  let going;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      try {
        // Go and all that it has started; else they would go on writing into what is being deleted.
        if (going?.pid && going.exitCode === null) process.kill(-going.pid, 'SIGKILL');
        deleteBuildFolder(folder);
      } finally {
        process.exit(130);
      }
    });
  }
  const started = Date.now();
  let modules = 0;
  const beat = setInterval(
    () =>
      note(
        `building ${what}, ${Math.round((Date.now() - started) / 1000)} s (about ${seconds} s on two cores)${modules ? `, ${modules} modules fetched` : ''}`,
      ),
    15_000,
  );
  const step = async (args, cwd, doing) => {
    const { code, said } = await run(go, args, {
      cwd,
      env: goEnvironment(folder),
      // In a group of its own, to be ended with all its children.
      detached: true,
      onStart: (child) => (going = child),
      onLine: (line) => (modules += line.startsWith('go: downloading') ? 1 : 0),
    });
    if (code !== 0) throw new Sentence(whyGoFailed({ what, gigabytes, instead }, doing, said));
  };
  try {
    note(`${missing}: building ${what} with Go, once (${gigabytes} GB of disk meanwhile)`);
    await work(folder, step);
  } finally {
    clearInterval(beat);
    deleteBuildFolder(folder);
  }
}

function whyGoFailed({ what, gigabytes, instead }, doing, said) {
  if (/no space left/.test(said))
    return `The disk filled up while ${what} was being built. Free ${gigabytes} GB and run the same command again. ${instead}`;
  if (/no such host|dial tcp|i\/o timeout|connection refused/.test(said))
    return `The Go module proxy cannot be reached, so ${what} cannot be built. Connect the network or set GOPROXY and run the same command again. ${instead}`;
  return `Go could not ${doing}: ${said.trim().split('\n').at(-1)} ${instead}`;
}

/** Prints what was found on standard output and ends well, or says one sentence and ends badly. */
export async function printFound(find, what, instead) {
  try {
    console.log(await find());
  } catch (error) {
    note(error instanceof Sentence ? error.message : `The search for ${what} stopped: ${error.message}. ${instead}`);
    process.exit(1);
  }
}
