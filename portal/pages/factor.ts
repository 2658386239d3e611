import { LOST_WORDS, TYPED } from '#domain/asked-words.ts';
import { CODE_FACTORS, type Next } from '#domain/next.ts';
import type { KeyChallenge } from '#api/own-keys.ts';
import { cancelForm, form, type FormTicket, submitButton, textField } from '../form.ts';
import { html, type Html } from '../html.ts';
import { keyForm } from '../key-form.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import type { PortalSite } from '../site.ts';

interface FactorPage {
  reference: string;
  next: Next;
  submit: FormTicket;
  lost: FormTicket;
  /** For everybody, whoever was named; missing where another kind of factor is asked for. */
  key: { submit: FormTicket; challenge: KeyChallenge } | undefined;
  cancel: FormTicket;
  problems: readonly ProblemLine[];
  /** Where a smart card is shown; the same for everybody as long as the site takes cards. */
  cardAddress: string | undefined;
}

/** Asks for the code of whatever makes one, for a security key or for a smart card: nobody is asked which of them they hold. */
export function factorPage(site: PortalSite, page: FactorPage): string {
  const byDigits = page.next.choices?.some((choice) => CODE_FACTORS.some((one) => one === choice)) ?? true;
  return layout(site, {
    title: 'Confirm with what you hold',
    caption: 'Step 3 of 4',
    problems: page.problems,
    reference: page.reference,
    main: html` <p class="lead">${page.next.message}</p>
      ${
        byDigits &&
        form(
          page.submit,
          html` ${textField({ name: 'digits', ...TYPED.digits, autocomplete: 'one-time-code', inputmode: 'numeric', look: 'digits' }, page.problems)}
          ${submitButton('Continue')}`,
        )
      }
      ${
        page.cardAddress !== undefined &&
        html`<h2>${byDigits ? 'Or use your smart card' : 'Use your smart card'}</h2>
          <p>Put your card into the reader first. The browser then asks which certificate you want to use, and for the PIN of your card.</p>
          <p><a class="button button-quiet" href="${page.cardAddress}">Use your smart card</a></p>`
      }
      ${page.key && keySection(page.key, byDigits)}
      <p>
        Next you choose your new password. Some accounts that are locked can be unlocked instead; for some, other people have to approve
        first.
      </p>
      <details>
        <summary>${LOST_WORDS.question}</summary>
        <p>${LOST_WORDS.hint}</p>
        ${form(page.lost, html`<button type="submit" class="button button-quiet">${LOST_WORDS.yes}</button>`)}
      </details>
      ${cancelForm(page.cancel)}`,
  });
}

function keySection({ submit, challenge }: NonNullable<FactorPage['key']>, isOther: boolean): Html {
  const { ceremony, ...asked } = challenge;
  return html`<h2>${isOther ? 'Or use your security key' : 'Use your security key'}</h2>
    <p>One that you have added under My factors. Plug it in, and touch it when it blinks.</p>
    ${keyForm(submit, { ceremony, asked: { get: asked }, button: 'Use your security key' })}`;
}
