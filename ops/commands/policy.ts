import type { Command } from 'commander';
import { defaultState } from '../paths.ts';
import { Sentence } from '../sentence.ts';
import { putPolicyInForce } from '../setup/policy.ts';
import { pinnedPublishers } from '../setup/publishers.ts';
import { thisOperator } from '../this-operator.ts';

export function policyCommand(program: Command): void {
  const policy = program.command('policy').description('the rules of resets');
  policy
    .command('load <file>')
    .description('check a policy file, run its tests and put it in force; open resets keep theirs')
    .action(async (file: string) => {
      const { readPolicy } = await import('../policy/read-policy.ts');
      const { path } = readPolicy(file, 'tests run');
      if (publishersOf(defaultState()) > 1)
        throw new Sentence(
          'This site publishes policies by two people. Draft it in the console, under Policy, and let another administrator publish it.',
        );
      const sha256 = await putPolicyInForce(defaultState(), path, thisOperator());
      console.log(`In force: ${path}\n  sha256 ${sha256}`);
    });
  policy
    .command('check <file>')
    .description('read a policy file, say all that is wrong with it, and read its rules aloud')
    .action(async (file: string) => {
      const { readPolicy } = await import('../policy/read-policy.ts');
      const { policyInWords } = await import('../policy/in-words.ts');
      const { path, sha256, policy: read } = readPolicy(file, 'tests not run');
      console.log(`${policyInWords(read)}\n\nNothing is wrong with ${path}.\n  sha256 ${sha256}`);
    });
  policy
    .command('test <file>')
    .description('run the tests that stand in a policy file')
    .action(async (file: string) => {
      const { readPolicy } = await import('../policy/read-policy.ts');
      const { testsInWords } = await import('../policy/in-words.ts');
      const { said, red } = testsInWords(readPolicy(file, 'tests not run').policy);
      console.log(said);
      process.exitCode = red > 0 ? 1 : 0;
    });
  policy
    .command('simulate')
    .description('say what would happen if somebody named an account now, by the policy in force or by a draft')
    .requiredOption('--account <name>', 'as somebody would type it')
    .option('--draft <file>', 'by this policy file instead of the one in force')
    .option('--from <address>', 'where the request would come from')
    .option('--at <moment>', 'when, such as 2026-11-26T10:00:00Z; now if left out')
    .action(async (options: { account: string; draft?: string; from?: string; at?: string }) => {
      const { simulateCommand } = await import('../policy/with-the-directory.ts');
      console.log((await simulateCommand(defaultState(), options)).join('\n'));
    });
  policy
    .command('compare <draft>')
    .description('say for the whole directory what a draft would change against the policy in force, before it is put in force')
    .option('--at <moments...>', 'when, such as 2026-11-26T10:00:00Z; now if left out')
    .option('--csv <file>', 'write every account with what it comes to into a file')
    .action(async (draft: string, options: { at?: string[]; csv?: string }) => {
      const { compareCommand } = await import('../policy/with-the-directory.ts');
      console.log(await compareCommand(defaultState(), draft, options));
    });
  policy
    .command('schema')
    .description('print the JSON Schema of a policy file, for editors')
    .action(async () => {
      const { policyJsonSchema } = await import('../../prisma/policy-schema.ts');
      console.log(JSON.stringify(policyJsonSchema(), null, 2));
    });
  policy
    .command('publisher <account>')
    .description("let an administrator's registered security keys sign policies; from two on, nobody loads one by hand")
    .action(async (account: string) => {
      const { pinPublisher } = await import('../pin-publisher.ts');
      for (const { name, spki } of await pinPublisher(defaultState(), account)) console.log(`  ${name}\n    SHA-256 ${spki}`);
      const people = publishersOf(defaultState());
      console.log(
        people < 2
          ? 'One publisher. Add a second: nobody publishes alone.'
          : `${people} publishers. From now on policies are published in the console, by two of them.`,
      );
    });
}

/** How many people may publish. */
function publishersOf(state: string): number {
  return new Set(pinnedPublishers(state).publishers.map(({ account }) => account)).size;
}
