import type { Command } from 'commander';
import type { Finding } from '../doctor/finding.ts';
import { defaultState } from '../paths.ts';

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check every part and print one line each, with the fix')
    .action(async () => {
      const { checks } = await import('../doctor/checks.ts');
      const { verdictOn } = await import('../doctor/verdict.ts');
      const findings: Finding[] = [];
      for (const check of checks(defaultState())) {
        const finding = await check();
        findings.push(finding);
        const { verdict, said, fix } = finding;
        console.log(`  ${{ good: '✓', bad: '✗', unknown: '·' }[verdict]} ${said}${fix ? ` → ${fix}` : ''}`);
      }
      const { said, exitCode } = verdictOn(findings);
      console.log(`\n${said}`);
      process.exitCode = exitCode;
    });
}
