import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { crc32, deflateSync } from 'node:zlib';
import type { Machine } from './a-machine.ts';

const [WIDTH, HEIGHT] = [1024, 768];
const DISPLAY = ':77';

/** A screen in a machine that nobody looks at: Xvfb keeps its picture in a file of the X window dump format. */
export class XScreen {
  readonly #machine: Machine;
  readonly #children: ChildProcess[] = [];

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  async start(): Promise<void> {
    await this.#machine.exec('sh', '-c', 'mkdir -p /run/picture /tmp/.X11-unix && chmod 1777 /tmp/.X11-unix');
    this.#run('Xvfb', DISPLAY, '-screen', '0', `${WIDTH}x${HEIGHT}x24`, '-fbdir', '/run/picture', '-nolisten', 'tcp', '-ac');
    await this.#machine.exec('sh', '-c', `until test -S /tmp/.X11-unix/X${DISPLAY.slice(1)}; do sleep 0.05; done`);
  }

  /** Starts the session as LightDM would, with the display in its environment and much else; terminals come from an instance of their own. */
  session(): void {
    const terminals =
      'mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts /dev/pts && mount --bind /dev/pts/ptmx /dev/ptmx && exec "$@"';
    const variables = [`DISPLAY=${DISPLAY}`, 'XTERM_SHELL=/bin/sh', 'NODE_OPTIONS=--version'];
    const asReset = [
      'setpriv',
      '--reuid=reset',
      '--regid=reset',
      '--clear-groups',
      'env',
      ...variables,
      '/usr/bin/countersign-login-graphical',
    ];
    this.#run('unshare', '--mount', 'sh', '-c', terminals, 'sh', ...asReset);
  }

  #run(...command: string[]): void {
    const [program = '', ...args] = this.#machine.inside(...command);
    this.#children.push(spawn(program, args, { stdio: 'ignore', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } }));
  }

  xdotool(...args: string[]): Promise<string> {
    return this.#machine.exec('env', `DISPLAY=${DISPLAY}`, 'xdotool', ...args);
  }

  /** The pixels, four bytes each: blue, green, red, nothing. */
  pixels(): Buffer {
    const dump = readFileSync(this.#machine.path('/run/picture/Xvfb_screen0'));
    const [header, colours] = [dump.readUInt32BE(0), dump.readUInt32BE(76)];
    return dump.subarray(header + colours * 12, header + colours * 12 + WIDTH * HEIGHT * 4);
  }

  /** Waits until the picture is another one than `before`, and stays. */
  async settled(before?: Buffer): Promise<Buffer> {
    for (let last = this.pixels(), tries = 0; ; tries += 1) {
      await setTimeout(250);
      const now = Buffer.from(this.pixels());
      if (now.equals(last) && !(before && now.equals(before))) return now;
      if (tries > 120) throw new Error('the picture does not come to rest, or does not change');
      last = now;
    }
  }

  /** The parts of the screen that are paper, and neither paper nor ink. */
  shares(pixels: Buffer): { paper: number; other: number } {
    let [paper, other] = [0, 0];
    for (let at = 0; at < pixels.length; at += 4) {
      const light = (pixels[at] ?? 0) + (pixels[at + 1] ?? 0) + (pixels[at + 2] ?? 0);
      if (light === 765) paper += 1;
      else if (light !== 0) other += 1;
    }
    return { paper: paper / (WIDTH * HEIGHT), other: other / (WIDTH * HEIGHT) };
  }

  /** Writes the picture where the run keeps pictures, if it does. */
  keep(name: string): void {
    const folder = process.env['COUNTERSIGN_PICTURES'];
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.png`), png(this.pixels()));
  }

  close(): void {
    for (const child of this.#children) child.kill();
  }
}

/** PNG, second edition: one IHDR, one IDAT of unfiltered lines, one IEND. */
function png(pixels: Buffer): Buffer {
  const lines = Buffer.alloc(HEIGHT * (1 + WIDTH * 3));
  for (let y = 0; y < HEIGHT; y += 1)
    for (let x = 0; x < WIDTH; x += 1)
      for (const channel of [0, 1, 2]) lines[y * (1 + WIDTH * 3) + 1 + x * 3 + channel] = pixels[(y * WIDTH + x) * 4 + 2 - channel] ?? 0;
  const size = Buffer.alloc(13);
  size.writeUInt32BE(WIDTH, 0);
  size.writeUInt32BE(HEIGHT, 4);
  size.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', size), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
