import { loadSettings, witnessSettings } from '#config';
import { runWitness } from './witness/run.ts';

/** A witness of the demo, as a process of its own. A bank's own witnesses run `countersign witness`, or another implementation of the protocol. */
const server = await runWitness(loadSettings(witnessSettings));
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    server.close();
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 1000).unref();
  });
console.log(JSON.stringify({ level: 'info', process: 'witness', msg: 'ready' }));
