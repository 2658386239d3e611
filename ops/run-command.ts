import { spawn } from 'node:child_process';

export type CommandResult = { code: number; stdout: string; stderr: string };

export type CommandOptions = {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Written to standard input; the place for a secret, never the arguments. */
  input?: string;
  uid?: number;
  gid?: number;
  /** Every whole line of both outputs as it comes. */
  onLine?: (line: string) => void;
  timeoutMs?: number;
};

/** Runs a command to its end and answers what it said. Never throws for an exit code; -1 means that it could not be started. */
export function runCommand(command: string, args: string[], options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise((resolve) => {
    const { input, onLine, timeoutMs, ...rest } = options;
    const child = spawn(command, args, { ...rest, stdio: ['pipe', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    const collect = (name: 'stdout' | 'stderr') => (chunk: Buffer) => {
      said[name] = (said[name] + chunk.toString('utf8')).slice(-200_000);
      if (onLine) for (const line of chunk.toString('utf8').split('\n')) if (line.trim()) onLine(line);
    };
    child.stdout.on('data', collect('stdout'));
    child.stderr.on('data', collect('stderr'));
    const timer = timeoutMs ? setTimeout(() => child.kill('SIGKILL'), timeoutMs) : undefined;
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: -1, stdout: said.stdout, stderr: error.message });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? -1, ...said });
    });
    // A command that ends before it read its input would raise EPIPE here; its exit code says enough.
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
  });
}
