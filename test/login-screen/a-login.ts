import { after, before } from 'node:test';
import { newSource } from '#test/support/scenes.ts';
import { cast, type Cast } from '#test/support/people.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { startMachine, type Machine } from './a-machine.ts';
import { Terminal } from './a-terminal.ts';

export const FIRST = 'Type a number, 1 to 3, then press Enter';
export const HOW = 'Type a number, 1 to 2, then press Enter';
export const PROOF = 'Type a number, 1 to 4, then press Enter';

/** The stack, a machine that its portal serves, and whoever sits before it: for one test file. */
export interface LoginScreen {
  stack: TestStack;
  people: Cast;
  machine: Machine;
  /** From where the portal sees that machine. */
  source: string;
  /** Somebody who has typed `reset` at the login. */
  sitDown: (env?: Record<string, string>) => Promise<Terminal>;
}

export function useLoginScreen(): LoginScreen {
  const screen = {} as LoginScreen; // filled before the first test
  const open: Terminal[] = [];
  before(async () => {
    screen.stack = await useStack();
    screen.people = await cast(screen.stack.state);
    screen.source = newSource();
    screen.machine = await startMachine(screen.stack, screen.source);
    screen.sitDown = async (env) => {
      const at = await Terminal.start(screen.machine.inside('login'), { TERM: 'linux', ...env });
      open.push(at);
      await at.answer('login', 'reset');
      return at;
    };
  });
  after(async () => {
    for (const at of open) await at.close();
    await screen.machine?.close();
    await screen.people?.close();
  });
  return screen;
}

/** From the first question to where a recovery code and digits have been shown. */
export async function prove(at: Terminal, people: Cast, account: string): Promise<void> {
  await at.answer(FIRST, '1');
  await at.answer('Your account name', account);
  await at.answer(PROOF, '1');
  await at.answer('Your code', await people.recoveryCode(account));
  await at.answer('Digits from your app or token', await people.code(account));
}

/** What follows these letters, spelt out on a line of its own. */
export function spelledAfter(shown: string, label: string): string {
  const [line = ''] = /^ +(?:[0-9A-Z-] )+[0-9A-Z]$/m.exec(shown.slice(shown.lastIndexOf(`${label}:`))) ?? [];
  return line.replaceAll(' ', '');
}
