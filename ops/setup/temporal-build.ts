import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { Sentence } from '../sentence.ts';

const cli = 'github.com/temporalio/cli';
/** The CLI's go.mod replaces this module by a folder; outside its repository the same commit has to be named. */
const extension = `${cli}/cliext@v0.0.0-20260731000218-c579925f193f`;
const neededBytes = 10e9;

const instead = 'Or put a temporal binary (command line >= 1.8.2, server >= 1.32) on this machine and name it in TEMPORAL_CLI.';

/** Go makes its module cache read-only, so its folders are opened before they are deleted. */
function deleteBuildFolder(folder: string): void {
  const open = (path: string): void => {
    chmodSync(path, 0o700);
    for (const entry of readdirSync(path, { withFileTypes: true })) if (entry.isDirectory()) open(join(path, entry.name));
  };
  try {
    open(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function findGo(): Promise<string> {
  for (const candidate of ['go', '/usr/local/go/bin/go', '/usr/lib/go/bin/go']) {
    const said = await runCommand(candidate, ['version'], { timeoutMs: 20_000 });
    const found = /go version go1\.(\d+)/.exec(said.stdout);
    // From 1.21 on Go fetches the newer toolchain that a module asks for by itself.
    if (found && Number(found[1]) >= 21) return candidate;
  }
  throw new Sentence(`Temporal is not on this machine, its download cannot be reached, and there is no Go >= 1.21 to build it. Install Go from https://go.dev/dl and run the same command again. ${instead}`);
}

/**
 * Builds the Temporal command line with the pinned server through the Go module proxy: about four minutes on two cores.
 * Everything that Go keeps (11 GB at most) is in one folder of the project's cache, which is deleted whatever happens.
 */
export async function buildTemporal(target: string, progress: Progress): Promise<void> {
  const go = await findGo();
  const cache = join(target, '..');
  const disk = statfsSync(cache);
  const free = disk.bavail * disk.bsize;
  if (free < neededBytes) {
    throw new Sentence(`Building Temporal needs 10 GB for a few minutes; ${(free / 1e9).toFixed(1)} GB are free on the disk of ${cache}. Free some, or name another folder in XDG_CACHE_HOME. ${instead}`);
  }
  for (const left of readdirSync(cache).filter((name) => name.startsWith('build-'))) deleteBuildFolder(join(cache, left));
  const folder = mkdtempSync(join(cache, 'build-'));
  const module = join(folder, 'module');
  mkdirSync(module);
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    GOPATH: join(folder, 'path'),
    GOMODCACHE: join(folder, 'modules'),
    GOCACHE: join(folder, 'cache'),
    GOTMPDIR: folder,
    GOTOOLCHAIN: process.env['GOTOOLCHAIN'] ?? 'auto',
    GOFLAGS: '-buildvcs=false',
    CGO_ENABLED: '0',
  };
  for (const name of ['GOPROXY', 'GONOSUMDB', 'GOSUMDB', 'GOPRIVATE', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'SSL_CERT_FILE']) if (process.env[name]) env[name] = process.env[name];

  const stop = onSignal(() => deleteBuildFolder(folder));
  const started = Date.now();
  let modules = 0;
  const beat = setInterval(() => progress.note(`building Temporal, ${Math.round((Date.now() - started) / 1000)} s (about 240 s on two cores)${modules ? `, ${modules} modules fetched` : ''}`), 15_000);
  const step = async (args: string[], what: string) => {
    const result = await runCommand(go, args, { cwd: module, env, onLine: (line) => (modules += line.startsWith('go: downloading') ? 1 : 0) });
    if (result.code !== 0) throw new Sentence(sentenceFor(what, result.stderr));
  };
  try {
    progress.note('not found and not to be had ready-made: building it with Go, once (10 GB of disk meanwhile)');
    await step(['mod', 'init', 'local/temporal'], 'begin the module');
    await step(['mod', 'edit', `-replace=${cli}/cliext=${extension}`], 'name the extension');
    await step(['get', `${cli}/cmd/temporal@v1.8.2`, 'go.temporal.io/server@v1.32.1'], 'fetch the modules');
    await step(['build', '-mod=mod', '-trimpath', '-ldflags', `-s -w -X ${cli}/internal/temporalcli.Version=1.8.2`, '-o', join(folder, 'temporal'), `${cli}/cmd/temporal`], 'compile');
    renameSync(join(folder, 'temporal'), target);
  } finally {
    clearInterval(beat);
    stop();
    deleteBuildFolder(folder);
  }
}

/** Ctrl-C in the middle of a build still deletes its folder. */
function onSignal(clean: () => void): () => void {
  const handle = () => {
    try {
      clean();
    } finally {
      process.exit(130);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, handle);
  return () => ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach((signal) => process.off(signal, handle));
}

function sentenceFor(what: string, said: string): string {
  if (/no space left/.test(said)) return `The disk filled up while Temporal was being built. Free 10 GB and run the same command again. ${instead}`;
  if (/no such host|dial tcp|i\/o timeout|connection refused/.test(said)) return `The Go module proxy cannot be reached, so Temporal cannot be built. Connect the network or set GOPROXY and run the same command again. ${instead}`;
  return `Go could not ${what}: ${said.trim().split('\n').at(-1) ?? ''} ${instead}`;
}
