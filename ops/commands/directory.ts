import type { Command } from 'commander';
import { defaultState } from '../paths.ts';
import { Sentence } from '../sentence.ts';

const settingsFile = 'ask the directory of this settings file, before anything is started with it';

/** Adds `directory delegate|preflight`: what Countersign's accounts may do in the directory, as it should be and as it is. */
export function directoryCommand(program: Command): void {
  const directory = program.command('directory').description("what Countersign's own accounts may do in your directory");
  directory
    .command('delegate')
    .description('print the commands that give each account what it needs and no more; Countersign runs none of them')
    .option('--print', 'print them')
    .option('--directory <file>', settingsFile)
    .option('--staff <unit...>', 'units of writer-staff; if left out, by who is in those that the policy serves')
    .option('--privileged <unit...>', 'units of writer-privileged; if left out, likewise')
    .action(async (options: { print?: true; directory?: string; staff?: string[]; privileged?: string[] }) => {
      if (!options.print) throw new Sentence('Countersign gives no rights by itself. Add --print to read the commands.');
      const { delegateCommand } = await import('../rights/delegate.ts');
      console.log(await delegateCommand(await siteFor(options.directory), options));
    });
  directory
    .command('preflight')
    .description('sign in as each account, read what it may do, and say for whom a reset would fail and what is too much')
    .option('--directory <file>', settingsFile)
    .action(async (options: { directory?: string }) => {
      const { preflightCommand } = await import('../rights/preflight.ts');
      const { lines, exitCode } = await preflightCommand(await siteFor(options.directory));
      console.log(lines.join('\n'));
      process.exitCode = exitCode;
    });
}

async function siteFor(file: string | undefined) {
  const { siteInForce, siteOfFile } = await import('../rights/site.ts');
  return file === undefined ? siteInForce(defaultState()) : siteOfFile(file);
}
