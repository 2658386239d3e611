import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countersign } from '#test/support/countersign.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld();

test('of a service that runs, the commands for its own policy and accounts are printed, and what each account may do is read', async () => {
  const { state } = world.stack;
  const printed = await countersign(state, 'directory', 'delegate', '--print');
  assert.equal(printed.code, 0, printed.stderr);
  assert.match(printed.stdout, /\n# writer-privileged gets OU=Privileged,DC=bank,DC=test\n/);
  assert.match(printed.stdout, /\nsamba-tool dsacl set --objectdn='OU=Staff,DC=bank,DC=test' --sddl='\(OA;CIIO;CR;00299570-/);
  // What other scenes did to accounts of this directory may be told too; nothing of it gives the reader a right.
  const { stdout } = await countersign(state, 'directory', 'preflight');
  assert.match(stdout, /^ {2}✓ reader can read, and change nothing of anything\n/);
  assert.match(stdout, /\n(?:No reset would fail|\d+ things? (?:is|are) to be mended)/);
  assert.match(
    (await countersign(state, 'doctor')).stdout,
    /reader can read, and change nothing of anything;|→ countersign directory preflight/,
  );
});
