import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { defaultState } from '../paths.ts';
import { Sentence } from '../sentence.ts';

type Options = { from?: string; to?: string; out?: string; withoutOpenings?: boolean; sinceCheckpoint?: string };

/** Adds `bundle`: one archive that an auditor verifies offline, of a reset or of a time. */
export function bundleCommand(program: Command): void {
  program
    .command('bundle [reset]')
    .description('write the evidence of one reset, or of a time, into one archive for an auditor')
    .option('--from <time>', 'instead of a reset: every leaf from this time on, such as 2026-11-01T00:00Z')
    .option('--to <time>', 'until before this time')
    .option('--out <file>', 'where the archive goes; it must not be there yet')
    .option('--without-openings', 'leave out names and addresses behind the commitments, and the keys of the histories')
    .option('--since-checkpoint <file>', 'prove that the log only grew since the checkpoint that the auditor holds')
    .action(async (reset: string | undefined, options: Options) => {
      const asked = askedFor(reset, options);
      const out = resolve(options.out ?? `countersign-evidence-${'reset' in asked ? asked.reset : fileTime(asked.from, asked.to)}.zip`);
      if (existsSync(out)) throw new Sentence(`${out} is there already. Name another file with --out.`);
      const { exportBundle } = await import('../bundle/export.ts');
      const bundle = await exportBundle(defaultState(), {
        asked,
        openings: options.withoutOpenings !== true,
        prior: options.sinceCheckpoint === undefined ? undefined : readNote(options.sinceCheckpoint),
      });
      // Names and addresses may be in it, so it is its owner's until they hand it on.
      writeFileSync(out, bundle, { mode: 0o600, flag: 'wx' });
      console.log(`${out}\n  ${bundle.length} bytes. Hand it to the auditor; how they check it is in its README.md.`);
    });
}

function askedFor(reset: string | undefined, { from, to }: Options): { reset: string } | { from: Date; to: Date } {
  if (reset !== undefined && (from !== undefined || to !== undefined)) throw new Sentence('Name a reset, or a time with --from and --to.');
  if (reset !== undefined) {
    const id = reset.replace(/^reset\//, '').toLowerCase();
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
      throw new Sentence(`${reset} is no id of a reset. The console shows it; the claimant's reference is another.`);
    return { reset: id };
  }
  if (from === undefined || to === undefined) throw new Sentence('Name a reset, or a time with --from and --to.');
  const [start, end] = [new Date(from), new Date(to)];
  if (!(start < end)) throw new Sentence('--from and --to are times such as 2026-11-01T00:00Z, the first before the second.');
  return { from: start, to: end };
}

function readNote(file: string): string {
  if (!existsSync(file)) throw new Sentence(`${file} does not exist. Name the checkpoint.note that the auditor holds.`);
  return readFileSync(file, 'utf8');
}

const fileTime = (...times: Date[]): string => times.map((time) => time.toISOString().replaceAll(/[-:]|\.\d+/g, '')).join('-');
