import { readFileSync } from 'node:fs';
import { Connection } from '@temporalio/client';
import { readSecretLine } from '#config';
import type { WorkerSettings } from '#config';
import { cardListener, layout, processNames, witnessNames } from '../paths.ts';
import { certificateEnds } from '../setup/certificates.ts';
import { databaseUrlFile } from '../setup/database-roles.ts';
import { isAlive, readPids } from '../stack/pids.ts';
import { databaseVersion } from '../stack/postgres.ts';
import { bad, good, unknown } from './finding.ts';
import type { Finding } from './finding.ts';

const settingsOfWorker = (state: string): WorkerSettings =>
  JSON.parse(readFileSync(layout(state).settingsFile('worker'), 'utf8')) as WorkerSettings;

export async function processesRun(state: string): Promise<Finding> {
  const alive = new Set(
    readPids(layout(state).pidsFile)
      .filter(isAlive)
      .map((mark) => mark.name),
  );
  if (!alive.has('supervisor')) return unknown('nothing is running now', 'npm start');
  const all = [...processNames, ...witnessNames, cardListener];
  const missing = all.filter((name) => !alive.has(name));
  return missing.length === 0
    ? good(`all ${all.length} processes run, three witnesses among them`)
    : bad(`not running: ${missing.join(', ')}`, `look into ${layout(state).log(missing[0] ?? '')}`);
}

export async function postgresAnswers(state: string): Promise<Finding> {
  let version: string | undefined;
  for (const name of processNames) {
    version = await databaseVersion(readSecretLine(databaseUrlFile(state, name)));
    if (version === undefined) {
      return bad(
        `PostgreSQL does not let the ${name} process in`,
        process.env['DATABASE_URL']
          ? 'start your PostgreSQL, then npm start, which sets the roles again'
          : 'npm start, which starts it and sets the roles again',
      );
    }
  }
  return good(`PostgreSQL ${version} lets every process in with its own role`);
}

async function withTemporal(state: string, look: (connection: Connection, namespace: string) => Promise<Finding>): Promise<Finding> {
  const { address, namespace } = settingsOfWorker(state).temporal;
  const connection = await Connection.connect({ address, connectTimeout: '3s' }).catch(() => undefined);
  if (!connection) return bad(`Temporal does not answer at ${address}`, 'npm start');
  try {
    return await look(connection, namespace);
  } finally {
    await connection.close();
  }
}

export function temporalAnswers(state: string): Promise<Finding> {
  return withTemporal(state, async (connection, namespace) => {
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    await connection.workflowService.describeNamespace({ namespace });
    return good(`Temporal ${serverVersion} answers, with its namespace ${namespace}`);
  });
}

/** Server 1.32.1 answers NOT_FOUND (5) to a skip of an unknown workflow when the feature is on, UNIMPLEMENTED (12) when off. */
export function timeSkippingOff(state: string): Promise<Finding> {
  return withTemporal(state, async (connection, namespace) => {
    const code = await connection.workflowService
      .updateWorkflowExecutionOptions({
        namespace,
        workflowExecution: { workflowId: 'countersign/no-such-workflow' },
        workflowExecutionOptions: { timeSkippingConfig: { enabled: true } },
        updateMask: { paths: ['time_skipping_config'] },
      })
      .then(
        () => 5,
        (error: { code?: number }) => error.code,
      );
    if (code === 12 || code === 7) return good('Temporal does not let anybody skip time');
    if (code === 5)
      return bad(
        'Temporal lets callers skip time, so deadlines of approvals could be skipped',
        'start it without frontend.WorkflowTimeSkippingEnabled',
      );
    return unknown(`Temporal did not say whether time can be skipped (code ${code})`);
  });
}

export async function portalCertificate(state: string): Promise<Finding> {
  const ends = certificateEnds(state, 'api');
  if (!ends) return bad("the portal's certificate is missing or not of this CA", 'npm start issues it');
  const days = Math.floor((ends.getTime() - Date.now()) / 86_400_000);
  if (days < 30) return bad(`the portal's certificate ends in ${days} days`, 'npm stop and npm start issue the next one');
  return good(`the portal's certificate is of this CA and serves ${days} days more`);
}
