import { parseArgs } from 'node:util';
import { AGENT_VERSION } from './agent.ts';
import { attest, LONGEST_QUESTION } from './attest.ts';
import { enrol } from './device-record.ts';
import { enrolAsComputer } from './enrol-as-computer.ts';
import { fingerprintIn, forgetIn, identityIn } from './identity.ts';
import { openLog } from './log.ts';
import { openMemory } from './memory.ts';
import { portalOf, Refused } from './portal.ts';
import { runAgent } from './run.ts';
import { nameOf, readSettings, SETTINGS_FILE, type Settings } from './settings.ts';
import { findStale } from './stale-check.ts';
import { isHere, showWaiting, uidOf } from './at-login.ts';
import { takeUpdate } from './update.ts';
import { sssdDomains } from './sssd/config.ts';

/** The entry of the agent. Nothing is in its arguments but a verb and where the settings are. */
const USE = `countersign-device <verb> [--config ${SETTINGS_FILE}]
  enrol        makes this device's key and enrols it; the ticket is read from standard input
  enrol-as-computer  the same without a ticket, by this computer's own account in the domain, if the portal's policy takes that
  run          listens to the portal and does what its notices say; for systemd
  status       shows what this device knows of itself
  stale-check  compares cached passwords with the directory and changes nothing; ends with 3 when one is stale
  attest       answers one question of this computer's login screen; for systemd
  update       takes a signed update from standard input and puts it in the place of this program
  told         shows whoever logs in at this computer what waits for them; for PAM (pam_exec)
  forget       removes this device's key and memory; the portal has to revoke the device besides`;

type Verb = (settings: Settings, name: string) => Promise<number>;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const enrolDevice: Verb = async (settings, name) => {
  const portal = portalOf(settings, identityIn(settings.state, name));
  const ticket = (await readInput()).trim();
  const state = await enrol(
    { portal, memory: openMemory(settings.state) },
    { shown: { ticket }, name, version: AGENT_VERSION, takesHashes: settings.sealedHash },
  );
  portal.close();
  return sayEnrolled(name, state);
};

const enrolByAccount: Verb = async (settings, name) => {
  const identity = identityIn(settings.state, name);
  const portal = portalOf(settings, identity);
  const agent = { portal, memory: openMemory(settings.state) };
  const state = await enrolAsComputer(agent, { settings, identity, domain: sssdDomains()[0], name, version: AGENT_VERSION });
  portal.close();
  return sayEnrolled(name, state);
};

function sayEnrolled(name: string, state: string): number {
  say(state === 'active' ? `${name} is enrolled.` : `${name} is enrolled and waits to be approved in the console.`);
  return 0;
}

const run: Verb = async (settings, name) => {
  const ended = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => ended.abort());
  await runAgent({ settings, identity: identityIn(settings.state, name), log: openLog(), signal: ended.signal });
  return 0;
};

const showStatus: Verb = async (settings, name) => {
  const { device, portalState, settings: told, sequence, outbox, tasks, tellings } = openMemory(settings.state).now;
  const shown = {
    name,
    device,
    state: portalState,
    fingerprint: fingerprintIn(settings.state) ?? null,
    ...told,
    reports: sequence,
    unsent: outbox.length,
    tasks: Object.values(tasks).map(({ notice, stage, writtenAt }) => ({ notice, stage, writtenAt })),
    tellings: Object.values(tellings).map(({ notice, stage, changedAt }) => ({ notice, stage, changedAt })),
  };
  say(JSON.stringify(shown, null, 2));
  return 0;
};

const showStale: Verb = async (settings) => {
  const findings = await findStale(settings, openMemory(settings.state).now);
  if (findings === undefined)
    throw new Error('No domain controller could be asked as this device. Connect it to the network of the domain.');
  for (const { account, pwdLastSet, stale } of findings)
    say(`${account.name} ${stale ?? (pwdLastSet === undefined ? 'not-in-the-directory' : 'fresh')}`);
  return findings.some(({ stale }) => stale !== undefined) ? 3 : 0;
};

const update: Verb = async (settings) => {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  const memory = openMemory(settings.state);
  const version = takeUpdate(Buffer.concat(chunks), { updateKey: settings.updateKey, memory, program: process.execPath });
  say(`Version ${version} is in place. Start the service again: systemctl restart countersign-device.`);
  return 0;
};

const showTold: Verb = async (settings) => {
  const { PAM_TYPE: type, PAM_USER: user, PAM_TTY: terminal, PAM_RUSER: from } = process.env;
  const uid = type === 'open_session' && isHere(terminal, from) ? uidOf(user) : undefined;
  if (uid !== undefined) showWaiting(settings.state, uid, say);
  return 0;
};

const answerLoginScreen: Verb = async (settings) => {
  say(JSON.stringify(await attest(settings.state, await readLine())));
  return 0;
};

const forget: Verb = async (settings, name) => {
  forgetIn(settings.state);
  say(`Key and memory of ${name} are removed. Revoke the device in the console.`);
  return 0;
};

const VERBS = new Map<string | undefined, Verb>([
  ['enrol', enrolDevice],
  ['enrol-as-computer', enrolByAccount],
  ['run', run],
  ['status', showStatus],
  ['stale-check', showStale],
  ['attest', answerLoginScreen],
  ['update', update],
  ['told', showTold],
  ['forget', forget],
]);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { config: { type: 'string', default: SETTINGS_FILE } } });
  const verb = VERBS.get(positionals[0]);
  if (verb === undefined || positionals.length !== 1) throw new Error(USE);
  process.umask(0o077);
  const settings = readSettings(values.config);
  return verb(settings, nameOf(settings, sssdDomains()[0]?.hostname));
}

/** A ticket is short; whatever is longer is none. */
async function readInput(): Promise<string> {
  let read = '';
  for await (const chunk of process.stdin.setEncoding('utf8') as AsyncIterable<string>) {
    read += chunk;
    if (read.length > 200) throw new Error('This is no ticket.');
  }
  return read;
}

/** Whoever asks keeps the connection open for the answer: a question ends with its line, and comes soon. */
async function readLine(): Promise<string> {
  setTimeout(() => process.exit(1), 10_000).unref();
  let read = '';
  for await (const chunk of process.stdin.setEncoding('utf8') as AsyncIterable<string>) {
    read += chunk;
    if (read.includes('\n')) break;
    if (read.length > LONGEST_QUESTION) throw new Error('This is no question of a login screen.');
  }
  return read.slice(0, read.indexOf('\n') + 1).slice(0, LONGEST_QUESTION);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const said = error instanceof Refused ? `The portal refused: ${error.code}.` : error instanceof Error ? error.message : 'It failed.';
    process.stderr.write(`${said}\n`);
    process.exit(1);
  },
);
