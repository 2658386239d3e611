import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/**
 * Takes the address of react-admin's maker out of the bundle. `disableTelemetry` already keeps it from being asked; with
 * this there is nothing left to ask, and a version that writes it differently fails the build instead of passing unseen.
 */
const withoutTelemetry: Plugin = {
  name: 'without-telemetry',
  transform: (code) =>
    code.includes('react-admin-telemetry') ? code.replaceAll(/https:\/\/react-admin-telemetry[^'"`?]*/g, 'data:,') : null,
  generateBundle(_, bundle) {
    for (const [name, part] of Object.entries(bundle)) {
      if (part.type === 'chunk' && part.code.includes('react-admin-telemetry'))
        this.error(`${name} still names react-admin's telemetry server`);
    }
  },
};

/**
 * Builds the console into admin-ui/dist, to be served below /console/. No script and no style is written into the page
 * itself, because the policy (script-src 'self') would refuse it; asset names depend on content only.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [react(), withoutTelemetry],
  // evidence/ verifies in the browser too, by the browser's own cryptography (admin-ui/evidence/web-crypto.ts).
  resolve: { alias: { 'node:crypto': fileURLToPath(new URL('evidence/web-crypto.ts', import.meta.url)) } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    sourcemap: false,
    modulePreload: { polyfill: false },
    // An asset written as a data: URL could become a style or font the policy refuses.
    assetsInlineLimit: 0,
    // One file of 330 kB compressed: the console is opened once a day over a local network.
    chunkSizeWarningLimit: 1500,
  },
});
