import type { Command } from 'commander';
import { runVerify } from '#audit/run-verify.ts';
import { tellVerdict } from '#audit/tell-verdict.ts';

/** Adds `verify`: the same checks as the program verify.mjs, by the same code. It needs no set-up and no network. */
export function verifyCommand(program: Command): void {
  program
    .command('verify [arguments...]')
    .description('check a bundle offline: verify <bundle> --policy <trust policy> [--checkpoint <held>]; exit code 0, 1, 2 or 3')
    // Its arguments are read as verify.mjs reads them, so that wrong usage is exit code 3 here too.
    .allowUnknownOption()
    .helpOption(false)
    .action((_: string[], __: object, command: Command) => {
      const { text, code } = runVerify(command.args);
      tellVerdict(text, code);
    });
}
