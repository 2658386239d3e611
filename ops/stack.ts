import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { enrolDemoPeople } from './demo/enrolment.ts';
import { stopDirectory } from './directory/process.ts';
import { cardListener, layout, processNames, witnessNames } from './paths.ts';
import { already, consoleProgress } from './progress.ts';
import type { Progress } from './progress.ts';
import { Sentence } from './sentence.ts';
import { makeBannedList } from './setup/banned-list.ts';
import { makeListenerKey, writeListenerSettings } from './setup/card-listener.ts';
import { makeCertificateAuthority, makeCertificate } from './setup/certificates.ts';
import { makeRoles } from './setup/database-roles.ts';
import { makeDemoDirectory } from './setup/demo-directory.ts';
import { identities, makeUsers } from './setup/identities.ts';
import { makeKeys } from './setup/keys.ts';
import { makeLogKeys } from './setup/log-keys.ts';
import { migrateDatabase } from './setup/migrations.ts';
import { readOwnDirectory } from './setup/own-directory.ts';
import { ownedFolder } from './setup/owned-files.ts';
import { makeArchives } from './setup/archives.ts';
import { demoPolicyFile, makePolicy } from './setup/policy.ts';
import { makePostgresData } from './setup/postgres-data.ts';
import { recordKeys } from './setup/record-keys.ts';
import { pinWhatIsInForce } from './setup/publishers.ts';
import { writeSettings } from './setup/settings.ts';
import { childPart } from './stack/child.ts';
import { controlPath, serveControl } from './stack/control.ts';
import { directoryAddress, directoryPart } from './stack/directory-part.ts';
import { endLeftovers, markOf } from './stack/pids.ts';
import { choosePorts } from './stack/ports.ts';
import { postgresSpec, superuserUrl } from './stack/postgres.ts';
import { processSpec } from './stack/process-spec.ts';
import { removeRun, runningStack, writeRun } from './stack/run-file.ts';
import type { RunInfo } from './stack/run-file.ts';
import { createSupervisor } from './stack/supervisor.ts';
import { temporalNamespace, temporalSpec } from './stack/temporal.ts';
import { cardListenerSpec, witnessSpec } from './stack/lone-spec.ts';

export type StackOptions = {
  state: string;
  /** 'fixed': the default addresses, refused in a sentence when taken. 'free': whatever is free, for tests. */
  ports: 'fixed' | 'free';
  portalPort?: number;
  /** Settings of the operator's own directory; the demo bank when absent. */
  ownDirectory?: string;
  /** Lets Temporal skip time, which the processes accept in tests only. */
  testing?: boolean;
  progress?: Progress;
  say?: (line: string) => void;
  /** Aborted: the start ends at its next step, and so does all that it started. */
  abort?: AbortSignal;
};

export type Stack = {
  run: RunInfo;
  restart(name: string): Promise<void>;
  kill(name: string, signal: NodeJS.Signals): Promise<void>;
  pid(name: string): number | undefined;
  /** Ends everything that was started, in order, and nothing else. */
  stop(): Promise<void>;
};

/** The same progress, whose steps refuse to begin once the start is to end. */
function stoppable(progress: Progress, abort: AbortSignal | undefined): Progress {
  return {
    note: (text) => progress.note(text),
    step: async (name, work) => {
      if (abort?.aborted) throw new Sentence('The start was ended before everything ran.');
      return progress.step(name, work);
    },
  };
}

