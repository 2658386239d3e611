import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Card } from '../sign/card.ts';

/** Adds `sign`: a decision of the console's page, signed with a smart card on the computer that its reader is at. */
export function signCommand(program: Command): void {
  program
    .command('sign <file>')
    .description('say in words what a file of the decision page asks to sign, and sign it with a smart card')
    .option('--module <path>', 'PKCS#11 module of the card; OpenSC finds most cards without')
    .option('--token <label>', 'which token, when several are there')
    .option('--id <hex>', 'which certificate, when the card holds several')
    .option('--out <file>', 'where the signature goes; <file>.signed if left out')
    .action(async (file: string, { out, ...card }: Card & { out?: string }) => {
      const [{ readToSign }, { signWithCard }, { DECISION_TAG }] = await Promise.all([
        import('../sign/to-sign.ts'),
        import('../sign/card.ts'),
        import('#domain/decision-statement.ts'),
      ]);
      const { text, nonce, inWords } = readToSign(readFileSync(file, 'utf8'));
      console.log(`You are about to sign:\n\n${inWords.map((line) => `  ${line}`).join('\n')}\n`);
      console.log('Go on only if the page showed the same digest and this is what you mean. Press Ctrl-C to stop.');
      const signed = await signWithCard(card, DECISION_TAG, text);
      const made = out ?? `${file}.signed`;
      writeFileSync(made, `${JSON.stringify({ countersign: 'signed', v: 1, nonce, ...signed })}\n`);
      console.log(`Signed: ${made}\nGive this file back to the page.`);
    });
}
