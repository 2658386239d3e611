import type { Command } from 'commander';
import { generate } from 'otplib';
import { defaultState } from '#ops/paths.ts';
import { answerWords, demoLogin } from './login.ts';
import { listPeople, peopleTable, type ListedPerson } from './list-people.ts';
import { personNamed } from './person-named.ts';
import { readPassword } from './read-password.ts';
import { giveRecoveryCode } from './recovery-code.ts';
import { readDemoPeople } from './secrets.ts';

/**
 * Adds `demo people | code | recovery-code | login`: how somebody who tries the demo acts as its people. Every one of
 * them throws a Sentence when the state folder has no demo. Nothing secret is taken as an argument.
 */
export function demoCommands(program: Command, options: { stateDir?: () => string; say?: (line: string) => void } = {}): void {
  const stateDir = options.stateDir ?? defaultState;
  const say = options.say ?? console.log;
  const demo = program.command('demo').description('act as the people of the demo bank');

  demo
    .command('people')
    .description('who is there, what each is for, and their passwords')
    .option('--json', 'as JSON')
    .action((chosen: { json?: boolean }) => {
      const people = listPeople(readDemoPeople(stateDir()));
      say(chosen.json ? JSON.stringify(people.map(withoutNote), null, 2) : peopleTable(people));
    });

  demo
    .command('code')
    .argument('<account>')
    .description("the current code of this person's authenticator (TOTP)")
    .action(async (account: string) => {
      const { totpSecret } = personNamed(readDemoPeople(stateDir()), account);
      say(await generate({ secret: totpSecret }));
    });

  demo
    .command('recovery-code')
    .argument('<account>')
    .description('a recovery code of this person; another one each time. With `demo code` it confirms a first security key')
    .action(async (account: string) => {
      readDemoPeople(stateDir());
      say(await giveRecoveryCode(stateDir(), account));
    });

  demo
    .command('login')
    .argument('<account>')
    .description('bind at the domain controller; the password comes on standard input')
    .action(async (account: string) => {
      readDemoPeople(stateDir());
      const password = await readPassword(process.stdin, (text) => process.stderr.write(text));
      const { answer, code } = await demoLogin(stateDir(), account, password);
      say(`${answerWords[answer]}\n${code ?? `answer: ${answer}`}`);
      process.exitCode = answer === 'ok' ? 0 : 1;
    });
}

/** The fields that other people's tools rely on; the note is for reading. */
function withoutNote({ account, name, roles, manager, password, factors }: ListedPerson): Omit<ListedPerson, 'note'> {
  return { account, name, roles, manager, password, factors };
}
