import assert from 'node:assert/strict';
import { letIn, lockOut } from '#test/support/lock-out.ts';
import { formVisitor } from '#test/support/portal-forms.ts';
import { proven } from '#test/support/scenes.ts';
import type { World } from '#test/support/world.ts';

type Leaves = <T extends { status: number; text: string }>(route: string, status: number, deed: () => Promise<T>) => Promise<T>;

/** A locked account is unlocked by JSON; locked again, its claimant chooses a new password by form, and leaves. */
export async function choices({ stack, people, directory }: Pick<World, 'stack' | 'people' | 'directory'>, leaves: Leaves): Promise<void> {
  const account = await people.guid('goran.petrovic');
  await lockOut(directory, account);
  const { who } = await proven(stack.run, people, 'goran.petrovic');
  await leaves('POST /api/v1/portal/resets/{reference}/operation', 200, () => who.operate('unlock'));
  assert.equal((await who.until('done', 'refused')).state, 'done');
  await lockOut(directory, account);
  const visitor = formVisitor(stack.run);
  await visitor.open('/');
  await visitor.send('/reset', { account: 'goran.petrovic' });
  await visitor.send('/proof', { proof: 'recovery-code', code: await people.recoveryCode('goran.petrovic') });
  await visitor.send('/factor', { digits: await people.code('goran.petrovic') });
  await leaves('POST /reset/:reference/operation', 200, async () => {
    await visitor.send('/operation', { operation: 'new-password' });
    return { status: 200, text: visitor.page() };
  });
  await visitor.send('/cancel');
  await letIn(directory, account);
}
