import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PATIENCE_MS = 60_000;

/** Somebody before a real terminal of 80 columns: tmux shows what it would show, and sends keys as a keyboard does. */
export class Terminal {
  readonly #folder: string;
  readonly #answered = new Map<string, number>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Terminal> {
    const terminal = new Terminal(mkdtempSync('/tmp/countersign-terminal-'));
    const words = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    // Before anything is started in it: what ends at once would take its terminal along, and what it showed.
    const settings = join(terminal.#folder, 'tmux.conf');
    writeFileSync(settings, 'set-option -g remain-on-exit on\n');
    await run('tmux', ['-f', settings, '-S', terminal.#socket, 'new-session', '-d', '-x', '80', '-y', '40', words], {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', ...env },
    });
    return terminal;
  }

  get #socket(): string {
    return join(this.#folder, 'tmux');
  }

  #tmux(...args: string[]): Promise<{ stdout: string }> {
    return run('tmux', ['-S', this.#socket, ...args], { maxBuffer: 16 << 20 });
  }

  /** All of it, with what has scrolled away. */
  async shown(): Promise<string> {
    return (await this.#tmux('capture-pane', '-p', '-S', '-')).stdout.trimEnd();
  }

  /** Waits until it is shown; fails with what is shown instead. */
  async until(what: RegExp | ((shown: string) => boolean)): Promise<string> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const shown = await this.shown();
      if (typeof what === 'function' ? what(shown) : what.test(shown)) return shown;
      assert.ok(Date.now() < deadline, `not shown: ${what.toString()}\n${shown}`);
      await setTimeout(50);
    }
  }

  /** Waits for the question, which has not been answered yet, and answers it. */
  async answer(question: string, text: string): Promise<void> {
    const before = this.#answered.get(question) ?? 0;
    const count = (shown: string) => shown.split(`${question}:`).length - 1;
    await this.until((shown) => count(shown) > before);
    this.#answered.set(question, before + 1);
    await this.type(text);
    await this.key('Enter');
  }

  async type(text: string): Promise<void> {
    if (text !== '') await this.#tmux('send-keys', '-l', '--', text);
  }

  /** More than a keyboard sends in an hour, at once. */
  async paste(text: string): Promise<void> {
    const loading = run('tmux', ['-S', this.#socket, 'load-buffer', '-']);
    loading.child.stdin?.end(text);
    await loading;
    await this.#tmux('paste-buffer', '-r');
  }

  /** By tmux's name of it: Enter, C-c, C-z, C-\, Up. */
  async key(...names: string[]): Promise<void> {
    await this.#tmux('send-keys', ...names);
  }

  /** Bytes as no keyboard sends them. */
  async bytes(...values: number[]): Promise<void> {
    await this.#tmux('send-keys', '-H', ...values.map((value) => value.toString(16)));
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** Waits until what was started in it has ended; says with which status or signal. */
  async ended(): Promise<string> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { stdout } = await this.#tmux('display-message', '-p', '#{pane_dead_status}#{pane_dead_signal} #{pane_pid}');
      const [how = '', pid = ''] = stdout.trimEnd().split(' ');
      // tmux now and then misses that its child has ended; the kernel keeps the answer for it.
      const said = how === '' ? statusOfZombie(pid) : how;
      if (said !== undefined) return said;
      assert.ok(Date.now() < deadline, `it still runs:\n${await this.shown()}`);
      await setTimeout(50);
    }
  }

  async close(): Promise<void> {
    await this.#tmux('kill-server').catch(() => undefined);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** With which status a process has ended that nobody has asked about yet (proc_pid_stat(5), the third and the last field). */
function statusOfZombie(pid: string): string | undefined {
  if (!existsSync(`/proc/${pid}/stat`)) return undefined;
  const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .trimEnd()
    .replace(/^.*\) /, '')
    .split(' ');
  return state === 'Z' ? String(Number(fields.at(-1)) >> 8) : undefined;
}
