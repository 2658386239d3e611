import type { KeyChallenge } from '#api/own-keys.ts';
import { form, type FormTicket, submitButton } from '../form.ts';
import { html, type Html } from '../html.ts';
import { keyInstead } from '../key-form.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import type { PortalSite } from '../site.ts';
import { digitsField } from './factor-app.ts';

interface Page {
  account: string;
  codes: readonly string[];
  submit: FormTicket;
  key: KeyChallenge | undefined;
  problems: readonly ProblemLine[];
}

/** A sheet to print. The codes count only once the person has said that they have it, and are never shown after that. */
export function factorCodesPage(site: PortalSite, { account, codes, submit, key, problems }: Page): string {
  return layout(site, {
    title: 'New recovery codes',
    problems,
    main: html` <p class="lead no-print">
        Print this page or write the codes down. They are shown this once, and count when you have confirmed below.
      </p>
      ${codesSheet(site, account, codes)}
      <div class="no-print">
        <h2>Confirm that you have them</h2>
        <p>From then on the codes that you had before work no more.</p>
        ${form(submit, html`${digitsField(problems)} ${submitButton('I have them: let these codes count')} ${key && keyInstead(key)}`)}
        <p><a href="/factors">Go back and change nothing</a></p>
      </div>`,
  });
}

/** The codes as they are printed. */
export function codesSheet(site: PortalSite, account: string, codes: readonly string[]): Html {
  return html`<section class="sheet" aria-labelledby="sheet">
    <h2 id="sheet">Recovery codes of ${account}</h2>
    <ol class="codes">
      ${codes.map((code) => html`<li>${code}</li>`)}
    </ol>
    <p>
      Each works once. Cross it out when you have used it. Keep this sheet where you keep other papers that matter, not at your desk and not
      with your computer. Nobody will ever ask you for one by telephone or mail.
    </p>
    <p>To set a new password: <strong>${site.origin}</strong></p>
  </section>`;
}
