import { type Command, Option } from 'commander';
import { DEVICE_NAME, type Platform } from '#domain/device.ts';
import { openEnroller } from '../enrolment.ts';
import { defaultState } from '../paths.ts';
import { Sentence } from '../sentence.ts';

/** Adds `device ticket --name …`, by which an agent enrols, and `device add <account> <name> --platform …` for a device without one, which is told by hand. */
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
  device
    .command('ticket')
    .requiredOption('--name <host>', 'full host name of the device, such as laptop-17.bank.test')
    .requiredOption('--by <account>', 'who does it, at the help desk or as an officer: they type a fresh code of their authenticator')
    .requiredOption('--reason <words>', 'why, for the evidence')
    .description('make a ticket by which the agent of one device enrols its key, once')
    .action(async ({ name: typed, by, reason }: { name: string; by: string; reason: string }) => {
      const name = typed.trim().toLowerCase();
      if (!DEVICE_NAME.test(name)) throw new Sentence('Write the full host name of the device, such as laptop-17.bank.test.');
      const { typedLines } = await import('../tokens/typed-lines.ts');
      const { makeDeviceTicket } = await import('../device-tickets.ts');
      const ask = (text: string): boolean => process.stderr.write(text);
      const [code = ''] = await typedLines(process.stdin, ask, [`A fresh code of the authenticator of ${by}`]);
      const { ticket, expiresAt } = await makeDeviceTicket(defaultState(), { name, by, code, reason });
      console.log(`Ticket for ${name}, good for one use until ${expiresAt}:`);
      console.log(`  ${ticket}`);
    });
}
