import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { defaultState } from '../paths.ts';
import { Sentence } from '../sentence.ts';
import { putPolicyInForce } from '../setup/policy.ts';
import { thisOperator } from '../this-operator.ts';

export function policyCommand(program: Command): void {
  const policy = program.command('policy').description('the rules of resets');
  policy
    .command('load <file>')
    .description('check a policy file and put it in force; open resets keep theirs')
    .action(async (file: string) => {
      const path = resolve(file);
      if (!existsSync(path)) throw new Sentence(`${path} does not exist.`);
      const sha256 = await putPolicyInForce(defaultState(), path, thisOperator());
      console.log(`In force: ${path}\n  sha256 ${sha256}`);
    });
}
