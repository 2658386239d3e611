import { Sentence } from '#ops/sentence.ts';
import type { DemoSecrets } from './secrets.ts';

/** The secrets of the person with this account name, without regard to case. Refuses an unknown name in a sentence. */
export function personNamed(secrets: readonly DemoSecrets[], account: string): DemoSecrets {
  const name = account
    .toLowerCase()
    .replace(/^bank\\/, '')
    .replace(/@bank\.test$/, '');
  const found = secrets.find((one) => one.account === name);
  if (!found) throw new Sentence(`Nobody in the demo bank has that account name. List them with: countersign demo people`);
  return found;
}
