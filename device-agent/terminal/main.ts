import { isatty, ReadStream, WriteStream } from 'node:tty';
import { isLogin } from './invocation.ts';
import { Portal } from './portal.ts';
import { Left, Screen } from './screen.ts';
import { readSettings, SETTINGS_FILE } from './settings.ts';
import { thisDevice } from './this-device.ts';
import { visit } from './visit.ts';

/**
 * The one program of the account `reset`, at a login screen. Takes nothing from arguments or environment but the kind of
 * terminal, and that only to clear it; keeps nothing, writes no file, starts no program. Whatever happens, it ends with an
 * empty screen and the login behind it.
 */
// Before raw mode, and from elsewhere: nothing that a terminal can send stops or ends this. A hangup does, since then nobody is there.
for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGUSR2', 'SIGPIPE'] as const)
  process.on(signal, () => undefined);
const term = process.env['TERM'];

function refuse(words: string): never {
  process.stderr.write(`${words}\r\n`);
  process.exit(1);
}

if (!isLogin(process.argv.slice(2))) refuse('This account opens the password reset and nothing else.');
if (!isatty(0) || !isatty(1)) refuse('The password reset needs a terminal.');

const screen = new Screen(new ReadStream(0), new WriteStream(1));
const leave = (code: number): never => {
  screen.wipe(term);
  process.exit(code);
};
// Errors may quote what was typed: nothing of them is shown or kept.
process.on('uncaughtException', () => leave(1));
process.on('unhandledRejection', () => leave(1));
for (const signal of ['SIGHUP', 'SIGTERM'] as const) process.on(signal, () => leave(1));

/** No top-level await: a single executable is built from CommonJS. */
async function main(): Promise<void> {
  try {
    const settings = readSettings(SETTINGS_FILE);
    const portal = new Portal(settings);
    await visit({ screen, portal, settings, device: thisDevice() });
    portal.close();
  } catch (error) {
    if (error instanceof Left) leave(0);
    screen.say('', 'The password reset cannot work on this computer just now. Tell the help desk.');
    await screen.ask({ label: 'Press Enter to go back to the login' }).catch(() => undefined);
    leave(1);
  }
  leave(0);
}
void main();
