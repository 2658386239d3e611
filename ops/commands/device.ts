import { type Command, Option } from 'commander';
import { openEnroller } from '../enrolment.ts';
import { defaultState } from '../paths.ts';
import { Sentence } from '../sentence.ts';

type Platform = 'linux' | 'windows' | 'mac';

/** Adds `device add <account> <name> --platform …`: a device that is told after each reset of that account. */
export function deviceCommand(program: Command): void {
  const device = program.command('device').description('devices that may hold an old password');
  device
    .command('add')
    .argument('<account>', 'account name, user principal name or DOMAIN\\name')
    .argument('<name>', 'name of the device')
    .addOption(new Option('--platform <platform>', 'what runs on it').choices(['linux', 'windows', 'mac']).makeOptionMandatory())
    .description('make a device known for an account')
    .action(async (account: string, name: string, { platform }: { platform: Platform }) => {
      if (!/^[\p{L}\p{N} ._-]{1,64}$/u.test(name))
        throw new Sentence('A device name has 1 to 64 letters, digits, spaces, dots, dashes or underscores.');
      const enroller = await openEnroller(defaultState());
      try {
        await enroller.enrol({ account, devices: [{ name, platform }] });
      } finally {
        await enroller.close();
      }
      console.log(`${name} is known for ${account} and will be told after each reset.`);
    });
}
