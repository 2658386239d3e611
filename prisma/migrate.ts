import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pool } from 'pg';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine, SchemaFilter } from '@prisma/schema-engine-wasm';

const here = dirname(fileURLToPath(import.meta.url));
const filters: SchemaFilter = { externalTables: [], externalEnums: [] };

type EngineModule = {
  SchemaEngine: {
    ['new'](options: { datamodels: [string, string][] }, log: (line: string) => void, adapter: unknown): Promise<SchemaEngine>;
  };
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
};

/** Works with the engine on one database, and leaves no connection behind. */
async function withEngine<T>(url: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const pool = new Pool({ connectionString: url, max: 1 });
  try {
    return await work(await openEngine(pool));
  } finally {
    await pool.end();
  }
}

/**
 * Prisma's schema engine as WebAssembly, bound to one database. Node does not load the package's .wasm by itself, so it
 * is instantiated here; nothing is downloaded.
 */
async function openEngine(pool: Pool): Promise<SchemaEngine> {
  const engineFolder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const glue = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as unknown as EngineModule;
  const wasm = await WebAssembly.compile(await readFile(join(engineFolder, 'schema_engine_bg.wasm')));
  const { exports } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': withoutTimersThatStay(glue) });
  glue.__wbg_set_wasm(exports);
  (exports['__wbindgen_start'] as () => void)();
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool));
  const schema = join(here, 'schema.prisma');
  return glue.SchemaEngine.new({ datamodels: [[schema, await readFile(schema, 'utf8')]] }, () => {}, adapter);
}

/** The engine's limit of ten seconds on its lock is never cleared: without this the process would stay up until it has passed. */
function withoutTimersThatStay(glue: EngineModule): WebAssembly.ModuleImports {
  const imports = Object.entries(glue as unknown as WebAssembly.ModuleImports).map(([name, of]): [string, WebAssembly.ImportValue] =>
    name.startsWith('__wbg_setTimeout_') && typeof of === 'function'
      ? [name, (...given: unknown[]): unknown => (of(...given) as NodeJS.Timeout).unref()]
      : [name, of],
  );
  return Object.fromEntries(imports);
}

async function migrationsOnDisk(): Promise<MigrationList> {
  const baseDir = join(here, 'migrations');
  const names = (await readdir(baseDir, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const migrationDirectories = await Promise.all(
    names.toSorted().map(async (path) => ({
      path,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: await readFile(join(baseDir, path, 'migration.sql'), 'utf8') },
      },
    })),
  );
  const lockfile = { path: 'migration_lock.toml', content: await readFile(join(baseDir, 'migration_lock.toml'), 'utf8').catch(() => null) };
  return { baseDir, lockfile, shadowDbInitScript: '', migrationDirectories };
}

/** Applies what the database lacks, each migration once, as `prisma migrate deploy` would. Answers the names applied now. */
export async function migrate(ownerUrl: string): Promise<string[]> {
  const migrationsList = await migrationsOnDisk();
  const { appliedMigrationNames } = await withEngine(ownerUrl, (engine) => engine.applyMigrations({ migrationsList, filters }));
  return appliedMigrationNames;
}

/** The SQL that leads from an empty database to schema.prisma; how a new migration is begun, and how drift is seen. */
export async function sqlFromEmpty(ownerUrl: string): Promise<string> {
  const path = join(here, 'schema.prisma');
  // The engine asks for shadowDatabaseUrl, its types do not know it: a variable may hold more than the type names.
  const question = {
    from: { tag: 'empty' as const },
    to: { tag: 'schemaDatamodel' as const, files: [{ path, content: await readFile(path, 'utf8') }] },
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters,
  };
  const { stdout } = await withEngine(ownerUrl, (engine) => engine.diff(question));
  return stdout ?? '';
}
