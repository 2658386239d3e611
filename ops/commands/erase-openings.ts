import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultState, layout } from '../paths.ts';
import { Sentence } from '../sentence.ts';
import type { Ground } from '../erase-openings.ts';

/** Adds `erase-openings`: removes what leaves only commit to (addresses, names, filters, what approvers were shown), and says so in a leaf. */
export function eraseOpeningsCommand(program: Command): void {
  program
    .command('erase-openings')
    .description('erase personal data from the evidence: of one account, or older than so many days; no proof breaks by it')
    .option('--account <guid or name>', 'of this account only')
    .option('--older-than <days>', 'only what is older', wholeDays)
    .addOption(
      new Option('--ground <ground>', 'why: the time for keeping is over, the person asked, or it was ordered')
        .choices(['retention', 'request', 'order'])
        .makeOptionMandatory(),
    )
    .action(async ({ account, olderThan, ground }: { account?: string; olderThan?: number; ground: Ground }) => {
      if (account === undefined && olderThan === undefined)
        throw new Sentence('Say what to erase: --account <guid or name>, --older-than <days>, or both.');
      const state = defaultState();
      if (!existsSync(layout(state).settingsFile('api')))
        throw new Sentence('Countersign has not been set up here, or you may not see it. Run this as the user who starts it.');
      const { eraseOpenings, UnknownAccount } = await import('../erase-openings.ts');
      const erased = await eraseOpenings(state, {
        ground,
        ...(account === undefined ? {} : { account }),
        ...(olderThan === undefined ? {} : { olderThanDays: olderThan }),
      }).catch((error: unknown) => {
        if (error instanceof UnknownAccount)
          throw new Sentence(
            `Nobody called "${account}" was ever in a reset, a session or a device here. Check the name, or give the objectGUID.`,
          );
        throw error;
      });
      console.log(
        `Erased: ${erased.names} names, ${erased.addresses} addresses, ${erased.filters} filters, ${erased.shown} texts that approvers were shown. A leaf says so; every proof still holds.`,
      );
      console.log('Backups still hold them until they are overwritten.');
    });
}

function wholeDays(typed: string): number {
  const days = Number(typed);
  if (!Number.isInteger(days) || days < 0 || days > 36_500) throw new InvalidArgumentError('Give a whole number of days, 0 or more.');
  return days;
}
