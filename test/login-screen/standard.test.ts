import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freshPassword, newSource } from '#test/support/scenes.ts';
import { cast, type Cast } from '#test/support/people.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';
import { startMachine, type Machine } from './a-machine.ts';
import { Terminal } from './a-terminal.ts';

let stack: TestStack;
let people: Cast;
let machine: Machine;

before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
  machine = await startMachine(stack, newSource());
});
after(async () => {
  await machine?.close();
  await people?.close();
});

test('a standard reset at the login screen, to the new password at the domain controller', async () => {
  const at = await Terminal.start(machine.inside('login'), { TERM: 'linux' });
  await at.answer('login', 'reset');
  await at.answer('Type a number, 1 to 3, then press Enter', '1');
  console.log(await at.shown());
  await at.close();
  assert.ok(freshPassword());
});
