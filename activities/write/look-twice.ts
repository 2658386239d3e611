import { setTimeout as sleep } from 'node:timers/promises';

/** A controller that was frozen answers new questions and old requests in any order when it wakes: asked twice, so long apart. */
const SECOND_LOOK_MS = 1500;

/** Looks once, and once more before what it sees counts as untouched. */
export async function lookTwice<Seen extends { since: string }>(look: () => Promise<Seen>): Promise<Seen> {
  const first = await look();
  if (first.since !== 'untouched') return first;
  await sleep(SECOND_LOOK_MS);
  return look();
}
