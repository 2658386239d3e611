import type { Dispute } from '#api/own-disputes.ts';
import type { KeyChallenge } from '#api/own-keys.ts';
import { form, type FormTicket, submitButton } from '../form.ts';
import { html, type Html } from '../html.ts';
import { keyInstead } from '../key-form.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import type { PortalSite } from '../site.ts';
import { moment } from '../when.ts';
import { digitsField, ticketField } from './factor-app.ts';

/** To the page that freezes an app or a key, or settles what is frozen. */
export function freezeLink({ id, frozenAt }: { id: string; frozenAt: Date | undefined }): Html {
  if (frozenAt !== undefined) return html`<p><a href="/factors/${id}/freeze">It is frozen: have it settled</a></p>`;
  return html`<h2>Lost, or not yours?</h2>
    <p>You cannot find it, or it was not you who added it? <a href="/factors/${id}/freeze">Freeze it.</a></p>`;
}

/** Said to whoever has signed in with the password: what was added in their name lately, and what is frozen. Not what it is: a password alone shows nobody what somebody holds. */
export function disputesPanel(disputes: readonly Dispute[]): Html | undefined {
  if (disputes.length === 0) return undefined;
  return html`<section class="panel" aria-labelledby="lately">
    <h2 id="lately">Changed in your name</h2>
    <ul>
      ${disputes.map(({ id, addedAt, frozenAt }) =>
        frozenAt === undefined
          ? html`<li>
              An app or a security key was added ${moment(addedAt.toISOString())}.
              <a href="/factors/${id}/freeze">Was it not you? Freeze what was added ${moment(addedAt.toISOString())}</a>
            </li>`
          : html`<li>
              An app or a security key is frozen since ${moment(frozenAt.toISOString())}.
              <a href="/factors/${id}/freeze">Have settled what was frozen ${moment(frozenAt.toISOString())}</a>
            </li>`,
      )}
    </ul>
  </section>`;
}

interface FreezePage {
  /** As its owner calls it; without a name before the second step. */
  name: string | undefined;
  /** For who did not add it: the password that they signed in with is enough. */
  object: FormTicket | undefined;
  /** For who has lost it, behind the second step. */
  lost: { submit: FormTicket; key: KeyChallenge | undefined } | undefined;
  problems: readonly ProblemLine[];
}

/** It was lost, or somebody else added it. */
export function freezePage(site: PortalSite, { name, object, lost, problems }: FreezePage): string {
  return layout(site, {
    title: `Freeze ${name ?? 'what was added'}`,
    caption: 'My factors',
    problems,
    main: html` <p class="lead">It counts nowhere from that moment, also not for a password reset that is still under way.</p>
      <p>
        Nobody can undo this alone. Afterwards go to ${site.helpDesk} with an identity document: with their code you say here whether it
        counts again or ends for good.
      </p>
      ${
        object !== undefined &&
        html`<h2>It was not you who added it?</h2>
          <p>Then somebody else knows your password and had a code of yours. The security officers are called at once.</p>
          ${form(object, submitButton('It was not me: freeze it now'))}`
      }
      ${
        lost !== undefined &&
        html`<h2>You have lost it?</h2>
          ${form(lost.submit, html`${digitsField(problems)} ${submitButton('I have lost it: freeze it now')} ${lost.key && keyInstead(lost.key)}`)}`
      }
      <p><a href="/factors">Go back and change nothing</a></p>`,
  });
}

interface SettlePage extends Pick<FreezePage, 'name' | 'problems'> {
  frozenAt: Date;
  submit: FormTicket;
}

/** What is frozen is settled with the code of a second person, who has seen whose it is. */
export function settlePage(site: PortalSite, { name, frozenAt, submit, problems }: SettlePage): string {
  return layout(site, {
    title: `Settle ${name ?? 'what is frozen'}`,
    caption: 'My factors',
    problems,
    main: html` <p class="lead">It is frozen since ${moment(frozenAt.toISOString())} and counts nowhere.</p>
      <p>
        Go to ${site.helpDesk} with an identity document and ask for a code. With it you settle this, once. If nothing else that makes codes
        is left to you then, a further code of theirs sets up your first app.
      </p>
      ${form(
        submit,
        html`${ticketField(problems)}
          <button type="submit" class="button" name="verdict" value="not-mine">It is lost or not mine: end it for good</button>
          <button type="submit" class="button button-quiet" name="verdict" value="mine">
            It is mine and I have it: let it count again
          </button>`,
      )}
      <p><a href="/factors">Go back and change nothing</a></p>`,
  });
}