/**
 * Sets up what is missing and starts everything on this machine: PostgreSQL, Temporal, the domain controller, then the
 * verifier, the writers, the worker and the API. Resolves when all of it serves. When a step fails, what was started
 * before it is ended again.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { state, testing = false, say = console.log } = options;
  const progress = stoppable(options.progress ?? consoleProgress(), options.abort);
  const other = runningStack(state);
  if (other)
    throw new Sentence(
      `Countersign runs already${other.run ? ` at ${other.run.portal}` : ', and is just starting'}. End it with npm stop.`,
    );
  const paths = layout(state);
  ownedFolder(state, undefined, 0o755);
  ownedFolder(join(state, 'log'), undefined, 0o755);
  await endLeftovers(paths.pidsFile);
  await stopDirectory(state);
  rmSync(paths.runFile, { force: true });

  const self = markOf('supervisor', process.pid);
  if (!self)
    throw new Sentence('/proc is not mounted, and processes could not be told apart without it. Mount it: mount -t proc proc /proc');
  const supervisor = createSupervisor(paths.pidsFile, self, say);
  const ports = await choosePorts(options.ports, options.portalPort, say);
  const own = options.ownDirectory === undefined ? undefined : readOwnDirectory(options.ownDirectory);

  try {
    await makeUsers(progress);
    const ids = identities();
    await makeCertificateAuthority(state, progress);
    await makeKeys(state, ids, progress);
    await makeLogKeys(state, ids, ports.witnesses, progress);
    await makeListenerKey(state, ids, progress);
    for (const server of ['api', cardListener] as const) await makeCertificate(state, server, ids[server], progress);
    await makeBannedList(state, progress);
    const workflowCode = await makeArchives(state, ids, progress);

    if (!process.env['DATABASE_URL']) {
      await makePostgresData(state, ids.postgres, progress);
      await progress.step('PostgreSQL', () =>
        supervisor.start(childPart(postgresSpec(state, ports.postgres, ids.postgres, testing), true)),
      );
    }
    await makeRoles(state, superuserUrl(state, ports.postgres), ids, progress);
    await migrateDatabase(state, progress);
    await recordKeys(state, progress);
    await makePolicy(state, own?.policyFile ?? demoPolicyFile, progress);
    await pinWhatIsInForce(state);
    await progress.step('Temporal', () => supervisor.start(childPart(temporalSpec(state, ports.temporal, ids.temporal, testing), true)));

    const address = own ? undefined : await directoryAddress(state);
    const directory = own ?? (await makeDemoDirectory(state, address ?? '', progress));
    if (address) await progress.step('domain controller', () => supervisor.start(directoryPart(state, address)));

    const portal = `https://localhost:${ports.portal}`;
    const cards = `https://localhost:${ports.cards}`;
    const devices = `https://localhost:${ports.devices}`;
    writeSettings({
      state,
      identities: ids,
      temporal: { address: `127.0.0.1:${ports.temporal.frontend}`, namespace: temporalNamespace },
      directory,
      portal: { host: '127.0.0.1', port: ports.portal, origin: portal },
      cards,
      devices: { host: '127.0.0.1', port: ports.devices, origin: devices },
      workflowCode,
      logLevel: 'info',
    });
    writeListenerSettings(state, { identities: ids, port: ports.cards, origin: cards, portal });
    await progress.step('card listener', () => supervisor.start(childPart(cardListenerSpec(state, ids[cardListener]))));
    await progress.step('three witnesses', () =>
      Promise.all(witnessNames.map((name) => supervisor.start(childPart(witnessSpec(state, name, ids[name]))))),
    );
    const extra: Record<string, string> = testing ? { COUNTERSIGN_TESTING: '1' } : {};
    await progress.step(processNames.join(', '), () =>
      Promise.all(processNames.map((name) => supervisor.start(childPart(processSpec(state, name, ids[name], extra))))),
    );
    if (!own)
      await progress.step('authenticators and devices of the demo people', async () =>
        (await enrolDemoPeople(state)) === 0 ? already : undefined,
      );

    const run: RunInfo = {
      portal: `${portal}/`,
      console: `${portal}/console`,
      cards,
      devices,
      api: `${portal}/api/v1`,
      ca: paths.caFile,
      temporal: `127.0.0.1:${ports.temporal.frontend}`,
      temporalPage: `http://127.0.0.1:${ports.temporal.page}/`,
      directory: {
        url: directory.connection.controllers[0]?.url ?? '',
        ca: directory.connection.ca,
        netbios: directory.connection.netbios,
      },
      state,
      startedAt: new Date().toISOString(),
    };
    const control = await serveControl(state, supervisor);
    writeRun(state, run);
    return {
      run,
      restart: (name) => supervisor.restart(name),
      kill: (name, signal) => supervisor.kill(name, signal),
      pid: (name) => supervisor.pid(name),
      async stop() {
        control.close();
        rmSync(controlPath(state), { force: true });
        const killed = await supervisor.stop();
        for (const name of killed) say(`${name} did not end in time and was killed`);
        removeRun(state);
      },
    };
  } catch (error) {
    await supervisor.stop();
    removeRun(state);
    throw error;
  }
}
