import { connect } from 'node:net';
import { join } from 'node:path';
import { layout } from '../paths.ts';
import { ownedFolder } from '../setup/owned-files.ts';
import type { Identity } from '../setup/identities.ts';
import { temporalBinary } from '../setup/temporal-binary.ts';
import type { ChildSpec } from './child.ts';

export const temporalNamespace = 'countersign';

export type TemporalPorts = { frontend: number; page: number; http: number; metrics: number };

function portAnswers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.on('connect', () => socket.end());
  });
}

/** True once the namespace can be described: the port listens a moment before the namespace is there. */
async function namespaceAnswers(port: number): Promise<boolean> {
  if (!(await portAnswers(port))) return false;
  const { Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: '2s' }).catch(() => undefined);
  if (!connection) return false;
  try {
    await connection.workflowService.describeNamespace({ namespace: temporalNamespace });
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

/**
 * Temporal's server on a file, with the settings that were measured here: without the poll rates each step
 * costs 50 ms more. WAL with synchronous=2 (FULL) loses nothing to kill -9. `timeSkipping` is for tests only; the
 * processes refuse to serve in production when it is on.
 */
export function temporalSpec(state: string, ports: TemporalPorts, identity: Identity, timeSkipping: boolean): ChildSpec {
  const paths = layout(state);
  ownedFolder(paths.temporal, identity);
  const dynamic: Record<string, string> = {
    'frontend.enableServerVersionCheck': 'false',
    'history.transferProcessorMaxPollRPS': '2000',
    'history.timerProcessorMaxPollRPS': '2000',
    'history.visibilityProcessorMaxPollRPS': '500',
    ...(timeSkipping ? { 'frontend.WorkflowTimeSkippingEnabled': 'true' } : {}),
  };
  return {
    name: 'temporal',
    command: temporalBinary(state),
    args: [
      'server',
      'start-dev',
      '--ip',
      '127.0.0.1',
      '-p',
      String(ports.frontend),
      '--ui-ip',
      '127.0.0.1',
      '--ui-port',
      String(ports.page),
      '--ui-disable-news-fetch',
      '--metrics-port',
      String(ports.metrics),
      '--http-port',
      String(ports.http),
      '--db-filename',
      join(paths.temporal, 'temporal.db'),
      '--sqlite-pragma',
      'journal_mode=wal',
      '--sqlite-pragma',
      'synchronous=2',
      ...Object.entries(dynamic).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]),
      '--namespace',
      temporalNamespace,
      '--search-attribute',
      'ResetState=Keyword',
      '--log-level',
      'warn',
    ],
    cwd: paths.temporal,
    env: { PATH: '/usr/bin:/bin', HOME: paths.temporal, TEMPORAL_ENV_FILE: join(paths.temporal, 'none.yaml') },
    identity,
    logFile: paths.log('temporal'),
    endSignal: 'SIGTERM',
    endMs: 15_000,
    readyMs: 30_000,
    isReady: () => namespaceAnswers(ports.frontend),
  };
}
