import { spawn, type StdioOptions } from 'node:child_process';
import { root } from '../paths.ts';

const graceMs = 10_000;

/**
 * Runs Node with these arguments in the checkout, its environment added to ours. Resolves with the exit code when it is
 * gone, with 1 when it had none. Once `abort` is aborted it is ended, by kill -9 after ten seconds, or not begun.
 */
export async function runNode(
  args: readonly string[],
  options: { env: Record<string, string | undefined>; stdio: StdioOptions; abort: AbortSignal },
): Promise<number> {
  const { env, stdio, abort } = options;
  if (abort.aborted) return 1;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: root,
    stdio,
    env: { ...process.env, ...env },
  });
  const gone = new Promise<number>((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', () => resolve(1));
  });
  let late: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.kill('SIGTERM');
    late = setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  abort.addEventListener('abort', end);
  const code = await gone;
  abort.removeEventListener('abort', end);
  clearTimeout(late);
  return code;
}
