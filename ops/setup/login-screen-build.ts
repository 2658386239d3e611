import { join } from 'node:path';
import { build } from 'vite';
import { root } from '../paths.ts';

/** Builds the client of the login screen into `folder` as one file of CommonJS, for Node or for a single executable. Returns its path. */
export async function buildLoginScreen(folder: string): Promise<string> {
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: join(root, 'device-agent/terminal/main.ts'),
      outDir: folder,
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'login-screen.cjs', codeSplitting: false } },
    },
  });
  return join(folder, 'login-screen.cjs');
}
