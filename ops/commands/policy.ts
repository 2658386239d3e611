import type { Command } from 'commander';
import { defaultState } from '../paths.ts';
import { putPolicyInForce } from '../setup/policy.ts';
import { thisOperator } from '../this-operator.ts';

export function policyCommand(program: Command): void {
  const policy = program.command('policy').description('the rules of resets');
  policy
    .command('load <file>')
    .description('check a policy file, run its tests and put it in force; open resets keep theirs')
    .action(async (file: string) => {
      const { readPolicy } = await import('../policy/read-policy.ts');
      const { path } = readPolicy(file, 'tests run');
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
    .command('schema')
    .description('print the JSON Schema of a policy file, for editors')
    .action(async () => {
      const { policyJsonSchema } = await import('../../prisma/policy-schema.ts');
      console.log(JSON.stringify(policyJsonSchema(), null, 2));
    });
}
