import type { Command } from 'commander';
import { defaultState } from '../paths.ts';

/** Adds `metadata trust|import|keys`: which models of security keys are known, and which of them were reported as compromised. */
export function metadataCommand(program: Command): void {
  const metadata = program.command('metadata').description('models of security keys, by a list of the FIDO Metadata Service as a file');
  metadata
    .command('trust')
    .description('let lists count that were signed under this root, in place of whatever counted before; none is built in')
    .requiredOption('--root <file>', 'certificates of the roots, PEM')
    .action(async ({ root }: { root: string }) => {
      const { pemFile } = await import('../setup/card-trust.ts');
      const { withDatabase } = await import('../policy/operators-view.ts');
      const { trustRoot } = await import('../metadata/trust-root.ts');
      const roots = pemFile(root);
      const holds = await withDatabase(defaultState(), (db) => trustRoot(defaultState(), db, roots));
      for (const { subject, sha256 } of roots.certificates) console.log(`Lists signed under ${subject} count.\n  SHA-256 ${sha256}`);
      if (!holds) console.log('Bring a list with: countersign metadata import <file>');
    });
  metadata
    .command('import <file>')
    .description('bring a list of models (the BLOB of the FIDO Metadata Service, a JWT); it counts at once')
    .action(async (file: string) => {
      const { withDatabase } = await import('../policy/operators-view.ts');
      const { takeList } = await import('../metadata/take-list.ts');
      const { metadata: taken, keysStopped } = await withDatabase(defaultState(), (db) => takeList(defaultState(), db, file));
      const bad = [...taken.models.values()].filter(({ compromised }) => compromised.length > 0).length;
      console.log(`List number ${taken.number} is taken: ${taken.models.size} models, of which ${bad} are reported as compromised.`);
      console.log(`  SHA-256 ${taken.sha256}\n  the next one is due on ${taken.nextUpdate}`);
      if (keysStopped > 0) console.log(`${keysStopped} ${keysStopped === 1 ? 'key' : 'keys'} of people here are of such models.`);
    });
  metadata
    .command('keys')
    .description('of which models people here have keys, and what the list says of them')
    .action(async () => {
      const { withDatabase } = await import('../policy/operators-view.ts');
      const { modelsHeld } = await import('../metadata/models-held.ts');
      console.log((await withDatabase(defaultState(), (db) => modelsHeld(defaultState(), db))).join('\n'));
    });
}
