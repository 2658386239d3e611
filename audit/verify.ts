import { runVerify } from './run-verify.ts';

/** The program verify.mjs: this file and all that it imports, bundled into one (ops/setup/verify-program.ts). */
const { text, code } = runVerify(process.argv.slice(2));
(code === 3 ? process.stderr : process.stdout).write(text);
process.exitCode = code;
