import { runVerify } from './run-verify.ts';
import { tellVerdict } from './tell-verdict.ts';

/** The program verify.mjs: this file and all that it imports, bundled into one (ops/setup/verify-program.ts). */
const { text, code } = runVerify(process.argv.slice(2));
tellVerdict(text, code);
