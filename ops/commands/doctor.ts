import type { Command } from 'commander';
import { defaultState } from '../paths.ts';

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check every part and print one line each, with the fix')
    .action(async () => {
      const { checks } = await import('../doctor/checks.ts');
      let failed = 0;
      for (const check of checks(defaultState())) {
        const { verdict, said, fix } = await check();
        if (verdict === 'bad') failed += 1;
        console.log(`  ${{ good: '✓', bad: '✗', unknown: '·' }[verdict]} ${said}${fix ? ` → ${fix}` : ''}`);
      }
      console.log(failed === 0 ? '\nAll is well.' : `\n${failed} ${failed === 1 ? 'thing needs' : 'things need'} mending.`);
      process.exitCode = failed === 0 ? 0 : 1;
    });
}
