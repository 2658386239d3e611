// Finds the Temporal server's binary, or gets one: TEMPORAL_CLI, PATH, the project's cache, the official download, a
// build through the Go module proxy. Prints its path on standard output, what it is doing on standard error, and on
// failure one sentence there. Plain JavaScript for Node 20 without packages, because a first start runs it while npm
// still installs them: the build needs minutes of processor, npm minutes of network.
import { spawn } from 'node:child_process';
import { chmodSync, createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const cliVersion = '1.8.2';
const serverVersion = '1.32.1';
const oldestServer = '1.32';
const cli = 'github.com/temporalio/cli';
/** The CLI's go.mod replaces this module by a folder; outside its repository the same commit has to be named. */
const extension = `${cli}/cliext@v0.0.0-20260731000218-c579925f193f`;
const neededBytes = 10e9;
const instead = `Or put a temporal binary (command line >= ${cliVersion}, server >= ${oldestServer}) on this machine and name it in TEMPORAL_CLI.`;

class Sentence extends Error {}
const note = (text) => console.error(text);

/** In the user's cache folder, so that a fresh clone finds it. */
const cached = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'countersign',
  'temporal',
  `${cliVersion}-server-${serverVersion}`,
  'temporal',
);
const cache = join(cached, '..');

/** Runs a command to its end; -1 when it could not be started. */
function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const { onLine, ...rest } = options;
    const child = spawn(command, args, { ...rest, stdio: ['ignore', 'pipe', 'pipe'] });
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
  try {
    mkdirSync(cache, { recursive: true });
  } catch (error) {
    throw new Sentence(`${cache} cannot be made (${error.code}). Name another folder in XDG_CACHE_HOME. ${instead}`);
  }
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

async function findGo() {
  for (const candidate of ['go', '/usr/local/go/bin/go', '/usr/lib/go/bin/go']) {
    const found = /go version go1\.(\d+)/.exec((await run(candidate, ['version'])).said);
    // From 1.21 on Go fetches the newer toolchain that a module asks for by itself.
    if (found && Number(found[1]) >= 21) return candidate;
  }
  throw new Sentence(
    `Temporal is not on this machine, its download brings no server >= ${oldestServer} here, and there is no Go >= 1.21 to build it. Install Go from https://go.dev/dl and run the same command again. ${instead}`,
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
    rmSync(folder, { recursive: true, force: true });
  }
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
 * About four minutes on two cores. Everything that Go keeps (11 GB at most) is in one folder of the project's cache,
 * which is deleted whatever happens, Ctrl-C included.
 */
async function build() {
  const go = await findGo();
  for (const left of readdirSync(cache).filter((name) => name.startsWith('build-'))) deleteBuildFolder(join(cache, left));
  const disk = statfsSync(cache);
  const free = disk.bavail * disk.bsize;
  if (free < neededBytes)
    throw new Sentence(
      `Building Temporal needs 10 GB for a few minutes; ${(free / 1e9).toFixed(1)} GB are free on the disk of ${cache}. Free some, or name another folder in XDG_CACHE_HOME. ${instead}`,
    );
  const folder = mkdtempSync(join(cache, 'build-'));
  const module = join(folder, 'module');
  mkdirSync(module);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      try {
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
        `building Temporal, ${Math.round((Date.now() - started) / 1000)} s (about 240 s on two cores)${modules ? `, ${modules} modules fetched` : ''}`,
      ),
    15_000,
  );
  const step = async (args, what) => {
    const { code, said } = await run(go, args, {
      cwd: module,
      env: goEnvironment(folder),
      onLine: (line) => (modules += line.startsWith('go: downloading') ? 1 : 0),
    });
    if (code !== 0) throw new Sentence(whyGoFailed(what, said));
  };
  try {
    note('Temporal is not to be had ready-made here: building it with Go, once (10 GB of disk meanwhile)');
    await step(['mod', 'init', 'local/temporal'], 'begin the module');
    await step(['mod', 'edit', `-replace=${cli}/cliext=${extension}`], 'name the extension');
    await step(['get', `${cli}/cmd/temporal@v${cliVersion}`, `go.temporal.io/server@v${serverVersion}`], 'fetch the modules');
    await step(
      [
        'build',
        '-mod=mod',
        '-trimpath',
        '-ldflags',
        `-s -w -X ${cli}/internal/temporalcli.Version=${cliVersion}`,
        '-o',
        join(folder, 'temporal'),
        `${cli}/cmd/temporal`,
      ],
      'compile',
    );
    renameSync(join(folder, 'temporal'), cached);
  } finally {
    clearInterval(beat);
    deleteBuildFolder(folder);
  }
}

function whyGoFailed(what, said) {
  if (/no space left/.test(said))
    return `The disk filled up while Temporal was being built. Free 10 GB and run the same command again. ${instead}`;
  if (/no such host|dial tcp|i\/o timeout|connection refused/.test(said))
    return `The Go module proxy cannot be reached, so Temporal cannot be built. Connect the network or set GOPROXY and run the same command again. ${instead}`;
  return `Go could not ${what}: ${said.trim().split('\n').at(-1)} ${instead}`;
}

try {
  console.log(await find());
} catch (error) {
  note(error instanceof Sentence ? error.message : `The search for Temporal stopped: ${error.message}. ${instead}`);
  process.exit(1);
}
