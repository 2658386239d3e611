import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { defaultState } from '../paths.ts';
import { workflowCodeFolder } from '../setup/archives.ts';

/** Adds `archive-workflows`: the code of this checkout's workflows into the archive; prints the hash that a worker's settings name. */
export function archiveWorkflowsCommand(program: Command): void {
  program
    .command('archive-workflows')
    .description('bundle the workflows of this checkout into the archive, under the SHA-256 of their code')
    .addOption(
      new Option('--into <folder>', 'the archive').default(workflowCodeFolder(defaultState()), 'workflow-code in the state folder'),
    )
    .action(async ({ into }: { into: string }) => {
      // Imported here: the bundler takes a second to load, and other commands do without.
      const { archiveWorkflowCode, bundleWorkflows } = await import('../setup/bundle-workflows.ts');
      console.log(archiveWorkflowCode(resolve(into), await bundleWorkflows()));
    });
}
