import type { WaysBack } from '#api/portal-flow.ts';
import type { FormTicket } from '../form.ts';
import { html } from '../html.ts';
import { keyForm } from '../key-form.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import type { PortalSite } from '../site.ts';

interface ReturnPage {
  reference: string;
  ways: WaysBack;
  submit: FormTicket;
  problems: readonly ProblemLine[];
}

/** A security key or a smart card brings a reset to this browser: the same page for every reference, also for one that is nobody's. */
export function returnPage(site: PortalSite, { reference, ways, submit, problems }: ReturnPage): string {
  const { ceremony, ...asked } = ways.key;
  return layout(site, {
    title: 'Come back with a key or card',
    // There is no field here that a line could lead to.
    problems: problems.map(({ words }) => ({ words })),
    reference,
    main: html` <p class="lead">Use the security key or the smart card that is yours. Then this browser holds your reset.</p>
      <h2>Your security key</h2>
      <p>Plug it in, and touch it when it blinks.</p>
      ${keyForm(submit, { ceremony, asked: { get: asked }, button: 'Use your security key' })}
      ${
        ways.cardAddress !== undefined &&
        html`<h2>Your smart card</h2>
          <p>Put your card into the reader first. The browser then asks which certificate you want to use, and for the PIN of your card.</p>
          <p><a class="button button-quiet" href="${ways.cardAddress}">Use your smart card</a></p>`
      }
      <p><a href="/reset/resume">Come back with another reference, or with a code</a></p>`,
  });
}
