import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { auditCommand } from './commands/audit.ts';
import { archiveWorkflowsCommand } from './commands/archive-workflows.ts';
import { benchCommand } from './commands/bench.ts';
import { bannedPasswordsCommand } from './commands/banned-passwords.ts';
import { bundleCommand } from './commands/bundle.ts';
import { cardsCommand } from './commands/cards.ts';
import { ceremonyCommand } from './commands/ceremony.ts';
import { conformanceCommand } from './commands/conformance.ts';
import { deviceCommand } from './commands/device.ts';
import { deviceAgentCommand } from './commands/device-agent.ts';
import { directoryCommand } from './commands/directory.ts';
import { doctorCommand } from './commands/doctor.ts';
import { enrolCommand } from './commands/enrol.ts';
import { eraseOpeningsCommand } from './commands/erase-openings.ts';
import { eventsCommand } from './commands/events.ts';
import { keysCommand } from './commands/keys.ts';
import { metadataCommand } from './commands/metadata.ts';
import { policyCommand } from './commands/policy.ts';
import { replayCommand } from './commands/replay.ts';
import { signCommand } from './commands/sign.ts';
import { stackCommand } from './commands/stack.ts';
import { startCommand } from './commands/start.ts';
import { stopCommand } from './commands/stop.ts';
import { testCommand } from './commands/test.ts';
import { tokenCommand } from './commands/token.ts';
import { verifyCommand } from './commands/verify.ts';
import { witnessCommand } from './commands/witness.ts';
import { demoCommands } from './demo/commands.ts';
import { defaultState } from './paths.ts';
import { Sentence } from './sentence.ts';
import { usesOwnDirectory } from './stack/run-file.ts';

/** Files that the processes' own users must read (the console's pages, the generated client) are made here. */
process.umask(0o022);

const program = new Command('countersign')
  .description('Offline, provable Active Directory password resets.')
  .showSuggestionAfterError()
  .configureHelp({ showGlobalOptions: true });

for (const register of [
  startCommand,
  stopCommand,
  doctorCommand,
  policyCommand,
  keysCommand,
  cardsCommand,
  signCommand,
  enrolCommand,
  tokenCommand,
  metadataCommand,
  bannedPasswordsCommand,
  deviceCommand,
  deviceAgentCommand,
  conformanceCommand,
  directoryCommand,
  eraseOpeningsCommand,
  testCommand,
  ceremonyCommand,
  witnessCommand,
  bundleCommand,
  verifyCommand,
  auditCommand,
  eventsCommand,
  archiveWorkflowsCommand,
  replayCommand,
  benchCommand,
  stackCommand,
])
  register(program);
// With one's own directory there are no demo people to act as.
if (!usesOwnDirectory(defaultState())) demoCommands(program);

try {
  await program.parseAsync(process.argv);
} catch (error) {
  console.error(`\n${error instanceof Sentence ? error.message : unexpected(error)}`);
  // 1 is a verdict of these: an auditor's timer would take an error for a forgery.
  process.exitCode = ['verify', 'replay', 'audit'].includes(process.argv[2] ?? '') ? 3 : 1;
}

/** An operator gets one sentence; the trace goes to a log for whoever mends the program. */
function unexpected(error: unknown): string {
  const said = error instanceof Error ? error : new Error(String(error));
  const log = join(defaultState(), 'log', 'countersign.log');
  try {
    appendFileSync(log, `${new Date().toISOString()} ${said.stack ?? said.message}\n`, { mode: 0o600 });
    return `This was not foreseen: ${said.message}. Where it happened is in ${log}.`;
  } catch {
    return `This was not foreseen: ${said.message}.`;
  }
}
