import { createWriteStream, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';

const version = '1.8.2';
const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Tries the official download and gives up after five seconds without an answer, because many machines cannot reach
 * it. Answers whether `target` is there now; it may hold an older server than is wanted, so callers ask its version.
 */
export async function downloadTemporal(target: string, progress: Progress): Promise<boolean> {
  const architecture = architectures[process.arch];
  if (!architecture) return false;
  const folder = mkdtempSync(join(target, '..', 'download-'));
  try {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), 5_000);
    const answer = await fetch(`https://temporal.download/cli/archive/v${version}?platform=linux&arch=${architecture}`, { signal: silence.signal });
    clearTimeout(timer);
    if (!answer.ok || !answer.body) return false;
    progress.note('downloading from temporal.download');
    const archive = join(folder, 'temporal.tar.gz');
    await pipeline(Readable.fromWeb(answer.body as ReadableStream), createWriteStream(archive));
    const unpacked = await runCommand('tar', ['-xzf', archive, '-C', folder, 'temporal']);
    if (unpacked.code !== 0) return false;
    renameSync(join(folder, 'temporal'), target);
    return true;
  } catch {
    progress.note('temporal.download does not answer');
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
