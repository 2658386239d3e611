import { join } from 'node:path';
import { root } from '../paths.ts';

/** A program of ours and all that it imports, as the text of one file for that Node. The same sources give the same bytes. Throws when one file is not enough. */
export async function inOneFile(of: { entry: string; target: string; format: 'es' | 'cjs' }): Promise<string> {
  const { build } = await import('vite');
  const result = await build({
    root,
    configFile: false,
    envFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: join(root, of.entry),
      target: of.target,
      write: false,
      minify: false,
      rolldownOptions: { output: { codeSplitting: false, format: of.format } },
    },
  });
  const [program, ...more] = 'output' in result ? result.output : [];
  if (program?.type !== 'chunk' || more.length > 0) throw new Error(`${of.entry} was not bundled into one file`);
  return program.code;
}
